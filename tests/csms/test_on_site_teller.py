"""Controllers are told who pays, each on its own: one that is silent, or cannot be told, holds up no other."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from csms import on_site_teller
from csms.bus.in_process import InProcessBus
from csms.domain.authorization import Card
from csms.domain.transactions import Owner
from csms.on_site_teller import OnSiteTeller
from csms.store.database import Database
from csms.store.on_site import OnSiteAccount, ToTell
from ocppj import v16
from tests.csms.running import until

AT = datetime(2026, 3, 1, tzinfo=UTC)


async def test_one_that_is_silent_or_cannot_be_told_holds_up_no_other(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {"silent": "Otto", "odd": "Odd", "quick": "Otto"}
    told: list[tuple[str, str]] = []
    answers = asyncio.Event()

    async def to_tell(_: object) -> Sequence[ToTell]:
        return [ToTell(identity, account(name)) for identity, name in names.items()]

    async def data_transfer(_: object, identity: str, vendor: str, message: str, data: str) -> v16.DataTransferResult:
        told.append((identity, json.loads(data)["name"]))
        if identity == "silent":
            await answers.wait()
        return v16.DataTransferResult("Accepted")

    def decide(card: Card, now: datetime) -> Any:
        if card.id_tag == "Odd":
            raise ValueError("odd")
        return decided(card, now)

    decided = on_site_teller.decide
    monkeypatch.setattr(on_site_teller.on_site, "to_tell", to_tell)
    monkeypatch.setattr(on_site_teller, "data_transfer", data_transfer)
    monkeypatch.setattr(on_site_teller, "decide", decide)
    monkeypatch.setattr(on_site_teller, "_AFTER_BOOT_S", 0)

    async def are_told(*wanted: tuple[str, str]) -> None:
        async def holds() -> bool:
            return sorted(told) == sorted(wanted)

        await until(holds)

    teller = OnSiteTeller(InProcessBus(), database, 0, lambda: AT)
    teller.start()
    teller.changed()
    first = [("silent", "Otto"), ("quick", "Otto")]
    await are_told(*first)
    names.update(silent="Eve", quick="Eve")
    teller.changed()
    second = [*first, ("quick", "Eve")]
    await are_told(*second)
    answers.set()  # and hears what has changed meanwhile
    await are_told(*second, ("silent", "Eve"))
    answers.clear()
    names.update(silent="Dora", quick="Dora")
    teller.changed()
    await are_told(*second, ("silent", "Eve"), ("silent", "Dora"), ("quick", "Dora"))
    await teller.close()
    left = {task.get_name() for task in asyncio.all_tasks()}
    assert not {name for name in left if name.startswith("on-site")}


def account(name: str) -> OnSiteAccount:
    return OnSiteAccount(Owner(1, "o@example.org"), name, Card(name, 1, False, None))
