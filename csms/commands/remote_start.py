"""RemoteStartTransaction (OCPP 1.6 §5.11). Accepted means that it will try; StartTransaction says that it did."""

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import ChargingProfile, RemoteStartTransaction


async def remote_start(
    bus: InProcessBus, identity: str, connector_id: int, id_tag: str, profile: ChargingProfile | None = None
) -> str:
    """`profile`: a TxProfile that names no transaction (errata 3.41)."""
    return (await call(bus, identity, RemoteStartTransaction(id_tag, connector_id, profile))).status
