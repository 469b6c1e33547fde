"""A charge point without settings, met by its own WiFi and page, on the bench with a real HTTP client."""
import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from hardware.bench import image, station
from hardware.bench.charge_point import ChargePoint, Options
from hardware.bench.world import World
from tests.firmware.central_system import CentralSystem, central_system
from tests.firmware.on_micropython import interpreter

pytestmark = pytest.mark.story

KEY = "00112233445566778899aabbccddeeff00112233"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    interpreter()   # skips where there is none
    async with World(tmp_path) as running:
        yield running


@pytest.fixture
async def fresh(world: World) -> ChargePoint:
    return await unset(world)


async def unset(world: World) -> ChargePoint:
    charge_point = await world.add(Options(identity="fresh", stalls=False, configured=False))
    await until("its page is there", lambda: said(charge_point, "setup.waiting"))
    return charge_point


async def until(what: str, true: Any, within_s: float = 20) -> None:
    try:
        async with asyncio.timeout(within_s):
            while not true():   # noqa: ASYNC110  (the bench's state is not ours to signal)
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"not within {within_s} s: {what}") from None


def said(charge_point: ChargePoint, text: str) -> list[str]:
    return [line for line in charge_point.console if text in line]


class Phone:
    """A browser that has joined the charge point's WiFi."""

    def __init__(self, charge_point: ChargePoint) -> None:
        assert charge_point.access_point
        self.url = charge_point.access_point.url

    async def look(self) -> str:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            answer = await client.get(self.url)
        assert answer.status_code == 200
        return answer.text

    async def send(self, **fields: str) -> httpx.Response:
        """Fill in the form that is shown."""
        page = await self.look()
        token = re.search(r'name="token" value="([0-9a-f]{16})"', page)
        assert token, page
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            return await client.post(self.url, data={"token": token[1], **fields})

    async def alert(self) -> str:
        """What the page says is wrong, once it has tried."""
        found: list[str] = []

        async with asyncio.timeout(30):
            while not found:
                found = re.findall(r'role="alert">([^<]*)<', await self.look())
                await asyncio.sleep(0.05)
        return found[0]


def by_hand(**changes: str) -> dict[str, str]:
    return {"wifi_ssid": station.SSID, "wifi_password": station.PASSWORD, "url": "ws://127.0.0.1:9/ocpp",
            "identity": "yard-CP1", "authorization_key": KEY} | changes


def kept(charge_point: ChargePoint) -> dict[str, str] | None:
    found = image.read_file(charge_point.image_path, "/settings.json")
    return None if found is None else dict(json.loads(found))


@pytest.fixture
async def system() -> AsyncIterator[CentralSystem]:
    async with central_system() as running:
        yield running


async def test_what_is_typed_into_the_page_connects_the_charge_point(system: CentralSystem, fresh: ChargePoint) -> None:
    phone = Phone(fresh)
    page = await phone.look()
    assert 'value="far &lt;away&gt;"' in page, "names of networks come from strangers"
    answer = await phone.send(**by_hand(url=system.url, now="2026-11-21T10:00:00.000Z"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    await until("it says what it does", lambda: said(fresh, "setup.saved"))
    with contextlib.suppress(httpx.HTTPError):   # on a slow machine it has restarted by now
        assert "restarts and connects" in await phone.look()
    await system.wait_for("BootNotification", within_s=30)
    assert fresh.boots == 2
    settings = kept(fresh)
    assert settings == by_hand(url=system.url) | {"board": "bench", "written_at": "2026-11-21T10:00:00.000Z"}
    assert fresh.access_point
    assert not fresh.access_point.on, "a configured board opens no WiFi"
    assert len(said(fresh, "setup.waiting")) == 1
    assert not said(fresh, KEY)
    assert not said(fresh, station.PASSWORD)


async def test_its_wifi_has_a_password_of_its_own_that_stays(world: World, fresh: ChargePoint) -> None:
    assert fresh.access_point
    password = fresh.access_point.password
    assert re.fullmatch("[a-z2-9]{12}", password)
    assert said(fresh, f"ssid={fresh.access_point.ssid} password={password} url=http://127.0.0.1/")
    await fresh.power(False)
    await fresh.power(True)
    await until("again", lambda: len(said(fresh, "setup.waiting")) == 2)
    assert fresh.access_point.password == password
    other = await world.add(Options(identity="other", configured=False))
    await until("its page is there", lambda: said(other, "setup.waiting"))
    assert other.access_point
    assert other.access_point.password != password
    assert other.access_point.ssid != fresh.access_point.ssid


@pytest.mark.parametrize(("changes", "complaint"), [
    ({"wifi_ssid": "nowhere"}, "nowhere could not be joined: there is no such network"),
    ({"wifi_password": "not-the-one"}, "bench could not be joined: its password is another one"),
])
async def test_a_network_that_cannot_be_joined_is_told_and_nothing_is_kept(
    fresh: ChargePoint, changes: dict[str, str], complaint: str,
) -> None:
    phone = Phone(fresh)
    assert (await phone.send(**by_hand(**changes))).status_code == 303
    assert await phone.alert() == complaint
    assert kept(fresh) is None
    page = await phone.look()
    assert 'value="yard-CP1"' in page, "what was typed is still there"
    assert KEY not in page
    assert "not-the-one" not in page
    # Once more, with what was wrong: key and password need not be typed again.
    await phone.send(**by_hand(authorization_key="", **({} if "wifi_password" in changes else {"wifi_password": ""})))
    if "wifi_password" in changes:
        await until("saved", lambda: said(fresh, "setup.saved"))
        assert (kept(fresh) or {})["authorization_key"] == KEY
    else:   # a password belongs to its network: it is not handed to another one
        assert await phone.alert() == "bench could not be joined: its password is another one"


async def test_a_form_that_cannot_be_is_sent_back_with_the_reason(fresh: ChargePoint) -> None:
    phone = Phone(fresh)
    for changes, complaint in (
        ({"identity": ""}, "Identity is missing, and there is no adoption code"),
        ({"identity": "a/b"}, "Identity must be"), ({"identity": "<script>"}, "Identity must be"),
        ({"url": "http://x"}, "Central system or controller must start with"),
        ({"authorization_key": "12"}, "Key must be"),
        ({"wifi_ssid": ""}, "Name of the network is empty"), ({"wifi_password": "short"}, "Password must be"),
        ({"code": "ABCD", "controller": ""}, "the controller&#39;s address must be"),
        ({"code": "ABCD", "controller": "http://user@host"}, "the controller&#39;s address must be"),
        ({"code": "ABCD", "controller": "x" * 101}, "the controller&#39;s address is too long"),
        ({"url": "wss://central.example/ocpp"}, "Central system or controller is wss://, and there is no /ca.der"),
    ):
        answer = await phone.send(**by_hand(**changes))
        if answer.status_code == 303:
            found = await phone.alert()
        else:
            assert answer.status_code == 422
            found = re.findall(r'role="alert">([^<]*)<', answer.text)[0]
            assert "<script>" not in answer.text
        assert found.startswith(complaint)
        assert kept(fresh) is None


async def raw(charge_point: ChargePoint, request: bytes) -> bytes:
    """What is answered; the socket's end ends the request."""
    assert charge_point.access_point
    reader, writer = await asyncio.open_connection("127.0.0.1", charge_point.access_point.port)
    writer.write(request)
    try:
        async with asyncio.timeout(15):
            return await reader.read()
    except ConnectionResetError:   # it closed while we were still talking
        return b""
    finally:
        writer.close()


async def test_requests_are_bounded_and_strangers_pages_are_refused(fresh: ChargePoint) -> None:
    phone = Phone(fresh)
    form = b"token=0000000000000000&wifi_ssid=evil"
    post = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n"
    for request, answer in (
        (post % len(form) + form, b"HTTP/1.1 403 "),
        (post % 5000 + b"x", b"HTTP/1.1 413 "),
        (b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"HTTP/1.1 413 "),
        (b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", b"HTTP/1.1 302 Found\r\n"),
        (b"GET /generate_204 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"HTTP/1.1 404 "),
        (b"PUT / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"HTTP/1.1 405 "),
        (b"GET / HTTP/1.1\r\n".ljust(9 * 256, b"x"), b"HTTP/1.1 431 "),
        (b"\x16\x03\x01\x02\x00\r\n\r\n", b""), (b"hello\r\n\r\n", b""), (b"\r\n\r\n", b""),
        (post % 4 + b"%zz=", b""),
    ):
        assert (await raw(fresh, request)).startswith(answer), request[:60]
    # Three that say nothing keep nobody else out for longer than a request may take.
    assert fresh.access_point
    silent = [await asyncio.open_connection("127.0.0.1", fresh.access_point.port) for _ in range(3)]
    silent[0][1].write(b"GET / HTTP/1.1\r\n")
    async with asyncio.timeout(30):
        while True:
            try:
                page = await phone.look()
                break
            except httpx.HTTPError:
                await asyncio.sleep(0.1)
    assert "<h1>Set up Bollard-" in page
    assert "evil" not in page
    for _, writer in silent:
        writer.close()
    assert kept(fresh) is None
