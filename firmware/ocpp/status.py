"""StatusNotification (OCPP 1.6 §4.9): each change in order while connected, only the present state afterwards."""
import asyncio
import time

from micropython import const

from firmware.ocpp.link import CallError, CallTimeout, LinkDown

_LOOK_EVERY_MS = const(50)
_MOST_CHANGES = const(12)   # a central system that does not answer must not fill the heap with a flapping car
# Moves that §4.9's table does not know, by the first two letters of both. They are told as two moves that it does.
_NO_MOVES = "AvFi PrRe PrUn ChPr SuPr ChRe SuRe FiCh FiSu FiRe ReCh ReSu ReFi UnFi UnRe"


class Shown:
    """What one connector (0: the whole charge point) shows to the outside; `changes` wait to be told.

    transaction_id, price, cost, minutes_left: for a display, told by DataTransfer; class attributes while they are not
    """
    transaction_id = None   # the newest that the central system gave this connector
    price = ""
    cost = (None, "")       # of which transaction, and its text
    minutes_left = None
    asked = False           # the present state is to be told, news or not
    telling = None          # the change that was sent last

    def __init__(self, connector_id, clock):
        self.connector_id = connector_id
        self.status, self.error_code, self.info = "Available", "NoError", None
        self.told = None
        self._clock = clock
        self.changes = []

    def show(self, status, error_code="NoError", info=None):
        """True if that is news."""
        if status == self.status and error_code == self.error_code:
            return False
        if self.status[:2] + status[:2] in _NO_MOVES:
            self._change("Preparing" if status[0] in "CSF" else "Available", error_code, None)
        self._change(status, error_code, info)
        return True

    def _change(self, status, error_code, info):
        self.status, self.error_code, self.info = status, error_code, info
        if len(self.changes) >= _MOST_CHANGES:
            print("status.dropped connector=%d" % self.connector_id)
            self.changes.pop(0)
        self.changes.append((status, error_code, info, self._clock.now_s(), time.ticks_ms()))

    def tell_again(self):
        """The present state is told after the changes that wait, none of which is lost."""
        self.asked = True
        if not self.changes or self.changes[-1] is self.telling:
            self._change(self.status, self.error_code, self.info)


class StatusReports:
    def __init__(self, link, configuration, clock, shown):
        self._link = link
        self._configuration = configuration
        self._clock = clock
        self.shown = shown

    def tell_all(self):
        for shown in self.shown:
            shown.told, shown.changes = None, []   # what was before has no time that is worth anything
            shown.tell_again()

    async def run(self):
        while True:
            await asyncio.sleep_ms(_LOOK_EVERY_MS)
            for shown in self.shown:
                if self._link.connected and self._link.registered:
                    await self._tell(shown)
                else:
                    shown.asked = False
                    if len(shown.changes) > 1:
                        del shown.changes[:-1]

    async def _tell(self, shown):
        shortest_ms = self._configuration.number("MinimumStatusDuration") * 1000
        while shown.changes:
            change = shown.changes[0]
            last = len(shown.changes) == 1
            until_ms = time.ticks_ms() if last else shown.changes[1][4]
            asked = shown.asked and last
            if not asked and shown.told is not None and time.ticks_diff(until_ms, change[4]) < shortest_ms:
                if last:
                    return   # not long enough yet
            elif asked or change[:2] != shown.told:
                shown.telling = change
                if asked:
                    shown.asked = False   # now: who asks while this is on its way hears it once more
                try:
                    await self.send(shown.connector_id, change)
                except (LinkDown, CallTimeout):
                    return
                except CallError:
                    pass   # telling it again would not make it better understood
                shown.told = change[:2]
            if shown.changes and shown.changes[0] is change:
                shown.changes.pop(0)

    async def send(self, connector_id, change, early=False):
        status, error_code, info, moment_s, _ = change
        payload = {
            "connectorId": connector_id, "status": status, "errorCode": error_code,
            "timestamp": self._clock.stamp(moment_s),
        }
        if info:
            payload["info"] = info[:50]
        await self._link.call("StatusNotification", payload, early)
