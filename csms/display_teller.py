"""Tells the displays of charge points what a charge costs and how long it takes, by DataTransfer.

`org.openchargealliance.costmsg` (OCPP and California Pricing Requirements): SetUserPrice for whoever has shown a card
or begins to charge, RunningCost while it charges, FinalCost at its end; `org.bollard` TimeRemaining. Who knows a vendor
not, or a message, is not asked again until it connects anew. What is not answered is not said again: the next one says
more.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from csms.bus import messages
from csms.bus.in_process import InProcessBus
from csms.commands.data_transfer import data_transfer
from csms.domain import price_words
from csms.domain.errors import CallRefused, CommandFailed, Unreadable
from csms.domain.events import ChargePointConnected, MeterSample, RunningCost, TransactionEnded, TransactionStarted
from csms.store import charge_points, connectors, ev_needs, tariffs
from csms.store.database import Database
from ocppj import log

_log = log.get(__name__)
COST_VENDOR, OWN_VENDOR = "org.openchargealliance.costmsg", "org.bollard"
_MOST_TOLD = 20_000
_LONGEST_PRICE = 512  # of a priceText, by the requirements above
OLD = timedelta(minutes=5)  # told late, after an outage: the display would count through it all again
_AT_ONCE = 8  # a fleet that is back all at once must not be told all at once: its own messages come first


class DisplayTeller:
    """`every_s`: how often a running session's cost is said; 0: nothing is. `price_cents_per_kwh`: the house's;
    `usual_target_percent`: to where a battery is charged if nobody has said. All are asked for each time.
    """

    def __init__(
        self,
        bus: InProcessBus,
        database: Database,
        currency: str,
        every_s: Callable[[], int],
        price_cents_per_kwh: Callable[[], int],
        usual_target_percent: Callable[[], int],
        ticks_s: Callable[[], float] = time.monotonic,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._clock = clock
        self._bus, self._database = bus, database
        self._currency, self._every_s, self._ticks_s = currency, every_s, ticks_s
        self._price_cents_per_kwh, self._usual_target_percent = price_cents_per_kwh, usual_target_percent
        self._told_s: dict[int, float] = {}  # by transaction
        self._deaf: set[tuple[str, str]] = set()  # charge point, and the vendor or message that it does not know
        self._telling: set[str] = set()  # charge points that have not answered yet
        self._tasks: set[asyncio.Task[None]] = set()
        self._leave = bus.subscribe(messages.EVENTS, self._on_event)

    async def close(self) -> None:
        self._leave()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def authorized(self, identity: str, id_tag: str) -> None:
        """A card was accepted there: its holder learns the price before the plug is in. Returns at once."""
        if self._every_s() and len(self._tasks) < _AT_ONCE:
            self._own(identity, self._price(identity, id_tag, None), holds_back=False)

    def _on_event(self, data: bytes) -> None:
        event, every_s = messages.decode(messages.Event, data), self._every_s()
        if not every_s and event.type != "ChargePointConnected":
            return
        match event.type:
            case "MeterSample" | "RunningCost":
                if len(self._tasks) >= _AT_ONCE:
                    return  # the next sample of this session comes soon
                kind: type[MeterSample | RunningCost] = MeterSample if event.type == "MeterSample" else RunningCost
                sample = msgspec.json.decode(event.data, type=kind)
                if self._clock() - sample.at > OLD:
                    return
                now_s = self._ticks_s()
                last_s = self._told_s.get(sample.transaction_id)
                if sample.charge_point in self._telling or (last_s is not None and now_s - last_s < every_s):
                    return
                self._told_s[sample.transaction_id] = now_s
                if len(self._told_s) > _MOST_TOLD:
                    self._told_s.pop(next(iter(self._told_s)))
                self._own(sample.charge_point, self._running(sample))
            case "TransactionStarted":
                begun = msgspec.json.decode(event.data, type=TransactionStarted)
                if len(self._tasks) < _AT_ONCE and self._clock() - begun.started_at <= OLD:
                    price = self._price(begun.charge_point, begun.id_tag, begun.connector_id)
                    self._own(begun.charge_point, price, holds_back=False)
            case "TransactionEnded":
                ended = msgspec.json.decode(event.data, type=TransactionEnded)
                # One that nobody was told the cost of has ended long ago, and is only told late.
                if self._told_s.pop(ended.transaction_id, None) is not None:
                    self._own(ended.charge_point, self._final(ended))
            case "ChargePointConnected":
                back = msgspec.json.decode(event.data, type=ChargePointConnected).charge_point
                self._deaf = {(identity, message) for identity, message in self._deaf if identity != back}

    async def _price(self, identity: str, id_tag: str, connector_id: int | None) -> None:
        """Of the connector; before it is known which, of all that differ."""
        if (identity, COST_VENDOR) in self._deaf or (identity, "SetUserPrice") in self._deaf:
            return
        async with self._database.read() as db:
            point = await charge_points.find(db, identity)
            numbers = [c.number for c in await connectors.of_charge_point(db, point.id)]
            in_force = await tariffs.in_force(db, [identity], self._clock())
        cents = self._price_cents_per_kwh() if point.price_cents_per_kwh is None else point.price_cents_per_kwh
        texts = {}
        for number in numbers if connector_id is None else [connector_id]:
            tariff = in_force.get((identity, number)) or in_force.get((identity, 0))
            plain = price_words.per_kwh(cents, self._currency)
            texts[number] = plain if tariff is None else price_words.in_words(tariff, self._currency)
        if not texts:
            return
        text = next(iter(texts.values()))
        if len(set(texts.values())) > 1:
            text = "; ".join(f"connector {number}: {each}" for number, each in texts.items())
        told = {"idToken": id_tag, "priceText": text[:_LONGEST_PRICE]}
        await self._say(identity, COST_VENDOR, "SetUserPrice", told)

    async def _running(self, sample: MeterSample | RunningCost) -> None:
        state = "Charging" if sample.power_w is None or sample.power_w > 0 else "Idle"
        cost = {
            "transactionId": sample.transaction_id,
            "timestamp": sample.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "meterValue": sample.energy_wh,
            "cost": sample.cost_cents / 100,
            "state": state,
        }
        await self._say(sample.charge_point, COST_VENDOR, "RunningCost", cost)
        if (sample.charge_point, OWN_VENDOR) in self._deaf or (sample.charge_point, "TimeRemaining") in self._deaf:
            return
        async with self._database.read() as db:
            battery = await ev_needs.battery(db, sample.transaction_id, self._usual_target_percent())
        if battery is not None and battery.minutes_left is not None:
            left = {"transactionId": sample.transaction_id, "minutes": battery.minutes_left}
            if battery.soc_percent is not None and not battery.measured:
                left["soc"] = battery.soc_percent  # the display says "about"; what the car says it knows itself
            await self._say(sample.charge_point, OWN_VENDOR, "TimeRemaining", left)

    async def _final(self, ended: TransactionEnded) -> None:
        total = f"{ended.cost_cents / 100:.2f} {self._currency}"
        cost = {
            "transactionId": ended.transaction_id,
            "cost": ended.cost_cents / 100,
            "priceText": f"{ended.energy_wh / 1000:.2f} kWh, {total}",
        }
        await self._say(ended.charge_point, COST_VENDOR, "FinalCost", cost)

    async def _say(self, identity: str, vendor: str, message: str, what: Mapping[str, object]) -> None:
        if (identity, vendor) in self._deaf or (identity, message) in self._deaf:
            return
        try:
            answer = await data_transfer(self._bus, identity, vendor, message, msgspec.json.encode(what).decode())
        except (CallRefused, Unreadable):  # it has no DataTransfer, or cannot read ours
            self._deaf.add((identity, vendor))
        except CommandFailed:
            pass  # call() has told the log; the next one says more
        else:
            if answer.status == "UnknownVendorId":
                self._deaf.add((identity, vendor))
            elif answer.status == "UnknownMessageId":
                self._deaf.add((identity, message))

    def _own(self, identity: str, what: Coroutine[Any, Any, None], *, holds_back: bool = True) -> None:
        """`holds_back`: no running cost is said there until this is."""

        async def say() -> None:
            try:
                await what
            except Exception as error:
                _log.error("display.not_told", charge_point=identity, error=repr(error))
            finally:
                if holds_back:
                    self._telling.discard(identity)

        if holds_back:
            self._telling.add(identity)
        task = asyncio.create_task(say(), name=f"display of {identity}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
