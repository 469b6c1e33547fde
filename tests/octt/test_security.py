"""Who speaks with whom: keys, certificates, sub-protocol. Each charge point here is new: the settings are the case."""
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve

from tests.firmware.test_net_websocket import certificate
from tests.octt.stage import Player, Stage
from tests.octt.systems import CSMS, SCRIPTED

pytestmark = [pytest.mark.octt, pytest.mark.story, pytest.mark.asyncio(loop_scope="session")]
both = pytest.mark.parametrize("system", [SCRIPTED, CSMS])


@asynccontextmanager
async def new(stage: Stage, system: str, **changes: object) -> AsyncIterator[Player]:
    player = await stage.new_player(system, "bench", **changes)   # type: ignore[arg-type]
    try:
        yield player
    finally:
        await stage.remove(player)


@both
async def test_tc_085_the_key_is_shown_at_the_door(stage: Stage, system: str) -> None:
    async with new(stage, system) as player:
        await player.begin().boots()
        options = player.charge_point.options
        wanted = base64.b64encode(f"{options.identity}:{options.authorization_key}".encode()).decode()
        assert player.tap.credentials == f"Basic {wanted}"
        await player.begin().ends(status="Available")


async def test_tc_085_a_wrong_key_opens_nothing(stage: Stage) -> None:
    async with new(stage, CSMS, key="ff" * 20) as player:
        assert await player.tap.wait_until(lambda: len(player.tap.refusals) >= 2, 15)   # and it tries again
        assert set(player.tap.refusals) == {401}
        assert not player.tap.record


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, bytes]:
    """A server's certificate for localhost, and the authority that has signed it."""
    pem, authority = certificate(tmp_path_factory.mktemp("tls"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context, authority


@both
async def test_tc_086_the_servers_certificate_is_verified(
    stage: Stage, system: str, tls: tuple[ssl.SSLContext, bytes],
) -> None:
    context, authority = tls
    async with new(stage, system, tls=context, authority=authority) as player:
        await player.begin().boots()
        await player.begin().ends(status="Available")


async def test_tc_086_a_certificate_of_somebody_else_ends_it(
    stage: Stage, tls: tuple[ssl.SSLContext, bytes], tmp_path: Path,
) -> None:
    _, stranger = certificate(tmp_path)
    async with new(stage, SCRIPTED, tls=tls[0], authority=stranger) as player:
        script = player.begin()
        await script.until("refused twice", lambda: script.told("link.failed") >= 2, 15)
        assert player.tap.connections == 0
        assert not player.tap.record


async def test_tc_088_without_the_sub_protocol_there_is_no_connection(stage: Stage) -> None:
    said: list[str | bytes] = []
    offered: list[str | None] = []

    async def listen(connection: ServerConnection) -> None:
        offered.append(connection.request.headers.get("Sec-WebSocket-Protocol") if connection.request else None)
        said.extend([text async for text in connection])

    async with serve(listen, "127.0.0.1", 0, compression=None) as server:
        url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/ocpp"
        async with new(stage, SCRIPTED, url=url) as player:
            script = player.begin()
            await script.until("refused twice", lambda: script.told("link.failed") >= 2, 15)
    assert set(offered) == {"ocpp1.6"}
    assert not said
