"""Web push: the bytes are those of the RFC's example, and a push service of our own can read what browsers could."""

import asyncio
import hashlib
import hmac
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
import uvicorn
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from csms.notify import push_hosts, web_push
from csms.notify.pusher import Pusher
from csms.notify.retries import wait_after
from csms.notify.web_push import BadKey, Vapid, decode, encode, encrypt
from csms.store import pushes, users
from csms.store.database import Database
from csms.store.writer import Writer
from tests.csms.running import until

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    form = (serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return key.public_key().public_bytes(*form)


class Browser:
    """Reads what it is sent, by RFC 8291 §3.3 and §3.4 and RFC 8188 §2, with HKDF written out from RFC 5869."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)
        self.p256dh_text, self.auth_text = encode(point(self.key)), encode(self.auth)

    def read(self, body: bytes) -> bytes:
        salt, record_size, id_length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, sealed = body[21 : 21 + id_length], body[21 + id_length :]
        assert len(sealed) <= record_size
        agreed = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        keyed = hmac.digest(self.auth, agreed, "sha256")
        ikm = hmac.digest(keyed, b"WebPush: info\0" + point(self.key) + sender + b"\1", "sha256")
        prk = hmac.new(salt, ikm, hashlib.sha256).digest()
        cek = hmac.digest(prk, b"Content-Encoding: aes128gcm\0\1", "sha256")[:16]
        nonce = hmac.digest(prk, b"Content-Encoding: nonce\0\1", "sha256")[:12]
        padded = AESGCM(cek).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert padded.endswith(b"\2")
        return padded[:-1]


def test_the_bytes_are_those_of_the_example_in_rfc_8291() -> None:
    private = ec.derive_private_key(
        int.from_bytes(decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), ec.SECP256R1()
    )
    body = encrypt(
        b"When I grow up, I want to be a watermelon",
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
        private=private,
        salt=decode("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert encode(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
        "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@pytest.mark.parametrize("length", [0, 1, 500, web_push.MOST_BYTES])
def test_a_browser_reads_what_was_written_to_it(length: int) -> None:
    browser, message = Browser(), os.urandom(length)
    body = encrypt(message, browser.p256dh_text, browser.auth_text)
    assert browser.read(body) == message
    assert len(body) <= 4096
    assert encrypt(message, browser.p256dh_text, browser.auth_text) != body  # never the same key or salt twice


def test_what_is_no_key_or_too_long_is_refused() -> None:
    browser = Browser()
    with pytest.raises(BadKey):
        encrypt(b"", "A" * 87, browser.auth_text)
    with pytest.raises(BadKey):
        encrypt(b"", browser.p256dh_text, "AAAA")
    with pytest.raises(BadKey):
        encrypt(b"", browser.p256dh_text + "*", browser.auth_text)
    with pytest.raises(ValueError, match="at most"):
        encrypt(b"x" * (web_push.MOST_BYTES + 1), browser.p256dh_text, browser.auth_text)


@pytest.mark.parametrize(
    ("endpoint", "good"),
    [
        ("https://fcm.googleapis.com/fcm/send/x", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/x", True),
        ("https://updates.push.services.mozilla.com:443/x", True),
        ("http://fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com:8443/x", False),
        ("https://fcm.googleapis.com.evil.example/x", False),
        ("https://evilpush.services.mozilla.com.evil.example/", False),
        ("https://user@fcm.googleapis.com/x", False),
        ("https://127.0.0.1/x", False),
        ("http://169.254.169.254/latest", False),
        ("https://[::1/x", False),
    ],
)
def test_messages_go_to_push_services_only(endpoint: str, good: bool) -> None:
    assert push_hosts.allowed(endpoint) is good


class Service:
    """A push service on loopback: checks who sends (RFC 8292), answers as told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.url = ""

    async def take(self, request: Request) -> Response:
        self.got.append((dict(request.headers), await request.body()))
        return Response(status_code=self.answers.pop(0) if self.answers else 201)

    def claims(self, key: str) -> dict[str, Any]:
        scheme, _, rest = self.got[-1][0]["authorization"].partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        assert (scheme, parts["k"]) == ("vapid", key)
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(key))
        found: dict[str, Any] = jwt.decode(
            parts["t"], public, ["ES256"], audience=self.url.rpartition("/push")[0], options={"verify_exp": False}
        )
        return found


@asynccontextmanager
async def push_service() -> AsyncIterator[Service]:
    service = Service()
    app = Starlette(routes=[Route("/push/{name}", service.take, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=0, host="127.0.0.1", log_config=None, lifespan="off"))
    running = asyncio.create_task(server.serve())

    async def listens() -> bool:
        return server.started

    await until(listens)
    port = server.servers[0].sockets[0].getsockname()[1]
    service.url = f"http://127.0.0.1:{port}/push/b1"
    yield service
    server.should_exit = True
    await running


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


async def waiting(database: Database) -> datetime | None:
    async with database.read() as db:
        return await pushes.next_try_at(db)


async def test_a_message_is_sent_once_tried_again_and_ends_with_its_browser(
    database: Database, writer: Writer, tmp_path: Path
) -> None:
    browser, clock = Browser(), Clock()
    vapid = Vapid(tmp_path / "push.key", "mailto:us@x.example")
    user = await writer.write(lambda db: users.create(db, "d@x.example", "D", "!", "driver", NOW))
    async with push_service() as service:
        pusher = Pusher(vapid, database, writer, ["127.0.0.1"], clock)
        keys = (browser.p256dh_text, browser.auth_text)
        made = await writer.write(lambda db: pushes.subscribe(db, user.id, service.url, *keys, NOW))
        pusher.start()

        async def send(text: str) -> None:
            await writer.write(lambda db: pushes.add(db, user.id, text, clock.now, timedelta(hours=1)))
            pusher.poke()

        async def nothing_waits() -> bool:
            return await waiting(database) is None

        await send('{"title":"Grüße"}')
        await until(nothing_waits)
        assert json.loads(browser.read(service.got[0][1])) == {"title": "Grüße"}
        claims = service.claims(vapid.public_key)
        assert claims["sub"] == "mailto:us@x.example"
        assert clock.now.timestamp() < claims["exp"] <= (clock.now + timedelta(hours=24)).timestamp()
        headers = service.got[0][0]
        assert (headers["content-encoding"], headers["ttl"]) == ("aes128gcm", "3600")
        assert len(service.got) == 1

        service.answers = [503]
        await send("again")

        async def put_off() -> bool:
            return await waiting(database) == clock.now + wait_after(0)

        await until(put_off)
        clock.now += wait_after(0)
        pusher.poke()
        await until(nothing_waits)
        assert browser.read(service.got[2][1]) == b"again"

        service.answers = [410]
        await send("to nobody")
        await until(nothing_waits)
        async with database.read() as db:
            assert await pushes.of_user(db, user.id) == []
        assert made.subscription_id
        await pusher.close()


def test_the_key_stays_and_is_ours_to_read_only(tmp_path: Path) -> None:
    first = Vapid(tmp_path / "push.key", "mailto:a@x.example").public_key
    assert Vapid(tmp_path / "push.key", "mailto:a@x.example").public_key == first
    assert (tmp_path / "push.key").stat().st_mode & 0o077 == 0


async def test_a_service_that_is_not_there_is_tried_again(database: Database, writer: Writer, tmp_path: Path) -> None:
    browser, clock = Browser(), Clock()
    user = await writer.write(lambda db: users.create(db, "d@x.example", "D", "!", "driver", NOW))
    gone = "http://127.0.0.1:9/push"  # nobody listens on the discard port
    keys = (browser.p256dh_text, browser.auth_text)
    await writer.write(lambda db: pushes.subscribe(db, user.id, gone, *keys, NOW))
    await writer.write(lambda db: pushes.add(db, user.id, "x", NOW, timedelta(hours=1)))
    pusher = Pusher(Vapid(tmp_path / "push.key", "mailto:a@x.example"), database, writer, ["127.0.0.1"], clock)
    pusher.start()

    async def put_off() -> bool:
        return await waiting(database) == NOW + wait_after(0)

    await until(put_off)
    clock.now += timedelta(hours=1)
    pusher.poke()

    async def given_up() -> bool:
        return await waiting(database) is None

    await until(given_up)
    await pusher.close()
