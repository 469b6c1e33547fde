"""Answers every question for a name with the board's own address, so that a phone finds the set-up page by itself.

RFC 1035 §4.1. Only questions for an IPv4 address get one; others are answered with nothing, so that nobody waits.
"""
import socket

from micropython import const

_PORT = const(53)
_LONGEST = const(512)
_AT_ONCE = const(8)


class Responder:
    def __init__(self, address, port=_PORT):
        """OSError where the port cannot be had."""
        where = socket.getaddrinfo(address, port)[0][-1]
        self._address = bytes([int(part) for part in address.split(".")])
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.setblocking(False)
            self._socket.bind(where)
        except OSError:
            self._socket.close()
            raise

    def step(self):
        """Answer what has come by now; never waits, never raises."""
        for _ in range(_AT_ONCE):
            try:
                query, sender = self._socket.recvfrom(_LONGEST)
                reply = replied(query, self._address)
                if reply:
                    self._socket.sendto(reply, sender)
            except OSError:   # nothing there, or no room to send: it will ask again
                return


def replied(query, address):
    """The reply to one packet, None where it is no question. `address`: four bytes."""
    if len(query) < 17 or query[2] & 0xF8 or query[4:6] != b"\0\1":   # an answer, another kind of request; one question
        return None
    end = 12
    while end < len(query) and query[end]:
        if query[end] > 63:
            return None   # a pointer, where there is nothing yet to point to
        end += query[end] + 1
    end += 5
    if end > len(query):
        return None
    is_ipv4 = query[end - 4:end] == b"\0\1\0\1"
    reply = query[:2] + (b"\x85\x80\0\1\0\1\0\0\0\0" if is_ipv4 else b"\x85\x80\0\1\0\0\0\0\0\0") + query[12:end]
    if is_ipv4:
        reply += b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4" + address   # the name asked for; forgotten at once
    return reply
