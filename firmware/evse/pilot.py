"""Control pilot: voltage to state A to F, amperes to duty cycle (IEC 61851-1 Annex A).

The front end holds the peak of the positive half and of the negative half's magnitude; both are slow ADC channels.
"""
from micropython import const

STATE_A = const(0)  # no car
STATE_B = const(1)  # car there, wants nothing yet
STATE_C = const(2)  # car wants energy
STATE_D = const(3)  # car wants energy and ventilation
STATE_E = const(4)  # 0 V: pilot shorted to earth, or no supply
STATE_F = const(5)  # steady -12 V

MIN_DA = const(60)  # a car may not be offered less than 6 A; below it the pilot is steady
MAX_DA = const(800)

_FULL = const(65535)
_HYSTERESIS_MV = const(300)  # the bands are +-1 V wide, their borders 1 V apart: 0.3 V never hides a valid level
_BORDERS_MV = (10500, 7500, 4500, 1500)  # A|B, B|C, C|D, D|E
_F_MV = const(9000)
_DIODE_MIN_MV = const(10000)
_DIODE_MAX_MV = const(13500)


def state_of(high_mv, low_mv, last):
    """State for one pair of peaks; `last` is the state before, which keeps its place within the hysteresis."""
    state = STATE_A
    for border in _BORDERS_MV:
        if high_mv >= border + (_HYSTERESIS_MV if last > state else -_HYSTERESIS_MV):
            return state
        state += 1
    return STATE_F if low_mv > _F_MV else STATE_E


def duty_u16(limit_da):
    """Duty for PWM.duty_u16 that announces `limit_da` tenths of an ampere, rounded down: never a hair more.

    6 to 51 A: duty % = A / 0.6; above, to 80 A: duty % = A / 2.5 + 64. Below 6 A steady +12 V. The two meet at 85 %,
    which a car reads as 51 A: from there to 52.5 A nothing can be told apart.
    """
    if limit_da < MIN_DA:
        return _FULL
    if limit_da <= 525:
        return min(limit_da, 510) * _FULL // 600
    return (min(limit_da, MAX_DA) + 1600) * _FULL // 2500


class Pilot:
    """One connector's pilot. Calibration comes from the board file: adc_mv = offset_mv + mv_per_v * volts."""

    def __init__(self, pwm, high_adc, high, low_adc, low):
        self._pwm = pwm
        self._high_adc, self._high_offset_uv, self._high_mv_per_v = high_adc, high["offset_mv"] * 1000, high["mv_per_v"]
        self._low_adc, self._low_offset_uv, self._low_mv_per_v = low_adc, low["offset_mv"] * 1000, low["mv_per_v"]
        self.high_mv = self.low_mv = 0
        self.announced_da = 0  # 0 while the pilot is steady
        pwm.duty_u16(_FULL)

    def read(self):
        self.high_mv = (self._high_adc.read_uv() - self._high_offset_uv) // self._high_mv_per_v
        self.low_mv = (self._low_adc.read_uv() - self._low_offset_uv) // self._low_mv_per_v

    def diode_seen(self):
        """A car's diode clips nothing of the negative half; a plain resistor pulls it well above -10 V."""
        return _DIODE_MIN_MV <= self.low_mv <= _DIODE_MAX_MV

    def announce(self, limit_da):
        if limit_da < MIN_DA:
            limit_da = 0
        if limit_da != self.announced_da:
            self._pwm.duty_u16(duty_u16(limit_da))
            self.announced_da = limit_da
