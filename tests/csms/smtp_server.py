"""A small mail server on loopback (RFC 5321): takes mail, or refuses it as told, with or without STARTTLS."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import Message


class SmtpServer:
    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.mail: list[tuple[str, Message]] = []  # recipient, message
        self.refusals: list[bytes] = []  # answers to the next messages, instead of taking them
        self.arrived = asyncio.Event()
        self.seen_in_the_clear: list[bytes] = []
        self.port = 0
        self._tls = tls

    def taken(self, recipient: str) -> Message:
        return next(message for to, message in self.mail if to == recipient)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipients: list[str] = []
        secure = False
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            word, rest = line[:4].upper(), line.decode()
            if not secure:
                self.seen_in_the_clear.append(line)
            if word == b"EHLO":
                writer.write(b"250-here\r\n250 STARTTLS\r\n" if self._tls and not secure else b"250 here\r\n")
            elif word == b"STAR" and self._tls:
                writer.write(b"220 go\r\n")
                await writer.start_tls(self._tls)
                secure = True
            elif word == b"RCPT":
                recipients.append(rest.partition("<")[2].partition(">")[0])
                writer.write(b"250 ok\r\n")
            elif word == b"DATA":
                writer.write(b"354 go\r\n")
                body = b""
                while (part := await reader.readline()) != b".\r\n":
                    body += part
                if self.refusals:
                    writer.write(self.refusals.pop(0) + b"\r\n")
                else:
                    self.mail += [(recipient, message_from_bytes(body)) for recipient in recipients]
                    writer.write(b"250 taken\r\n")
                self.arrived.set()
            elif word == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 ok\r\n")
        writer.close()


@asynccontextmanager
async def listening(tls: ssl.SSLContext | None = None) -> AsyncIterator[SmtpServer]:
    there = SmtpServer(tls)
    server = await asyncio.start_server(there.serve, "127.0.0.1", 0)
    there.port = server.sockets[0].getsockname()[1]
    async with server:
        yield there
