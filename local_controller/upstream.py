"""Northbound connections: one a charge point, with that one's identity and the site key.

Each is open while its charge point is here or has left messages behind, and begins by introducing the charge point to a
CSMS that may have forgotten it.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable

from msgspec import Raw

from local_controller.charge_point import ChargePoint
from local_controller.payloads import BootAnswer, try_read
from local_controller.relay import Relay
from local_controller.site_state import SiteState
from ocppj import log
from ocppj.client import Client
from ocppj.errors import CallErrorReceived, CallTimeout, ConnectionLost
from ocppj.peer import Peer

# A charge point that booted says so as soon as it is connected; one that reconnected says nothing (OCPP-J 1.6 §5.4).
BOOT_GRACE_S = 1.0
INTRODUCE_AGAIN_S, LONGEST_INTRODUCE_WAIT_S = 5.0, 300.0
HURRY_SPREAD_S = 1.0  # not every charge point of the site in the same instant

Connect = Callable[[str, Callable[[Peer], Awaitable[None]]], Client]  # identity, on_connect
_log = log.get(__name__)


class Upstream:
    """`announced` waits until the CSMS has had a chance to hear of this charge point."""

    def __init__(
        self,
        charge_point: ChargePoint,
        connect: Connect,
        relay: Relay,
        state: SiteState,
        announced: Callable[[], Awaitable[None]],
    ) -> None:
        self._charge_point, self._relay, self._state = charge_point, relay, state
        self._announced = announced
        self._connect = connect
        self._task: asyncio.Task[None] | None = None

    def want(self, wanted: bool) -> None:
        if wanted and self._task is None:
            self._start(wait_s=0.0)
        elif not wanted and self._task is not None:
            self._task.cancel()
            self._task = None

    def hurry(self) -> None:
        """The CSMS is there: try now, not at the end of the back-off."""
        if self._task is not None and self._charge_point.north is None:
            self._task.cancel()
            self._start(wait_s=random.uniform(0, HURRY_SPREAD_S))

    async def close(self) -> None:
        task = self._task
        self.want(False)
        if task is not None:
            await asyncio.wait({task}, timeout=1)

    def _start(self, wait_s: float) -> None:
        self._task = asyncio.create_task(self._run(wait_s), name=f"upstream {self._charge_point.identity}")

    async def _run(self, wait_s: float) -> None:
        await asyncio.sleep(wait_s)
        await self._announced()
        await self._connect(self._charge_point.identity, self._converse).run()

    async def _converse(self, north: Peer) -> None:
        charge_point = self._charge_point
        charge_point.north_opened(north)
        self._state.northbound(charge_point.identity, True)
        introduction = asyncio.create_task(self._introduce(north), name=f"introduce {charge_point.identity}")
        try:
            await north.serve(lambda call: self._relay.down(charge_point, call))
        finally:
            introduction.cancel()
            charge_point.north_closed(north)
            if self._relay.transparent and charge_point.north is None:
                charge_point.send_away()
            self._state.northbound(charge_point.identity, charge_point.north is not None)

    async def _introduce(self, north: Peer) -> None:
        """Until the CSMS has accepted a BootNotification on this connection: a fresh one, or the last one replayed."""
        charge_point, attempt = self._charge_point, 0
        while not charge_point.introduced.is_set():
            await self._let_it_speak()
            if charge_point.introduced.is_set():
                return
            try:
                wait_s = await self._replay(north)
            except ConnectionLost:
                return
            except CallTimeout:
                wait_s = 0.0
            except Exception as problem:
                _log.error("introduction.failed", charge_point=charge_point.identity, error=repr(problem))
                wait_s = 0.0
            if not charge_point.introduced.is_set():
                wait_s = max(wait_s, INTRODUCE_AGAIN_S * 2 ** min(attempt, 10))
                attempt += 1
                await _wait(charge_point.introduced, min(wait_s, LONGEST_INTRODUCE_WAIT_S))

    async def _let_it_speak(self) -> None:
        charge_point = self._charge_point
        if charge_point.south is None or charge_point.boot_ended.is_set():
            return
        grace_s = BOOT_GRACE_S - charge_point.south_age_s
        if grace_s > 0:
            await _wait(charge_point.boot_ended, grace_s)
        if charge_point.booting:
            await charge_point.boot_ended.wait()

    async def _replay(self, north: Peer) -> float:
        """Say what the charge point last said of itself. Seconds after which the CSMS wants to be asked again."""
        charge_point = self._charge_point
        boot = charge_point.boot
        if boot is not None and not boot.accepted:
            return LONGEST_INTRODUCE_WAIT_S  # it is still at it itself
        if boot is not None:
            try:
                answer = try_read(BootAnswer, await north.call_raw("BootNotification", Raw(boot.payload)))
            except CallErrorReceived as error:
                _log.warning("introduction.refused", charge_point=charge_point.identity, error=str(error))
                return 0.0
            if answer is None or answer.status != "Accepted":
                status = answer.status if answer else "unreadable"
                _log.warning("introduction.refused", charge_point=charge_point.identity, status=status)
                return float(answer.interval) if answer else 0.0
        # A status that comes meanwhile is noted before it passes, so that the newest is always the last to arrive.
        for connector_id in sorted(charge_point.statuses):
            try:
                await north.call_raw("StatusNotification", Raw(charge_point.statuses[connector_id]))
            except CallErrorReceived as error:
                _log.warning("introduction.refused", charge_point=charge_point.identity, error=str(error))
        charge_point.introduced.set()
        return 0.0


async def _wait(event: asyncio.Event, timeout_s: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), timeout_s)
    except TimeoutError:
        pass
