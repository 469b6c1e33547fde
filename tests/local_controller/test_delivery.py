"""The lanes: an outage is made up for quickly, in order, each message once, and cards do not wait for it."""

import asyncio
import sqlite3
import time
from typing import Any

import pytest

from local_controller import delivery
from local_controller import store as store_module
from tests.local_controller.central import Central
from tests.local_controller.running import Running
from tests.local_controller.waiting import eventually
from tests.local_controller.wire import ChargePoint, start_of, stop_of, values_of

KEPT = {"StartTransaction", "MeterValues", "StopTransaction"}


async def charge(charge_point: ChargePoint, sessions: int, samples: int) -> list[tuple[str, Any]]:
    """Charges, one after the other; what the central system is to get, with None for its own id."""
    expected: list[tuple[str, Any]] = []
    for session in range(sessions):
        start = start_of(at=f"2026-03-01T{session:02}:00:00Z", meter_wh=1000 * session)
        ours = (await charge_point.call("StartTransaction", start))["transactionId"]
        expected.append(("StartTransaction", start))
        for minute in range(1, samples + 1):
            values = values_of(ours, 1000 * session + minute, at=f"2026-03-01T{session:02}:{minute:02}:00Z")
            await charge_point.call("MeterValues", values)
            expected.append(("MeterValues", {**values, "transactionId": session}))
        stop = stop_of(ours, at=f"2026-03-01T{session:02}:59:00Z", meter_wh=1000 * session + 900)
        await charge_point.call("StopTransaction", stop)
        expected.append(("StopTransaction", {**stop, "transactionId": session}))
    return expected


def arrived(central: Central, identity: str) -> list[tuple[str, Any]]:
    """What came of one charge point; its transactions numbered in the order in which they began."""
    numbers: dict[int, int] = {}
    seen = []
    for r in central.received:
        if r.identity == identity and r.action in KEPT:
            payload = dict(r.payload)
            if r.action == "StartTransaction":
                numbers[central._starts[r.identity.encode() + r.raw]] = len(numbers)
            else:
                payload["transactionId"] = numbers[payload["transactionId"]]
            seen.append((r.action, payload))
    return seen


async def test_a_page_of_the_queue_never_carries_an_id_from_before_its_start(
    site: Running, central: Central, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three sessions lie in one read of the queue: each message must carry the id that its start got on the way."""
    charge_point = await site.adopt()
    await central.stop()
    async with charge_point:
        await charge_point.boot()
        expected = await charge(charge_point, sessions=3, samples=4)
        assert len(expected) < delivery.READ_AT_ONCE
        await central.start()
        await site.all_delivered()
    assert arrived(central, charge_point.identity) == expected


async def test_the_lanes_share_commits(
    site: Running, central: Central, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge_points = [await site.adopt(f"S{n}") for n in range(12)]
    await central.stop()
    expected: dict[str, list[Any]] = {}

    async def fill(charge_point: ChargePoint) -> None:
        async with charge_point:
            await charge_point.boot()
            expected[charge_point.identity] = await charge(charge_point, sessions=1, samples=18)

    await asyncio.gather(*map(fill, charge_points))
    real = store_module._transaction

    def on_an_sd_card(*args: Any) -> Any:
        time.sleep(0.02)
        return real(*args)

    monkeypatch.setattr(store_module, "_transaction", on_an_sd_card)
    before = site.store.commits
    await central.start()
    await site.all_delivered()
    for identity, messages in expected.items():
        assert arrived(central, identity) == messages
    assert site.store.commits - before < 240 / 2, "the lanes do not share their commits"


async def test_a_card_waits_for_one_message_of_the_queue_and_not_for_all(site: Running, central: Central) -> None:
    charge_point = await site.adopt()
    await central.stop()
    async with charge_point:
        await charge_point.boot()
        await charge(charge_point, sessions=1, samples=20)

        def answer_this_one_and_no_more(*_: object) -> dict[str, Any]:
            del central.answers["MeterValues"]
            central.fall_silent()
            return {}

        central.answers["MeterValues"] = answer_this_one_and_no_more
        await central.start()
        await central.wait_for("MeterValues")
        north = site.site._charge_points[charge_point.identity].north
        assert north is not None
        await eventually("the second sample is on its way", lambda: north._open is not None)
        asked = asyncio.create_task(charge_point.call("Authorize", idTag="04A1B2C3"))
        await eventually("the card waits behind it", lambda: north._turn._waiters)
        central._speaks.set()
        await asked
        came = [r.action for r in central.received if r.action in KEPT or r.action == "Authorize"]
        assert came.index("Authorize") == 3, came[:5]
        await site.all_delivered()


async def test_a_disk_that_is_full_when_the_answer_comes_makes_no_message_go_twice(
    site: Running, central: Central, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "SILENCE_WAIT_S", 0.02)
    charge_point = await site.adopt()
    async with charge_point:
        await charge_point.boot()
        central.fall_silent()
        ours = (await charge_point.call("StartTransaction", start_of()))["transactionId"]
        broken: list[float] = []

        def full(*_: object) -> None:
            broken.append(time.monotonic())
            raise sqlite3.OperationalError("database or disk is full")

        monkeypatch.setattr(delivery.queue, "delivered", full)
        central._speaks.set()
        await eventually("several tries to note the answer", lambda: len(broken) > 3)
        assert len(central.got("StartTransaction")) == 1
        monkeypatch.undo()
        await charge_point.call("StopTransaction", stop_of(ours))
        await site.all_delivered()
    assert [action for action, _ in arrived(central, charge_point.identity)] == ["StartTransaction", "StopTransaction"]
