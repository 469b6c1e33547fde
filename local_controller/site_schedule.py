"""What the CSMS's ChargePointMaxProfiles for the whole site allow at a moment (OCPP 1.6 §3.13, §5.16; errata 3.43-45).

Pure. The highest stackLevel that says something decides; where none does, the CSMS sets no limit.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from ocppj.v16 import ChargingProfile

VOLTS, PHASES = 230, 3
DAY = timedelta(days=1)
_EVERY = {"Daily": DAY, "Weekly": 7 * DAY}


def trouble(profile: ChargingProfile) -> str:
    """Why this profile cannot be the site's; empty if it can."""
    schedule = profile.charging_schedule
    starts_s = [period.start_period for period in schedule.charging_schedule_period]
    if profile.charging_profile_purpose != "ChargePointMaxProfile":
        return "only a ChargePointMaxProfile is for the whole site"
    if profile.charging_profile_kind == "Relative":
        return "a ChargePointMaxProfile has no charge that it could be relative to"
    recurring = profile.charging_profile_kind == "Recurring"
    if recurring != (profile.recurrency_kind is not None) or (recurring and schedule.start_schedule is None):
        return "recurrencyKind and Recurring belong together, with startSchedule"
    if not starts_s or starts_s[0] != 0 or starts_s != sorted(set(starts_s)):
        return "periods begin at 0 and follow one another"
    return ""


def limit_a(profiles: Iterable[ChargingProfile], at: datetime) -> float | None:
    """Amperes per phase; None: no limit."""
    for profile in sorted(profiles, key=lambda one: -one.stack_level):
        allowed = _allowed(profile, at)
        if allowed is not None:
            return allowed
    return None


def changes(
    profiles: Sequence[ChargingProfile], first: datetime, last: datetime
) -> list[tuple[datetime, float | None]]:
    """What is allowed from `first` on, and from each moment before `last` at which that changes."""
    moments = {first}
    for profile in profiles:
        for begin in _beginnings(profile, first, last):
            schedule = profile.charging_schedule
            moments |= {begin + timedelta(seconds=p.start_period) for p in schedule.charging_schedule_period}
            if schedule.duration is not None:
                moments.add(begin + timedelta(seconds=schedule.duration))
        moments |= {moment for moment in (profile.valid_from, profile.valid_to) if moment is not None}
    found: list[tuple[datetime, float | None]] = []
    for moment in sorted(moment for moment in moments if first <= moment < last):
        allowed = limit_a(profiles, moment)
        if not found or found[-1][1] != allowed:
            found.append((moment, allowed))
    return found


def _allowed(profile: ChargingProfile, at: datetime) -> float | None:
    if (profile.valid_from and at < profile.valid_from) or (profile.valid_to and at >= profile.valid_to):
        return None
    schedule = profile.charging_schedule
    begin = schedule.start_schedule
    every = _EVERY.get(profile.recurrency_kind or "")
    if begin is None:
        elapsed_s = 0.0
    elif at < begin:
        return None
    else:
        elapsed_s = ((at - begin) % every if every else at - begin).total_seconds()
    if schedule.duration is not None and elapsed_s >= schedule.duration:
        return None
    period = [one for one in schedule.charging_schedule_period if one.start_period <= elapsed_s][-1]
    if schedule.charging_rate_unit == "A":
        return period.limit
    return period.limit / (VOLTS * (period.number_phases or PHASES))


def _beginnings(profile: ChargingProfile, first: datetime, last: datetime) -> list[datetime]:
    begin = profile.charging_schedule.start_schedule
    every = _EVERY.get(profile.recurrency_kind or "")
    if begin is None or every is None:
        return [] if begin is None else [begin]
    turn = begin + max(0, (first - begin) // every) * every
    turns = []
    while turn < last:
        turns.append(turn)
        turn += every
    return turns
