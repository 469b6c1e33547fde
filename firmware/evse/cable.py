"""What a socket's cable may carry, by the resistor in its plug (IEC 61851-1 Table B.2): the claim CABLE."""
from micropython import const

from firmware.evse.limits import CABLE

_SURE = const(3)  # readings in a row
# Ohms from which on, and tenths of an ampere: halfway between codings the lower one counts. Beyond the last: no cable.
_RATINGS = ((2700, 0), (1000, 130), (330, 200), (150, 320), (75, 630))


def rated_da(ohm):
    """0 for no cable, and for a coding that is none: shorted, or broken."""
    for least, da in _RATINGS:
        if ohm >= least:
            return da
    return 0


class Cable:
    fault_info = {}  # type: dict
    holds = None

    def __init__(self, adc, pull_up_ohm, supply_mv):
        """An ADC between the plug's resistor, to earth, and one of `pull_up_ohm` to `supply_mv`."""
        self._adc, self._pull_up_ohm, self._supply_uv = adc, pull_up_ohm, supply_mv * 1000
        self._seen_da = -1
        self._count = 0

    def step(self, controller, now_ms):
        uv = self._adc.read_uv()
        da = rated_da(self._pull_up_ohm * uv // max(self._supply_uv - uv, 1))
        if da != self._seen_da:
            self._seen_da, self._count = da, 0
        elif self._count < _SURE:
            self._count += 1
        limits = controller.limits
        was_da = limits.get(CABLE)
        # While energy flows no contact that gets better makes a cable thicker.
        if self._count == _SURE and da != was_da and (da < was_da or not controller.contactor.commanded):
            limits.set(CABLE, da)

    def is_ready(self, controller, now_ms):
        return self._count == _SURE
