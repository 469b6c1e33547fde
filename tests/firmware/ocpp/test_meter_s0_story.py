"""A charge measured by pulses: exact while the power is on, and a power cut never costs less than nothing."""
from pathlib import Path

import pytest

from hardware.bench.charge_point import ChargePoint, Plug
from tests.firmware.ocpp.core_bench import SideBySide, on_the_bench
from tests.firmware.test_charge_point import closed, register_wh, tap, until

pytestmark = pytest.mark.story
play_side_by_side = SideBySide()


async def charge(charge_point: ChargePoint, wh: int) -> int:
    """Plug, tap, let that much flow; the register before."""
    began_wh = register_wh(charge_point)
    charge_point.plug(1, Plug(phases=1))
    await tap(charge_point)
    await until("contactor closed", lambda: closed(charge_point))
    await until(f"{wh} Wh flowed", lambda: register_wh(charge_point) - began_wh >= wh, 30)
    return began_wh


@play_side_by_side
async def test_every_pulse_is_billed_also_those_of_a_stall(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path, board="bench_s0", time_factor=20, stalls=True) as (system, charge_point):
        began_wh = await charge(charge_point, 100)
        charge_point.unplug(1)
        stop = await system.wait_for("StopTransaction")
        start = system.all("StartTransaction")[0]
        assert stop["meter_stop"] - start["meter_start"] == register_wh(charge_point) - began_wh


@play_side_by_side
async def test_a_power_cut_may_lose_pulses_but_never_bills_less_than_nothing(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path, board="bench_s0", time_factor=20, gaps=True) as (system, charge_point):
        await charge(charge_point, 50)
        charge_point.unplug(1)
        await system.wait_for("StopTransaction")
        began_wh = await charge(charge_point, 1)   # so soon that what came before is not on flash yet
        await system.wait_for("StartTransaction", count=2)
        await charge_point.power(False)
        flowed_wh = register_wh(charge_point) - began_wh
        await charge_point.power(True)
        stop = await system.wait_for("StopTransaction", within_s=40, count=2)
        start = system.all("StartTransaction")[1]
        assert 0 <= stop["meter_stop"] - start["meter_start"] <= flowed_wh
        assert stop["reason"] == "PowerLoss"


@play_side_by_side
async def test_a_cut_wire_looks_like_a_car_that_takes_nothing(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path, board="bench_s0", time_factor=20) as (system, charge_point):
        charge_point.set_fault(1, "meter", True)
        await charge(charge_point, 30)
        charge_point.unplug(1)
        stop = await system.wait_for("StopTransaction")
        assert stop["meter_stop"] == system.all("StartTransaction")[0]["meter_start"]
