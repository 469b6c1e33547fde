"""All of the charge point but its hardware and its socket, as build.py wires it, told garbage by its central system.

A case: frames, each ended by the byte 0x1E; a byte below 14 in front of a frame does something else first (DEEDS), the
very first may choose the board (BOARDS), and @CALL@ in a frame stands for the id of the charge point's own call that
waits for an answer. A frame that begins with HTTP/ is what the server for files says next. What must hold, whatever
comes: every CALL with a readable id is answered exactly once, in order; the link stays up unless a frame is too long;
no task of main.py ends; nobody charges whom no well-formed word has let; keys keep to their ranges; what waits in RAM
stays little; and after a restart on the same flash it comes up, and each transaction it told of gets its Stop.
"""
from tests.fuzz.chip import IS_CHIP, clock, files, run   # first: it makes the rest importable

import asyncio
import builtins
import gc

from tests.fuzz.world import CARD, LONGEST_KEPT, World, clear_flash, enter, json, power_on, still_well, until

BOARDS = {14: (1, "lean"), 15: (2, "lean"), 16: (2, "full")}   # connectors and profile; two have cable locks
TOO_LARGE = object()
MOST_TASKS = 20          # more than those of main.py
MOST_GROWTH = 50_000     # bytes of heap on the chip, the case's own frames and answers among them
FLOOD = 60               # times
CODES = ("NotImplemented", "NotSupported", "InternalError", "ProtocolError", "SecurityError", "FormationViolation",
         "PropertyConstraintViolation", "OccurrenceConstraintViolation", "OccurenceConstraintViolation",
         "TypeConstraintViolation", "GenericError")
reached = set()          # (action, status or code): what the cases so far have brought about


def check(data):
    frames = bytes(data).split(b"\x1e")
    board = BOARDS.get(frames[0][0]) if frames[0] else None
    if board:
        frames[0] = frames[0][1:]
    world = World(*board or BOARDS[14])
    spoken = builtins.print   # the full profile keeps what is told
    enter(world)
    clear_flash()
    try:
        at, cause = 0, 1
        while True:
            at = run(live(world, frames, at, cause))
            if at >= len(frames):
                break
            cause = 2   # it asked for it
        files.is_full = False
        run(last_life(world))
    finally:
        enter(None)
        files.is_full = False
        builtins.print = spoken


async def live(world, frames, at, cause):
    """From power on until all frames are told or it restarts; how many frames are."""
    ended = await power_on(world, cause)
    began = weight()
    while at < len(frames):
        frame, times = frames[at], 1
        at += 1
        if frame[:1] and frame[0] < len(DEEDS):
            times = await DEEDS[frame[0]](world) or 1
            frame = frame[1:]
        if frame.startswith(b"HTTP/"):
            world.file_answers.append(frame)
        elif frame:
            for _ in range(times):
                await tell(world, frame)
                assert not ended, ("a task ended", ended)
                assert not world.broken, world.broken
                if world.restarts:
                    break
        assert not ended, ("a task ended", ended)
        assert not world.broken, world.broken
        if world.restarts:
            return at
    files.is_full = False
    little_waits(began)
    world.patient = False
    world.answer({})
    await asyncio.sleep_ms(3000)
    assert not ended, ("a task ended", ended)
    assert not world.broken, world.broken
    await until(lambda: world.restarts or world.link.connected and world.link.registered, 100_000)
    if not world.restarts:
        await still_well(world)
    return at


async def last_life(world):
    """The power goes and comes: nothing is left open, and each Start that was answered has its Stop."""
    ended = await power_on(world)
    began_ms = clock.now_ms
    queue = world.queue
    await until(lambda: not queue.open and not len(queue), 60_000)
    for given in world.given:
        stops = [stop for stop in world.stops if stop["transactionId"] == given]
        assert len(stops) == len(world.given[given]), ("Starts and Stops", world.given[given], stops)
    assert not ended, ("a task ended", ended)
    assert not world.broken, world.broken
    assert not any(c.permitted for c in world.board.controllers), "a charge after a start"
    await still_well(world)
    assert clock.now_ms - began_ms < 60_000


def weight():
    """Bytes of the heap; on CPython, where all cases share it, tasks."""
    if not IS_CHIP:
        return len(asyncio.all_tasks())
    gc.collect()
    return gc.mem_alloc()


def little_waits(began):
    grown = weight() - began
    assert grown < (MOST_GROWTH if IS_CHIP else MOST_TASKS), ("it grew by", grown)


async def tell(world, data):
    """One frame from the central system; what it must be answered with, and that it is."""
    await until(lambda: world.restarts or world.link.connected, 100_000)
    if world.restarts:
        return
    socket, before, taken = world.sockets[-1], len(world.answers), len(world.sockets[-1].taken_ids)
    if world.open_call:
        data = data.replace(b"@CALL@", world.open_call[1].encode())
    kind, frame = reading(data, world)
    if kind in (3, 4) and world.open_call and frame[1] == world.open_call[1]:
        world.answered(frame)
        world.open_call = None
    if kind == 2:
        lets(world, frame)
    socket.come(data)
    await asyncio.sleep_ms(20)
    if len(socket.taken_ids) > taken:   # judged as a list, wherever its JSON ends
        kind, frame = 2, [2, socket.taken_ids[-1], "SendLocalList"]
    elif len(data) > LONGEST_KEPT:
        assert socket.closed, "a frame too long"
        return
    if kind is TOO_LARGE:   # to be refused, but who can tell the id here
        return
    if kind == 2 and not world.link.deaf:
        for _ in range(300):   # a bolt takes its time
            if len(world.answers) > before or socket.closed or world.restarts:
                break
            await asyncio.sleep_ms(50)
    new = world.answers[before:]
    if world.restarts or not world.sockets or socket is not world.sockets[-1]:
        return
    if kind == 2 and not world.link.deaf:
        assert len(new) == 1, ("answers to one CALL", new)
        assert new[0][1] == frame[1], ("answered another", new)
        if new[0][0] == 4:
            assert len(new[0]) == 5 and new[0][2] in CODES, new
            outcome = new[0][2]
            # An exception in a handler: only for want of room.
            assert outcome != "InternalError" or IS_CHIP or files.is_full, new
        else:
            assert new[0][0] == 3 and len(new[0]) == 3 and isinstance(new[0][2], dict), new
            outcome = new[0][2].get("status", "answered")
        if not IS_CHIP and len(frame) > 2 and isinstance(frame[2], str):
            reached.add((frame[2], outcome))
    else:
        assert not new, ("answered what was no CALL", new)
    assert not socket.closed, "the link fell"


def reading(data, world):
    """(kind, frame) as a second reading has it; kind None for what is no frame with a readable id."""
    try:
        frame = json.loads(data)
    except MemoryError:
        return TOO_LARGE, None
    except ValueError:
        return None, None
    if not isinstance(frame, list) or len(frame) < 2 or not isinstance(frame[1], str):
        return None, None
    if isinstance(frame[0], bool) or not isinstance(frame[0], int):
        return None, None
    return frame[0], frame


def lets(world, frame):
    """Whom a request lets charge if it is well-formed: by remote start, local list, for free, anybody offline."""
    payload = frame[3] if len(frame) > 3 and isinstance(frame[3], dict) else {}
    if frame[2] == "RemoteStartTransaction":
        world.lets(payload.get("idTag"))
    elif frame[2] == "SendLocalList":
        elements = payload.get("localAuthorizationList")
        for element in elements if isinstance(elements, list) else []:
            info = element.get("idTagInfo") if isinstance(element, dict) else None
            if isinstance(info, dict) and info.get("status") == "Accepted":
                world.lets(element.get("idTag"))
    elif frame[2] == "ChangeConfiguration" and isinstance(payload.get("key"), str):
        key = payload["key"].lower()
        if key == "bollardfreevendidtag":
            world.lets(payload.get("value"))
        elif key == "allowofflinetxforunknownid" and str(payload.get("value")).lower() == "true":
            world.lets("04A1B2C3")


async def plug(world):
    world.board.controllers[0].plugged = True
    await asyncio.sleep_ms(200)


async def unplug(world):
    world.board.controllers[0].plugged = world.board.controllers[0].permitted = False
    await asyncio.sleep_ms(200)


async def tap(world):
    world.board.reader.uid = CARD
    await asyncio.sleep_ms(400)


async def wait(world):
    await asyncio.sleep_ms(2500)


async def say_nothing(world):
    world.patient = True


async def answer_all(world):
    world.patient = False
    world.answer({})


async def fault(world):
    controller = world.board.controllers[0]
    controller.fault = None if controller.fault else "GroundFailure"
    controller.permitted = False
    await asyncio.sleep_ms(200)


async def count(world):
    world.register_wh += 7


async def nothing(world):
    pass


async def plug_other(world):
    world.board.controllers[-1].plugged = not world.board.controllers[-1].plugged
    await asyncio.sleep_ms(200)


async def fall(world):
    """The link goes; it comes back by itself, or soon."""
    world.sockets[-1].come(None)
    await asyncio.sleep_ms(200)


async def flood(world):
    """Nothing is answered, and the frame comes again and again."""
    world.patient = True
    return FLOOD


async def fill_flash(world):
    files.is_full = not files.is_full and not IS_CHIP


async def wait_long(world):
    await asyncio.sleep_ms(40_000)


DEEDS = (plug, unplug, tap, wait, say_nothing, answer_all, fault, count, nothing, plug_other, fall, flood, fill_flash,
         wait_long)
