"""RemoteStopTransaction (OCPP 1.6 §5.12). Accepted means that it will stop; StopTransaction says that it did."""

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import RemoteStopTransaction


async def remote_stop(bus: InProcessBus, identity: str, transaction_id: int) -> str:
    return (await call(bus, identity, RemoteStopTransaction(transaction_id))).status
