"""CertificateSigned (OCPP 1.6 security whitepaper A02): the certificate that a charge point has asked for."""

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import CertificateSigned


async def certificate_signed(bus: InProcessBus, identity: str, chain: str) -> str:
    return (await call(bus, identity, CertificateSigned(chain))).status
