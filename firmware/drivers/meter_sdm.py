"""Eastron SDM120, SDM230, SDM630 energy meters: input registers in pairs, float32, high word first (their protocol)."""
import time
from array import array

from micropython import const

from firmware.drivers.modbus_rtu import ModbusError

# All keep phase voltages, phase currents and total import at the same place; with one phase its power is the total.
_VOLTAGE = const(0x0000)
_CURRENT = const(0x0006)
_ENERGY = const(0x0048)  # read with the total export behind it: no answer to another question is as long
_POWER = const(0x000C)
_TOTAL_POWER = const(0x0034)

# Above what the meters can count or measure: no reading, whatever the CRC says.
_MAX_DV = const(5000)
_MAX_MA = const(200_000)
_MAX_W = const(150_000)
_MAX_KWH = const(10_000_000)


class MeterError(Exception):
    pass


def scaled(high, low, scale):
    """The float32 in two registers times `scale`, to the nearest integer, halves away from zero. MeterError if it is no
    number. In integers, since a float on the chip has 24 bits and a register of kWh needs them all."""
    exponent = high >> 7 & 0xFF
    if exponent == 0xFF:
        raise MeterError("not a number")
    mantissa = (high & 0x7F) << 16 | low
    if exponent:
        mantissa |= 0x800000
    else:
        exponent = 1
    value, shift = mantissa * scale, 150 - exponent
    value = (value + (1 << (shift - 1))) >> shift if shift > 0 else value << -shift
    return -value if high & 0x8000 else value


class Meter:
    """read() fills the fields, all of them or none.

    energy_wh     import register, whole Wh; None before the first reading
    power_w       total active power, negative for export
    current_ma    array, a value per phase
    voltage_dv    array, a value per phase, tenths of a volt
    read_at_ms    ticks of the last good reading
    """

    def __init__(self, bus, unit, driver):
        self._bus, self._unit = bus, unit
        phases, self._power = (3, _TOTAL_POWER) if driver == "sdm630" else (1, _POWER)
        self._pair, self._energy = array("H", (0, 0)), array("H", (0, 0, 0, 0))
        self._pairs = array("H", (0, 0) * phases)
        self._volts, self._amps = array("i", (0,) * phases), array("i", (0,) * phases)
        self.energy_wh = None
        self.power_w = 0
        self.current_ma, self.voltage_dv = array("i", (0,) * phases), array("i", (0,) * phases)
        self.read_at_ms = None

    async def read(self):
        """MeterError when the meter is silent, garbled or tells what cannot be."""
        try:
            await self._bus.read_input(self._unit, _VOLTAGE, self._pairs)
            self._convert(self._volts, 10, _MAX_DV)
            await self._bus.read_input(self._unit, _CURRENT, self._pairs)
            self._convert(self._amps, 1000, _MAX_MA)
            await self._bus.read_input(self._unit, self._power, self._pair)
            power_w = scaled(self._pair[0], self._pair[1], 1)
            await self._bus.read_input(self._unit, _ENERGY, self._energy)
        except ModbusError as error:
            raise MeterError(str(error))
        energy_wh = scaled(self._energy[0], self._energy[1], 1000)
        if abs(power_w) > _MAX_W or not 0 <= energy_wh < _MAX_KWH * 1000:
            raise MeterError("implausible")
        if self.energy_wh is not None and energy_wh < self.energy_wh:
            raise MeterError("register fell from %d to %d Wh" % (self.energy_wh, energy_wh))
        self.current_ma, self._amps = self._amps, self.current_ma
        self.voltage_dv, self._volts = self._volts, self.voltage_dv
        self.energy_wh, self.power_w, self.read_at_ms = energy_wh, power_w, time.ticks_ms()

    def _convert(self, out, scale, highest):
        for i in range(len(out)):
            value = abs(scaled(self._pairs[2 * i], self._pairs[2 * i + 1], scale))  # some models sign current on export
            if value > highest:
                raise MeterError("implausible")
            out[i] = value
