"""Builds what of the energy path only some boards have; board_parts.py asks, where a board file names any of it."""
from machine import Pin


def _evse(name):
    """Only what this board has: an import statement would keep the names of all."""
    return __import__("firmware.evse." + name, None, None, ("",))


def _out(wires):
    return Pin(wires["pin"], Pin.OUT, value=1 - wires["active"]), wires["active"]


def _in(wires):
    return Pin(wires["pin"], Pin.IN), wires["active"]


def build(data, adc):
    """`adc`: makes the ADC of a pin."""
    return EnergyParts(data, adc)


class EnergyParts:
    """phases    the last connector's phase contactor, or None"""

    def __init__(self, data, adc):
        self._data, self._adc = data, adc
        self._tests: dict = {}   # of each residual-current device, by the pin of its output
        self.phases = self._test = None

    def line(self, guarded):
        """For the next connector's Safety: the output of the residual-current device that `guarded`, the board or the
        connector, names, or None if it is not tested."""
        wires = guarded.get("residual_current")
        self._test = None
        if not wires or "test" not in wires:
            return None
        module, test = _evse("residual_test"), wires["test"]
        if wires["pin"] not in self._tests:
            self._tests[wires["pin"]] = module.ResidualTest(
                *_out(test), *_in(wires), test["trip_ms"], test["clear_ms"])
        self._test = self._tests[wires["pin"]]
        return module.TestedLine(_evse("safety").Line(*_in(wires)), self._test)

    def of(self, connector, contactor, lock):
        """A connector's parts; the test comes last, as it is the last thing before closing."""
        parts = []
        if lock:
            parts.append(_evse("bolt").Bolt(lock))
        if "proximity" in connector:
            wires = connector["proximity"]
            parts.append(_evse("cable").Cable(self._adc(wires["pin"]), wires["pull_up_ohm"], wires["supply_mv"]))
        bounds = self._data.get("voltage")
        if bounds:
            parts.append(_evse("voltage").Voltage(bounds["min_v"], bounds["max_v"], connector["phases"]))
        self.phases = None
        if "phase_contactor" in connector:
            wires = connector["phase_contactor"]
            self.phases = _evse("phases").Phases(*_out(wires), *_in(wires["feedback"]), wires["pause_ms"])
            parts.append(self.phases)
        if self._test:
            self._test.guards(contactor)
            parts.append(self._test)
        return parts
