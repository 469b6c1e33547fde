"""A real mail server (aiosmtpd) on loopback: takes mail, or refuses it as told, with or without STARTTLS."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from typing import Any

from aiosmtpd.smtp import SMTP


class SmtpServer:
    """Also the handler that aiosmtpd calls at each command."""

    def __init__(self) -> None:
        self.mail: list[tuple[str, Message]] = []  # recipient, message
        self.refusals: list[bytes] = []  # answers to the next messages, instead of taking them
        self.arrived = asyncio.Event()
        self.seen_in_the_clear: list[bytes] = []
        self.port = 0

    def taken(self, recipient: str) -> Message:
        return next(message for to, message in self.mail if to == recipient)

    async def handle_EHLO(self, server: SMTP, session: Any, envelope: Any, host: str, answers: list[str]) -> list[str]:
        self._heard(session, b"EHLO")
        session.host_name = host
        return answers

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        self._heard(session, b"MAIL")
        envelope.mail_from = address
        return "250 ok"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        self._heard(session, b"DATA")
        try:
            if self.refusals:
                return self.refusals.pop(0).decode()
            self.mail += [(to, message_from_bytes(envelope.content)) for to in envelope.rcpt_tos]
            return "250 taken"
        finally:
            self.arrived.set()

    def _heard(self, session: Any, command: bytes) -> None:
        if session.ssl is None:
            self.seen_in_the_clear.append(command)


def subject(of: Message) -> str:
    """As people read it."""
    return str(make_header(decode_header(of["Subject"])))


def body(of: Message) -> str:
    payload = of.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


@asynccontextmanager
async def listening(tls: ssl.SSLContext | None = None) -> AsyncIterator[SmtpServer]:
    there, loop = SmtpServer(), asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(there, hostname="here", tls_context=tls, loop=loop, enable_SMTPUTF8=True), "127.0.0.1", 0
    )
    there.port = server.sockets[0].getsockname()[1]
    async with server:
        yield there
