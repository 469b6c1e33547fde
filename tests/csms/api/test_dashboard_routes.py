"""What only the dashboard asks: today's figures, the last messages, everyone's reservations."""

import msgspec
import pytest

from csms.bus import messages
from csms.bus.in_process import InProcessBus
from csms.message_log import MessageLog
from ocppj import v16
from ocppj.transaction_facts import HEAD, VENDOR, Asked
from tests.csms.running import CARD, PASSWORD, Csms
from tests.csms.station import START, Station
from tests.csms.tells import tells


async def operator_of(csms: Csms, site_ids: list[int]) -> int:
    user = await csms.new("/api/users", email="olaf@x.example", name="Olaf", password=PASSWORD, role="operator")
    assert (await csms.admin.put(f"/api/users/{user['id']}/sites", json={"site_ids": site_ids})).is_success
    return int(user["id"])


async def billed(csms: Csms, there: Station, wh: int) -> int:
    """A session that ended at this moment, by the clock of the centre."""
    started = await there.start(CARD, 1000)
    await there.stop(started.transaction_id, 1000 + wh)
    return started.transaction_id


@tells("GET /api/overview", "GET /api/sessions/{transaction_id}/corrections")
async def test_today_counts_what_ended_today_less_what_was_given_back(csms: Csms) -> None:
    await csms.driver()
    async with csms.station("CP1", await csms.charge_point("CP1", price_cents_per_kwh=50)) as there:
        await there.boot()
        transaction_id = await billed(csms, there, 2000)  # in March: long ago
        assert (await csms.get("/api/overview"))["sessions_today"] == 0
        now = (await there.peer.call(v16.Heartbeat())).current_time
        started = await there.start(CARD, 3000, at=now)
        await there.peer.call(v16.StopTransaction(started.transaction_id, 13_000, now))
    today = await csms.get("/api/overview")
    assert (today["sessions_today"], today["energy_today_wh"], today["earnings_today_cents"]) == (1, 10_000, 500)
    await csms.new(f"/api/sessions/{started.transaction_id}/corrections", amount_cents=120, reason="slow")
    await csms.new(f"/api/sessions/{transaction_id}/corrections", amount_cents=20, reason="of another day")
    assert (await csms.get("/api/overview"))["earnings_today_cents"] == 380
    (booked,) = await csms.get(f"/api/sessions/{started.transaction_id}/corrections")
    assert (booked["amount_cents"], booked["reason"], booked["booked_by"]) == (120, "slow", "admin@example.org")
    assert (await csms.session(started.transaction_id))["cost_cents"] == 500  # the bill stays as it was


async def test_an_operator_has_the_figures_of_their_own_sites_alone(csms: Csms) -> None:
    await csms.driver()
    key = await csms.charge_point("CP1")
    elsewhere = await csms.new("/api/sites", name="Elsewhere")
    other = csms.logged_in(await operator_of(csms, [elsewhere["id"]]))
    async with csms.station("CP1", key) as there:
        await there.boot()
        now = (await there.peer.call(v16.Heartbeat())).current_time
        started = await there.start(CARD, 0, at=now)
        await there.peer.call(v16.StopTransaction(started.transaction_id, 5000, now))
    assert (await csms.get("/api/overview"))["energy_today_wh"] == 5000
    assert (await other.get("/api/overview")).json()["energy_today_wh"] == 0
    assert [site["name"] for site in (await other.get("/api/system")).json()["sites"]] == ["Elsewhere"]
    assert (await other.get("/api/charge-points/CP1/messages")).status_code == 404
    assert (await other.get("/api/sessions", params={"search": "CP1"})).json() == []
    await other.aclose()


@tells("GET /api/charge-points/{identity}/messages")
async def test_the_last_messages_of_a_charge_point_are_told_with_their_answers(csms: Csms) -> None:
    async def refuse(request: v16.UnlockConnector) -> v16.UnlockConnectorResult:
        return v16.UnlockConnectorResult("UnlockFailed")

    async with csms.station("CP1", await csms.charge_point("CP1"), UnlockConnector=refuse) as there:
        await there.boot()
        await csms.new("/api/charge-points/CP1/unlock", connector_id=1)
        with pytest.raises(Exception, match="NotImplemented"):
            await there.raw("Nonsense", b"{}")
        told = await csms.get("/api/charge-points/CP1/messages")
        nonsense, unlock, *earlier = told
        assert (nonsense["sent_by"], nonsense["action"]) == ("charge point", "Nonsense")
        assert nonsense["error"].startswith("NotImplemented")
        assert (unlock["sent_by"], unlock["action"], unlock["error"]) == ("centre", "UnlockConnector", None)
        assert (unlock["request"], unlock["answer"]) == ('{"connectorId":1}', '{"status":"UnlockFailed"}')
        assert earlier[-1]["action"] == "BootNotification"
        newer = await csms.get("/api/charge-points/CP1/messages", after=unlock["number"])
        assert [each["action"] for each in newer] == ["Nonsense"]


def test_the_ring_is_bounded_and_keeps_no_keys() -> None:
    bus = InProcessBus()
    kept = MessageLog(bus, per_charge_point=3, in_all=5)

    def say(identity: str, action: str, request: bytes = b"{}") -> None:
        told = messages.Exchange(identity, START, True, action, msgspec.Raw(request))
        bus.publish(messages.EXCHANGES, messages.encode(told))

    for number in range(5):
        say("CP1", f"A{number}")
    assert [each.action for each in kept.of("CP1")] == ["A4", "A3", "A2"]
    for number in range(3):
        say("CP2", f"B{number}")
    assert kept.of("CP1") == []  # the one that was quiet for longest made room
    assert len(kept.of("CP2")) == 3
    say("CP2", "ChangeConfiguration", b'{"key":"AuthorizationKey","value":"73656372657431"}')
    assert "7365" not in repr(kept.of("CP2"))
    say("CP2", "DataTransfer", b'"' + b"x" * 10_000 + b'"')
    assert len(kept.of("CP2")[0].request) < 5_000


def test_one_who_asks_with_a_number_from_before_a_restart_gets_all_there_is() -> None:
    bus = InProcessBus()
    kept = MessageLog(bus)
    for action in ("BootNotification", "Heartbeat"):
        told = messages.Exchange("CP1", START, True, action, msgspec.Raw(b"{}"))
        bus.publish(messages.EXCHANGES, messages.encode(told))
    assert [each.action for each in kept.of("CP1", after=40)] == ["Heartbeat", "BootNotification"]
    assert [each.action for each in kept.of("CP1", after=1)] == ["Heartbeat"]
    assert kept.of("CP1", after=2) == [] == kept.of("CP2", after=40)


def test_of_a_message_nothing_is_kept_whole_that_has_no_end_and_no_key_behind_it() -> None:
    bus = InProcessBus()
    kept = MessageLog(bus)

    def say(action: str, request: bytes = b"{}", error: str | None = None) -> str:
        told = messages.Exchange("CP1", START, True, action, msgspec.Raw(request), error=error)
        bus.publish(messages.EXCHANGES, messages.encode(told))
        return repr(kept.of("CP1")[0])

    assert len(say("A" * 100_000, error="E" * 100_000)) < 1_000
    for before in (3_990, 10_000):  # the key's name lies across the end of what is kept, and behind it
        request = b'{"value":"%s7365637265743112","key":"%s","and":"AuthorizationKey"}' % (b"", b"x" * before)
        assert "73656372" not in say("ChangeConfiguration", request)
    assert "7365" not in say("A", error='AuthorizationKey is not "7365"')


def test_of_an_address_the_log_keeps_no_password_and_no_token() -> None:
    bus = InProcessBus()
    kept = MessageLog(bus)
    for location in ("ftp://me:se@cret@files.example:21/a.bin", "https://here.example/api/firmware/secret/a.bin"):
        request = msgspec.Raw(b'{"location":"%s"}' % location.encode())
        told = messages.Exchange("CP1", START, False, "UpdateFirmware", request)
        bus.publish(messages.EXCHANGES, messages.encode(told))
    assert "cret" not in repr(kept.of("CP1"))
    addresses = ("https://here.example/api/firmware/…/a.bin", "ftp://files.example:21/a.bin")
    assert [each.request for each in kept.of("CP1")] == [f'{{"location":"{where}"}}' for where in addresses]


@tells("GET /api/reservations/everyones", "POST /api/reservations/{reservation_id}/cancel")
async def test_an_operator_sees_everyones_reservations_and_can_end_one(csms: Csms) -> None:
    async def accept(request: v16.ReserveNow) -> v16.ReserveNowResult:
        return v16.ReserveNowResult("Accepted")

    async def let_go(request: v16.CancelReservation) -> v16.CancelReservationResult:
        return v16.CancelReservationResult("Accepted")

    await csms.driver()
    key = await csms.charge_point("CP1")
    elsewhere = await csms.new("/api/sites", name="Elsewhere")
    other = csms.logged_in(await operator_of(csms, [elsewhere["id"]]))
    dora = csms.logged_in(2)
    async with csms.station("CP1", key, ReserveNow=accept, CancelReservation=let_go) as there:
        await there.boot()
        made = (await dora.post("/api/station/CP1/reserve", json={"connector_id": 1})).json()
        (row,) = await csms.get("/api/reservations/everyones", standing=True)
        assert (row["reservation_id"], row["email"]) == (made["reservation_id"], "dora@example.org")
        assert (await other.get("/api/reservations/everyones")).json() == []
        path = f"/api/reservations/{made['reservation_id']}/cancel"
        assert (await other.post(path)).status_code == 404
        assert (await csms.admin.post(path)).json()["state"] == "cancelled"
        assert there.asked[-1] == v16.CancelReservation(made["reservation_id"])
        assert (await csms.admin.post(path)).status_code == 409
    assert await csms.get("/api/reservations/everyones", standing=True) == []
    assert [each["state"] for each in await csms.get("/api/reservations/everyones")] == ["cancelled"]
    await dora.aclose()
    await other.aclose()


@tells("GET /api/sessions")
async def test_sessions_are_found_by_what_people_know_of_them(csms: Csms) -> None:
    await csms.driver()
    async with csms.station("CP1", await csms.charge_point("CP1", name="By the gate")) as there:
        await there.boot()
        transaction_id = await billed(csms, there, 1000)
        await there.start("UNKNOWN1", 2000)

    async def found(**query: object) -> list[int]:
        return [each["transaction_id"] for each in await csms.get("/api/sessions", **query)]

    assert await found(search="DORA@") == [transaction_id] == await found(search=CARD[:6].lower())
    assert len(await found(search="the gate")) == 2 == len(await found(charge_point="CP1"))
    assert await found(search="%") == [] == await found(charge_point="CP2")
    assert transaction_id not in await found(flagged=True)


@tells("GET /api/system/heads")
async def test_where_a_controllers_books_stand_is_kept_and_shown_to_who_manages_its_site(csms: Csms) -> None:
    async with csms.station("CP1", await csms.charge_point("CP1")) as there:
        await there.boot()
        for confirmed, delivered in (("3 aa", ""), ("5 bb", "4 cc")):  # the newest counts
            asked = Asked(1, 100, confirmed=confirmed, delivered=delivered)
            data = msgspec.json.encode(asked).decode()
            answer = await there.peer.call(v16.DataTransfer(VENDOR, HEAD, data))
            assert answer.status == "Accepted"
        silent = v16.DataTransfer(VENDOR, HEAD, msgspec.json.encode(Asked(1, 100)).decode())
        assert (await there.peer.call(silent)).status == "Accepted"
        absurd = v16.DataTransfer(VENDOR, HEAD, '{"first": 1, "last": 2, "confirmed": "' + "f" * 81 + '"}')
        assert (await there.peer.call(absurd)).status == "Rejected"
    (head,) = await csms.get("/api/system/heads")
    assert (head["charge_point"], head["confirmed"], head["delivered"]) == ("CP1", "5 bb", "4 cc")
    elsewhere = await csms.new("/api/sites", name="Elsewhere")
    async with csms.logged_in(await operator_of(csms, [elsewhere["id"]])) as other:
        answer = await other.get("/api/system/heads")
        assert (answer.json(), answer.headers["X-Total-Count"]) == ([], "0")


@tells("GET /api/system")
async def test_the_system_tells_of_its_sites_and_of_what_waits(csms: Csms) -> None:
    async with csms.station("CP1", await csms.charge_point("CP1")) as there:
        await there.boot()
        told = await csms.get("/api/system")
    (site,) = told["sites"]
    assert (site["charge_points"], site["connected_directly"], site["connected_via_site"]) == (1, 1, 0)
    assert site["controller"] is None
    assert told["counts"]["charge_points_connected"] == 1
    assert told["database"].startswith("SQLite 3.")
    assert told["database_bytes"] > 10_000
    assert told["relays"] is True


@tells(
    "GET /api/users/{user_id}",
    "GET /api/users/{user_id}/cards",
    "GET /api/users/{user_id}/movements",
    "POST /api/users/{user_id}/credits",
)
async def test_an_administrator_sees_how_a_persons_money_moved(csms: Csms) -> None:
    await csms.driver()
    await csms.new("/api/users/2/credits", amount_cents=1500, reason="paid at the desk")
    (moved,) = await csms.get("/api/users/2/movements")
    assert (moved["amount_cents"], moved["reason"]) == (1500, "paid at the desk")
    (card,) = await csms.get("/api/users/2/cards")
    assert (card["id_tag"], card["blocked"]) == (CARD, False)
    assert (await csms.get("/api/users/2"))["email"] == "dora@example.org"
    for what in ("", "/movements", "/cards", "/sites"):
        assert (await csms.admin.get(f"/api/users/99{what}")).status_code == 404


@tells("GET /api/users", "GET /api/users/{user_id}/sites", "POST /api/users")
async def test_people_are_found_by_name_and_their_sites_are_known(csms: Csms) -> None:
    site = await csms.new("/api/sites", name="Harbour")
    olaf = await operator_of(csms, [site["id"]])
    assert [each["id"] for each in await csms.get("/api/users", search="OLAF")] == [olaf]
    assert await csms.get("/api/users", search="_") == []
    assert await csms.get(f"/api/users/{olaf}/sites") == [site["id"]]
    assert await csms.get("/api/users/1/sites") == []


@tells("GET /api/tariff-uses", "GET /api/tariffs")
async def test_a_tariff_is_tried_before_it_is_kept_and_its_places_are_known(csms: Csms) -> None:
    await csms.charge_point("CP1", connectors=2)
    elements = [{"price_components": [{"type": "ENERGY", "price_cents": "40", "vat_percent": "25"}]}]
    asked = {"charging_s": 3600, "energy_wh": 10_000}
    assert (await csms.new("/api/tariffs/preview", tariff={"elements": elements}, **asked))["total_cents"] == 500
    assert await csms.get("/api/tariffs") == []
    kept = await csms.new("/api/tariffs", name="Day", elements=elements)
    assert await csms.get("/api/tariffs") == [kept]
    await csms.admin.put("/api/charge-points/CP1/tariff", json={"tariff_id": kept["id"]})
    await csms.admin.put("/api/charge-points/CP1/tariff", json={"tariff_id": kept["id"], "connector_id": 2})
    uses = await csms.get("/api/tariff-uses")
    assert [(each["connector_id"], each["tariff_id"]) for each in uses] == [(0, kept["id"]), (2, kept["id"])]
    await csms.admin.put("/api/charge-points/CP1/tariff", json={"tariff_id": None, "connector_id": 2})
    assert [each["connector_id"] for each in await csms.get("/api/tariff-uses")] == [0]
