"""The link from a site to the centre, through a proxy that can cut it; in a thread: the chain's tests have no loop."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.campaign.proxy import Proxy


class Uplink:
    def __init__(self, loop: asyncio.AbstractEventLoop, proxy: Proxy) -> None:
        self._loop, self._proxy = loop, proxy
        self.port = proxy.port

    def cut(self) -> None:
        """Every connection through it ends, and no new one can be made."""
        self._loop.call_soon_threadsafe(self._proxy.cut)

    def mend(self) -> None:
        self._loop.call_soon_threadsafe(self._proxy.restore)


@contextmanager
def uplink_to(port: Callable[[], int]) -> Iterator[Uplink]:
    """Carries until it is cut; gone at the end."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="uplink", daemon=True)
    thread.start()
    proxy = Proxy(port)
    asyncio.run_coroutine_threadsafe(proxy.start(), loop).result(10)
    try:
        yield Uplink(loop, proxy)
    finally:
        asyncio.run_coroutine_threadsafe(proxy.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
