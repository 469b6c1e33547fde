"""`network` of the ESP32 port: the station interface. Whether the access point is in reach is the world's word."""
from bench_wire import cells, drain, put, put_bytes
from micropython import const

_LINK = const(128)
_RSSI = const(129)
_CONNECT = const(0xC00)
_DISCONNECT = const(0xD00)

STA_IF = 0
STAT_CONNECTING, STAT_GOT_IP = 1001, 1010


class WLAN:
    def __init__(self, interface=0):
        self._active = False

    def active(self, on=None):
        if on is None:
            return self._active
        if self._active and not on:
            self.disconnect()
        self._active = bool(on)
        return None

    def connect(self, ssid=None, key=None):
        if not self._active:
            raise OSError("Wifi Not Started")
        if self.status() == STAT_CONNECTING:
            raise OSError("Wifi Internal State Error")   # as the driver says while a join is under way
        put_bytes(_CONNECT, 0, ssid.encode() + b"\0" + key.encode())

    def disconnect(self):
        put(_DISCONNECT, 0)

    def isconnected(self):
        drain()
        return cells[_LINK] == STAT_GOT_IP

    def status(self, param=None):
        drain()
        return cells[_RSSI] if param == "rssi" else cells[_LINK]

    def ifconfig(self):
        if self.isconnected():
            return "192.168.4.2", "255.255.255.0", "192.168.4.1", "192.168.4.1"
        return "0.0.0.0", "0.0.0.0", "0.0.0.0", "0.0.0.0"
