"""The writer: what it says is committed is on the disk, and one bad job undoes only itself."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.errors import Conflict
from csms.store import database as database_module
from csms.store import sites
from csms.store.database import Database
from csms.store.tables import site
from csms.store.writer import WriteFailed, Writer

NOW = datetime(2026, 3, 1, tzinfo=UTC)


async def names(database: Database) -> list[str]:
    async with database.read() as db:
        return [s.name for s in await sites.everything(db)]


def make(name: str):
    async def work(db: AsyncConnection) -> int:
        return (await sites.create(db, name, "UTC", NOW)).id

    return work


async def test_the_writing_connection_syncs_every_commit(database: Database) -> None:
    async with database.writing.connect() as db:
        assert (await db.execute(text("PRAGMA journal_mode"))).scalar() == "wal"
        assert (await db.execute(text("PRAGMA synchronous"))).scalar() == 2  # FULL
        assert (await db.execute(text("PRAGMA foreign_keys"))).scalar() == 1
    assert database_module.SYNCHRONOUS == "FULL"


async def test_what_is_answered_is_visible_to_every_reader(database: Database, writer: Writer) -> None:
    await writer.write(make("Yard"))
    assert await names(database) == ["Yard"]


async def test_a_job_that_fails_undoes_itself_alone(database: Database, writer: Writer) -> None:
    async def half(db: AsyncConnection) -> None:
        await sites.create(db, "Half", "UTC", NOW)
        raise RuntimeError("no")

    good, bad, better = await asyncio.gather(
        writer.write(make("A")), writer.write(half), writer.write(make("B")), return_exceptions=True
    )
    assert isinstance(bad, RuntimeError)
    assert isinstance(good, int)
    assert isinstance(better, int)
    assert await names(database) == ["A", "B"]


async def test_jobs_that_wait_share_a_commit(database: Database, writer: Writer) -> None:
    commits = 0
    from sqlalchemy import event

    @event.listens_for(database.writing.sync_engine, "commit")
    def count(_: object) -> None:
        nonlocal commits
        commits += 1

    await asyncio.gather(*(writer.write(make(f"Site {n}")) for n in range(100)))
    assert len(await names(database)) == 100
    assert commits <= 3


async def test_nothing_is_answered_as_written_when_the_database_rolled_back_by_itself(
    database: Database, writer: Writer
) -> None:
    """As SQLite does on a full disk: the jobs before in the batch are gone with it, and must not be confirmed."""

    async def lose(db: AsyncConnection) -> None:
        await db.exec_driver_sql("ROLLBACK")

    results = await asyncio.gather(
        writer.write(make("A")), writer.write(lose), writer.write(make("B")), return_exceptions=True
    )
    assert all(isinstance(result, WriteFailed) for result in results)
    assert await names(database) == []
    await writer.write(make("C"))
    assert await names(database) == ["C"]


async def test_closing_finishes_what_was_handed_in(database: Database) -> None:
    started = Writer(database.writing)
    started.start()
    writes = [asyncio.create_task(started.write(make(f"Site {n}"))) for n in range(20)]
    await asyncio.sleep(0)  # let them hand in
    await started.close()
    await asyncio.gather(*writes)
    async with database.read() as db:
        assert (await db.execute(select(func.count()).select_from(site))).scalar() == 20
    with pytest.raises(WriteFailed):
        await started.write(make("late"))


async def test_readers_cannot_write(database: Database) -> None:
    from sqlalchemy.exc import OperationalError

    async with database.read() as db:
        with pytest.raises(OperationalError):
            await sites.create(db, "No", "UTC", NOW)


async def test_items_of_one_kind_are_done_together_and_answered_in_their_order(
    database: Database, writer: Writer
) -> None:
    batches: list[int] = []

    async def make_all(wanted: Sequence[str], db: AsyncConnection) -> list[int]:
        batches.append(len(wanted))
        return [(await sites.create(db, name, "UTC", NOW)).id for name in wanted]

    wanted = [f"Site {n}" for n in range(50)]
    made = await asyncio.gather(*(writer.write_together(make_all, name) for name in wanted))
    assert len(batches) < 5
    async with database.read() as db:
        assert {s.id: s.name for s in await sites.everything(db)} == dict(zip(made, wanted, strict=True))


async def test_an_item_that_fails_concerns_no_other(database: Database, writer: Writer) -> None:
    async def make_all(wanted: Sequence[str], db: AsyncConnection) -> list[int]:
        return [(await sites.create(db, name, "UTC", NOW)).id for name in wanted]

    await writer.write(make("B"))
    a, b, c = await asyncio.gather(
        *(writer.write_together(make_all, name) for name in "ABC"), return_exceptions=True
    )
    assert isinstance(b, Conflict)
    assert isinstance(a, int)
    assert isinstance(c, int)
    assert sorted(await names(database)) == ["A", "B", "C"]


async def test_what_was_handed_in_before_the_end_is_written(database: Database) -> None:
    writer = Writer(database.writing)
    writer.start()
    jobs = [asyncio.create_task(writer.write(make(f"Site {n}"))) for n in range(600)]
    await asyncio.sleep(0)
    await writer.close()
    await asyncio.gather(*jobs)
    assert len(await names(database)) == 600
    with pytest.raises(WriteFailed):
        await writer.write(make("late"))
