"""SignCertificate (OCPP 1.6 security whitepaper A02): there is no certificate authority here, so Rejected."""

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.handlers.arrival import Arrival
from ocppj.v16 import SignCertificate, SignCertificateResult


async def handle(msg: SignCertificate, arrival: Arrival, db: AsyncConnection) -> SignCertificateResult:
    return SignCertificateResult("Rejected")
