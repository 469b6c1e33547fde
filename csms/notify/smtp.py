"""Hands one message to a mail server (RFC 5321)."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, formatdate
from typing import Literal

import aiosmtplib

_TIMEOUT_S = 20


class CannotSend(Exception):
    """`for_ever`: the server will never take this message."""

    def __init__(self, text: str, *, for_ever: bool) -> None:
        super().__init__(text)
        self.for_ever = for_ever


@dataclass(frozen=True, slots=True)
class Smtp:
    host: str
    port: int
    tls: Literal["none", "starttls", "tls"]
    user: str
    password: str
    sender: str
    ca_file: str | None = None  # None: the system's authorities
    sender_name: Callable[[], str] = str  # what people read before the address

    async def send(self, recipient: str, subject: str, body: str, message_id: str) -> None:
        """CannotSend if the server did not take it."""
        message = EmailMessage()
        try:
            message["From"] = formataddr((self.sender_name(), self.sender))
            message["To"], message["Subject"] = recipient, subject
            message["Date"], message["Message-ID"] = formatdate(), message_id
            message.set_content(body)
            await self._send(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            code = min(refused.code for refused in error.recipients)
            raise CannotSend(f"the recipient was refused with {code}", for_ever=code >= 500) from error
        except aiosmtplib.SMTPResponseException as error:
            raise CannotSend(f"the server answered {error.code}", for_ever=error.code >= 550) from error
        except (OSError, aiosmtplib.SMTPException, ValueError) as error:
            raise CannotSend(f"{type(error).__name__}: {error}", for_ever=False) from error

    async def _send(self, message: EmailMessage) -> None:
        # start_tls=True raises if the server offers none: never in the clear instead.
        await aiosmtplib.send(
            message,
            hostname=self.host,
            port=self.port,
            username=self.user or None,
            password=self.password or None,
            use_tls=self.tls == "tls",
            start_tls=self.tls == "starttls",
            tls_context=None if self.tls == "none" else ssl.create_default_context(cafile=self.ca_file),
            timeout=_TIMEOUT_S,
        )
