"""Our own central system and our own controller: the list follows the cards, and nothing is sent while none changes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from csms.config import Settings
from csms.service import Service
from local_controller import adoption
from local_controller import config as site_config
from local_controller.clock import Clock
from local_controller.identity import Identity
from local_controller.local_list import LocalList
from local_controller.site import Site
from local_controller.store import Store
from tests.csms.running import Csms, make_people, settings_in
from tests.local_controller.waiting import eventually


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    settings = settings_in(tmp_path / "csms").model_copy(update={"local_list_sync_s": 1})
    await make_people(settings)
    return settings


@asynccontextmanager
async def standing(data_dir: Path, identity: Identity) -> AsyncIterator[LocalList]:
    """The list of a site that runs."""
    anywhere: Any = {"host": "127.0.0.1", "port": 0}
    settings = site_config.Settings(data_dir=data_dir, ocpp=anywhere, web=anywhere)
    store = await Store.open(data_dir / "site.db")
    site = Site(settings, identity, store, Clock(trusts=lambda goes_on: True))
    await site.start()
    yield site._list
    await site.close()
    await store.close()


async def test_the_list_follows_the_cards(settings: Settings, tmp_path: Path) -> None:
    async with Service(settings) as service:
        csms = Csms(service, settings.data_dir)
        yard = await csms.new("/api/sites", name="Yard", time_zone="Europe/Rome")
        code = (await csms.new(f"/api/sites/{yard['id']}/adoption-codes"))["code"]
        identity = await adoption.ask_csms(csms.url, code, "PI-1")
        await csms.new("/api/cards", id_tag="04AA", user_id=2, parent_id_tag="FLEET")
        await csms.new("/api/cards", id_tag="04BB", user_id=2)
        async with standing(tmp_path / "site", identity) as cards:
            await eventually("both, and the one of its page", lambda: len(cards) == 3, 15)
            found = cards.get("04aa")
            assert found is not None
            assert (found.status, found.parent) == ("Accepted", "FLEET")
            first = cards.version
            blocked = await csms.admin.patch("/api/cards/04BB", json={"blocked": True})
            assert blocked.is_success, blocked.text
            await eventually("blocked", lambda: (card := cards.get("04bb")) and card.status == "Blocked", 15)
            assert cards.version == first + 1
        await csms.admin.aclose()
    # both started anew: the digest tells that nothing has changed, so nothing is sent
    again = settings.model_copy(update={"ocpp": settings.ocpp.model_copy(update={"port": service.ocpp_port})})
    async with Service(again) as service:
        csms = Csms(service, settings.data_dir)
        async with standing(tmp_path / "site", identity) as cards:
            held = service._controllers._held
            await eventually("looked at", lambda: identity.identity in held, 15)
            assert cards.version == first + 1
            await csms.new("/api/cards", id_tag="04CC", user_id=2)
            await eventually("one more", lambda: len(cards) == 4, 15)
            assert cards.version == first + 2
        await csms.admin.aclose()
