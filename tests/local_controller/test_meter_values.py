"""What the page reads of MeterValues."""

import json
from typing import Any

import pytest

from local_controller.meter_values import Reading, newest


def message(*samples: dict[str, Any]) -> bytes:
    return json.dumps({"connectorId": 1, "meterValue": [{"timestamp": "t", "sampledValue": list(samples)}]}).encode()


@pytest.mark.parametrize(
    ("samples", "reading"),
    [
        ([{"value": "1500"}], Reading(1500, None)),
        ([{"value": "1.5", "unit": "kWh", "measurand": "Energy.Active.Import.Register"}], Reading(1500, None)),
        ([{"value": "7.2", "unit": "kW", "measurand": "Power.Active.Import"}], Reading(None, 7200)),
        ([{"value": str(p), "phase": f"L{n}", "measurand": "Power.Active.Import"} for n, p in ((1, 5), (2, 6))],
         Reading(None, 11)),
        ([{"value": "9", "phase": "L1", "measurand": "Power.Active.Import"},
          {"value": "20", "measurand": "Power.Active.Import"}], Reading(None, 20)),
        ([{"value": "12", "location": "Inlet"}], Reading(None, None)),
        ([{"value": "AAEC", "format": "SignedData"}], Reading(None, None)),
        ([{"value": "NaN"}], Reading(None, None)),
        ([{"value": "1e999"}], Reading(None, None)),
        ([{"value": "five"}, {"value": 5}, "x", {"value": "6"}], Reading(6, None)),
        ([{"value": "5", "unit": "horsepower", "measurand": "Power.Active.Import"}], Reading(None, None)),
    ],
)  # fmt: skip
def test_energy_and_power_are_found(samples: list[Any], reading: Reading) -> None:
    assert newest(message(*samples)) == reading


@pytest.mark.parametrize("payload", [b"", b"[]", b"{", b'{"meterValue":5}', b"\xff"])
def test_nothing_is_made_of_nonsense(payload: bytes) -> None:
    assert newest(payload) == Reading(None, None)
