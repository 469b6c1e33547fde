"""Tells the CSMS which charge points stand at this site, so that it lets them in: again until it was heard."""

import asyncio
import contextlib
import ssl as tls
from collections.abc import Callable

import httpx

from local_controller.identity import Identity
from local_controller.store import Store
from ocppj import log
from ocppj.backoff import jittered_s

HTTP_TIMEOUT_S = 15.0
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
LONGEST_HOLD_S = 5.0
_log = log.get(__name__)


class Announcement:
    """`heard` is called after each time it was: connections that were refused may be tried again."""

    def __init__(
        self, store: Store, identity: Identity, heard: Callable[[], None], verify: tls.SSLContext | bool = True
    ) -> None:
        self._store, self._identity, self._heard, self._verify = store, identity, heard, verify
        self._due = asyncio.Event()
        self._tried = asyncio.Event()  # since it was due last
        self._failures = 0

    def make(self) -> None:
        """The list has changed, or the CSMS may have forgotten it."""
        self._failures = 0
        self._tried.clear()
        self._due.set()

    async def tried(self) -> None:
        """Waits for the first try, whatever came of it, but not for long. Who connects before the CSMS knows them is
        refused as a stranger, and enough of those at once lock the whole site out for a while."""
        # not wait_for: until Python 3.12 it may swallow a cancellation, and two connections would fight for one place
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_HOLD_S):
                await self._tried.wait()

    async def run(self) -> None:
        url = f"{self._identity.api_url.rstrip('/')}/api/site/charge-points"
        credentials = httpx.BasicAuth(self._identity.identity, self._identity.site_key)
        async with httpx.AsyncClient(timeout=HTTP_TIMEOUT_S, auth=credentials, verify=self._verify) as client:
            while True:
                await self._due.wait()
                self._due.clear()
                why = await self._try(client, url)
                if not self._due.is_set():
                    self._tried.set()
                if why is None:
                    self._failures = 0
                    self._heard()
                    continue
                if self._failures == 0:
                    _log.warning("announcement.failed", url=url, why=why)
                self._failures += 1
                await self._pause(jittered_s(self._failures - 1, FIRST_WAIT_S, LONGEST_WAIT_S))

    async def _pause(self, wait_s: float) -> None:
        """Until it is time to try again, or there is something new to say."""
        try:
            await asyncio.wait_for(self._due.wait(), wait_s)
        except TimeoutError:
            self._due.set()

    async def _try(self, client: httpx.AsyncClient, url: str) -> str | None:
        """None if it was heard, else why not."""
        rows = await self._store.read(
            "SELECT identity, serial, connectors FROM charge_points WHERE retired_at IS NULL"
            " ORDER BY identity"
        )
        if not rows:
            return None
        body = {"charge_points": [{"identity": i, "serial": s, "connectors": c} for i, s, c in rows]}
        try:
            answer = await client.put(url, json=body)
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            return f"{type(problem).__name__}: {problem}"
        if answer.is_error:
            return f"HTTP {answer.status_code}"
        _log.info("announcement.heard", charge_points=len(rows))
        return None
