"""Soak: hand-made faults in the energy path, one at a time in a copy of the tree; does the judge see each?

    python docs/benchmarks/evse_mutations.py          options as of mutations.py beside it

The judge is tests/energy_path: it sees voltages and contacts only, and shares no line with what is broken here.
"""
import sys

from mutations import Fault, main

PILOT, CONTROLLER, CONTACTOR = "firmware/evse/pilot.py", "firmware/evse/controller.py", "firmware/evse/contactor.py"
SAFETY, LIMITS, CABLE = "firmware/evse/safety.py", "firmware/evse/limits.py", "firmware/evse/cable.py"
TEST, PHASES, VOLTAGE = "firmware/evse/residual_test.py", "firmware/evse/phases.py", "firmware/evse/voltage.py"
BOLT, PARTS, DELAY = "firmware/evse/bolt.py", "firmware/board_parts.py", "firmware/evse/start_delay.py"
JUDGE = "tests/energy_path"
FAULTS = tuple(Fault(means, file, old, new, JUDGE) for means, file, old, new in (
    ("a car that waits is taken for one that wants energy", PILOT, "(10500, 7500, 4500, 1500)",
     "(10500, 9400, 4500, 1500)"),
    ("the pilot tells a tenth more than is offered", PILOT, "* _FULL // 600", "* _FULL // 545"),
    ("a finger will do for a diode", PILOT, "_DIODE_MIN_MV = const(10000)", "_DIODE_MIN_MV = const(1000)"),
    ("a pulled plug is believed after a quarter of a second", CONTROLLER, "_TO_A_MS = const(25)",
     "_TO_A_MS = const(250)"),
    ("a car that stops is believed after a quarter of a second", CONTROLLER, "_LEAVE_MS = const(40)",
     "_LEAVE_MS = const(250)"),
    ("a contact that bounces closes the contactor", CONTROLLER, "_ENTER_MS = const(500)", "_ENTER_MS = const(50)"),
    ("readings on both sides of a stall are a debounce", CONTROLLER,
     "            if gap_ms > _STALL_MS:\n                self._raw_since_ms = now_ms\n", ""),
    ("a car that ignores the pilot is fed for a minute more", CONTROLLER, "_S2_MS = const(6000)",
     "_S2_MS = const(60000)"),
    ("the offer rises as fast as it is asked to", CONTROLLER, "_RAISE_MS = const(5000)", "_RAISE_MS = const(50)"),
    ("too much current is let flow for a minute", CONTROLLER, "_OVER_MS = const(7000)", "_OVER_MS = const(60000)"),
    ("a permit outlives the car", CONTROLLER, "            self.permitted = self._withdrawn = False\n",
     "            self._withdrawn = False\n"),
    ("after an emergency stop all starts again by itself", CONTROLLER,
     "            if self._safety.stopped:\n                self.permitted = False\n", ""),
    ("nobody asks for a permit", CONTROLLER,
     "        elif not (self.permitted and self.wants_energy and self.fault is None):",
     "        elif not (self.wants_energy and self.fault is None):"),
    ("nobody looks for a diode", CONTROLLER, "proven = self._diode == _DIODE_SURE and self._pilot.diode_seen()",
     "proven = True"),
    ("a withdrawn permit leaves the pilot as it is", CONTROLLER, "or self._withdrawn or self.fault",
     "or self.fault"),
    ("a fault ends by itself though the car is there", CONTROLLER, "GROUND: (\"GroundFailure\", _UNPLUG)",
     "GROUND: (\"GroundFailure\", _TRANSIENT)"),
    ("a contactor is closed onto closed contacts", CONTACTOR,
     "        if self.closed or self._feedback.value() == self._feedback_active:\n            return False\n", ""),
    ("a weld is nothing to speak of", CONTACTOR, "                return WELDED\n", "                return None\n"),
    ("a contactor that does not close is waited for", CONTACTOR, "_CLOSE_MS = const(500)", "_CLOSE_MS = const(5000)"),
    ("the heart beats once", CONTACTOR, "        self._beat ^= 1\n", "        self._beat = 1\n"),
    ("the heart beats with the contactor open", CONTACTOR,
     "        if not self.commanded:\n            if not self.closed:\n",
     "        if not self.commanded:\n            self._beat ^= 1\n            self._heartbeat.value(self._beat)\n"
     "            if not self.closed:\n"),
    ("a leak is believed after ten readings", SAFETY, "_SURE = const(2)  # readings in a row: one tick",
     "_SURE = const(10)  # readings in a row: one tick"),
    ("heat stops nothing", SAFETY, "_HOT_C = const(71)", "_HOT_C = const(140)"),
    ("a lost sensor is cold", SAFETY, "temperature_c < _COLDEST_C or temperature_c > 150", "temperature_c > 150"),
    ("warm is not warm enough for less", LIMITS, "_WARM_C = const(65)", "_WARM_C = const(68)"),
    ("the highest claim wins", LIMITS, "            if self._da[i] <= lowest:",
     "            if i in (0, 3) and self._da[i] <= lowest:"),
    ("the coil's pin is not off at once at boot", PARTS, "value=1 - c[\"contactor\"][\"active\"]",
     "value=c[\"contactor\"][\"active\"]"),
    ("a thin cable carries what a thick one does", CABLE, "(330, 200)", "(330, 320)"),
    ("a residual-current device passes whatever it does", TEST,
     "            if tripped:\n                self._tries = 0",
     "            if True:\n                self._tries = 0"),
    ("one test is enough for ever", TEST,
     "        elif self._closed() or ticks_diff(now_ms, self._asked_ms) >= _FORGOTTEN_MS:", "        elif False:"),
    ("who shares a residual-current device closes on the other one's test", TEST,
     "        if self._closed():\n            return False\n        if self._state == _PASSED:\n",
     "        if self._closed() or self._state == _PASSED:\n"),
    ("a start delay is over after half its time", DELAY, "if passed_ms >= self._left_ms:",
     "if passed_ms * 2 >= self._left_ms:"),
    ("after mains that were gone all start at once", DELAY, "self._mains.gone:", "False:"),
    ("phases change without a pause", PHASES, "open_ms >= self._pause_ms or", "open_ms >= 0 or"),
    ("phases change under load", PHASES, "            if open_ms >= _SETTLED_MS:", "            if open_ms >= 0:"),
    ("voltage is nobody's business", VOLTAGE, "        return self._found\n", "        return None\n"),
    ("a cable that is unlocked goes on", BOLT, "                return UNLOCKED\n", "                return None\n"),
))

if __name__ == "__main__":
    sys.exit(main(FAULTS))
