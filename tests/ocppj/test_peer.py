"""One side of a conversation, with the test as the other side."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from ocppj import peer as peer_module
from ocppj import v16
from ocppj.errors import (
    BadAnswer,
    CallErrorReceived,
    CallTimeout,
    ConnectionLost,
    NotSupported,
    OccurenceConstraintViolation,
)
from ocppj.frames import Call
from ocppj.peer import Peer
from tests.ocppj.wires import Wire, until

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
Handler = Callable[[Call], Awaitable[Any]]


async def answer(call: Call) -> v16.Payload:
    """A small central system."""
    match v16.decode_request(call.action, call.payload):
        case v16.Heartbeat():
            return v16.HeartbeatResult(NOON)
        case v16.Authorize():
            return v16.AuthorizeResult(v16.IdTagInfo("Accepted"))
        case _:
            raise NotSupported("not here", {"hint": "elsewhere"})


@asynccontextmanager
async def talking(handler: Handler = answer, **options: Any) -> AsyncIterator[tuple[Peer, Wire]]:
    wire = Wire()
    ids = itertools.count(1)
    peer = Peer(wire, "CP7", new_id=lambda: f"id{next(ids)}", **options)
    serving = asyncio.create_task(peer.serve(handler))
    try:
        yield peer, wire
    finally:
        wire.cut()
        async with asyncio.timeout(2):
            await serving


# What they ask


async def test_a_call_gets_its_result() -> None:
    async with talking() as (_, wire):
        wire.say([2, "a", "Heartbeat", {}])
        assert await wire.hear() == [3, "a", {"currentTime": "2026-03-01T12:00:00Z"}]


async def test_null_is_an_empty_payload() -> None:
    async with talking() as (_, wire):
        wire.say([2, "a", "Heartbeat", None])
        assert (await wire.hear())[0] == 3


async def test_a_raw_result_passes_byte_for_byte() -> None:
    strange = '{"status":"Accepted","x":1.50,"y":[1,  2]}'

    async def relay(call: Call) -> msgspec.Raw:
        return msgspec.Raw(strange.encode())

    wire = Wire()
    peer = Peer(wire, "CP7")
    serving = asyncio.create_task(peer.serve(relay))
    wire.say([2, "a", "Anything", {}])
    async with asyncio.timeout(2):
        data = await wire._from_peer.get()
    assert data.decode() == f'[3,"a",{strange}]'
    wire.cut()
    await serving


async def test_an_unknown_action_is_not_implemented() -> None:
    async with talking() as (_, wire):
        wire.say([2, "a", "heartbeat", {}])  # actions are case-sensitive
        assert (await wire.hear())[:3] == [4, "a", "NotImplemented"]


async def test_an_rpc_error_becomes_a_callerror_of_five_elements() -> None:
    async with talking() as (_, wire):
        wire.say([2, "a", "ClearCache", {}])
        assert await wire.hear() == [4, "a", "NotSupported", "not here", {"hint": "elsewhere"}]


async def test_a_failing_handler_answers_internal_error_and_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    async def fail(call: Call) -> v16.Payload:
        if call.action == "Heartbeat":
            return v16.HeartbeatResult(NOON)
        raise ValueError("secret detail\nsecond line")

    async with talking(fail) as (_, wire):
        wire.say([2, "a", "Authorize", {"idTag": "A"}])
        assert await wire.hear() == [4, "a", "InternalError", "", {}]
        wire.say([2, "b", "Heartbeat", {}])
        assert (await wire.hear())[:2] == [3, "b"]
    lines = [line for line in "".join(capsys.readouterr()).splitlines() if "call.failed" in line]
    assert len(lines) == 1


async def test_a_cancellation_that_nobody_asked_for_is_a_failure_like_any_other() -> None:
    """A database writer that stops cancels the futures its callers wait on; the conversation must go on."""

    async def wait_on_a_dead_future(call: Call) -> v16.Payload:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        future.cancel()
        await future
        raise AssertionError

    async with talking(wait_on_a_dead_future) as (_, wire):
        for message_id in ("a", "b"):
            wire.say([2, message_id, "Heartbeat", {}])
            assert (await wire.hear())[:3] == [4, message_id, "InternalError"]


async def test_a_handler_that_returns_nonsense_answers_internal_error() -> None:
    async def nonsense(call: Call) -> Any:
        return object()

    async with talking(nonsense) as (_, wire):
        wire.say([2, "a", "Heartbeat", {}])
        assert (await wire.hear())[:3] == [4, "a", "InternalError"]


async def test_details_that_are_no_json_do_not_lose_the_answer() -> None:
    async def refuse(call: Call) -> Any:
        raise OccurenceConstraintViolation("x" * 1000, object())

    async with talking(refuse) as (_, wire):
        wire.say([2, "a", "Heartbeat", {}])
        assert await wire.hear() == [4, "a", "OccurenceConstraintViolation", "x" * 255, {}]


async def test_calls_are_answered_one_at_a_time_and_in_order() -> None:
    running, most, order = 0, 0, []

    async def slow(call: Call) -> v16.Payload:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        order.append(call.message_id)
        running -= 1
        return v16.HeartbeatResult(NOON)

    async with talking(slow) as (_, wire):
        for n in range(10):
            wire.say([2, str(n), "Heartbeat", {}])
        answers = [(await wire.hear())[1] for _ in range(10)]
    assert answers == order == [str(n) for n in range(10)]
    assert most == 1


async def test_a_peer_that_does_not_wait_for_answers_is_read_no_further() -> None:
    gate = asyncio.Event()

    async def wait(call: Call) -> v16.Payload:
        await gate.wait()
        return v16.HeartbeatResult(NOON)

    async with talking(wait) as (_, wire):
        for n in range(100):
            wire.say([2, str(n), "Heartbeat", {}])
        await until(lambda: wire.taken >= peer_module.MAX_WAITING_CALLS)
        for _ in range(50):
            await asyncio.sleep(0)
        assert wire.taken <= peer_module.MAX_WAITING_CALLS + 1
        gate.set()
        assert [(await wire.hear())[1] for _ in range(100)] == [str(n) for n in range(100)]


async def test_a_handler_may_ask_back_before_it_answers() -> None:
    async def ask_first(call: Call) -> v16.Payload:
        result = await peers[0].call(v16.Reset("Soft"))
        assert result.status == "Accepted"
        return v16.HeartbeatResult(NOON)

    peers: list[Peer] = []
    async with talking(ask_first) as (peer, wire):
        peers.append(peer)
        wire.say([2, "a", "Heartbeat", {}])
        assert await wire.hear() == [2, "id1", "Reset", {"type": "Soft"}]
        wire.say([3, "id1", {"status": "Accepted"}])
        assert (await wire.hear())[:2] == [3, "a"]


async def test_an_id_in_use_earns_a_callerror_and_the_first_call_its_answer() -> None:
    gate = asyncio.Event()

    async def wait(call: Call) -> v16.Payload:
        await gate.wait()
        return v16.HeartbeatResult(NOON)

    async with talking(wait) as (_, wire):
        wire.say([2, "a", "Heartbeat", {}])
        wire.say([2, "a", "Heartbeat", {}])
        assert (await wire.hear())[:3] == [4, "a", "ProtocolError"]
        gate.set()
        assert (await wire.hear())[:2] == [3, "a"]
        wire.say([2, "a", "Heartbeat", {}])  # answered, so free again
        assert (await wire.hear())[:2] == [3, "a"]


async def test_an_over_long_id_earns_a_callerror() -> None:
    async with talking() as (_, wire):
        wire.say([2, "x" * 36, "Heartbeat", {}])
        assert (await wire.hear())[0] == 3
        wire.say([2, "x" * 37, "Heartbeat", {}])
        assert (await wire.hear())[:3] == [4, "x" * 37, "ProtocolError"]


# What cannot be read

UNREADABLE = [
    ('[2,"a","Heartbeat",{]', "a"),
    ('[2,"a","Heartbeat",{"x":NaN}]', "a"),
    ('[2,"a","Heartbeat",{"x":"\\ud800"}]', "a"),
    ('[2,"a","Heartbeat",' + "[" * 100_000, "a"),
    ('[2,"a","Heartbeat",' + "[" * 100_000 + "]" * 100_000 + "]", "a"),
    ('[2,"a","Heartbeat"]', "a"),
    ('[2,"a"]', "a"),
    ('[2,"a",7,{}]', "a"),
    ('[2,"a","Heartbeat",{"x":Infinity}]', "a"),
    ('[2,"a","Heartbeat",{}', "a"),
    ("[2]", None),
    ('[2,7,"Heartbeat",{}]', None),
    ("[]", None),
    ("{}", None),
    ("null", None),
    ("", None),
    ("hello", None),
    ("[" * 100_000, None),
    ('\ufeff[2,"a","Heartbeat",{}]', None),
    ('["2","a","Heartbeat",{}]', None),
    ('[2.5,"a","Heartbeat",{}]', None),
    ("[null]", None),
    ('[3,"a"]', None),
    ("[4]", None),
    (b'[2,"a","Heartbeat",{}]', None),
    (b"\xff\xfe\x00", None),
]


@pytest.mark.parametrize(("frame", "answered"), UNREADABLE)
async def test_a_bad_frame_gets_a_callerror_where_its_id_can_be_read_and_the_connection_stays(
    frame: str | bytes, answered: str | None
) -> None:
    async with talking() as (peer, wire):
        wire.say(frame)
        if answered:
            kind, message_id, code, _, details = await wire.hear()
            assert (kind, message_id, details) == (4, answered, {})
            assert code in ("FormationViolation", "ProtocolError")
        wire.say([2, "next", "Heartbeat", {}])
        assert (await wire.hear())[:2] == [3, "next"]
        assert peer.counts.bad_frames == 1


@pytest.mark.parametrize(
    "payload", ['{"x":' + "9" * 400 + "}", '{"x":1e400}', '{"idTag":"A","idTag":"B"}', "[1]", '"x"']
)
async def test_odd_json_is_harmless(payload: str) -> None:
    async with talking() as (_, wire):
        wire.say('[2,"a","Heartbeat",' + payload + "]")
        assert (await wire.hear())[:3] == [4, "a", "FormationViolation"]


@pytest.mark.parametrize("frame", [[5, "a", {}], [99], [-1, "a", "Heartbeat", {}], [0, {}], [10**400, "a"]])
async def test_an_unknown_message_type_is_ignored(frame: Any) -> None:
    async with talking() as (peer, wire):
        wire.say(frame)
        wire.say([2, "next", "Heartbeat", {}])
        assert (await wire.hear())[:2] == [3, "next"]
        assert (peer.counts.unknown_types, peer.counts.bad_frames) == (1, 0)


async def test_only_bad_frames_close_the_connection_in_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    async with talking() as (peer, wire):
        for _ in range(3):
            for _ in range(peer_module.MAX_BAD_FRAMES - 1):
                wire.say("rubbish")
            wire.say([2, "a", "Heartbeat", {}])
            assert (await wire.hear())[0] == 3
        for _ in range(peer_module.MAX_BAD_FRAMES + 5):
            wire.say("rubbish")
        await until(lambda: peer.ended)
        assert wire.closed_with == (1008, "too many bad frames")


# What we ask


async def test_our_call_gets_its_typed_result() -> None:
    async with talking() as (peer, wire):
        asking = asyncio.create_task(peer.call(v16.ChangeAvailability(0, "Operative")))
        assert await wire.hear() == [2, "id1", "ChangeAvailability", {"connectorId": 0, "type": "Operative"}]
        wire.say([3, "id1", {"status": "Scheduled"}])
        assert await asking == v16.ChangeAvailabilityResult("Scheduled")


async def test_one_call_of_ours_is_open_at_a_time() -> None:
    async with talking() as (peer, wire):
        asking = [asyncio.create_task(peer.call(v16.UnlockConnector(n))) for n in (1, 2, 3)]
        for n in (1, 2, 3):
            assert await wire.hear() == [2, f"id{n}", "UnlockConnector", {"connectorId": n}]
            await asyncio.sleep(0)
            assert wire.silent
            wire.say([3, f"id{n}", {"status": "Unlocked"}])
        assert [(await task).status for task in asking] == ["Unlocked"] * 3


async def test_a_call_that_crosses_ours_is_answered() -> None:
    async with talking() as (peer, wire):
        asking = asyncio.create_task(peer.call(v16.ClearCache()))
        await wire.hear()
        wire.say([2, "a", "Heartbeat", {}])
        assert (await wire.hear())[:2] == [3, "a"]
        wire.say([3, "id1", {"status": "Accepted"}])
        assert (await asking).status == "Accepted"


@pytest.mark.parametrize(
    ("sent", "understood"),
    [
        ("FormatViolation", "FormationViolation"),
        ("OccurrenceConstraintViolation", "OccurenceConstraintViolation"),
        ("NotSupported", "NotSupported"),
    ],
)
async def test_a_callerror_raises_with_the_code_in_the_spelling_of_16(sent: str, understood: str) -> None:
    async with talking() as (peer, wire):
        asking = asyncio.create_task(peer.call(v16.ClearCache()))
        await wire.hear()
        wire.say([4, "id1", sent, "why", {"a": 1}])
        with pytest.raises(CallErrorReceived) as error:
            await asking
        assert (error.value.code, error.value.description, error.value.details) == (understood, "why", {"a": 1})
        assert error.value.as_answer().code == understood


async def test_a_callerror_of_three_elements_is_one_too() -> None:
    async with talking() as (peer, wire):
        asking = asyncio.create_task(peer.call(v16.ClearCache()))
        await wire.hear()
        wire.say([4, "id1", "GenericError"])
        with pytest.raises(CallErrorReceived):
            await asking


async def test_a_result_that_breaks_its_schema_is_a_bad_answer() -> None:
    async with talking() as (peer, wire):
        asking = asyncio.create_task(peer.call(v16.ClearCache()))
        await wire.hear()
        wire.say([3, "id1", {"status": "Perhaps"}])
        with pytest.raises(BadAnswer) as error:
            await asking
        assert error.value.error.code == "PropertyConstraintViolation"


async def test_a_late_answer_is_dropped_and_the_next_call_gets_its_own() -> None:
    async with talking() as (peer, wire):
        with pytest.raises(CallTimeout) as timeout:
            await peer.call(v16.ClearCache(), timeout_s=0.01)
        assert timeout.value.sent
        await wire.hear()
        asking = asyncio.create_task(peer.call(v16.ClearCache()))
        await wire.hear()
        wire.say([3, "id1", {"status": "Rejected"}])  # late
        wire.say([3, "never sent", {"status": "Rejected"}])
        wire.say([3, "id2", {"status": "Accepted"}])
        wire.say([3, "id2", {"status": "Rejected"}])  # twice
        assert (await asking).status == "Accepted"
        await until(lambda: peer.counts.late_answers == 3)


async def test_the_timeout_counts_the_wait_for_our_turn() -> None:
    async with talking() as (peer, wire):
        first = asyncio.create_task(peer.call(v16.ClearCache()))
        await wire.hear()
        with pytest.raises(CallTimeout) as timeout:
            await peer.call(v16.ClearCache(), timeout_s=0.01)
        assert not timeout.value.sent
        wire.say([3, "id1", {"status": "Accepted"}])
        await first
        assert wire.silent


async def test_time_is_handed_in() -> None:
    asked: list[float] = []

    @asynccontextmanager
    async def at_once(seconds: float) -> AsyncIterator[None]:
        asked.append(seconds)
        async with asyncio.timeout(0):
            yield

    async with talking(timeout=at_once, timeout_s=12.5) as (peer, _):
        with pytest.raises(CallTimeout):
            await peer.call(v16.ClearCache())
    assert asked == [12.5]


async def test_a_cancelled_call_leaves_the_line_free() -> None:
    async with talking() as (peer, wire):
        asking = asyncio.create_task(peer.call(v16.ClearCache()))
        await wire.hear()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        asking = asyncio.create_task(peer.call(v16.ClearCache()))
        assert (await wire.hear())[1] == "id2"
        wire.say([3, "id1", {"status": "Rejected"}])
        wire.say([3, "id2", {"status": "Accepted"}])
        assert (await asking).status == "Accepted"


# How it ends


async def test_the_end_of_the_connection_fails_every_call_at_once() -> None:
    async with talking() as (peer, wire):
        asking = [asyncio.create_task(peer.call(v16.ClearCache())) for _ in range(3)]
        await wire.hear()
        wire.cut()
        for task in asking:
            with pytest.raises(ConnectionLost):
                await task
        with pytest.raises(ConnectionLost):
            await peer.call(v16.ClearCache())


async def test_closing_fails_open_calls_and_ends_serve() -> None:
    async with talking() as (peer, wire):
        asking = asyncio.create_task(peer.call(v16.ClearCache()))
        await wire.hear()
        await peer.close(1001, "going away")
        with pytest.raises(ConnectionLost, match="going away"):
            await asking
        assert wire.closed_with == (1001, "going away")


async def test_after_the_end_nothing_that_still_arrives_is_handled() -> None:
    seen: list[str] = []

    async def note(call: Call) -> v16.Payload:
        seen.append(call.message_id)
        return v16.HeartbeatResult(NOON)

    async with talking(note) as (peer, wire):
        wire.say([2, "a", "Heartbeat", {}])
        await wire.hear()
        peer.end("replaced")
        wire.say([2, "b", "Heartbeat", {}])
        await asyncio.sleep(0.01)
    assert seen == ["a"]


async def test_a_handler_at_work_may_finish_when_the_connection_ends() -> None:
    gate, finished = asyncio.Event(), []

    async def commit(call: Call) -> v16.Payload:
        await gate.wait()
        finished.append(call.message_id)
        return v16.HeartbeatResult(NOON)

    async with talking(commit) as (peer, wire):
        for n in ("a", "b"):
            wire.say([2, n, "Heartbeat", {}])
        await until(lambda: wire.taken == 2)
        wire.cut()
        await until(lambda: peer.ended)
        gate.set()
    assert finished == ["a"]
    assert peer.counts.dropped_calls == 1


async def test_a_handler_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer_module, "HANDLER_GRACE_S", 0.01)

    async def hang(call: Call) -> v16.Payload:
        await asyncio.Event().wait()
        raise AssertionError

    async with talking(hang) as (_, wire):
        wire.say([2, "a", "Heartbeat", {}])
        await until(lambda: wire.taken == 1)


async def test_connection_ids_grow() -> None:
    assert Peer(Wire(), "A").connection_id < Peer(Wire(), "A").connection_id


async def test_default_message_ids_are_unique_and_short() -> None:
    wire = Wire()
    peer = Peer(wire, "CP7", timeout_s=0.001)
    serving = asyncio.create_task(peer.serve(answer))
    ids = []
    for _ in range(20):
        with pytest.raises(CallTimeout):
            await peer.call(v16.ClearCache())
        ids.append((await wire.hear())[1])
    assert len(set(ids)) == 20
    assert max(map(len, ids)) <= 36
    wire.cut()
    await serving
