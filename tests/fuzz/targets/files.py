"""Damaged files of /data (firmware/store/): it starts with whatever is there, and no message is lost but the damaged.

A case: which file (0 queue, 1 checkpoint, 2 configuration, 3 all of them), then damages of four bytes each: kind, place
and value (see DAMAGES). What they damage the firmware has written itself. Or 4 to 6: the same three files, then what
one of them holds instead; 7: settings.json. 8 to 12: damages of OTHERS, 13 to 17: what one of these holds instead.
"""
from tests.fuzz.chip import clock, run   # first: it makes the rest importable

import asyncio
from struct import pack

from tests.fuzz import world as around

from firmware import config
from firmware.ocpp.charging_profiles import DEFAULT, FOREVER, HEADER, MAX
from firmware.store.checkpoint import Checkpoint
from firmware.store.configuration import Configuration
from firmware.store.id_tags import IdTags
from firmware.store.queue import Queue

QUEUE, CHECKPOINT, CONFIGURATION = "/data/queue", "/data/checkpoint", "/data/configuration.json"
PATHS = (QUEUE, CHECKPOINT, CONFIGURATION)
OTHERS = ("/data/id_list", "/data/id_cache", "/data/profiles", "/data/reservations", "/data/transaction_data_1")


def check(data):
    data = bytes(data)
    which = data[0] % 18 if data else 0
    if which == 7:
        settings(data[1:])
        return
    around.clear_flash()
    messages = fill()
    if which > 7:
        fill_others()
        path = OTHERS[(which - 8) % 5]
        content = data[1:]
        if which < 13:
            content = bytearray(read(path))
            damage(content, data[1:])
        with open(path, "wb") as file:
            file.write(content)
        boot()
        return
    if which > 3:
        with open(PATHS[which - 4], "wb") as file:
            file.write(data[1:])
        boot()
        return
    spans = {}
    for path in PATHS if which == 3 else (PATHS[which],):
        content = bytearray(read(path))
        spans[path] = damage(content, data[1:])
        with open(path, "wb") as file:
            file.write(content)
    kept = {path: read(path) for path in PATHS}
    if QUEUE in spans:
        deliver_all(messages, spans[QUEUE])
        for path in kept:
            with open(path, "wb") as file:
                file.write(kept[path])
    boot()


def settings(content):
    """Taken whole, or refused in words."""
    with open("/data/settings", "wb") as file:
        file.write(content)
    try:
        taken = config.load("/data/settings")
    except config.SettingsError:
        return
    assert all(isinstance(taken[name], str) for name in taken) and len(taken["authorization_key"]) in range(32, 41)


def fill():
    """Files as a busy day leaves them; [(first byte, end, payload) of each message that is not confirmed]."""
    queue = Queue(lambda due: None)
    checkpoint = Checkpoint()
    ends = []

    def put(add, payload, *rest):
        add(*rest, payload)
        ends.append((ends[-1][1] if ends else 0, queue.size, payload))

    def sample(transaction, payload):
        queue.meter_values(transaction, payload)
        queue.flush()

    for i in range(3):
        put(queue.start, '{"connectorId":1,"idTag":"A","meterStart":%d,"timestamp":"2026-01-01T00:00:00Z"}' % i)
        start = queue.last
        for j in range(4):
            put(sample, '{"connectorId":1,"meterValue":[%d]}' % (10 * i + j), start)
        if i < 2:
            put(queue.stop, '{"meterStop":%d,"timestamp":"2026-01-01T01:00:00Z","reason":"Local"}' % i, start)
    checkpoint.running[1] = [start, "A", "P", 700_000_000]
    checkpoint.save(700_000_100)
    before = queue.size
    for _ in range(4):   # the first Start and three MeterValues are confirmed
        queue.confirm(queue.head()[0], 71)
    assert queue.size > before
    configuration = Configuration(lambda: around.on_demand("ocpp.keys"), {})
    configuration.change("MeterValueSampleInterval", "30")
    configuration.change("LocalPreAuthorize", "false")
    configuration.unavailable = [1]
    configuration.save()
    return [(first, end, payload) for first, end, payload in ends]


def fill_others():
    """What lists, profiles, reservations and values for the Stop leave, by the code that writes them."""
    files = around.on_demand("store.id_tag_files")
    with open("/data/id_list", "wb") as file:
        for name in ("LISTED", "BLOCKED"):
            file.write(files.record(name, "P", 0, 0, "Accepted" if name == "LISTED" else "Blocked"))
        file.write(files.record("", "", 7, 2, ""))
    cached = IdTags("/data/id_cache", 50)
    for name in ("CACHED", "OLD"):
        files.put(cached, name, "", 0, "Accepted", 0)
    around.on_demand("store.charging_profiles").save([
        pack(HEADER, 1, 0, 0, FOREVER, 0, FOREVER, 0, DEFAULT, 0, 2) + pack("<IIII", 0, 160, 60 << 2 | 3, 80),
        pack(HEADER, 2, 0, 0, FOREVER, 0, FOREVER, 0, MAX, 0, 1) + pack("<II", 0, 320)])
    with open("/data/reservations", "w") as file:
        file.write('[700000100, [1, 4, 900000000, "R", ""]]')
    with open("/data/transaction_data_1", "w") as file:
        file.write('13\n{"timestamp":"2026-01-01T00:00:00Z"}\n{"timestamp":"2026-01-01T00:01:00Z"}\n')


def read(path):
    with open(path, "rb") as file:
        return file.read()


def damage(content, orders):
    """Work the orders into `content`; the spans [first, end) that are touched, those beyond the end too."""
    spans = []
    for at in range(0, len(orders) - 3, 4):
        kind, place, value = orders[at] % len(DAMAGES), orders[at + 1] << 8 | orders[at + 2], orders[at + 3]
        place = place % (len(content) or 1)
        spans.append(DAMAGES[kind](content, place, value))
    return spans


def flip(content, place, value):
    if content:
        content[place] ^= 1 << (value & 7)
    return place, place + 1


def overwrite(content, place, value):
    if content:
        content[place] = value
    return place, place + 1


def blank(content, place, value):
    """A page that was erased and never written."""
    end = min(len(content), place + 1 + value)
    content[place:end] = b"\xff" * (end - place)
    return place, end


def zero(content, place, value):
    end = min(len(content), place + 1 + value)
    content[place:end] = bytes(end - place)
    return place, end


def cut(content, place, value):
    content[place:] = b""
    return place, 1 << 30


def tail(content, place, value):
    """Remains of what lay there before."""
    end = len(content)
    content.extend(bytes((value * i + place) & 255 for i in range(value)))
    return end, 1 << 30


DAMAGES = (flip, overwrite, blank, zero, cut, tail)


def deliver_all(messages, spans):
    """After a start with this queue, what it still delivers: whole, in order, once, and all that was not hit."""
    queue = Queue(lambda due: around.on_demand("store.recovery").rewrite(due))
    around.on_demand("store.recovery").load(queue)
    delivered = []
    for _ in range(len(messages) + 2):
        head = queue.head()
        if not head:
            break
        number, action, payload = head
        if payload.startswith('{"transactionId":'):
            payload = "{" + payload[payload.index(",") + 1:]
        delivered.append(payload)
        queue.confirm(number, 99)
    else:
        raise AssertionError("it delivers more than there was")
    payloads = [payload for _, _, payload in messages]
    places = [payloads.index(payload) for payload in delivered]   # ValueError: what nobody queued
    assert places == sorted(set(places)), ("order or repetition", places)
    lost = [payload for first, end, payload in messages[4:]
            if payload not in delivered and not any(a < end and first < b for a, b in spans)]
    assert not lost, ("lost though not hit", lost)


def boot():
    world = around.World()
    around.enter(world)
    try:
        run(boots(world))
    finally:
        around.enter(None)


async def boots(world):
    """The whole charge point starts with these files, comes up and answers."""
    for name in ("A", "LISTED", "CACHED"):
        world.lets(name)   # what ran goes on being told
    world.starts.extend(range(3))   # fill() told them
    began_ms = clock.now_ms
    ended = await around.power_on(world)
    await asyncio.sleep_ms(8000)
    assert not ended, ("a task ended", ended)
    assert not world.broken, world.broken
    assert not any(c.permitted for c in world.board.controllers), "a charge after a start"
    await around.still_well(world)
    assert clock.now_ms - began_ms < 60_000
