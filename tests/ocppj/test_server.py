"""Who gets in, at which URL, and that each identity is here once; with a plain WebSocket client as the other side."""

import asyncio
import base64
import json
import socket
from dataclasses import replace

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

from ocppj import basic_auth, v16
from ocppj.errors import ConnectionLost
from ocppj.server import _network
from tests.ocppj.conftest import KEY, QUICK, Central, Certificates, Start, ask, dial
from tests.ocppj.wires import until

HEARTBEAT = '[2,"a","Heartbeat",{}]'
WRONG = "ff" * 20


async def refused(port: int, path: str = "/ocpp/CP7", authorization: str | None = "right") -> InvalidStatus:
    with pytest.raises(InvalidStatus) as error:
        async with dial(port, path, authorization):
            pass
    return error.value


async def status(port: int, path: str = "/ocpp/CP7", authorization: str | None = "right") -> int:
    return (await refused(port, path, authorization)).response.status_code


# The URL


async def test_the_right_key_gets_in_and_gets_answers(central: Central) -> None:
    async with dial(central.port) as connection:
        assert connection.subprotocol == "ocpp1.6"
        assert await ask(connection, HEARTBEAT) == '[3,"a",{"currentTime":"2026-03-01T12:00:00Z"}]'
    assert central.opened[0].identity == "CP7"


@pytest.mark.parametrize(
    ("quoted", "identity"),
    [("RDAM%20123", "RDAM 123"), ("A%3AB", "A:B"), ("a%40b%7Cc", "a@b|c"), ("a*b-c_d=e+f.g", "a*b-c_d=e+f.g")],
)
async def test_the_identity_is_percent_decoded(central: Central, quoted: str, identity: str) -> None:
    central.knows(identity)
    async with dial(central.port, f"/ocpp/{quoted}", basic_auth.header(identity, KEY)) as connection:
        await ask(connection, HEARTBEAT)
    assert central.opened[0].identity == identity


@pytest.mark.parametrize("path", ["/", "/ocpp", "/other/CP7", "/OCPP/CP7", "/ocppx/CP7"])
async def test_another_path_is_not_found(central: Central, path: str) -> None:
    assert await status(central.port, path, basic_auth.header("CP7", KEY)) == 404
    assert central.asked == []


@pytest.mark.parametrize("identity", ["", "x" * 49, "a/b", "a\nb", "a<b>", "ü", "a\x00", "a;b"])
async def test_what_can_be_no_identity_is_never_asked_for(central: Central, identity: str) -> None:
    quoted = "".join(f"%{byte:02X}" for byte in identity.encode())
    assert await status(central.port, f"/ocpp/{quoted}", basic_auth.header(identity, KEY)) in (401, 404)
    assert central.asked == []


# The key


async def test_the_raw_bytes_of_the_key_are_the_key_too(central: Central) -> None:
    async with dial(central.port, authorization=basic_auth.header("CP7", bytes.fromhex(KEY))) as connection:
        await ask(connection, HEARTBEAT)


async def test_without_credentials_it_is_401_and_nobody_is_asked(central: Central) -> None:
    refusal = await refused(central.port, authorization=None)
    assert refusal.response.status_code == 401
    assert refusal.response.headers["WWW-Authenticate"].startswith("Basic ")
    assert central.asked == []


async def test_without_credentials_nothing_tells_whether_the_identity_exists(central: Central) -> None:
    known = await refused(central.port, authorization=None)
    unknown = await refused(central.port, "/ocpp/CP99", authorization=None)
    assert known.response.status_code == unknown.response.status_code == 401
    assert known.response.body == unknown.response.body


@pytest.mark.parametrize(
    "authorization",
    [
        "Basic",
        "Basic !!!",
        "Bearer x",
        "Basic " + base64.b64encode(b"CP7").decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:x").decode(),
        basic_auth.header("CP8", KEY),
        basic_auth.header("cp7", KEY),
        basic_auth.header("", KEY),
        basic_auth.header("CP7", WRONG),
        basic_auth.header("CP7", ""),
        basic_auth.header("CP7", KEY[:-2]),
    ],
)
async def test_wrong_credentials_are_401(central: Central, authorization: str) -> None:
    assert await status(central.port, authorization=authorization) == 401


async def test_an_unknown_identity_with_a_key_is_404_and_looks_like_401(central: Central) -> None:
    unknown = await refused(central.port, "/ocpp/CP99", basic_auth.header("CP99", KEY))
    wrong = await refused(central.port, authorization=basic_auth.header("CP7", WRONG))
    assert (unknown.response.status_code, wrong.response.status_code) == (404, 401)
    assert unknown.response.body == wrong.response.body


async def test_refusals_take_the_same_time_whatever_the_reason(start: Start) -> None:
    central = await start(replace(QUICK, refusal_s=0.15))
    now_s = asyncio.get_running_loop().time
    for path, key in (("/ocpp/CP99", KEY), ("/ocpp/CP7", WRONG)):
        started_s = now_s()
        await refused(central.port, path, basic_auth.header(path[6:], key))
        assert 0.15 <= now_s() - started_s < 1.0


async def test_a_refused_stranger_leaves_the_real_connection_alone(central: Central) -> None:
    async with dial(central.port) as connection:
        assert await status(central.port, authorization=basic_auth.header("CP7", WRONG)) == 401
        assert await status(central.port, authorization=None) == 401
        await ask(connection, HEARTBEAT)
    assert len(central.opened) == 1


# Guessing


async def test_bad_keys_of_one_identity_are_slowed_down(start: Start) -> None:
    central = await start(replace(QUICK, free_failures_per_identity=3))
    wrong = basic_auth.header("CP7", WRONG)
    assert [await status(central.port, authorization=wrong) for _ in range(3)] == [401] * 3
    refusal = await refused(central.port)  # even with the right key: a guess must not show
    assert refusal.response.status_code == 429
    assert 1 <= int(refusal.response.headers["Retry-After"]) <= 2
    assert len(central.asked) == 3
    central.knows("CP8")
    async with dial(central.port, "/ocpp/CP8"):
        pass


async def test_guessing_identities_from_one_address_is_slowed_down(start: Start) -> None:
    central = await start(replace(QUICK, free_failures_per_address=4))
    tries = [await status(central.port, f"/ocpp/CP{n}", basic_auth.header(f"CP{n}", KEY)) for n in range(100, 106)]
    assert tries == [404] * 4 + [429] * 2


async def test_a_charge_point_known_from_here_is_not_locked_out_by_its_neighbours(start: Start) -> None:
    central = await start(replace(QUICK, free_failures_per_address=4, free_failures_per_identity=2))
    async with dial(central.port):
        pass
    for n in range(8):
        await refused(central.port, f"/ocpp/CP{n + 100}", basic_auth.header(f"CP{n + 100}", KEY))
    async with dial(central.port) as connection:
        await ask(connection, HEARTBEAT)


async def test_after_the_wait_the_right_key_gets_in(start: Start) -> None:
    central = await start(replace(QUICK, free_failures_per_identity=1))
    await refused(central.port, authorization=basic_auth.header("CP7", WRONG))
    assert await status(central.port) == 429

    async with asyncio.timeout(5):
        while not central.opened:
            try:
                async with dial(central.port) as connection:
                    await ask(connection, HEARTBEAT)
            except InvalidStatus:
                await asyncio.sleep(0.1)
    assert central.server is not None
    assert set(central.server.refusals) == {401, 429}


async def test_an_authenticator_that_fails_is_a_500_and_one_line(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fail(*_: object) -> object:
        raise RuntimeError("database away")

    central = await start(authenticate=fail)
    assert await status(central.port) == 500
    assert "Traceback" not in capsys.readouterr().err


# The sub-protocol


@pytest.mark.parametrize("offer", [["ocpp2.0.1", "ocpp1.6"], ["ocpp1.6", "ocpp2.0.1"], ["soap", "ocpp1.6"]])
async def test_the_common_subprotocol_is_echoed(central: Central, offer: list[str]) -> None:
    async with dial(central.port, subprotocols=offer) as connection:
        assert connection.subprotocol == "ocpp1.6"


@pytest.mark.parametrize("offer", [[], ["ocpp2.0.1"], ["ocpp1.5"], ["OCPP1.6"], ["ocpp16"]])
async def test_without_a_common_subprotocol_the_handshake_is_finished_and_the_connection_closed(
    central: Central, offer: list[str]
) -> None:
    async with dial(central.port, subprotocols=offer) as connection:
        assert connection.response is not None
        assert "Sec-WebSocket-Protocol" not in connection.response.headers
        async with asyncio.timeout(2):
            with pytest.raises(ConnectionClosed):
                await connection.recv()
        assert connection.close_code == 1002
    assert central.opened == []


async def test_a_connection_without_subprotocol_does_not_replace_a_good_one(central: Central) -> None:
    async with dial(central.port) as good:
        async with dial(central.port, subprotocols=[]) as connection:
            async with asyncio.timeout(2):
                await connection.wait_closed()
        await ask(good, HEARTBEAT)


async def test_compression_is_never_agreed(central: Central) -> None:
    async with dial(central.port, extensions=[ClientPerMessageDeflateFactory()]) as connection:
        assert connection.response is not None
        assert "Sec-WebSocket-Extensions" not in connection.response.headers


# One connection an identity


async def test_the_newest_connection_wins_and_calls_over_the_old_one_fail(central: Central) -> None:
    async with dial(central.port) as old:
        await ask(old, HEARTBEAT)
        asking = asyncio.create_task(central.opened[0].call(v16.ClearCache()))
        await old.recv()
        async with dial(central.port) as new:
            with pytest.raises(ConnectionLost, match="replaced"):
                await asking
            await ask(new, HEARTBEAT)
            async with asyncio.timeout(2):
                await old.wait_closed()
            assert old.close_code == 1008
            assert central.server is not None
            assert central.server.peers == {"CP7": central.opened[1]}
            assert central.opened[0].connection_id < central.opened[1].connection_id
            calling = asyncio.create_task(central.opened[1].call(v16.ClearCache()))
            message_id = json.loads(await new.recv())[1]
            await new.send(json.dumps([3, message_id, {"status": "Accepted"}]))
            assert (await calling).status == "Accepted"


async def test_a_half_open_connection_keeps_nobody_out(central: Central) -> None:
    """The cable was pulled: the old socket neither reads nor answers any more."""
    reader, writer = await asyncio.open_connection("127.0.0.1", central.port)
    writer.write(handshake())
    assert b" 101 " in await reader.readline()
    await central.opened_count(1)
    asking = asyncio.create_task(central.opened[0].call(v16.ClearCache()))
    async with asyncio.timeout(1), dial(central.port) as new:
        await ask(new, HEARTBEAT)
        with pytest.raises(ConnectionLost):
            await asking
    await until(lambda: len(central.ended) == 2)
    writer.close()


async def test_what_the_old_connection_still_says_is_not_heard(central: Central) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", central.port)
    writer.write(handshake())
    assert b" 101 " in await reader.readline()
    await central.opened_count(1)
    async with dial(central.port) as new:
        await ask(new, HEARTBEAT)
        writer.write(masked(HEARTBEAT.encode()))
        await writer.drain()
        await ask(new, HEARTBEAT)
        await until(lambda: len(central.ended) == 1)
    assert len(central.calls) == 2
    writer.close()


# Size and time


async def test_a_frame_over_the_limit_closes_with_1009(start: Start) -> None:
    central = await start(replace(QUICK, max_message=4096))
    async with dial(central.port, max_size=None) as connection:
        await ask(connection, HEARTBEAT)
        await connection.send("x" * 5000)
        async with asyncio.timeout(2):
            await connection.wait_closed()
        assert connection.close_code == 1009


async def test_a_declared_length_of_a_gigabyte_closes_with_1009(central: Central) -> None:
    assert await closed_after(central, b"\x81\xff" + (10**9).to_bytes(8, "big") + b"\0\0\0\0") == 1009


async def test_a_message_of_many_small_fragments_is_limited_too(start: Start) -> None:
    central = await start(replace(QUICK, max_message=4096))
    fragments = b"\x01\x80\0\0\0\0" + b"\x00\x8a\0\0\0\0xxxxxxxxxx" * 1000
    assert await closed_after(central, fragments) == 1009


async def test_endless_empty_fragments_are_limited_too(central: Central) -> None:
    assert await closed_after(central, b"\x01\x80\0\0\0\0" + b"\x00\x80\0\0\0\0" * 100_000) in (1009, 1002)


@pytest.mark.parametrize(
    "data",
    [
        b"\x81\x05hello",  # not masked
        b"\xf1\x80\0\0\0\0",  # reserved bits
        b"\x83\x80\0\0\0\0",  # reserved opcode
        b"\x09\x80\0\0\0\0",  # fragmented ping
        b"\x80\x80\0\0\0\0",  # continues nothing
    ],
)
async def test_broken_framing_closes_with_1002(central: Central, data: bytes) -> None:
    assert await closed_after(central, data) == 1002


async def test_invalid_utf8_closes_this_connection_only(central: Central) -> None:
    central.knows("CP8")
    async with dial(central.port, "/ocpp/CP8") as other:
        assert await closed_after(central, masked(b"\xff\xfe")) == 1007
        await ask(other, HEARTBEAT)


async def test_a_handshake_that_dawdles_is_cut_off_while_others_get_in(start: Start) -> None:
    central = await start(replace(QUICK, open_timeout_s=0.5))
    slow = [await asyncio.open_connection("127.0.0.1", central.port) for _ in range(50)]
    for _, writer in slow:
        writer.write(b"GET /ocpp/CP7 HTTP/1.1\r\nHost: x\r\n")
    async with dial(central.port) as connection:
        await ask(connection, HEARTBEAT)
    async with asyncio.timeout(5):
        for reader, writer in slow:
            await reader.read()
            writer.close()


async def test_a_tls_handshake_that_dawdles_is_cut_off(start: Start, certificates: Certificates) -> None:
    central = await start(replace(QUICK, open_timeout_s=0.5), certificates.server)
    reader, writer = await asyncio.open_connection("127.0.0.1", central.port)
    writer.write(b"\x16\x03\x01")
    async with asyncio.timeout(3):
        assert await reader.read() == b""
    writer.close()


async def test_a_peer_that_answers_no_ping_is_let_go(start: Start) -> None:
    central = await start(replace(QUICK, ping_interval_s=0.1, ping_timeout_s=0.1))
    reader, writer = await asyncio.open_connection("127.0.0.1", central.port)
    writer.write(handshake())
    assert b" 101 " in await reader.readline()
    await central.opened_count(1)
    await until(lambda: len(central.ended) == 1, within_s=5)
    writer.close()


async def test_a_flood_is_throttled_and_others_are_not(start: Start) -> None:
    central = await start(replace(QUICK, messages_per_s=20, burst=10))
    central.knows("CP8")
    now_s = asyncio.get_running_loop().time
    async with dial(central.port) as flood, dial(central.port, "/ocpp/CP8") as other:
        started_s = now_s()
        for n in range(20):
            await flood.send(f'[2,"{n}","Heartbeat",{{}}]')
        await ask(other, HEARTBEAT)
        assert now_s() - started_s < 0.3
        for _ in range(20):
            await flood.recv()
        assert now_s() - started_s >= 0.4


# TLS, and the end


async def test_the_server_speaks_tls(start: Start, certificates: Certificates) -> None:
    central = await start(ssl=certificates.server)
    async with dial(central.port, ssl=certificates.trusting) as secure:
        await ask(secure, HEARTBEAT)


async def test_closing_ends_every_connection_and_waits_for_its_owner(central: Central) -> None:
    async with dial(central.port) as connection:
        await ask(connection, HEARTBEAT)
        assert central.server is not None
        async with asyncio.timeout(5):
            await central.server.close()
        assert len(central.ended) == 1
        async with asyncio.timeout(2):
            await connection.wait_closed()
        assert connection.close_code == 1001
    with pytest.raises(OSError, match=r"."), socket.create_connection(("127.0.0.1", central.port), timeout=1):
        pass


async def test_an_owner_that_fails_costs_its_own_connection_only(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fail(peer: object) -> None:
        raise RuntimeError("bug")

    central = await start(on_connect=fail)
    async with dial(central.port) as connection:
        async with asyncio.timeout(2):
            await connection.wait_closed()
    assert central.server is not None
    assert central.server.peers == {}
    lines = capsys.readouterr().err.splitlines()
    assert len([line for line in lines if "connection.failed" in line]) == 1


async def test_no_line_shows_a_key(central: Central, capsys: pytest.CaptureFixture[str]) -> None:
    async with dial(central.port) as connection:
        await ask(connection, HEARTBEAT)
    await refused(central.port, authorization=basic_auth.header("CP7", WRONG))
    await until(lambda: len(central.ended) == 1)
    lines = capsys.readouterr().err
    assert "connection.opened charge_point=CP7" in lines
    assert "connection.refused charge_point=CP7" in lines
    for secret in (KEY, WRONG, basic_auth.header("CP7", KEY), basic_auth.header("CP7", WRONG)):
        assert secret not in lines


# A WebSocket by hand


def handshake() -> bytes:
    return (
        "GET /ocpp/CP7 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Protocol: ocpp1.6\r\nAuthorization: {basic_auth.header('CP7', KEY)}\r\n\r\n"
    ).encode()


def masked(payload: bytes) -> bytes:
    return bytes([0x81, 0x80 | len(payload)]) + b"\0\0\0\0" + payload


async def closed_after(central: Central, data: bytes) -> int:
    """The close code that follows `data`."""
    reader, writer = await asyncio.open_connection("127.0.0.1", central.port)
    async with asyncio.timeout(5):
        writer.write(handshake())
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101"), head
        writer.write(data)
        answer = await reader.read(4)
        writer.close()
        assert answer[0] == 0x88, answer
        return int.from_bytes(answer[2:4], "big")


@pytest.mark.parametrize(
    ("remote", "counted_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("local", "local"),
    ],
)
def test_an_ipv6_customer_counts_as_one_address(remote: str, counted_as: str) -> None:
    assert _network(remote) == counted_as
