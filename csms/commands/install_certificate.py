"""InstallCertificate (OCPP 1.6 security whitepaper M05): a root to verify the central system, or firmware, by."""

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import CertificateUse, InstallCertificate


async def install_certificate(bus: InProcessBus, identity: str, use: CertificateUse, pem: str) -> str:
    return (await call(bus, identity, InstallCertificate(use, pem), type=use)).status
