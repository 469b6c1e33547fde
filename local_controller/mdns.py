"""Tells the local network where charge points find this controller: `_ocpp._tcp` by multicast DNS (RFC 6762, RFC 6763).

A convenience: without it charge points are given the address at their adoption, and a network that forbids multicast
costs one line in the log. What is announced proves nothing: keys and certificates do.
"""

import contextlib
import socket
from collections.abc import AsyncIterator, Sequence
from typing import Any

from zeroconf import Error as ZeroconfError
from zeroconf import InterfaceChoice, ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

from ocppj import log

TYPE = "_ocpp._tcp.local."
_log = log.get(__name__)


@contextlib.asynccontextmanager
async def announced(
    identity: str,
    site: str,
    port: int,
    *,
    tls: bool,
    addresses: Sequence[str],
    interfaces: Any = InterfaceChoice.Default,
) -> AsyncIterator[None]:
    """While this is open, whoever looks for OCPP in the network finds us."""
    label = identity.replace(".", "-")[:60]
    properties = {"path": "/ocpp", "protocol": "ocpp1.6", "tls": str(int(tls)), "site": site[:100]}
    packed = [socket.inet_pton(socket.AF_INET6 if ":" in one else socket.AF_INET, one) for one in addresses]
    info = ServiceInfo(
        TYPE, f"{label}.{TYPE}", port=port, addresses=packed, properties=properties, server=f"{label}.local."
    )
    zeroconf = None
    try:
        zeroconf = AsyncZeroconf(interfaces=interfaces)
        await zeroconf.async_register_service(info, allow_name_change=True)
        _log.info("mdns.announced", name=info.name, port=port)
    except (OSError, ZeroconfError, TimeoutError) as problem:
        _log.warning("mdns.not_announced", error=repr(problem))
    try:
        yield
    finally:
        if zeroconf is not None:
            with contextlib.suppress(OSError, ZeroconfError, TimeoutError):
                await zeroconf.async_unregister_all_services()
            await zeroconf.async_close()
