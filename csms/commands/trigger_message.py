"""TriggerMessage (OCPP 1.6 §5.17), and ExtendedTriggerMessage (security whitepaper A02, N) for what only that can.

Accepted comes first, the message after it. BootNotification must not be triggered once it was accepted (errata 3.35):
the one who asks for it knows the charge point to be pending.
"""

from typing import cast, get_args

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import ExtendedMessageTrigger, ExtendedTriggerMessage, MessageTrigger, TriggerMessage

_PLAIN = frozenset(get_args(MessageTrigger))


async def trigger_message(
    bus: InProcessBus, identity: str, message: MessageTrigger | ExtendedMessageTrigger, connector_id: int | None = None
) -> str:
    if message in _PLAIN:
        plain = TriggerMessage(cast(MessageTrigger, message), connector_id)
        return (await call(bus, identity, plain, message=message)).status
    extended = ExtendedTriggerMessage(cast(ExtendedMessageTrigger, message), connector_id)
    return (await call(bus, identity, extended, message=message)).status
