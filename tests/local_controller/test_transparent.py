"""Transparent mode: the central system's own ids, and without it nobody is served."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from local_controller import site as site_module
from tests.local_controller.central import Central
from tests.local_controller.running import Running, running
from tests.local_controller.waiting import eventually
from tests.local_controller.wire import ChargePoint, start_of, stop_of, values_of


@pytest.fixture
async def site(tmp_path: Path, central: Central) -> AsyncIterator[Running]:
    async with running(tmp_path / "site", central, mode="transparent") as site:
        yield site


def is_closed(charge_point: ChargePoint) -> bool:
    return charge_point._reader is not None and charge_point._reader.done()


async def test_ids_and_refusals_are_the_central_system_s_own(site: Running, central: Central) -> None:
    central.answers["StartTransaction"] = {"idTagInfo": {"status": "Blocked"}}
    charge_point = await site.adopt()
    async with charge_point:
        await charge_point.boot()
        assert await charge_point.call("StartTransaction", start_of()) == {
            "transactionId": 101, "idTagInfo": {"status": "Blocked"}
        }  # fmt: skip
        await charge_point.call("MeterValues", values_of(101, 1200))
        await charge_point.call("StopTransaction", stop_of(101))
        assert central.got("MeterValues") == [values_of(101, 1200)]
        assert central.got("StopTransaction") == [stop_of(101)]
        await central.ask(charge_point.identity, "RemoteStopTransaction", transactionId=101)
        assert charge_point.asked == [("RemoteStopTransaction", {"transactionId": 101})]
    assert await site.store.read("SELECT * FROM messages") == []


async def test_when_it_goes_the_charge_points_are_sent_away(site: Running, central: Central) -> None:
    charge_point = await site.adopt()
    async with charge_point:
        await charge_point.boot()
        await central.stop()
        await eventually("the charge point's connection is closed", lambda: is_closed(charge_point))
    again = ChargePoint(charge_point.url, charge_point.identity, charge_point.key)
    async with again:  # still away: not kept waiting, and nothing is answered
        await eventually("closed again", lambda: is_closed(again))
    await central.start()
    back = ChargePoint(charge_point.url, charge_point.identity, charge_point.key)

    async def booted() -> bool:
        try:
            async with back:
                return bool((await back.boot())["status"] == "Accepted")
        except (ConnectionError, ConnectionClosed, TimeoutError):
            return False

    await eventually("served again", booted)


async def test_what_began_in_autonomous_mode_ends_in_it(
    tmp_path: Path, central: Central, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_module, "FIRST_WAIT_S", 0.1)
    async with running(tmp_path / "switched", central) as site:
        charge_point = await site.adopt()
        async with charge_point:
            await charge_point.boot()
            ours = (await charge_point.call("StartTransaction", start_of()))["transactionId"]
            await site.all_delivered()
    async with running(tmp_path / "switched", central, mode="transparent") as site:
        after = ChargePoint(site.url, charge_point.identity, charge_point.key)
        async with after:
            await after.boot()
            await after.call("StopTransaction", stop_of(ours))
            assert await central.wait_for("StopTransaction") == stop_of(101)
            await site.all_delivered()
