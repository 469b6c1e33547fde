"""Firmware updates and diagnostics without signatures. Played once the charge point claims FirmwareManagement."""
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from firmware.ocpp import keys
from tests.octt.cases import on_both
from tests.octt.script import Script, moment

pytestmark = pytest.mark.skipif(
    "FirmwareManagement" not in keys.default(keys.row("SupportedFeatureProfiles"), True),
    reason="the charge point does not claim FirmwareManagement: firmware comes by bollard-flash")


@contextmanager
def nobody_there() -> Iterator[str]:
    """A URL on which nobody answers, for as long as it lasts."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}/file"


async def updates(script: Script, location: str) -> None:
    answer = await script.asks(
        "UpdateFirmware", location=location, retrieve_date=moment(0), retries=0, retry_interval=1)
    assert answer.payload == {}


@on_both
async def test_tc_044_2_a_firmware_that_cannot_be_fetched(script: Script) -> None:
    with nobody_there() as location:
        await updates(script, location)
        await script.sees("FirmwareStatusNotification", status="Downloading")
        await script.sees("FirmwareStatusNotification", status="DownloadFailed", within_s=30)
        await script.ends(status="Available")


@on_both
async def test_tc_045_2_diagnostics_that_cannot_be_delivered(script: Script) -> None:
    with nobody_there() as location:
        answer: Any = await script.asks("GetDiagnostics", location=location, retries=0, retry_interval=1)
        assert answer.payload["fileName"]
        await script.sees("DiagnosticsStatusNotification", status="Uploading")
        await script.sees("DiagnosticsStatusNotification", status="UploadFailed", within_s=30)
        await script.ends(status="Available")
