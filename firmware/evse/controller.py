"""One connector's control: step(now_ms) every 20 ms reads pilot and sensors, decides, acts, and allocates nothing.

Knows no network and no transaction: it is told what to offer and whether the contactor may close. Sequence and times:
IEC 61851-1 Annex A (tables A.4 to A.6).
"""
from time import ticks_diff

from micropython import const

from firmware.evse.contactor import DROPPED, NOT_CLOSING, WELDED
from firmware.evse.limits import NAMES, NO_LIMIT, PROFILE
from firmware.evse.pilot import MIN_DA, STATE_A, STATE_B, STATE_C, STATE_D, STATE_E, state_of
from firmware.evse.safety import EARTH, EMERGENCY_STOP, GROUND, HOT, SENSOR

# A new pilot state counts once it has held: shortest where energy must stop (<= 100 ms in all, 20 of them the tick).
_TO_A_MS = const(25)  # and from C to E and F
_LEAVE_MS = const(40)
_PLUG_MS = const(100)
_ENTER_MS = const(500)  # B to C: shorter ones made contactors chatter at the start of a charge. E and F while idle
_STALL_MS = const(200)  # two readings this far apart are no debounce, and prove nothing of a contactor
_S2_MS = const(6000)  # the car opens its own switch within 3 s of PWM off; then the contactor opens under load
_RAISE_MS = const(5000)  # a car may take 5 s to follow a new duty cycle
_DIODE_SURE = const(3)
_DIODE_SETTLE_MS = const(1000)
_OVER_MS = const(7000)  # above the 6 s that a car may take after the offer fell
_WELL_MS = const(3000)
_SAFETY = const(5)  # the claim, in limits.NAMES

# When a fault ends: by itself when its cause is gone, after the car has left too, or with the next restart only.
_TRANSIENT = const(0)
_UNPLUG = const(1)
_RESTART = const(2)

PILOT_SHORTED = "pilot shorted"
NO_DIODE = "no diode"
OVER_CURRENT = "over current"
CONTROL_FAILED = "control failed"

_FAULTS = {  # what was seen: OCPP errorCode, when it ends
    GROUND: ("GroundFailure", _UNPLUG),
    EARTH: ("GroundFailure", _UNPLUG),
    EMERGENCY_STOP: ("OtherError", _TRANSIENT),  # 1.6 has a reason for it, but no errorCode
    HOT: ("HighTemperature", _TRANSIENT),
    SENSOR: ("HighTemperature", _TRANSIENT),
    PILOT_SHORTED: ("EVCommunicationError", _UNPLUG),
    NO_DIODE: ("EVCommunicationError", _UNPLUG),
    OVER_CURRENT: ("OverCurrentFailure", _UNPLUG),
    NOT_CLOSING: ("PowerSwitchFailure", _UNPLUG),
    DROPPED: ("PowerSwitchFailure", _UNPLUG),
    WELDED: ("PowerSwitchFailure", _RESTART),  # the outlet may be live: never cleared without a person
    CONTROL_FAILED: ("InternalError", _UNPLUG),
}


class Controller:
    """The outputs a charge point reads:

    state, state_text(), plugged, wants_energy    the car, debounced
    charging                                      contactor commanded and proven closed
    offered_da, limit_reason                      what the pilot announces now, and which limit decides
    holds                                         why the claim `safety` allows nothing now, or None
    fault, fault_info                             OCPP errorCode and what was seen, or None
    c_to_closed_ms, left_c_to_open_ms             last measured
    revision                                      changes whenever one of them does

    `parts`: what only some boards have (NOTES.md), each with fault_info, holds, step() and is_ready().
    """

    phases = None  # evse/phases.py's, where the board has such a contactor

    def __init__(self, pilot, contactor, safety, limits, hold_ms=5000, ventilated=False, parts=()):
        self._pilot, self.contactor, self._safety = pilot, contactor, safety
        self.limits = limits
        self.parts = parts
        for part in parts:
            _FAULTS.update(part.fault_info)
        self._hold_ms = hold_ms
        self._ventilated = ventilated
        self.state = self._raw = STATE_A
        self._raw_since_ms = self._last_ms = None
        self.permitted = False
        self._withdrawn = False  # PWM stays off from a withdrawn permit until there is a new one, or nothing to offer
        self._diode = 0  # good readings in a row, up to _DIODE_SURE
        self._diode_bad_ms = self._pilot_changed_ms = 0
        self._stopping_ms = self._closing_ms = self._over_ms = self._ready_ms = None
        self._max_ma = 0
        self.voltage_dv = self.holds = None
        self.fault = self.fault_info = None
        self._fault_end = _TRANSIENT
        self._fault_seen_ms = 0
        self.charging = False
        self.revision = 0
        self._shown = self._shown_fault = None
        self.c_to_closed_ms = self.left_c_to_open_ms = None

    # What the charge point asks for

    def offer(self, limit_da):
        """Current to offer, tenths of an ampere per phase; less than 6 A means a steady pilot."""
        self.limits.set(PROFILE, limit_da)
        if limit_da < MIN_DA:
            self._withdrawn = False

    def permit(self, allowed):
        """Whether the contactor may close: authorization is on record. It ends with unplugging and with an emergency
        stop, as nothing may start again by itself; a new plug needs a new permit."""
        if not allowed and self.permitted:
            self._withdrawn = True
        elif allowed:
            self._withdrawn = False
        self.permitted = bool(allowed)

    def open_now(self):
        """Withdraw the permit without waiting for the car to stop drawing current."""
        self.permit(False)
        if self._last_ms is not None:
            self._open(self._last_ms)

    def measured(self, max_ma, voltage_dv=None):
        """Highest phase current by the meter, milliamperes; the tick judges it against the offer. Tenths of a volt,
        a value per phase, another object with each reading: for the parts."""
        self._max_ma = max_ma
        self.voltage_dv = voltage_dv

    # What it reads

    def state_text(self):
        return "ABCDEF"[self.state]

    @property
    def plugged(self):
        return STATE_B <= self.state <= STATE_D

    @property
    def wants_energy(self):
        return self.state == STATE_C or (self.state == STATE_D and self._ventilated)

    @property
    def offered_da(self):
        return self._pilot.announced_da

    @property
    def limit_reason(self):
        return NAMES[self.limits.winner]

    @property
    def temperature_c(self):
        return self._safety.temperature_c

    # The tick

    def step(self, now_ms):
        """One tick; never raises: a control that cannot control opens the contactor."""
        try:
            self._step(now_ms)
        except Exception:
            self.contactor.off()
            try:
                self._fail(CONTROL_FAILED, now_ms)
            except Exception:  # the pilot's PWM is what failed; the contactor is open and the fault stands
                pass
        self._show()

    def _step(self, now_ms):
        contactor = self.contactor
        if self._last_ms is None:
            self._last_ms = self._raw_since_ms = now_ms
        gap_ms = ticks_diff(now_ms, self._last_ms)
        self._last_ms = now_ms
        if gap_ms >= _STALL_MS:  # the car may have left and the hardware AND opened: that is no broken contactor
            contactor.stalled(now_ms)
            if self._diode < _DIODE_SURE:  # nor is a pilot that was not watched a missing diode
                self._diode_bad_ms = now_ms
        if gap_ms >= self._hold_ms:  # the hardware has let go of the coil: follow it, and close from the beginning
            self._open(now_ms)
            self._diode = 0
        self._pilot.read()
        self._follow_pilot(now_ms, gap_ms)
        self._watch(now_ms)
        self._announce(now_ms)
        self._prove_diode(now_ms)
        self._guard(now_ms)
        trouble = contactor.step(now_ms)
        if trouble is not None:
            self._fail(trouble, now_ms)
        charging = contactor.commanded and contactor.closed
        if charging and self._closing_ms is not None:
            self.c_to_closed_ms, self._closing_ms = ticks_diff(now_ms, self._closing_ms), None
        self.charging = charging

    def _follow_pilot(self, now_ms, gap_ms):
        raw = state_of(self._pilot.high_mv, self._pilot.low_mv, self._raw)
        state = self.state
        leaving = state == STATE_C or state == STATE_D
        if raw != self._raw:
            # A plug pulled slowly passes B: what counts is when the car left C, not what it became last.
            if not leaving or self._raw == state:
                self._raw_since_ms = now_ms
            self._raw = raw
        if raw == state:
            return
        if raw == STATE_A or (leaving and raw >= STATE_E):
            hold_ms = _TO_A_MS
        elif leaving:
            hold_ms = _LEAVE_MS
        elif raw == STATE_B:
            hold_ms = _PLUG_MS
        else:
            hold_ms = _ENTER_MS
            if gap_ms > _STALL_MS:
                self._raw_since_ms = now_ms
        if ticks_diff(now_ms, self._raw_since_ms) < hold_ms:
            return
        left_at_ms = self._raw_since_ms
        self.state = raw
        if not self.wants_energy and self.contactor.commanded:
            self._open(now_ms)
            self.left_c_to_open_ms = ticks_diff(now_ms, left_at_ms)
        if raw == STATE_A:
            self.permitted = self._withdrawn = False

    def _watch(self, now_ms):
        """Sensors and pilot to a fault; an old fault ends when nothing is seen for a while."""
        seen = self._safety.step()
        self.limits.warm(self._safety.temperature_c)
        if seen is None and self.state >= STATE_E:
            seen = PILOT_SHORTED
        if seen is None and self._over_current(now_ms):
            seen = OVER_CURRENT
        held = self.fault_info
        for part in self.parts:
            found = part.step(self, now_ms)
            seen = seen or found
            held = held or part.holds
        if held is not self.holds:
            self.holds = held
            self.limits.set(_SAFETY, 0 if held else NO_LIMIT)
        if seen is not None:
            if self._safety.stopped:
                self.permitted = False
            self._fail(seen, now_ms)
        elif (
            self.fault is not None
            and self._fault_end != _RESTART
            and (self._fault_end == _TRANSIENT or self.state == STATE_A)
            and ticks_diff(now_ms, self._fault_seen_ms) >= _WELL_MS
        ):
            self.fault = self.fault_info = None

    def _over_current(self, now_ms):
        """More than the offer and its tolerance, for longer than a car may take to follow a lower one."""
        if not self.charging or self._max_ma <= (self._pilot.announced_da + 5) * 110:
            self._over_ms = None
        elif self._over_ms is None:
            self._over_ms = now_ms
        else:
            return ticks_diff(now_ms, self._over_ms) >= _OVER_MS
        return False

    def _announce(self, now_ms):
        """Nothing without a car or with a fault; lower at once, higher when the car has followed the last change."""
        pilot = self._pilot
        wanted_da = self.limits.lowest_da
        if wanted_da < MIN_DA or self._withdrawn or self.fault is not None or not self.plugged:
            wanted_da = 0
        now_da = pilot.announced_da
        if wanted_da == now_da:
            return
        if now_da and wanted_da > now_da and ticks_diff(now_ms, self._pilot_changed_ms) < _RAISE_MS:
            return
        pilot.announce(wanted_da)
        self._pilot_changed_ms = now_ms
        self._over_ms = None

    def _prove_diode(self, now_ms):
        """Only a car clips nothing of the negative half; a wet plug or a finger is a mere resistor."""
        if not self._pilot.announced_da:
            self._diode, self._diode_bad_ms = 0, now_ms
        elif self._raw != self.state:  # a car on its way to another state tells nothing about its diode
            self._diode_bad_ms = now_ms
        elif self._pilot.diode_seen():
            self._diode_bad_ms = now_ms
            if self._diode < _DIODE_SURE:
                self._diode += 1
        elif self._diode == _DIODE_SURE:  # proven before: lose it slowly, one bad reading is no verdict
            if ticks_diff(now_ms, self._diode_bad_ms) >= _LEAVE_MS:
                self._diode = 0
                self._fail(NO_DIODE, now_ms)
        else:
            self._diode = 0
            if ticks_diff(now_ms, self._diode_bad_ms) >= _DIODE_SETTLE_MS:
                self._fail(NO_DIODE, now_ms)

    def _guard(self, now_ms):
        contactor = self.contactor
        offered = self._pilot.announced_da
        if contactor.commanded:
            if self.fault is not None or not self.wants_energy:
                self._open(now_ms)
            elif self.permitted and offered:
                self._stopping_ms = None
            elif self._stopping_ms is None:
                self._stopping_ms = now_ms
            elif ticks_diff(now_ms, self._stopping_ms) >= _S2_MS:
                self._open(now_ms)
        elif not (self.permitted and self.wants_energy and self.fault is None):
            self._ready_ms = None
        else:
            if self._ready_ms is None:
                self._ready_ms = now_ms
            # This very reading too: three in a row may lie a moment back.
            proven = self._diode == _DIODE_SURE and self._pilot.diode_seen()
            if not (offered and proven and self._raw == self.state):
                return
            for part in self.parts:
                if not part.is_ready(self, now_ms):
                    return
            if contactor.close(now_ms):
                self._closing_ms = self._ready_ms

    def _open(self, now_ms):
        self.contactor.open(now_ms)
        self._stopping_ms = self._closing_ms = self._ready_ms = None
        self.charging = False

    def _fail(self, seen, now_ms):
        """A fault opens the contactor and makes the pilot steady at once. The one that is harder to end stays."""
        self._open(now_ms)
        code, end = _FAULTS[seen]
        if self.fault is None or end > self._fault_end:
            self.fault, self.fault_info, self._fault_end = code, seen, end
        self._fault_seen_ms = now_ms
        self._pilot.announce(0)

    def _show(self):
        shown = self._pilot.announced_da << 8 | self.limits.winner << 5 | self.charging << 4 | self.state
        if shown != self._shown or self.fault_info is not self._shown_fault:
            self._shown, self._shown_fault = shown, self.fault_info
            self.revision = (self.revision + 1) & 0xFFFF
