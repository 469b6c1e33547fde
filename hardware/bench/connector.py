"""One connector's electrical side: pilot, car, safety chain, contactor, meter; and how long things took.

Events come with the moment they happened at; between events everything is constant, so that energy is exact.
`advance` goes through the parts' own deadlines in order, `settle` works out what follows from an event.
"""
from collections.abc import Mapping
from typing import Any

from hardware.bench import pilot
from hardware.bench.car import Car, Model
from hardware.bench.contactor import Contactor
from hardware.bench.dc_car import DcCar
from hardware.bench.ev_link import EvLink
from hardware.bench.lock import Lock
from hardware.bench.mains import Mains
from hardware.bench.meter import Meter
from hardware.bench.register_map import Values
from hardware.bench.safety_chain import SafetyChain

CABLE_OHM = {13: 1500, 20: 680, 32: 220, 63: 100}   # in a plug, by what its cable may carry (IEC 61851-1 Table B.2)
OPEN_OHM = 1e6
PILOT_HZ, PILOT_TOLERANCE_HZ = 1000, 5   # IEC 61851-1 Table A.2: 0.5 %
DEBOUNCE_MS = 500   # a state C that lasted this long is meant (firmware-facts: contactors that click without it)


class Latencies:
    """Milliseconds from cause to effect, of the latest occurrence; None until there was one."""

    def __init__(self) -> None:
        self.c_to_contactor_ms: float | None = None
        self.left_c_to_open_ms: float | None = None          # by whichever opened it first, hardware or software
        self.left_c_to_command_off_ms: float | None = None   # by the firmware alone
        self._entered_c_s: float | None = None
        self._left_c_s: float | None = None
        self._left_c_commanded_s: float | None = None

    def forget(self) -> None:
        """What is under way has another cause: the power went."""
        self._entered_c_s = self._left_c_s = self._left_c_commanded_s = None

    def state_changed(self, old: str, new: str, closed: bool, commanded: bool, at_s: float) -> None:
        was, now = old in "CD", new in "CD"
        if now and not was:
            self._entered_c_s = at_s
            self._left_c_s = self._left_c_commanded_s = None
        elif was and not now:
            self._entered_c_s = None
            self._left_c_s = at_s if closed else None
            self._left_c_commanded_s = at_s if commanded else None

    def command_changed(self, commanded: bool, at_s: float) -> None:
        if not commanded and self._left_c_commanded_s is not None:
            self.left_c_to_command_off_ms = _ms(at_s - self._left_c_commanded_s)
            self._left_c_commanded_s = None

    def contacts_moved(self, closed: bool, at_s: float) -> None:
        if closed and self._entered_c_s is not None:
            self.c_to_contactor_ms = _ms(at_s - self._entered_c_s)
            self._entered_c_s = None
        if not closed and self._left_c_s is not None:
            self.left_c_to_open_ms = _ms(at_s - self._left_c_s)
            self._left_c_s = None

    def as_json(self) -> dict[str, float | None]:
        c_ms = self.c_to_contactor_ms
        return {
            "c_to_contactor_ms": c_ms,
            "debounced_c_to_contactor_ms": None if c_ms is None else round(c_ms - DEBOUNCE_MS, 3),
            "left_c_to_open_ms": self.left_c_to_open_ms,
            "left_c_to_command_off_ms": self.left_c_to_command_off_ms,
        }


class Connector:
    def __init__(self, connector_id: int, spec: Mapping[str, Any], meter: Meter, mains: Mains, *, hold_s: float,
                 hardware_and: bool, ev_link_map: Mapping[str, Any] | None = None) -> None:
        self.connector_id = connector_id
        self.spec = spec
        self.phases = int(spec["phases"])
        self.meter = meter
        self.contactor = Contactor()
        self.phase_contactor = Contactor()   # for the second and third phase, where the board has one
        self._switches_phases = bool(spec.get("phase_contactor"))
        self.cable_a: int | None = None      # what the plugged cable may carry
        self.lock = Lock() if spec.get("lock") else None
        # A connector whose car is heard feeds it with direct current.
        self.ev_link = EvLink(spec["ev_link"]["unit"], ev_link_map, self._car_says, self.settle) if (
            ev_link_map and spec.get("ev_link")) else None
        self.chain = SafetyChain(hold_s=hold_s, present=hardware_and)
        self.latencies = Latencies()
        self.car: Car | None = None
        self.faults: set[str] = set()
        self.duty = 1.0
        self._hertz = PILOT_HZ
        self._heartbeat_level = False
        self._mains = mains
        self._current_a = (0.0, 0.0, 0.0)
        self.levels = pilot.Levels(0.0, 0.0)
        self.pilot_state = "A"

    # -- what people and cars do

    def plug(self, model: Model, now_s: float, cable_a: int = 32) -> None:
        self.cable_a = cable_a
        self.car = DcCar(model, self.spec["max_a"]) if self.ev_link else Car(model)
        self.car.see(self.duty, self.contactor.closed, now_s)
        self.car.hold(None, now_s)
        self.settle(now_s)

    def unplug(self, now_s: float) -> None:
        self._count(now_s)
        self.car = None
        self.settle(now_s)

    def set_fault(self, kind: str, on: bool, now_s: float) -> None:
        (self.faults.add if on else self.faults.discard)(kind)
        self.phase_contactor.set_faults(
            welded="phases" in self.faults, stuck_open="phases" in self.faults, now_s=now_s)
        self.contactor.set_faults(welded="weld" in self.faults, stuck_open="stuck_open" in self.faults, now_s=now_s)
        if self.lock:
            self.lock.jam("lock" in self.faults, now_s)
        self.settle(now_s)

    # -- what the board does

    def power(self, on: bool, now_s: float) -> None:
        self.chain.powered = on
        if self.ev_link and self.ev_link.limit_w is not None:
            self.ev_link.limit_w = 0.0   # of the same supply
        self.release(now_s)
        self.latencies.forget()

    def release(self, now_s: float) -> None:
        """The chip's pins float, as at every reset: pull-ups hold the pilot at +12 V, pull-downs the coil off."""
        self.chain.heartbeat_s = None
        self._heartbeat_level = False
        self.duty = 1.0
        self._hertz = PILOT_HZ
        if self.lock:
            self.lock.drive(False, now_s)
        self.phase_contactor.energise(False, now_s)
        self.command(False, now_s)

    def drive_pilot(self, duty: float, at_s: float) -> None:
        self.duty = duty
        self.settle(at_s)

    def command(self, on: bool, at_s: float) -> None:
        if on != self.chain.commanded:
            self.chain.commanded = on
            self.latencies.command_changed(on, at_s)
        self.settle(at_s)

    def switch_phases(self, on: bool, at_s: float) -> None:
        self.phase_contactor.energise(on, at_s)
        self.settle(at_s)

    @property
    def live_phases(self) -> int:
        """At the outlet, with the contactor closed."""
        return 1 if self._switches_phases and not self.phase_contactor.closed else self.phases

    def proximity_uv(self, supply_mv: int, pull_up_ohm: int) -> int:
        """What the socket's ADC reads of the plug's resistor."""
        ohm = CABLE_OHM[self.cable_a] if self.cable_a and "cable" not in self.faults else OPEN_OHM
        return pilot.adc_uv(supply_mv * ohm / (ohm + pull_up_ohm), 1, 0)

    def set_frequency(self, hertz: int, at_s: float) -> None:
        self._hertz = hertz
        self.settle(at_s)

    def heartbeat(self, level: bool, at_s: float) -> None:
        if level == self._heartbeat_level:
            return
        self._heartbeat_level = level
        silent = not self.contactor.coil and self.chain.commanded
        self.chain.heartbeat_s = at_s
        if silent:   # it may bring the coil back; otherwise nothing follows from an edge
            self.settle(at_s)

    # -- time

    def due_s(self) -> float:
        moments = [self.meter.refresh_due_s()]
        if (due_s := self.contactor.due_s()) is not None:
            moments.append(due_s)
        if (due_s := self.phase_contactor.due_s()) is not None:
            moments.append(due_s)
        if self.car and (due_s := self.car.due_s()) is not None:
            moments.append(due_s)
        if self.lock and (due_s := self.lock.due_s()) is not None:
            moments.append(due_s)
        if self.contactor.coil and (due_s := self.chain.due_s()) is not None:
            moments.append(due_s)
        return min(moments)

    def advance(self, now_s: float) -> bool:
        """Go through everything due until now; whether something people see has changed."""
        changed = False
        while (at_s := self.due_s()) <= now_s:
            self._count(at_s)
            if self.contactor.advance(at_s):
                self.latencies.contacts_moved(self.contactor.closed, at_s)
                changed = True
            changed |= self.phase_contactor.advance(at_s)
            if self.car and self.car.advance(at_s):
                changed = True
            if self.lock and self.lock.advance(at_s):
                changed = True
            changed |= self.meter.refresh(at_s) and any(self._current_a)
            self.settle(at_s)
        return changed

    def settle(self, at_s: float) -> None:
        """Work out what follows from the present inputs, as of `at_s`."""
        if not self.car and not (self.lock and self.lock.locked):   # a locked cable stays when its car has left
            self.cable_a = None
        load_ohm = self.car.load_ohm if self.car else None
        if "pilot_short" in self.faults:
            load_ohm = 0.0
        powered = self.chain.powered
        diode = "diode" not in self.faults
        self.levels = pilot.levels(self.duty, load_ohm, diode) if powered else pilot.Levels(0.0, 0.0)
        state = pilot.state_of(self.levels) if powered else "E"
        if state != self.pilot_state:
            self.latencies.state_changed(self.pilot_state, state, self.contactor.closed, self.chain.commanded, at_s)
            self.pilot_state = state
        self.chain.pilot_high_v = self.levels.high_v
        self.contactor.energise(self.chain.coil(at_s), at_s)
        self._count(at_s)
        if self.car:
            self.car.greedy = "greedy" in self.faults
            if isinstance(self.car, DcCar) and self.ev_link:
                self.car.module_limit_w = self.ev_link.limit_w
            readable = powered and abs(self._hertz - PILOT_HZ) <= PILOT_TOLERANCE_HZ
            self.car.see(self.duty if readable else 1.0, self.contactor.closed, at_s)
            self._current_a = self.car.current_a(self.live_phases if self.contactor.closed else 0)
        else:
            self._current_a = (0.0, 0.0, 0.0)
        self.meter.flow(self._mains.voltage_v(self._current_a), self._current_a, at_s)

    def _count(self, at_s: float) -> None:
        """Bring meter and battery up to `at_s` with what has flowed since."""
        flowed_wh = self.meter.integrate(at_s)
        if self.car and flowed_wh:
            self.car.absorb(flowed_wh)

    def _car_says(self) -> Values:
        car = self.car
        if not isinstance(car, DcCar):
            return dict.fromkeys(("soc", "battery_capacity", "voltage", "current", "temperature", "power_request"))
        return {
            "soc": car.soc, "battery_capacity": car.model.battery_kwh * 1000, "voltage": car.open_v,
            "current": car.fed_a(self.meter.power_w), "temperature": car.temperature_c, "power_request": car.request_w,
        }

    def as_json(self) -> dict[str, Any]:
        car = self.car
        power_w = round(self.meter.power_w)
        return {
            "connector_id": self.connector_id,
            "plugged": car is not None,
            "car": {
                "state": car.state if car else "A",
                "battery_kwh": car.model.battery_kwh if car else None,
                "soc": round(car.soc, 2) if car else None,
                "max_a": car.model.max_a if car else None,
                "phases": car.model.phases if car else None,
                "dc_max_kw": car.model.dc_max_kw if car and self.ev_link else None,
                "current_a": list(self._current_a),
                "power_w": power_w,
            },
            "pilot": {
                "duty": round(self.duty, 4),
                "offered_a": round(pilot.offered_a(self.duty), 1),
                "high_v": round(self.levels.high_v, 2),
                "low_v": round(self.levels.low_v, 2),
                "state": self.pilot_state,
            },
            "contactor": {
                "commanded": self.chain.commanded,
                "coil": self.contactor.coil,
                "closed": self.contactor.closed,
                "welded": self.contactor.welded,
            },
            "meter": {
                "register_wh": self.meter.register_wh,
                "energy_wh": round(self.meter.energy_wh, 3),
                "power_w": power_w,
                "unit": self.meter.unit,
                "connected": self.meter.mode != "silent",
                "mode": self.meter.mode,
            },
            "live_phases": self.live_phases,
            "socket": bool(self.spec.get("proximity")),   # with a plug's resistor to read
            "cable_a": self.cable_a if self.spec.get("proximity") else None,
            "lock": None if self.lock is None else {"locked": self.lock.locked},
            "ev_link": None if self.ev_link is None else {
                "unit": self.ev_link.unit,
                "mode": self.ev_link.mode,
                "limit_w": self.ev_link.limit_w,
                "told": {name: None if value is None else round(value, 1)
                         for name, value in self.ev_link.told().items()},
            },
            "max_a": self.spec["max_a"],
            "faults": sorted(self.faults),
        }


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)
