"""Signs what charge points may have signed, and brings it to them (OCPP 1.6 security whitepaper A02).

The row is there before the certificate leaves: one that arrives and whose answer is lost opens the socket all the same.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from cryptography import x509
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.authority import Authority, IssuedCertificate
from csms.bus.in_process import InProcessBus
from csms.commands.certificate_signed import certificate_signed
from csms.domain.errors import CommandFailed
from csms.store import certificates
from csms.store.writer import Writer
from ocppj import log

_log = log.get(__name__)
# First it gets the answer to its SignCertificate.
_GRACE_S = 0.2


class CertificateSigning:
    def __init__(
        self,
        bus: InProcessBus,
        writer: Writer,
        authority: Authority,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._bus, self._writer, self._authority, self._clock = bus, writer, authority, clock
        self._signing: dict[str, asyncio.Task[None]] = {}

    def asked(self, identity: str, charge_point_id: int, csr: str) -> None:
        """Returns at once. Whoever asks again meanwhile gets the later one only."""
        if (before := self._signing.get(identity)) is not None:
            before.cancel()
        task = asyncio.create_task(self._sign(identity, charge_point_id, csr), name=f"certificate of {identity}")
        self._signing[identity] = task
        task.add_done_callback(lambda done: self._forget(identity, done))

    async def close(self) -> None:
        tasks = list(self._signing.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

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
