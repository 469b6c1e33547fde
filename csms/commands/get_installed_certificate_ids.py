"""GetInstalledCertificateIds (OCPP 1.6 security whitepaper M03): which roots a charge point holds."""

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import CertificateUse, GetInstalledCertificateIds, GetInstalledCertificateIdsResult


async def get_installed_certificate_ids(
    bus: InProcessBus, identity: str, use: CertificateUse
) -> GetInstalledCertificateIdsResult:
    return await call(bus, identity, GetInstalledCertificateIds(use), type=use)
