"""Leakage, earth, heat, emergency stop: readings to a fault or none.

The certified RCD and the hardware chain come first; this only follows and reports.
"""
from micropython import const

_SURE = const(2)  # readings in a row: one tick of noise is no fault, two come well within 100 ms
_COLDEST_C = const(-30)
_HOT_C = const(71)

GROUND = "residual current"
EARTH = "earth lost"
EMERGENCY_STOP = "emergency stop"
HOT = "too hot"
SENSOR = "temperature sensor lost"


def heat_fault(temperature_c):
    """A sensor that reads what cannot be counts as hot (a loose wire reads far below any winter, a short far above)."""
    if temperature_c < _COLDEST_C or temperature_c > 150:
        return SENSOR
    return HOT if temperature_c >= _HOT_C else None


class Line:
    """A digital input with its active level, believed after two equal readings."""

    def __init__(self, pin, active):
        self._pin, self._active, self._count = pin, active, 0

    def active(self):
        if self._pin.value() != self._active:
            self._count = 0
            return False
        if self._count < _SURE:
            self._count += 1
        return self._count >= _SURE


class Thermometer:
    """A linear analogue sensor: adc_mv = offset_mv + mv_per_c * degrees."""

    def __init__(self, adc, mv_per_c, offset_mv):
        self._adc, self._uv_per_c, self._offset_uv = adc, mv_per_c * 1000, offset_mv * 1000

    def read_c(self):
        return (self._adc.read_uv() - self._offset_uv) // self._uv_per_c


class Safety:
    """The inputs of one connector; parts a board does not have are None. Connectors may share them."""

    def __init__(self, residual_current=None, earth_lost=None, emergency_stop=None, thermometer=None):
        self._residual_current, self._earth_lost, self._emergency_stop = residual_current, earth_lost, emergency_stop
        self._thermometer = thermometer
        self.temperature_c = 20
        self.stopped = False   # the emergency stop is pressed, whatever else is wrong
        self._hot_readings = 0

    def step(self):
        """What is wrong now, worst first, or None."""
        line = self._emergency_stop
        self.stopped = line is not None and line.active()
        line = self._residual_current
        if line is not None and line.active():
            return GROUND
        line = self._earth_lost
        if line is not None and line.active():
            return EARTH
        if self.stopped:
            return EMERGENCY_STOP
        if self._thermometer is None:
            return None
        self.temperature_c = self._thermometer.read_c()
        heat = heat_fault(self.temperature_c)
        if heat is None:
            self._hot_readings = 0
        elif self._hot_readings < _SURE:
            self._hot_readings += 1
        return heat if self._hot_readings >= _SURE else None
