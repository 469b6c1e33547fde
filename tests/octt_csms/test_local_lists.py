"""Local lists, and a start by one: the CSMS's half of the cases 008, 042 and 043.

All cards there are are in a list, so each test has a CSMS of its own.
"""

import asyncio
from typing import Any

import httpx

from tests.csms.running import CARD
from tests.octt_csms.charge_point import ChargePoint

ACCEPTED = {"status": "Accepted"}


async def sync(cp: ChargePoint, version: int, *, listed: bool = True) -> "asyncio.Task[httpx.Response]":
    """Ask for it, up to the charge point's version."""
    path = f"/api/charge-points/{cp.identity}/local-list/sync"
    asking = asyncio.create_task(cp.csms.admin.post(path))
    keys = ["LocalAuthListEnabled", "LocalAuthListMaxLength", "SendLocalListMaxLength"]
    rows = [
        {"key": key, "readonly": False, "value": value} for key, value in zip(keys, ("true", "9", "9"), strict=True)
    ]
    answer = {"configurationKey": rows} if listed else {"unknownKey": keys}
    await cp.hears("GetConfiguration", {"key": keys}, answer)
    if listed:
        await cp.hears("GetLocalListVersion", {}, {"listVersion": version})
    return asking


def full(version: int) -> dict[str, Any]:
    entry = {"idTag": CARD, "idTagInfo": {"status": "Accepted"}}
    return {"listVersion": version, "updateType": "Full", "localAuthorizationList": [entry]}


async def status_of(asking: "asyncio.Task[httpx.Response]") -> str:
    return str((await asking).json()["status"])


async def test_tc_042_1_a_charge_point_without_lists(cp: ChargePoint) -> None:
    assert await status_of(await sync(cp, 0, listed=False)) == "NotSupported"


async def test_tc_042_2_an_empty_list_is_filled(cp: ChargePoint) -> None:
    asking = await sync(cp, 0)
    await cp.hears("SendLocalList", full(1), ACCEPTED)
    assert await status_of(asking) == "Accepted"


async def test_tc_043_1_lists_that_are_not_supported_after_all(cp: ChargePoint) -> None:
    asking = await sync(cp, 0)
    await cp.hears("SendLocalList", full(1), {"status": "NotSupported"})
    assert await status_of(asking) == "NotSupported"


async def test_tc_043_2_a_version_mismatch_is_followed_by_a_full_list(cp: ChargePoint) -> None:
    asking = await sync(cp, 0)
    await cp.hears("SendLocalList", full(1), ACCEPTED)
    await asking
    await cp.csms.new("/api/cards", id_tag="BB01", user_id=2)
    asking = await sync(cp, 1)
    entry = {"idTag": "BB01", "idTagInfo": {"status": "Accepted"}}
    await cp.hears("SendLocalList", difference(2, [entry]), {"status": "VersionMismatch"})
    await cp.hears("GetLocalListVersion", {}, {"listVersion": 5})
    whole = full(6)
    whole["localAuthorizationList"].append(entry)
    await cp.hears("SendLocalList", whole, ACCEPTED)
    assert await status_of(asking) == "Accepted"


async def test_tc_043_3_a_list_that_fails(cp: ChargePoint) -> None:
    asking = await sync(cp, 0)
    await cp.hears("SendLocalList", full(1), {"status": "Failed"})
    assert await status_of(asking) == "Failed"


async def test_tc_043_4_a_full_list_that_is_accepted(cp: ChargePoint) -> None:
    asking = await sync(cp, 3)  # of somebody before us: it is replaced
    await cp.hears("SendLocalList", full(4), ACCEPTED)
    assert await status_of(asking) == "Accepted"
    shown = await cp.csms.get("/api/charge-points/CP1/local-list")
    assert (shown["version"], shown["entries"]) == (4, 1)
    assert await status_of(await sync(cp, 4)) == "Accepted"  # it is there: nothing is sent


async def test_tc_043_5_a_difference_that_is_accepted(cp: ChargePoint) -> None:
    asking = await sync(cp, 0)
    await cp.hears("SendLocalList", full(1), ACCEPTED)
    await asking
    await cp.csms.new("/api/cards", id_tag="BB01", user_id=2)
    await cp.csms.new("/api/cards", id_tag="BB02", user_id=2)
    asking = await sync(cp, 1)
    added = [{"idTag": tag, "idTagInfo": {"status": "Accepted"}} for tag in ("BB01", "BB02")]
    await cp.hears("SendLocalList", difference(2, added), ACCEPTED)
    assert await status_of(asking) == "Accepted"
    await cp.csms.admin.patch("/api/cards/BB01", json={"blocked": True})
    asking = await sync(cp, 2)
    await cp.hears("SendLocalList", difference(3, [{"idTag": "BB01"}]), ACCEPTED)  # without idTagInfo: it goes
    assert await status_of(asking) == "Accepted"


def difference(version: int, entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {"listVersion": version, "updateType": "Differential", "localAuthorizationList": entries}


async def test_tc_008_a_card_of_the_list_starts_without_asking(cp: ChargePoint) -> None:
    asking = await sync(cp, 0)
    await cp.hears("SendLocalList", full(1), ACCEPTED)
    assert await status_of(asking) == "Accepted"
    await cp.shows("Preparing")
    transaction_id = await cp.starts()
    await cp.shows("Charging")
    assert (await cp.session(transaction_id))["authorization"] == "Accepted"
    await cp.stops(transaction_id)
    assert (await cp.session(transaction_id))["energy_wh"] == 1000
