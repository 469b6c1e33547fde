"""Old meter series become quarters of an hour; nothing that a bill or a calibrated meter needs is lost."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from csms.domain.metering import Sample
from csms.keeping import Days, Keeping
from csms.store import charge_points, meter_values, sites, transactions
from csms.store.database import Database
from csms.store.tables import meter_rollup, meter_value
from csms.store.tables import transaction as transaction_table
from csms.store.writer import Writer

BEGUN = datetime(2026, 1, 1, 10, 7, tzinfo=UTC)
NOW = BEGUN + timedelta(days=100)


def sample(minute: float, register_wh: int, power_w: int = 6000, context: str = "Sample.Periodic") -> Sample:
    at = BEGUN + timedelta(minutes=minute)
    signed = ("SIGNED",) if context == "signed" else ()
    return Sample(at, "Sample.Clock" if signed else context, register_wh, power_w, 8700, 2300, 50, 30, signed, 0)


async def session(writer: Writer, samples: list[Sample], *, ended: bool, identity: str = "CP1", days: int = 0) -> int:
    async def work(db: object) -> int:
        site = await sites.create(db, identity, "UTC", BEGUN)  # type: ignore[arg-type]
        point = await charge_points.create(db, identity, site.id, BEGUN)  # type: ignore[arg-type]
        start = transactions.Start(point, 1, "A", 0, BEGUN, None, "Accepted", 45, BEGUN)
        made, _ = await transactions.open_once(db, start)  # type: ignore[arg-type]
        await meter_values.add(db, point, 1, made, samples)  # type: ignore[arg-type]
        if ended:
            t = transaction_table
            over = t.update().where(t.c.id == made).values(ended_at=BEGUN + timedelta(days=days, hours=9), energy_wh=1)
            await db.execute(over)  # type: ignore[attr-defined]
        return made

    return await writer.write(work)


async def count(database: Database) -> tuple[int, int]:
    async with database.read() as db:
        raw = (await db.execute(select(func.count()).select_from(meter_value))).scalar_one()
        rolled = (await db.execute(select(func.coalesce(func.sum(meter_rollup.c.samples), 0)))).scalar_one()
        return raw, rolled


async def test_old_series_become_quarters_that_end_as_the_meter_showed(database: Database, writer: Writer) -> None:
    samples = [sample(minute, 100 * minute, 6000 + 10 * (minute % 2)) for minute in range(480)]
    ended = await session(writer, samples, ended=True)
    keeping = Keeping(database, writer, lambda: Days(90, 0, 0), lambda: NOW)
    assert await keeping.look() == 480
    assert await keeping.look() == 0
    assert await count(database) == (0, 480)
    async with database.read() as db:
        points = await meter_values.series(db, ended, 0, 5000)
    assert len(points) == 33  # eight hours from seven past
    assert points[-1].register_wh == 47_900
    assert points[0].at == BEGUN + timedelta(minutes=7)  # the last sample before the quarter is over
    registers = [point.register_wh for point in points if point.register_wh is not None]
    assert registers == sorted(registers)
    assert {point.power_w for point in points} <= {6004, 6005, 6006}


async def test_running_sessions_signed_values_begin_and_end_and_what_is_new_stay(
    database: Database, writer: Writer
) -> None:
    kept = [sample(0, 0, context="Transaction.Begin"), sample(2, 5, context="signed")]
    kept += [sample(50, 99, context="Transaction.End")]
    await session(writer, [*kept, sample(20, 50)], ended=True)
    await session(writer, [sample(1, 1)], ended=False, identity="CP2")
    await session(writer, [sample(1, 7)], ended=True, identity="CP3", days=20)
    await Keeping(database, writer, lambda: Days(90, 0, 0), lambda: NOW).look()
    assert await count(database) == (5, 1)
    async with database.read() as db:
        assert [point.register_wh for point in await meter_values.series(db, 1, 0, 10)] == [0, 5, 50, 99]


async def test_a_quarter_that_many_share_is_never_torn(database: Database, writer: Writer) -> None:
    ended = await session(writer, [sample(second / 60, second) for second in range(1800)], ended=True)
    assert await Keeping(database, writer, lambda: Days(90, 0, 0), lambda: NOW).look() == 1800
    assert await count(database) == (0, 1800)
    async with database.read() as db:
        points = await meter_values.series(db, ended, 0, 5000)
    assert points[-1].register_wh == 1799


async def test_what_was_told_outside_of_transactions_is_rolled_up_by_connector(
    database: Database, writer: Writer
) -> None:
    async def work(db: object) -> None:
        site = await sites.create(db, "Yard", "UTC", BEGUN)  # type: ignore[arg-type]
        for identity in ("CP1", "CP2"):
            point = await charge_points.create(db, identity, site.id, BEGUN)  # type: ignore[arg-type]
            samples = [sample(minute, minute) for minute in range(60)]
            await meter_values.add(db, point, 1, None, samples)  # type: ignore[arg-type]

    await writer.write(work)
    assert await Keeping(database, writer, lambda: Days(90, 0, 0), lambda: NOW).look() == 120
    assert await count(database) == (0, 120)
    async with database.read() as db:
        rows = (await db.execute(select(meter_rollup.c.charge_point_id, meter_rollup.c.register_wh))).all()
    assert sorted(tuple(row) for row in rows) == [(cp, wh) for cp in (1, 2) for wh in (7, 22, 37, 52, 59)]


async def test_kept_for_ever_is_kept(database: Database, writer: Writer) -> None:
    await session(writer, [sample(1, 1)], ended=True)
    assert await Keeping(database, writer, lambda: Days(0, 0, 0), lambda: NOW).look() == 0
    assert await count(database) == (1, 0)
