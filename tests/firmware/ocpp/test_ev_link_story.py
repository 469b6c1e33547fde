"""The DC charge point with the whole firmware on the bench: from the registers of its power modules to meter values.

The central system is the `ocpp` package's, which holds every message against its schemas.
"""
import json
from pathlib import Path
from typing import Any

import pytest
from ocpp.v16 import call, call_result

from hardware.bench.charge_point import ChargePoint, Plug
from hardware.bench.dc_car import DcCar
from tests.firmware.central_system import CARD, CentralSystem
from tests.firmware.ocpp.core_bench import SideBySide, on_the_bench
from tests.firmware.test_charge_point import configure, said, tap, until

pytestmark = pytest.mark.story
play_side_by_side = SideBySide()

ENERGY = "Energy.Active.Import.Register"
ALL = f"{ENERGY},Power.Active.Import,Current.Import,Voltage,Current.Offered,SoC,Temperature,Power.Offered"
Values = list[dict[str, Any]]


def sampled(payload: dict[str, Any]) -> Values:
    return list(payload["meter_value"][0]["sampled_value"])


def told(values: Values, measurand: str, location: str | None = "EV") -> list[float]:
    return [float(v["value"]) for v in values if v["measurand"] == measurand and v.get("location") == location]


async def plug_and_tap(charge_point: ChargePoint, car: Plug, connector_id: int = 1) -> DcCar:
    charge_point.plug(connector_id, car)
    await until("plugged", lambda: f"connector.plugged connector={connector_id}" in charge_point.console)
    await tap(charge_point, CARD if connector_id == 1 else CARD[:-1] + str(connector_id))
    await until("charging", lambda: charge_point.board.connector(connector_id).meter.power_w > 0, 30)
    plugged = charge_point.board.connector(connector_id).car
    assert isinstance(plugged, DcCar)
    return plugged


async def newest(system: CentralSystem, what: Any, within_s: float = 15) -> Values:
    """The first MeterValues from now on whose values are as wanted."""
    seen = len(system.all("MeterValues"))
    found: list[Values] = []

    def come() -> bool:
        found[:] = [sampled(p) for p in system.all("MeterValues")[seen:] if what(sampled(p))]
        return bool(found)

    await until("such meter values", come, within_s)
    return found[0]


@play_side_by_side
async def test_what_the_car_says_arrives_as_meter_values(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path, board="bench_dc", time_factor=20) as (system, charge_point):
        await configure(system, MeterValueSampleInterval=1, StopTxnSampledData=f"{ENERGY},SoC")
        car = await plug_and_tap(charge_point, Plug(battery_kwh=60, soc=42, dc_max_kw=50))
        first = await newest(system, lambda values: told(values, "SoC"))   # with the keys as they come
        assert 42 <= told(first, "SoC")[0] <= car.soc
        assert {v["unit"] for v in first if v["measurand"] == "SoC"} == {"Percent"}
        assert 20 <= told(first, "Temperature")[0] <= round(car.temperature_c, 1)
        assert told(first, "Voltage")[0] == pytest.approx(car.open_v, rel=0.02)

        await configure(system, MeterValuesSampledData=ALL)
        values = await newest(system, lambda values: told(values, "Power.Offered", None)   # and it has got going
                              and told(values, "Voltage")[0] * told(values, "Current.Import")[0] > 40_000
                              and told(values, "Power.Active.Import", None)[0] > 42_000)
        power_w = told(values, "Power.Active.Import", None)[0]
        direct_w = told(values, "Voltage")[0] * told(values, "Current.Import")[0]
        assert 40_000 < direct_w < power_w
        assert direct_w == pytest.approx(power_w * 0.95, rel=0.05)   # not read in the same moment
        assert len(told(values, "Current.Import", None)) == len(told(values, "Voltage", None)) == 3
        assert told(values, "Current.Offered", None) == [150]
        assert power_w < told(values, "Power.Offered", None)[0] <= 3 * 230 * 150
        later = await newest(system, lambda values: told(values, "SoC") and told(values, "SoC")[0] >= 43, 30)
        assert told(later, "Temperature")[0] > 20

        answer = await system.call(call.ChangeConfiguration(key="MeterValuesSampledData", value="SoC,Frequency"))
        assert answer.status == "Rejected"
        await tap(charge_point)
        stop = await system.wait_for("StopTransaction")
        course = [told(each["sampled_value"], "SoC") for each in stop["transaction_data"]]
        assert course[-1][0] > 42.5
        charge = [soc for values in course for soc in values]
        assert charge == sorted(charge)
        assert len(charge) >= 3


@play_side_by_side
async def test_battery_and_power_request_come_as_data_transfer(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path, board="bench_dc") as (system, charge_point):
        system.answers["DataTransfer"] = lambda **_: call_result.DataTransfer("Accepted")
        await plug_and_tap(charge_point, Plug(battery_kwh=77, soc=30, dc_max_kw=48))
        needs = await system.wait_for("DataTransfer")
        assert (needs["vendor_id"], needs["message_id"]) == ("org.bollard", "NotifyEVChargingNeeds")
        assert json.loads(needs["data"]) == {
            "connectorId": 1, "evEnergyCapacity": 77_000, "evMaxPower": 48_000, "stateOfCharge": 30}


@play_side_by_side
async def test_a_link_that_falls_silent_takes_its_values_along_and_the_charge_goes_on(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path, board="bench_dc") as (system, charge_point):
        await configure(system, MeterValueSampleInterval=1)
        await plug_and_tap(charge_point, Plug(soc=50, dc_max_kw=40))
        await newest(system, lambda values: told(values, "SoC"))
        charge_point.set_fault(1, "ev_link", True)
        await until("it says so", lambda: said(charge_point, "ev_link.failed connector=1 error=unit 11 silent"), 30)
        silent = await newest(system, lambda values: not told(values, "SoC"))   # one may have been on its way
        assert told(silent, ENERGY, None)
        assert charge_point.board.connector(1).meter.power_w > 0
        assert not told(await newest(system, lambda values: True), "SoC")
        charge_point.set_fault(1, "ev_link", True, "garbage")
        charge_point.set_fault(1, "ev_link", False)
        await newest(system, lambda values: told(values, "SoC"), 30)
        lines = [line for line in charge_point.console if line.startswith("ev_link.")]
        assert [line.split()[0] for line in lines] == ["ev_link.failed", "ev_link.back"]
        assert not [p for p in system.all("StatusNotification") if p["error_code"] != "NoError"]
        assert "ev_needs.refused status=UnknownVendorId" in charge_point.console
        assert len(system.all("DataTransfer")) == 1


@play_side_by_side
async def test_two_cars_share_125_kw_and_each_tells_its_own_soc(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path, board="bench_dc") as (system, charge_point):
        system.answers["Authorize"] = lambda **_: call_result.Authorize({"status": "Accepted"})
        await configure(system, MeterValueSampleInterval=1)
        one, two = charge_point.board.connectors
        most_w = 125_000
        drawn: list[float] = []

        def allowed_w() -> tuple[float, float]:
            drawn.append(one.meter.power_w + two.meter.power_w)
            assert one.ev_link
            assert two.ev_link
            return one.ev_link.limit_w or 0, two.ev_link.limit_w or 0

        await plug_and_tap(charge_point, Plug(soc=20, dc_max_kw=150))
        await until("all it can take", lambda: allowed_w() == (103_500, 0))
        await until("more than any pilot says", lambda: one.meter.power_w > 100_000)
        answer = await system.call(call.GetCompositeSchedule(connector_id=0, duration=60, charging_rate_unit="A"))
        assert answer.charging_schedule["charging_schedule_period"][0]["limit"] == 181
        await plug_and_tap(charge_point, Plug(soc=45, dc_max_kw=150), 2)
        await until("half for each", lambda: allowed_w() == (62_400, 62_400), 30)
        await until("both take their half", lambda: min(one.meter.power_w, two.meter.power_w) > 61_000)
        for connector_id, soc in ((1, 20), (2, 45)):
            def charges(connector_id: int = connector_id) -> list[float]:
                return [each for p in system.all("MeterValues") if p["connector_id"] == connector_id
                        for each in told(sampled(p), "SoC")]

            await until("its values", charges)
            assert all(soc <= each < soc + 5 for each in charges())
        charge_point.unplug(1)
        await until("the other may take all", lambda: allowed_w() == (0, 103_500), 30)
        assert max(drawn) <= most_w
        assert not [p for p in system.all("StatusNotification") if p["error_code"] != "NoError"]


@play_side_by_side
async def test_a_module_that_does_not_hear_of_a_lower_limit_is_stopped_by_what_the_meter_sees(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path, board="bench_dc") as (system, charge_point):
        one = charge_point.board.connector(1)
        await plug_and_tap(charge_point, Plug(soc=20, dc_max_kw=150))
        await until("all it can take", lambda: one.meter.power_w > 100_000)
        charge_point.set_fault(1, "ev_link", True)
        profile = {"charging_profile_id": 1, "stack_level": 0, "charging_profile_purpose": "TxDefaultProfile",
                   "charging_profile_kind": "Relative", "charging_schedule": {
                       "charging_rate_unit": "A", "charging_schedule_period": [{"start_period": 0, "limit": 50}]}}
        answer = await system.call(call.SetChargingProfile(connector_id=1, cs_charging_profiles=profile))
        assert answer.status == "Accepted"
        await until("an error", lambda: any(
            p["error_code"] == "OverCurrentFailure" for p in system.all("StatusNotification")), 40)
        assert not one.contactor.closed
