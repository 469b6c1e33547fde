"""BootNotification until accepted, then Heartbeats (OCPP 1.6 §4.2, §4.6). The central system's time sets the clock."""
import asyncio
import time

from micropython import const

from firmware.ocpp.link import CallError, CallTimeout, LinkDown

_OWN_WAIT_S = const(30)       # when the central system names none, or does not answer
_DAY_S = const(86_400)        # the longest wait obeyed: ticks tell no more than six days apart
_DAY_MS = const(86_400_000)   # a Heartbeat a day keeps the clock right even when other messages keep the link alive


class Registration:
    def __init__(self, link, configuration, clock, about, on_accepted=None):
        self._link = link
        self._configuration = configuration
        self._clock = clock
        self.about = about               # the payload of BootNotification
        self.on_accepted = on_accepted
        self._due = True                  # a BootNotification may leave
        self._due_ms = time.ticks_ms()    # when the next one may
        self._heartbeat_ms = time.ticks_ms()
        self.pending = False

    def boot_now(self):
        """Asked for by TriggerMessage while pending."""
        self._due = True

    async def run(self):
        while True:
            await asyncio.sleep_ms(1000 if self._link.registered else 50)
            await self._link.watch()
            now_ms = time.ticks_ms()
            if time.ticks_diff(now_ms, self._due_ms) >= 0:   # the wait goes on while there is no connection
                self._due = True
            if not self._link.connected:
                continue
            if not self._link.registered:
                if self._due:
                    self._due = False
                    wait_s = await self._boot()
                    self._due_ms = time.ticks_add(time.ticks_ms(), min(wait_s, _DAY_S) * 1000)
                continue
            silent_ms = time.ticks_diff(now_ms, self._link.last_sent_ms)
            if (silent_ms >= self._configuration.number("HeartbeatInterval") * 1000
                    or time.ticks_diff(now_ms, self._heartbeat_ms) > _DAY_MS):
                await self.heartbeat()

    async def _boot(self):
        """One BootNotification; seconds to wait before the next, 0 when accepted."""
        self._link.deaf = False
        try:
            answer = await self._link.call("BootNotification", self.about, early=True)
        except LinkDown:
            return 0
        except (CallTimeout, CallError) as error:
            print("boot.failed error=%r" % error)
            return _OWN_WAIT_S
        status, interval_s = answer.get("status"), answer.get("interval")
        if not isinstance(interval_s, int) or interval_s < 0:
            interval_s = 0
        self._set_clock(answer)
        self.pending = status == "Pending"
        if status == "Accepted":
            if interval_s:
                self._configuration.set_for_now("HeartbeatInterval", interval_s)
            self._link.registered = True
            print("boot.accepted interval_s=%d" % self._configuration.number("HeartbeatInterval"))
            self.on_accepted()
            self._link.poke()
            return 0
        print("boot.%s interval_s=%d" % ("pending" if self.pending else "rejected", interval_s))
        self._link.deaf = status == "Rejected"   # not a word until the interval ends
        return interval_s or _OWN_WAIT_S

    async def heartbeat(self):
        self._heartbeat_ms = time.ticks_ms()
        try:
            self._set_clock(await self._link.call("Heartbeat", "{}", early=self.pending))
        except (LinkDown, CallTimeout, CallError):
            pass   # nothing hangs on it; the link finds out itself whether it is dead

    def _set_clock(self, answer):
        try:
            self._clock.set(answer["currentTime"])
        except (KeyError, ValueError, TypeError):
            print("clock.unset reason=no currentTime")
