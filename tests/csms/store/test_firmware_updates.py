"""Which of its updates a charge point speaks of."""

from datetime import UTC, datetime, timedelta

from csms.store import charge_points, firmware_updates, sites
from csms.store.database import Database

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


async def test_an_update_that_was_never_asked_for_does_not_hide_the_one_that_runs(database: Database) -> None:
    async with database.writing.connect() as db, db.begin():
        site = await sites.create(db, "Yard", "UTC", NOW)
        point = await charge_points.create(db, "CP1", site.id, NOW)
        for source in ("first", "second"):
            last = await firmware_updates.request(db, point, None, source, None, NOW, NOW + DAY, NOW)
        await firmware_updates.not_asked(db, last)
        assert await firmware_updates.told(db, point, "Installed", NOW) == "first"
        assert [each.status for each in await firmware_updates.page(db, "CP1")] == ["NotAsked", "Installed"]
        assert await firmware_updates.told(db, point, "Idle", NOW) is None  # that one is over
