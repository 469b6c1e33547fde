"""A small real HTTP server on the loopback: takes files, gives files, or breaks in the ways that servers do."""
import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def user(self) -> str:
        return base64.b64decode(self.headers.get("authorization", "").removeprefix("Basic ")).decode()


@dataclass
class FileServer:
    """`habits` is used up one a request, the last stays: ok, a status such as 500, close (in the middle of the body),
    silent, slow (reads or writes in drops), only-post, early-403 (refuses without reading), and for GET no-length,
    short, long (Content-Length above the limit), rubbish, chunked, or a URL to redirect to."""

    habits: list[str] = field(default_factory=lambda: ["ok"])
    image: bytes = b""
    requests: list[Request] = field(default_factory=list)
    port: int = 0
    connections: int = 0
    open: int = 0
    scheme: str = "http"
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    never: asyncio.Event = field(default_factory=asyncio.Event)

    def url(self, path: str = "/in", user: str = "") -> str:
        host = "localhost" if self.scheme == "https" else "127.0.0.1"
        return f"{self.scheme}://{user}{host}:{self.port}{path}"

    @property
    def received(self) -> list[bytes]:
        return [request.body for request in self.requests]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._answer(reader, writer)
        finally:
            self.open -= 1
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, path, version = head[0].split(" ")
        assert version == "HTTP/1.1"
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        request = Request(method, path, headers)
        habit = self.habits.pop(0) if len(self.habits) > 1 else self.habits[0]
        if habit == "silent":
            self.arrived.set()
            await self.never.wait()
        if habit.startswith("early-"):
            writer.write(f"HTTP/1.1 {habit[6:]} Not you\r\nContent-Length: 0\r\n\r\n".encode())
            await writer.drain()
            return
        length = int(headers.get("content-length", 0))
        if habit == "close" and method != "GET":
            await reader.readexactly(length // 2)
            return
        while len(request.body) < length:
            if habit == "slow":
                await asyncio.sleep(0.01)
            request.body += await reader.readexactly(min(64 if habit == "slow" else 4096, length - len(request.body)))
        self.requests.append(request)
        self.arrived.set()
        if habit.isdigit():
            writer.write(f"HTTP/1.1 {habit} x\r\nContent-Length: 4\r\n\r\noops".encode())
        elif habit == "only-post" and method != "POST":
            writer.write(b"HTTP/1.1 405 Method Not Allowed\r\nAllow: POST\r\nContent-Length: 0\r\n\r\n")
        elif habit.startswith("http"):
            writer.write(f"HTTP/1.1 302 Found\r\nLocation: {habit}\r\nContent-Length: 0\r\n\r\n".encode())
        elif method == "GET":
            await self._give(habit, writer)
        else:
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async def _give(self, habit: str, writer: asyncio.StreamWriter) -> None:
        if habit == "rubbish":
            writer.write(b"SSH-2.0-OpenSSH\r\n\r\n")
            return
        length = {"no-length": "", "long": "Content-Length: 999999999\r\n", "chunked": "Transfer-Encoding: chunked\r\n"}
        said = length.get(habit, f"Content-Length: {len(self.image)}\r\n")
        writer.write(f"HTTP/1.1 200 OK\r\nX-Long: {'y' * 900}\r\n{said}\r\n".encode())
        if habit in ("close", "short"):
            writer.write(self.image[:len(self.image) // 2])
            return
        for at in range(0, len(self.image), 100 if habit == "slow" else 4096):
            writer.write(self.image[at:at + (100 if habit == "slow" else 4096)])
            await writer.drain()
            if habit == "slow":
                await asyncio.sleep(0.001)


@asynccontextmanager
async def file_server(context: ssl.SSLContext | None = None) -> AsyncIterator[FileServer]:
    running = FileServer(scheme="https" if context else "http")
    server = await asyncio.start_server(running.serve, "127.0.0.1", 0, ssl=context)
    running.port = server.sockets[0].getsockname()[1]
    try:
        yield running
    finally:
        running.never.set()
        server.close()
