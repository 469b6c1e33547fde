"""An energy meter whose registers a map lays out: a PZEM-004T v3, or what the board file's `meter_map` describes.

It counts in the steps of its energy register; what it tells is what its log, the judge, has.
"""
import math
from collections.abc import Mapping
from typing import Any

from hardware.bench import register_map
from hardware.bench.meter import Meter, MeterLog, float32
from hardware.bench.s0_meter import S0Meter

# Peacefair PZEM-004T-100A V3.0, user manual §2.2.3
PZEM_004T = {
    "read": "input",
    "registers": {
        "voltage_l1": {"address": 0x0000, "type": "u16", "scale": 0.1, "unit": "V"},
        "current_l1": {"address": 0x0001, "type": "u32", "scale": 0.001, "unit": "A", "words": "low_first"},
        "power": {"address": 0x0003, "type": "u32", "scale": 0.1, "unit": "W", "words": "low_first"},
        "energy": {"address": 0x0005, "type": "u32", "scale": 1, "unit": "Wh", "words": "low_first"},
        "frequency": {"address": 0x0007, "type": "u16", "scale": 0.1, "unit": "Hz"},
        "power_factor": {"address": 0x0008, "type": "u16", "scale": 0.01, "unit": ""},
        "alarm": {"address": 0x0009, "type": "u16", "unit": ""},
    },
}


class MapMeter(Meter):
    def __init__(self, model: str, data: Mapping[str, Any], unit: int, log: MeterLog, now_s: float,
                 **options: Any) -> None:
        self._map = data
        super().__init__(model, unit, log, now_s, **options)

    def _counted_wh(self) -> int:
        entry = self._map["registers"]["energy"]
        step_wh = register_map.factor(entry)
        if entry["type"] == "f32":
            self._told_wh = float32(math.floor(self._energy_wh + 1e-6) / step_wh) * step_wh
            return round(self._told_wh)
        self._told_wh = math.floor(self._energy_wh / step_wh + 1e-6) * step_wh
        return math.floor(self._told_wh + 1e-6)

    def _answer(self, function: int, body: bytes) -> bytes:
        values: dict[str, float | None] = {
            "energy": self._told_wh, "power": self._shown_w, "frequency": 50.0, "power_factor": 1.0, "alarm": 0.0}
        for phase, (volts, amperes) in enumerate(zip(self._shown_v, self._shown_a, strict=True), 1):
            values |= {f"voltage_l{phase}": volts, f"current_l{phase}": amperes}
        return register_map.answer(self.unit, self._map, values, function, body, self.mode == "exception")


def meter_of(spec: Mapping[str, Any], board: Mapping[str, Any], log: MeterLog, now_s: float, **options: Any) -> Meter:
    """The meter that a connector's data names."""
    driver, unit = spec["driver"], spec["unit"]
    if driver == "pzem004t":
        return MapMeter(driver, PZEM_004T, unit, log, now_s, **options)
    if driver == "map":
        return MapMeter(driver, board["meter_map"], unit, log, now_s, **options)
    if driver == "s0":
        return S0Meter(spec["pulses_per_kwh"], unit, log, now_s, **options)
    return Meter(driver, unit, log, now_s, **options)
