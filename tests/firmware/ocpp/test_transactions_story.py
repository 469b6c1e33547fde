"""Transactions on the bench, the whole firmware against the independent central system, which judges every schema."""
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from ocpp.v16 import call

from hardware.bench.charge_point import ChargePoint, Options, Plug
from hardware.bench.world import World
from tests.firmware.central_system import CARD, CentralSystem, central_system
from tests.firmware.test_charge_point import KEY, charge, closed, configure, register_wh, tap, until

pytestmark = pytest.mark.story
ENERGY = "Energy.Active.Import.Register"


@pytest.fixture
async def system() -> AsyncIterator[CentralSystem]:
    async with central_system() as running:
        yield running


@pytest.fixture
async def charge_point(system: CentralSystem, tmp_path: Path) -> AsyncIterator[ChargePoint]:
    async with World(tmp_path) as world:
        added = await world.add(
            Options(identity="CP1", url=system.url, authorization_key=KEY, stalls=False, meter_wh=1000))
        await system.wait_for("StatusNotification", connector_id=1, status="Available")
        yield added


def course(stop: dict[str, Any]) -> list[tuple[str, int]]:
    """(context, Wh) of a Stop's transactionData."""
    return [(value["context"], int(value["value"])) for values in stop["transaction_data"]
            for value in values["sampled_value"] if value["measurand"] == ENERGY]


async def test_rules_54_72_73_77_a_charge_and_one_that_a_power_cut_ends_tell_their_course(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    await configure(system, MeterValueSampleInterval=1, StopTxnSampledData=f"{ENERGY},Voltage")
    await charge(system, charge_point)
    await system.wait_for("MeterValues", transaction_id=42, count=2)
    await system.call(call.TriggerMessage(requested_message="MeterValues", connector_id=1))   # rule 77

    def triggered() -> list[dict[str, Any]]:
        return [p for p in system.all("MeterValues") if p["meter_value"][0]["sampled_value"][0]["context"] == "Trigger"]

    await until("values on demand", triggered)
    assert triggered()[0]["transaction_id"] == 42
    assert len({value["measurand"] for value in triggered()[0]["meter_value"][0]["sampled_value"]}) == 5
    await tap(charge_point)
    stop = await system.wait_for("StopTransaction")
    told = course(stop)
    assert told[0] == ("Transaction.Begin", 1000)
    assert told[-1] == ("Transaction.End", stop["meter_stop"])
    assert {context for context, _ in told[1:-1]} == {"Sample.Periodic"}
    assert [wh for _, wh in told] == sorted(wh for _, wh in told)
    assert len({value["value"] for value in stop["transaction_data"][0]["sampled_value"]}) > 1

    charge_point.unplug(1)
    await until("unplugged", lambda: not closed(charge_point))
    await system.wait_for("StatusNotification", connector_id=1, status="Available", count=2)
    reader = charge_point.board.reader
    assert reader
    looks = reader.vain_looks
    await until("a look without a card", lambda: reader.vain_looks >= looks + 2)
    charge_point.plug(1, Plug())
    charge_point.tap(CARD)
    start = await system.wait_for("StartTransaction", count=2)
    assert start["meter_start"] == stop["meter_stop"]   # rule 73: no energy between them
    await system.wait_for("MeterValues", transaction_id=43, count=2)
    await charge_point.power(False)
    await charge_point.power(True)
    cut = await system.wait_for("StopTransaction", count=2)
    assert (cut["reason"], cut["transaction_id"], cut["meter_stop"]) == ("PowerLoss", 43, register_wh(charge_point))
    told = course(cut)
    assert told[0] == ("Transaction.Begin", start["meter_start"])
    assert told[-1] == ("Transaction.End", cut["meter_stop"])
    assert len(told) >= 3   # what was kept until the cut
    assert len(system.all("StartTransaction")) == len(system.all("StopTransaction")) == 2


async def test_rule_53_a_reset_whose_stop_is_not_answered_keeps_it_for_the_next_boot(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    await charge(system, charge_point)
    await system.call(call.Reset(type="Hard"))
    assert system.connection
    await system.connection.close()   # before the last reading: the Stop finds no way up
    await system.down()
    await until("started anew", lambda: charge_point.boots == 2, within_s=30)
    await system.up()
    stop = await system.wait_for("StopTransaction", within_s=60)
    assert (stop["reason"], stop["transaction_id"]) == ("HardReset", 42)
    actions = [action for action, _ in system.said]
    assert actions.index("StopTransaction") > len(actions) - 1 - actions[::-1].index("BootNotification")
    assert len(system.all("StopTransaction")) == 1
