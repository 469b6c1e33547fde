"""Plain LEDs as status lamps: green, blue and red, or a single one. Each status has a rhythm of its own, for those who
see no colours and for boards with one LED."""
from array import array

from micropython import const

_TICKS = const(20)   # of 100 ms, until a rhythm begins again
_GREEN, _BLUE, _RED = const(0), const(1), const(2)

LOOKS = {  # which of three it is, and when it is on: the first tick is the lowest bit
    "Available": _GREEN << 20 | 0b11111111111111111111,      # steady
    "Preparing": _BLUE << 20 | 0b00000111110000011111,       # half and half, a second in all
    "Charging": _BLUE << 20 | 0b00111111111111111111,        # on, a short gap
    "SuspendedEV": _BLUE << 20 | 0b00000000000000000011,     # a short flash every two seconds
    "SuspendedEVSE": _BLUE << 20 | 0b00000000000000110011,   # two short flashes
    "Finishing": _GREEN << 20 | 0b00000000001111111111,      # half and half, two seconds in all
    "Reserved": _GREEN << 20 | 0b00000000001100110011,       # three short flashes
    "Unavailable": _RED << 20 | 0b00000000000000000000 | 1,  # the shortest flash
    "Faulted": _RED << 20 | 0b01010101010101010101,          # flickers
}


class Leds:
    """`rows`: the pins of each connector, three or one; `active`: the level that lights them."""

    def __init__(self, rows, active):
        self._rows, self._active = rows, active
        self._shown = array("b", (-1,) * len(rows))

    def show(self, connector_index, state_name, tick):
        """As drivers/lamps.py has it: `tick` grows by one every 100 ms; pins are written when they change."""
        look = LOOKS.get(state_name) or LOOKS["Unavailable"]
        pins = self._rows[connector_index]
        lit = (look >> 20 if len(pins) == 3 else 0) + 1 if look >> tick % _TICKS & 1 else 0
        if lit != self._shown[connector_index]:
            self._shown[connector_index] = lit
            for i, pin in enumerate(pins):
                pin.value(self._active if lit == i + 1 else 1 - self._active)
