"""Reset (OCPP 1.6 §5.14). Transactions end first; Accepted means that it will reset, its next boot that it did."""

from typing import Literal

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import Reset


async def reset(bus: InProcessBus, identity: str, kind: Literal["Hard", "Soft"]) -> str:
    return (await call(bus, identity, Reset(kind), type=kind)).status
