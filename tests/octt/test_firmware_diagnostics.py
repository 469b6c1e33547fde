"""Firmware updates and diagnostics without signatures."""
import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from tests.octt.cases import on_both
from tests.octt.script import Script, moment


@contextmanager
def nobody_there() -> Iterator[str]:
    """A URL on which nobody answers, for as long as it lasts."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}/file"


@asynccontextmanager
async def files(given: bytes = b"") -> AsyncIterator[tuple[str, list[bytes]]]:
    """A web server that gives `given` to whoever asks and keeps what it is sent: its URL, and what came."""
    came: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = int(head.partition("content-length:")[2].split("\r\n")[0] or 0)
            if length:
                came.append(await reader.readexactly(length))
            body = given if head.startswith("get") else b""
            writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/files", came


async def updates(script: Script, location: str) -> None:
    answer = await script.asks(
        "UpdateFirmware", location=location, retrieve_date=moment(0), retries=1, retry_interval=1)
    assert answer.payload == {}
    await script.sees("FirmwareStatusNotification", status="Downloading")


@on_both
async def test_tc_044_2_a_firmware_that_cannot_be_fetched(script: Script) -> None:
    with nobody_there() as location:
        await updates(script, location)
        await script.sees("FirmwareStatusNotification", status="DownloadFailed", within_s=20)
        await script.ends(status="Available")


@on_both
async def test_tc_044_3_a_firmware_that_cannot_be_installed(script: Script) -> None:
    async with files(b"no firmware" * 1000) as (location, _):
        await updates(script, location)
        await script.sees("FirmwareStatusNotification", status="Downloaded", within_s=20)
        await script.sees("FirmwareStatusNotification", status="InstallationFailed", within_s=20)
        await script.ends(status="Available")


@on_both
async def test_tc_045_1_diagnostics_are_delivered(script: Script) -> None:
    async with files() as (location, came):
        answer = await script.asks("GetDiagnostics", location=location, retries=1, retry_interval=1)
        assert answer.payload["fileName"]
        await script.sees("DiagnosticsStatusNotification", status="Uploading")
        await script.sees("DiagnosticsStatusNotification", status="Uploaded", within_s=20)
        await script.ends(status="Available")
        assert len(came) == 1
        assert len(came[0]) > 100


@on_both
async def test_tc_045_2_diagnostics_that_cannot_be_delivered(script: Script) -> None:
    with nobody_there() as location:
        await script.asks("GetDiagnostics", location=location, retries=1, retry_interval=1)
        await script.sees("DiagnosticsStatusNotification", status="Uploading")
        await script.sees("DiagnosticsStatusNotification", status="UploadFailed", within_s=20)
        await script.ends(status="Available")
