"""WebSocket client (RFC 6455) once it is open: text messages, control frames, closing. handshake.py opens it.

Receives into one buffer and masks in small pieces in place: the heap is small and a message must leave no garbage.
A message that somebody takes piece by piece while it arrives may be ten times as long as one that is kept whole.
What a message means, when to ping and when to connect again is ocpp/link.py's business.
"""
import asyncio
import os
import time

from micropython import const

_TEXT = const(1)
_CLOSE = const(8)
_PING = const(9)
_PONG = const(10)
_FIRST_BUFFER = const(512)
_OUT_BUFFER = const(528)   # the tick waits while it is filled; 1 kB and its header are two of it
_MAX_MESSAGE = const(8192)
_MAX_TAKEN = const(81_920)
_WRITE_TIMEOUT_S = const(20)


class WebSocketError(Exception):
    """The connection is of no more use. `code`: the close code of RFC 6455 §7.4.1 that was sent or received."""

    def __init__(self, text, code=1006):
        super().__init__(text)
        self.code = code


class WebSocket:
    def __init__(self, connection, stream):
        self._connection = connection
        self._stream = stream
        self._in = memoryview(bytearray(_FIRST_BUFFER))
        self._control = memoryview(bytearray(127))   # headers and control frames, also in the middle of a message
        self._out = memoryview(bytearray(_OUT_BUFFER))
        self._out_used = 0
        self._mask = bytearray(4)
        self._mask_at = 0
        self._writing = asyncio.Lock()   # a frame must not be torn by another
        self.last_received_ms = time.ticks_ms()
        self.take = None   # (first bytes of a message, all or 512): who takes it piece by piece, None: nobody
        self.in_pieces = None   # (): one who takes a message that finds no place in one piece

    # Receiving: one task only.

    async def receive(self):
        """The next text message, as a view that holds until the next call, or who has taken all of it: an object with
        async feed(view) for each piece and close() for when the rest never comes. WebSocketError when the connection
        ends."""
        size, started, final, asked, taker, most = 0, False, False, False, None, _MAX_MESSAGE
        if len(self._in) > _FIRST_BUFFER:
            self._in = memoryview(bytearray(_FIRST_BUFFER))   # a long message is rare: give it back
        try:
            while not final:
                await self._fill(self._control[:2])
                first, second = self._control[0], self._control[1]
                self.last_received_ms = time.ticks_ms()
                opcode, length = first & 15, second & 127
                if first & 0x70 or second & 0x80:
                    await self._fail("reserved bit or masked frame from the server", 1002)
                if opcode & 8:
                    if length > 125 or not first & 0x80:
                        await self._fail("control frame long or in fragments", 1002)
                    await self._on_control(opcode, length)
                    continue
                if opcode != (0 if started else _TEXT):
                    await self._fail("frame of kind %d out of place" % opcode, 1003 if opcode == 2 else 1002)
                if length > 125:
                    width = 2 if length == 126 else 8
                    await self._fill(self._control[:width])
                    length = int.from_bytes(self._control[:width], "big")
                started, final = True, first & 0x80 != 0
                if not asked and size + length <= _FIRST_BUFFER:
                    await self._fill(self._in[size:size + length])
                    size += length
                    if not final:
                        continue
                    length = 0
                if not asked and length <= _MAX_TAKEN:
                    if length:   # enough to see whose it is
                        await self._fill(self._in[size:_FIRST_BUFFER])
                        length -= _FIRST_BUFFER - size
                        size = _FIRST_BUFFER
                    asked, taker = True, self.take and self.take(self._in[:size])
                    if taker:
                        most = _MAX_TAKEN
                        await taker.feed(self._in[:size])
                if size + length > most:
                    await self._fail("message of more than %d bytes" % most, 1009)
                if not taker and size + length > len(self._in):
                    try:
                        larger = memoryview(bytearray(size + length))
                        larger[:size] = self._in[:size]
                        self._in = larger
                    except MemoryError:
                        if not self.in_pieces:
                            raise
                        taker = self.in_pieces()
                        await taker.feed(self._in[:size])
                if not taker:
                    await self._fill(self._in[size:size + length])
                    size += length
                while taker and length:
                    piece = self._in[:min(length, _FIRST_BUFFER)]
                    await self._fill(piece)
                    self.last_received_ms = time.ticks_ms()
                    await taker.feed(piece)
                    size += len(piece)
                    length -= len(piece)
        except BaseException:   # the owner's cancelling too
            if taker:
                taker.close()
            raise
        return taker or self._in[:size]

    async def _on_control(self, opcode, length):
        body = self._control[:length]
        await self._fill(body)
        if opcode == _PING:
            await self._send_control(_PONG, body)
        elif opcode == _CLOSE:
            code = body[0] << 8 | body[1] if length >= 2 else 1005
            await self._send_control(_CLOSE, body[:2] if length >= 2 else body[:0])
            raise WebSocketError("closed by the server", code)
        elif opcode != _PONG:
            await self._fail("unknown control frame", 1002)

    async def _fill(self, view):
        got, size = 0, len(view)
        while got < size:
            count = await self._stream.readinto(view[got:] if got else view)
            if count == 0:
                raise WebSocketError("connection ended")
            if count:   # None: woken for nothing, as TLS does
                got += count

    async def _fail(self, text, code):
        await self.send_close(code)
        raise WebSocketError(text, code)

    # Sending: any task.

    async def send(self, pieces):
        """Send one text message. `pieces()` gives its parts (str or bytes) in order; asked twice, to count them."""
        size = 0
        for piece in pieces():
            size += len(memoryview(piece))
        async with self._writing:
            self._begin(0x80 | _TEXT, size)
            for piece in pieces():
                view = memoryview(piece)
                size -= len(view)
                at = 0
                while at < len(view) and size >= 0:
                    at = self._put(view, at)
                    if self._out_used == _OUT_BUFFER:
                        self._flush()
                        await self._wait()
            self._flush()
            await self._wait()
        if size:
            raise WebSocketError("message changed while it was sent", 1011)

    async def send_ping(self):
        await self._send_control(_PING, b"")

    async def send_close(self, code=1000):
        """Say goodbye; the answer is not waited for."""
        try:
            await self._send_control(_CLOSE, bytes((code >> 8, code & 255)))
        except (OSError, WebSocketError):
            pass   # it is gone already, which is what was wanted

    async def _send_control(self, opcode, body):
        async with self._writing:
            self._begin(0x80 | opcode, len(body))
            self._put(body, 0)
            self._flush()
            await self._wait()

    def _begin(self, first, size):
        out = self._out
        out[0] = first
        if size < 126:
            out[1], at = 0x80 | size, 2
        else:
            out[1], out[2], out[3], at = 0xFE, size >> 8, size & 255, 4   # nothing of 64 kB is ever sent
        self._mask[:] = os.urandom(4)
        out[at:at + 4] = self._mask
        self._out_used = at + 4
        self._mask_at = 0

    def _put(self, view, at):
        """Mask what fits of `view` from `at` into the buffer; where it stopped. No slices, no garbage."""
        out, mask, used, turn = self._out, self._mask, self._out_used, self._mask_at
        end = min(len(view), at + _OUT_BUFFER - used)
        while at < end:
            out[used] = view[at] ^ mask[turn]
            at += 1
            used += 1
            turn = (turn + 1) & 3
        self._out_used, self._mask_at = used, turn
        return at

    def _flush(self):
        self._stream.write(self._out if self._out_used == _OUT_BUFFER else self._out[:self._out_used])
        self._out_used = 0

    def _wait(self):
        """To be awaited after _flush(): between pieces the control tick gets its turn."""
        if getattr(self._stream, "out_buf", True):   # a full socket; without the test each send would cost a task
            return asyncio.wait_for(self._stream.drain(), _WRITE_TIMEOUT_S)
        return asyncio.sleep_ms(0)

    def close(self):
        """Let go of the socket at once; needed after every error too, the chip has few sockets."""
        self._connection.close()
