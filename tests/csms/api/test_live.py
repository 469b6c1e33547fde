"""The stream that pages listen to, when much happens at once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from fastapi.responses import StreamingResponse

from csms.api import charging, events
from csms.api.live import Listener, Live, chunks
from csms.bus import messages
from csms.bus.in_process import InProcessBus
from csms.store.users import User

OPERATOR = User(1, "o@example.org", "Operator", "admin")
FLEET = 2000  # charge points whose clocks strike at once


def samples(bus: InProcessBus, count: int) -> None:
    for number in range(count):
        data = msgspec.Raw(msgspec.json.encode({"charge_point": f"F{number}", "transaction_id": number}))
        event = messages.Event(number, "MeterSample", data, None)
        bus.publish(messages.EVENTS, messages.encode(event))


async def heard(listener: Listener) -> list[bytes]:
    """All pieces until the stream ends or nothing more comes."""
    pieces: list[bytes] = []
    stream = chunks(listener)
    await anext(stream)  # the greeting
    while not listener.queue.empty():
        try:
            pieces.append(await anext(stream) + listener.waiting())
        except StopAsyncIteration:
            return [*pieces, b"end"]
    return pieces


async def test_what_a_whole_fleet_tells_in_one_moment_reaches_a_page_in_order_and_in_one_piece() -> None:
    bus = InProcessBus()
    live = Live(bus)
    listener = live.join(OPERATOR)
    samples(bus, FLEET)
    (piece,) = await heard(listener)
    told = [line for line in piece.split(b"\n") if line.startswith(b"id: ")]
    assert told == [b"id: %d" % number for number in range(FLEET)]


async def test_a_page_that_does_not_read_is_let_go_with_what_it_has_and_not_before() -> None:
    bus = InProcessBus()
    live = Live(bus)
    listener = live.join(OPERATOR)
    samples(bus, 3)
    live.close()
    first, end = await heard(listener)
    assert first.count(b"event: MeterSample") == 3
    assert end == b"end"

    late = Live(bus).join(OPERATOR)
    samples(bus, 10 * FLEET)
    async with asyncio.timeout(10):
        assert (await heard(late))[-1] == b"end"


async def test_what_waits_for_a_page_that_does_not_read_is_bounded_in_bytes_and_is_one_copy() -> None:
    live = Live(InProcessBus())
    pages = [live.join(OPERATOR, places=True) for _ in range(2)]
    live.tell_places(b"x")
    first, second = (page.queue.get_nowait() for page in pages)
    assert first is second
    for _ in range(30):
        live.tell_places(b"x" * 100_000)
    for page in pages:
        piece, end = await heard(page)
        assert (len(piece) // 100_000, end) == (19, b"end")
        assert page.queue.size_bytes == 0


@pytest.mark.parametrize("route", [events, charging])
async def test_who_has_logged_out_hears_no_more_though_the_stream_is_never_silent(
    route: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 0.0
    looked: list[float] = []

    async def still_is(*_: object) -> bool:
        looked.append(now_s)
        return now_s < 30

    async def heard_of(*_: object) -> None: ...

    async def nothing(*_: object) -> list[object]:
        return []

    monkeypatch.setattr(route, "still_is", still_is)
    monkeypatch.setattr(events, "_heard_of", heard_of)
    monkeypatch.setattr(charging, "_of_user", nothing)
    bus = InProcessBus()
    at = datetime(2026, 3, 1, tzinfo=UTC)
    database = SimpleNamespace(read=lambda: asyncio.timeout(9))
    of: Any = SimpleNamespace(live=Live(bus), clock=lambda: at, ticks_s=lambda: now_s, database=database)
    by: Any = SimpleNamespace(user=OPERATOR, expires_at=at + timedelta(days=1))
    opened: Callable[..., Awaitable[StreamingResponse]] = route.events
    stream = aiter((await opened(of, by)).body_iterator)
    await anext(stream)
    told = 0

    async def tell_and_hear() -> None:
        data = msgspec.Raw(b'{"charge_point":"CP1"}')
        bus.publish(messages.EVENTS, messages.encode(messages.Event(told, "TransactionEnded", data, OPERATOR.id)))
        while b"TransactionEnded" not in await anext(stream):  # type: ignore[operator]
            pass

    while told < 30:
        now_s = told
        await tell_and_hear()
        told += 1
    now_s = 30
    with pytest.raises(StopAsyncIteration):
        await tell_and_hear()
    assert (told, looked) == (30, [15, 30])
