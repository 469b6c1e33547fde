"""Whose request for a certificate is signed: only of who has a socket of its own, and not without end."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from csms.domain import certificates as rules
from csms.handlers import sign_certificate
from csms.handlers.arrival import Arrival, Terms
from csms.store import certificates, charge_points, security_events, sites
from csms.store.database import Database
from csms.store.tables import charge_point
from ocppj.v16 import SignCertificate
from tests.octt_csms import certificates as made

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


async def test_ten_a_day_and_none_through_a_controller(database: Database) -> None:
    msg = SignCertificate(made.request(made.new_key(), "CP1"))
    async with database.writing.connect() as db, db.begin():
        site = await sites.create(db, "Yard", "UTC", NOW)
        point = await charge_points.create(db, "CP1", site.id, NOW)

        async def answer(after: timedelta = timedelta()) -> str:
            arrival = Arrival("CP1", point, NOW + after, b"", Terms(45, 300))
            return (await sign_certificate.handle(msg, arrival, db)).status

        async def comes_by(via: str | None) -> None:
            await db.execute(update(charge_point).values(connected_via=via))

        await comes_by("site")
        assert await answer() == "Rejected"
        await comes_by("direct")
        for n in range(rules.MOST_PER_DAY):
            assert await answer() == "Accepted"
            await certificates.add(db, point, f"{n}", f"{n}", "CN=CP1", NOW, NOW + timedelta(days=9), NOW)
        assert await answer() == "Rejected"
        assert await answer(timedelta(days=1, seconds=1)) == "Accepted"


async def test_of_one_charge_point_the_last_thousand_events_are_kept(database: Database) -> None:
    async with database.writing.connect() as db, db.begin():
        site = await sites.create(db, "Yard", "UTC", NOW)
        points = [await charge_points.create(db, identity, site.id, NOW) for identity in ("CP1", "CP2")]
        assert await security_events.add(db, points[1], "SettingSystemTime", None, NOW, NOW)
        for n in range(security_events.MOST + 3):
            at = NOW + timedelta(seconds=n)
            assert await security_events.add(db, points[0], "ResetOrReboot", None, at, NOW)
        page, total = await security_events.page(db, points[0], 1, security_events.MOST - 1)
        assert (total, page[0].at) == (security_events.MOST, NOW + timedelta(seconds=3))
        assert (await security_events.page(db, points[1], 9, 0))[1] == 1
        assert await security_events.forget(db, NOW + timedelta(seconds=1)) == security_events.MOST + 1
