"""What people on site see: connectors and running transactions, kept current by what passes, and a stream of events.

A picture only: rows in the store are the truth, and it is drawn from them again at each start.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from local_controller import startable
from local_controller.meter_values import Currents, currents, newest
from local_controller.payloads import Status, try_read, utc
from local_controller.store import Store
from local_controller.tables import from_ms
from local_controller.transactions import Running, running

MAX_CONNECTORS = 64  # shown of one charge point; it chooses the numbers itself
QUEUE_NEWS_S = 0.25
EVENTS_BEHIND = 500  # a page that is so far behind had better begin anew


@dataclass(slots=True)
class Transaction:
    transaction_id: int
    connector_id: int
    id_tag: str
    started_at: datetime
    meter_start_wh: int
    energy_wh: int = 0
    power_w: int | None = None
    currents: Currents | None = None  # kept if the site has a meter of its own


@dataclass(frozen=True, slots=True)
class Asked:
    """The page has asked for a start or a stop, and the charge point has agreed: it has until then to do it."""

    what: Literal["start", "stop"]
    until: datetime


@dataclass(slots=True)
class Connector:
    status: str | None = None  # until it said one
    error_code: str | None = None
    at: datetime | None = None
    asked: Asked | None = None  # until it is done; one that is over was not done in time


@dataclass(slots=True)
class View:
    """One charge point as the page shows it."""

    identity: str
    serial: str
    name: str | None = None  # what people call it
    retired: bool = False
    connected: bool = False
    northbound: bool = False
    last_seen_at: datetime | None = None
    connectors: dict[int, Connector] = field(default_factory=dict)
    transactions: dict[int, Transaction] = field(default_factory=dict)  # by our id

    def connector(self, connector_id: int) -> Connector | None:
        if connector_id not in self.connectors and len(self.connectors) >= MAX_CONNECTORS:
            return None
        return self.connectors.setdefault(connector_id, Connector())

    def on_connector(self, connector_id: int) -> Transaction | None:
        """The newest one: an older one that never got its stop is no longer what happens there."""
        there = [t for t in self.transactions.values() if t.connector_id == connector_id]
        return max(there, key=lambda t: t.transaction_id, default=None)


class SiteState:
    def __init__(self) -> None:
        self.views: dict[str, View] = {}
        self.keeps_currents = False
        self._subscribers: set[_Subscriber] = set()
        self._queue_news: asyncio.TimerHandle | None = None

    async def load(self, store: Store) -> None:
        for identity, serial, connectors, seen_at, name, retired_at in await store.read(
            "SELECT identity, serial, connectors, seen_at, name, retired_at FROM charge_points"
            " ORDER BY adopted_at, identity"
        ):
            view = self.add(identity, serial, connectors)
            view.name, view.retired = name or None, retired_at is not None
            view.last_seen_at = from_ms(seen_at) if seen_at else None
        for identity, payload, received_at in await store.read(
            "SELECT charge_point, payload, received_at FROM connectors ORDER BY charge_point, connector_id"
        ):
            if identity in self.views and (status := try_read(Status, payload)):
                self._set_status(self.views[identity], status, from_ms(received_at))
        for transaction in await running(store):
            if transaction.charge_point in self.views:
                self._resume(self.views[transaction.charge_point], transaction)

    def add(self, identity: str, serial: str, connectors: int = 1) -> View:
        view = self.views.setdefault(identity, View(identity, serial))
        for connector_id in range(1, min(connectors, MAX_CONNECTORS) + 1):
            view.connector(connector_id)
        return view

    def adopted(self, identity: str, serial: str) -> None:
        self._tell("ChargePointAdopted", self.add(identity, serial))

    def kept(self, identity: str, *, name: str | None, retired: bool) -> None:
        view = self.views[identity]
        view.name, view.retired = name, retired
        self._tell("ChargePointChanged", view)

    @property
    def shown(self) -> list[View]:
        return [view for view in self.views.values() if not view.retired]

    def queue_moved(self) -> None:
        """Thousands a second while an outage is made up for: pages are told now and then."""
        if self._subscribers and self._queue_news is None:
            self._queue_news = asyncio.get_running_loop().call_later(QUEUE_NEWS_S, self._tell_queue)

    def _tell_queue(self) -> None:
        self._queue_news = None
        self.publish("Queue", {})

    def audited(self) -> None:
        self.publish("Audited", {})

    def connected(self, identity: str, connected: bool, now: datetime) -> None:
        view = self.views[identity]
        view.connected, view.last_seen_at = connected, now
        self._tell("ChargePointConnected" if connected else "ChargePointDisconnected", view)

    def northbound(self, identity: str, up: bool) -> None:
        self.views[identity].northbound = up
        self._tell("Upstream", self.views[identity])

    def status(self, identity: str, status: Status, now: datetime) -> None:
        view = self.views[identity]
        view.last_seen_at = now
        self._set_status(view, status, now)
        self._tell("ConnectorStatus", view, status.connector_id)

    def started(self, identity: str, transaction: Transaction) -> None:
        view = self.views[identity]
        if connector := view.connector(transaction.connector_id):
            connector.asked = None
        view.transactions[transaction.transaction_id] = transaction
        self._tell("TransactionStarted", view, transaction.connector_id)

    def asked(self, identity: str, connector_id: int, asked: Asked) -> None:
        view = self.views[identity]
        if connector := view.connector(connector_id):
            connector.asked = asked
            self._tell("Asked", view, connector_id)

    def metered(self, identity: str, transaction_id: int | None, payload: bytes) -> None:
        view = self.views[identity]
        transaction = view.transactions.get(transaction_id) if transaction_id is not None else None
        if transaction is not None:
            _measure(transaction, payload)
            if self.keeps_currents:
                transaction.currents = currents(payload) or transaction.currents
            self._tell("MeterSample", view, transaction.connector_id)

    def ended(self, identity: str, transaction_id: int) -> None:
        view = self.views[identity]
        if transaction := view.transactions.pop(transaction_id, None):
            if connector := view.connector(transaction.connector_id):
                connector.asked = None
            self._tell("TransactionEnded", view, transaction.connector_id)

    def publish(self, event: str, data: dict[str, Any]) -> None:
        for subscriber in list(self._subscribers):
            subscriber.put(event, data)

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator["_Subscriber"]:
        subscriber = _Subscriber()
        self._subscribers.add(subscriber)
        try:
            yield subscriber
        finally:
            self._subscribers.discard(subscriber)

    def close(self) -> None:
        """End all streams, so that the web server can stop."""
        for subscriber in self._subscribers:
            subscriber.close()

    def _tell(self, event: str, view: View, connector_id: int | None = None) -> None:
        if self._subscribers:
            data = {"charge_point": view.identity, "connector_id": connector_id, **charge_point_json(view)}
            self.publish(event, data)

    @staticmethod
    def _set_status(view: View, status: Status, received_at: datetime) -> None:
        if connector := view.connector(status.connector_id):
            connector.status, connector.error_code = status.status[:50], status.error_code[:50]
            connector.at = utc(status.timestamp) if status.timestamp else received_at

    @staticmethod
    def _resume(view: View, known: Running) -> None:
        transaction = Transaction(
            known.transaction_id, known.connector_id, known.id_tag, known.started_at, known.meter_start_wh
        )
        if known.last_values is not None:
            _measure(transaction, known.last_values)
        view.connector(known.connector_id)
        view.transactions[known.transaction_id] = transaction


def charge_point_json(view: View) -> dict[str, Any]:
    """As GET /api/charge-points shows it. Connector 0 is the charge point itself and is no row of the page."""
    return {
        "identity": view.identity,
        "serial": view.serial,
        "name": view.name,
        "retired": view.retired,
        "connected": view.connected,
        "northbound": view.northbound,
        "last_seen_at": view.last_seen_at,
        "connectors": [
            {
                "connector_id": number,
                "status": connector.status,
                "error_code": connector.error_code,
                "at": connector.at,
                "transaction": _transaction_json(transaction := view.on_connector(number)),
                "asked": connector.asked and {"what": connector.asked.what, "until": connector.asked.until},
                "why_not": startable.why_not(
                    connector.status, connected=view.connected, charging=transaction is not None
                ),
            }
            for number, connector in sorted(view.connectors.items())
            if number > 0
        ],
    }


def _transaction_json(transaction: Transaction | None) -> dict[str, Any] | None:
    if transaction is None:
        return None
    return {
        "transaction_id": transaction.transaction_id,
        "id_tag": transaction.id_tag,
        "started_at": transaction.started_at,
        "energy_wh": transaction.energy_wh,
        "power_w": transaction.power_w,
    }


def _measure(transaction: Transaction, payload: bytes) -> None:
    reading = newest(payload)
    if reading.register_wh is not None:
        transaction.energy_wh = max(0, reading.register_wh - transaction.meter_start_wh)
    if reading.power_w is not None:
        transaction.power_w = reading.power_w


class _Subscriber:
    """One open page."""

    def __init__(self) -> None:
        self._events: deque[tuple[str, dict[str, Any]]] = deque()
        self._news = asyncio.Event()
        self._closed = False

    def put(self, event: str, data: dict[str, Any]) -> None:
        if len(self._events) >= EVENTS_BEHIND:
            self.close()
            return
        self._events.append((event, data))
        self._news.set()

    def close(self) -> None:
        self._closed = True
        self._news.set()

    async def get(self, timeout_s: float) -> list[tuple[str, dict[str, Any]]] | None:
        """What happened since, perhaps nothing within `timeout_s`; None at the end of the stream."""
        if not self._events and not self._closed:
            try:
                await asyncio.wait_for(self._news.wait(), timeout_s)
            except TimeoutError:
                return []
        self._news.clear()
        if self._closed:
            return None
        events = list(self._events)
        self._events.clear()
        return events
