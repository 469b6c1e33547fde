"""The chip's side of firmware_sessions.py, for MicroPython: the firmware's own tasks through many sessions.

Real are all modules that build.py wires, the energy path included, and the file system. Not real: time, which jumps
from one deadline to the next; the meter, the reader and the pins; the network, a central system in this same process.
It ends with an error when energy is billed wrongly, a Start or a Stop is lost or doubled, or a task fails.
"""
# ruff: noqa: B023, RUF005, E402, I001, RUF006, SIM115, UP031  (MicroPython; the fakes stand before the imports they serve)
import gc
import random
import sys
import time as real_time

import micropython
import vfs

SESSIONS, IMAGE = int(sys.argv[1]), sys.argv[2]
TICK_MS = 50
UNIX_2000_S = 946_684_800
del sys.argv[1:]


def must(is_so, else_told):
    """assert, which is compiled away here as in the firmware."""
    if not is_so:
        print("JUDGED", else_told)
        raise SystemExit(1)


class Time:
    """In sys.modules["time"]. Ahead of the real ticks, which asyncio takes for tasks that are due at once."""

    def __init__(self):
        self.now_ms = real_time.ticks_ms() + 100_000_000
        self.zero_s = UNIX_2000_S
        self.ticks_diff, self.ticks_add, self.gmtime = real_time.ticks_diff, real_time.ticks_add, real_time.gmtime

    def ticks_ms(self):
        return self.now_ms

    def ticks_us(self):
        return self.now_ms * 1000

    def sleep_ms(self, ms):
        self.now_ms += ms

    def time(self):
        return self.zero_s + self.now_ms // 1000


time = sys.modules["time"] = Time()


class Machine:
    PWRON_RESET = 1

    def reset_cause(self):
        return 1

    class RTC:
        def datetime(self, moment):
            y, mo, d, _, h, mi, s, _ = moment
            time.zero_s = real_time.mktime((y, mo, d, h, mi, s, 0, 0)) - time.now_ms // 1000

    def reset(self):
        raise SystemExit("reset")


class Network:
    STA_IF = 0

    class WLAN:
        def __init__(self, kind):
            pass

        def isconnected(self):
            return True


sys.modules["machine"], sys.modules["network"] = Machine(), Network()

import asyncio
from asyncio import core


class Idle:
    """asyncio's poller: nothing is polled here, so the time to the next deadline is over at once."""

    def wait_io_event(self, wait_ms):
        if wait_ms < 0:
            raise SystemExit("nothing left to wait for")
        time.now_ms += wait_ms


core._io_queue = Idle()


class Flash:
    """A file as 4 kB blocks."""

    def __init__(self, path):
        self._file = open(path, "r+b")
        self._blocks = self._file.seek(0, 2) // 4096

    def readblocks(self, block, buf, offset=0):
        self._file.seek(block * 4096 + offset)
        self._file.readinto(buf)

    def writeblocks(self, block, buf, offset=0):
        self._file.seek(block * 4096 + offset)
        self._file.write(buf)

    def ioctl(self, request, argument):
        return self._blocks if request == 4 else 4096 if request == 5 else 0


_flash = Flash(IMAGE)
vfs.VfsLfs2.mkfs(_flash, readsize=32, progsize=32, lookahead=32)
vfs.mount(vfs.VfsLfs2(_flash, readsize=32, progsize=32, lookahead=32), "/data")


class Stream:
    """Bytes on their way to the firmware's WebSocket, as asyncio's stream brings them."""

    def __init__(self):
        self._pieces, self._at, self._news = [], 0, asyncio.Event()

    def come(self, pieces):
        """A text message. In pieces, so that a long one needs no place of its own in this heap."""
        size = sum([len(piece) for piece in pieces])
        head = bytes((0x81, size)) if size < 126 else bytes((0x81, 126, size >> 8, size & 255))
        self._pieces += [head] + pieces
        self._news.set()

    def fall(self):
        self._pieces.append(None)
        self._news.set()

    async def readinto(self, view):
        while not self._pieces:
            self._news.clear()
            await self._news.wait()
        piece = self._pieces[0]
        if piece is None:
            raise OSError("connection reset")
        at = self._at
        count = min(len(view), len(piece) - at)
        view[:count] = piece[at:at + count]
        self._at = at + count
        if self._at == len(piece):
            self._at = 0
            self._pieces.pop(0)
        return count


class Central:
    """A central system; what it says comes through the firmware's own WebSocket. Judges what it is told."""

    def __init__(self):
        self.is_reachable = True
        self.is_connected = False
        self.loses_answers = False
        self._stream = self._socket = None
        self.starts = self.values = self.repeats = self.calls = self.long_calls = self.long_answers = 0
        self._start_text, self._stopped = "", 0
        self.meter_stop_wh = None
        self.transaction_id = 0

    async def connect(self):
        from firmware.net.websocket import WebSocket
        if not self.is_reachable:
            raise OSError("no way to the central system")
        self._stream = Stream()
        self._socket = WebSocket(self, self._stream)
        self._socket.send, self._socket.send_ping = self.send, self.send_ping
        self.is_connected = True
        return self._socket

    def fall(self):
        self._stream.fall()

    async def send(self, pieces):
        text = ""
        for piece in pieces():   # a long answer is not held: it would need a place of its own in this heap
            if text[:2] != "[3" or len(text) < 100:
                text += piece if isinstance(piece, str) else str(piece, "utf-8")
        if text[:8] in ('[3,"long', '[4,"long'):
            must('[{"key":"NumberOfConnectors"' in text, "a long request was answered " + text)
            self.long_answers += 1
        if text[1] != "2":
            return
        first, second = text.find(',"'), text.find('","')
        message_id = text[first + 2:second]
        third = text.find('",', second + 3)
        action, payload = text[second + 3:third], text[third + 2:-1]
        answer = self._answer(action, payload)
        if self.loses_answers and action in ("StartTransaction", "StopTransaction"):
            self.loses_answers = False
            self.fall()
        else:
            self._stream.come([('[3,"%s",%s]' % (message_id, answer)).encode()])

    async def send_ping(self):
        self._socket.last_received_ms = time.ticks_ms()

    def close(self):
        self.is_connected = False

    def call(self, action, payload):
        self.calls += 1
        self._stream.come([('[2,"c%d","%s",%s]' % (self.calls, action, payload)).encode()])

    def call_long(self):
        """A request of nearly 8 kB, the longest that is held whole: fifty keys, of which one is known."""
        self.long_calls += 1
        head, tail = b'[2,"long%d","GetConfiguration",{"key":[' % self.long_calls, b'"NumberOfConnectors"]}]'
        key = b'"%s",' % (b"k" * 161)
        self._stream.come([head] + [key] * 49 + [tail])

    def _answer(self, action, payload):
        if action == "BootNotification":
            return '{"status":"Accepted","currentTime":"2026-01-01T00:00:00Z","interval":3600}'
        if action == "Heartbeat":
            return '{"currentTime":"%s"}' % self.clock.stamp()
        if action == "Authorize":
            return '{"idTagInfo":{"status":"Accepted"}}'
        if action == "StartTransaction":
            if payload == self._start_text:
                self.repeats += 1
            else:
                must(self._stopped == self.starts, "a Start before the Stop of the last: " + payload)
                meter_start = int(_field(payload, "meterStart"))
                must(self.meter_stop_wh in (None, meter_start), "energy nobody was billed for: " + payload)
                self._start_text = payload
                self.starts += 1
                self.meter_stop_wh = meter_start
            return '{"transactionId":%d,"idTagInfo":{"status":"Accepted"}}' % (1000 + self.starts)
        if action == "StopTransaction":
            transaction_id = int(_field(payload, "transactionId"))
            must(transaction_id == 1000 + self.starts, "a Stop of another: " + payload)
            must('"Transaction.Begin"' in payload and '"Transaction.End"' in payload, payload)
            if self._stopped == self.starts:
                self.repeats += 1
            self._stopped = self.starts
            self.meter_stop_wh = int(_field(payload, "meterStop"))
        if action == "MeterValues" and "transactionId" in payload:
            self.values += 1
            must(int(_field(payload, "transactionId")) == 1000 + self.starts, "values of another: " + payload)
        return "{}"


def _field(payload, name):
    at = payload.index('"%s":' % name) + len(name) + 3
    end = at
    while payload[end] not in ",}":
        end += 1
    return payload[at:end]


central = sys.modules["central"] = Central()


class Meter:
    def __init__(self):
        from array import array
        self.energy_wh, self.power_w, self.read_at_ms = None, 0, None
        self.register_wh = 1000
        self.current_ma, self.voltage_dv = array("i", (0, 0, 0)), array("i", (2300, 2300, 2300))

    async def read(self):
        await asyncio.sleep_ms(20)
        self.energy_wh, self.read_at_ms = self.register_wh, time.ticks_ms()


class Reader:
    uid = None

    async def read_uid(self, timeout_ms):
        await asyncio.sleep_ms(timeout_ms if self.uid is None else 20)
        return self.uid


class Board:
    name, profile, hardware_and, lamps = "soak", "lean", True, None


async def until(what, is_so, within_s=120):
    for _ in range(within_s * 20):
        if is_so():
            return
        await asyncio.sleep_ms(50)
    raise SystemExit("not within %d s: %s" % (within_s, what))


async def tap(reader, uid):
    reader.uid = uid
    await asyncio.sleep_ms(800)
    reader.uid = None
    await asyncio.sleep_ms(800)


async def tick(connector, meter):
    while True:
        connector.tick(TICK_MS)
        if connector.controller.charging:
            meter.register_wh += random.getrandbits(1)
        await asyncio.sleep_ms(TICK_MS)


def report(session, began_ms):
    gc.collect()
    print("session %d live %d seconds %d starts %d values %d repeats %d long %d" % (
        session, gc.mem_alloc(), real_time.ticks_diff(real_time.ticks_ms(), began_ms) // 1000, central.starts,
        central.values, central.repeats, central.long_answers))
    micropython.mem_info()


async def main():
    import fake_connector
    from firmware import main as program
    from firmware.modules import on_demand

    random.seed(16)
    began_ms = real_time.ticks_ms()
    bed = fake_connector.Connector(start_ms=time.ticks_ms())
    board, meter, reader = Board(), Meter(), Reader()
    board.controllers, board.meters, board.reader = [bed.controller], [meter], reader
    board.locks, board.evses = [None], [1]
    board.ev_links, board.panel, board.shared_da = None, None, 0
    tasks, _ = on_demand("build").build(board, {
        "wifi_ssid": "", "wifi_password": "", "url": "ws://central/ocpp", "identity": "CP1", "authorization_key": "",
        "vendor": "V", "model": "M", "written_s": 0})
    charge_point = charge_points[0]
    connector = charge_point.connectors[0]
    central.clock = charge_point.clock
    program.start(tasks)
    asyncio.create_task(tick(bed, meter))
    await until("registered", lambda: charge_point.clock.trusted)
    for key, value in (("MeterValueSampleInterval", "2"), ("AllowOfflineTxForUnknownId", "true"),
                       ("StopTxnSampledData", "Energy.Active.Import.Register"), ("ClockAlignedDataInterval", "60")):
        await asyncio.sleep_ms(2000)
        central.call("ChangeConfiguration", '{"key":"%s","value":"%s"}' % (key, value))
    await asyncio.sleep_ms(2000)
    report(0, began_ms)
    for session in range(SESSIONS):
        card = bytes((4, session >> 8 & 255, session & 255, 1, 2, 3, 4))
        fate = session % 10
        if fate == 3:
            central.is_reachable = False   # all of it offline
            central.fall()
            await asyncio.sleep_ms(1000)
        central.loses_answers = fate == 5
        bed.car = "B"
        await until("plugged", lambda: connector.plugged)
        await tap(reader, card)
        await until("running", lambda: connector.transaction)
        bed.car = "C"
        await until("charging", lambda: bed.controller.charging)
        if fate == 7:
            central.fall()
        await asyncio.sleep_ms(4000 + random.getrandbits(12))
        if fate == 8:
            central.call("GetConfiguration", "{}")
            await asyncio.sleep_ms(100)
            central.call("TriggerMessage", '{"requestedMessage":"MeterValues"}')
        if fate in (1, 4, 6):
            await until("connected", lambda: central.is_connected)
            central.call_long()
        if fate == 9:
            bed.car = "A"   # pulled out while it charges
        else:
            await tap(reader, card)
            bed.car = "B"
        await until("stopped", lambda: not connector.transaction)
        bed.car = "A"
        await until("gone", lambda: not connector.plugged)
        central.is_reachable = True
        if not (session + 1) % 20 or session + 1 == SESSIONS:   # all told, and the register is what was billed
            await until("all delivered", lambda: central._stopped == session + 1, 300)
            must(central.starts == session + 1, (central.starts, session))
            must(central.long_answers == central.long_calls, (central.long_answers, central.long_calls))
            must(central.meter_stop_wh == meter.register_wh, (central.meter_stop_wh, meter.register_wh))
        if not (session + 1) % max(1, min(100, SESSIONS // 3)):
            report(session + 1, began_ms)
    print("done")


charge_points = []


def note_charge_points():
    from firmware import charge_point as module
    made = module.ChargePoint

    def make(*arguments):
        charge_points.append(made(*arguments))
        return charge_points[0]

    module.ChargePoint = make


note_charge_points()
gc.collect()
asyncio.run(main())
