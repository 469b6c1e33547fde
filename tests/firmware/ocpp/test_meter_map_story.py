"""A charge measured by a PZEM-004T, the whole firmware on the bench: what is billed is what the meter's own log has."""
from pathlib import Path

import pytest

from hardware.bench.charge_point import Plug
from tests.firmware.central_system import CARD
from tests.firmware.ocpp.core_bench import on_the_bench, wait_for_status
from tests.firmware.test_charge_point import configure, register_wh, said, tap, until

pytestmark = pytest.mark.story


async def test_a_charge_by_a_pzem_is_billed_to_the_watt_hour_and_a_silent_one_stops_it(tmp_path: Path) -> None:
    world = on_the_bench(tmp_path, board="bench_pzem", time_factor=60, meter_wh=20_000_001)
    async with world as (system, charge_point):
        await configure(system, MeterValueSampleInterval=1)
        charge_point.plug(1, Plug(max_a=32, phases=1))
        charge_point.tap(CARD)
        start = await system.wait_for("StartTransaction")
        assert start["meter_start"] == 20_000_001   # a float of 24 bits would not know it
        await until("some energy", lambda: register_wh(charge_point) > 20_000_500, 30)
        power_w = charge_point.board.connector(1).meter.power_w
        assert power_w > 7000
        values = system.all("MeterValues")[-1]["meter_value"][0]["sampled_value"]
        told = {v["measurand"]: float(v["value"]) for v in values}
        assert told["Power.Active.Import"] == pytest.approx(power_w, rel=0.02)
        assert told["Voltage"] == pytest.approx(230 - 0.2 * 32, abs=0.2)
        assert [v.get("phase") for v in values if v["measurand"] == "Current.Import"] == ["L1"]
        await tap(charge_point)
        stop = await system.wait_for("StopTransaction")
        assert stop["meter_stop"] == register_wh(charge_point) > 20_000_500
        charge_point.set_fault(1, "meter", True)
        await wait_for_status(system, "Faulted", error_code="PowerMeterFailure")
        assert said(charge_point, "meter.failed connector=1 error=unit 1 silent")
        charge_point.set_fault(1, "meter", False)
        await until("it is back", lambda: said(charge_point, "meter.back connector=1"))
