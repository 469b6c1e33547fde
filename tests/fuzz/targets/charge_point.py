"""All of the charge point but its hardware and its socket, as main.py wires it, told garbage by its central system.

A case: frames, each ended by the byte 0x1E; a byte below 9 in front of a frame does something else first (DEEDS), and
@CALL@ in it stands for the id of the charge point's own call that waits for an answer. What must hold, whatever comes:
every CALL with a readable id is answered exactly once, in order; the link stays up; no task of main.py ends; nobody may
charge whom no well-formed answer or remote start has let; keys keep to their ranges.
"""
from tests.fuzz.chip import IS_CHIP, Part, clock, files, run   # first: it makes the rest importable

import asyncio
import json
import os
import sys
from array import array

if not IS_CHIP:
    from tests.fuzz.chip import Json as json  # noqa: F811

MOST_BYTES = 8192
TOO_LARGE = object()
CARD = b"\x04\xa1\xb2\xc3"


class Rtc:
    def datetime(self, when=None):
        return when


class Station:
    def isconnected(self):
        return True

    def active(self, on=None):
        return True


sys.modules["machine"] = Part(RTC=Rtc, reset=lambda: None, reset_cause=lambda: 1, PWRON_RESET=1, HARD_RESET=2,
                              WDT_RESET=3)
sys.modules["network"] = Part(WLAN=lambda interface: Station(), STA_IF=0)

from firmware import main
from firmware.ocpp.link import Link

_on_demand = main.on_demand
_kept = {}


def on_demand(name):
    """As main's own; connecting brings the socket of the case. On CPython modules are kept: reading them costs more."""
    if name == "firmware.net.handshake":
        return Part(connect=_connect)
    if IS_CHIP:
        return _on_demand(name)
    if name not in _kept:
        _kept[name] = _on_demand(name)
    return _kept[name]


main.on_demand = on_demand


class Controller:
    def __init__(self, world):
        self.world = world
        self.plugged = self.charging = self.permitted = False
        self.fault = self.fault_info = None
        self.offered_da = 0

    def offer(self, limit_da, *more):
        self.offered_da = min(limit_da, 320)

    def permit(self, on):
        if on:
            self.world.permitted()
        self.permitted = self.charging = on

    def open_now(self):
        self.permit(False)

    def measured(self, ma):
        pass


class Meter:
    def __init__(self, world):
        self.energy_wh, self.power_w = 1000, 0
        self.current_ma, self.voltage_dv = array("i", (0, 0, 0)), array("i", (2300, 2300, 2300))
        self.read_at_ms = 0

    async def read(self):
        self.read_at_ms = clock.ticks_ms()


class Reader:
    def __init__(self):
        self.uid = None

    async def read_uid(self, timeout_ms):
        await asyncio.sleep_ms(50)
        uid, self.uid = self.uid, None
        return uid


class Socket:
    """What the central system says, one frame after the other; answers what is asked of it if the case does not."""

    def __init__(self, world):
        self.world = world
        self.last_received_ms = clock.ticks_ms()
        self.waiting = []
        self.news = asyncio.Event()
        self.closed = False

    async def receive(self):
        while not self.waiting:
            self.news.clear()
            await self.news.wait()
        self.last_received_ms = clock.ticks_ms()
        return memoryview(self.waiting.pop(0))

    def come(self, data):
        self.waiting.append(data)
        self.news.set()

    async def send(self, pieces):
        size = sum(len(memoryview(p.encode() if isinstance(p, str) else p)) for p in pieces())
        text = b"".join(p.encode() if isinstance(p, str) else bytes(p) for p in pieces())
        assert size == len(text), "the message changed while it was sent"
        self.world.heard(json.loads(text))
        await asyncio.sleep_ms(0)

    async def send_ping(self):
        self.last_received_ms = clock.ticks_ms()

    async def send_close(self, code=1000):
        self.closed = True

    def close(self):
        self.closed = True


class World:
    def __init__(self):
        self.sockets, self.answers = [], []
        self.allowed = 0        # well-formed words that let somebody charge
        self.answered = set()   # ids of the charge point's own calls that the case has answered
        self.open_call = None
        self.patient = False    # True: leave the charge point's calls to the case
        self.broken = None

    def permitted(self):
        if not self.allowed:
            self.broken = "a charge that nobody let begin"

    def heard(self, frame):
        if frame[0] != 2:
            self.answers.append(frame)
            return
        self.open_call = frame
        if frame[2] == "StartTransaction" and not self.allowed:
            self.broken = "a transaction that nobody let begin"
        if not self.patient:
            self.answer({
                "BootNotification": {"status": "Accepted", "currentTime": "2026-01-01T00:00:00Z", "interval": 300},
                "Authorize": {"idTagInfo": {"status": "Invalid"}},
                "StartTransaction": {"transactionId": 1, "idTagInfo": {"status": "Accepted"}},
                "Heartbeat": {"currentTime": "2026-01-01T00:00:00Z"},
            }.get(frame[2], {}))

    def answer(self, payload):
        if self.open_call:
            self.sockets[-1].come(json.dumps([3, self.open_call[1], payload]).encode())
            self.open_call = None


_world = None


async def _connect(*settings):
    _world.sockets.append(Socket(_world))
    return _world.sockets[-1]


def board_of(world, connectors, profile):
    board = Part(name="fake", profile=profile, hardware_and=True, reader=Reader(), lamps=None)
    board.controllers = [Controller(world) for _ in range(connectors)]
    board.meters = [Meter(world) for _ in range(connectors)]
    board.locks, board.evses = [None] * connectors, list(range(connectors))
    board.ev_links, board.shared_da = None, 0
    return board


SETTINGS = {"identity": "CP1", "url": "ws://host/ocpp", "authorization_key": "00" * 16, "wifi_ssid": "",
            "wifi_password": "", "vendor": "V", "model": "M", "written_s": 0}


def check(data):
    try:
        run(live(bytes(data).split(b"\x1e")))
    finally:
        forget()


def forget():
    global _world
    _world = Link.of_case = None


async def live(frames):
    global _world
    world = _world = World()
    clear_flash()
    board = board_of(world, 2 if frames[0][:1] == b"\x08" else 1, "lean")
    main.start(main.build(board, SETTINGS))
    ended = []
    loop = asyncio.get_event_loop()
    restart = loop.call_exception_handler if IS_CHIP else None

    def failed(loop, context):
        ended.append(repr(context.get("exception")))
        if restart:
            restart(context)

    loop.set_exception_handler(failed)
    await until(lambda: world.sockets and link_of(world).registered)
    for frame in frames:
        if frame[:1] and frame[0] < 9:
            await DEEDS[frame[0]](world, board)
            frame = frame[1:]
        if frame:
            await tell(world, frame[:MOST_BYTES])
        assert not ended, ("a task ended", ended)
        assert not world.broken, world.broken
    world.patient = False
    world.answer({})
    await asyncio.sleep_ms(3000)
    assert not ended, ("a task ended", ended)
    assert not world.broken, world.broken
    await still_well(world)


def link_of(world):
    return Link.of_case


async def until(is_so, most_ms=20_000):
    for _ in range(most_ms // 50):
        if is_so():
            return
        await asyncio.sleep_ms(50)
    raise AssertionError("it does not come up")


async def tell(world, data):
    """One frame from the central system; what it must be answered with, and that it is."""
    socket, before = world.sockets[-1], len(world.answers)
    if world.open_call:
        data = data.replace(b"@CALL@", world.open_call[1].encode())
    kind, message_id, allows = reading(data, world)
    world.allowed += allows
    if kind in (3, 4) and world.open_call and message_id == world.open_call[1]:
        world.open_call = None
    socket.come(data)
    await asyncio.sleep_ms(20)
    new = world.answers[before:]
    if kind is TOO_LARGE:   # to be refused, but who can tell the id here
        return
    if kind == 2 and not link_of(world).deaf:
        assert len(new) == 1, ("answers to one CALL", new)
        assert new[0][1] == message_id, ("answered another", new)
        if new[0][0] == 4:
            assert len(new[0]) == 5 and new[0][2] in CODES, new
        else:
            assert new[0][0] == 3 and len(new[0]) == 3 and isinstance(new[0][2], dict), new
    else:
        assert not new, ("answered what was no CALL", new)
    assert not socket.closed, "the link fell"


CODES = ("NotImplemented", "NotSupported", "InternalError", "ProtocolError", "SecurityError", "FormationViolation",
         "PropertyConstraintViolation", "OccurrenceConstraintViolation", "TypeConstraintViolation", "GenericError")


def reading(data, world):
    """(kind, message id, 1 if it lets somebody charge) as a second reading of the frame has it."""
    try:
        frame = json.loads(data)
    except MemoryError:
        return TOO_LARGE, None, 0
    except ValueError:
        return None, None, 0
    if not isinstance(frame, list) or len(frame) < 2 or not isinstance(frame[1], str):
        return None, None, 0
    if isinstance(frame[0], bool) or not isinstance(frame[0], int):
        return None, None, 0
    payload = frame[3] if len(frame) > 3 else None
    allows = 0
    if frame[0] == 2 and isinstance(payload, dict) and frame[2] == "RemoteStartTransaction":
        id_tag = payload.get("idTag")
        allows = isinstance(id_tag, str) and 0 < len(id_tag) <= 20
    if frame[0] == 3 and world.open_call and frame[1] == world.open_call[1] and world.open_call[2] == "Authorize":
        info = frame[2].get("idTagInfo") if len(frame) > 2 and isinstance(frame[2], dict) else None
        allows = isinstance(info, dict) and info.get("status") == "Accepted"
    if frame[0] == 2 and isinstance(payload, dict) and frame[2] in ("ChangeConfiguration", "SendLocalList"):
        allows = b"true" in data.lower() or b"FreeVend" in data or frame[2] == "SendLocalList"   # other grounds
    return frame[0], frame[1], 1 if allows else 0


async def still_well(world):
    """It answers what it is asked, and its keys are what the table allows."""
    socket, before = world.sockets[-1], len(world.answers)
    socket.come(b'[2,"the end","GetConfiguration",{}]')
    await asyncio.sleep_ms(500)
    new = [answer for answer in world.answers[before:] if answer[1] == "the end"]
    assert len(new) == 1 and new[0][0] == 3, ("no good end", new)
    table = on_demand("firmware.ocpp.keys")
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


async def plug(world, board):
    board.controllers[0].plugged = True
    await asyncio.sleep_ms(200)


async def unplug(world, board):
    board.controllers[0].plugged = False
    await asyncio.sleep_ms(200)


async def tap(world, board):
    board.reader.uid = CARD
    await asyncio.sleep_ms(400)


async def wait(world, board):
    await asyncio.sleep_ms(2500)


async def say_nothing(world, board):
    world.patient = True


async def answer_all(world, board):
    world.patient = False
    world.answer({})


async def fault(world, board):
    board.controllers[0].fault = None if board.controllers[0].fault else "GroundFailure"
    await asyncio.sleep_ms(200)


async def count(world, board):
    for meter in board.meters:
        meter.energy_wh += 7


async def nothing(world, board):
    pass


DEEDS = (plug, unplug, tap, wait, say_nothing, answer_all, fault, count, nothing)

_link_init = Link.__init__


def _remember(self, *parts):
    _link_init(self, *parts)
    Link.of_case = self


Link.__init__ = _remember
