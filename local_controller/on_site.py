"""Charges that the operator starts and ends at the controller's page.

The controller asks the charge point itself (RemoteStartTransaction, RemoteStopTransaction; OCPP 1.6 §5.11, §5.12), so
this works while the CSMS is away. What comes of it is a transaction like any other: kept, delivered, and billed to the
account whose card it was started with (on_site_account.py).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from local_controller import startable
from local_controller.charge_point import ChargePoint
from local_controller.errors import NoAnswer, TooManyTries
from local_controller.keeping import Refused, Unknown
from local_controller.on_site_account import OnSiteAccount
from local_controller.site_state import Asked, Connector, SiteState, View
from ocppj import log
from ocppj.errors import BadAnswer, CallErrorReceived, CallTimeout, ConnectionLost
from ocppj.payloads import Request, ResultT
from ocppj.peer import Peer
from ocppj.v16 import GetConfiguration, RemoteStartTransaction, RemoteStopTransaction

ANSWER_S = 10.0
PLUG_IN_S, LONGEST_PLUG_IN_S = 60, 3600  # ConnectionTimeOut, where the charge point does not say its own
STOP_S = 30.0  # from its answer to the end of the transaction, with a last reading of the meter
MOST_A_MINUTE = 10  # of one connector: each closes or opens a contactor
_TRANSPARENT = "in transparent mode the controller only passes on what the central system asks"
_log = log.get(__name__)
Outcome = dict[str, Any]
_Key = tuple[str | int | None, ...]


class OnSite:
    """`ours` finds a charge point of this site; keeping.Unknown if it is none. `by`, everywhere: who asks."""

    def __init__(
        self,
        account: OnSiteAccount,
        state: SiteState,
        ours: Callable[[str], ChargePoint],
        clock: Callable[[], datetime],
        *,
        transparent: bool = False,
    ) -> None:
        self._account, self._state, self._ours, self._clock = account, state, ours, clock
        self._transparent = transparent
        self._doing: dict[_Key, asyncio.Task[Outcome]] = {}
        self._asked_at_s: dict[tuple[str, int], deque[float]] = {}

    async def start(self, identity: str, connector_id: int, by: str) -> Outcome:
        """{"status": "Accepted", "until"}: the charge point will start if a car is plugged in by then. Pressed again it
        is the same start. Raises Unknown, Refused, NoAnswer, TooManyTries."""
        return await self._once(("start", identity, connector_id), lambda: self._start(identity, connector_id, by))

    async def stop(self, identity: str, connector_id: int, transaction_id: int | None, by: str) -> Outcome:
        """{"status": "Accepted", "until"} for the transaction that runs there, whoever's it is; {"status": "Ended"} if
        the one named, as the page showed it, runs no more. Raises as start()."""
        running = self._find(identity, connector_id)[1].on_connector(connector_id)
        meant = running.transaction_id if transaction_id is None and running is not None else transaction_id
        key = ("stop", identity, connector_id, meant)  # who means another one is not told the outcome of this one
        return await self._once(key, lambda: self._stop(identity, connector_id, transaction_id, by))

    def json(self) -> dict[str, Any]:
        """As GET /api/status shows it."""
        told = self._account.json()
        return {**told, "why_not": self._mode_forbids() or told["why_not"]}

    async def _start(self, identity: str, connector_id: int, by: str) -> Outcome:
        charge_point, view, connector = self._find(identity, connector_id)
        if (asked := self._pending(connector, "start")) is not None:
            return _outcome(asked)
        charging = view.on_connector(connector_id) is not None
        here = startable.why_not(connector.status, connected=charge_point.south is not None, charging=charging)
        why = self._mode_forbids() or self._account.why_not() or here
        id_tag, south = self._account.id_tag, charge_point.south
        if why is not None or id_tag is None or south is None:
            raise Refused(f"no charge can be started at connector {connector_id} of {identity}: {why}")
        if not charge_point.boot_accepted:
            raise Refused(f"{identity} has not been accepted by the central system yet")
        self._bound(identity, connector_id)
        wait_s = await self._plug_in_s(south, identity)
        told = await self._ask(south, identity, RemoteStartTransaction(id_tag, connector_id))
        _log.info("on_site.start", charge_point=identity, connector=connector_id, by=by, id_tag=log.short(id_tag),
                  status=told.status)  # fmt: skip
        if told.status != "Accepted":
            raise Refused(f"{identity} refused to start at connector {connector_id}: look at the charge point")
        asked = Asked("start", self._clock() + timedelta(seconds=wait_s))
        if view.on_connector(connector_id) is None:  # with a car plugged in it may have begun before it answered
            self._state.asked(identity, connector_id, asked)
        return _outcome(asked)

    async def _stop(self, identity: str, connector_id: int, transaction_id: int | None, by: str) -> Outcome:
        charge_point, view, connector = self._find(identity, connector_id)
        running = view.on_connector(connector_id)
        if transaction_id is not None and (running is None or running.transaction_id != transaction_id):
            return {"status": "Ended", "until": None}
        if running is None:
            raise Refused(f"no charge is running at connector {connector_id} of {identity}")
        if (asked := self._pending(connector, "stop")) is not None:
            return _outcome(asked)
        if charge_point.south is None:
            raise Refused(f"{identity} is not connected: the charge can be ended at the charge point itself")
        self._bound(identity, connector_id)
        request = RemoteStopTransaction(running.transaction_id)
        told = await self._ask(charge_point.south, identity, request)
        _log.info("on_site.stop", charge_point=identity, connector=connector_id, by=by,
                  transaction=running.transaction_id, id_tag=log.short(running.id_tag), status=told.status)  # fmt: skip
        if told.status != "Accepted":
            raise Refused(f"{identity} refused to stop at connector {connector_id}: look at the charge point")
        asked = Asked("stop", self._clock() + timedelta(seconds=STOP_S))
        if running.transaction_id in view.transactions:
            self._state.asked(identity, connector_id, asked)
        return _outcome(asked)

    def _mode_forbids(self) -> str | None:
        return _TRANSPARENT if self._transparent else None

    def _find(self, identity: str, connector_id: int) -> tuple[ChargePoint, View, Connector]:
        charge_point, view = self._ours(identity), self._state.views[identity]
        connector = view.connectors.get(connector_id) if connector_id > 0 else None
        if connector is None:
            raise Unknown(f"{identity} has no connector {connector_id}")
        return charge_point, view, connector

    def _pending(self, connector: Connector, what: str) -> Asked | None:
        asked = connector.asked
        return asked if asked is not None and asked.what == what and asked.until > self._clock() else None

    def _bound(self, identity: str, connector_id: int) -> None:
        now_s = asyncio.get_running_loop().time()
        times = self._asked_at_s.setdefault((identity, connector_id), deque(maxlen=MOST_A_MINUTE))
        if len(times) == MOST_A_MINUTE and now_s - times[0] < 60:
            raise TooManyTries(int(60 - (now_s - times[0])) + 1)
        times.append(now_s)

    async def _once(self, key: _Key, work: Callable[[], Awaitable[Outcome]]) -> Outcome:
        """Whoever presses while it is going on gets its outcome."""

        async def doing() -> Outcome:
            try:
                return await work()
            finally:
                del self._doing[key]

        if key not in self._doing:
            self._doing[key] = asyncio.create_task(doing(), name=" ".join(map(str, key)))
        return await asyncio.shield(self._doing[key])

    async def _plug_in_s(self, south: Peer, identity: str) -> int:
        """How long the charge point waits for a car, by its own word."""
        try:
            told = await self._ask(south, identity, GetConfiguration(["ConnectionTimeOut"]))
        except Refused:
            return PLUG_IN_S
        values = [row.value or "" for row in told.configuration_key or () if row.key.lower() == "connectiontimeout"]
        said = values[0] if values else ""
        return min(int(said), LONGEST_PLUG_IN_S) if said.isdecimal() and len(said) < 9 else PLUG_IN_S

    async def _ask(self, south: Peer, identity: str, request: Request[ResultT]) -> ResultT:
        try:
            return await south.call(request, ANSWER_S)
        except (CallErrorReceived, BadAnswer) as problem:
            raise Refused(f"{identity} answered with an error: {problem}") from None
        except (CallTimeout, ConnectionLost):
            _log.warning("on_site.no_answer", charge_point=identity, action=type(request).__name__)
            raise NoAnswer(
                f"{identity} did not answer within {ANSWER_S:g} s: whether it does what was asked shows here"
            ) from None


def _outcome(asked: Asked) -> Outcome:
    return {"status": "Accepted", "until": asked.until}
