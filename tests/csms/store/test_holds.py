"""Money over any course of events: holds, charges, payments and corrections leave the ledger sound."""

import asyncio
import tempfile
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain import ledger as bookings
from csms.domain.errors import Conflict
from csms.domain.transactions import Settled
from csms.store import charge_points, connectors, corrections, holds, ledger, sites, top_ups, transactions, users
from csms.store.database import Database
from csms.store.migrate import migrate

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DORA, EVE = 1, 2
person = st.sampled_from([DORA, EVE])
cents = st.integers(1, 5000)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("start"), person, cents),
        st.tuples(st.just("stop"), st.integers(0, 20), cents),
        st.tuples(st.just("pay"), person, cents),
        st.tuples(st.just("paid"), st.integers(0, 20), st.booleans()),
        st.tuples(st.just("correct"), st.integers(0, 20), st.integers(-300, 300).filter(bool)),
    ),
    max_size=25,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_the_ledger_is_sound_after_any_course_of_events(course: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(f"{folder}/ledger.sqlite3", course))


async def play(file: str, course: list[tuple[str, int, int]]) -> None:
    """Each step in the ledger, and in a plain sum beside it."""
    database = Database(f"sqlite+aiosqlite:///{file}")
    await migrate(database)
    async with database.writing.connect() as db, db.begin():
        point = await people_and_a_charge_point(db)
        balance, running, ended, payments = {DORA: 0, EVE: 0}, {}, {}, []
        for number, (what, a, b) in enumerate(course):
            if what == "start":
                free = balance[a] - sum(h for who, h in running.values() if who == a)
                transaction_id = await start(db, point, number, a)
                await holds.place(db, transaction_id, a, b, NOW)
                running[transaction_id] = (a, max(0, min(free, b)))
            elif what == "stop" and running:
                transaction_id = sorted(running)[a % len(running)]
                who, held = running.pop(transaction_id)
                assert [await holds.end(db, transaction_id) for _ in range(2)] == [held, 0]
                assert await stop(db, transaction_id, energy_wh=b) == (who, b)
                await ledger.book(db, bookings.charge(transaction_id, who, b, held), NOW)
                again = await ledger.book(db, bookings.charge(transaction_id, who, b, held), NOW)
                assert again is None
                balance[who] -= b
                ended[transaction_id] = (who, b)
            elif what == "pay":
                await top_ups.add(db, a, b, "sandbox", f"ref{number}", "/", NOW)
                payments.append((a, b, f"ref{number}"))
            elif what == "paid" and payments:
                who, amount, reference = payments[a % len(payments)]
                if await top_ups.settle(db, "sandbox", reference, amount, paid=bool(b), at=NOW) and b:
                    balance[who] += amount
            elif what == "correct" and ended:
                transaction_id = sorted(ended)[a % len(ended)]
                who, cost = ended[transaction_id]
                if b > cost:
                    with pytest.raises(Conflict):
                        await corrections.book(db, transaction_id, b, "test", DORA, NOW)
                else:
                    left = await corrections.book(db, transaction_id, b, "test", DORA, NOW)
                    assert left == cost - b
                    ended[transaction_id] = (who, left)
                    balance[who] += b
            for who in (DORA, EVE):
                held = sum(h for of, h in running.values() if of == who)
                assert await ledger.balance(db, who) == ledger.Balance(balance[who], held)
        assert (await ledger.totals(db)).sound
        for who in (DORA, EVE):
            page, total = await ledger.movements(db, who, 1000, 0)
            assert (sum(m.amount_cents for m in page), total) == (balance[who], len(page))
    await database.close()


async def people_and_a_charge_point(db: AsyncConnection) -> int:
    for name in ("dora", "eve"):
        await users.create(db, f"{name}@example.org", name, "", "driver", NOW)
    site = await sites.create(db, "Yard", "UTC", NOW)
    point = await charge_points.create(db, "CP1", site.id, NOW)
    await connectors.ensure(db, point, 1)
    return point


async def start(db: AsyncConnection, point: int, number: int, user_id: int) -> int:
    at = NOW + timedelta(seconds=number)
    row = transactions.Start(point, 1, "CARD", 0, at, user_id, "Accepted", 1000, at)
    return (await transactions.open_once(db, row))[0]


async def stop(db: AsyncConnection, transaction_id: int, energy_wh: int) -> tuple[int | None, int]:
    """A cent a Wh."""
    later = NOW + timedelta(hours=1)
    return await transactions.end(db, transaction_id, Settled(energy_wh, energy_wh), "Local", later, later)


async def test_what_running_sessions_have_used_is_no_credit_any_more(database: Database) -> None:
    async with database.writing.connect() as db, db.begin():
        point = await people_and_a_charge_point(db)
        await ledger.book(db, bookings.start_credit(DORA, 100), NOW)
        one, two = [await start(db, point, number, DORA) for number in (1, 2)]
        await holds.place(db, one, DORA, 60, NOW)
        await holds.place(db, two, DORA, 60, NOW)
        assert (await ledger.balance(db, DORA)) == ledger.Balance(100, 100)
        assert await holds.left_cents(db, DORA) == 100
        shown = await transactions.for_metering(db, {one, two})
        for transaction_id, register_wh in ((one, 30), (two, 80)):
            shown[transaction_id].last_register_wh, shown[transaction_id].changed = register_wh, True
        await transactions.metered(db, shown.values())
        assert await holds.left_cents(db, DORA) == -10


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("UPDATE ledger_entry SET amount_cents = 1", "entries are final"),
        ("DELETE FROM ledger_entry", "never deleted"),
        ("DELETE FROM booking", "never deleted"),
        ("UPDATE booking SET reason = 'other'", "sealed booking is final"),
        ("UPDATE booking SET sealed = false", "sealed booking is final"),
        ("INSERT INTO ledger_entry (booking_id, account_id, amount_cents) VALUES (1, 1, 5)", "takes no more"),
        (
            "INSERT INTO booking (kind, reason, booked_at, sealed) VALUES ('credit', 'x', '2026-03-01', true)",
            "sealed once",
        ),
    ],
)
async def test_the_database_lets_nobody_change_what_is_booked(
    database: Database, statement: str, refusal: str
) -> None:
    async with database.writing.connect() as db, db.begin():
        await ledger.book(db, bookings.start_credit(DORA, 100), NOW)
        with pytest.raises(DBAPIError, match=refusal):
            await db.execute(text(statement))


@pytest.mark.parametrize("amounts", [(), (5,), (5, -4)])
async def test_the_database_seals_nothing_that_does_not_balance(database: Database, amounts: tuple[int, ...]) -> None:
    async with database.writing.connect() as db, db.begin():
        await db.execute(text("INSERT INTO booking (kind, reason, booked_at) VALUES ('credit', 'x', '2026-03-01')"))
        await db.execute(text("INSERT INTO account (code) VALUES ('a')"))
        for cents in amounts:
            row = f"INSERT INTO ledger_entry (booking_id, account_id, amount_cents) VALUES (1, 1, {cents})"
            await db.execute(text(row))
        with pytest.raises(DBAPIError, match="does not balance"):
            await db.execute(text("UPDATE booking SET sealed = true WHERE id = 1"))
        assert not (await ledger.totals(db)).sound
