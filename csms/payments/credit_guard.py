"""Ends charging that can no longer be paid, that has come to its driver's limit, or that has filled the car where the
house wants that: asks the charge point to stop, with each meter value until it does."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import msgspec

from csms.bus import messages
from csms.bus.in_process import InProcessBus
from csms.commands.remote_stop import remote_stop
from csms.domain.errors import CommandFailed, Conflict
from csms.domain.events import BatteryFull, CreditExhausted, LimitReached
from ocppj import log

_log = log.get(__name__)
_AGAIN_AFTER_S = 30.0  # a charge point that accepted needs a moment to stop

Stopped = CreditExhausted | BatteryFull | LimitReached
_STOPPED_FOR: dict[str, type[Stopped]] = {kind.__name__: kind for kind in (CreditExhausted, BatteryFull, LimitReached)}
_SAID = {CreditExhausted: "credit.exhausted", BatteryFull: "battery.full", LimitReached: "limit.reached"}


class CreditGuard:
    """`must_be_accepted`: raises Conflict for a charge point at which nothing may be stopped now."""

    def __init__(
        self,
        bus: InProcessBus,
        must_be_accepted: Callable[[str], Awaitable[None]],
        ticks_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bus = bus
        self._must_be_accepted = must_be_accepted
        self._ticks_s = ticks_s
        self._asked_s: dict[int, float] = {}
        self._asking: set[asyncio.Task[None]] = set()
        self._leave = bus.subscribe(messages.EVENTS, self._on_event)

    async def close(self) -> None:
        self._leave()
        for task in self._asking:
            task.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)

    def _on_event(self, data: bytes) -> None:
        event = messages.decode(messages.Event, data)
        kind = _STOPPED_FOR.get(event.type)
        if kind is None:
            return
        exhausted = msgspec.json.decode(event.data, type=kind)
        now_s = self._ticks_s()
        self._asked_s = {t: at for t, at in self._asked_s.items() if now_s - at < _AGAIN_AFTER_S}
        if exhausted.transaction_id in self._asked_s:
            return
        self._asked_s[exhausted.transaction_id] = now_s
        task = asyncio.create_task(self._stop(exhausted), name=f"stop {exhausted.transaction_id}")
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _stop(self, exhausted: Stopped) -> None:
        _log.info(_SAID[type(exhausted)], charge_point=exhausted.charge_point, transaction=exhausted.transaction_id)
        try:
            await self._must_be_accepted(exhausted.charge_point)
            await remote_stop(self._bus, exhausted.charge_point, exhausted.transaction_id)
        except (CommandFailed, Conflict):
            self._asked_s.pop(exhausted.transaction_id, None)  # call() has told the log; the next value asks again
        except Exception as error:
            _log.error("credit_guard.failed", transaction=exhausted.transaction_id, error=repr(error))
