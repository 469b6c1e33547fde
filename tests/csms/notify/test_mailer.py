"""Mail over real sockets: sent once, again after a failure, given up when it is of no use."""

import asyncio
import datetime as dt
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from csms.notify.mailer import Mailer
from csms.notify.retries import wait_after
from csms.notify.smtp import CannotSend, Smtp
from csms.store import mails
from csms.store.database import Database
from csms.store.writer import Writer
from tests.csms.running import until
from tests.csms.smtp_server import SmtpServer, listening

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@asynccontextmanager
async def mailing(server: SmtpServer, database: Database, writer: Writer) -> AsyncIterator[tuple[Mailer, Clock]]:
    clock = Clock()
    smtp = Smtp("127.0.0.1", server.port, "none", "", "", "us@x.example", sender_name=lambda: "Bollard at home")
    mailer = Mailer(smtp, database, writer, clock)
    mailer.start()
    yield mailer, clock
    await mailer.close()


async def waiting(database: Database) -> int:
    async with database.read() as db:
        return 0 if await mails.next_try_at(db) is None else 1


async def write(writer: Writer, recipient: str = "dora@x.example") -> None:
    await writer.write(lambda db: mails.add(db, recipient, "Hallo", "Grüße\n", NOW, timedelta(hours=1)))


async def test_mail_is_sent_once_and_gone_from_the_database(database: Database, writer: Writer) -> None:
    async with listening() as server, mailing(server, database, writer) as (mailer, _):
        for name in ("dora", "eve"):
            await write(writer, f"{name}@x.example")
        mailer.poke()

        async def all_gone() -> bool:
            return await waiting(database) == 0

        await until(all_gone)
    assert sorted(to for to, _ in server.mail) == ["dora@x.example", "eve@x.example"]
    message = server.taken("dora@x.example")
    assert (message["From"], message["Subject"]) == ("Bollard at home <us@x.example>", "Hallo")
    assert message.get_payload(decode=True).decode().strip() == "Grüße"  # type: ignore[union-attr]


async def test_a_failure_is_tried_again_later_with_the_same_id(database: Database, writer: Writer) -> None:
    async with listening() as server, mailing(server, database, writer) as (mailer, clock):
        server.refusals = [b"451 later"]
        await write(writer)
        mailer.poke()
        await asyncio.wait_for(server.arrived.wait(), 5)

        async def put_off() -> bool:
            async with database.read() as db:
                return await mails.next_try_at(db) == NOW + wait_after(0)

        await until(put_off)
        assert server.mail == []
        clock.now += wait_after(0)
        mailer.poke()

        async def arrived() -> bool:
            return len(server.mail) == 1

        await until(arrived)


@pytest.mark.parametrize("end", ["refused for ever", "too late"])
async def test_what_will_never_arrive_is_given_up(database: Database, writer: Writer, end: str) -> None:
    async with listening() as server, mailing(server, database, writer) as (mailer, clock):
        server.refusals = [b"554 never" if end == "refused for ever" else b"451 later"] * 2
        await write(writer)
        if end == "too late":
            clock.now += timedelta(hours=1)
        mailer.poke()

        async def gone() -> bool:
            return await waiting(database) == 0

        await until(gone)
        assert server.mail == []


def test_waits_grow_and_stay_bounded() -> None:
    waits = [wait_after(n) for n in range(100)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(seconds=10), timedelta(hours=1))


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context for 127.0.0.1, and the file of the authority that vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "mail.pem"
    pem.write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    private = folder / "mail.key"
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, private)
    return context, pem


async def test_with_starttls_nothing_of_the_mail_goes_in_the_clear(tmp_path: Path) -> None:
    context, ca = certificate(tmp_path)
    async with listening(context) as server:
        smtp = Smtp("127.0.0.1", server.port, "starttls", "", "", "us@x.example", str(ca))
        await smtp.send("dora@x.example", "Secret", "token", "<1@x>")
        assert server.taken("dora@x.example")["Subject"] == "Secret"
        assert server.seen_in_the_clear == [b"EHLO"]  # and nothing of the mail


async def test_without_the_promised_tls_nothing_is_sent(tmp_path: Path) -> None:
    context, _ = certificate(tmp_path)
    async with listening() as plain, listening(context) as unknown:
        for server in (plain, unknown):  # offers none; has a certificate that nobody vouches for
            smtp = Smtp("127.0.0.1", server.port, "starttls", "", "", "us@x.example")
            with pytest.raises(CannotSend):
                await smtp.send("dora@x.example", "", "", "<1@x>")
            assert server.mail == []
