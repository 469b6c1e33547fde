"""What the driver's app is built on: what this place is, prices in words, one's running session and its stream."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from csms.api.shield import policy
from ocppj.v16 import RemoteStartTransactionResult
from tests.csms.running import CARD, PASSWORD, Csms, Events
from tests.csms.station import START
from tests.csms.tells import tells


async def stream_of(client: httpx.AsyncClient) -> Any:
    return client.stream("GET", "/api/user/charging/events", timeout=None)


@tells("GET /api/about")
async def test_a_page_learns_what_this_place_is(csms: Csms) -> None:
    async with csms.browser() as nobody:
        answer = await nobody.get("/api/about")
    about = answer.json()
    assert (about["currency"], about["emergency_number"], about["registration"]) == ("EUR", "112", True)
    assert (about["password_reset"], about["top_up"], about["reservation_minutes"]) == (False, False, 15)
    assert about["map_tiles_url"] == ""  # nothing is asked of foreign hosts that nobody wanted


async def test_pages_run_no_script_that_stands_in_them_and_ask_nothing_of_foreign_hosts(csms: Csms) -> None:
    async with csms.browser() as nobody:
        for path in ("/", "/docs", "/c/0", "/api/about", "/api/auth/resetPasswordPage?token=" + "x" * 30):
            said = (await nobody.get(path)).headers["Content-Security-Policy"]
            parts = {part.partition(" ")[0]: part for part in said.split("; ")}
            assert parts["script-src"] == "script-src 'self'", path
            assert "unsafe" not in "".join(parts.values()), path
            assert "https" not in said, path


def test_the_maps_pictures_and_no_others_may_come_from_elsewhere() -> None:
    pictures = [part for part in policy("https://{s}.tiles.example/{z}/{x}/{y}.png").split("; ") if "tiles" in part]
    assert pictures == ["img-src 'self' data: blob: https://*.tiles.example"]


@tells("GET /api/station", "GET /api/station/{identity}", "PUT /api/charge-points/{identity}/tariff")
async def test_prices_are_those_of_the_tariff_that_holds(csms: Csms) -> None:
    key = await csms.charge_point("CP1", connectors=2)
    night = {"price_components": [{"type": "ENERGY", "price_cents": "20"}]}
    night["restrictions"] = {"start_time": "22:00", "end_time": "06:00"}  # type: ignore[assignment]
    day = {"price_components": [{"type": "ENERGY", "price_cents": "50", "vat_percent": "20"}]}
    tariff = await csms.new("/api/tariffs", name="Day and night", elements=[night, day])
    async with csms.browser() as nobody, csms.station("CP1", key) as station:
        await station.boot()

        async def prices() -> list[tuple[int, str]]:
            there = (await nobody.get("/api/station/CP1")).json()
            listed = (await nobody.get("/api/station")).json()[0]
            assert there == listed
            return [(c["price_cents_per_kwh"], c["price_text"]) for c in there["connectors"]]

        assert await prices() == [(45, "0.45 EUR a kWh")] * 2
        await csms.admin.put("/api/charge-points/CP1/tariff", json={"tariff_id": tariff["id"], "connector_id": 2})
        words = "0.20 EUR a kWh (22:00 to 06:00); 0.60 EUR a kWh"
        assert await prices() == [(45, "0.45 EUR a kWh"), (20, words)]
        await csms.admin.put("/api/charge-points/CP1/tariff", json={"tariff_id": tariff["id"]})
        await csms.admin.put("/api/charge-points/CP1/tariff", json={"tariff_id": None, "connector_id": 2})
        assert await prices() == [(20, words)] * 2
        code = (await csms.get("/api/charge-points/CP1"))["connectors"][0]["code"]
        assert words in (await nobody.get(f"/c/{code}?plain")).text


async def test_how_far_it_is(csms: Csms) -> None:
    key = await csms.charge_point("CP1")
    await csms.admin.patch("/api/charge-points/CP1", json={"latitude": 44.4056, "longitude": 8.9463})  # Genoa
    async with csms.browser() as nobody, csms.station("CP1", key) as station:
        await station.boot()
        near = (await nobody.get("/api/station", params={"latitude": 45.4642, "longitude": 9.19})).json()  # Milan
        assert 117_000 < near[0]["distance_m"] < 121_000
        assert (await nobody.get("/api/station")).json()[0]["distance_m"] is None


@tells("GET /api/user/charging", "GET /api/user/charging/events")
async def test_a_running_session_and_its_stream(csms: Csms) -> None:
    dora_id = await csms.driver()
    await csms.driver("eve@example.org", card=None)
    key = await csms.charge_point("CP1")
    async with csms.logged_in(dora_id) as dora, csms.logged_in(3) as eve, csms.station("CP1", key) as station:
        await station.boot()
        assert (await dora.get("/api/user/charging")).json() == []
        async with await stream_of(dora) as answer, await stream_of(eve) as others:
            told, not_told = Events(answer.aiter_lines()), Events(others.aiter_lines())
            assert await first(told) == []
            assert await first(not_told) == []
            started = await station.start(CARD)
            await station.status(1, "Charging")
            (running,) = await list_with(told, lambda rows: len(rows) == 1)
            assert (running["transaction_id"], running["charge_point"]) == (started.transaction_id, "CP1")
            await station.meter(started.transaction_id, 3000, 7400)
            (running,) = await list_with(told, lambda rows: rows and rows[0]["energy_wh"] == 2000)
            assert (running["power_w"], running["cost_cents"], running["cost_text"]) == (7400, 90, "0.90 EUR")
            assert (running["soc_text"], running["minutes_left"]) == ("", None)
            assert running["price_text"] == "0.45 EUR a kWh"
            assert (await dora.get("/api/user/charging")).json()[0]["status"] == "Charging"
            assert (await eve.get("/api/user/charging")).json() == []
            await station.stop(started.transaction_id, 3000)
            ended = await told.next("TransactionEnded", transaction_id=started.transaction_id)
            assert ended["cost_cents"] == 90
            assert await list_with(told, lambda rows: rows == []) == []


async def first(of: Events) -> Any:
    return (await of.next("Charging"))["running"]


async def list_with(of: Events, fact: Any) -> Any:
    """The next list for which it is true."""
    while not fact(rows := await first(of)):
        pass
    return rows


async def test_a_drivers_cookie_lasts_and_is_renewed_while_it_is_used(csms: Csms) -> None:
    async with csms.browser() as page:
        login = {"email": "dora@example.org", "password": PASSWORD}
        answer = await page.post("/api/auth/login", json=login)
        assert "max-age=2592000" in answer.headers["set-cookie"].lower()
        assert "set-cookie" not in (await page.get("/api/auth/me")).headers  # it is new
        now = datetime.now(UTC)
        new = csms.tokens.read(page.cookies["bollard_session"], now)
        older = csms.tokens.issue(2, now, version=new.version, login_id=new.login_id, lifetime=timedelta(days=20))
        page.cookies.clear()
        renewed = await page.get("/api/auth/me", headers={"Cookie": f"bollard_session={older}"})
        assert "max-age=2592000" in renewed.headers["set-cookie"].lower()
        bearer = await page.get("/api/auth/me", headers={"Authorization": f"Bearer {older}"})
        assert "set-cookie" not in bearer.headers
        page.cookies.clear()
        assert (await page.post("/api/auth/logout", headers={"Authorization": f"Bearer {older}"})).status_code == 204
        ended = await page.get("/api/auth/me", headers={"Cookie": f"bollard_session={older}"})
        assert ended.status_code == 401


async def test_the_cookie_of_staff_lasts_a_days_work(csms: Csms) -> None:
    async with csms.browser() as page:
        answer = await page.post("/api/auth/login", json={"email": "admin@example.org", "password": PASSWORD})
        assert "max-age=43200" in answer.headers["set-cookie"].lower()


async def test_a_foreign_page_logs_nobody_in(csms: Csms) -> None:
    """A form elsewhere can send text that reads as JSON, but not call it so."""
    text = f'{{"email":"dora@example.org","password":"{PASSWORD}"}}'
    async with csms.browser() as page:
        for kind in ("text/plain", "application/x-www-form-urlencoded"):
            answer = await page.post("/api/auth/login", content=text, headers={"Content-Type": kind})
            assert answer.status_code == 422
            assert "set-cookie" not in answer.headers


@tells("PUT /api/user/charging/{transaction_id}/car")
async def test_the_battery_is_reckoned_from_the_drivers_word_and_called_so(csms: Csms) -> None:
    await csms.driver()
    key = await csms.charge_point("CP1")

    async def accept(_: Any) -> Any:
        return RemoteStartTransactionResult("Accepted")

    async with csms.logged_in(2) as dora, csms.logged_in(3) as eve:
        car = {"name": "Panda", "battery_wh": 40_000}
        vehicle = (await dora.post("/api/vehicles", json=car)).json()["id"]
        async with csms.station("CP1", key, RemoteStartTransaction=accept) as station:
            await station.boot()
            path = "/api/station/CP1/start_charging"
            assert (await eve.post(path, json={"soc_percent": 30})).status_code == 422  # of no vehicle
            assert (await eve.post(path, json={"vehicle_id": vehicle})).status_code == 404  # of somebody else's
            assert (await dora.post(path, json={"soc_percent": 30})).status_code == 200
            begun = (await station.start(CARD)).transaction_id
            assert begun is not None

            async def shown() -> dict[str, Any]:
                found: dict[str, Any] = (await dora.get("/api/user/charging")).json()[0]
                return found

            assert (await shown())["soc_text"] == "about 30 %"
            await station.meter(begun, 11_000, 10_000)  # 10 kWh, of which 9.2 reach the battery of 40
            now = await shown()
            assert (now["soc_percent"], now["soc_measured"], now["soc_text"]) == (53, False, "about 53 %")
            assert now["minutes_left"] == 71  # 27 % of 40 kWh at 10 kW, with losses
            mine = f"/api/user/charging/{begun}/car"
            assert (await dora.put(mine, json={"target_soc_percent": 60})).json()["soc_percent"] == 53
            assert (await shown())["target_soc_percent"] == 60
            assert (await dora.put(mine, json={"soc_percent": 50})).json()["soc_percent"] == 50
            assert (await dora.put(mine, json={})).status_code == 422
            assert (await eve.put(mine, json={"target_soc_percent": 60})).status_code == 404
            await station.stop(begun, 11_000)
            assert (await dora.put(mine, json={"target_soc_percent": 60})).status_code == 409
            # What was said of that car says nothing of the next.
            second = (await station.start(CARD, 11_000, at=START + timedelta(hours=2))).transaction_id
            assert second is not None
            assert (await shown())["soc_text"] == ""


async def test_a_word_is_of_one_session_and_a_car_once_named_needs_no_naming_again(csms: Csms) -> None:
    await csms.driver()

    async def accept(request: Any) -> RemoteStartTransactionResult:
        return RemoteStartTransactionResult("Accepted")

    async with (
        csms.station("CP1", await csms.charge_point("CP1"), RemoteStartTransaction=accept) as station,
        csms.logged_in(2) as dora,
    ):
        await station.boot()
        cars = [
            (await dora.post("/api/vehicles", json={"name": name, "battery_wh": wh})).json()["id"]
            for name, wh in (("Panda", 40_000), ("Zoe", 50_000), ("Old", None))
        ]
        said = {"vehicle_id": cars[0], "soc_percent": 30}
        assert (await dora.post("/api/station/CP1/start_charging", json=said)).status_code == 200
        texts = []
        for number in range(2):
            begun = (await station.start(CARD, at=START + timedelta(minutes=number))).transaction_id
            texts.append((await dora.get("/api/user/charging")).json()[0]["soc_text"])
            if number == 0:
                await station.stop(begun, 1000, minutes=0.5)
        assert texts == ["about 30 %", ""]
        path = f"/api/user/charging/{begun}/car"
        assert (await dora.put(path, json={"soc_percent": 30})).status_code == 422  # of which of the three?
        assert (await dora.put(path, json={"vehicle_id": cars[1]})).is_success
        assert (await dora.put(path, json={"soc_percent": 40})).json()["capacity_wh"] == 50_000
        assert (await dora.put(path, json={"vehicle_id": cars[2], "soc_percent": 40})).status_code == 422
