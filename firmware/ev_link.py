"""What an EV link tells of the car on one connector, kept fresh. For boards with such a link.

A link that falls silent is no fault of charging: its values vanish from what is told, and one line says so.
"""
import asyncio
import time

from micropython import const

_READ_EVERY_MS = const(2000)
_LOOK_MS = const(100)      # nobody swaps cars in as little: the values of one are never told of the next
_FAILURES = const(4)       # in a row, each after the bus's own retries
_REPORT_LOOK_MS = const(2000)
_REPORT_EVERY_MS = const(60_000)
_NEWS_PERCENT = const(10)  # what a car asks for moves all the time


class LinkedCar:
    def __init__(self, part, connector, link, needs):
        """part       the driver: read(), forget() and the fields of drivers/ev_link.py
        connector  as charge_point.py has it
        link       to the central system
        needs      gives the module ocpp/ev_needs.py for one use: what is no meter value
        """
        self._part, self._connector, self._link, self._needs = part, connector, link, needs
        self._failures = 0
        self._limit_da = None      # what the part may draw, as told last
        self._plugged = False
        self._told = None          # (transaction, capacity_wh, request_w), told last …
        self._told_ms = time.ticks_ms()   # … and when
        self._is_heard = True      # until the central system says that it has no use for it

    def told(self):
        """The part with its fields, while it is heard from and a car is there; or None."""
        return self._part if self._plugged and self._connector.plugged and self._failures < _FAILURES else None

    async def watch(self):
        part, connector = self._part, self._connector
        read_ms = time.ticks_add(time.ticks_ms(), -_READ_EVERY_MS)
        while True:
            if connector.plugged != self._plugged:
                self._plugged = connector.plugged
                part.forget()
            # A part that takes its limit from here hears of a new one at once.
            news = part.limit and not self._failures and connector.controller.offered_da != self._limit_da
            if news or time.ticks_diff(time.ticks_ms(), read_ms) >= _READ_EVERY_MS:
                read_ms = time.ticks_ms()
                await self._read()
            await asyncio.sleep_ms(_LOOK_MS)

    async def _read(self):
        try:
            if self._part.limit:
                offered_da = self._connector.controller.offered_da
                await self._part.tell(offered_da, len(self._connector.meter.current_ma))
                self._limit_da = offered_da
            await self._part.read()
        except Exception as error:   # the driver's EvLinkError; anything else must not end the reading either
            self._failures = min(self._failures + 1, _FAILURES + 1)
            if self._failures == _FAILURES:
                self._part.forget()
                print("ev_link.failed connector=%d error=%s" % (self._connector.connector_id, error))
            return
        if self._failures >= _FAILURES:
            print("ev_link.back connector=%d" % self._connector.connector_id)
        self._failures = 0

    async def report(self):
        """Tell what OCPP 1.6 has no meter value for, once in a transaction and when it has changed."""
        link = self._link
        while self._is_heard:
            await asyncio.sleep_ms(_REPORT_LOOK_MS)
            news = self._news() if link.connected and link.registered else None
            if news:
                verdict = await self._needs().tell(link, self._connector.connector_id, self._part)
                if verdict is not None:
                    self._told, self._told_ms, self._is_heard = news, time.ticks_ms(), verdict

    def _news(self):
        connector, car = self._connector, self.told()
        if connector.phase != connector.RUNNING or not car or (car.capacity_wh, car.request_w) == (None, None):
            return None
        now = connector.transaction, car.capacity_wh, car.request_w
        if not self._told or self._told[0] != now[0]:
            return None if car.request_w == 0 else now   # it does not ask yet
        if time.ticks_diff(time.ticks_ms(), self._told_ms) < _REPORT_EVERY_MS:
            return None
        before_w, now_w = self._told[2] or 0, now[2] or 0
        moved = abs(now_w - before_w) * 100 > _NEWS_PERCENT * max(now_w, before_w)
        return now if moved or now[1] != self._told[1] else None
