"""What is around a chip's pins: cars as resistors and a diode, contactors, the hardware AND, a residual-current device.

Written for the judge beside it, from the standards' figures and the board files' data; of the firmware it knows the
pins only. Time is handed in, in milliseconds; between two calls nothing changes but what is due.
"""
from typing import Any

from tests.energy_path.chip import Pins

SUPPLY_MV, SOURCE_OHM, DIODE_MV = 12_000, 1000, 700
CAR_OHM = {"A": None, "B": 2740, "C": 882, "D": 246, "E": 0}
CLOSE_MS, OPEN_MS = 20, 15
TRIP_MS, REARM_MS = 30, 40   # of the residual-current device, after its test coil or a real fault
STEADY = 65535


class Guard:
    """A residual-current device, one connector's own or shared; its test coil makes it trip as a leak does."""

    def __init__(self, wires: dict[str, Any] | None) -> None:
        self.wires = wires or {}
        self.test = self.wires.get("test")
        self.leak = self.tripped = False
        self.test_pin = False           # the test coil
        self.test_broken = False
        self.test_trips = 0             # how often the test coil made it trip
        self.moves_ms: int | None = None

    def plan(self, now_ms: int) -> None:
        wanted = self.leak or (self.test_pin and not self.test_broken)
        if wanted == self.tripped:
            self.moves_ms = None
        elif self.moves_ms is None:
            self.moves_ms = now_ms + (TRIP_MS if wanted else REARM_MS)

    def move(self, now_ms: int) -> None:
        """What it had planned."""
        self.tripped, self.moves_ms = not self.tripped, None
        self.test_trips += self.tripped and self.test_pin
        self.plan(now_ms)


class Bay:
    """One connector: what people do to it, and what follows."""

    def __init__(self, number: int, spec: dict[str, Any], guard: Guard) -> None:
        self.number, self.spec, self.guard = number, spec, guard
        self.car, self.diode, self.cable_ohm = "A", True, 220
        self.greedy = False          # draws 40 A whatever it is told
        self.draws_a = 16
        self.welded = self.stuck_open = False
        self.phases_welded = self.phases_stuck_open = False
        self.bolt = bool(spec.get("lock"))   # the people who play hold it where they want
        # driven by the chip
        self.coil_pin = self.coil = False
        self.commands = 0            # how often the program drove the coil
        self.beat_ms = -1_000_000
        self.beats = 0
        self.duty = STEADY
        self.phases_pin = False
        # contacts
        self.closed = False
        self.moves_ms: int | None = None
        self.phases_closed = False
        self.phases_move_ms: int | None = None
        self.high_mv, self.low_mv = SUPPLY_MV, 0

    def settle_pilot(self) -> None:
        """Peaks of the positive half and of the negative half's magnitude."""
        pulsing = self.duty < STEADY
        ohm = CAR_OHM.get(self.car, 0)
        if self.car == "F":
            self.high_mv, self.low_mv = 0, SUPPLY_MV
        elif ohm is None:
            self.high_mv, self.low_mv = SUPPLY_MV, SUPPLY_MV if pulsing else 0
        elif ohm == 0:
            self.high_mv = self.low_mv = 0
        elif self.diode:
            self.high_mv = DIODE_MV + (SUPPLY_MV - DIODE_MV) * ohm // (ohm + SOURCE_OHM)
            self.low_mv = SUPPLY_MV if pulsing else 0
        else:
            self.high_mv = SUPPLY_MV * ohm // (ohm + SOURCE_OHM)
            self.low_mv = self.high_mv if pulsing else 0

    def current_a(self) -> float:
        if not self.closed or self.car not in "CD":
            return 0.0
        return 40.0 if self.greedy else min(self.draws_a, told_a(self.duty))


def told_a(duty: int) -> float:
    """What a duty cycle allows a car to draw (IEC 61851-1 Table A.8)."""
    percent = duty * 100 / STEADY
    if duty >= STEADY or percent < 8 or percent > 97:
        return 0.0
    if percent < 10:
        return 6.0
    return percent * 0.6 if percent <= 85 else min((percent - 64) * 2.5, 80.0)


class World:
    """`chain`: whether the hardware AND is there."""

    def __init__(self, data: dict[str, Any], pins: Pins, chain: bool = True) -> None:
        self.data, self.pins, self.chain = data, pins, chain
        shared = Guard(data.get("residual_current"))
        self.bays = [Bay(number, spec, Guard(spec["residual_current"]) if spec.get("residual_current") else shared)
                     for number, spec in enumerate(data["connectors"])]
        self.guards = list(dict.fromkeys(bay.guard for bay in self.bays))
        self.now_ms = 0
        self.hold_ms = data["heartbeat_hold_ms"]
        self.earth_lost = self.stop = False
        self.heat_c = 25
        self.volts = 230
        self._writes: dict[int, Any] = {}
        self._duties: dict[int, Bay] = {}
        for bay in self.bays:
            spec = bay.spec
            self._writes[spec["contactor"]["pin"]] = (self._coil, bay, spec["contactor"]["active"])
            self._writes[spec["heartbeat"]] = (self._beat, bay, 1)
            self._duties[spec["pilot_pwm"]] = bay
            if spec.get("phase_contactor"):
                self._writes[spec["phase_contactor"]["pin"]] = (self._phases, bay, spec["phase_contactor"]["active"])
            if bay.guard.test:
                self._writes[bay.guard.test["pin"]] = (self._test, bay, bay.guard.test["active"])
        pins.wrote, pins.drove = self._wrote, self._drove
        self.settle()

    # -- from the chip

    def _wrote(self, pin: int, level: int) -> None:
        if pin in self._writes:
            act, bay, active = self._writes[pin]
            act(bay, level == active)

    def _drove(self, pin: int, duty: int) -> None:
        bay = self._duties.get(pin)
        if bay:
            bay.duty = duty
            self._pilot(bay)

    def _coil(self, bay: Bay, on: bool) -> None:
        bay.coil_pin = on
        bay.commands += on
        self._energise(bay)

    def _beat(self, bay: Bay, level: bool) -> None:
        bay.beat_ms = self.now_ms
        bay.beats += 1
        self._energise(bay)

    def _phases(self, bay: Bay, on: bool) -> None:
        bay.phases_pin = on
        self._plan_phases(bay)

    def _test(self, bay: Bay, on: bool) -> None:
        bay.guard.test_pin = on
        bay.guard.plan(self.now_ms)

    # -- what follows

    def settle(self) -> None:
        """After people changed something."""
        for guard in self.guards:
            guard.plan(self.now_ms)
        for bay in self.bays:
            self._pilot(bay)
            self._plan(bay)
            self._plan_phases(bay)
        self._tell()

    def _pilot(self, bay: Bay) -> None:
        bay.settle_pilot()
        for key, mv in (("pilot_high", bay.high_mv), ("pilot_low", bay.low_mv)):
            wires = bay.spec[key]
            self.pins.uv[wires["pin"]] = wires["offset_mv"] * 1000 + wires["mv_per_v"] * mv
        self._energise(bay)

    def _energise(self, bay: Bay) -> None:
        on = bay.coil_pin
        if on and self.chain:
            on = (1500 < bay.high_mv < 7500 and not bay.guard.tripped and not self.stop
                  and self.now_ms - bay.beat_ms < self.hold_ms)
        if on != bay.coil:
            bay.coil = on
            self._plan(bay)

    def _plan(self, bay: Bay) -> None:
        wanted = (bay.coil and not bay.stuck_open) or (bay.closed and bay.welded)
        bay.moves_ms = None if wanted == bay.closed else self.now_ms + (CLOSE_MS if wanted else OPEN_MS)

    def _plan_phases(self, bay: Bay) -> None:
        wanted = (bay.phases_pin and not bay.phases_stuck_open) or (bay.phases_closed and bay.phases_welded)
        bay.phases_move_ms = (
            None if wanted == bay.phases_closed else self.now_ms + (CLOSE_MS if wanted else OPEN_MS))

    def advance(self, ms: int) -> None:
        """Let time pass, all that falls due in its order."""
        end_ms = self.now_ms + ms
        while True:
            due_ms = end_ms
            for guard in self.guards:
                if guard.moves_ms is not None and guard.moves_ms < due_ms:
                    due_ms = guard.moves_ms
            for bay in self.bays:
                if bay.moves_ms is not None and bay.moves_ms < due_ms:
                    due_ms = bay.moves_ms
                if bay.phases_move_ms is not None and bay.phases_move_ms < due_ms:
                    due_ms = bay.phases_move_ms
                if bay.coil and self.chain and bay.beat_ms + self.hold_ms < due_ms:
                    due_ms = bay.beat_ms + self.hold_ms
            self.now_ms = due_ms
            for guard in self.guards:
                if guard.moves_ms is not None and guard.moves_ms <= due_ms:
                    guard.move(due_ms)
            for bay in self.bays:
                self._energise(bay)
                if bay.moves_ms is not None and bay.moves_ms <= due_ms:
                    bay.closed, bay.moves_ms = not bay.closed, None
                    self._plan(bay)
                if bay.phases_move_ms is not None and bay.phases_move_ms <= due_ms:
                    bay.phases_closed, bay.phases_move_ms = not bay.phases_closed, None
                    self._plan_phases(bay)
            if due_ms >= end_ms:
                break
        self.pins.now_ms = self.now_ms
        self._tell()

    def _tell(self) -> None:
        """The chip's inputs."""
        levels, data = self.pins.levels, self.data
        lines = [(guard.wires, guard.tripped) for guard in self.guards]
        for wires, active in (*lines, (data.get("earth_lost"), self.earth_lost),
                              (data.get("emergency_stop"), self.stop)):
            if wires:
                levels[wires["pin"]] = wires["active"] if active else 1 - wires["active"]
        heat = data.get("temperature")
        if heat:
            self.pins.uv[heat["pin"]] = (heat["offset_mv"] + heat["mv_per_c"] * self.heat_c) * 1000
        for bay in self.bays:
            spec = bay.spec
            wires = spec["contactor_feedback"]
            levels[wires["pin"]] = wires["active"] if bay.closed else 1 - wires["active"]
            lock = spec.get("lock")
            if lock:
                wires = lock["feedback"]
                levels[wires["pin"]] = wires["active"] if bay.bolt else 1 - wires["active"]
            phases = spec.get("phase_contactor")
            if phases:
                wires = phases["feedback"]
                levels[wires["pin"]] = wires["active"] if bay.phases_closed else 1 - wires["active"]
            cable = spec.get("proximity")
            if cable:
                ohm = bay.cable_ohm
                self.pins.uv[cable["pin"]] = cable["supply_mv"] * 1000 * ohm // (ohm + cable["pull_up_ohm"])
