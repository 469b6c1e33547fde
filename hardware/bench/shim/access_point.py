"""The chip's own WiFi: the other interface of `network`, and the port where the world reaches what listens on it.

Loaded only where a charge point has no settings. Its addresses are this machine's: a browser here is its phone.
"""
import socket

import network
import usocket
from bench_wire import cells, put_bytes
from micropython import const

_AP_PORT = const(142)
_ACCESS_POINT = const(0x1F00)
_ADDRESS = "127.0.0.1"
_HTTP = const(80)

_Station = network.WLAN
_resolved = socket.getaddrinfo


class _AccessPoint:
    def __init__(self):
        self._on = False
        self._ssid = self._key = ""

    def active(self, on=None):
        if on is None:
            return self._on
        self._on = bool(on)
        self._tell()
        return None

    def config(self, *, ssid, security, key):
        if not 8 <= len(key.encode()) <= 63 or security != 3:
            raise OSError("Wifi Invalid Password")
        self._ssid, self._key = ssid, key
        self._tell()

    def ifconfig(self):
        return _ADDRESS, "255.255.255.0", _ADDRESS, _ADDRESS

    def _tell(self):
        put_bytes(_ACCESS_POINT, int(self._on), ("%s\0%s" % (self._ssid, self._key)).encode())


_access_point = _AccessPoint()


def _wlan(interface=0):
    return _access_point if interface == network.AP_IF else _Station(interface)


def _scan(self):
    return [(b"", b"\2" * 6, 1, -40, 3, True), (b"far <away>", b"\2" * 6, 1, -80, 3, False),
            (b"bench", b"\2" * 6, 6, -58, 3, False)]


def _getaddrinfo(host, port, *hints):
    if host == _ADDRESS and port == _HTTP:   # what listens there; the firmware connects to no such port
        return usocket.getaddrinfo(_ADDRESS, cells[_AP_PORT], *hints)
    return _resolved(host, port, *hints)


_Station.scan = _scan
network.AP_IF = 1
network.WLAN = _wlan
socket.getaddrinfo = _getaddrinfo
