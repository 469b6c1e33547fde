"""One HTTP/1.1 request whose body streams, up (PUT, POST) or down (GET). RFC 9110, 9112. Loaded for one transfer.

Never holds more than a piece of 512 bytes; the control tick gets its turn between pieces. The connection itself, and
whether it may be opened now, is the business of the `open_stream` it is given.
"""
import asyncio
import binascii
import time

from micropython import const

_PIECE = const(512)
_LONGEST_LINE = const(600)       # of a head; what is longer is cut
_MAX_LINES = const(100)
_STEP_TIMEOUT_S = 20             # a piece that does not move for so long never will
_LONGEST_MS = const(3_600_000)   # and a server that lets one byte a second through must not hold the chip for ever
_MAX_REDIRECTS = const(3)
_UNRESERVED = b"-._~%!$&'()*+,;=:@/?"


class HttpError(Exception):
    """`status` of the answer; 0: none came."""

    def __init__(self, text, status=0):
        super().__init__(text)
        self.status = status


def parts(url):
    """(secure, host, port, path with query, user:password or "") of an http or https URL, None for another kind;
    ValueError if it is no URL."""
    scheme, found, rest = url.partition("://")
    scheme = scheme.lower()
    if not found or not scheme:
        raise ValueError("no URL")
    if scheme not in ("http", "https"):
        return None
    rest = rest.split("#")[0]
    end = min([i for i in (rest.find("/"), rest.find("?")) if i >= 0] or [len(rest)])
    user, _, authority = rest[:end].rpartition("@")
    host, _, port = authority.partition(":")
    number = int(port) if port.isdigit() else 0 if port else 443 if scheme == "https" else 80
    path = rest[end:] if rest[end:end + 1] == "/" else "/" + rest[end:]
    # What is no part of a URL must not become a header of its own.
    if not host or not 0 < number < 65536 or any(not _plain(c) for c in rest.encode()):
        raise ValueError("no URL")
    return scheme == "https", host, number, path, user


def _decoded(text):
    """Bytes, with what was percent-encoded as it was."""
    first, *rest = text.split("%")
    decoded = first.encode()
    for part in rest:
        try:
            decoded += bytes((int(part[:2], 16),)) + part[2:].encode()
        except ValueError:
            raise ValueError("no URL")   # the original names a part of the password
    return decoded


def _plain(c):
    return 48 <= c <= 57 or 65 <= c <= 90 or 97 <= c <= 122 or c in _UNRESERVED or c in b"[]|"


async def send(open_stream, method, url, pieces):
    """Send the texts that pieces() gives; (bytes sent, status of the answer). HttpError, OSError, ValueError.

    They are asked for twice, first to be counted; if they differ, the second are cut or filled up with line ends."""
    size = 0
    for piece in pieces():
        size += len(memoryview(piece))
    exchange = await asked(open_stream, method, url, (
        "Content-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n") % size)
    try:
        try:
            await exchange.put(size, pieces)
        except OSError:
            pass   # it may have refused before it had read everything: what it said counts
        await exchange.read_head()
        return size, exchange.status
    finally:
        exchange.close()


async def fetch(open_stream, url, take, longest):
    """take(view) gets the body piece by piece; its size. HttpError, OSError, ValueError (also what `take` raises)."""
    for _ in range(_MAX_REDIRECTS + 1):
        exchange = await asked(open_stream, "GET", url, "")
        try:
            await exchange.read_head()
            if 300 < exchange.status < 309 and exchange.location:
                if url[:6].lower() == "https:" and exchange.location[:6].lower() != "https:":
                    raise HttpError("redirected to where nobody proves who he is", exchange.status)
                url = exchange.location
                continue
            if exchange.status != 200:
                raise HttpError("HTTP status %d" % exchange.status, exchange.status)
            if not 0 < exchange.length <= longest:   # without a length nobody could tell the whole from a part
                raise HttpError("length %d" % exchange.length, 200)
            await exchange.get(exchange.length, take)
            return exchange.length
        finally:
            exchange.close()
    raise HttpError("too many redirects")


async def asked(open_stream, method, url, headers):
    """An exchange whose request, but for its body, is sent."""
    found = parts(url)
    if not found:
        raise ValueError("neither http nor https")
    secure, host, port, path, user = found
    if user:
        headers += "Authorization: Basic %s\r\n" % binascii.b2a_base64(_decoded(user))[:-1].decode()
    raw, connection = await open_stream(secure, host, port)
    exchange = _Exchange(raw, connection, asyncio.StreamReader(connection))
    try:
        exchange.stream.write(
            "%s %s HTTP/1.1\r\nHost: %s%s\r\nConnection: close\r\nAccept-Encoding: identity\r\n%s\r\n" % (
                method, path, host, "" if port == (443 if secure else 80) else ":%d" % port, headers))
        await exchange.step(exchange.stream.drain())
    except BaseException:
        exchange.close()
        raise
    return exchange


class _Exchange:
    def __init__(self, raw, connection, stream):
        self.raw, self.connection, self.stream = raw, connection, stream
        self.until_ms = time.ticks_add(time.ticks_ms(), _LONGEST_MS)
        self.buffer = memoryview(bytearray(_PIECE))
        self.at = self.end = 0   # of what was read but not yet used
        self.status, self.length, self.location = 0, -1, ""

    async def step(self, waiting):
        if time.ticks_diff(time.ticks_ms(), self.until_ms) > 0:
            raise HttpError("too slow")
        try:
            return await asyncio.wait_for(waiting, _STEP_TIMEOUT_S)
        except asyncio.TimeoutError:
            raise HttpError("no progress within %d s" % _STEP_TIMEOUT_S)

    async def put(self, size, pieces):
        buffer, used = self.buffer, 0
        for piece in pieces():
            view = memoryview(piece)
            at = 0
            while at < len(view) and size:
                count = min(len(view) - at, _PIECE - used, size)
                buffer[used:used + count] = view[at:at + count]
                used, at, size = used + count, at + count, size - count
                if used == _PIECE:
                    await self._write(used)
                    used = 0
        await self._write(used)
        while size:
            count = min(size, _PIECE)
            for i in range(count):
                buffer[i] = 10
            await self._write(count)
            size -= count

    async def _write(self, size):
        if size:
            self.stream.write(self.buffer[:size])
            await self.step(self.stream.drain())

    async def _fill(self):
        count = None
        while count is None:   # woken for nothing, as TLS does
            count = await self.step(self.stream.readinto(self.buffer))
        if not count:
            raise HttpError("connection ended")
        self.at, self.end = 0, count

    async def _line(self):
        line = bytearray()
        while True:
            if self.at == self.end:
                await self._fill()
            c = self.buffer[self.at]
            self.at += 1
            if c == 10:
                return bytes(line).decode().strip()
            if len(line) < _LONGEST_LINE:
                line.append(c)

    async def read_head(self):
        """status, length (-1: not told) and location of the answer."""
        while self.status < 200:   # 100 Continue and its kin come before the answer
            words = (await self._line()).split(" ")
            if len(words) < 2 or not words[0].startswith("HTTP/1.") or not words[1].isdigit():
                raise HttpError("not an HTTP answer")
            self.status = int(words[1])
            for _ in range(_MAX_LINES):
                name, _, value = (await self._line()).partition(":")
                if not name:
                    break
                name, value = name.lower(), value.strip()
                if name == "content-length" and value.isdigit():
                    self.length = int(value)
                elif name == "transfer-encoding":
                    self.length = -2
                elif name == "location":
                    self.location = value
            else:
                raise HttpError("head too long", self.status)

    async def get(self, size, take):
        while size:
            if self.at == self.end:
                await self._fill()
            count = min(size, self.end - self.at)
            take(self.buffer[self.at:self.at + count])
            self.at += count
            size -= count

    def close(self):
        self.connection.close()
        if self.raw is not self.connection:
            self.raw.close()
