"""One HTTP/1.1 request to the set-up page, read within bounds. RFC 9110, 9112; application/x-www-form-urlencoded."""
from micropython import const

_LONGEST_HEAD = const(2048)
_LONGEST_BODY = const(1024)
_PIECE = const(256)


class Refused(Exception):
    """Its arguments: the status line's end, and headers."""


async def read(reader, host):
    """(method, the form's fields or {}) of a request for / of `host`. Refused with what to answer; ValueError, EOFError
    where it is no request at all."""
    head, body = await _head(reader)
    lines = head.decode().split("\r\n")
    words = lines[0].split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise ValueError("no HTTP")
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    if headers.get("host", "").split(":")[0] != host:
        # A phone that looks whether there is an internet; or a page from elsewhere, which calls us by a name of its own
        # to be allowed to read what we answer.
        raise Refused("302 Found", "Location: http://%s/\r\n" % host)
    method, path = words[0], words[1].split("?")[0]
    if path != "/":
        raise Refused("404 Not Found", "")
    if method == "GET":
        return method, {}
    if method != "POST":
        raise Refused("405 Method Not Allowed", "Allow: GET, POST\r\n")
    length = headers.get("content-length", "")
    if not length.isdigit() or int(length) > _LONGEST_BODY:
        raise Refused("413 Content Too Large", "")
    while len(body) < int(length):
        piece = await reader.read(int(length) - len(body))
        if not piece:
            raise EOFError
        body += piece
    return method, _form(body[:int(length)])


async def _head(reader):
    """What comes before the empty line, and what came after it by now."""
    data = b""
    while b"\r\n\r\n" not in data:
        if len(data) > _LONGEST_HEAD:
            raise Refused("431 Request Header Fields Too Large", "")
        piece = await reader.read(_PIECE)
        if not piece:
            raise EOFError
        data += piece
    head, _, rest = data.partition(b"\r\n\r\n")
    return head, rest


def _form(body):
    form = {}
    for pair in body.split(b"&"):
        key, _, value = pair.partition(b"=")
        form[_decoded(key)] = _decoded(value)
    return form


def _decoded(data):
    decoded, *rest = data.replace(b"+", b" ").split(b"%")
    for part in rest:
        decoded += bytes((int(part[:2], 16),)) + part[2:]
    return decoded.decode()
