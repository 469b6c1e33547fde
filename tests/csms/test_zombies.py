"""Transactions whose end was never told: closed by the rule, billed by the last reading, and only those."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from csms.config import Settings
from csms.handlers.arrival import Terms
from csms.store.database import Database
from csms.store.writer import Writer
from csms.zombies import Zombies
from ocppj.v16 import StatusNotification
from tests.csms.running import CARD, Csms, until
from tests.csms.station import START, Station

AFTER_S = 3600


async def look(settings: Settings, seconds_from_now: float) -> int:
    """What the rule ends when it looks so much later."""
    database = Database(settings.sqlalchemy_url)
    writer = Writer(database.writing)
    writer.start()
    at = datetime.now(UTC) + timedelta(seconds=seconds_from_now)
    try:
        return await Zombies(database, writer, lambda: Terms(45, 300), lambda: AFTER_S, lambda: at).look()
    finally:
        await writer.close()
        await database.close()


async def free(station: Station, at: datetime) -> None:
    await station.peer.call(StatusNotification(1, "NoError", "Available", timestamp=at))


async def scene(csms: Csms, settings: Settings, play: Any) -> tuple[int, dict[str, Any]]:
    """One transaction of 500 Wh without an end, then `play`; how many are ended two hours later, and the session."""
    await csms.driver()
    key = await csms.charge_point("CP1")
    async with csms.station("CP1", key) as station:
        await station.boot()
        started = await station.start(CARD)
        await station.meter(started.transaction_id, 1500, 7000, minutes=30)
        await play(station, started.transaction_id)
        ended = await look(settings, 2 * AFTER_S)
    return ended, await csms.session(started.transaction_id)


async def test_a_connector_that_has_been_free_for_long_ends_it_with_the_last_reading(
    csms: Csms, settings: Settings
) -> None:
    ended, session = await scene(csms, settings, lambda station, _: free(station, START + timedelta(minutes=40)))
    assert ended == 1
    assert (session["state"], session["energy_wh"], session["stop_reason"]) == ("ended", 500, "Other")
    assert session["flags"] == ["closed_by_rule"]
    assert await csms.balance_cents(2) == -session["cost_cents"]


async def test_another_transaction_on_the_connector_ends_it(csms: Csms, settings: Settings) -> None:
    async def play(station: Station, _: int) -> None:
        await station.start(CARD, 1600, at=START + timedelta(hours=1))

    ended, session = await scene(csms, settings, play)
    assert (ended, session["state"]) == (1, "ended")


async def test_a_stop_that_comes_after_all_is_kept_and_not_billed(csms: Csms, settings: Settings) -> None:
    await csms.driver()
    key = await csms.charge_point("CP1")
    async with csms.station("CP1", key) as station:
        await station.boot()
        started = await station.start(CARD)
        await free(station, START + timedelta(minutes=40))
        assert await look(settings, 2 * AFTER_S) == 1
        assert await look(settings, 2 * AFTER_S) == 0
        await station.stop(started.transaction_id, 9000)
    assert (await csms.session(started.transaction_id))["energy_wh"] == 0
    (kept,) = await csms.quarantined()
    assert "ended before" in kept["reason"]


@pytest.mark.parametrize("how", ["charging", "free before it began", "free, but not for long"])
async def test_what_may_still_run_is_left_alone(csms: Csms, settings: Settings, how: str) -> None:
    async def play(station: Station, _: int) -> None:
        if how == "charging":
            await station.status(1, "Charging")
        elif how == "free before it began":
            await free(station, START - timedelta(minutes=1))
        else:
            await free(station, datetime.now(UTC) + timedelta(seconds=1.5 * AFTER_S))

    ended, session = await scene(csms, settings, play)
    assert (ended, session["state"]) == (0, "active")


async def test_one_whose_charge_point_is_away_is_left_alone(csms: Csms, settings: Settings) -> None:
    await csms.driver()
    key = await csms.charge_point("CP1")
    async with csms.station("CP1", key) as station:
        await station.boot()
        await station.start(CARD)
        await free(station, START + timedelta(minutes=40))

    async def gone() -> bool:
        return not (await csms.get("/api/charge-points/CP1"))["online"]

    await until(gone)
    assert await look(settings, 2 * AFTER_S) == 0

