"""The firmware's evaluation of charging profiles against a naive reference, on CPython and on MicroPython; its file."""
import json
import textwrap
from datetime import timedelta
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.iso8601 import parse_iso
from firmware.sharing import share
from tests.firmware.ocpp.profile_device import HARDWARE_DA, Device
from tests.firmware.ocpp.profile_reference import NOON, Scene, random_scene, stamp
from tests.firmware.on_micropython import run

scenes = st.integers(0, 1_000_000).map(lambda seed: random_scene(Random(seed)))


def installed(scene: Scene) -> Device:
    device = Device(now=stamp(NOON))
    device.begin(1, 7)
    for connector_id, profile in scene.messages:
        assert device.set(connector_id, profile) == "Accepted"
    return device


@settings(max_examples=400, deadline=None)
@given(scenes)
def test_rule_81_at_any_moment_the_limit_is_the_references(scene: Scene) -> None:
    device, reference = installed(scene), scene.reference()
    for at in scene.moments:
        device.clock.moment_s = parse_iso(stamp(at))
        for connector_id in (1, 2):
            assert device.limit_da(connector_id) == reference.limit_da(connector_id, at)


@settings(max_examples=150, deadline=None)
@given(scenes, st.integers(0, 200_000))
def test_rule_87_the_composite_schedule_is_the_reference_at_any_second_of_it(scene: Scene, second: int) -> None:
    device, reference = installed(scene), scene.reference()
    told = json.loads(device.composite(1, 200_000))["chargingSchedule"]
    periods = told["chargingSchedulePeriod"]
    assert periods[0]["startPeriod"] == 0
    starts = [period["startPeriod"] for period in periods]
    assert starts == sorted(set(starts))
    for at_s in {second, *starts, *(start - 1 for start in starts[1:])}:
        if at_s < told["duration"]:
            expected = reference.limit_da(1, NOON + timedelta(seconds=at_s))
            limit = [p["limit"] for p in periods if p["startPeriod"] <= at_s][-1]
            assert round(limit * 10) == min(HARDWARE_DA, HARDWARE_DA if expected is None else expected)


@settings(max_examples=150, deadline=None)
@given(scenes)
def test_rule_81_offers_together_never_exceed_the_station_nor_each_its_own(scene: Scene) -> None:
    device, reference = installed(scene), scene.reference()
    device.begin(2, 8)
    reference.started[2] = NOON
    now_ms = 0
    for at in sorted(scene.moments):
        device.clock.moment_s = parse_iso(stamp(at))
        now_ms += 1000
        device.profiles.offer(device.connectors, now_ms)
        offers = [connector.controller.offered_da for connector in device.connectors]
        station_da = reference.station_da(at)
        assert station_da is None or sum(offers) <= station_da
        for connector_id, offer_da in zip((1, 2), offers, strict=True):
            own_da = reference.own_da(connector_id, at)
            assert own_da is None or offer_da <= own_da


@settings(max_examples=150, deadline=None)
@given(scenes)
def test_without_a_trusted_clock_no_limit_of_any_later_moment_is_exceeded(scene: Scene) -> None:
    device, reference = installed(scene), scene.reference()
    device.clock.trusted = False
    limit_da = device.limit_da(2)
    for at in scene.moments:   # connector 2 is idle: nothing of it counts from a start
        expected = reference.limit_da(2, at)
        relative = [p for _, p in scene.messages if "startSchedule" not in p["chargingSchedule"]]
        if expected is not None and not relative:
            assert limit_da is not None
            assert limit_da <= expected


@given(st.integers(0, 800), st.lists(st.tuples(st.integers(0, 320), st.booleans()), max_size=5))
def test_rule_81_shares_fit_the_station_and_idle_no_ampere_a_car_could_take(
    station_da: int, cars: list[tuple[int, bool]],
) -> None:
    wishes = [wish for wish, _ in cars]
    needs = [wish if asks else min(wish, 60) for wish, asks in cars]
    shares = share(station_da, wishes, needs)
    assert sum(shares) <= station_da
    hungriest = [need - given for need, given in zip(needs, shares, strict=True) if given]
    if any(given > need for given, need in zip(shares, needs, strict=True)):   # those who charge go first
        assert max(hungriest) <= len(cars)
    assert all(given == 0 or 60 <= given <= wish for given, wish in zip(shares, wishes, strict=True))
    hungry = sum(0 < given < wish for given, wish in zip(shares, wishes, strict=True))
    assert not hungry or station_da - sum(shares) < hungry
    charging = [i for i, wish in enumerate(wishes) if wish >= 60]
    assert [i for i in charging if shares[i]] == charging[:min(len(charging), station_da // 60)]   # the oldest first


def test_the_same_on_the_real_interpreter(tmp_path: Path) -> None:
    random = Random(16)
    scenes = [random_scene(random) for _ in range(60)]
    cases = [[scene.messages, [
        (stamp(at), scene.reference().limit_da(1, at), scene.reference().limit_da(2, at)) for at in scene.moments]]
        for scene in scenes]
    (tmp_path / "cases.json").write_text(json.dumps(cases))
    run(textwrap.dedent("""
        import json
        from tests.firmware.ocpp.profile_device import Device, parse_iso
        with open("%s/cases.json") as file:
            cases = json.load(file)
        for messages, moments in cases:
            device = Device()
            device.begin(1, 7)
            for connector_id, profile in messages:
                assert device.set(connector_id, profile) == "Accepted"
            for at, first, second in moments:
                device.clock.moment_s = parse_iso(at)
                assert (device.limit_da(1), device.limit_da(2)) == (first, second), (messages, at)
    """) % tmp_path, heap_kib=4000, timeout_s=60)


def test_sixteen_full_profiles_are_judged_within_a_few_milliseconds_and_four_take_400_bytes() -> None:
    printed = run("""
        import gc, time
        from tests.firmware.ocpp.profile_device import Device
        def profile(i, periods):
            return {"chargingProfileId": i, "stackLevel": i % 8, "chargingProfileKind": "Absolute",
                    "chargingProfilePurpose": ("ChargePointMaxProfile", "TxDefaultProfile")[i // 8],
                    "chargingSchedule": {"startSchedule": "2026-03-28T12:00:00Z", "chargingRateUnit": "A",
                    "chargingSchedulePeriod": [{"startPeriod": 60 * p, "limit": 16} for p in range(periods)]}}
        device = Device(full=False)
        for i in range(4):
            assert device.set(0, profile(i, 8)) == "Accepted"
        print("bytes", sum(len(record) for record in device.profiles.records))
        device = Device()
        for i in range(16):
            assert device.set(0, profile(i, 24)) == "Accepted"
        device.begin(1, 1)
        device.clock.moment_s += 5000
        begun = time.ticks_us()
        for _ in range(100):
            device.profiles.offer(device.connectors, 0)
        print("us", time.ticks_diff(time.ticks_us(), begun) // 100)
    """, heap_kib=2000)
    assert int(printed.split("bytes ")[1].split()[0]) <= 400
    assert int(printed.split("us ")[1]) < 5000


# The file


PROLOGUE = """
    import os
    from tests.firmware.ram_flash import *
    from firmware.store import charging_profiles as store

    def old(n):
        return [bytes([n, i]) * (14 + 32 * i) for i in range(4)]
"""


def play(source: str) -> str:
    return run(textwrap.dedent(PROLOGUE) + textwrap.dedent(source), heap_kib=4000, timeout_s=60)


def test_rule_86_a_power_cut_at_any_write_leaves_the_old_profiles_or_the_new_ones() -> None:
    printed = play("""
        cuts = 0
        for before, after in ((old(1), old(2)), ([], old(2)), (old(1), [])):
            cut = 0
            while True:
                flash = formatted(16)
                boot(flash)
                store.save(before)
                flash.cut_at = flash.writes + cut
                try:
                    store.save(after)
                    break
                except (PowerCut, OSError):
                    cuts += 1
                boot(flash)
                assert store.load() in (before, after), cut
                store.save(after)    # and it goes on from there
                boot(flash)
                assert store.load() == after
                cut += 1
            boot(flash)
            assert store.load() == after
        print("cuts", cuts)
    """)
    assert int(printed.split("cuts ")[1]) >= 15


def test_what_is_the_same_is_not_written_again() -> None:
    play("""
        flash = formatted(16)
        boot(flash)
        store.save([])
        store.save(old(1))
        writes = flash.writes
        store.save(old(1))
        store.save(store.load())
        assert flash.writes == writes
        store.save([])
        assert store.load() == [] and flash.writes > writes
    """)


def test_any_rubbish_instead_of_the_file_means_no_profile() -> None:
    play("""
        boot(formatted(16))
        store.save(old(1))
        with open("/data/profiles", "rb") as file:
            whole = file.read()
        for rubbish in (b"", b"x", b"\\0\\0\\0\\0", b"\\0" * 500, bytes(range(256)) * 4, whole[:-1], whole + b"x",
                        whole[:9] + b"!" + whole[10:]):
            for name in ("profiles", "profiles.new"):
                with open("/data/" + name, "wb") as file:
                    file.write(rubbish)
            assert store.load() == [], rubbish
            store.save(old(2))
            assert store.load() == old(2)
    """)
