"""An energy meter whose registers a map lays out: any Modbus meter by its board file's `meter_map`, the PZEM-004T v3 by
the one here (Peacefair's PZEM-004T-100A V3.0 manual, §2.2.3: input registers from 0, low word first).

In integers, since a float on the chip has 24 bits and a register of energy needs them all.
"""
import time
from array import array

from firmware.drivers.meter_sdm import MeterError, scaled
from firmware.drivers.modbus_rtu import ModbusError
from firmware.drivers.register_map import RegisterMap, factor

PZEM_004T = {
    "read": "input",
    "registers": {
        "voltage_l1": {"address": 0, "type": "u16", "scale": 0.1, "unit": "V"},
        "current_l1": {"address": 1, "type": "u32", "scale": 0.001, "unit": "A", "words": "low_first"},
        "power": {"address": 3, "type": "u32", "scale": 0.1, "unit": "W", "words": "low_first"},
        "energy": {"address": 5, "type": "u32", "unit": "Wh", "words": "low_first"},
    },
}
_KINDS = {  # times what, highest magnitude of it: above what a meter can count or measure, whatever the CRC says
    "energy": (1, 10_000_000_000),
    "power": (1, 150_000),
    "voltage": (10, 5000),
    "current": (1000, 200_000),
}


class Meter:
    """As meter_sdm.Meter: read() fills the fields, all of them or none."""

    def __init__(self, bus, unit, data):
        self._bus, self._unit, self._map = bus, unit, RegisterMap(data)
        phases = 3 if "current_l3" in data["registers"] else 1
        self._volts, self._amps = array("i", (0,) * phases), array("i", (0,) * phases)
        self.energy_wh = None
        self.power_w = 0
        self.current_ma, self.voltage_dv = array("i", (0,) * phases), array("i", (0,) * phases)
        self.read_at_ms = None

    async def read(self):
        """MeterError when the meter is silent, garbled or tells what cannot be."""
        try:
            read = await self._map.read(self._bus, self._unit)
        except ModbusError as error:
            raise MeterError(str(error))
        energy_wh = power_w = 0
        for name, entry, raw in read:
            kind, _, phase = name.partition("_l")
            times, most = _KINDS[kind]
            value = _whole(raw, factor(entry) * times)
            if abs(value) > most:
                raise MeterError("implausible")
            if kind == "energy":
                energy_wh = value
            elif kind == "power":
                power_w = value
            elif kind == "voltage":
                self._volts[int(phase) - 1] = abs(value)
            else:
                self._amps[int(phase) - 1] = abs(value)
        if energy_wh < 0:
            raise MeterError("implausible")
        if self.energy_wh is not None and energy_wh < self.energy_wh:
            raise MeterError("register fell from %d to %d Wh" % (self.energy_wh, energy_wh))
        self.current_ma, self._amps = self._amps, self.current_ma
        self.voltage_dv, self._volts = self._volts, self.voltage_dv
        self.energy_wh, self.power_w, self.read_at_ms = energy_wh, power_w, time.ticks_ms()


def _whole(raw, times):
    """`raw` times a factor that is whole, or one part of a whole number: exact but for the last rounding, to nearest;
    a register that counts in less than the unit is cut, not rounded up: it has not counted that much yet."""
    if isinstance(raw, float):
        import struct

        high, low = struct.unpack(">HH", struct.pack(">f", raw))
        return scaled(high, low, round(times))
    if abs(times) >= 1:
        return raw * round(times)
    return raw // round(1 / times)
