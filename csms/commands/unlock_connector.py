"""UnlockConnector (OCPP 1.6 §5.18). A running transaction ends first; NotSupported: no lock, or no such connector."""

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import UnlockConnector


async def unlock_connector(bus: InProcessBus, identity: str, connector_id: int) -> str:
    return (await call(bus, identity, UnlockConnector(connector_id), connector=str(connector_id))).status
