"""Signs what charge points may have signed, and brings it to them (OCPP 1.6 security whitepaper A02).

The row is there before the certificate leaves: one that arrives and whose answer is lost opens the socket all the same.
Who comes by a certificate that ends soon is asked to have the next one signed: without it, it could not come any more.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from cryptography import x509
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.authority import Authority, IssuedCertificate
from csms.bus.in_process import InProcessBus
from csms.commands.certificate_signed import certificate_signed
from csms.commands.trigger_message import trigger_message
from csms.domain.certificates import RENEWED_BEFORE
from csms.domain.errors import CommandFailed
from csms.store import certificates
from csms.store.database import Database
from csms.store.writer import Writer
from ocppj import log

_log = log.get(__name__)
# First it gets the answer to its SignCertificate.
_GRACE_S = 0.2
_LOOK_EVERY_S = 3600.0
_ASKED_AGAIN_AFTER = timedelta(days=1)


class CertificateSigning:
    def __init__(
        self,
        bus: InProcessBus,
        database: Database,
        writer: Writer,
        authority: Authority,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._bus, self._database, self._writer = bus, database, writer
        self._authority, self._clock = authority, clock
        self._signing: dict[str, asyncio.Task[None]] = {}
        self._asked_at: dict[str, datetime] = {}
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._looking = asyncio.create_task(self._look_for_ever(), name="certificates that end")

    def asked(self, identity: str, charge_point_id: int, csr: str) -> None:
        """Returns at once. Whoever asks again meanwhile gets the later one only."""
        if (before := self._signing.get(identity)) is not None:
            before.cancel()
        task = asyncio.create_task(self._sign(identity, charge_point_id, csr), name=f"certificate of {identity}")
        self._signing[identity] = task
        task.add_done_callback(lambda done: self._forget(identity, done))

    async def close(self) -> None:
        tasks = [*self._signing.values(), *([] if self._looking is None else [self._looking])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def look(self) -> None:
        """Ask all whose certificate ends soon for their next request, once a day."""
        now = self._clock()
        async with self._database.read() as db:
            due = await certificates.ending(db, now + RENEWED_BEFORE)
        self._asked_at = {identity: at for identity, at in self._asked_at.items() if identity in due}
        for identity in due:
            if now - self._asked_at.get(identity, now - _ASKED_AGAIN_AFTER) >= _ASKED_AGAIN_AFTER:
                self._asked_at[identity] = now
                try:
                    await trigger_message(self._bus, identity, "SignChargePointCertificate")
                except CommandFailed:
                    pass  # call() has told the log

    async def _look_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            try:
                await self.look()
            except Exception as error:
                _log.error("certificates.not_looked_at", error=repr(error))

    def _forget(self, identity: str, done: asyncio.Task[None]) -> None:
        if self._signing.get(identity) is done:
            del self._signing[identity]

    async def _sign(self, identity: str, charge_point_id: int, csr: str) -> None:
        await asyncio.sleep(_GRACE_S)
        try:
            request, now = x509.load_pem_x509_csr(csr.encode()), self._clock()
            made = await asyncio.to_thread(self._authority.issue, request, now)
            row_id = await self._writer.write(lambda db: self._keep(db, charge_point_id, made, now))
            facts = {"serial_number": made.serial_number, "until": made.not_after.isoformat()}
            _log.info("certificate.issued", charge_point=identity, subject=made.subject, **facts)
            status = await certificate_signed(self._bus, identity, made.pem)
            await self._writer.write(lambda db: certificates.told(db, row_id, status, self._clock()))
        except CommandFailed:
            pass  # call() has told the log; if the certificate has arrived, its next connection shows it
        except Exception as error:
            _log.error("certificate.failed", charge_point=identity, error=repr(error))

    async def _keep(self, db: AsyncConnection, charge_point_id: int, made: IssuedCertificate, now: datetime) -> int:
        names = (made.fingerprint, made.serial_number, made.subject)
        return await certificates.add(db, charge_point_id, *names, made.not_before, made.not_after, now)
