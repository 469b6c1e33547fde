import asyncio

import pytest

from csms.bus import messages
from csms.bus.errors import NoResponders, RequestTimeout
from csms.bus.in_process import InProcessBus


async def echo(data: bytes) -> bytes:
    return data + data


async def test_a_request_gets_the_answer_of_the_one_who_knows() -> None:
    bus = InProcessBus()
    leave = bus.answer("a", echo)
    assert await bus.request("a", b"x", 1) == b"xx"
    leave()
    with pytest.raises(NoResponders):
        await bus.request("a", b"x", 1)


async def test_an_old_answerer_that_leaves_does_not_take_the_new_one_along() -> None:
    bus = InProcessBus()
    leave_old = bus.answer("a", echo)

    async def newer(data: bytes) -> bytes:
        return b"new"

    bus.answer("a", newer)
    leave_old()
    assert await bus.request("a", b"x", 1) == b"new"


async def test_an_answer_that_is_late_is_a_timeout() -> None:
    bus = InProcessBus()

    async def never(data: bytes) -> bytes:
        await asyncio.Event().wait()
        return b""

    bus.answer("a", never)
    with pytest.raises(RequestTimeout):
        await bus.request("a", b"x", 0.01)


def test_everyone_who_listens_hears_until_they_leave() -> None:
    bus, one, two = InProcessBus(), [], []
    leave = bus.subscribe("a", one.append)
    bus.subscribe("a", two.append)
    bus.publish("a", b"1")
    leave()
    bus.publish("a", b"2")
    bus.publish("b", b"3")
    assert (one, two) == ([b"1"], [b"1", b"2"])


def test_subjects_hold_no_characters_that_mean_something_to_a_carrier() -> None:
    subject = messages.command_subject("CP*>.1 |:@")
    assert subject.removeprefix("ocpp.command.").isalnum()
