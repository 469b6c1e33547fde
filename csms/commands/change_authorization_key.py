"""ChangeConfiguration of AuthorizationKey (OCPP 1.6 security whitepaper A01). The key itself is in no log."""

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import ChangeConfiguration


async def change_authorization_key(bus: InProcessBus, identity: str, key: str) -> str:
    """`key`: 16 to 20 bytes in hexadecimal digits."""
    return (await call(bus, identity, ChangeConfiguration("AuthorizationKey", key), key="AuthorizationKey")).status
