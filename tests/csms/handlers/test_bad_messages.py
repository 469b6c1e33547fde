"""What a broken or hostile charge point may say: answered, kept, counted, and billed to nobody else."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import structlog

from ocppj import log, v16
from ocppj.errors import CallErrorReceived
from tests.csms.running import CARD, Csms
from tests.csms.station import START, Station
from tests.csms.tells import tells


@pytest.fixture
async def station(csms: Csms):
    await csms.driver()
    async with csms.station("CP1", await csms.charge_point("CP1")) as connected:
        yield connected


async def test_an_unknown_action_is_not_implemented(station: Station) -> None:
    with pytest.raises(CallErrorReceived) as caught:
        await station.raw("MakeCoffee", b"{}")
    assert caught.value.code == "NotImplemented"


async def test_an_action_of_the_other_direction_is_not_supported(station: Station) -> None:
    with pytest.raises(CallErrorReceived) as caught:
        await station.raw("Reset", b'{"type":"Hard"}')
    assert caught.value.code == "NotSupported"


@pytest.mark.parametrize(
    ("action", "payload", "code"),
    [
        ("Authorize", b"{}", "ProtocolError"),
        ("Authorize", b'{"idTag":1}', "TypeConstraintViolation"),
        ("Authorize", b'{"idTag":"123456789012345678901"}', "PropertyConstraintViolation"),
        (
            "StatusNotification",
            b'{"connectorId":1,"errorCode":"NoError","status":"Sleeping"}',
            "PropertyConstraintViolation",
        ),
        ("BootNotification", b"[]", "FormationViolation"),
    ],
)
async def test_a_message_that_breaks_its_schema_gets_the_right_code(
    station: Station, action: str, payload: bytes, code: str
) -> None:
    with pytest.raises(CallErrorReceived) as caught:
        await station.raw(action, payload)
    assert caught.value.code == code


async def test_every_action_a_charge_point_may_send_is_answered(station: Station) -> None:
    requests = [
        v16.Authorize(CARD),
        v16.BootNotification("Bollard", "test"),
        v16.DataTransfer("nobody"),
        v16.DiagnosticsStatusNotification("Idle"),
        v16.FirmwareStatusNotification("Idle"),
        v16.Heartbeat(),
        v16.LogStatusNotification("Idle"),
        v16.SecurityEventNotification("StartupOfTheDevice", START),
        v16.SignCertificate("csr"),
        v16.SignedFirmwareStatusNotification("Idle"),
        v16.StatusNotification(1, "NoError", "Available"),
    ]
    answers = {v16.action_of(r): await station.peer.call(r) for r in requests}
    assert answers["DataTransfer"].status == "UnknownVendorId"
    assert answers["SignCertificate"].status == "Rejected"
    assert answers["Authorize"].id_tag_info.status == "Accepted"


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        (
            "StartTransaction",
            {"connectorId": 1, "idTag": "x" * 21, "meterStart": 0, "timestamp": "2026-03-01T09:00:00Z"},
        ),
        ("StartTransaction", {"connectorId": "1", "idTag": CARD, "meterStart": 0}),
        ("StopTransaction", {"transactionId": "seven", "meterStop": 1, "timestamp": "2026-03-01T09:00:00Z"}),
        ("MeterValues", {"connectorId": 1, "transactionId": 1, "meterValue": []}),
        ("StopTransaction", {"transactionId": 10**30, "meterStop": 1, "timestamp": "2026-03-01T09:00:00Z"}),
        ("StopTransaction", []),
    ],
)
async def test_a_transaction_message_that_breaks_its_schema_is_kept_and_confirmed(
    csms: Csms, station: Station, action: str, payload: object
) -> None:
    sent = json.dumps(payload)
    first = await station.raw(action, sent.encode())
    again = await station.raw(action, sent.encode())
    assert first == again
    if action == "StartTransaction":
        assert first["transactionId"] > 0
        assert first["idTagInfo"]["status"] == "Invalid"
    (kept,) = await csms.quarantined()
    assert (kept["charge_point"], kept["action"], kept["payload"], kept["times"]) == ("CP1", action, sent, 2)
    assert await csms.get("/api/sessions") == []


@pytest.mark.parametrize("connector_id", [0, 2, 99])
async def test_a_start_at_a_connector_that_is_not_there_opens_nothing(
    csms: Csms, station: Station, connector_id: int
) -> None:
    refused = await station.start(CARD, connector_id=connector_id)
    assert refused.id_tag_info.status == "Invalid"
    assert refused.transaction_id > 0
    await station.stop(refused.transaction_id, 5000)
    assert await csms.get("/api/sessions") == []
    assert len(await csms.quarantined()) == 2


@tells("GET /api/quarantine")
async def test_nobody_stops_or_meters_the_transaction_of_another_charge_point(csms: Csms, station: Station) -> None:
    mine = (await station.start(CARD)).transaction_id
    async with csms.station("CP2", await csms.charge_point("CP2")) as thief:
        await thief.meter(mine, 5000, 1000)
        await thief.stop(mine, 900_000)
    session = await csms.session(mine)
    assert (session["state"], session["energy_wh"], session["samples"]) == ("active", 0, [])
    assert [q["charge_point"] for q in await csms.quarantined()] == ["CP2", "CP2"]


@pytest.mark.parametrize("transaction_id", [0, -1, 4711, 2**62])
async def test_a_stop_of_nothing_is_kept_and_confirmed(csms: Csms, station: Station, transaction_id: int) -> None:
    await station.stop(transaction_id, 5000)
    await station.meter(transaction_id, 5000, 1000)
    assert [q["reason"] for q in await csms.quarantined()] == ["no such transaction"] * 2


@pytest.mark.parametrize("meter_stop", [999, -1, 10**12, 2**63 - 1])
async def test_an_absurd_stop_ends_the_session_by_its_samples(csms: Csms, station: Station, meter_stop: int) -> None:
    transaction_id = (await station.start(CARD, meter_start=1000)).transaction_id
    await station.meter(transaction_id, 2500, 3000)
    async with csms.events() as events:
        await station.stop(transaction_id, meter_stop)
        assert (await events.next("Alert"))["kind"] == "quarantine"
    session = await csms.session(transaction_id)
    assert (session["state"], session["energy_wh"], session["flags"]) == ("ended", 1500, ["stop_quarantined"])


@pytest.mark.parametrize("register_wh", [900, 10**11, "NaN", "1e400", "twelve"])
async def test_an_absurd_meter_value_is_kept_and_shows_nowhere(
    csms: Csms, station: Station, register_wh: object
) -> None:
    transaction_id = (await station.start(CARD, meter_start=1000)).transaction_id
    await station.meter(transaction_id, 1500, 3000, minutes=1)
    await station.meter(transaction_id, register_wh, 3000, minutes=2)
    assert (await csms.session(transaction_id))["energy_wh"] == 500
    assert len(await csms.quarantined()) == 1


async def test_meter_values_that_come_again_are_in_the_series_once(csms: Csms, station: Station) -> None:
    transaction_id = (await station.start(CARD, meter_start=1000)).transaction_id
    for minutes in (1, 2, 1, 2):
        await station.meter(transaction_id, 1000 + 100 * minutes, 3000, minutes)
    session = await csms.session(transaction_id)
    assert [s["energy_wh"] for s in session["samples"]] == [100, 200]
    assert session["energy_wh"] == 200
    assert await csms.quarantined() == []


MISCHIEF = ("'; DROP TABLE card;--", "<script>x</script>", "a\nb", "\x1b[31mred", "=cmd|'/C'!A0", "\u0000", "€uro")


@pytest.fixture
def lines_like_in_production() -> Iterator[None]:
    before = structlog.get_config()
    log.configure("info")
    structlog.configure(cache_logger_on_first_use=False)  # other tests of this process want lines of their own again
    yield
    structlog.configure(**before)


def not_one_line(told: str) -> list[str]:
    """Of the log: what does not begin with its time, or could steer a terminal."""
    assert "info" in told
    begins = re.compile(r"\d{4}-\d\d-\d\dT\S+Z (info|warning|error) ")
    lines = told.split("\n")[:-1]
    return [line for line in lines if not (begins.match(line) and line.isprintable() and line.isascii())]


@pytest.mark.usefixtures("lines_like_in_production")
async def test_an_id_tag_is_only_ever_text(csms: Csms, station: Station, capfd: pytest.CaptureFixture[str]) -> None:
    for id_tag in MISCHIEF:
        refused = await station.start(id_tag[:20])
        assert refused.id_tag_info.status == "Invalid"
        assert (await csms.session(refused.transaction_id))["id_tag"] == id_tag[:20]
        await station.stop(refused.transaction_id, 1000)
    assert len(await csms.get("/api/cards")) == 1
    answer = await csms.admin.get("/api/exports/sessions.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    cells = [row["id_tag"] for row in reversed(rows)]
    assert [cell.removeprefix("'") for cell in cells] == [id_tag[:20].removeprefix("'") for id_tag in MISCHIEF]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    assert not_one_line(capfd.readouterr().err) == []


@pytest.mark.usefixtures("lines_like_in_production")
async def test_a_data_transfer_is_only_ever_text(
    csms: Csms, station: Station, capfd: pytest.CaptureFixture[str]
) -> None:
    for text in MISCHIEF:
        for fields in ({"vendorId": text}, {"vendorId": "v", "messageId": text}, {"vendorId": "v", "data": text * 99}):
            answer = await station.raw("DataTransfer", json.dumps(fields).encode())
            assert answer["status"] == "UnknownVendorId"
    kept = await csms.get("/api/charge-points/CP1/messages")
    assert [row["action"] for row in kept] == ["DataTransfer"] * 3 * len(MISCHIEF)
    assert json.loads(kept[-1]["request"]) == {"vendorId": MISCHIEF[0]}
    assert not_one_line(capfd.readouterr().err) == []


async def test_a_clock_of_the_year_2000_does_not_cost_the_session(csms: Csms, station: Station) -> None:
    then = START - timedelta(days=9000)
    transaction_id = (await station.start(CARD, meter_start=0, at=then)).transaction_id
    await station.peer.call(v16.StopTransaction(transaction_id, 7000, START))
    assert (await csms.session(transaction_id))["energy_wh"] == 7000
