"""SignCertificate (OCPP 1.6 security whitepaper A02): Accepted if our authority will sign it; see certificate_signing.

Only who has a socket of its own gets one: what comes through a site's controller may be the controller's request.
"""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain import certificates
from csms.handlers.arrival import Arrival
from csms.store import certificates as issued
from ocppj import log
from ocppj.v16 import SignCertificate, SignCertificateResult

_log = log.get(__name__)
_DAY = timedelta(days=1)


async def handle(msg: SignCertificate, arrival: Arrival, db: AsyncConnection) -> SignCertificateResult:
    try:
        await _must_fit(msg.csr, arrival, db)
    except certificates.Unfit as wrong:
        _log.warning("certificate.not_signed", charge_point=arrival.identity, why=str(wrong))
        return SignCertificateResult("Rejected")
    return SignCertificateResult("Accepted")


async def _must_fit(csr: str, arrival: Arrival, db: AsyncConnection) -> None:
    asker = await issued.asker(db, arrival.charge_point_id)
    if asker.via != "direct":
        raise certificates.Unfit("it is behind a controller, whose matter its certificates are")
    names = {asker.identity}
    # Its serial number is its own word: not one that is somebody else's name.
    if asker.serial is not None and not await issued.is_identity(db, asker.serial):
        names.add(asker.serial)
    certificates.request(csr, names, arrival.terms.cpo_name)
    since = arrival.received_at - _DAY
    if await issued.issued_since(db, arrival.charge_point_id, since) >= certificates.MOST_PER_DAY:
        raise certificates.Unfit(f"it got {certificates.MOST_PER_DAY} certificates within a day")
