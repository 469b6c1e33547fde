"""The connection and its frames, rules 1 to 16 and 18 (OCPP-J 1.6), and how it comes back whatever takes it away.

More of the WebSocket itself: test_net_websocket.py; timeouts, late answers and crossing calls: test_ocpp_link.py.
"""
import asyncio
import json
import textwrap
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from hardware.bench.charge_point import ChargePoint
from hardware.bench.relay import Cut
from hardware.bench.world import World
from tests.firmware.central_system import CentralSystem, central_system
from tests.firmware.ocpp import registering
from tests.firmware.ocpp.core_bench import on_the_bench
from tests.firmware.on_micropython import run
from tests.firmware.test_charge_point import charge, closed, configure, options, register_wh, said, tap, until
from tests.firmware.test_net_websocket import play as play_socket
from tests.firmware.test_net_websocket import url_of

pytestmark = pytest.mark.slow


def play(source: str) -> None:
    """With a charger that is accepted; `answers(frame)`: what it says to one frame of the central system."""
    registering.play("""
        charger = Charger(("Accepted", 300), handle=lambda action, payload: handle(action, payload))
        handled = []
        def handle(action, payload):
            handled.append((action, payload))
            return {"status": "Accepted"} if action == "Reset" else None
        await charger.until(lambda: len(charger.said("StatusNotification")) == 3)
        socket = charger.sockets[0]
        async def answers(frame):
            before = len(socket.sent)
            socket._come.append(frame if isinstance(frame, bytes) else frame.encode())
            socket._news.set()
            await asyncio.sleep_ms(40)
            return socket.sent[before:]
        """ + source)


async def test_rule_01_the_url_names_the_identity_percent_encoded(tmp_path: Path) -> None:
    asked: list[Request] = []

    def note(connection: ServerConnection, request: Request) -> Response:
        asked.append(request)
        return connection.respond(404, "unknown")

    async with serve(lambda connection: connection.close(), "127.0.0.1", 0, process_request=note) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with World(tmp_path) as world:
            await world.add(options(f"ws://127.0.0.1:{port}/ocpp/", identity="RDAM|1@b:c"))
            await until("asked", lambda: asked)
    assert asked[0].path == "/ocpp/RDAM%7C1%40b%3Ac"
    run("from firmware.net.handshake import percent_encoded\nassert percent_encoded('RDAM 123') == 'RDAM%20123'")


async def test_rule_02_ocpp16_is_offered_and_must_be_granted() -> None:
    offers: list[str] = []

    async def note(connection: ServerConnection) -> None:
        assert connection.request
        offers.append(connection.request.headers["Sec-WebSocket-Protocol"])

    async with serve(note, "127.0.0.1", 0, subprotocols=["ocpp1.6"]) as server:  # type: ignore[list-item]
        await play_socket(url_of(server), "await connect()")
    assert offers == ["ocpp1.6"]


async def test_rule_04_a_server_that_grants_no_sub_protocol_is_no_connection() -> None:
    async def hold(connection: ServerConnection) -> None:
        await connection.wait_closed()

    async with serve(hold, "127.0.0.1", 0) as server:
        await play_socket(url_of(server), """
            for offered in ("ocpp1.6", "OCPP1.6"):
                assert "does not speak" in str(await fails(connect(sub_protocol=offered)))
        """)


def test_rule_05_one_call_at_a_time_and_rule_06_a_late_answer_changes_nothing() -> None:
    registering.play("""
        charger = Charger(("Accepted", 300))
        await charger.until(lambda: len(charger.said("StatusNotification")) == 3)
        socket = charger.sockets[0]
        come, socket.come = socket.come, lambda item: None   # answers go nowhere from here
        calls = [asyncio.create_task(charger.link.call("DataTransfer", {"n": n})) for n in range(2)]
        await asyncio.sleep_ms(300)
        open_calls = [f for f in socket.sent if f[0] == 2 and f[2] == "DataTransfer"]
        assert len(open_calls) == 1   # the second waits for the first
        come([2, "theirs", "X", {}])   # but theirs is answered while ours is open
        await asyncio.sleep_ms(50)
        assert socket.sent[-1][:2] == [3, "theirs"]
        socket.come = come
        assert isinstance(await fails(calls[0]), CallTimeout)   # MessageTimeout: 1 s here
        come([3, open_calls[0][1], {"late": True}])
        assert await calls[1] == {} and charger.link.late_answers >= 1
    """)


def test_rule_07_what_is_no_frame_is_ignored_and_the_connection_stays() -> None:
    play("""
        for bad in (b"", b"\\xff\\xfe", b'[2,"a","\\xc3\\x28",{}]', "x", "{}", "[]", "[2]", "null", '[2,7,"Reset",{}]',
                    '["2","a","Reset",{}]', "[" * 300, '[2,"a"', "1e999", '[3,"a"]',
                    '[2,{"a":1},"Reset",{}]'):
            assert await answers(bad) == [], bad
        assert not handled and charger.link.connected
        assert (await answers('[2,"b","Reset",{"type":"Soft"}]')) == [[3, "b", {"status": "Accepted"}]]
    """)


def test_rule_08_an_unknown_kind_of_message_is_ignored() -> None:
    play("""
        for unknown in ('[9,"a","Reset",{}]', '[5,"a"]', '[0,"a","Reset",{}]', '[-2,"a",{}]', '[1]'):
            assert await answers(unknown) == [], unknown
        assert not handled and charger.link.connected
    """)


def test_rule_06_a_call_is_dead_after_its_timeout_and_the_next_one_leaves() -> None:
    registering.play("""
        charger = Charger(("Accepted", 300), MessageTimeout=1)
        await charger.until(lambda: len(charger.said("StatusNotification")) == 3)
        socket = charger.sockets[0]
        come, socket.come = socket.come, lambda item: None   # answers go nowhere from here
        call = asyncio.create_task(charger.link.call("DataTransfer", {}))
        await asyncio.sleep_ms(200)
        dead = socket.sent[-1][1]
        come([9, "a sign of life", {}])   # the link itself is well
        assert isinstance(await fails(call), CallTimeout)
        come([3, dead, {"late": True}])
        socket.come = come
        assert await charger.link.call("DataTransfer", {}) == {}
        assert charger.link.late_answers == 1 and len(charger.sockets) == 1
    """)


def test_rule_09_message_ids_are_short_and_never_the_same_twice() -> None:
    play("""
        for _ in range(20):
            await charger.link.call("DataTransfer", {})
        charger.sockets[0].come(OSError(104))
        await charger.until(lambda: len(charger.sockets) == 2 and charger.link.connected)
        await charger.link.call("DataTransfer", {})
        ids = [f[1] for s in charger.sockets for f in s.sent if f[0] == 2]
        assert len(ids) == len(set(ids)) == 25 and all(isinstance(i, str) and 0 < len(i) <= 36 for i in ids)
        theirs = "x" * 36
        charger.sockets[1].come([2, theirs, "Reset", {}])
        await asyncio.sleep_ms(50)
        assert charger.sockets[1].sent[-1][:2] == [3, theirs]
    """)


def test_rule_10_actions_have_their_case_and_null_is_an_empty_payload() -> None:
    play("""
        assert (await answers('[2,"a","reset",{}]'))[0][:3] == [4, "a", "NotImplemented"]
        assert (await answers('[2,"b","Reset",null]')) == [[3, "b", {"status": "Accepted"}]]
        assert handled[-1] == ("Reset", {})
        await charger.registration.heartbeat()
        assert [f[2:] for f in socket.sent if f[0] == 2][-1] == ["Heartbeat", {}]
    """)


async def test_rule_13_a_bad_result_is_an_answer_and_an_error_has_its_code(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path) as (system, charge_point):
        assert system.connection
        expected = {
            '[2,"a","ChangeConfiguration",{"key":"HeartbeatInterval","value":"x"}]': '[3,"a",{"status":"Rejected"}]',
            '[2,"b","RemoteStopTransaction",{"transactionId":7}]': '[3,"b",{"status":"Rejected"}]',
            '[2,"c","NoSuchAction",{}]': "NotImplemented",
            '[2,"d","SignedUpdateFirmware",{}]': "NotSupported",   # OCPP knows it, this firmware does not do it
            '[2,"e","ExtendedTriggerMessage",{"requestedMessage":"Heartbeat"}]': "NotSupported",
            '[2,"f","Reset",{}]': "ProtocolError",
            '[2,"g","Reset",{"type":7}]': "TypeConstraintViolation",
            '[2,"h","Reset",{"type":null}]': "TypeConstraintViolation",
            '[2,"i","Reset",{"type":"Warm"}]': "PropertyConstraintViolation",
            '[2,"j","RemoteStartTransaction",{"idTag":"123456789012345678901"}]': "PropertyConstraintViolation",
            '[2,"k","UnlockConnector",{"connectorId":true}]': "TypeConstraintViolation",
            json.dumps([2, "l", "GetConfiguration", {"key": ["k"] * 99}]): "OccurenceConstraintViolation",
            '[2,"m","Reset",[]]': "FormationViolation",
            '[2,"n","Reset"]': "FormationViolation",
            '[2,"%s","Reset",{}]' % ("x" * 37): "FormationViolation",   # an id that is too long is an error too
            '[2,"q\\"o","Reset",{}]': "ProtocolError",
        }
        for frame, wanted in expected.items():
            seen = len(system.frames)
            await system.connection.send(frame)
            await until(wanted, lambda seen=seen: len(system.frames) > seen)
            answer = json.loads(system.frames[seen])
            if wanted.startswith("["):
                assert answer == json.loads(wanted), frame
            else:
                assert answer[:1] + answer[2:3] == [4, wanted], frame
                assert len(answer) == 5, frame
                assert isinstance(answer[3], str), frame
                assert answer[4] == {}, frame
            assert answer[1] == json.loads(frame)[1]
        assert system.connections == 1
        assert charge_point.boots == 1


def test_rule_12_an_answer_may_take_its_time_and_its_id_is_not_used_twice_meanwhile() -> None:
    registering.play("""
        async def slowly(kind):
            await asyncio.sleep_ms(300)
            return {"status": "Unlocked"} if kind == "good" else nothing
        charger = Charger(("Accepted", 300), handle=lambda action, payload: slowly(payload["kind"]))
        await charger.until(lambda: len(charger.said("StatusNotification")) == 3)
        socket = charger.sockets[0]
        before = len(socket.sent)
        for message_id, kind in (("a", "good"), ("a", "good"), ("b", "bad")):
            socket.come([2, message_id, "UnlockConnector", {"kind": kind}])
            await asyncio.sleep_ms(20)
        await charger.link.call("DataTransfer", {})   # nothing waits for the bolt
        assert [f[:3] for f in socket.sent[before:] if f[0] != 2] == [[4, "a", "FormationViolation"]]
        await charger.until(lambda: len(socket.sent) == before + 4)
        assert socket.sent[-2:] == [[3, "a", {"status": "Unlocked"}], [4, "b", "InternalError", "", {}]]
        socket.come([2, "c", "UnlockConnector", {"kind": "good"}])
        await asyncio.sleep_ms(50)
        socket.come(OSError(104))   # who asked is gone
        await charger.until(lambda: len(charger.sockets) == 2 and charger.link.connected)
        await asyncio.sleep_ms(400)
        assert not [f for f in charger.sockets[1].sent if f[0] != 2]
    """)


def test_rule_14_a_callerror_is_understood_however_it_is_spelt() -> None:
    registering.play("""
        charger = Charger(("Accepted", 300))
        await charger.until(lambda: len(charger.said("StatusNotification")) == 3)
        socket, come = charger.sockets[0], charger.sockets[0].come
        socket.come = lambda item: None
        for code in ("FormationViolation", "FormatViolation", "OccurenceConstraintViolation",
                     "OccurrenceConstraintViolation", "Whatever"):
            task = asyncio.create_task(charger.link.call("DataTransfer", {}))
            await asyncio.sleep_ms(20)
            come([4, socket.sent[-1][1], code, "", {}])
            error = await fails(task)
            assert isinstance(error, CallError) and error.code == code
    """)


def test_rule_15_without_a_pong_in_time_it_is_not_connected_and_0_switches_pings_off() -> None:
    registering.play("""
        pinging, quiet = Charger(("Accepted", 300), WebSocketPingInterval=1), Charger(("Accepted", 300))
        await quiet.until(lambda: len(quiet.said("StatusNotification")) == 3 and pinging.sockets)
        socket, silent = pinging.sockets[0], quiet.sockets[0]
        await pinging.until(lambda: socket.pings == 1)
        assert pinging.link.connected and silent.pings == 0
        now_ms = time.ticks_ms()
        for dead in (socket, silent):
            dead.last_received_ms = time.ticks_add(now_ms, -11_500)
        await pinging.until(lambda: len(pinging.sockets) == 2)
        assert socket.closed and not silent.closed and quiet.link.connected
    """)


def test_rule_16_a_new_connection_brings_no_boot() -> None:
    play("""
        socket.come(OSError(104))
        await charger.until(lambda: len(charger.sockets) == 2 and charger.link.connected)
        charger.shown[1].show("Preparing")
        await charger.until(lambda: len(charger.said("StatusNotification")) == 4)
        assert charger.said("BootNotification") == ["BootNotification"] and charger.link.registered
        charger.shown[1].show("Available")
        await charger.until(lambda: len(charger.said("StatusNotification")) == 5)
    """)


def test_a_lost_connection_is_tried_again_ever_later_and_never_all_at_once() -> None:
    registering.play("""
        from firmware.ocpp import link as module
        class Hasty:   # asyncio, but nobody sleeps
            def __init__(self):
                self.pauses = []
            def __getattr__(self, name):
                return getattr(asyncio, name)
            def sleep(self, seconds):
                self.pauses.append(seconds)
                return asyncio.sleep_ms(1)
        module.asyncio = hasty = Hasty()
        class Refused(Exception):
            retry_after_s = 0
        async def connect():
            error = Refused("no")
            error.retry_after_s = 99 if len(hasty.pauses) == 300 else 0
            raise error
        charger = Charger(("Accepted", 300))
        charger.connect = connect
        runner = asyncio.create_task(module.Link(lambda: True, Queue(), Keys()).run(connect, None))
        while len(hasty.pauses) < 301:
            await asyncio.sleep_ms(10)
        middle_s = 1
        for pause_s in hasty.pauses[:300]:
            assert 0.5 * middle_s <= pause_s <= 1.5 * middle_s
            middle_s = min(2 * middle_s, 30)
        assert hasty.pauses[300] == 99   # the server's own word counts
        late = hasty.pauses[10:300]
        assert min(late) < 18 and max(late) > 42 and len(set(late)) > 100
    """)


def test_rule_18_times_with_fractions_and_offsets_are_read_and_utc_is_written() -> None:
    run(textwrap.dedent("""
        from firmware.clock import iso
        from firmware.iso8601 import parse_iso
        same = ("2031-05-06T07:08:09Z", "2031-05-06T07:08:09.5Z", "2031-05-06T07:08:09.123456+00:00",
                "2031-05-06T09:08:09+02:00", "2031-05-06T01:38:09.9-05:30", "2031-05-06t07:08:09z")
        assert {parse_iso(text) for text in same} == {parse_iso(same[0])}
        assert iso(parse_iso(same[3])) == "2031-05-06T07:08:09Z"
    """))


# Whatever takes the connection away: it comes back by itself, without a reboot. All at once, as each takes its time.


@asynccontextmanager
async def connected(world: World, identity: str, **changes: object) -> AsyncIterator[tuple[CentralSystem, ChargePoint]]:
    async with central_system() as system:
        charge_point = await world.add(options(system.url, identity=identity, **changes))
        await system.wait_for("StatusNotification", connector_id=1, status="Available", within_s=40)
        yield system, charge_point


def boots(system: CentralSystem) -> int:
    return len(system.all("BootNotification"))


async def weak_for_15_s(world: World, identity: str, how: Cut, ping_interval_s: int) -> None:
    """What a driver knows as "one bar": the charge goes on, and so does the link when the air is clear again."""
    async with connected(world, identity) as (system, charge_point):
        await configure(system, WebSocketPingInterval=ping_interval_s, MeterValueSampleInterval=1)
        await charge(system, charge_point)
        charge_point.set_link(False, how)
        await asyncio.sleep(15)
        assert closed(charge_point)
        charge_point.set_link(True)
        heard = len(system.all("MeterValues"))
        await system.wait_for("MeterValues", count=heard + 1, within_s=60)   # back
        await tap(charge_point)
        stop = await system.wait_for("StopTransaction")
        assert stop["meter_stop"] == register_wh(charge_point)
        assert (charge_point.boots, boots(system), len(system.all("StartTransaction"))) == (1, 1, 1)


async def nobody_there_at_first(world: World) -> None:
    """Cold boot with the central system down; a car with a card waits meanwhile in vain, then charges."""
    async with central_system() as system:
        await system.down()
        charge_point = await world.add(options(system.url, identity="DOWN"))
        await until("tried", lambda: said(charge_point, "link.failed"), within_s=40)
        await system.up()
        await system.wait_for("StatusNotification", connector_id=1, status="Available", within_s=60)
        assert charge_point.boots == 1


async def a_server_that_takes_the_call_and_says_nothing(world: World) -> None:
    hung: list[asyncio.StreamWriter] = []

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hung.append(writer)
        await reader.read(-1)
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    charge_point = await world.add(options(f"ws://127.0.0.1:{port}/ocpp", identity="HANG"))
    await until("asked", lambda: hung, within_s=40)
    await until("given up", lambda: said(charge_point, "link.failed error=no answer within 20 s"), within_s=40)
    server.close()
    async with central_system() as system:
        await system.down()
        system.port = port
        await system.up()
        await system.wait_for("StatusNotification", connector_id=1, status="Available", within_s=60)
    assert charge_point.boots == 1


async def no_name_is_found(world: World) -> None:
    async with central_system() as system:
        charge_point = await world.add(options(system.url, identity="NAME"))
        charge_point.set_link(False, Cut.NAMES)
        await until("told", lambda: sum("link.failed error=-202" in line for line in charge_point.console) >= 2, 40)
        charge_point.set_link(True)
        await system.wait_for("StatusNotification", connector_id=1, status="Available", within_s=60)
        assert charge_point.boots == 1


async def test_whatever_takes_the_connection_away_it_comes_back_without_a_reboot(tmp_path: Path) -> None:
    async with World(tmp_path) as world, asyncio.TaskGroup() as group:
        group.create_task(weak_for_15_s(world, "WEAK", Cut.WEAK, 30))       # shorter than the ping's patience
        group.create_task(weak_for_15_s(world, "WEAK5", Cut.WEAK, 1))       # longer: found dead and made anew
        group.create_task(weak_for_15_s(world, "GONE", Cut.SILENT, 30))     # the station itself loses the network
        group.create_task(nobody_there_at_first(world))
        group.create_task(a_server_that_takes_the_call_and_says_nothing(world))
        group.create_task(no_name_is_found(world))
