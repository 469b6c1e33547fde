"""What OCPP 1.6 §3.13 says of charging profiles, written naively on the messages themselves, and messages to try it on.

Looks at each moment alone, counts occurrences one by one and calculates in fractions. No thought of being quick.
"""
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

Profile = dict[str, Any]
EVERY = {"Daily": timedelta(days=1), "Weekly": timedelta(days=7)}
PURPOSES = ("ChargePointMaxProfile", "TxDefaultProfile", "TxProfile")
NOON = datetime(2026, 3, 28, 12, tzinfo=UTC)   # the night before clocks change in Europe, which must not matter


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def stamp(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


@dataclass
class Reference:
    installed: list[tuple[int, Profile, datetime]] = field(default_factory=list)
    started: dict[int, datetime] = field(default_factory=dict)

    def put(self, connector_id: int, profile: Profile, at: datetime) -> None:
        def name(where: int, p: Profile) -> tuple[Any, ...]:
            return where, p["chargingProfilePurpose"], p["stackLevel"]

        self.installed = [
            (where, other, since) for where, other, since in self.installed
            if other["chargingProfileId"] != profile["chargingProfileId"]
            and name(where, other) != name(connector_id, profile)]
        self.installed.append((connector_id, profile, at))

    def limit_da(self, connector_id: int, at: datetime) -> int | None:
        """Tenths of an ampere, rounded down; None without a limit."""
        found = [limit for limit in (self.station_da(at), self.own_da(connector_id, at)) if limit is not None]
        return min(found) if found else None

    def station_da(self, at: datetime) -> int | None:
        return self._highest("ChargePointMaxProfile", 0, at, None)

    def own_da(self, connector_id: int, at: datetime) -> int | None:
        started = self.started.get(connector_id)
        if started:
            limit = self._highest("TxProfile", connector_id, at, started)
            if limit is not None:
                return limit
        for where in (connector_id, 0):
            limit = self._highest("TxDefaultProfile", where, at, started)
            if limit is not None:
                return limit
        return None

    def _highest(self, purpose: str, connector_id: int, at: datetime, started: datetime | None) -> int | None:
        valid = []
        for where, profile, since in self.installed:
            if where == connector_id and profile["chargingProfilePurpose"] == purpose:
                limit = limit_of(profile, at, since if purpose == PURPOSES[0] else started or at)
                if limit is not None:
                    valid.append((profile["stackLevel"], limit))
        return max(valid)[1] if valid else None


def limit_of(profile: Profile, at: datetime, started: datetime) -> int | None:
    if "validFrom" in profile and at < moment(profile["validFrom"]):
        return None
    if "validTo" in profile and at >= moment(profile["validTo"]):
        return None
    schedule = profile["chargingSchedule"]
    start = started
    if profile["chargingProfileKind"] != "Relative" and "startSchedule" in schedule:
        start = moment(schedule["startSchedule"])
    every = EVERY.get(profile.get("recurrencyKind", ""))
    if every:
        while start + every <= at:
            start += every
    elapsed = (at - start).total_seconds()
    if elapsed < 0 or elapsed >= schedule.get("duration", float("inf")):
        return None
    limit = None
    for period in schedule["chargingSchedulePeriod"]:
        if period["startPeriod"] <= elapsed:
            limit = period
    if limit is None:
        return None
    amperes = Fraction(str(limit["limit"]))
    if schedule["chargingRateUnit"] == "W":
        amperes /= 230 * limit.get("numberPhases", 3)
    return int(amperes * 10)


def random_profile(random: Random, purpose: str, transaction_id: int | None, levels: int = 8) -> Profile:
    """Moments and lengths on a coarse grid, so that the borders of different profiles meet often."""
    def hours(least: int, most: int) -> timedelta:
        return timedelta(hours=random.randint(least, most))

    unit = random.choice("AW")
    count = random.randint(1, 5)
    starts = [0, *sorted(random.sample(range(1, 40), count - 1))]
    grid_s = random.choice((1800, 3600, 6 * 3600))
    periods: list[dict[str, Any]] = []
    for start in starts:
        limit = random.choice((0, 5, 6, 8.5, 16, 16.1, 25.3, 32, 64)) * (1 if unit == "A" else 230)
        periods.append({"startPeriod": start * grid_s, "limit": round(limit, 1)})
        if random.random() < 0.4:
            periods[-1]["numberPhases"] = random.randint(1, 3)
    schedule: dict[str, Any] = {"chargingRateUnit": unit, "chargingSchedulePeriod": periods}
    profile: Profile = {
        "chargingProfileId": random.randint(1, 12), "stackLevel": random.randrange(levels),
        "chargingProfilePurpose": purpose, "chargingProfileKind": random.choice(("Absolute", "Recurring", "Relative")),
        "chargingSchedule": schedule,
    }
    if profile["chargingProfileKind"] == "Recurring":
        profile["recurrencyKind"] = random.choice(("Daily", "Weekly"))
        schedule["startSchedule"] = stamp(NOON + hours(-80, 10))
    elif profile["chargingProfileKind"] == "Absolute" and random.random() < 0.7:
        schedule["startSchedule"] = stamp(NOON + hours(-30, 20))
    if random.random() < 0.6:
        schedule["duration"] = random.randint(0, 60) * grid_s
    if random.random() < 0.3:
        profile["validFrom"] = stamp(NOON + hours(-20, 20))
    if random.random() < 0.3:
        profile["validTo"] = stamp(NOON + hours(21, 60))
    if transaction_id is not None and purpose == "TxProfile":
        profile["transactionId"] = transaction_id
    return profile


@dataclass
class Scene:
    """Profiles for two connectors, of which the first charges since noon."""
    messages: list[tuple[int, Profile]]
    moments: list[datetime]

    def reference(self) -> Reference:
        reference = Reference(started={1: NOON})
        for connector_id, profile in self.messages:
            reference.put(connector_id, profile, NOON)
        return reference


def random_scene(random: Random, most: int = 10, levels: int = 8) -> Scene:
    def messages() -> Iterator[tuple[int, Profile]]:
        for _ in range(random.randint(1, most)):
            purpose = random.choice(PURPOSES)
            connector_id = {"ChargePointMaxProfile": 0, "TxProfile": 1}.get(purpose, random.randint(0, 2))
            yield connector_id, random_profile(random, purpose, 1007, levels)

    found = list(messages())
    seconds = [1800 * random.randint(0, 400) + random.choice((-1, 0, 0, 1)) for _ in range(12)]
    return Scene(found, [NOON + timedelta(seconds=max(second, 0)) for second in seconds])
