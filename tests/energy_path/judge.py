"""The judge: never live while unauthorized, unlocked, faulted or outside C, never later than promised.

It sees voltages, contacts and what people did, and shares no line with the firmware: pilot levels and duty cycles are
read by the standard's tables, the figures below are the promises of firmware/evse/NOTES.md.

Times are of two kinds. What the hardware AND promises counts by the clock. What the program promises counts while the
program runs: a stall adds one tick, whatever its length.
"""
from tests.energy_path.world import STEADY, Bay, World, told_a

OPEN_MS = 100            # from leaving C, or from a fault
LET_GO_MS = 6_100        # from a withdrawn permit or offer: the car has six seconds to open its own switch
TELL_MS = 60             # the pilot follows what lowers the offer
ASKED_MS = 460           # a car has asked for energy that long: 500, measured between ticks
FEEDBACK_MS = 600        # a contactor that does not do as it is told
WELD_MS = 1_100
CURRENT_MS = 8_300       # 7 s, the meter's second, a tick
VOLTAGE_MS = 3_400       # two readings of the meter
BELIEVED_MS = 620        # whatever came must have been seen by then
CLOSE_MS = 3_000         # everything is as it should be: energy flows
RAISE_MS = 4_980
LONGEST_TICK_MS = 30     # a longer gap is a stall
SETTLE_MS = 1_000        # a pilot that begins to pulse shows its negative half only by and by
LATE_MS = 100            # of a start delay: the firmware keeps whole thirtieths of a second, a tick comes late
UNSEEN_MS = 200          # what was the same before and after a longer gap may have been anything meanwhile
CABLES = ((75, 150, 63), (150, 330, 32), (330, 1000, 20), (1000, 2700, 13))   # ohm from, to, ampere


class Violation(AssertionError):
    pass


class BayJudge:
    def __init__(self, world: World, bay: Bay, start_delay_ms: int) -> None:
        self.world, self.bay = world, bay
        self._start_delay_ms = start_delay_ms   # after the mains have returned; the same each time, for the game
        self.closings = 0
        self.guard, test = bay.guard, bay.guard.test
        self._test_ms = test["trip_ms"] + test["clear_ms"] if test else 0   # a trip that a test explains is not told
        self._has_earth, self._has_lock = "earth_lost" in world.data, bool(bay.spec.get("lock"))
        self.boots()
        self.restarted()

    def boots(self) -> None:
        self._commands = self.bay.commands

    def restarted(self) -> None:
        """The program begins anew and knows nothing of before; a coil that it drove on its way may have closed."""
        self.authorized = self.surely = False
        self.dead = False            # a weld was there to be seen: no closing until a restart
        self.latched = False         # a fault that ends only when the car has left
        self.clean = False           # nothing has been wrong since the last free bay: energy is owed
        self.tested = False          # the residual-current device has passed since the last opening
        self.offer_a = 0.0
        self._proven = False         # a diode was seen since the pilot pulses
        self._taken = False          # a permit was withdrawn: the pilot invites nobody until there is a new one
        self._band, self._believed = 4, False
        self._spoiled = False        # something was wrong that only a restart ends
        self._before_free = False    # authorized when the car left
        self._trips = self.guard.test_trips
        self._was_coil = False
        self._delay_ms = self._start_delay_ms   # what is left of it at least
        self._told = 0.0
        self._watched_ms = 0
        self._told_ms = self._opened_ms = -1_000_000
        self._phases_fed = None      # what the car was fed with last: phases contactor in or out
        self._since: dict[str, int] = {}
        self._beats, self._beat_clock = self.bay.beats, 0
        self._phases_pin = self.bay.phases_pin
        if self.bay.commands != self._commands:
            self._wrong("a coil was driven at boot")

    def permitted(self, allowed: bool) -> None:
        """What people decided. Given before a car is believed to be there, it is the next one's."""
        self._taken = not allowed and (self.surely or self._taken)
        self.authorized = self.surely = allowed
        self._before_free = False

    def _for(self, what: str, true: bool, clock: int) -> int:
        """How long it has been so, in the program's own time; -1 if it is not so."""
        since = self._since
        if not true:
            if what in since:
                del since[what]
            return -1
        if what not in since:
            since[what] = clock
        return clock - since[what]

    def _wrong(self, rule: str) -> None:
        bay, world = self.bay, self.world
        raise Violation(
            f"{rule}: at {world.now_ms} ms, connector {bay.number}, car {bay.car}, pilot {bay.high_mv}/-{bay.low_mv} mV"
            f", duty {bay.duty}, coil {bay.coil_pin}, contacts {bay.closed}, authorized {self.authorized}, offer"
            f" {self.offer_a} A, trip {self.guard.tripped}, stop {world.stop}, heat {world.heat_c}, volts {world.volts}"
            f", start delay {self._delay_ms} ms")

    def look(self, clock: int, gap_ms: int) -> None:
        """After a tick. `clock`: the program's own time; `gap_ms`: since the tick before, by the clock."""
        stalled = gap_ms > LONGEST_TICK_MS
        if gap_ms <= UNSEEN_MS:
            self._watched_ms += gap_ms
        else:
            self._since.pop("band", None)   # a debounce begins anew
        world, bay, guard, now_ms = self.world, self.bay, self.guard, self.world.now_ms
        coil, high, lasted = bay.coil_pin, bay.high_mv, self._for
        if stalled:
            for what in ("no feedback", "welded", "ready", "beat"):
                self._since.pop(what, None)
        told = told_a(bay.duty)
        in_c = 4500 <= high < 7500
        asks = in_c or 1500 <= high < 4500
        # A contact that bounces for less than the debounce has not taken the wish back.
        silent_ms = lasted("asks not", not asks, clock)
        asked_ms = lasted("asks", asks or (silent_ms < TELL_MS and "asks" in self._since), self._watched_ms)
        may_feed = asks if bay.spec.get("ventilated") else in_c
        in_c_ms = lasted("in C", may_feed, clock)
        away_ms = lasted("away", not may_feed, clock)
        free_ms = lasted("free", high >= 10_500, clock)
        # what must open, and since when
        pulsing_ms = lasted("pulsing", bay.duty != STEADY, clock)
        self._proven |= lasted("diode", pulsing_ms >= 0 and 10_000 <= bay.low_mv <= 13_500, clock) >= TELL_MS
        self._proven &= pulsing_ms >= 0
        worst_ms, worst = -1, ""
        for what, true in (
            ("residual current", guard.leak and guard.tripped), ("earth", world.earth_lost and self._has_earth),
            ("emergency stop", world.stop), ("heat", not -30 <= world.heat_c < 71),
            ("no diode", pulsing_ms >= 0 and not 10_000 <= bay.low_mv <= 13_500
             and (self._proven or pulsing_ms > SETTLE_MS)),
            ("unlocked", self._has_lock and not bay.bolt),
        ):
            if true or what in self._since:
                ms = lasted(what, true, clock)
                if ms > worst_ms:
                    worst_ms, worst = ms, what
        bounds = world.data.get("voltage")
        volts_ms = lasted("volts", bool(bounds) and not bounds["min_v"] <= world.volts <= bounds["max_v"], clock)
        # authorization ends with unplugging and with an emergency stop
        band = (high >= 10_500) + (high >= 7500) + (high >= 4500) + (high >= 1500)
        if band != self._band:   # a car that cannot decide what it is may not be believed for long
            self._band = band
            self._since.pop("band", None)
        if lasted("band", free_ms < 0, clock) > BELIEVED_MS:
            self._believed = True
        elif free_ms >= 0:
            self._believed = False
        if self._believed and free_ms < 0:
            self._before_free = self.authorized
        stopped_ms = lasted("stopped", world.stop, clock)
        if (free_ms >= OPEN_MS and self._before_free) or stopped_ms >= OPEN_MS:
            self.authorized = False
        if free_ms >= 0 or bay.phases_welded or bay.phases_stuck_open:
            self._phases_fed = None   # the next car is another one; what is broken keeps no promise
        if free_ms >= 0 or world.stop:
            self.surely = False
        if (lasted("leak seen", guard.leak and guard.tripped, clock) >= OPEN_MS + self._test_ms
                or lasted("earth seen", world.earth_lost and self._has_earth, clock) >= OPEN_MS):
            self.latched = True
        elif self.latched and (free_ms >= 0 or not self._believed) and worst_ms < 0:
            self.latched = False
        welded_ms = lasted("welded", bay.closed and not coil, clock)
        self.dead |= welded_ms > WELD_MS

        if guard.test_trips != self._trips and not guard.tripped and not guard.test_pin:
            self._trips, self.tested = guard.test_trips, True
        others_fed = any(
            other.coil_pin for other in world.bays if other is not bay and other.guard is guard)
        if others_fed:   # who closed had the test
            self.tested = False
        # The mains were gone for so long that nobody can have missed it: the street waits anew.
        if lasted("mains gone", bool(bounds) and world.volts < bounds["min_v"], clock) > VOLTAGE_MS:
            self._delay_ms = self._start_delay_ms
        else:
            self._delay_ms = max(self._delay_ms - gap_ms, 0)
        if coil and not self._was_coil:
            self._closes(asked_ms, in_c_ms, worst_ms, worst, told, now_ms)
        if self._was_coil and not coil:
            self._opened_ms, self.tested = now_ms, False
            self._phases_fed = bay.phases_closed
        if not coil:
            for what in ("withdrawn", "no feedback", "over current", "beat"):
                self._since.pop(what, None)
        else:
            self._live(away_ms, worst_ms, worst, volts_ms, told, clock)
        guarded = bay.closed and not bay.welded and world.chain
        for what, true in (
            ("outside C by the clock", not 1500 < high < 7500), ("tripped by the clock", guard.tripped),
            ("stopped by the clock", world.stop), ("silent", now_ms - bay.beat_ms > world.hold_ms),
        ):
            if lasted(what, guarded and true, now_ms) > OPEN_MS:
                self._wrong(f"{what}, and live: the hardware AND should have opened")
        self._tells(told, worst_ms, worst, volts_ms, free_ms, clock, now_ms)
        self._beating(coil, clock, stalled)
        if bay.phases_pin != self._phases_pin:
            self._phases_pin = bay.phases_pin
            if bay.closed and not bay.welded:
                self._wrong("phases switched under load")
        self._owes(coil, others_fed, in_c_ms, worst_ms, volts_ms, free_ms, welded_ms, clock)
        self._was_coil = coil

    def _closes(self, asked_ms: int, in_c_ms: int, worst_ms: int, worst: str, told: float, now_ms: int) -> None:
        bay = self.bay
        self.closings += 1
        if not self.authorized:
            self._wrong("closed without authorization")
        if asked_ms < ASKED_MS or in_c_ms < 0:
            self._wrong(f"closed after {asked_ms} ms of asking, {in_c_ms} of them with what may be fed")
        if told < 6:
            self._wrong("closed with a steady pilot")
        if not 10_000 <= bay.low_mv <= 13_500:
            self._wrong("closed without a diode")
        if bay.closed:
            self._wrong("closed onto contacts that were closed already")
        if self.dead:
            self._wrong("closed a contactor that was welded")
        if self._delay_ms > LATE_MS:
            self._wrong(f"closed {self._delay_ms} ms before the start delay was over")
        if self.latched:
            self._wrong("closed before the car had left a fault behind")
        if worst_ms >= TELL_MS or (self._has_lock and not bay.bolt):
            self._wrong(f"closed with {worst} for {worst_ms} ms")
        if self.guard.test:
            if not self.tested:
                self._wrong("closed without a test of the residual-current device")
            if self.guard.test_pin or (self.guard.tripped and not self.guard.leak):
                self._wrong("closed in the middle of a test")
        phases = bay.spec.get("phase_contactor")
        if (phases and self._phases_fed not in (None, bay.phases_closed)
                and now_ms - self._opened_ms < phases["pause_ms"]):
            self._wrong(f"other phases after {now_ms - self._opened_ms} ms")

    def _live(self, away_ms: int, worst_ms: int, worst: str, volts_ms: int, told: float, clock: int) -> None:
        bay = self.bay
        if away_ms > OPEN_MS:
            self._wrong(f"live {away_ms} ms after leaving C")
        if worst_ms > OPEN_MS:
            self._wrong(f"live with {worst} for {worst_ms} ms")
        if volts_ms > VOLTAGE_MS:
            self._wrong(f"live with {self.world.volts} V for {volts_ms} ms")
        stop_ms = self._for("withdrawn", not self.authorized or self.offer_a < 6, clock)
        if stop_ms > LET_GO_MS:
            self._wrong(f"live {stop_ms} ms after authorization or offer ended")
        if self._for("no feedback", not bay.closed, clock) > FEEDBACK_MS:
            self._wrong("coil on and nothing closed")
        over = bay.closed and bay.current_a() > (told + 0.5) * 1.1
        if self._for("over current", over and self._told == told, clock) > CURRENT_MS:
            self._wrong("too much current for too long")

    def _tells(self, told: float, worst_ms: int, worst: str, volts_ms: int, free_ms: int, clock: int,
               now_ms: int) -> None:
        """What the pilot announces: no more than the lowest claim, raised slowly, nothing where nothing may flow."""
        world, bay = self.world, self.bay
        claims = {"hardware": float(bay.spec["max_a"]), "offer": self.offer_a if self.offer_a >= 6 else 0.0}
        if bay.spec.get("proximity"):
            claims["cable"] = cable_a(bay.cable_ohm)
        if self.offer_a < 6 or free_ms >= 0:
            self._taken = False   # an offer of its own begins
        if self._taken:
            claims["permit"] = 0.0
        if self._delay_ms > LATE_MS:
            claims["start delay"] = 0.0
        if world.heat_c >= 68:
            claims["heat"] = 6.0
        elif world.heat_c >= 65:
            claims["heat"] = bay.spec["max_a"] / 2
        if told:
            for name, most in claims.items():
                if self._for(f"above {name}", told > most + 0.05, clock) > TELL_MS:
                    self._wrong(f"tells {told:.1f} A, {name} allows {most} A")
            hard_ms = max(self._for(what, True, clock) if what in self._since else -1
                          for what in ("residual current", "earth", "emergency stop", "heat"))
            if hard_ms > OPEN_MS + self._test_ms or free_ms > 2 * OPEN_MS or volts_ms > VOLTAGE_MS:
                self._wrong(f"tells {told:.1f} A with {worst or 'nobody there'}")
            if self.dead and self._for("dead", True, clock) > TELL_MS:
                self._wrong("tells current with a welded contactor")
        if told != self._told:
            if told > self._told > 0 and now_ms - self._told_ms < RAISE_MS:
                self._wrong(f"raised the offer after {now_ms - self._told_ms} ms")
            self._told, self._told_ms = told, now_ms
            self._since.pop("over current", None)

    def _beating(self, coil: bool, clock: int, stalled: bool) -> None:
        bay = self.bay
        beats, self._beats = bay.beats - self._beats, bay.beats
        if coil:
            if self._for("beat", not beats, clock) > TELL_MS:
                self._wrong("a coil without a heartbeat of the tick")
            self._beat_clock = clock
        elif beats and clock - self._beat_clock > TELL_MS:
            self._wrong("a heartbeat for an open contactor")

    def _owes(self, coil: bool, others_fed: bool, in_c_ms: int, worst_ms: int, volts_ms: int, free_ms: int,
              welded_ms: int, clock: int) -> None:
        """Safe first, then useful: with all in order the car is fed within three seconds."""
        world, bay = self.world, self.bay
        sound = (worst_ms < 0 and volts_ms < 0 and welded_ms < 0
                 and not self.guard.tripped and not self.guard.test_broken
                 and world.heat_c < 71 and bay.diode and bay.car not in "EF" and not self.dead
                 and not (bay.welded or bay.stuck_open or bay.greedy or bay.phases_welded or bay.phases_stuck_open))
        self._spoiled |= (self.guard.test_broken and self._test_ms > 0) or bay.phases_welded or bay.phases_stuck_open
        if not sound or self._spoiled:
            self.clean = False
            self._since.pop("well", None)
        elif not self.clean and self._for("well", free_ms >= 0, clock) > 3_600:
            self.clean = True
        waits = self._start_delay_ms and self._for("mains", volts_ms < 0, clock) <= self._start_delay_ms + VOLTAGE_MS
        waits = waits or (self._test_ms and others_fed)   # what they share cannot be tested now
        cable = bay.spec.get("proximity")
        ready = (self.clean and not waits and self.surely and in_c_ms >= 0 and self.offer_a >= 6
                 and not (cable and cable_a(bay.cable_ohm) < 6))
        if self._for("ready", ready, clock) > self.patience_ms() and not coil:
            self._wrong("nothing flows though nothing is wrong")

    def patience_ms(self) -> int:
        phases = self.bay.spec.get("phase_contactor")
        return CLOSE_MS + (phases["pause_ms"] + 7_000 if phases else 0)


def cable_a(ohm: int) -> float:
    """What a plug's resistor says (IEC 61851-1 Table B.2); 0 for a coding that is none."""
    return float(next((amperes for low, high, amperes in CABLES if low <= ohm < high), 0))


def judges(world: World, start_delay_ms: int = 0) -> list[BayJudge]:
    return [BayJudge(world, bay, start_delay_ms) for bay in world.bays]
