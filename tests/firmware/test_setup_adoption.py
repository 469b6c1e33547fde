"""What a charge point makes of the answers to its adoption code, on the real interpreter; the story with the real
controller is tests/stories/test_setting_up.py."""
import asyncio
import base64
import json
import textwrap
from collections.abc import AsyncIterator

import pytest

from tests.firmware.on_micropython import run

KEY = "00112233445566778899aabbccddeeff00112233"
ADOPTED = {"identity": "yard-CP1", "authorization_key": KEY, "ocpp_url": "wss://site.example:9100/ocpp", "ca": None}
DER = bytes(range(256)) * 3
PEM = "-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(DER).decode() + "-----END CERTIFICATE-----\n"


class Controller:
    """Answers every request with the same bytes, or with nothing."""

    def __init__(self) -> None:
        self.answer = b""
        self.requests: list[bytes] = []

    def answers(self, status: int, body: bytes) -> None:
        self.answer = f"HTTP/1.1 {status} x\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split()[0])
        self.requests.append(head + await reader.readexactly(length))
        writer.write(self.answer)
        await writer.drain()
        writer.close()


@pytest.fixture
async def controller() -> AsyncIterator[tuple[Controller, int]]:
    part = Controller()
    server = await asyncio.start_server(part.serve, "127.0.0.1", 0)
    async with server:
        yield part, server.sockets[0].getsockname()[1]


async def adopt(address: str, code: str = "ABCD2345") -> str:
    """What is told, or why it could not be."""
    program = textwrap.dedent(f"""
        import asyncio, json
        from firmware.setup import adoption
        async def main():
            try:
                told = await adoption.adopt(adoption.address_of({address!r}), {code!r}, "0200deadbeef", None)
                print(json.dumps(told))
            except adoption.AdoptionError as error:
                print("refused", error)
        asyncio.run(main())
    """)
    return (await asyncio.to_thread(run, program)).strip()


async def test_identity_key_url_and_certificate_are_as_the_controller_says(controller: tuple[Controller, int]) -> None:
    part, port = controller
    part.answers(200, json.dumps(ADOPTED | {"ca": PEM}).encode())
    told = json.loads(await adopt(f"127.0.0.1:{port}", 'AB"C\\é'))
    assert told == {"identity": "yard-CP1", "authorization_key": KEY, "url": ADOPTED["ocpp_url"], "ca": PEM}
    head, _, body = part.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /api/adopt HTTP/1.1\r\nHost: 127.0.0.1")
    assert json.loads(body) == {"code": 'AB"C\\é', "serial": "0200deadbeef", "kind": "charge_point"}


@pytest.mark.parametrize(("status", "body", "complaint"), [
    (403, b'{"detail": "this code is wrong"}', "the controller says: this code is wrong"),
    (429, json.dumps({"detail": "x" * 900}).encode(), "the controller says: " + "x" * 200),
    (500, b"{}", "the controller says: 500"),
    (200, b"<html>a router's page</html>", "is no local controller (HTTP status 200)"),
    (200, b"", "is no local controller"), (200, b"[1]", "is no local controller"),
    (200, json.dumps(ADOPTED | {"identity": 7}).encode(), "is no local controller"),
    (200, json.dumps({**ADOPTED, "authorization_key": None}).encode(), "is no local controller"),
    (200, json.dumps(ADOPTED | {"ca": "x" * 5000}).encode(), "is no local controller"),
    (301, b"", "is no local controller (HTTP status 301)"),
])
async def test_an_answer_that_is_none_is_told_in_words(
    controller: tuple[Controller, int], status: int, body: bytes, complaint: str,
) -> None:
    part, port = controller
    part.answers(status, body)
    answer = await adopt(f"http://127.0.0.1:{port}/")
    assert answer.startswith("refused ")
    assert answer.endswith(complaint) or complaint in answer


@pytest.mark.parametrize("answer", [b"", b"\x15\x03\x01\x02\n", b"HTTP/1.1 200 x\r\nContent-Length: 90\r\n\r\n{"])
async def test_a_connection_that_ends_is_told_in_words(controller: tuple[Controller, int], answer: bytes) -> None:
    part, port = controller
    part.answer = answer
    assert "does not answer" in await adopt(f"127.0.0.1:{port}")


def test_addresses_as_people_type_them() -> None:
    out = run("""
        from firmware.setup import adoption
        for text in ("10.0.0.2", " site.lan/ ", "site.lan:80", "http://site.lan", "https://site.lan:8443/"):
            print(adoption.address_of(text))
        for text in ("", "ftp://x", "a b", "user:pw@host", "host:99999", "host:port", "x" + chr(13) + chr(10) + "y"):
            try:
                raise SystemExit("taken: " + adoption.address_of(text))
            except adoption.AdoptionError:
                pass
    """)
    assert out.split() == [
        "http://10.0.0.2:8100/api/adopt", "http://site.lan:8100/api/adopt", "http://site.lan:80/api/adopt",
        "http://site.lan/api/adopt", "https://site.lan:8443/api/adopt"]


def test_a_pem_certificate_becomes_what_the_interpreter_reads() -> None:
    out = run(f"""
        from firmware.setup import adoption
        assert adoption.der({PEM!r}) == bytes(range(256)) * 3
        assert adoption.der("text before" + {PEM!r} + {PEM!r}) == bytes(range(256)) * 3
        for text in ("", "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", {PEM!r}[:300]):
            try:
                adoption.der(text)
                print("taken", text)
            except ValueError:
                pass
    """)
    assert out == ""
