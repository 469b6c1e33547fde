"""What opens the socket of a charge point while its key changes, in whatever order the news of it come."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.store import charge_points, credentials, security, sites
from csms.store.database import Database
from csms.store.tables import charge_point

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
BEFORE, SOON, LATER, LATEST = (NOW + timedelta(seconds=n) for n in (-1, 1, 2, 3))
POINT = 1


@pytest.fixture
async def db(database: Database) -> AsyncIterator[AsyncConnection]:
    async with database.writing.connect() as connection, connection.begin():
        site = await sites.create(connection, "Yard", "UTC", NOW)
        assert await charge_points.create(connection, "CP1", site.id, NOW, key_hash="old") == POINT
        yield connection


async def opening(db: AsyncConnection) -> set[str | None]:
    found = await credentials.find(db, "CP1")
    assert found is not None
    return {found.own_key_hash, found.next_key_hash} - {None}


async def test_a_connection_from_before_the_new_key_says_nothing_of_it(db: AsyncConnection) -> None:
    assert await security.offer_key(db, POINT, "new", NOW) is None
    for key in ("own", "next"):  # their news were late; the next one was another then
        await security.connected(db, POINT, 1, key, BEFORE)
    assert await opening(db) == {"old", "new"}
    await security.connected(db, POINT, 1, "own", SOON)
    assert await opening(db) == {"old"}


async def test_the_word_of_the_charge_point_counts_more_than_a_connection_meanwhile(db: AsyncConnection) -> None:
    await security.offer_key(db, POINT, "new", NOW)
    await security.connected(db, POINT, 1, "own", SOON)
    await security.key_waits_for_reboot(db, POINT, "new", NOW)
    assert await opening(db) == {"old", "new"}
    assert (await security.find(db, POINT)).new_key == "after reboot"
    await security.connected(db, POINT, 1, "own", LATER)
    assert await opening(db) == {"old", "new"}
    await security.connected(db, POINT, 1, "next", LATER)
    assert await opening(db) == {"new"}
    await security.key_waits_for_reboot(db, POINT, "new", NOW)  # later than what it told of
    assert await opening(db) == {"new"}

    await security.offer_key(db, POINT, "newer", LATER)
    await security.connected(db, POINT, 1, "own", LATEST)
    await security.key_accepted(db, POINT, "newer", LATER, LATEST)
    assert await opening(db) == {"newer"}


async def test_beside_a_key_made_by_hand_one_that_was_accepted_late_opens_too(db: AsyncConnection) -> None:
    await security.offer_key(db, POINT, "sent", NOW)
    await security.replace_key(db, POINT, "by hand", SOON)
    assert await opening(db) == {"by hand"}
    await security.key_accepted(db, POINT, "sent", NOW, LATER)
    assert await opening(db) == {"by hand", "sent"}
    await security.connected(db, POINT, 1, "next", LATEST)
    assert await opening(db) == {"sent"}


async def test_a_key_that_waits_for_a_reboot_outlasts_one_that_was_not_taken(db: AsyncConnection) -> None:
    await security.offer_key(db, POINT, "waits", NOW)
    await security.key_waits_for_reboot(db, POINT, "waits", NOW)
    await db.execute(update(charge_point).values(booted_at=SOON))  # it said BootNotification again, and had not started
    before = await security.offer_key(db, POINT, "another", LATER)
    await security.key_refused(db, POINT, "another", before)
    assert await opening(db) == {"old", "waits"}
    await security.connected(db, POINT, 1, "own", LATEST)
    assert (await security.find(db, POINT)).new_key == "after reboot"
    assert await opening(db) == {"old", "waits"}
