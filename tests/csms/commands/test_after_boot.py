"""After its BootNotification a charge point is told how often to send its meter values, over real sockets."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from csms.commands import after_boot
from csms.config import Settings
from csms.service import Service
from ocppj import log
from ocppj.v16 import BootNotification, ChangeConfiguration, ChangeConfigurationResult
from tests.csms.running import CARD, Csms, until
from tests.csms.station import Station

TWO_SECONDS = ChangeConfiguration("MeterValueSampleInterval", "2")
Serve = Callable[..., AbstractAsyncContextManager[Csms]]


@pytest.fixture
def serve(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Serve:
    @asynccontextmanager
    async def running(interval_s: int = 2, grace_s: float = 0.05) -> AsyncIterator[Csms]:
        monkeypatch.setattr(after_boot, "_GRACE_S", grace_s)
        alone = {"meter_value_sample_interval_s": interval_s, "tell_emergency_number": False}
        async with Service(settings.model_copy(update=alone)) as service:
            made = Csms(service, settings.data_dir)
            yield made
            await made.admin.aclose()

    return running


async def accept(request: ChangeConfiguration) -> ChangeConfigurationResult:
    return ChangeConfigurationResult("Accepted")


async def asked(station: Station, count: int) -> list[Any]:
    await until(lambda: asyncio.sleep(0, len(station.asked) >= count))
    return station.asked


async def lines(capfd: pytest.CaptureFixture[str], event: str) -> list[str]:
    """What the log says of `event`, once it does."""
    told = ""

    async def found() -> list[str]:
        nonlocal told
        told += "".join(capfd.readouterr())
        return [line for line in told.splitlines() if event in line]

    return await until(found)


async def test_a_charge_point_that_has_booted_is_told_the_interval(
    serve: Serve, capfd: pytest.CaptureFixture[str]
) -> None:
    log.configure("info")
    async with serve() as csms:
        key = await csms.charge_point("CP1")
        async with csms.station("CP1", key, ChangeConfiguration=accept) as station:
            await station.boot()
            assert await asked(station, 1) == [TWO_SECONDS]
            (line,) = await lines(capfd, "command.answered")
            for word in ("charge_point=CP1", "key=MeterValueSampleInterval", "value=2", "status=Accepted"):
                assert word in line


async def test_it_is_told_again_after_each_boot_and_once_for_those_that_follow_each_other(serve: Serve) -> None:
    async with serve(grace_s=0.3) as csms:
        key = await csms.charge_point("CP1")
        async with csms.station("CP1", key, ChangeConfiguration=accept) as station:
            for _ in range(3):  # itself, and a controller that says it again
                await station.peer.call(BootNotification("Bollard", "test"))
            assert await asked(station, 1) == [TWO_SECONDS]
            await station.boot()
            assert await asked(station, 2) == [TWO_SECONDS] * 2


async def test_an_interval_of_zero_leaves_charge_points_as_they_are(serve: Serve) -> None:
    async with serve(interval_s=0) as csms:
        key = await csms.charge_point("CP1")
        async with csms.station("CP1", key, ChangeConfiguration=accept) as station:
            await station.boot()
            with pytest.raises(TimeoutError):
                await until(lambda: asyncio.sleep(0, station.asked), within_s=0.3)


async def test_a_charge_point_that_refuses_or_leaves_costs_a_line_and_no_more(
    serve: Serve, capfd: pytest.CaptureFixture[str]
) -> None:
    log.configure("info")
    async with serve(grace_s=1.0) as csms:
        await csms.driver()
        key = await csms.charge_point("CP1")
        async with csms.station("CP1", key) as station:  # knows no ChangeConfiguration
            await station.boot()
            await asked(station, 1)
            (refused,) = await lines(capfd, "command.failed")
            assert "NotImplemented" in refused
            await station.boot()
        (left,) = await lines(capfd, "command.failed")
        assert "not connected" in left
        async with csms.station("CP1", key) as station:
            await station.boot()
            started = await station.start(CARD)
            assert started.id_tag_info.status == "Accepted"
            await station.stop(started.transaction_id, 2000)


async def test_a_charge_point_that_never_answers_is_still_heard(serve: Serve) -> None:
    async with serve() as csms:
        await csms.driver()
        key = await csms.charge_point("CP1")

        async def silence(request: ChangeConfiguration) -> None:
            await asyncio.Event().wait()

        async with csms.station("CP1", key, ChangeConfiguration=silence) as station:
            await station.boot()
            await asked(station, 1)
            assert (await station.start(CARD)).id_tag_info.status == "Accepted"
