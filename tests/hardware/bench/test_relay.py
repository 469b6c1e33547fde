import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from hardware.bench.relay import Cut, Relay
from tests.hardware.bench.waiting import Until


class Server:
    """Echoes; knows its connections' ends."""

    def __init__(self) -> None:
        self.connections = 0
        self.ended: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while data := await reader.read(100):
                writer.write(data)
            self.ended.append("fin")
        except ConnectionError:
            self.ended.append("rst")
        writer.close()


@pytest.fixture
async def server() -> AsyncIterator[tuple[Server, int]]:
    server = Server()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    yield server, listening.sockets[0].getsockname()[1]
    listening.close()


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    relay = Relay()
    yield relay
    await relay.close()


async def connect(relay: Relay, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", await relay.port_for("127.0.0.1", port))


async def echoed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, within_s: float = 2) -> bytes | None:
    writer.write(b"ping")
    with suppress(TimeoutError):
        return await asyncio.wait_for(reader.read(100), within_s)
    return None


async def test_it_carries_both_ways(relay: Relay, server: tuple[Server, int]) -> None:
    assert await echoed(*await connect(relay, server[1])) == b"ping"


async def test_a_silent_cut_swallows_everything_and_tells_nobody(relay: Relay, server: tuple[Server, int]) -> None:
    ends = await connect(relay, server[1])
    assert await echoed(*ends) == b"ping"
    relay.cut(Cut.SILENT)
    assert await echoed(*ends, within_s=0.2) is None
    assert server[0].ended == []


async def test_after_a_silent_cut_old_connections_stay_dead_and_new_ones_work(
        relay: Relay, server: tuple[Server, int]) -> None:
    old = await connect(relay, server[1])
    assert await echoed(*old) == b"ping"
    relay.cut(Cut.SILENT)
    relay.restore()
    assert await echoed(*old, within_s=0.2) is None
    assert await echoed(*await connect(relay, server[1])) == b"ping"
    assert server[0].ended == []


async def test_a_stall_delivers_late_what_was_sent_meanwhile(relay: Relay, server: tuple[Server, int]) -> None:
    ends = await connect(relay, server[1])
    assert await echoed(*ends) == b"ping"
    relay.cut(Cut.STALL)
    assert await echoed(*ends, within_s=0.2) is None
    relay.restore()
    assert await asyncio.wait_for(ends[0].read(100), 2) == b"ping"


async def test_a_reset_reaches_both_ends(relay: Relay, server: tuple[Server, int], until: Until) -> None:
    reader, writer = await connect(relay, server[1])
    assert await echoed(reader, writer) == b"ping"
    relay.cut(Cut.RESET)
    with pytest.raises(ConnectionError):
        await asyncio.wait_for(reader.readexactly(1), 2)
    await until(lambda: server[0].ended)
    assert server[0].ended == ["rst"]


async def test_a_chip_that_loses_power_leaves_its_server_a_half_open_socket(
        relay: Relay, server: tuple[Server, int]) -> None:
    reader, writer = await connect(relay, server[1])
    assert await echoed(reader, writer) == b"ping"
    relay.abandon()
    writer.transport.abort()   # the process is gone
    assert await echoed(*await connect(relay, server[1])) == b"ping"
    assert server[0].connections == 2
    assert server[0].ended == []


async def test_an_end_is_passed_on(relay: Relay, server: tuple[Server, int]) -> None:
    reader, writer = await connect(relay, server[1])
    assert await echoed(reader, writer) == b"ping"
    writer.write_eof()
    assert await asyncio.wait_for(reader.read(), 2) == b""
    assert server[0].ended == ["fin"]


async def test_nobody_listening_is_a_reset(relay: Relay) -> None:
    reader, _ = await connect(relay, 9)
    with pytest.raises(ConnectionError):
        await asyncio.wait_for(reader.readexactly(1), 2)
