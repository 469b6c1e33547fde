"""Smart Charging, OCPP 1.6 rules 78 to 89, without a car; with one: test_smart_charging_car.py."""
import json
from typing import Any

import pytest

from firmware.ocpp.link import CallError
from firmware.ocpp.smart_charging import get_composite_schedule, remote_start, set_charging_profile
from tests.firmware.ocpp.profile_device import Device

Profile = dict[str, Any]
MAX, DEFAULT, TX = "ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"
HOUR = 3600


def profile(purpose: str, *limits: float, every_s: int = HOUR, **changes: Any) -> Profile:
    """Periods of `every_s` from noon on; changes of the schedule are told apart from the profile's by name."""
    schedule: Profile = {
        "chargingRateUnit": "A", "startSchedule": "2026-03-28T12:00:00Z",
        "chargingSchedulePeriod": [{"startPeriod": i * every_s, "limit": limit} for i, limit in enumerate(limits)]}
    made: Profile = {
        "chargingProfileId": 1, "stackLevel": 0, "chargingProfilePurpose": purpose, "chargingProfileKind": "Absolute",
        "chargingSchedule": schedule}
    for name, value in changes.items():
        target = schedule if name in ("chargingRateUnit", "startSchedule", "duration", "minChargingRate") else made
        target[name] = value
    for part in (schedule, made):
        for name in [name for name, value in part.items() if value is None]:
            del part[name]
    return made


def limits_da(device: Device, connector_id: int, *moments_s: int) -> list[int | None]:
    """At so many seconds after now; the clock ends where it began."""
    now_s = device.clock.moment_s
    found = []
    for moment_s in moments_s:
        device.clock.moment_s = now_s + moment_s
        found.append(device.limit_da(connector_id))
    device.clock.moment_s = now_s
    return found


def refused(device: Device, connector_id: object, message: object) -> str:
    with pytest.raises(CallError) as caught:
        set_charging_profile(device, {"connectorId": connector_id, "csChargingProfiles": message})
    return str(caught.value.code)


# Rule 78


def test_rule_78_a_charge_point_max_profile_is_for_connector_0_only() -> None:
    device = Device()
    assert device.set(1, profile(MAX, 16)) == "Rejected"
    assert device.set(0, profile(MAX, 16)) == "Accepted"


def test_rule_78_a_tx_profile_needs_a_running_transaction_and_its_id() -> None:
    device = Device()
    assert device.set(1, profile(TX, 16, transactionId=1007)) == "Rejected"
    device.begin(1, 7)
    assert device.set(0, profile(TX, 16, transactionId=1007)) == "Rejected"
    assert device.set(2, profile(TX, 16, transactionId=1007)) == "Rejected"
    assert device.set(1, profile(TX, 16, transactionId=1008)) == "Rejected"
    assert device.limit_da(1) is None
    assert device.set(1, profile(TX, 16, transactionId=1007)) == "Accepted"
    assert device.set(1, profile(TX, 10)) == "Accepted"   # without one it means what runs now
    assert device.limit_da(1) == 100
    assert device.limit_da(2) is None
    device.connectors[0].phase = device.connectors[0].ENDING
    assert device.set(1, profile(TX, 20)) == "Rejected"


def test_rule_78_a_tx_profile_ends_with_its_transaction() -> None:
    device = Device()
    device.begin(1, 7)
    device.set(1, profile(TX, 16))
    device.end(1)
    device.begin(1, 8)
    assert device.limit_da(1) is None
    assert not device.saved


# Rule 79


def test_rule_79_a_default_on_0_is_for_all_and_one_on_a_connector_overrides_it() -> None:
    device = Device()
    device.set(0, profile(DEFAULT, 10, chargingProfileId=1, stackLevel=5))
    assert [device.limit_da(1), device.limit_da(2)] == [100, 100]
    device.set(2, profile(DEFAULT, 20, chargingProfileId=2, duration=HOUR))
    assert [device.limit_da(1), device.limit_da(2)] == [100, 200]
    assert limits_da(device, 2, HOUR) == [100]   # where it says nothing the common one counts again


def test_rule_79_a_new_default_applies_to_a_running_transaction_without_a_tx_profile() -> None:
    device = Device()
    device.begin(1, 7)
    device.begin(2, 8)
    device.set(2, profile(TX, 8, chargingProfileId=9))
    device.set(0, profile(DEFAULT, 12))
    assert [device.limit_da(1), device.limit_da(2)] == [120, 80]
    device.set(0, profile(DEFAULT, 6))
    assert [device.limit_da(1), device.limit_da(2)] == [60, 80]


# Rule 80


def test_rule_80_the_highest_valid_stack_level_wins() -> None:
    device = Device()
    device.set(1, profile(DEFAULT, 20, chargingProfileId=1, stackLevel=0))
    device.set(1, profile(DEFAULT, 30, chargingProfileId=2, stackLevel=3, validFrom="2026-03-28T13:00:00Z",
                          validTo="2026-03-28T15:00:00Z"))
    device.set(1, profile(DEFAULT, 10, chargingProfileId=3, stackLevel=7, startSchedule="2026-03-28T14:00:00+00:00",
                          duration=60))
    times = [0, HOUR - 1, HOUR, 2 * HOUR - 1, 2 * HOUR, 2 * HOUR + 59, 2 * HOUR + 60, 3 * HOUR - 1, 3 * HOUR]
    assert limits_da(device, 1, *times) == [200, 200, 300, 300, 100, 100, 300, 300, 200]


def test_rule_80_the_same_purpose_and_level_or_the_same_id_replaces() -> None:
    device = Device()
    device.set(0, profile(DEFAULT, 20, chargingProfileId=1))
    device.set(0, profile(DEFAULT, 16, chargingProfileId=2))
    assert (device.limit_da(1), len(device.profiles.records)) == (160, 1)
    device.set(0, profile(MAX, 13, chargingProfileId=2))
    assert (device.limit_da(1), len(device.profiles.records)) == (130, 1)
    device.set(1, profile(DEFAULT, 12, chargingProfileId=3))
    device.set(2, profile(DEFAULT, 11, chargingProfileId=4))
    device.set(0, profile(DEFAULT, 10, chargingProfileId=5))
    assert len(device.profiles.records) == 4
    assert [device.limit_da(1), device.limit_da(2)] == [120, 110]


def test_rule_80_a_replacement_valid_later_opens_a_gap() -> None:
    device = Device()
    device.begin(1, 7)
    device.set(0, profile(DEFAULT, 20, chargingProfileId=1))
    device.set(1, profile(TX, 10, chargingProfileId=2))
    device.set(1, profile(TX, 8, chargingProfileId=2, validFrom="2026-03-28T13:00:00Z"))
    assert limits_da(device, 1, 0, HOUR) == [200, 80]


@pytest.mark.parametrize(("full", "levels", "periods", "installed"), [(True, 8, 24, 16), (False, 4, 8, 4)])
def test_rule_80_as_much_as_the_keys_promise_fits_and_no_more(
    full: bool, levels: int, periods: int, installed: int,
) -> None:
    device = Device(full=full)
    assert device.set(0, profile(DEFAULT, 16, stackLevel=levels)) == "Rejected"
    assert device.set(0, profile(DEFAULT, *[16] * (periods + 1))) == "Rejected"
    for i in range(installed):
        made = profile((MAX, DEFAULT)[i // levels], *range(6, 6 + periods), chargingProfileId=i, stackLevel=i % levels)
        assert device.set(0, made) == "Accepted"
    assert device.set(1, profile(DEFAULT, 16, chargingProfileId=99)) == "Rejected"
    assert device.set(0, profile(MAX, 16, chargingProfileId=99, stackLevel=levels - 1)) == "Accepted"
    assert len(device.profiles.records) == installed


def test_rule_80_what_can_never_hold_again_makes_room() -> None:
    device = Device(full=False)
    for i in range(3):
        device.set(0, profile(DEFAULT, 16, chargingProfileId=i, stackLevel=i))
    device.set(0, profile(MAX, 16, chargingProfileId=3, duration=HOUR))
    assert device.set(1, profile(DEFAULT, 6, chargingProfileId=4)) == "Rejected"
    device.clock.moment_s += HOUR
    assert device.set(1, profile(DEFAULT, 6, chargingProfileId=4)) == "Accepted"
    device.set(1, profile(DEFAULT, 6, chargingProfileId=4, chargingProfileKind="Recurring", recurrencyKind="Daily",
                          duration=HOUR))
    device.clock.moment_s += HOUR
    assert device.set(2, profile(DEFAULT, 6, chargingProfileId=5)) == "Rejected"   # tomorrow it holds again


# Rules 81 and 82


def test_rule_81_the_lowest_purpose_decides_at_each_moment() -> None:
    device = Device()
    device.begin(1, 7)
    device.set(0, profile(MAX, 10, 30, 10, chargingProfileId=1))
    device.set(0, profile(DEFAULT, 6, 6, 6, chargingProfileId=2))
    device.set(1, profile(TX, 20, 20, 8, chargingProfileId=3, duration=3 * HOUR))
    assert limits_da(device, 1, 0, HOUR, 2 * HOUR, 3 * HOUR) == [100, 200, 80, 60]


def test_rule_81_the_example_of_the_notes() -> None:
    device = Device(now="2026-03-28T16:00:00Z")
    device.set(0, profile(DEFAULT, 16, chargingProfileId=1))
    device.set(0, profile(MAX, 20, chargingProfileId=2))
    device.set(0, profile(MAX, 10, chargingProfileId=3, stackLevel=1, chargingProfileKind="Recurring",
                          recurrencyKind="Daily", startSchedule="2026-03-01T17:00:00Z", duration=2 * HOUR))
    device.clock.moment_s += HOUR // 2
    device.begin(1, 7)
    device.set(1, profile(TX, 32, 13, every_s=HOUR // 3, chargingProfileId=4, chargingProfileKind="Relative",
                          duration=3 * HOUR))
    minutes = [0, 19, 20, 29, 30, 149, 150, 179, 180]
    assert limits_da(device, 1, *[60 * minute for minute in minutes]) == [
        200, 200, 130, 130, 100, 100, 130, 130, 160]


def test_rule_81_two_cars_share_evenly_and_the_younger_waits_when_there_is_too_little() -> None:
    device = Device()
    first, second = device.connectors
    device.begin(2, 7)
    second.running_ms = 0
    device.set(0, profile(MAX, 32))
    device.profiles.offer(device.connectors, 10_000)
    assert (first.controller.offered_da, second.controller.offered_da) == (0, 320)
    device.begin(1, 8)
    first.running_ms = 20_000
    device.profiles.offer(device.connectors, 20_000)
    assert (first.controller.offered_da, second.controller.offered_da) == (0, 160)
    device.profiles.offer(device.connectors, 24_999)   # the other car may still draw what it had
    assert first.controller.offered_da == 0
    device.profiles.offer(device.connectors, 25_000)
    assert (first.controller.offered_da, second.controller.offered_da) == (160, 160)
    device.set(0, profile(MAX, 11))
    device.profiles.offer(device.connectors, 26_000)
    assert (first.controller.offered_da, second.controller.offered_da) == (0, 110)
    device.set(0, profile(MAX, 32))
    device.set(2, profile(TX, 7, chargingProfileId=2))
    device.profiles.offer(device.connectors, 32_000)
    device.profiles.offer(device.connectors, 37_000)
    assert (first.controller.offered_da, second.controller.offered_da) == (250, 70)
    second.controller.wants_energy = False   # full: enough to ask again, no more
    device.clear(id=2)
    device.profiles.offer(device.connectors, 38_000)
    device.profiles.offer(device.connectors, 43_000)
    assert (first.controller.offered_da, second.controller.offered_da) == (260, 60)


def test_rule_82_the_last_period_holds_to_the_end_of_the_duration_and_then_nothing_does() -> None:
    device = Device()
    device.set(1, profile(DEFAULT, 20, 10, 6, duration=2 * HOUR))
    assert limits_da(device, 1, 0, HOUR - 1, HOUR, 2 * HOUR - 1, 2 * HOUR, 9 * HOUR) == [200, 200, 100, 100, None, None]
    for longest in (None, (1 << 32) + 1, 10 ** 30):
        device.set(1, profile(DEFAULT, 20, 10, duration=longest))
        assert limits_da(device, 1, 1_000_000_000) == [100]


def test_rule_82_periods_begin_at_0_and_rise() -> None:
    device = Device()
    late = profile(DEFAULT, 16)
    late["chargingSchedule"]["chargingSchedulePeriod"][0]["startPeriod"] = 1
    assert device.set(0, late) == "Rejected"
    assert device.set(0, profile(DEFAULT, 16, 10, every_s=0)) == "Rejected"


# Rule 83


def test_rule_83_daily_and_weekly_come_again_at_their_time_also_over_a_change_of_clocks() -> None:
    device = Device()
    day, week = 86_400, 604_800
    device.set(1, profile(DEFAULT, 10, 20, chargingProfileKind="Recurring", recurrencyKind="Daily", duration=2 * HOUR))
    for at_s in (0, day, 5 * day, 300 * day):   # clocks change in the first night: in UTC that is no event
        assert limits_da(device, 1, at_s, at_s + HOUR, at_s + 2 * HOUR, at_s + day - 1) == [100, 200, None, None]
    device.set(1, profile(DEFAULT, 8, chargingProfileKind="Recurring", recurrencyKind="Weekly", duration=day))
    assert limits_da(device, 1, 0, day, week - 1, week, 40 * week + 5) == [80, None, None, 80, 80]


def test_rule_83_what_is_longer_than_the_recurrence_is_cut() -> None:
    device = Device()
    device.set(1, profile(DEFAULT, 10, 20, every_s=20 * HOUR, chargingProfileKind="Recurring", recurrencyKind="Daily",
                          duration=60 * HOUR))
    assert limits_da(device, 1, 20 * HOUR, 24 * HOUR - 1, 24 * HOUR, 44 * HOUR) == [200, 200, 100, 200]


def test_rule_83_a_recurrence_begins_with_its_start_and_belongs_to_recurring_profiles() -> None:
    device = Device()
    daily = {"chargingProfileKind": "Recurring", "recurrencyKind": "Daily"}
    device.set(1, profile(DEFAULT, 10, startSchedule="2026-03-28T14:00:00+01:00", **daily))
    assert limits_da(device, 1, HOUR - 1, HOUR) == [None, 100]
    assert device.set(1, profile(DEFAULT, 10, recurrencyKind="Daily")) == "Rejected"
    assert device.set(1, profile(DEFAULT, 10, chargingProfileKind="Recurring")) == "Rejected"
    assert device.set(1, profile(DEFAULT, 10, startSchedule=None, **daily)) == "Rejected"


def test_rule_83_relative_counts_from_the_start_of_the_transaction() -> None:
    device = Device()
    device.set(0, profile(DEFAULT, 16, 8, chargingProfileKind="Relative"))
    device.clock.moment_s += 10 * HOUR
    device.begin(1, 7)
    assert limits_da(device, 1, 0, HOUR - 1, HOUR) == [160, 160, 80]
    device.set(1, profile(TX, 20, 10, startSchedule=None))   # absolute without a start is the same (§7.13)
    assert limits_da(device, 1, 0, HOUR) == [200, 100]
    device.clock.moment_s -= 5 * HOUR   # set right meanwhile: it has not ended because it has not begun
    assert device.limit_da(1) == 200


# Rules 84 and 85


@pytest.mark.parametrize(("watts", "phases", "da"), [
    (11_040, None, 160), (11_000, 3, 159), (11_000, None, 159), (3680, 1, 160), (7360, 2, 160), (22_080, 3, 320),
    (4140, 3, 60), (4139.9, 3, 59), (0, None, 0), (1e9, 1, 8695),
])
def test_rule_84_watts_become_amperes_per_phase_with_one_decimal(watts: float, phases: int | None, da: int) -> None:
    device = Device()
    made = profile(DEFAULT, watts, chargingRateUnit="W")
    if phases:
        made["chargingSchedule"]["chargingSchedulePeriod"][0]["numberPhases"] = phases
    device.set(1, made)
    assert device.limit_da(1) == da


def test_rule_84_amperes_are_taken_as_they_are_whatever_the_phases() -> None:
    device = Device()
    for amperes, da in ((16, 160), (16.1, 161), (7.7, 77), (8.99, 89), (0.1, 1), (1e30, 65535)):
        made = profile(DEFAULT, amperes)
        made["chargingSchedule"]["chargingSchedulePeriod"][0]["numberPhases"] = 1
        device.set(1, made)
        assert device.limit_da(1) in (da, None if da == 65535 else da)


def test_rule_85_a_min_charging_rate_above_the_limit_raises_nothing() -> None:
    device = Device()
    assert device.set(1, profile(DEFAULT, 8, minChargingRate=10.5)) == "Accepted"
    assert device.limit_da(1) == 80


# Rule 86


def test_rule_86_profiles_survive_a_restart_and_a_tx_profile_only_with_its_transaction() -> None:
    device = Device()
    device.begin(1, 7)
    device.set(0, profile(MAX, 20, chargingProfileId=1))
    device.set(2, profile(DEFAULT, 10, chargingProfileId=2))
    device.set(1, profile(TX, 8, chargingProfileId=3))
    again = device.loaded([7])
    assert sorted(record[:4] for record in again.records) == sorted(record[:4] for record in device.profiles.records)
    device.profiles = device.loaded([])
    assert (device.limit_da(1), device.limit_da(2)) == (200, 100)


def test_rule_86_a_tx_profile_of_five_minutes_never_wears_the_flash() -> None:
    device = Device()
    device.begin(1, 7)
    device.set(0, profile(DEFAULT, 10, chargingProfileId=1))
    for limit in range(6, 32):
        assert device.set(1, profile(TX, limit, chargingProfileId=2, duration=300)) == "Accepted"
        assert device.limit_da(1) == limit * 10
    device.end(1)
    assert device.saves == 1
    device.begin(1, 8)
    device.set(1, profile(TX, 10, chargingProfileId=2, duration=301))
    assert device.saves == 2


def test_rule_86_what_cannot_be_kept_is_not_accepted() -> None:
    device = Device()
    device.set(0, profile(DEFAULT, 10))
    device.broken = True
    assert device.set(0, profile(DEFAULT, 20)) == "Rejected"
    assert device.limit_da(1) == 100
    with pytest.raises(CallError, match="InternalError"):
        device.clear()
    assert device.limit_da(1) == 100


def test_rule_86_until_the_time_is_known_the_lowest_of_what_a_profile_could_say_counts() -> None:
    device = Device()
    device.set(0, profile(DEFAULT, 16, 10, chargingProfileId=1, chargingProfileKind="Recurring",
                          recurrencyKind="Daily"))
    device.set(0, profile(DEFAULT, 20, chargingProfileId=2, stackLevel=1, validTo="2026-03-28T18:00:00Z"))
    device.clock.trusted = False
    assert device.limit_da(1) == 100
    device.set(1, profile(DEFAULT, 12, chargingProfileId=3, chargingProfileKind="Relative"))
    assert device.limit_da(1) == 120   # needs no time of day
    device.clock.trusted = True
    assert device.limit_da(2) == 200


# Rule 87


def schedule_of(device: Device, connector_id: int, duration: int, **unit: str) -> Profile:
    answer: Profile = json.loads(device.composite(connector_id, duration, **unit))
    assert (answer["status"], answer["connectorId"]) == ("Accepted", connector_id)
    assert answer["scheduleStart"] == "2026-03-28T12:00:00Z"
    assert "startSchedule" not in answer["chargingSchedule"]
    schedule: Profile = answer["chargingSchedule"]
    return schedule


def test_rule_87_the_composite_schedule_tells_what_to_expect_from_now_to_then() -> None:
    device = Device()
    device.begin(1, 7)
    device.set(0, profile(MAX, 40, 20, 40, chargingProfileId=1))
    device.set(1, profile(TX, 16, 16, 25, 6, chargingProfileId=2))
    schedule = schedule_of(device, 1, 3 * HOUR)
    assert schedule == {"duration": 3 * HOUR, "chargingRateUnit": "A", "chargingSchedulePeriod": [
        {"startPeriod": 0, "limit": 16.0}, {"startPeriod": 2 * HOUR, "limit": 25.0}]}
    assert schedule_of(device, 1, 0)["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 16.0}]


def test_rule_87_connector_0_is_the_whole_station() -> None:
    device = Device()
    assert schedule_of(device, 0, 60)["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 64.0}]   # two of 32 A
    device.set(2, profile(DEFAULT, 8, chargingProfileId=1))
    assert schedule_of(device, 0, 60)["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 40.0}]
    device.set(0, profile(MAX, 20, chargingProfileId=2))
    assert schedule_of(device, 0, 60)["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 20.0}]


def test_rule_87_watts_are_told_when_asked_for_and_exactly_when_they_were_given() -> None:
    device = Device()
    device.set(1, profile(DEFAULT, 11_000, chargingRateUnit="W"))
    device.set(2, profile(DEFAULT, 10, chargingProfileId=2))
    assert schedule_of(device, 1, 60, chargingRateUnit="W")["chargingSchedulePeriod"] == [
        {"startPeriod": 0, "limit": 11_000.0}]
    assert schedule_of(device, 1, 60, chargingRateUnit="A")["chargingSchedulePeriod"] == [
        {"startPeriod": 0, "limit": 15.9}]
    assert schedule_of(device, 2, 60, chargingRateUnit="W")["chargingSchedulePeriod"] == [
        {"startPeriod": 0, "limit": 6900.0}]


def test_rule_87_more_periods_than_fit_shorten_the_duration_that_is_told() -> None:
    device = Device(full=False)
    device.set(1, profile(DEFAULT, 10, 20, every_s=12 * HOUR, chargingProfileKind="Recurring", recurrencyKind="Daily"))
    schedule = schedule_of(device, 1, 100 * 86_400)
    assert schedule["duration"] == 4 * 86_400
    assert len(schedule["chargingSchedulePeriod"]) == 8


def test_rule_87_unknown_connectors_are_rejected_and_a_bad_unit_is_an_error() -> None:
    device = Device()
    for connector_id in (3, -1):
        assert device.composite(connector_id, 60) == {"status": "Rejected"}
    for fields, code in (
        ({"chargingRateUnit": "kW"}, "PropertyConstraintViolation"), ({"duration": -1}, "PropertyConstraintViolation"),
        ({"duration": "60"}, "TypeConstraintViolation"), ({"connectorId": "1"}, "TypeConstraintViolation"),
    ):
        with pytest.raises(CallError) as caught:
            get_composite_schedule(device, {"connectorId": 1, "duration": 60} | fields)
        assert caught.value.code == code


# Rule 88


def test_rule_88_the_id_alone_decides_else_all_fields_together_and_none_means_all() -> None:
    device = Device()
    device.begin(1, 7)

    def fill() -> None:
        device.clear()
        device.set(0, profile(MAX, 16, chargingProfileId=1, stackLevel=1))
        device.set(0, profile(DEFAULT, 16, chargingProfileId=2, stackLevel=1))
        device.set(1, profile(DEFAULT, 16, chargingProfileId=3, stackLevel=2))
        device.set(1, profile(TX, 16, chargingProfileId=4, stackLevel=2))

    def left() -> list[int]:
        return sorted(record[0] for record in device.profiles.records)

    for fields, kept in (
        ({"id": 2, "connectorId": 1, "stackLevel": 9}, [1, 3, 4]), ({"connectorId": 1}, [1, 2]),
        ({"connectorId": 0}, [3, 4]), ({"chargingProfilePurpose": DEFAULT}, [1, 4]), ({"stackLevel": 2}, [1, 2]),
        ({"stackLevel": 2, "chargingProfilePurpose": TX}, [1, 2, 3]), ({}, []), ({"id": None}, []),
    ):
        fill()
        assert left() == [1, 2, 3, 4]
        assert device.clear(**fields) == "Accepted"
        assert left() == kept
    fill()
    for nothing in ({"id": 5}, {"connectorId": 2}, {"connectorId": 0, "chargingProfilePurpose": TX}, {"stackLevel": 0}):
        assert device.clear(**nothing) == "Unknown"
    assert left() == [1, 2, 3, 4]
    with pytest.raises(CallError, match="PropertyConstraintViolation"):
        device.clear(chargingProfilePurpose="Tx")


# Rule 89


def test_rule_89_what_breaks_the_form_is_a_callerror() -> None:
    device = Device()
    for connector_id in (-1, 3):
        assert refused(device, connector_id, profile(DEFAULT, 16)) == "PropertyConstraintViolation"
    assert refused(device, "1", profile(DEFAULT, 16)) == "TypeConstraintViolation"
    for name, value in {
        "chargingProfilePurpose": "Max", "chargingProfileKind": "absolute", "recurrencyKind": "Monthly",
        "stackLevel": -1, "chargingProfileId": 1 << 31, "validFrom": "yesterday", "validTo": "", "duration": -1,
        "chargingRateUnit": "V", "startSchedule": "2026-13-01T00:00:00Z",
    }.items():
        assert refused(device, 0, profile(DEFAULT, 16, **{name: value})) == "PropertyConstraintViolation", name
    for name in (
        "chargingProfileId", "stackLevel", "chargingProfilePurpose", "chargingProfileKind", "chargingRateUnit",
    ):
        assert refused(device, 0, profile(DEFAULT, 16, **{name: None})) == "ProtocolError", name
        assert refused(device, 0, profile(DEFAULT, 16, **{name: []})) == "TypeConstraintViolation", name
    assert refused(device, 0, profile(DEFAULT)) == "OccurenceConstraintViolation"
    for period, code in (
        ({"startPeriod": 0}, "ProtocolError"), ({"limit": 16}, "ProtocolError"), (7, "TypeConstraintViolation"),
        ({"startPeriod": 0, "limit": "16"}, "TypeConstraintViolation"),
        ({"startPeriod": 0, "limit": -1}, "PropertyConstraintViolation"),
        ({"startPeriod": 0, "limit": float("nan")}, "PropertyConstraintViolation"),
        ({"startPeriod": 0, "limit": 16, "numberPhases": 4}, "PropertyConstraintViolation"),
    ):
        broken = profile(DEFAULT, 16)
        broken["chargingSchedule"]["chargingSchedulePeriod"] = [period]
        assert refused(device, 0, broken) == code, period
    assert not device.profiles.records


def test_rule_89_what_is_past_or_contradicts_itself_is_rejected() -> None:
    device = Device()
    assert device.set(0, profile(DEFAULT, 16, validTo="2026-03-28T12:00:00Z")) == "Rejected"
    assert device.set(0, profile(DEFAULT, 16, validTo="2026-03-29T12:00:00Z", validFrom="2026-03-29T12:00:00Z")
                      ) == "Rejected"
    assert device.set(0, profile(DEFAULT, 16, transactionId=1007)) == "Rejected"


def test_rule_89_a_remote_start_takes_only_a_tx_profile_without_transaction_id() -> None:
    device = Device()
    assert remote_start(device, "A", 1, profile(TX, 10))
    assert device.remote_starts == ["A"]
    for bad in (profile(DEFAULT, 10), profile(MAX, 10), profile(TX, 10, transactionId=1007)):
        assert not remote_start(device, "A", 1, bad)
    with pytest.raises(CallError, match="TypeConstraintViolation"):
        remote_start(device, "A", 1, [])
    assert device.remote_starts == ["A"]


def test_rule_89_the_profile_of_a_remote_start_is_for_its_transaction_alone() -> None:
    device = Device()
    remote_start(device, "A", 1, profile(TX, 10, startSchedule=None, chargingProfileKind="Relative"))
    assert (device.limit_da(1), device.limit_da(2), device.saves) == (100, None, 0)   # before the first ampere
    device.begin(1, 7, "A")
    assert (device.limit_da(1), device.saves) == (100, 1)
    device.end(1)
    device.begin(1, 8, "A")
    assert device.limit_da(1) is None
    device.end(1)
    remote_start(device, "A", 1, profile(TX, 10))
    device.begin(1, 9, "B")   # another was quicker
    assert device.limit_da(1) is None
    device.end(1)
    remote_start(device, "A", None, profile(TX, 10))
    device.profiles.settle(1)   # nobody plugged in time
    device.begin(1, 10, "A")
    assert device.limit_da(1) is None
    device.set(1, profile(TX, 12))
    device.profiles.settle(1, 10)   # a remote start that came too late is dropped, the transaction's own stays
    assert device.limit_da(1) == 120
    device.profiles.settle(1, 11, "A")
    assert device.limit_da(1) is None
    assert not device.profiles.records


def test_rule_89_without_room_for_its_profile_nothing_starts_remotely() -> None:
    device = Device(full=False)
    for i in range(4):
        device.set(0, profile(DEFAULT, 16, chargingProfileId=i, stackLevel=i))
    assert not remote_start(device, "A", 1, profile(TX, 10))
    assert not device.remote_starts
