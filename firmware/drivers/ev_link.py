"""An EV link: a DC power module or an ISO 15118 modem that tells over Modbus RTU what the car says of itself.

Which register holds what is the board file's `ev_link` (board_check.py judges it): no two makers agree. What a car does
not tell, or what no car can be (makers fill such registers with ones), is None.
"""
import struct
from array import array

from micropython import const

from firmware.drivers.modbus_rtu import ModbusError

_MOST_REGISTERS = const(16)  # in one answer, as modbus_rtu.py has room for
_FUNCTIONS = {"holding": 3, "input": 4}
_FIELDS = {  # in the board file: here, and the least and most that a car can mean
    "soc": ("soc_percent", 0, 100),
    "battery_capacity": ("capacity_wh", 1, 2_000_000),
    "voltage": ("voltage_v", 0, 1500),
    "current": ("current_a", -3000, 3000),
    "temperature": ("temperature_c", -60, 150),
    "power_request": ("request_w", 0, 2_000_000),
}


class EvLinkError(Exception):
    pass


class EvLink:
    """read() fills the fields, all of them or none; each is a number, or None while the car does not tell it.

    soc_percent     state of charge
    capacity_wh     what the battery holds when full
    voltage_v       at the car's inlet, direct
    current_a       into the car, direct; negative out of it
    temperature_c   of the battery, or of what else the part measures at the car
    request_w       what the car asks for now
    """

    def __init__(self, bus, unit, data):
        """`data`: the board's `ev_link`: `read`, input or holding registers; `registers`, a dict a value."""
        self._bus, self._unit, self._function = bus, unit, _FUNCTIONS[data["read"]]
        self._blocks = _blocks(data["registers"])
        self.forget()

    def forget(self):
        """Another car, or none."""
        self.soc_percent = self.capacity_wh = self.voltage_v = None
        self.current_a = self.temperature_c = self.request_w = None

    async def read(self):
        """EvLinkError when the part is silent, garbled or refuses."""
        try:
            for register, words, _ in self._blocks:
                await self._bus.read_input(self._unit, register, words, self._function)
        except ModbusError as error:
            raise EvLinkError(str(error))
        for register, words, names in self._blocks:
            for name, entry in names:
                field, least, most = _FIELDS[name]
                value = _number(words, entry["address"] - register, entry)
                setattr(self, field, value if least <= value <= most else None)  # not a number is never between


def _blocks(registers):
    """[(first register, words to fill, [(name, entry)])]: neighbours come in one answer, gaps are not asked for."""
    entries = sorted([(entry["address"], name) for name, entry in registers.items()])
    found = []  # type: list[list]
    for address, name in entries:
        end = address + (1 if registers[name]["type"][1:] == "16" else 2)
        if not found or address != found[-1][1] or end - found[-1][0] > _MOST_REGISTERS:
            found.append([address, end, []])
        found[-1][1] = end
        found[-1][2].append((name, registers[name]))
    return [(first, array("H", (0,) * (end - first)), names) for first, end, names in found]


def _number(words, at, entry):
    kind = entry["type"]
    if kind[1:] == "16":
        packed = struct.pack(">H", words[at])
    elif entry.get("words") == "low_first":
        packed = struct.pack(">HH", words[at + 1], words[at])
    else:
        packed = struct.pack(">HH", words[at], words[at + 1])
    code = {"u16": ">H", "s16": ">h", "u32": ">I", "s32": ">i", "f32": ">f"}[kind]
    kilo = 1000 if entry["unit"][0] == "k" else 1
    return struct.unpack(code, packed)[0] * entry.get("scale", 1) * kilo
