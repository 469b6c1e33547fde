"""The world of one charge point that build.py has built: board, meter, card, central system and a server for files.

It hears what the charge point says and knows who may charge; `broken` says what must not have happened. How garbage
comes into it is for the targets (targets/charge_point.py, targets/files.py). Real is all of firmware/ but its pins,
its sockets and the energy path's tick.
"""
from tests.fuzz.chip import IS_CHIP, Part, clock, files   # first: it makes the rest importable

import asyncio
import json
import os
import sys
from array import array

if not IS_CHIP:
    from tests.fuzz.chip import Json as json  # noqa: F811

CARD = b"\x04\xa1\xb2\xc3"
NOW = "2026-01-01T00:00:00Z"
LONGEST_KEPT, LONGEST_TAKEN, PIECE = 8192, 81_920, 512   # of a frame: firmware/net/websocket.py
SETTINGS = {"identity": "CP1", "url": "ws://host/ocpp", "authorization_key": "00" * 16, "wifi_ssid": "",
            "wifi_password": "", "vendor": "V", "model": "M", "written_s": 0}
_world = None


class Rtc:
    def datetime(self, moment):
        clock.set(moment)


class Station:
    def isconnected(self):
        return True


def _restart():
    _world.restarts = True


sys.modules["machine"] = Part(RTC=Rtc, reset=_restart, reset_cause=lambda: _world.cause, PWRON_RESET=1, HARD_RESET=2,
                              WDT_RESET=3)
sys.modules["esp32"] = Part(idf_heap_info=lambda capabilities: [(9, 4, 3, 2)])
sys.modules["network"] = Part(WLAN=lambda interface: Station(), STA_IF=0)

from firmware import modules

_on_demand = modules.on_demand
_kept = {}


def on_demand(name):
    """As its own; the network is that of the case. On CPython modules are kept: reading them costs more."""
    if name == "net.handshake":
        return Part(connect=_connect, opened=_opened)
    if IS_CHIP:
        return _on_demand(name)
    if name not in _kept:
        _kept[name] = _on_demand(name)
    return _kept[name]


modules.on_demand = on_demand   # before those are imported that take it from there

from firmware import main
from firmware.charge_point import ChargePoint
from firmware.evse.limits import Limits
from firmware.ocpp.link import Link
from firmware.store.queue import Queue


def _remembers(kind, name):
    made = kind.__init__

    def remember(self, *parts):
        made(self, *parts)
        if _world:
            setattr(_world, name, self)

    kind.__init__ = remember


_remembers(Link, "link")
_remembers(ChargePoint, "charge_point")
_remembers(Queue, "queue")

class Controller:
    """What charge_point.py sees of evse/controller.py, without a pilot: a car that is plugged charges when it may."""
    temperature_c, limit_reason, holds, phases, parts = 25, "profile", None, None, ()

    def __init__(self, world):
        self.world = world
        self.plugged = self.permitted = False
        self.fault = self.fault_info = None
        self.limits = Limits(320)

    @property
    def charging(self):
        return self.permitted and self.plugged and not self.fault and self.offered_da > 0

    @property
    def wants_energy(self):
        return self.plugged

    @property
    def offered_da(self):
        return self.limits.lowest_da if self.plugged and self.limits.lowest_da >= 60 else 0

    def state_text(self):
        return "C" if self.plugged else "A"

    def offer(self, limit_da):
        self.limits.set(3, limit_da)

    def permit(self, on):
        if on:
            self.world.permitted(self)
        self.permitted = on

    def open_now(self):
        self.permit(False)

    def measured(self, ma, dv):
        pass


class Meter:
    def __init__(self, world):
        self.world = world
        self.power_w = 0
        self.current_ma, self.voltage_dv = array("i", (0, 0, 0)), array("i", (2300, 2300, 2300))
        self.read_at_ms = 0

    @property
    def energy_wh(self):
        return self.world.register_wh

    async def read(self):
        self.read_at_ms = clock.ticks_ms()


class Bolt:
    """A cable's lock that moves at once."""
    locked = False

    def drive(self, locked):
        self.locked = locked

    def is_locked(self):
        return self.locked


class Reader:
    def __init__(self):
        self.uid = None

    async def read_uid(self, timeout_ms):
        await asyncio.sleep_ms(50)
        uid, self.uid = self.uid, None
        return uid


class Socket:
    """What the central system says, one frame after the other, taken as firmware/net/websocket.py takes it; answers
    what is asked of it if the case does not."""

    def __init__(self, world):
        self.world = world
        self.last_received_ms = clock.ticks_ms()
        self.waiting = []
        self.news = asyncio.Event()
        self.closed = False
        self.take = None
        self.taken_ids = []

    async def receive(self):
        while not self.waiting:
            self.news.clear()
            await self.news.wait()
        self.last_received_ms = clock.ticks_ms()
        data = self.waiting.pop(0)
        if data is None:
            raise OSError(104)
        taker = self.take(memoryview(data)[:PIECE]) if len(data) <= LONGEST_TAKEN else None
        if not taker:
            if len(data) > LONGEST_KEPT:
                raise OSError(1009)
            return memoryview(data)
        self.taken_ids.append(taker.message_id)
        try:
            for at in range(0, len(data), PIECE):
                await taker.feed(memoryview(data)[at:at + PIECE])
        except BaseException:
            taker.close()
            raise
        return taker

    def come(self, data):
        self.waiting.append(data)
        self.news.set()

    async def send(self, pieces):
        size = sum(len(memoryview(p.encode() if isinstance(p, str) else p)) for p in pieces())
        text = b"".join(p.encode() if isinstance(p, str) else bytes(p) for p in pieces())
        assert size == len(text), "the message changed while it was sent"
        if not self.closed:
            self.world.heard(json.loads(text))
        await asyncio.sleep_ms(0)

    async def send_ping(self):
        self.last_received_ms = clock.ticks_ms()

    async def send_close(self, code=1000):
        self.closed = True

    def close(self):
        self.closed = True


class FileServer:
    """One HTTP connection: hears one request, which must be one, then says what the case has for it, byte for byte."""
    HEADERS = ("host", "connection", "accept-encoding", "content-type", "content-length", "authorization")

    def __init__(self, world):
        self.world = world
        self.heard = bytearray()
        self.says = world.file_answers.pop(0) if world.file_answers else b"HTTP/1.1 201 Created\r\n\r\n"
        self.out_buf = b""

    def write(self, data):
        self.heard.extend(data.encode() if isinstance(data, str) else data)
        if len(self.heard) > 200_000:
            self.world.broken = "a file without end"

    async def drain(self):
        await asyncio.sleep_ms(1)

    async def readinto(self, view):
        await asyncio.sleep_ms(1)
        self.judge()
        count = min(len(view), len(self.says))
        view[:count] = self.says[:count]
        self.says = self.says[count:]
        return count

    def judge(self):
        head, _, body = bytes(self.heard).partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        words = lines[0].split(b" ")
        said = {}
        for line in lines[1:]:
            name, _, value = line.partition(b": ")
            said[name.decode().lower()] = value
        if (len(words) != 3 or words[0] not in (b"GET", b"PUT", b"POST") or words[2] != b"HTTP/1.1"
                or len(said) != len(lines) - 1 or any(name not in self.HEADERS for name in said)):
            self.world.broken = "no request: %r" % head
        if words[0] != b"GET" and int(said["content-length"]) != len(body):
            self.world.broken = "another length than told"
        if words[0] != b"GET" and (b"0000000000" in body or b"AuthorizationKey" in body):
            self.world.broken = "a key in a file"

    def close(self):
        pass


class World:
    """One charge point's surroundings, through all its restarts within a case."""

    def __init__(self, connectors=1, profile="lean"):
        self.connectors, self.profile = connectors, profile
        self.register_wh = 1000
        self.may_charge = set()  # idTags in capitals: those that somebody let, with whatever right
        self.broken = None
        self.restarts = False    # it asked for a restart
        self.cause = 1
        self.starts, self.stops = [], []   # all that were told, once each
        self.given = {}          # transactionId -> the Starts that were answered with it
        self.file_answers = []
        self.fresh_board()

    def fresh_board(self):
        """Power comes: nothing of the charge point's RAM is left."""
        self.restarts, self.link, self.charge_point = False, None, None
        self.sockets, self.answers = [], []
        self.open_call = None
        self.patient = False     # True: leave the charge point's calls to the case
        board = self.board = Part(name="fake", profile=self.profile, hardware_and=True, reader=Reader(), lamps=None)
        count = self.connectors
        board.controllers = [Controller(self) for _ in range(count)]
        board.meters = [Meter(self) for _ in range(count)]
        board.locks = [Bolt() if count > 1 else None for _ in range(count)]
        board.evses = list(range(count))
        board.ev_links, board.panel, board.shared_da = None, None, 0

    def lets(self, id_tag):
        if isinstance(id_tag, str):
            self.may_charge.add(id_tag.upper())

    def permitted(self, controller):
        self.register_wh += 1   # so no two transactions are alike
        for connector in self.charge_point.connectors:
            if connector.controller is controller and connector.id_tag.upper() not in self.may_charge:
                self.broken = "%s charges, whom nobody let" % connector.id_tag

    def heard(self, frame):
        if frame[0] != 2:
            self.answers.append(frame)
            return
        self.open_call = frame
        payload = frame[3]
        if frame[2] == "StartTransaction" and payload["idTag"].upper() not in self.may_charge:
            self.broken = "a transaction of %s, whom nobody let" % payload["idTag"]
        if frame[2] == "StartTransaction":
            _add(self.starts, payload)
        if frame[2] == "StopTransaction":
            _add(self.stops, payload)
            if len(self.stops) > len(self.starts):
                self.broken = "more Stops than Starts"
        if not self.patient:
            self.answer({
                "BootNotification": {"status": "Accepted", "currentTime": NOW, "interval": 300},
                "Authorize": {"idTagInfo": {"status": "Invalid"}},
                "StartTransaction": {"transactionId": 99 + len(self.starts), "idTagInfo": {"status": "Accepted"}},
                "Heartbeat": {"currentTime": NOW},
            }.get(frame[2], {}))

    def answer(self, payload):
        """Answer the charge point's open call, if there is one, as a central system should."""
        if self.open_call:
            self.answered([3, self.open_call[1], payload])
            self.sockets[-1].come(json.dumps([3, self.open_call[1], payload]).encode())
            self.open_call = None

    def answered(self, frame):
        """What an answer to the open call brings about; whatever it is, it is well-formed or nothing."""
        payload = frame[2] if frame[0] == 3 and len(frame) > 2 and isinstance(frame[2], dict) else {}
        action, asked = self.open_call[2:4]
        info = payload.get("idTagInfo")
        accepted = isinstance(info, dict) and info.get("status") == "Accepted"
        if accepted and action in ("Authorize", "StartTransaction", "StopTransaction"):
            self.lets(asked.get("idTag"))
        given = payload.get("transactionId")
        fits = isinstance(given, int) and not isinstance(given, bool) and -(1 << 63) < given < 1 << 63
        if action == "StartTransaction" and isinstance(info, dict) and fits:
            _add(self.given.setdefault(given, []), asked)


def _add(messages, payload):
    """A message that comes again, word for word, is the same one."""
    if payload not in messages:
        messages.append(payload)


async def _connect(*settings):
    _world.sockets.append(Socket(_world))
    return _world.sockets[-1]


async def _opened(secure, host, port, ca_der=None):
    server = FileServer(_world)
    return server, server


asyncio.StreamReader = lambda connection: connection   # it is one already


def enter(world):
    """From now on what the firmware reaches is this world; None: none."""
    global _world
    _world = world


async def power_on(world, cause=1):
    """Start what build.py builds and wait until it is registered; exceptions that ended a task come into the list."""
    world.fresh_board()
    world.cause = cause
    once = on_demand("build")
    once._forget_constructors = lambda: None   # this restart is no new interpreter
    main.start(once.build(world.board, SETTINGS)[0])
    ended = []
    loop = asyncio.get_event_loop()
    restart = loop.call_exception_handler if IS_CHIP else None

    def failed(loop, context):
        ended.append(repr(context.get("exception")))
        if restart:
            restart(context)

    loop.set_exception_handler(failed)
    await until(lambda: world.sockets and world.link.registered)
    return ended


async def until(is_so, most_ms=20_000):
    for _ in range(most_ms // 50):
        if is_so():
            return
        await asyncio.sleep_ms(50)
    raise AssertionError("it does not come up")


async def still_well(world):
    """It answers what it is asked, and its keys are what the table allows."""
    socket, before = world.sockets[-1], len(world.answers)
    socket.come(b'[2,"the end","GetConfiguration",{}]')
    await asyncio.sleep_ms(500)
    new = [answer for answer in world.answers[before:] if answer[1] == "the end"]
    assert len(new) == 1 and new[0][0] == 3, ("no good end", new)
    table = on_demand("ocpp.keys")
    for row in new[0][2]["configurationKey"]:
        text = row["value"]
        if table.row(row["key"])[1] != "r":
            assert table.checked(text, table.row(row["key"])) == text, row


def clear_flash():
    if not IS_CHIP:
        files.content.clear()
        return
    for name in os.listdir("/data"):
        os.remove("/data/" + name)
