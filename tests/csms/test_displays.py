"""What a charge costs and how long it takes, said to the charge point's display; and what a car says of itself."""

import json
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csms import display_teller
from csms.config import Settings
from csms.domain.battery import Needs, reckon
from csms.service import Service
from ocppj import v16
from tests.csms.running import CARD, Csms, looked_after, settings_in, until
from tests.csms.station import START, Station

COST, OWN = "org.openchargealliance.costmsg", "org.bollard"


@pytest.fixture(autouse=True)
def _long_ago_is_now(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The samples of these tests are of 2026-03-01."""
    if request.node.name != "test_what_is_told_late_is_not_shown_any_more":
        monkeypatch.setattr(display_teller, "OLD", timedelta(days=100_000))


def of(fresh: Path, tmp_path: Path, **more: Any) -> Settings:
    shutil.copytree(fresh, tmp_path / "display")
    return settings_in(tmp_path / "display").model_copy(update={"display_costs_every_s": 1, **more})


@pytest.fixture
async def showing(fresh: Path, tmp_path: Path) -> AsyncIterator[Csms]:
    settings = of(fresh, tmp_path, stop_when_full=True)
    async with Service(settings) as service:
        csms = Csms(service, settings.data_dir)
        await csms.driver()
        yield csms
        await csms.admin.aclose()


def said(there: Station, message: str) -> list[dict[str, Any]]:
    found = [a for a in there.asked if isinstance(a, v16.DataTransfer) and a.message_id == message]
    return [{"vendor": a.vendor_id, **json.loads(a.data or "")} for a in found]


async def heard(there: Station, message: str) -> dict[str, Any]:
    async def first() -> list[dict[str, Any]]:
        return said(there, message)

    return dict((await until(first))[0])


async def test_what_time_costs_reaches_the_display_without_a_sample(showing: Csms) -> None:
    by_the_hour = [{"price_components": [{"type": "TIME", "price_cents": "600"}]}]
    tariff = await showing.new("/api/tariffs", name="By the hour", elements=by_the_hour)
    async with showing.station("CP1", await showing.charge_point("CP1"), DataTransfer=takes) as there:
        await there.boot()
        await showing.admin.put("/api/charge-points/CP1/tariff", json={"tariff_id": tariff["id"]})
        begun = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=2)  # the tariff holds
        await there.start(CARD, at=begun)
        async with looked_after(showing, begun + timedelta(minutes=10)) as sessions:
            await sessions.look()
            await there.status(1, "Charging")  # a commit of the server's own: it looks what there is to tell
            running = await heard(there, "RunningCost")
    assert (running["cost"], running["meterValue"], running["state"]) == (1.0, 0, "Charging")


async def needs(there: Station, data: str) -> v16.DataTransferResult:
    return await there.peer.call(v16.DataTransfer(OWN, "NotifyEVChargingNeeds", data))


async def sample(
    there: Station, transaction_id: int, minute: float, register: int, power: int, soc: int | None
) -> None:
    values = [
        v16.SampledValue(str(register)),
        v16.SampledValue(str(power), measurand="Power.Active.Import", unit="W"),
    ]
    if soc is not None:
        values.append(v16.SampledValue(str(soc), measurand="SoC", unit="Percent", location="EV"))
    at = START + timedelta(minutes=minute)
    await there.peer.call(v16.MeterValues(1, [v16.MeterValue(at, values)], transaction_id))


async def takes(_: Any) -> Any:
    return v16.DataTransferResult("Accepted")


async def test_cost_and_time_left_reach_the_display_and_at_the_end_the_final_cost(showing: Csms) -> None:
    async with showing.station("CP1", await showing.charge_point("CP1"), DataTransfer=takes) as there:
        await there.boot()
        told = json.dumps({"connectorId": 1, "evEnergyCapacity": 50_000, "evMaxPower": 50_000, "stateOfCharge": 30})
        assert (await needs(there, told)).status == "Accepted"
        started = (await there.start(CARD)).transaction_id
        assert started is not None
        await sample(there, started, 6, 3000, 20_000, 34)
        running = await heard(there, "RunningCost")
        assert running == {
            "vendor": COST, "transactionId": started, "timestamp": "2026-03-01T09:06:00Z", "meterValue": 2000,
            "cost": 0.9, "state": "Charging",
        }  # fmt: skip
        left = await heard(there, "TimeRemaining")
        assert left == {"vendor": OWN, "transactionId": started, "minutes": 75}  # 46 % of 50 kWh at 20 kW, with losses
        session = await showing.session(started)
        assert session["battery"] == {
            "soc_percent": 34, "measured": True, "capacity_wh": 50_000, "target_soc_percent": 80, "minutes_left": 75,
        }  # fmt: skip
        answer = await showing.admin.patch("/api/settings", json={"usual_target_percent": 60})
        assert answer.is_success, answer.text
        battery = (await showing.session(started))["battery"]
        assert (battery["target_soc_percent"], battery["minutes_left"]) == (60, 43)
        await there.stop(started, 3000, minutes=7)
        final = await heard(there, "FinalCost")
        assert final == {"vendor": COST, "transactionId": started, "cost": 0.9, "priceText": "2.00 kWh, 0.90 EUR"}
        assert (await showing.session(started))["battery"] is None


async def test_the_price_is_shown_to_who_holds_up_a_card_and_that_of_the_connector_once_it_is_chosen(
    showing: Csms,
) -> None:
    component = {"type": "ENERGY", "price_cents": "60"}
    tariff = await showing.new("/api/tariffs", name="Dear", elements=[{"price_components": [component]}])
    key = await showing.charge_point("CP1", connectors=2)
    async with showing.station("CP1", key, DataTransfer=takes) as there:
        await there.boot()
        await there.peer.call(v16.Authorize("UNKNOWN"))
        await there.peer.call(v16.Authorize(CARD))
        alike = {"vendor": COST, "idToken": CARD, "priceText": "0.45 EUR a kWh"}
        assert await heard(there, "SetUserPrice") == alike
        assert said(there, "SetUserPrice") == [alike]  # none for the card that is not good
        there.asked.clear()
        await showing.admin.put("/api/charge-points/CP1/tariff", json={"tariff_id": tariff["id"], "connector_id": 2})
        await there.peer.call(v16.Authorize(CARD))
        both = "connector 1: 0.45 EUR a kWh; connector 2: 0.60 EUR a kWh"
        assert (await heard(there, "SetUserPrice"))["priceText"] == both
        there.asked.clear()
        await there.start(CARD, connector_id=2)
        assert (await heard(there, "SetUserPrice"))["priceText"] == "0.60 EUR a kWh"


async def test_what_is_reckoned_is_told_to_the_display_as_such(showing: Csms) -> None:
    async with showing.station("CP1", await showing.charge_point("CP1"), DataTransfer=takes) as there:
        await there.boot()
        started = (await there.start(CARD)).transaction_id
        assert started is not None
        async with showing.logged_in(2) as dora:
            await dora.post("/api/vehicles", json={"name": "Panda", "battery_wh": 40_000})
            assert (await dora.put(f"/api/user/charging/{started}/car", json={"soc_percent": 30})).is_success
        await sample(there, started, 60, 11_000, 10_000, None)
        left = await heard(there, "TimeRemaining")
        assert left == {"vendor": OWN, "transactionId": started, "minutes": 71, "soc": 53}


async def test_what_is_told_late_is_not_shown_any_more(showing: Csms) -> None:
    component = {"type": "ENERGY", "price_cents": "60"}
    tariff = await showing.new("/api/tariffs", name="Dear", elements=[{"price_components": [component]}])
    key = await showing.charge_point("CP1", connectors=2)
    await showing.admin.put("/api/charge-points/CP1/tariff", json={"tariff_id": tariff["id"], "connector_id": 2})
    async with showing.station("CP1", key, DataTransfer=takes) as there:
        await there.boot()
        started = (await there.start(CARD)).transaction_id
        assert started is not None
        await sample(there, started, 1, 1100, 7000, None)
        since_start = datetime.now(UTC) - START
        await sample(there, started, since_start.total_seconds() / 60, 1200, 7000, None)
        assert (await heard(there, "RunningCost"))["meterValue"] == 200
        assert len(said(there, "RunningCost")) == 1
        await there.start(CARD, connector_id=2, at=datetime.now(UTC))
        # The price of this start is the first that is said: none was at the other, of long ago.
        assert (await heard(there, "SetUserPrice"))["priceText"] == "0.60 EUR a kWh"


async def test_who_knows_no_such_message_is_not_asked_again_until_it_is_back(showing: Csms) -> None:
    async def knows_not(_: Any) -> Any:
        return v16.DataTransferResult("UnknownVendorId")

    key = await showing.charge_point("CP1")
    async with showing.station("CP1", key, DataTransfer=knows_not) as there:
        await there.boot()
        started = (await there.start(CARD)).transaction_id
        assert started is not None
        await sample(there, started, 1, 1100, 7000, None)

        async def first_words() -> list[Any]:
            return [each for each in there.asked if isinstance(each, v16.DataTransfer) and each.vendor_id == COST]

        await until(first_words)  # of its price or its cost, whichever is sooner
        await there.stop(started, 1200, minutes=2)
        second = (await there.start(CARD, 1200, at=START + timedelta(hours=1))).transaction_id
        assert second is not None
        await sample(there, second, 61, 1300, 7000, None)
    async with showing.station("CP1", key, DataTransfer=takes) as back:
        await sample(back, second, 62, 1400, 7000, None)
        await sample(back, second, 63, 1500, 7000, None)
        await back.stop(second, 1500, minutes=64)
        await heard(back, "FinalCost")
    assert len(await first_words()) <= 2  # the second was on its way when the first was answered
    assert said(there, "FinalCost") == []


@pytest.mark.parametrize(
    "data",
    ["", "{", "[]", '{"connectorId":0}', '{"connectorId":1,"stateOfCharge":101}', '{"connectorId":9}',
     '{"connectorId":1,"evEnergyCapacity":-5}', '{"connectorId":"1"}'],
)  # fmt: skip
async def test_needs_that_make_no_sense_are_rejected(csms: Csms, data: str) -> None:
    async with csms.station("CP1", await csms.charge_point("CP1")) as there:
        assert (await needs(there, data)).status == "Rejected"
        good = json.dumps({"connectorId": 1, "stateOfCharge": 50, "somethingNew": 1})
        assert (await needs(there, good)).status == "Accepted"


async def test_a_car_that_says_full_three_times_is_stopped_and_not_before(showing: Csms) -> None:
    async def stops(_: Any) -> Any:
        return v16.RemoteStopTransactionResult("Accepted")

    async with showing.station(
        "CP1", await showing.charge_point("CP1"), RemoteStopTransaction=stops, DataTransfer=takes
    ) as there:
        await there.boot()
        started = (await there.start(CARD)).transaction_id
        assert started is not None

        def stopped() -> list[Any]:
            return [a for a in there.asked if isinstance(a, v16.RemoteStopTransaction)]

        for minute, soc in ((1, 100), (2, 99), (3, 100), (4, 100)):
            await sample(there, started, minute, 1000 + minute, 500, soc)
        await sample(there, started, 4, 1004, 500, 100)  # the same again is no third one
        assert (await showing.session(started))["energy_wh"] == 4
        assert stopped() == []
        await sample(there, started, 5, 1005, 500, 100)

        async def asked() -> list[Any]:
            return stopped()

        assert [a.transaction_id for a in await until(asked)] == [started]


socs = st.integers(0, 100)


@given(socs, st.integers(1000, 200_000), st.integers(0, 100_000), st.integers(1, 400_000), st.none() | socs)
def test_a_battery_is_within_its_bounds_and_says_whether_it_was_measured(
    soc: int, capacity_wh: int, energy_wh: int, power_w: int, measured: int | None
) -> None:
    battery = reckon(Needs(capacity_wh, None, soc), measured, energy_wh, power_w)
    assert battery.soc_percent is not None
    assert battery.minutes_left is not None
    assert soc <= battery.soc_percent <= 100 or battery.measured
    assert battery.measured is (measured is not None)
    assert (battery.minutes_left == 0) == (battery.soc_percent == 100)
    assert battery.soc_percent < battery.target_soc_percent or battery.soc_percent == 100


def test_what_nobody_knows_is_not_made_up() -> None:
    assert reckon(None, None, 1000, 7000).soc_percent is None
    assert reckon(Needs(None, None, 50), None, 1000, 7000).minutes_left is None
    assert reckon(Needs(50_000, None, 50), None, 0, 0).minutes_left is None
    assert reckon(Needs(50_000, None, 50, 5000), None, 10_000, 10_000).soc_percent == 59
