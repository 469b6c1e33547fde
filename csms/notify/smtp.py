"""Hands one message to a mail server (RFC 5321). Blocking, so it runs in a thread."""

import asyncio
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from typing import Literal

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

    async def send(self, recipient: str, subject: str, body: str, message_id: str) -> None:
        """CannotSend if the server did not take it."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, recipient, subject
        message["Date"], message["Message-ID"] = formatdate(), message_id
        message.set_content(body)
        try:
            await asyncio.to_thread(self._send, message)
        except smtplib.SMTPRecipientsRefused as error:
            code = min(code for code, _ in error.recipients.values())
            raise CannotSend(f"the recipient was refused with {code}", for_ever=code >= 500) from error
        except smtplib.SMTPResponseException as error:
            raise CannotSend(f"the server answered {error.smtp_code}", for_ever=error.smtp_code >= 550) from error
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise CannotSend(f"{type(error).__name__}: {error}", for_ever=False) from error

    def _send(self, message: EmailMessage) -> None:
        context = ssl.create_default_context(cafile=self.ca_file)
        if self.tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=_TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=_TIMEOUT_S)
        with server:
            if self.tls == "starttls":
                server.starttls(context=context)  # raises if the server offers none: never in the clear instead
            if self.user:
                server.login(self.user, self.password)
            server.send_message(message)
