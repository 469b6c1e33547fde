"""`network` of the ESP32 port: the station interface. Whether the access point is in reach is the world's word."""
from bench_wire import cells, drain, put
from micropython import const

_LINK = const(128)
_RSSI = const(129)
_CONNECT = const(0xC00)
_DISCONNECT = const(0xD00)

STA_IF, AP_IF = 0, 1
STAT_IDLE, STAT_CONNECTING, STAT_GOT_IP, STAT_NO_AP_FOUND = 1000, 1001, 1010, 201


class WLAN:
    IF_STA, IF_AP = 0, 1
    PM_NONE, PM_PERFORMANCE, PM_POWERSAVE = 0, 1, 2

    def __init__(self, interface=0):
        self._active = False

    def active(self, on=None):
        if on is None:
            return self._active
        if self._active and not on:
            self.disconnect()
        self._active = bool(on)
        return None

    def connect(self, ssid=None, key=None, *, bssid=None):
        if not self._active:
            raise OSError("Wifi Not Started")
        if self.status() == STAT_CONNECTING:
            raise OSError("Wifi Internal State Error")   # as the driver says while a join is under way
        put(_CONNECT, 0)

    def disconnect(self):
        put(_DISCONNECT, 0)

    def isconnected(self):
        drain()
        return cells[_LINK] == STAT_GOT_IP

    def status(self, param=None):
        drain()
        return cells[_RSSI] if param == "rssi" else cells[_LINK]

    def ifconfig(self, settings=None):
        if self.isconnected():
            return "192.168.4.2", "255.255.255.0", "192.168.4.1", "192.168.4.1"
        return "0.0.0.0", "0.0.0.0", "0.0.0.0", "0.0.0.0"

    def config(self, param=None, **settings):
        if param == "mac":
            import machine
            return machine.unique_id()
        return None
