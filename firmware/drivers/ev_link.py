"""An EV link: a DC power module or an ISO 15118 modem that tells over Modbus RTU what the car says of itself.

Which register holds what is the board file's `ev_link`: no two makers agree. What a car does not tell, or what no car
can be (makers fill such registers with ones), is None.
"""
from micropython import const

from firmware.drivers.modbus_rtu import ModbusError
from firmware.drivers.modbus_write import write
from firmware.drivers.register_map import RegisterMap, factor

_FIELDS = {  # in the board file: here, and the least and most that a car can mean
    "soc": ("soc_percent", 0, 100),
    "battery_capacity": ("capacity_wh", 1, 2_000_000),
    "voltage": ("voltage_v", 0, 1500),
    "current": ("current_a", -3000, 3000),
    "temperature": ("temperature_c", -60, 150),
    "power_request": ("request_w", 0, 2_000_000),
}


_MOST = const(0xFFFF)
_PHASE_V = const(230)


class EvLinkError(Exception):
    pass


class EvLink:
    """limit  the map's entry of the register that takes what the part may draw from the mains, or None

    read() fills the fields, all of them or none; each is a number, or None while the car does not tell it.

    soc_percent     state of charge
    capacity_wh     what the battery holds when full
    voltage_v       at the car's inlet, direct
    current_a       into the car, direct; negative out of it
    temperature_c   of the battery, or of what else the part measures at the car
    request_w       what the car asks for now
    """

    def __init__(self, bus, unit, data):
        """`data`: the board's `ev_link`: `read`, input or holding registers; `registers`, a dict a value; `limit`."""
        self.limit = data.get("limit")
        self._bus, self._unit, self._map = bus, unit, RegisterMap(data)
        self.forget()

    def forget(self):
        """Another car, or none."""
        self.soc_percent = self.capacity_wh = self.voltage_v = None
        self.current_a = self.temperature_c = self.request_w = None

    async def read(self):
        """EvLinkError when the part is silent, garbled or refuses."""
        try:
            read = await self._map.read(self._bus, self._unit)
        except ModbusError as error:
            raise EvLinkError(str(error))
        for name, entry, raw in read:
            field, least, most = _FIELDS[name]
            value = raw * factor(entry)
            setattr(self, field, value if least <= value <= most else None)  # not a number is never between

    async def tell(self, offered_da, phases):
        """The most that it may draw, tenths of an ampere from each of `phases`, as power at 230 V, never a hair more;
        EvLinkError as of read()."""
        raw = int(offered_da * _PHASE_V * phases / (10 * factor(self.limit)) + 1e-6)   # floats are a hair too small
        try:
            await write(self._bus, self._unit, self.limit["address"], min(raw, _MOST))
        except ModbusError as error:
            raise EvLinkError(str(error))
