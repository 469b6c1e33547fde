"""What people at the charge point see, hear and press: display, buzzer, stop buttons. For boards with any of them.

What the display says is content.py's; here it is found out, and drawn. A display that falls silent is no fault
of charging: one line says so, and it is tried again.
"""
import asyncio
import time

from micropython import const

from firmware.modules import on_demand
from firmware.panel import content

_LOOK_MS = const(250)
_TURN_LOOKS = const(16)      # until the next screen, or the next connector
_NEWS_MS = const(5000)
_AGAIN_MS = const(5000)      # until a silent display is tried again
_BUTTON_MS = const(50)
_BEAT_MS = const(100)
_FAILURES = const(3)
_SOUNDS = {"accepted": 0b1, "refused": 0b1010101, "stopped": 0b1111}   # beats, the first one lowest


class Session:
    """What is kept of a connector's charge until the next one, for whoever comes back to the car."""

    def __init__(self):
        self.number = 0              # of the transaction here
        self.transaction_id = None   # what the central system calls it
        self.wh = self.elapsed_s = None
        self.left = None             # (minutes, since ms)


class Panel:
    def __init__(self, parts, charge_point, whole, link, cars):
        """parts        display, buzzer, buttons (one or None a connector), each may be None
        whole        what ocpp/status.py shows of the whole charge point
        cars         gives what a connector's EV link tells, or None: a function of the connector's id
        """
        self._display, self._buzzer, self._buttons = parts
        self._charge_point, self._whole, self._link, self._cars = charge_point, whole, link, cars
        self._sessions = [Session() for _ in charge_point.connectors]
        self._news = None            # (screen, since ms)
        self._codes = {}             # rows by link
        self._looks = 0              # at the screen that is shown now
        self._turn = 0               # which of all screens it is
        self._first = [""] * len(self._sessions)   # title of each connector's first screen
        self._beats = 0

    def tasks(self):
        found = []
        if self._display:
            found.append((self.watch_display,))
        if self._buzzer:
            found.append((self.beat,))
        if any(self._buttons):
            found.append((self.watch_buttons,))
        return found

    def show(self, accepted, why):
        """A card was judged; `why` as content.news() has it."""
        starts = accepted and any(c.id_tag and c.plugged for c in self._charge_point.connectors)   # its screen says so
        self._news = None if starts else (content.news(accepted, why), time.ticks_ms())
        self._beats = _SOUNDS["accepted" if accepted else "refused"]

    # The display

    async def watch_display(self):
        failures = 0
        while True:
            screen = self.screen()
            try:
                await self._display.show(screen, await self._code(screen[3]) if screen[3] else None)
                if failures >= _FAILURES:
                    print("display.back")
                failures = 0
            except OSError as error:
                failures = min(failures + 1, _FAILURES + 1)
                if failures == _FAILURES:
                    print("display.failed error=%s" % error)
                if failures >= _FAILURES:
                    await asyncio.sleep_ms(_AGAIN_MS)
            await asyncio.sleep_ms(_LOOK_MS)

    def screen(self):
        """What is to be seen at this look: all screens of all connectors in turn, but first the one that is new."""
        news = self._news
        if news and time.ticks_diff(time.ticks_ms(), news[1]) < _NEWS_MS:
            return news[0]
        self._news = None
        configuration = self._charge_point.configuration
        phone, offline = configuration.text("BollardEmergencyNumber"), not self._link.is_ready()
        self._looks += 1
        if self._looks > _TURN_LOOKS:
            self._looks, self._turn = 1, self._turn + 1
        found = []   # type: list[tuple]
        for i, connector in enumerate(self._charge_point.connectors):
            self._follow(connector, self._sessions[i])
            screens = content.screens(self.what_is_seen(connector, i), phone, offline)
            if screens[0][0] != self._first[i]:
                self._first[i] = screens[0][0]
                self._looks, self._turn = 1, len(found)
            found += [screen for screen in screens if not screen[3] or self._display.draws_codes]
        self._turn %= len(found)
        return found[self._turn]

    def _follow(self, connector, session):
        """Keep the figures of a running charge: the charge point forgets them when it is over."""
        charge_point, shown = self._charge_point, connector.shown
        if not connector.transaction:
            if session.number and shown.status == "Available":
                session.number, shown.price = 0, ""   # it was that card's: the next one may pay another
            return
        if session.number != connector.transaction:
            session.number, session.transaction_id = connector.transaction, None
            session.wh = session.elapsed_s = session.left = None
            shown.minutes_left = shown.soc = None   # of the car before
        known = charge_point.transactions.id_of(connector.transaction)
        if known is not None:   # and kept: it is forgotten there before the last cost comes
            session.transaction_id = known
        if connector.meter_start_wh is not None and connector.meter.energy_wh is not None:
            session.wh = max(0, connector.meter.energy_wh - connector.meter_start_wh)
        if connector.started_s is not None and connector.phase == connector.RUNNING:
            session.elapsed_s = max(0, charge_point.clock.now_s() - connector.started_s)
        if shown.minutes_left is not None:
            session.left = (shown.minutes_left, time.ticks_ms())
            shown.minutes_left = None   # taken: the same number may be told again later

    def what_is_seen(self, connector, i):
        """What content.py wants to know of a connector."""
        charge_point, shown, session = self._charge_point, connector.shown, self._sessions[i]
        now_ms = time.ticks_ms()
        seen = content.Seen()
        if len(charge_point.connectors) > 1:
            seen.number = connector.connector_id
        seen.status, seen.error_code, seen.info = shown.status, shown.error_code, connector.controller.fault_info
        seen.plugged = connector.plugged
        expected = charge_point.next_plug
        seen.authorized = bool(connector.id_tag or expected and not connector.plugged)
        seen.price = shown.price or self._whole.price
        seen.locked_in = bool(connector.lock and connector.lock.owner)
        seen.link = content.link_of(
            charge_point.configuration.text("BollardConnectorLinks"), connector.connector_id)
        if shown.status == "Preparing" and not (seen.authorized and seen.plugged):
            since_ms = connector.waiting_ms
            waited_s = time.ticks_diff(now_ms, since_ms) // 1000
            seen.wait_s = max(0, charge_point.configuration.number("ConnectionTimeOut") - waited_s)
        if shown.status[:2] not in ("Ch", "Su", "Fi"):
            return seen
        seen.wh, seen.elapsed_s = session.wh, session.elapsed_s
        seen.power_w = connector.meter.power_w
        seen.offered_da, seen.limit = connector.controller.offered_da, connector.controller.limit_reason
        if shown.cost[0] is not None and shown.cost[0] == session.transaction_id:
            seen.cost = shown.cost[1]
        if session.left:
            seen.left_min = max(0, session.left[0] - time.ticks_diff(now_ms, session.left[1]) // 60_000)
        about = getattr(shown, "soc", None)   # told by ocpp/data_transfer.py, where anybody told it
        car = self._cars(connector.connector_id)
        if car and car.soc_percent is not None:
            seen.soc = round(car.soc_percent)
        else:
            seen.soc, seen.is_about = about, about is not None
        return seen

    async def _code(self, link):
        """The rows of a link's code, made once; None where there can be none."""
        if link not in self._codes:
            rows = None
            try:
                for rows in on_demand("panel.qr_code").steps(link):
                    await asyncio.sleep_ms(0)
            except ValueError as error:
                print("display.no_code error=%s" % error)
            self._codes = {kept: self._codes[kept] for kept in self._links() if kept in self._codes}
            self._codes[link] = rows
        return self._codes[link]

    def _links(self):
        links = self._charge_point.configuration.text("BollardConnectorLinks")
        return [content.link_of(links, connector.connector_id) for connector in self._charge_point.connectors]

    # The buzzer

    async def beat(self):
        """On and off by the beats that are due; the first of a new sound begins at once."""
        sounds = False
        while True:
            on = bool(self._beats & 1)
            self._beats >>= 1
            if on != sounds:
                sounds = on
                self._buzzer.sound(on)
            await asyncio.sleep_ms(_BEAT_MS)

    # Stop buttons

    async def watch_buttons(self):
        """A press ends the charge at that connector, for whoever presses: nobody is kept from stopping one. It counts
        once it was seen twice, and again after the button was let go."""
        held = [0] * len(self._buttons)
        while True:
            for i, button in enumerate(self._buttons):
                held[i] = min(held[i] + 1, 3) if button and button.is_pressed() else 0
                if held[i] == 2:
                    self._stop(self._charge_point.connectors[i])
            await asyncio.sleep_ms(_BUTTON_MS)

    def _stop(self, connector):
        charge_point = self._charge_point
        if connector.phase == connector.RUNNING:
            print("stop_button.pressed connector=%d" % connector.connector_id)
            charge_point.end(connector, "Local")
            self._beats = _SOUNDS["stopped"]
        elif connector.phase == connector.FREE and connector.id_tag:   # authorized, and nobody wants it any more
            print("stop_button.pressed connector=%d" % connector.connector_id)
            charge_point.forget(connector)
