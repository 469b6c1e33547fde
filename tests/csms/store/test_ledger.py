import asyncio
import tempfile
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from csms.domain import ledger as bookings
from csms.store import ledger
from csms.store.database import Database
from csms.store.migrate import migrate

NOW = datetime(2026, 3, 1, tzinfo=UTC)
credits_given = st.lists(st.tuples(st.integers(1, 3), st.integers(-5000, 5000)), max_size=12)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(credits_given)
def test_all_entries_together_are_zero_and_each_balance_is_the_sum_of_its_own(given_to: list[tuple[int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(check_sums(f"{folder}/ledger.sqlite3", given_to))


async def check_sums(file: str, given_to: list[tuple[int, int]]) -> None:
    database = Database(f"sqlite+aiosqlite:///{file}")
    await migrate(database)
    async with database.writing.connect() as db, db.begin():
        for user_id, amount in given_to:
            await ledger.book(db, bookings.credit(user_id, amount, "test", booked_by=None), NOW)  # type: ignore[arg-type]
        totals = await ledger.totals(db)
        assert (totals.bookings, totals.sum_cents, totals.unbalanced) == (len(given_to), 0, 0)
        for user_id in (1, 2, 3):
            assert await ledger.balance_cents(db, user_id) == sum(a for u, a in given_to if u == user_id)
        assert await ledger.account_cents(db, bookings.CREDITS) == -sum(a for _, a in given_to)
    await database.close()
