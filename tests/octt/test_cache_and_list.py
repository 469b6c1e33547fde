"""Cards that the charge point knows itself, and which card may end a charge."""
from tests.octt.cases import on_both, scripted_only
from tests.octt.script import LOCALLY, Script, moment
from tests.octt.systems import CARD, COLLEAGUE


async def listed(script: Script, *entries: dict[str, object], kind: str = "Full", version: int = 1) -> str:
    return await script.asks(
        "SendLocalList", list_version=version, update_type=kind, local_authorization_list=list(entries))


def entry(card: str, status: str = "Accepted", **info: str) -> dict[str, object]:
    return {"idTag": card, "idTagInfo": {"status": status, **info}}


@on_both
async def test_tc_007_a_cached_card_starts_before_it_is_asked_for(script: Script) -> None:
    await script.configures(AuthorizationCacheEnabled=True, LocalPreAuthorize=True)
    await script.starts_charging()   # now it is in the cache
    await script.stops_charging()
    await script.unplug()
    await script.shows("Available")
    await script.plug()
    await script.shows("Preparing")
    await script.tap()
    await script.charging_begins(CARD)
    await script.ends(status="Charging")


@on_both
async def test_tc_008_a_listed_card_starts_before_it_is_asked_for(script: Script) -> None:
    await script.configures(LocalAuthListEnabled=True, LocalPreAuthorize=True)
    assert await listed(script, entry(CARD, expiryDate=moment(86400))) == "Accepted"
    await script.plug()
    await script.shows("Preparing")
    await script.tap()
    await script.charging_begins(CARD)
    await script.stops_charging()
    await script.ends(status="Finishing")


@on_both
async def test_tc_061_a_cleared_cache_knows_nobody(script: Script) -> None:
    await script.configures(AuthorizationCacheEnabled=True, LocalPreAuthorize=True)
    await script.starts_charging()
    await script.stops_charging()
    await script.unplug()
    await script.shows("Available")
    assert await script.asks("ClearCache") == "Accepted"
    await script.starts_charging()   # sees an Authorize
    await script.ends(status="Charging")


@on_both
async def test_tc_068_the_card_that_started_it_ends_it_unasked(script: Script) -> None:
    await script.starts_charging()
    await script.tap()
    await script.charging_ends(LOCALLY)
    await script.unplug()
    await script.shows("Available")
    await script.ends(status="Available")


@scripted_only("our CSMS has no groups of cards yet")
async def test_tc_069_a_card_of_the_same_group_ends_it(script: Script) -> None:
    script.system.parents.update({CARD: "FLEET", COLLEAGUE: "FLEET"})
    await script.starts_charging()
    await script.tap(COLLEAGUE)
    await script.sees("Authorize", id_tag=COLLEAGUE, verdict="Accepted")
    await script.charging_ends(LOCALLY, id_tag=COLLEAGUE)
    await script.unplug()
    await script.shows("Available")
    await script.ends(status="Available")
