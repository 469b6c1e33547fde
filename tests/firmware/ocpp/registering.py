"""A registration on the real interpreter: the firmware's own link, clock and registration over a socket in memory."""
import textwrap

from tests.firmware.on_micropython import run
from tests.firmware.test_ocpp_link import PROLOGUE as LINK

PROLOGUE = textwrap.dedent(LINK) + textwrap.dedent("""
    from firmware.clock import Clock
    from firmware.ocpp import registration as module
    from firmware.ocpp.registration import Registration
    from firmware.ocpp import status as status_module
    from firmware.ocpp.status import Shown, StatusReports

    ANSWERED_FROM_HERE = "2031-05-06T07:08:09.123Z"

    class Later:
        '''A time that can be moved on, for a module's `time`.'''
        ahead_ms = 0
        ticks_diff, ticks_add = time.ticks_diff, time.ticks_add
        @staticmethod
        def ticks_ms():
            return time.ticks_ms() + Later.ahead_ms

    class Rtc:
        moment = None
        def datetime(self, moment):
            self.moment = moment

    class Keys(Settings):
        def set_for_now(self, name, number):
            self.numbers[name] = number

    class Charger:
        '''Answers BootNotification as scripted (the last answer for ever), all else with {}; `heard`: what, when.'''
        def __init__(self, *boots, messages=(), handle=lambda action, payload: {"status": "Accepted"}, **numbers):
            numbers.setdefault("HeartbeatInterval", 300)
            numbers.setdefault("MinimumStatusDuration", 0)
            self.boots, self.heard, self.rtc = list(boots), [], Rtc()
            self.sockets, self.queue, self.keys = [], Queue(*messages), Keys(**numbers)
            self.link = Link(lambda: True, self.queue, self.keys)
            self.clock = Clock(self.rtc)
            self.shown = [Shown(n, self.clock) for n in range(3)]
            self.reports = StatusReports(self.link, self.keys, self.clock, self.shown)
            about = {"chargePointVendor": "V", "chargePointModel": "M"}
            self.registration = Registration(self.link, self.keys, self.clock, about, self.reports.tell_all)
            for task in (self.link.run(self.connect, handle), self.link.drain(self.queue.delivered),
                         self.registration.run(), self.reports.run()):
                asyncio.create_task(task)
        async def connect(self):
            socket = Socket()
            self.sockets.append(socket)
            asyncio.create_task(self.answer(socket))
            return socket
        async def answer(self, socket):
            done = 0
            while True:
                await asyncio.sleep_ms(5)
                calls = [f for f in socket.sent if f[0] == 2]
                for call in calls[done:]:
                    self.heard.append((call[2], call[3], time.ticks_ms()))
                    answer = {}
                    if call[2] == "BootNotification":
                        status, interval = self.boots.pop(0) if len(self.boots) > 1 else self.boots[0]
                        answer = {"status": status, "interval": interval, "currentTime": ANSWERED_FROM_HERE}
                    elif call[2] == "Heartbeat":
                        answer = {"currentTime": ANSWERED_FROM_HERE}
                    socket.come([3, call[1], answer])
                done = len(calls)
        def said(self, action=None):
            return [h[0] for h in self.heard if action in (None, h[0])]
        async def until(self, true, within_ms=6000):
            for _ in range(within_ms // 10):
                if true():
                    return
                await asyncio.sleep_ms(10)
            raise AssertionError(self.said())
        async def asked(self, action, message_id="x"):
            '''The answer to a request of the central system, None without one within 300 ms.'''
            socket = self.sockets[-1]
            socket.come([2, message_id, action, {}])
            for _ in range(30):
                await asyncio.sleep_ms(10)
                for frame in socket.sent:
                    if frame[0] != 2 and frame[1] == message_id:
                        return frame
            return None
""")


def play(source: str) -> None:
    body = "async def main():\n" + textwrap.indent(textwrap.dedent(source), "    ") + "\nasyncio.run(main())\n"
    run(PROLOGUE + body)
