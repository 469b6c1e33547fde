"""Tariffs through the API: made, changed, assigned, previewed; and sessions billed by what held at their start."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ocppj import v16
from tests.csms.running import CARD, Csms, until
from tests.csms.station import START, Station
from tests.csms.tells import tells

ENERGY_AND_PARKING = {
    "elements": [
        {"price_components": [{"type": "ENERGY", "price_cents": "40", "vat_percent": "22"}]},
        {"price_components": [{"type": "FLAT", "price_cents": "100"}, {"type": "PARKING_TIME", "price_cents": "600"}]},
    ],
    "idle_grace_s": 600,
}
PLAIN_50 = {"elements": [{"price_components": [{"type": "ENERGY", "price_cents": "50"}]}]}


@pytest.fixture
async def station(csms: Csms):
    await csms.driver()
    key = await csms.charge_point("CP1", connectors=2, price_cents_per_kwh=45)
    async with csms.station("CP1", key) as connected:
        await connected.boot()
        yield connected


async def tariff(csms: Csms, name: str, what: dict[str, Any], connector_id: int = 0) -> int:
    made = await csms.new("/api/tariffs", name=name, **what)
    await put(csms, "/api/charge-points/CP1/tariff", {"tariff_id": made["id"], "connector_id": connector_id})
    return int(made["id"])


async def put(csms: Csms, path: str, body: dict[str, Any], **headers: str) -> Any:
    answer = await csms.admin.put(path, json=body, headers=headers)
    assert answer.is_success, answer.text
    return answer


async def charge(station: Station, minutes: int, wh: int, parked: int) -> int:
    transaction_id = (await station.start(CARD, meter_start=1000)).transaction_id
    await station.meter(transaction_id, 1000 + wh, 7000, minutes=minutes)
    await station.meter(transaction_id, 1000 + wh, 0, minutes=minutes + parked / 2)
    await station.stop(transaction_id, 1000 + wh, minutes=minutes + parked)
    return transaction_id


@tells("GET /api/sessions/{transaction_id}/bill")
async def test_a_session_is_billed_by_its_tariff_line_by_line(csms: Csms, station: Station) -> None:
    await tariff(csms, "day", ENERGY_AND_PARKING)
    transaction_id = await charge(station, 60, 10_000, parked=40)
    session = await csms.session(transaction_id)
    assert session["cost_cents"] == 488 + 100 + 300
    bill = await csms.get(f"/api/sessions/{transaction_id}/bill")
    assert (bill["total_cents"], bill["vat_cents"]) == (888, 88)
    assert [(line["type"], line["quantity"], line["unit"], line["amount_cents"]) for line in bill["lines"]] == [
        ("FLAT", "1", "piece", "100"),
        ("ENERGY", "10000", "Wh", "488"),
        ("PARKING_TIME", "1800", "s", "300"),
    ]
    assert await csms.balance_cents(2) == -888


@tells("PUT /api/tariffs/{tariff_id}")
async def test_the_price_at_the_start_is_the_price_billed(csms: Csms, station: Station) -> None:
    tariff_id = await tariff(csms, "day", PLAIN_50)
    transaction_id = (await station.start(CARD, meter_start=0)).transaction_id
    dearer = {"elements": [{"price_components": [{"type": "ENERGY", "price_cents": "90"}]}]}
    await put(csms, f"/api/tariffs/{tariff_id}", dearer)
    await station.meter(transaction_id, 1000, 7000)
    assert (await csms.session(transaction_id))["cost_cents"] == 50
    await station.stop(transaction_id, 2000)
    assert (await csms.session(transaction_id))["cost_cents"] == 100
    later = (await station.start(CARD, meter_start=2000)).transaction_id
    await station.stop(later, 3000)
    assert (await csms.session(later))["cost_cents"] == 90


async def test_a_session_told_of_late_has_the_price_of_its_own_start(csms: Csms, station: Station) -> None:
    tariff_id = await tariff(csms, "day", PLAIN_50)
    began = datetime.now(UTC)
    dearer = {"elements": [{"price_components": [{"type": "ENERGY", "price_cents": "90"}]}]}
    await put(csms, f"/api/tariffs/{tariff_id}", dearer)
    early = await station.peer.call(v16.StartTransaction(1, CARD, 0, began))
    after = await station.peer.call(v16.StartTransaction(2, CARD, 0, datetime.now(UTC)))
    for transaction_id in (early.transaction_id, after.transaction_id):
        await station.peer.call(v16.StopTransaction(transaction_id, 1000, began + timedelta(seconds=1)))
    costs = [(await csms.session(t))["cost_cents"] for t in (early.transaction_id, after.transaction_id)]
    assert costs == [50, 90]


@tells("GET /api/charge-points/{identity}/connectors/{connector_id}/tariff")
async def test_a_connectors_own_tariff_goes_before_the_charge_points(csms: Csms, station: Station) -> None:
    await tariff(csms, "everywhere", PLAIN_50)
    await tariff(
        csms, "two", {"elements": [{"price_components": [{"type": "ENERGY", "price_cents": "70"}]}]}, connector_id=2
    )
    path = "/api/charge-points/CP1/connectors/{}/tariff"
    assert [(await csms.get(path.format(n)))["price_cents_per_kwh"] for n in (1, 2)] == [50, 70]
    await put(csms, "/api/charge-points/CP1/tariff", {"tariff_id": None, "connector_id": 2})
    await put(csms, "/api/charge-points/CP1/tariff", {"tariff_id": None})
    found = await csms.get(path.format(2))
    assert (found["price_cents_per_kwh"], found["tariff"]) == (45, None)
    assert (await csms.admin.get(path.format(3))).status_code == 404


async def test_a_car_that_waits_for_the_site_does_not_pay_for_parking(csms: Csms, station: Station) -> None:
    parking = {"elements": [{"price_components": [{"type": "PARKING_TIME", "price_cents": "600"}]}]}
    await tariff(csms, "parking", parking)
    transaction_id = (await station.start(CARD, meter_start=0)).transaction_id
    await station.meter(transaction_id, 1000, 7000, minutes=30)
    await station.status(1, "SuspendedEVSE")
    await station.stop(transaction_id, 1000, minutes=90)
    assert (await csms.session(transaction_id))["cost_cents"] == 0
    transaction_id = (await station.start(CARD, meter_start=1000)).transaction_id
    await station.meter(transaction_id, 2000, 7000, minutes=30)
    await station.status(1, "SuspendedEVSE")
    await station.status(1, "SuspendedEV")
    await station.stop(transaction_id, 2000, minutes=90)
    assert (await csms.session(transaction_id))["cost_cents"] == 600


@tells("POST /api/tariffs/preview")
async def test_a_preview_says_what_the_session_then_costs(csms: Csms, station: Station) -> None:
    await tariff(csms, "day", ENERGY_AND_PARKING)
    dora = csms.logged_in(2)
    wanted = {"charge_point": "CP1", "started_at": START.isoformat(), "charging_s": 3600, "energy_wh": 10_000}
    answer = await dora.post("/api/tariffs/preview", json={**wanted, "parked_s": 2400})
    assert answer.status_code == 200, answer.text
    transaction_id = await charge(station, 60, 10_000, parked=40)
    assert answer.json()["total_cents"] == (await csms.session(transaction_id))["cost_cents"] == 888
    for path, status in (("bill", 200), ("receipt", 200)):
        assert (await dora.get(f"/api/sessions/{transaction_id}/{path}")).status_code == status
    eve = csms.logged_in(3)
    for path in ("bill", "receipt"):
        assert (await eve.get(f"/api/sessions/{transaction_id}/{path}")).status_code == 404
    await dora.aclose()
    await eve.aclose()


NIGHT_AND_DAY = {
    "elements": [
        {
            "price_components": [{"type": "TIME", "price_cents": "60"}],
            "restrictions": {"start_time": "22:00", "end_time": "03:00"},
        },
        {"price_components": [{"type": "TIME", "price_cents": "600"}]},
    ]
}
SATURDAY = {
    "elements": [
        {"price_components": [{"type": "TIME", "price_cents": "60"}], "restrictions": {"day_of_week": ["SATURDAY"]}},
        {"price_components": [{"type": "TIME", "price_cents": "600"}]},
    ]
}


@pytest.mark.parametrize(
    ("form", "begins", "zone", "ends", "cents"),
    [
        # At two in Rome it is three: half an hour of night and half an hour of day.
        (NIGHT_AND_DAY, "2026-03-29T01:30", "Europe/Rome", "2026-03-29T01:30:00Z", 330),
        (NIGHT_AND_DAY, "2026-03-29T01:30", "UTC", "2026-03-29T02:30:00Z", 60),
        # A time that no clock there shows is the hour after.
        (NIGHT_AND_DAY, "2026-03-29T02:30", "Europe/Rome", "2026-03-29T02:30:00Z", 600),
        # The hour from two to three comes twice: the first is meant, and both are night.
        (NIGHT_AND_DAY, "2026-10-25T02:30", "Europe/Rome", "2026-10-25T01:30:00Z", 60),
        # From half past eleven on Saturday, as the clock there has it.
        (SATURDAY, "2026-02-28T23:30", "Europe/Rome", "2026-02-28T23:30:00Z", 330),
        (SATURDAY, "2026-02-28T23:30", "UTC", "2026-03-01T00:30:00Z", 330),
        (SATURDAY, "2026-02-28T22:30", "America/New_York", "2026-03-01T04:30:00Z", 60),
    ],
)
async def test_a_preview_reads_the_tariff_by_the_clock_of_the_place(
    csms: Csms, form: dict[str, object], begins: str, zone: str, ends: str, cents: int
) -> None:
    wanted = {"tariff": form, "started_local": begins, "time_zone": zone, "charging_s": 3600, "energy_wh": 10_000}
    found = await csms.new("/api/tariffs/preview", **wanted)
    assert (found["total_cents"], found["ended_at"], found["time_zone"]) == (cents, ends, zone)
    assert datetime.fromisoformat(found["ended_at"]) - datetime.fromisoformat(found["started_at"]) == timedelta(hours=1)


async def test_a_preview_is_a_question_and_no_change_for_the_audit_log(csms: Csms) -> None:
    await csms.new("/api/tariffs/preview", tariff=SATURDAY, charging_s=60, energy_wh=1)
    await csms.new("/api/sites", name="Yard")

    async def noted() -> list[str]:
        return [row["route"] for row in await csms.get("/api/audit/changes")]

    assert await until(noted) == ["/api/sites"]


async def test_a_preview_for_a_place_that_is_not_there_is_refused(csms: Csms) -> None:
    asked = {"tariff": SATURDAY, "charging_s": 60, "energy_wh": 1}
    for wrong in ({"time_zone": "Europe/Atlantis"}, {"started_local": "1999-01-01T00:00"}, {"started_local": "noon"}):
        assert (await csms.admin.post("/api/tariffs/preview", json={**asked, **wrong})).status_code == 422


@tells("GET /api/sessions/{transaction_id}/receipt")
async def test_a_receipt_is_for_sessions_that_have_ended(csms: Csms, station: Station) -> None:
    transaction_id = (await station.start(CARD)).transaction_id
    assert (await csms.admin.get(f"/api/sessions/{transaction_id}/receipt")).status_code == 409
    await station.stop(transaction_id, 3000)
    page = (await csms.admin.get(f"/api/sessions/{transaction_id}/receipt")).text
    assert "0.90 EUR" in page
    assert "CP1, connector 1" in page


async def test_nobody_overwrites_a_change_they_have_not_seen(csms: Csms) -> None:
    made = await csms.admin.post("/api/tariffs", json={"name": "day", **PLAIN_50})
    etag = made.headers["etag"]
    path = f"/api/tariffs/{made.json()['id']}"
    await put(csms, path, PLAIN_50, **{"If-Match": etag})
    again = await csms.admin.put(path, json=PLAIN_50, headers={"If-Match": etag})
    assert (again.status_code, again.headers["content-type"]) == (412, "application/problem+json")
    assert (await csms.get(path))["version"] == 2
    assert (await csms.admin.put(path, json=PLAIN_50, headers={"If-Match": "two"})).status_code == 412


WITHOUT_SENSE: list[dict[str, Any]] = [
    {"elements": []},
    {"elements": [{"price_components": []}]},
    {"elements": [{"price_components": [{"type": "ENERGY", "price_cents": "-1"}]}]},
    {"elements": [{"price_components": [{"type": "ENERGY", "price_cents": "NaN"}]}]},
    {"elements": [{"price_components": [{"type": "ENERGY", "price_cents": "1e9"}]}]},
    {"elements": [{"price_components": [{"type": "BEER", "price_cents": "1"}]}]},
    {"elements": [{"price_components": [{"type": "ENERGY", "price_cents": "1", "step_size": 0}]}]},
    {**PLAIN_50, "min_price_cents": 2, "max_price_cents": 1},
    {**PLAIN_50, "elements": [{**PLAIN_50["elements"][0], "restrictions": {"start_time": "25:00"}}]},
    {**PLAIN_50, "elements": [{**PLAIN_50["elements"][0], "restrictions": {"start_time": "10:00:30"}}]},
    {**PLAIN_50, "elements": [{**PLAIN_50["elements"][0], "restrictions": {"colour": "red"}}]},
]


async def test_a_tariff_without_sense_is_refused(csms: Csms) -> None:
    for wrong in WITHOUT_SENSE:
        assert (await csms.admin.post("/api/tariffs", json={"name": "wrong", **wrong})).status_code == 422, wrong
    assert await csms.get("/api/tariffs") == []


@tells("GET /api/tariffs/{tariff_id}", "POST /api/tariffs")
async def test_every_restriction_survives_its_way_through_the_api(csms: Csms) -> None:
    restrictions = {
        "start_time": "22:00:00",
        "end_time": "06:00:00",
        "start_date": "2026-01-01",
        "end_date": "2027-01-01",
        "day_of_week": ["MONDAY", "SUNDAY"],
        "min_kwh": "1",
        "max_kwh": "50.5",
        "min_power_kw": "3.7",
        "max_power_kw": "22",
        "min_duration_s": 60,
        "max_duration_s": 7200,
        "reservation": None,
    }
    sent = {**restrictions, "start_time": "22:00", "end_time": "06:00"}
    elements = [{**PLAIN_50["elements"][0], "restrictions": sent}]
    made = await csms.new("/api/tariffs", name="night", elements=elements)
    assert (await csms.get(f"/api/tariffs/{made['id']}"))["tariff"]["elements"][0]["restrictions"] == restrictions


async def test_pages_of_many_tell_where_the_others_are(csms: Csms) -> None:
    for number in range(5):
        await csms.new("/api/tariffs", name=f"t{number}", **PLAIN_50)
    answer = await csms.admin.get("/api/tariffs", params={"limit": 2, "offset": 2})
    assert [t["name"] for t in answer.json()] == ["t2", "t3"]
    assert answer.headers["x-total-count"] == "5"
    links = {rel: value["url"] for rel, value in answer.links.items()}
    assert links.keys() == {"first", "prev", "next", "last"}
    assert [t["name"] for t in (await csms.admin.get(links["next"])).json()] == ["t4"]
