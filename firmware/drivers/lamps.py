"""Status lamps: a WS2812 ring a connector. Every status has a pattern as well as a colour: not all see colours."""
from array import array

from micropython import const

_WHOLE = const(0)
_BLINK = const(1)
_FLICKER = const(2)
_RUN = const(3)
_EVERY_OTHER = const(4)
_SWAP = const(5)
_HALF = const(6)
_SINGLE = const(7)
_TWO = const(8)

LOOKS = {  # red, green, blue; pattern: one small integer each, as tuples would take a kilobyte
    "Available": 0x003C00 << 4 | _WHOLE,
    "Preparing": 0x00283C << 4 | _BLINK,
    "Charging": 0x00005A << 4 | _RUN,
    "SuspendedEV": 0x00005A << 4 | _EVERY_OTHER,
    "SuspendedEVSE": 0x462800 << 4 | _SWAP,
    "Finishing": 0x003C00 << 4 | _HALF,
    "Reserved": 0x3C003C << 4 | _TWO,
    "Unavailable": 0x281400 << 4 | _SINGLE,
    "Faulted": 0x5A0000 << 4 | _FLICKER,
}


def lit(pattern, tick, count):
    """Which of `count` pixels are on at this tick, as a bit mask."""
    whole = (1 << count) - 1
    if pattern == _BLINK:
        return whole if tick // 5 & 1 else 0
    if pattern == _FLICKER:
        return whole if tick & 1 else 0
    if pattern == _RUN:
        mask = 7 << tick % count
        return (mask | mask >> count) & whole
    if pattern == _EVERY_OTHER:
        return 0x5555 & whole
    if pattern == _SWAP:
        return (0x5555 << (tick // 5 & 1)) & whole
    if pattern == _HALF:
        return whole >> count // 2
    if pattern == _SINGLE:
        return 1
    if pattern == _TWO:
        return 1 | 1 << count // 2
    return whole


class Lamps:
    """`pixels` is a NeoPixel with all connectors' rings in one chain."""

    def __init__(self, pixels, per_connector):
        self._pixels = pixels
        self._count = per_connector
        rings = pixels.n // per_connector
        self._lit = array("H", (0,) * rings)
        self._looks = [0] * rings

    def show(self, connector_index, state_name, tick):
        """Paint a connector's ring, first is 0; `tick` grows by one every 100 ms. Writes only what changes."""
        look = LOOKS.get(state_name) or LOOKS["Unavailable"]
        mask = lit(look & 15, tick, self._count)
        if mask == self._lit[connector_index] and look == self._looks[connector_index]:
            return
        self._lit[connector_index], self._looks[connector_index] = mask, look
        first, colour = connector_index * self._count, (look >> 20, look >> 12 & 255, look >> 4 & 255)
        for i in range(self._count):
            self._pixels[first + i] = colour if mask >> i & 1 else (0, 0, 0)
        self._pixels.write()
