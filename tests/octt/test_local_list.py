"""The local authorization list, as the central system sends it."""
from tests.octt.cases import on_both
from tests.octt.script import Script
from tests.octt.systems import CARD, COLLEAGUE
from tests.octt.test_cache_and_list import entry, listed


async def version(script: Script) -> int:
    found: int = (await script.asks("GetLocalListVersion")).payload["listVersion"]
    return found


@on_both
async def test_tc_042_1_a_list_that_is_not_supported(script: Script) -> None:
    await script.configures(LocalAuthListEnabled=False)
    assert await version(script) == -1
    await script.ends(status="Available")


@on_both
async def test_tc_042_2_an_empty_list(script: Script) -> None:
    assert await version(script) == 0
    await script.ends(status="Available")


@on_both
async def test_tc_043_a_list_and_its_changes(script: Script) -> None:
    assert await listed(script, entry(CARD), entry(COLLEAGUE), version=5) == "Accepted"
    assert await version(script) == 5
    assert await listed(script, {"idTag": CARD}, kind="Differential", version=6) == "Accepted"
    assert await version(script) == 6
    await script.ends(status="Available")


@on_both
async def test_tc_043_1_a_list_for_one_that_keeps_none(script: Script) -> None:
    await script.configures(LocalAuthListEnabled=False)
    assert await listed(script, entry(CARD)) == "NotSupported"
    await script.ends(status="Available")


@on_both
async def test_tc_043_2_changes_to_another_version(script: Script) -> None:
    assert await listed(script, entry(CARD), version=5) == "Accepted"
    assert await listed(script, entry(COLLEAGUE), kind="Differential", version=4) == "VersionMismatch"
    assert await version(script) == 5
    await script.ends(status="Available")


@on_both
async def test_tc_043_3_a_list_that_is_too_long_changes_nothing(script: Script) -> None:
    assert await listed(script, entry(CARD), version=5) == "Accepted"
    most = int(await script.reads("SendLocalListMaxLength") or 0)
    entries = [entry(f"04{number:012X}") for number in range(most + 1)]
    assert await listed(script, *entries, version=6) == "Failed"
    assert await version(script) == 5
    await script.ends(status="Available")


@on_both
async def test_tc_043_4_a_full_list_takes_the_old_ones_place(script: Script) -> None:
    await script.configures(LocalPreAuthorize=True)
    assert await listed(script, entry(COLLEAGUE), version=5) == "Accepted"
    assert await listed(script, entry(CARD), version=9) == "Accepted"
    assert await version(script) == 9
    await script.plug()
    await script.shows("Preparing")
    await script.tap(CARD)
    await script.charging_begins(CARD)
    await script.ends(status="Charging")


@on_both
async def test_tc_043_5_a_differential_list_adds_to_the_old_one(script: Script) -> None:
    await script.configures(LocalPreAuthorize=True)
    assert await listed(script, entry(COLLEAGUE), version=5) == "Accepted"
    assert await listed(script, entry(CARD), kind="Differential", version=6) == "Accepted"
    await script.plug()
    await script.shows("Preparing")
    await script.tap(COLLEAGUE)
    await script.charging_begins(COLLEAGUE)
    await script.ends(status="Charging")
