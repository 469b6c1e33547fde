"""DeleteCertificate (OCPP 1.6 security whitepaper M04). Failed: it is in use."""

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import CertificateHashData, DeleteCertificate


async def delete_certificate(bus: InProcessBus, identity: str, which: CertificateHashData) -> str:
    return (await call(bus, identity, DeleteCertificate(which), serial=which.serial_number)).status
