"""Who comes by a certificate that ends soon is asked for the next request, once a day."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import update

from csms.authority import Authority
from csms.bus import messages
from csms.bus.in_process import InProcessBus
from csms.certificate_signing import CertificateSigning
from csms.store import certificates, charge_points, security, sites
from csms.store.database import Database
from csms.store.tables import charge_point
from csms.store.writer import Writer

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


async def test_a_certificate_that_ends_is_asked_for_anew(database: Database, writer: Writer, tmp_path: Path) -> None:
    async with database.writing.connect() as db, db.begin():
        site = await sites.create(db, "Yard", "UTC", NOW)
        for identity, days, profile in (("ends", 29, 3), ("lasts", 31, 3), ("key", 29, 2)):
            point = await charge_points.create(db, identity, site.id, NOW)
            await certificates.add(db, point, identity, "1", f"CN={identity}", NOW, NOW + days * DAY, NOW)
            await certificates.used(db, point, identity, NOW)
            await security.connected(db, point, profile, None, NOW)
            if identity == "ends":  # the next one was issued, and was lost on its way
                lost = (f"{identity}-2", "2", f"CN={identity}", NOW, NOW + 365 * DAY, NOW)
                await certificates.add(db, point, *lost)
        await db.execute(update(charge_point).values(connected_via="direct"))
    bus, now, heard = InProcessBus(), NOW, []

    def answers(identity: str) -> None:
        async def answer(data: bytes) -> bytes:
            heard.append((identity, messages.decode(messages.Command, data).action))
            return messages.encode(messages.CommandReply(messages.msgspec.Raw(b'{"status":"Accepted"}')))

        bus.answer(messages.command_subject(identity), answer)

    for identity in ("ends", "lasts", "key"):
        answers(identity)
    signing = CertificateSigning(bus, database, writer, Authority(tmp_path, 30), clock=lambda: now)
    await signing.look()
    await signing.look()
    assert heard == [("ends", "ExtendedTriggerMessage")]
    now += DAY - timedelta(seconds=1)
    await signing.look()
    assert len(heard) == 1
    now += timedelta(seconds=1)
    await signing.look()
    assert heard[1:] == [("ends", "ExtendedTriggerMessage")]
    now += 2 * DAY
    await signing.look()
    assert [identity for identity, _ in heard[2:]] == ["ends", "lasts"]
