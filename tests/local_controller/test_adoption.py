"""One-time codes, identities and keys."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from websockets.exceptions import InvalidStatus

from local_controller import adoption, announcement
from local_controller.announcement import Announcement
from local_controller.errors import AdoptionRefused
from local_controller.identity import Identity
from local_controller.store import Store
from tests.local_controller.central import Central
from tests.local_controller.running import Running
from tests.local_controller.waiting import eventually
from tests.local_controller.wire import ChargePoint

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "site.db")
    yield store
    await store.close()


async def test_a_code_works_once(store: Store) -> None:
    code, expires_at = await adoption.new_code(store, NOW)
    assert len(code) == 8
    assert expires_at == NOW + timedelta(minutes=15)
    adopted = await adoption.redeem(store, code, "S1", "Demo", NOW)
    assert adopted.identity == "demo-CP1"
    assert len(bytes.fromhex(adopted.authorization_key)) == 20
    with pytest.raises(AdoptionRefused):
        await adoption.redeem(store, code, "S2", "Demo", NOW)


async def test_a_code_may_be_typed_as_people_type(store: Store) -> None:
    code, _ = await adoption.new_code(store, NOW)
    typed = f" {code[:4].lower()}-{code[4:]} ".replace("0", "o").replace("1", "l")
    assert (await adoption.redeem(store, typed, "S1", "Demo", NOW)).identity == "demo-CP1"


async def test_a_code_ends_after_a_quarter_of_an_hour(store: Store) -> None:
    code, _ = await adoption.new_code(store, NOW)
    with pytest.raises(AdoptionRefused):
        await adoption.redeem(store, code, "S1", "Demo", NOW + timedelta(minutes=15, seconds=1))


async def test_a_refused_serial_does_not_use_the_code_up(store: Store) -> None:
    code, _ = await adoption.new_code(store, NOW)
    for serial in ("", "  ", "a\nb", "x" * 101):
        with pytest.raises(AdoptionRefused):
            await adoption.redeem(store, code, serial, "Demo", NOW)
    assert await adoption.redeem(store, code, "S1", "Demo", NOW)


async def test_a_serial_keeps_its_identity_and_gets_a_new_key(store: Store) -> None:
    adopted = []
    for serial in ("S1", "S2", "S1"):
        code, _ = await adoption.new_code(store, NOW)
        adopted.append(await adoption.redeem(store, code, serial, "Garage Nord, 2. OG", NOW))
    assert [a.identity for a in adopted] == ["garage-nord-2-og-CP1", "garage-nord-2-og-CP2", "garage-nord-2-og-CP1"]
    assert adopted[0].authorization_key != adopted[2].authorization_key


@pytest.mark.parametrize(
    ("name", "slug"), [("Demo", "demo"), ("Čez  Über!", "ez-ber"), ("東京", "site"), ("x" * 60, "x" * 30)]
)
def test_a_site_name_becomes_an_identity(name: str, slug: str) -> None:
    assert adoption.slug(name) == slug


async def test_the_api_adopts_with_a_code_and_stops_guessers(site: Running, central: Central) -> None:
    await site.log_in()
    made = (await site.web.post("/api/adoption-codes")).json()
    body = {"code": made["code"], "serial": "S1", "kind": "charge_point"}
    told = (await site.web.post("/api/adopt", json=body)).json()
    assert told["ca"] is None
    assert told["ocpp_url"] == f"ws://site:{site.port}/ocpp"
    async with ChargePoint(site.url, told["identity"], told["authorization_key"]) as charge_point:
        assert (await charge_point.boot())["status"] == "Accepted"
    statuses = [(await site.web.post("/api/adopt", json=body)).status_code for _ in range(6)]
    assert statuses == [403] * 5 + [429]
    answer = await site.web.post("/api/adopt", json=body)
    assert int(answer.headers["Retry-After"]) >= 1


async def test_a_new_key_ends_the_connection_made_with_the_old_one(site: Running, central: Central) -> None:
    async with await site.adopt("S1") as old:
        await old.boot()
        new = await site.adopt("S1")
        await eventually("the old connection ends", lambda: old._socket.close_code)  # type: ignore[union-attr]
        with pytest.raises(InvalidStatus) as caught:
            await ChargePoint(site.url, old.identity, old.key).__aenter__()
        assert caught.value.response.status_code == 401
        async with new:
            assert (await new.boot())["status"] == "Accepted"


async def test_who_was_never_adopted_is_not_served(site: Running) -> None:
    with pytest.raises(InvalidStatus) as caught:
        await ChargePoint(site.url, "stranger", "00" * 20).__aenter__()
    assert caught.value.response.status_code == 404


class Office:
    """The HTTP side of a CSMS of a few lines."""

    def __init__(self) -> None:
        self.announced: list[Any] = []
        self.users: list[str] = []
        self.fail = 0
        self.adopted: list[Any] = []
        routes = [
            Route("/api/site/charge-points", self._announce, methods=["PUT"]),
            Route("/api/adopt", self._adopt, methods=["POST"]),
        ]
        self.app = Starlette(routes=routes)

    async def _announce(self, request: Request) -> JSONResponse:
        if self.fail:
            self.fail -= 1
            return JSONResponse({}, 503)
        self.users.append(request.headers["Authorization"])
        self.announced.append(await request.json())
        return JSONResponse([])

    async def _adopt(self, request: Request) -> JSONResponse:
        body = await request.json()
        self.adopted.append(body)
        if body["code"] != "GOODCODE":
            return JSONResponse({"detail": "no such code"}, 403)
        site = {"id": 1, "name": "Demo", "time_zone": "Europe/Rome"}
        told = {"identity": "demo-LC1", "site_key": "ab" * 20, "site": site, "ocpp_url": "ws://c:9/ocpp", "ca": None}
        return JSONResponse(told)


@pytest.fixture
async def office() -> AsyncIterator[tuple[Office, str]]:
    office = Office()
    server = uvicorn.Server(uvicorn.Config(office.app, port=0, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    await eventually("the office is open", lambda: server.started)
    yield office, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


async def test_the_central_system_is_told_of_each_charge_point_until_it_hears(
    store: Store, office: tuple[Office, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcement, "FIRST_WAIT_S", 0.01)
    desk, url = office
    desk.fail = 2
    code, _ = await adoption.new_code(store, NOW)
    await adoption.redeem(store, code, "S1", "Demo", NOW)
    heard = asyncio.Event()
    known = Identity("demo-LC1", "ab" * 20, "Demo", "UTC", "ws://c:9/ocpp", url)
    announcing = Announcement(store, known, heard.set)
    announcing.make()
    task = asyncio.create_task(announcing.run())
    await asyncio.wait_for(heard.wait(), 10)
    task.cancel()
    assert desk.announced == [{"charge_points": [{"identity": "demo-CP1", "serial": "S1", "connectors": 1}]}]
    assert desk.users[0].startswith("Basic ")


async def test_this_controller_is_adopted_by_a_code_of_the_central_system(office: tuple[Office, str]) -> None:
    desk, url = office
    known = await adoption.ask_csms(url + "/", "GOODCODE", "site-1")
    assert known == Identity("demo-LC1", "ab" * 20, "Demo", "Europe/Rome", "ws://c:9/ocpp", url)
    assert desk.adopted == [{"code": "GOODCODE", "serial": "site-1", "kind": "local_controller"}]
    with pytest.raises(AdoptionRefused, match="403: no such code"):
        await adoption.ask_csms(url, "BADCODE1", "site-1")
    with pytest.raises(AdoptionRefused, match="cannot be reached"):
        await adoption.ask_csms("http://127.0.0.1:9", "GOODCODE", "site-1")
