"""Keeps what the site's charge points may draw together under the site's limit: the fuse of the settings, and the
CSMS's ChargePointMaxProfile for the controller itself (OCPP 1.6 §3.13.4).

Each charge point has its share as a ChargePointMaxProfile of its own, which outlives links, power cuts and this
controller. Decreases go first; a raise waits until their confirmations leave room for it. One that does not answer
holds up nobody: it is under order until it has, and the meter is looked at again meanwhile. Who gets how much:
allocation/NOTES.md.
"""

import asyncio
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from local_controller import site_schedule
from local_controller.allocation.allocate import Demand, share
from local_controller.allocation.building import Building
from local_controller.charge_point import Boot, ChargePoint
from local_controller.config import Power
from local_controller.errors import SiteError
from local_controller.site_meter import SiteMeter
from local_controller.site_state import SiteState
from local_controller.store import Store
from ocppj import log, v16
from ocppj.errors import BadAnswer, CallErrorReceived, CallTimeout, ConnectionLost

LOOK_S = 1.0
ASK_AGAIN_S = 15.0  # after a refusal or none
ANSWER_S = 10.0
HEED_S = 1.0  # how long a turn waits for its decreases, so that raises follow in the same one
TOLD_LATELY, CLOCKS_DIFFER = timedelta(seconds=90), timedelta(seconds=5)  # of a charge point's currents
MOST_PROFILES, MOST_PERIODS = 20, 200
PROFILE_ID = 1_893_000_001  # of our profile in each charge point; no CSMS counts so far
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)  # long past, so that no clock of a charge point can be before it
PURPOSE: v16.ChargingProfilePurpose = "ChargePointMaxProfile"
_log = log.get(__name__)


class _Saved(msgspec.Struct):
    """`may_draw_a`: the most that each charge point may draw, by what it confirmed and was sent. `limited`: they have
    profiles of ours."""

    profiles: list[v16.ChargingProfile] = []
    may_draw_a: dict[str, int] = {}
    limited: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """For the page. `waiting`: charge points that have not confirmed their share."""

    limit_a: int | None
    shared_a: int
    waiting: list[str]
    building_a: int | None = None  # with a meter: what is taken off for the building


class SiteLimit:
    def __init__(
        self,
        store: Store,
        charge_points: Mapping[str, ChargePoint],
        state: SiteState,
        power: Power,
        clock: Callable[[], datetime],
        meter: SiteMeter | None = None,
    ) -> None:
        self._meter, self._building = meter, Building()
        self._store, self._charge_points, self._state = store, charge_points, state
        self._power, self._clock = power, clock
        self._saved = _Saved()
        self._boots: dict[str, Boot | None] = {}
        self._not_before_s: dict[str, float] = {}
        self._unconfirmed: set[str] = set()
        self._orders: dict[str, asyncio.Task[None]] = {}  # under way; one at a time for each charge point
        self._first = asyncio.Event()  # somebody sets a limit

    async def load(self) -> None:
        rows = await self._store.read("SELECT value FROM settings WHERE name = 'site_limit'")
        if rows:
            self._saved = msgspec.json.decode(rows[0][0], type=_Saved)
        self._boots = {identity: known.boot for identity, known in self._charge_points.items()}

    @property
    def limit_a(self) -> int | None:
        """Whole amperes per phase, of now; None: nobody sets one."""
        told = site_schedule.limit_a(self._saved.profiles, self._clock())
        limits = [limit for limit in (self._power.limit_a, told) if limit is not None]
        return math.floor(min(limits)) if limits else None

    @property
    def profiles(self) -> list[v16.ChargingProfile]:
        return self._saved.profiles

    def view(self) -> View:
        limit_a = self.limit_a
        if limit_a is None:
            return View(None, 0, [], self._building_a(0))
        shared_a = sum(self._may_draw_a(identity) for identity in self._charge_points)
        here = {identity for identity, known in self._charge_points.items() if not known.retired}
        return View(limit_a, shared_a, sorted(self._unconfirmed & here), self._building_a(limit_a))

    async def set(self, profile: v16.ChargingProfile) -> str:
        """A profile for the whole site; takes the place of one with its id or its stackLevel."""
        others = [
            one
            for one in self._saved.profiles
            if one.charging_profile_id != profile.charging_profile_id and one.stack_level != profile.stack_level
        ]
        why = site_schedule.trouble(profile)
        too_long = len(profile.charging_schedule.charging_schedule_period) > MOST_PERIODS
        if why or too_long or len(others) >= MOST_PROFILES:
            _log.warning("site_limit.refused", profile=profile.charging_profile_id, why=why or "too long or too many")
            return "Rejected"
        return "Accepted" if await self._keep([*others, profile]) else "Rejected"

    async def clear(self, asked: v16.ClearChargingProfile) -> str:
        def meant(profile: v16.ChargingProfile) -> bool:
            if asked.id is not None:  # the id alone decides (errata 3.25)
                return profile.charging_profile_id == asked.id
            return (
                asked.connector_id in (None, 0)
                and asked.charging_profile_purpose in (None, PURPOSE)
                and asked.stack_level in (None, profile.stack_level)
            )

        kept = [profile for profile in self._saved.profiles if not meant(profile)]
        if len(kept) == len(self._saved.profiles):
            return "Unknown"
        return "Accepted" if await self._keep(kept) else "Unknown"

    def disturbed(self, identity: str) -> None:
        """Somebody else has cleared profiles of this charge point: ours may be among them."""
        if self._saved.limited:
            self._forget(identity)

    async def run(self) -> None:
        """Keeps the shares as they should be; runs until cancelled."""
        try:
            while True:
                if not (self._saved.profiles or self._saved.limited) and self._power.limit_a is None:
                    self._first.clear()
                    await self._first.wait()
                try:
                    await self.look()
                except Exception as problem:  # a limit that nobody keeps any longer would be the worst of all
                    _log.error("site_limit.failed", error=repr(problem))
                await asyncio.sleep(LOOK_S)
        finally:
            orders = list(self._orders.values())
            for order in orders:
                order.cancel()
            await asyncio.gather(*orders, return_exceptions=True)

    async def look(self) -> None:
        """One turn: lower who has too much, then raise who may have more."""
        self._notice_boots()
        limit_a = self.limit_a
        if limit_a is None:
            if self._saved.limited and not self._orders:  # whoever confirms later would stay limited
                await self._lift()
            return
        self._saved.limited = True
        budget_a = self._budget_a(limit_a)
        wanted = self._wanted(budget_a)
        fall = [identity for identity, target_a in wanted.items() if target_a < self._may_draw_a(identity)]
        fall += [identity for identity in self._unconfirmed if identity in wanted and identity not in fall]
        lowered = [self._begin(i, min(wanted[i], self._may_draw_a(i))) for i in fall if self._can(i)]
        if lowered:
            await asyncio.wait(lowered, timeout=HEED_S)
            limit_a = self.limit_a  # of now: a raise on what was measured before would be too much
            if limit_a is None:
                return
            budget_a = self._budget_a(limit_a)
            wanted = self._wanted(budget_a)
        room_a = budget_a - sum(self._may_draw_a(identity) for identity in self._charge_points)
        raised = []
        for identity, target_a in wanted.items():
            more_a = min(target_a - self._may_draw_a(identity), room_a)
            if more_a > 0 and self._may_draw_a(identity) + more_a >= min(target_a, 6) and self._can(identity):
                room_a -= more_a
                raised.append(self._begin(identity, self._may_draw_a(identity) + more_a))
        if raised:
            await asyncio.wait(raised, timeout=HEED_S)

    def _building_a(self, limit_a: int) -> int | None:
        if self._meter is None:
            return None
        if self._meter.reading is not None:
            return self._building.load_a
        silent_a = self._meter.settings.silent_a
        return limit_a if silent_a is None else silent_a

    def _budget_a(self, limit_a: int) -> int:
        """Of the site's limit, what is left for the charge points."""
        if self._meter is None:
            return limit_a
        limit_a = max(0, limit_a - self._meter.settings.margin_a)
        reading = self._meter.reading
        if reading is None:
            return max(0, limit_a - (self._building_a(limit_a) or 0))
        self._building.heard(reading.taken_s, reading.currents_a, self._drawn_a(len(reading.currents_a)))
        shared_a = sum(self._may_draw_a(identity) for identity in self._charge_points)
        return self._building.budget_a(reading.taken_s, limit_a, reading.currents_a, shared_a)

    def _drawn_a(self, phases: int) -> list[float]:
        """By phase of the meter, what the charge points say they draw, if they said it lately."""
        assert self._meter is not None
        now, drawn = self._clock(), [0.0] * phases
        for view in self._state.views.values():
            for transaction in view.transactions.values():
                told = transaction.currents
                if told is None or not timedelta(0) <= now - told.at + CLOCKS_DIFFER <= TOLD_LATELY:
                    continue
                # Nobody knows which phase of the site is its L1, so only what flows in all three is surely in each.
                least = min(told.amperes)
                amperes = told.amperes if self._meter.settings.same_phases else (least, least, least)
                drawn = [sum(pair) for pair in zip(drawn, amperes, strict=False)]
        return drawn

    def _wanted(self, limit_a: int) -> dict[str, int]:
        """Shares of those that can be told; the others keep what they have, and it is taken off."""
        here, away_a = [], 0
        for identity, charge_point in self._charge_points.items():
            if charge_point.south is None or not charge_point.boot_accepted:
                away_a += self._may_draw_a(identity)
            else:
                here.append(identity)
        first = {i: min(self._state.views[i].transactions) for i in here if self._state.views[i].transactions}
        most_a = self._power.charge_point_a
        charging = [Demand(identity, most_a) for identity in sorted(first, key=lambda i: first[i])]
        resting = [Demand(identity, most_a) for identity in sorted(here) if identity not in first]
        return share(limit_a - away_a, charging, resting)

    def _may_draw_a(self, identity: str) -> int:
        """One that never was here has no cards and charges nobody; one that is retired is gone."""
        if self._charge_points[identity].retired:
            return 0
        unknown_a = 0 if self._charge_points[identity].boot is None else self._power.charge_point_a
        return self._saved.may_draw_a.get(identity, unknown_a)

    def _can(self, identity: str) -> bool:
        charge_point = self._charge_points[identity]
        late = self._not_before_s.get(identity, 0.0) > asyncio.get_running_loop().time()
        busy = identity in self._orders
        return charge_point.south is not None and charge_point.boot_accepted and not late and not busy

    def _begin(self, identity: str, target_a: int) -> asyncio.Task[None]:
        """Tell one charge point its share in a task of its own; until that has ended it gets no other order."""

        async def order() -> None:
            try:
                await self._order(identity, target_a)
            except Exception as problem:
                self._unconfirmed.add(identity)
                _log.error("site_limit.failed", charge_point=identity, error=repr(problem))
            finally:
                del self._orders[identity]

        task = self._orders[identity] = asyncio.create_task(order(), name=f"share of {identity}")
        return task

    async def _order(self, identity: str, target_a: int) -> None:
        """Tell one charge point its share. What it may draw is the higher of both until it has confirmed."""
        before_a = self._saved.may_draw_a.get(identity)
        if before_a is not None and target_a > before_a:
            self._saved.may_draw_a[identity] = target_a
            if not await self._save():  # it might draw more than the next start knows of
                self._saved.may_draw_a[identity] = before_a
                return
        period = v16.ChargingSchedulePeriod(0, float(target_a))
        profile = v16.ChargingProfile(
            PROFILE_ID, 0, PURPOSE, "Absolute", v16.ChargingSchedule("A", [period], start_schedule=BEGIN)
        )
        if before_a is None:  # one that is above ours would be in its way
            await self._ask(identity, v16.ClearChargingProfile(connector_id=0, charging_profile_purpose=PURPOSE))
        status = await self._ask(identity, v16.SetChargingProfile(0, profile))
        if status != "Accepted":
            self._unconfirmed.add(identity)
            self._not_before_s[identity] = asyncio.get_running_loop().time() + ASK_AGAIN_S
            _log.warning("site_limit.not_taken", charge_point=identity, share_a=target_a, status=status)
            return
        self._unconfirmed.discard(identity)
        self._saved.may_draw_a[identity] = target_a
        await self._save()
        _log.info("site_limit.shared", charge_point=identity, share_a=target_a)

    async def _lift(self) -> None:
        """Nobody limits the site any longer."""
        for identity in list(self._saved.may_draw_a):
            if identity not in self._charge_points or await self._free(identity):
                del self._saved.may_draw_a[identity]
        self._unconfirmed.clear()
        self._saved.limited = bool(self._saved.may_draw_a)
        await self._save()

    async def _free(self, identity: str) -> bool:
        if self._charge_points[identity].retired:
            return True
        return self._can(identity) and bool(await self._ask(identity, v16.ClearChargingProfile(PROFILE_ID)))

    async def _ask(self, identity: str, request: Any) -> str:
        """The status; empty if there was none."""
        south = self._charge_points[identity].south
        try:
            return str((await south.call(request, ANSWER_S)).status) if south is not None else ""
        except (CallErrorReceived, CallTimeout, ConnectionLost, BadAnswer) as problem:
            _log.info("site_limit.unanswered", charge_point=identity, why=str(problem))
            return ""

    def _notice_boots(self) -> None:
        """Whoever boots may have been emptied."""
        for identity, charge_point in self._charge_points.items():
            if self._boots.get(identity) is not charge_point.boot:
                self._boots[identity] = charge_point.boot
                self._not_before_s.pop(identity, None)
                if self._saved.limited:
                    self._forget(identity)

    def _forget(self, identity: str) -> None:
        self._saved.may_draw_a.pop(identity, None)
        self._unconfirmed.add(identity)

    async def _keep(self, profiles: list[v16.ChargingProfile]) -> bool:
        before, self._saved.profiles = self._saved.profiles, profiles
        if await self._save():
            self._first.set()
            _log.info("site_limit.changed", profiles=len(profiles), limit_a=self.limit_a)
            return True
        self._saved.profiles = before
        return False

    async def _save(self) -> bool:
        stored = msgspec.json.encode(self._saved).decode()
        try:
            await self._store.write(
                lambda db: db.execute(
                    "INSERT INTO settings (name, value) VALUES ('site_limit', ?)"
                    " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    (stored,),
                )
            )
        except (SiteError, OSError) as problem:
            _log.error("site_limit.not_kept", error=problem)
            return False
        return True


def composite(limit: SiteLimit, asked: v16.GetCompositeSchedule, now: datetime) -> v16.GetCompositeScheduleResult:
    """What the CSMS's profiles allow the site from now on (§5.7)."""
    end = now + timedelta(seconds=asked.duration)
    found = site_schedule.changes(limit.profiles, now, end) if asked.connector_id == 0 else []
    unit = asked.charging_rate_unit or "A"
    factor = 1 if unit == "A" else site_schedule.VOLTS * site_schedule.PHASES
    periods = [
        v16.ChargingSchedulePeriod(int((at - now).total_seconds()), round(allowed * factor, 1))
        for at, allowed in found
        if allowed is not None
    ]
    if not periods or len(periods) < len(found):  # a time without limit cannot be said in a schedule
        return v16.GetCompositeScheduleResult("Rejected")
    return v16.GetCompositeScheduleResult("Accepted", 0, now, v16.ChargingSchedule(unit, periods, asked.duration))
