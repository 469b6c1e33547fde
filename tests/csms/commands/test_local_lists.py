"""Local lists follow the cards: over a real socket, to a charge point of the `ocpp` package that keeps a list."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from csms.config import Settings
from csms.service import Service
from tests.csms.independent import Independent, independent
from tests.csms.running import CARD, Csms, until
from tests.csms.tells import tells

KEYS = {"LocalAuthListEnabled": "true", "LocalAuthListMaxLength": "100", "SendLocalListMaxLength": "3"}


class Listed:
    """The list as a charge point keeps it (OCPP 1.6 §5.15)."""

    def __init__(self, point: Independent, keys: dict[str, str]) -> None:
        self.version = 0
        self.entries: dict[str, dict[str, Any]] = {}
        self.most = int(keys.get("LocalAuthListMaxLength", "100"))
        point.answers["GetConfiguration"] = {
            "configuration_key": [{"key": key, "readonly": False, "value": value} for key, value in keys.items()]
        }
        point.answers["GetLocalListVersion"] = lambda _: {"list_version": self.version}
        point.answers["SendLocalList"] = self.take

    def take(self, request: dict[str, Any]) -> dict[str, str]:
        full = request["update_type"] == "Full"
        if not full and request["list_version"] <= self.version:
            return {"status": "VersionMismatch"}
        entries = {} if full else dict(self.entries)
        for row in request.get("local_authorization_list", []):
            if "id_tag_info" in row:
                entries[row["id_tag"]] = row["id_tag_info"]
            else:
                entries.pop(row["id_tag"], None)
        if len(entries) > self.most:
            return {"status": "Failed"}
        self.entries, self.version = entries, request["list_version"]
        return {"status": "Accepted"}


@asynccontextmanager
async def listing(csms: Csms, keys: dict[str, str] = KEYS) -> AsyncIterator[tuple[Independent, Listed]]:
    key = await csms.charge_point("CP1")
    async with independent(csms, "CP1", key) as point:
        listed = Listed(point, keys)
        await point.boot()
        yield point, listed


async def cards(csms: Csms, count: int) -> list[str]:
    tags = [f"AA{n:04}" for n in range(count)]
    for tag in tags:
        await csms.new("/api/cards", id_tag=tag, user_id=2)
    return tags


async def sync(csms: Csms) -> dict[str, Any]:
    answer = await csms.admin.post("/api/charge-points/CP1/local-list/sync")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@tells("GET /api/charge-points/{identity}/local-list", "POST /api/charge-points/{identity}/local-list/sync")
async def test_a_list_longer_than_a_message_comes_in_pieces_and_later_only_what_changed(csms: Csms) -> None:
    tags = await cards(csms, 7)
    async with listing(csms) as (point, listed):
        told = await sync(csms)
        assert (told["status"], told["entries"], told["version"]) == ("Accepted", 7, listed.version)
        assert list(listed.entries) == tags
        assert [r["update_type"] for r in point.of("SendLocalList")] == ["Full", "Differential", "Differential"]
        await sync(csms)
        assert len(point.of("SendLocalList")) == 3  # in step already
        await csms.new("/api/cards", id_tag=CARD, user_id=2)
        await sync(csms)
        assert [row["id_tag"] for row in point.of("SendLocalList")[-1]["local_authorization_list"]] == [CARD]
        assert set(listed.entries) == {*tags, CARD}
        assert (await csms.get("/api/charge-points/CP1/local-list"))["entries"] == 8


async def test_a_charge_point_with_another_version_than_we_know_gets_all_of_it(csms: Csms) -> None:
    tags = await cards(csms, 2)
    async with listing(csms) as (point, listed):
        await sync(csms)
        listed.version, listed.entries = 40, {"STRANGER": {"status": "Accepted"}}
        await sync(csms)
        assert list(listed.entries) == tags
        assert point.of("SendLocalList")[-1]["update_type"] == "Full"
        assert listed.version > 40


async def test_a_version_mismatch_is_followed_by_a_full_list(csms: Csms) -> None:
    await cards(csms, 2)
    async with listing(csms) as (point, listed):
        await sync(csms)
        await csms.new("/api/cards", id_tag=CARD, user_id=2)
        refused: list[str] = []

        def once(request: dict[str, Any]) -> dict[str, str]:
            if not refused:
                refused.append(request["update_type"])
                return {"status": "VersionMismatch"}
            return listed.take(request)

        point.answers["SendLocalList"] = once
        told = await sync(csms)
        assert refused == ["Differential"]
        assert (told["status"], CARD in listed.entries) == ("Accepted", True)
        assert point.of("SendLocalList")[-1]["update_type"] == "Full"


async def test_a_charge_point_without_lists_is_left_alone(csms: Csms) -> None:
    await cards(csms, 2)
    async with listing(csms, {}) as (point, _):
        assert (await sync(csms))["status"] == "NotSupported"
        assert point.of("SendLocalList") == []


async def test_a_list_that_is_switched_off_is_left_alone(csms: Csms) -> None:
    await cards(csms, 2)
    async with listing(csms, {**KEYS, "LocalAuthListEnabled": "false"}) as (point, _):
        assert (await sync(csms))["status"] == "Disabled"
        assert point.of("SendLocalList") == []


async def test_more_cards_than_it_takes_are_those_used_last_at_the_site(csms: Csms) -> None:
    await cards(csms, 5)
    async with listing(csms, {**KEYS, "LocalAuthListMaxLength": "2"}) as (_, listed):
        key = await csms.charge_point("CP9")
        async with csms.station("CP9", key) as station:
            await station.boot()
            for number, tag in enumerate(("AA0004", "AA0003")):
                started = await station.start(tag, meter_start=number)
                await station.stop(started.transaction_id, number)
        assert (await sync(csms))["status"] == "Accepted"
        assert set(listed.entries) == {"AA0003", "AA0004"}


async def test_a_list_that_is_refused_is_known_to_be_as_it_was(csms: Csms) -> None:
    tags = await cards(csms, 2)
    async with listing(csms) as (point, listed):
        await sync(csms)
        await csms.new("/api/cards", id_tag=CARD, user_id=2)
        point.answers["SendLocalList"] = {"status": "Failed"}
        told = await sync(csms)
        assert (told["status"], told["entries"]) == ("Failed", 2)
        point.answers["SendLocalList"] = listed.take
        await sync(csms)
        assert set(listed.entries) == {*tags, CARD}


async def test_it_happens_by_itself_after_a_boot_and_after_a_card_was_made(settings: Settings) -> None:
    async with Service(settings.model_copy(update={"local_list_sync_s": 1})) as service:
        csms = Csms(service, settings.data_dir)
        await csms.new("/api/cards", id_tag=CARD, user_id=2)
        async with listing(csms) as (_, listed):
            await until(lambda: asyncio.sleep(0, CARD in listed.entries), within_s=10)
            await csms.new("/api/cards", id_tag="BB01", user_id=2)
            await until(lambda: asyncio.sleep(0, "BB01" in listed.entries), within_s=10)
        await csms.admin.aclose()


@pytest.mark.parametrize("version", [0, -1])
async def test_a_list_never_has_the_versions_that_mean_something_else(version: int) -> None:
    from csms.commands.send_local_list import send_local_list

    with pytest.raises(ValueError, match="version"):
        await send_local_list(None, "CP1", version, "Full", [])  # type: ignore[arg-type]
