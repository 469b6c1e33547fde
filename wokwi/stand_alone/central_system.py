"""A small central system for OCPP 1.6J on the charge point's own chip, so that it charges with no network at all.

It listens where settings.json says that the central system is, accepts every card but one, numbers transactions, and
tells on the console what was charged. It keeps nothing. RFC 6455 §4.2.2, §5; OCPP-J 1.6 §4.
"""
import asyncio
import binascii
import hashlib
import json
import struct
import time

import usocket  # not `socket`: where the bench plays the chip, that one leads out of it

_STRANGER = "04DEADBEEF0102"   # the reader's second card
_MAX_MESSAGE = 8192
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10

_started: dict = {}            # meter_start_wh, by transaction


async def serve():
    port = _port()
    listener = usocket.socket()
    listener.setsockopt(usocket.SOL_SOCKET, usocket.SO_REUSEADDR, 1)
    listener.bind(usocket.getaddrinfo("127.0.0.1", port)[0][-1])
    listener.listen(1)
    listener.setblocking(False)
    print("central_system.up port=%d" % port)
    while True:
        try:
            caller = listener.accept()[0]
        except OSError:   # nobody there
            await asyncio.sleep_ms(100)
            continue
        caller.setblocking(False)
        await _meet(asyncio.StreamReader(caller))   # one caller at a time: there is one charge point


def _port():
    with open("/settings.json") as file:
        return int(json.load(file)["url"].split("/")[2].split(":")[1])


async def _meet(stream):
    try:
        await _greet(stream)
        while True:
            kind, payload = await _read(stream)
            if kind == _CLOSE:
                break
            if kind == _PING:
                await _write(stream, _PONG, payload)
            elif kind == _TEXT:
                answer = _answer(json.loads(payload))
                if answer:
                    await _write(stream, _TEXT, json.dumps(answer).encode())
    except (EOFError, OSError, ValueError) as error:
        print("central_system.left error=%r" % error)
    finally:
        stream.close()


async def _greet(stream):
    key = None
    while True:
        line = (await stream.readline()).strip()
        if not line:
            break
        name, _, value = line.decode().partition(":")
        if name.lower() == "sec-websocket-key":
            key = value.strip()
    if key is None:
        raise ValueError("no WebSocket")
    digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
    accept = binascii.b2a_base64(digest).strip().decode()
    stream.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: ocpp1.6\r\n\r\n" % accept).encode())
    await stream.drain()


async def _read(stream):
    """One frame: kind and payload. A charge point masks its frames and sends each message in one."""
    first, second = await stream.readexactly(2)
    size = second & 0x7F
    if size == 126:
        size, = struct.unpack(">H", await stream.readexactly(2))
    if size > _MAX_MESSAGE or not first & 0x80 or not second & 0x80:
        raise ValueError("not a frame of a charge point")
    mask = await stream.readexactly(4)
    payload = bytearray(await stream.readexactly(size))
    for i in range(size):
        payload[i] ^= mask[i & 3]
    return first & 0x0F, payload


async def _write(stream, kind, payload):
    size = len(payload)
    stream.write(bytes((0x80 | kind, size)) if size < 126 else struct.pack(">BBH", 0x80 | kind, 126, size))
    stream.write(payload)
    await stream.drain()


def _answer(message):
    if message[0] != 2:   # nothing is ever asked of the charge point
        return None
    _, number, action, payload = message
    handler = _HANDLERS.get(action)
    if handler is None:
        return [4, number, "NotSupported", "", {}]
    return [3, number, handler(payload)]


def _now():
    return "%04d-%02d-%02dT%02d:%02d:%02dZ" % time.gmtime()[:6]   # from 2000 on, where nobody has set the clock


def _boot(payload):
    return {"status": "Accepted", "currentTime": _now(), "interval": 300}


def _authorize(payload):
    return {"idTagInfo": {"status": "Invalid" if payload["idTag"] == _STRANGER else "Accepted"}}


def _start(payload):
    number = len(_started) + 1
    _started[number] = payload["meterStart"]
    return {"transactionId": number, "idTagInfo": _authorize(payload)["idTagInfo"]}


def _stop(payload):
    number = payload["transactionId"]
    print("central_system.charged transaction=%d wh=%d" % (
        number, payload["meterStop"] - _started.get(number, payload["meterStop"])))
    return {}


def _nothing(payload):
    return {}


_HANDLERS = {
    "BootNotification": _boot, "Authorize": _authorize, "StartTransaction": _start, "StopTransaction": _stop,
    "Heartbeat": lambda payload: {"currentTime": _now()}, "StatusNotification": _nothing, "MeterValues": _nothing,
}
