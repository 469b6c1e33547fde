"""The site's meter: read by Modbus, told to the central system, and taken off what the charge points share."""

import asyncio
import os
import pty
import tty
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hardware.bench.meter import Meter as BenchMeter
from hardware.bench.meter import MeterLog
from local_controller import own_reports, site_limit, site_meter
from local_controller.allocation.building import CUT_AGAIN_S, WINDOW_S, Building
from local_controller.config import Meter, Power, Register
from local_controller.site_meter import SiteMeter
from tests.local_controller.central import Central
from tests.local_controller.running import running
from tests.local_controller.test_site_limit import OWN, has, shares
from tests.local_controller.waiting import eventually
from tests.local_controller.wire import start_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class OnTheWire:
    """The bench's SDM630 behind a serial server; `silent` is a cable that was pulled out."""

    def __init__(self, folder: Path) -> None:
        self.meter = BenchMeter("sdm630", 7, MeterLog(folder / "meter.jsonl"), 0, start_wh=123_456, time_factor=0)
        self.silent, self._now_s = False, 0.0
        self.flows(0, 0, 0)

    def flows(self, *currents_a: float) -> None:
        self.meter.flow((230.0,) * 3, currents_a, self._now_s)
        self._now_s += 1  # it looks once a second
        self.meter.refresh(self._now_s)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(256):
            self.meter.hear(data, 0)
            if self.meter.due_s() is not None and not self.silent:
                writer.write(self.meter.speak(1))
        writer.close()


@pytest.fixture
async def wire(tmp_path: Path) -> AsyncIterator[tuple[OnTheWire, Meter]]:
    there = OnTheWire(tmp_path)
    server = await asyncio.start_server(there.carry, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield there, Meter(connect=f"rtu://127.0.0.1:{port}", unit=7, model="sdm630", every_s=0.2, margin_a=0, silent_a=20)
    server.close()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_limit, "LOOK_S", 0.02)
    monkeypatch.setattr(site_limit, "ASK_AGAIN_S", 0.1)
    monkeypatch.setattr(site_meter, "ANSWER_S", 0.2)
    monkeypatch.setattr(site_meter, "RETRY_S", 0.05)


async def test_the_benchs_meter_is_read_over_a_serial_line(tmp_path: Path) -> None:
    there = OnTheWire(tmp_path)
    there.flows(16, 10, 0)
    master, slave = pty.openpty()
    tty.setraw(master)

    def heard() -> None:
        there.meter.hear(os.read(master, 256), 0)
        if there.meter.due_s() is not None:
            os.write(master, there.meter.speak(1))

    loop = asyncio.get_running_loop()
    loop.add_reader(master, heard)
    meter = SiteMeter(Meter(connect=os.ttyname(slave), unit=7, model="sdm630"), lambda: NOW)
    reading = asyncio.create_task(meter.run())
    await eventually("a reading", lambda: meter.reading is not None, 10)
    assert meter.reading is not None
    assert meter.reading.currents_a == pytest.approx((16, 10, 0))
    assert meter.reading.power_w == pytest.approx(5980)
    assert meter.reading.import_wh == there.meter.register_wh
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    loop.remove_reader(master)
    os.close(master)
    os.close(slave)


async def test_own_registers_and_a_meter_that_has_none_of_them(wire: tuple[OnTheWire, Meter]) -> None:
    there, known = wire
    there.flows(16, 0, 0)
    own = known.model_copy(update={"model": None, "l1_a": Register(address=6, scale=0.5)})
    meter = SiteMeter(own, lambda: NOW)
    reading = asyncio.create_task(meter.run())
    await eventually("a reading", lambda: meter.reading is not None)
    assert meter.reading is not None
    assert (meter.reading.currents_a, meter.reading.power_w) == (pytest.approx((8,)), None)
    reading.cancel()
    wrong = SiteMeter(own.model_copy(update={"l1_a": Register(address=0x3000)}), lambda: NOW)
    reading = asyncio.create_task(wrong.run())
    await eventually("the refusal", lambda: "refused register" in wrong.failure)
    assert wrong.reading is None
    reading.cancel()


@pytest.mark.parametrize(
    "wrong",
    [{"connect": "tcp://meter"}, {"connect": "http://meter:80"}, {"connect": "tcp://m:502", "model": None},
     {"connect": "tcp://m:502", "unit": 0}, {"connect": "tcp://m:502", "l1_a": {"address": 1, "type": "text"}}],
)  # fmt: skip
def test_settings_that_name_no_meter_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Meter(**{"model": "sdm630", **wrong})


async def test_what_the_building_takes_is_taken_off_and_the_site_is_told(
    tmp_path: Path, central: Central, wire: tuple[OnTheWire, Meter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_reports, "EVERY_S", 0.1)
    there, settings = wire
    there.flows(4, 11.2, 0)
    async with (
        running(tmp_path / "site", central, power=Power(limit_a=32), meter=settings) as site,
        AsyncExitStack() as stack,
    ):
        charge_point = await stack.enter_async_context(await site.adopt("S1"))
        await charge_point.boot()
        await has(charge_point, 20)  # the phase that has most counts, and what is above a whole ampere
        there.flows(4, 25, 0)  # a kettle: at once less
        await has(charge_point, 7)
        await site.log_in()
        told = (await site.web.get("/api/status")).json()
        assert told["power"]["building_a"] == 25
        values = await eventually_told(central, "25.00")
        assert {(v["measurand"], v.get("phase"), v.get("location"), v["value"]) for v in values} == {
            ("Power.Active.Import", None, None, "0"), ("Current.Offered", None, None, "32"),
            ("Current.Import", "L1", "Inlet", "4.00"), ("Current.Import", "L2", "Inlet", "25.00"),
            ("Current.Import", "L3", "Inlet", "0.00"), ("Power.Active.Import", None, "Inlet", "6670"),
            ("Energy.Active.Import.Register", None, "Inlet", "123456"),
        }  # fmt: skip


async def eventually_told(central: Central, current: str) -> list[dict[str, Any]]:
    def newest() -> list[dict[str, Any]]:
        own = [r.payload for r in central.received if (r.identity, r.action) == (OWN, "MeterValues")]
        return list(own[-1]["meterValue"][0]["sampledValue"]) if own else []

    await eventually("the meter's values", lambda: current in [v["value"] for v in newest()])
    return newest()


async def test_a_silent_meter_leaves_what_the_settings_say_and_is_a_trouble(
    tmp_path: Path, central: Central, wire: tuple[OnTheWire, Meter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_meter, "STALE_S", 0.6)
    there, settings = wire
    async with (
        running(tmp_path / "site", central, power=Power(limit_a=32), meter=settings) as site,
        AsyncExitStack() as stack,
    ):
        charge_point = await stack.enter_async_context(await site.adopt("S1"))
        await charge_point.boot()
        await has(charge_point, 32)
        there.silent = True
        await has(charge_point, 12)
        assert any("meter does not answer" in line for line in site.site.troubles())
        there.silent = False
        await has(charge_point, 32)
        assert site.site.troubles() == []


@pytest.mark.parametrize(("same_phases", "share_a"), [(False, 24), (True, 30)])
async def test_what_charge_points_draw_is_not_the_buildings(
    tmp_path: Path, central: Central, wire: tuple[OnTheWire, Meter], same_phases: bool, share_a: int
) -> None:
    """16, 10 and 10 A flow into one, and 2 A a phase beside it."""
    there, settings = wire
    there.flows(18, 12, 12)
    settings = settings.model_copy(update={"same_phases": same_phases})
    async with (
        running(tmp_path / "site", central, power=Power(limit_a=32), meter=settings) as site,
        AsyncExitStack() as stack,
    ):
        charge_point = await stack.enter_async_context(await site.adopt("S1"))
        await charge_point.boot()
        await has(charge_point, 14)  # nobody says yet where the 18 A go
        ours = (await charge_point.call("StartTransaction", start_of()))["transactionId"]
        samples = [{"value": str(a), "measurand": "Current.Import", "unit": "A", "phase": f"L{phase}"}
                   for phase, a in ((1, 16), (2, 10), (3, 10))]  # fmt: skip
        at = datetime.now(UTC).isoformat()
        values = [{"timestamp": at, "sampledValue": samples}]
        await charge_point.call("MeterValues", {"connectorId": 1, "transactionId": ours, "meterValue": values})
        site.site.limit._building._loads.clear()  # what was the highest of the last minute has gone by
        await has(charge_point, share_a)
        assert max(shares(charge_point)) == share_a


amperes = st.floats(0, 200)


@given(st.lists(st.tuples(st.floats(0, 30), amperes, amperes, amperes), min_size=1, max_size=30), st.integers(0, 200))
def test_what_is_left_is_never_more_than_the_limit_less_the_highest_load_of_the_last_minute(
    told: list[tuple[float, float, float, float]], limit_a: int
) -> None:
    building, now_s, loads = Building(), 0.0, []
    for passed_s, measured_a, other_a, drawn_a in told:
        now_s += passed_s
        building.heard(now_s, (measured_a, other_a), (drawn_a, 0.0))
        loads.append((now_s, max(0.0, measured_a - drawn_a, other_a)))
        budget_a = building.budget_a(now_s, limit_a, (measured_a, other_a), limit_a)
        lately_a = max(load for at_s, load in loads if now_s - at_s <= WINDOW_S)
        assert 0 <= budget_a <= max(0, limit_a - lately_a + 0.01)


def test_while_too_much_flows_what_is_given_out_goes_down_step_by_step() -> None:
    """They say that they draw 30 A, so nothing seems left for a building; but 40 A flow under a limit of 32."""
    building, given_a, now_s = Building(), 32, 0.0
    for expected_a in (24, 16, 8):
        building.heard(now_s, (40.0,), (40.0,))
        given_a = building.budget_a(now_s, 32, (40.0,), given_a)
        assert given_a == expected_a
        assert building.budget_a(now_s + 1, 32, (40.0,), given_a) == expected_a  # the car has not followed yet
        now_s += CUT_AGAIN_S
    building.heard(now_s + WINDOW_S, (8.0,), (8.0,))
    assert building.budget_a(now_s + WINDOW_S, 32, (8.0,), given_a) == 32


def test_what_a_charge_point_said_long_ago_counts_no_more() -> None:
    assert timedelta(seconds=60) < site_limit.TOLD_LATELY  # a sample a minute is usual
    assert site_limit.TOLD_LATELY.total_seconds() < 2 * WINDOW_S


async def test_one_that_does_not_answer_holds_up_no_decrease_of_the_others(
    tmp_path: Path, central: Central, wire: tuple[OnTheWire, Meter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_limit, "ANSWER_S", 60.0)
    monkeypatch.setattr(site_limit, "HEED_S", 0.02)
    there, settings = wire
    there.flows(0, 0, 0)
    async with (
        running(tmp_path / "site", central, power=Power(limit_a=64), meter=settings) as site,
        AsyncExitStack() as stack,
    ):
        one = await stack.enter_async_context(await site.adopt("S1"))
        silent = await stack.enter_async_context(await site.adopt("S2"))
        for charge_point in (one, silent):
            await charge_point.boot()
            await has(charge_point, 32)
        silent.answers["SetChargingProfile"] = None
        there.flows(20, 20, 20)
        await has(one, 22)
        await has(silent, 22)  # asked, and nothing comes
        there.flows(40, 40, 40)
        await has(one, 12)
        assert shares(one)[-3:] == [32, 22, 12]
        await silent.catch_up()
        await has(silent, 12)


async def test_a_raise_after_a_late_confirmation_is_by_what_flows_then(
    tmp_path: Path, central: Central, wire: tuple[OnTheWire, Meter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_limit, "ANSWER_S", 60.0)
    monkeypatch.setattr(site_limit, "HEED_S", 60.0)
    there, settings = wire
    there.flows(0, 0, 0)
    async with (
        running(tmp_path / "site", central, power=Power(limit_a=32), meter=settings) as site,
        AsyncExitStack() as stack,
    ):
        one = await stack.enter_async_context(await site.adopt("S1"))
        late = await stack.enter_async_context(await site.adopt("S2"))
        for charge_point in (one, late):
            await charge_point.boot()
        await has(one, 16)
        await has(late, 16)
        late.answers["SetChargingProfile"] = None
        await one.call("StartTransaction", start_of())
        await has(late, 0)
        there.flows(12, 12, 12)
        meter = site.site.limit._meter
        assert meter is not None
        await eventually("read", lambda: meter.reading is not None and meter.reading.currents_a[0] > 11)
        await late.catch_up()
        await has(one, 20)
        assert max(shares(one)[shares(one).index(16) :]) == 20
