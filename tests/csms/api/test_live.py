"""The stream that pages listen to, when much happens at once."""

import asyncio

import msgspec

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
