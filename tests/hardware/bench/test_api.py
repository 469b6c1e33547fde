import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import uvicorn

from hardware.bench.api import application
from hardware.bench.orders import Options
from hardware.bench.world import World
from tests.firmware.on_micropython import interpreter
from tests.hardware.bench.chips import KEY
from tests.hardware.bench.waiting import Until

CP = "/api/charge-points/CP1"
NEW = {"identity": "CP1", "url": "ws://127.0.0.1:9/ocpp", "authorization_key": KEY, "stalls": False}


@pytest.fixture
async def http(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application(world)), base_url="http://bench") as client:
        yield client


async def make(http: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    interpreter()   # skips where there is none
    answer = await http.post("/api/charge-points", json=NEW | fields)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_charge_point_is_made_seen_and_removed(http: httpx.AsyncClient) -> None:
    state = await make(http)
    assert (state["identity"], state["powered"], state["link"], state["boots"]) == ("CP1", True, True, 1)
    assert [each["identity"] for each in (await http.get("/api/charge-points")).json()] == ["CP1"]
    assert (await http.delete(CP)).status_code == 204
    assert (await http.get(CP)).status_code == 404


async def test_the_state_tells_all_that_a_person_could_see(http: httpx.AsyncClient) -> None:
    state = await make(http, meter_wh=500)
    connector = state["connectors"][0]
    assert connector["meter"]["register_wh"] == 500
    assert connector["pilot"] == {"duty": 1.0, "offered_a": 0, "high_v": 12.0, "low_v": 0.0, "state": "A"}
    assert connector["contactor"] == {"commanded": False, "coil": False, "closed": False, "welded": False}
    assert len(connector["lamps"]) == 8
    assert state["reader"] == {"card": None, "connected": True}
    assert set(state["events"]) >= {"c_to_contactor_ms", "left_c_to_open_ms"}


async def test_one_out_of_the_box_needs_a_name_only_and_tells_its_own_wifi(http: httpx.AsyncClient) -> None:
    interpreter()   # skips where there is none
    answer = await http.post("/api/charge-points", json={"identity": "CP1"})
    assert answer.status_code == 400
    assert "url and authorization_key are needed" in answer.json()["detail"]
    made = await http.post("/api/charge-points", json={"identity": "CP1", "configured": False})
    assert made.status_code == 201, made.text
    found: list[dict[str, str]] = []
    async with asyncio.timeout(15):
        while not found:
            shown = (await http.get(CP)).json()["access_point"]
            found = [shown] if shown else []
            await asyncio.sleep(0.02)
    assert found[0]["ssid"].startswith("Bollard-")
    assert found[0]["url"].startswith("http://127.0.0.1:")


async def test_people_act_on_it(http: httpx.AsyncClient) -> None:
    await make(http)
    at = f"{CP}/connectors/1"
    state = (await http.post(f"{at}/plug", json={"battery_kwh": 60, "soc": 20, "max_a": 32, "phases": 1})).json()
    assert (state["connectors"][0]["plugged"], state["connectors"][0]["car"]["max_a"]) == (True, 32)
    assert (await http.post(f"{at}/tap", json={"uid": "04A1B2C3D4E5F6"})).json()["reader"]["card"] == "04A1B2C3D4E5F6"
    assert (await http.post(f"{at}/fault", json={"kind": "estop"})).json()["emergency_stop"]
    assert not (await http.post(f"{at}/clear", json={})).json()["emergency_stop"]
    assert (await http.post(f"{at}/car", json={"state": "D"})).json()["connectors"][0]["pilot"]["state"] == "D"
    assert not (await http.post(f"{at}/unplug")).json()["connectors"][0]["plugged"]
    assert not (await http.post(f"{CP}/link", json={"up": False})).json()["link"]
    assert (await http.post(f"{CP}/power", json={"on": False})).json()["process"] == "stopped"


async def test_the_meter_log_is_found_by_connector_and_by_charge_point(http: httpx.AsyncClient) -> None:
    await make(http, meter_wh=77)
    by_connector = (await http.get(f"{CP}/connectors/1/meter-log")).json()
    assert by_connector == (await http.get(f"{CP}/meter-log?connector=1")).json()
    assert by_connector[0]["register_wh"] == 77
    assert (await http.get(f"{CP}/connectors/2/meter-log")).status_code == 404


async def test_the_live_heap_is_told_with_and_without_the_shims(
        world: World, http: httpx.AsyncClient, until: Until) -> None:
    program = b"import time, machine\nstop = machine.Pin(39)\nwhile True: stop.value(); time.sleep_ms(10)\n"
    chip = await world.add(msgspec.convert(NEW, Options), firmware={"/main.py": program})
    await until(lambda: chip.started_in_ms)
    heap = (await http.post(f"{CP}/heap")).json()
    assert heap["without_shims_bytes"] == heap["live_bytes"] - heap["shim_bytes"] > 0


@pytest.mark.parametrize(("fields", "named"), [
    ({"identity": "no/slash"}, "identity"), ({"identity": ""}, "identity"), ({"url": "http://x"}, "url"),
    ({"authorization_key": "short"}, "authorization_key"), ({"board": "../main"}, "board"),
    ({"time_factor": 0}, "factor"), ({"heap_kib": "much"}, "heap_kib"), ({"colour": "red"}, "colour"),
])
async def test_a_wrong_charge_point_is_refused_with_the_fields_name(
        http: httpx.AsyncClient, world: World, fields: dict[str, Any], named: str) -> None:
    answer = await http.post("/api/charge-points", json=NEW | fields)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert named in answer.json()["detail"]
    assert world.charge_points == {}


@pytest.mark.parametrize(("path", "body", "status"), [
    ("/connectors/1/plug", {"soc": 101}, 400), ("/connectors/1/plug", {"wheels": 3}, 400),
    ("/connectors/1/tap", {"uid": "04A1"}, 400), ("/connectors/1/tap", {"uid": "not hex!"}, 400),
    ("/connectors/1/tap", {}, 400), ("/connectors/1/fault", {"kind": "gremlins"}, 400),
    ("/connectors/1/fault", {"kind": "weld", "mode": "noise"}, 400), ("/connectors/1/car", {"state": "Z"}, 400),
    ("/connectors/9/plug", {}, 404), ("/connectors/1/dance", {}, 404), ("/connectors/1/unplug", {}, 409),
    ("/power", {}, 400), ("/link", {"up": False, "mode": "haunted"}, 400),
])
async def test_a_wrong_order_is_refused(http: httpx.AsyncClient, path: str, body: dict[str, Any], status: int) -> None:
    await make(http)
    answer = await http.post(CP + path, json=body)
    assert (answer.status_code, answer.json()["status"]) == (status, status)


async def test_an_identity_runs_once(http: httpx.AsyncClient) -> None:
    await make(http)
    assert (await http.post("/api/charge-points", json=NEW)).status_code == 409


async def test_a_page_from_elsewhere_may_not_drive_the_bench(http: httpx.AsyncClient) -> None:
    for origin, status in (("https://evil.example", 403), ("http://bench", 201)):
        assert (await http.post("/api/charge-points", json=NEW, headers={"Origin": origin})).status_code == status


async def test_boards_and_faults_can_be_asked_for(http: httpx.AsyncClient) -> None:
    choices = (await http.get("/api/choices")).json()
    assert {"bench", "esp32_devkitc"} <= set(choices["boards"])
    assert {"ground", "weld", "diode", "overtemp", "meter", "reader", "estop"} <= set(choices["faults"])


async def test_events_tell_what_happens(world: World, tmp_path: Path, until: Until) -> None:
    server = uvicorn.Server(uvicorn.Config(application(world), port=0, log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    seen: list[dict[str, Any]] = []
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
        await make(http)

        async def listen() -> None:
            async with http.stream("GET", "/api/events") as stream:
                async for line in stream.aiter_lines():
                    _, _, data = line.partition("data: ")
                    seen.extend([json.loads(data)] if data else [])

        listening = asyncio.create_task(listen())
        await until(lambda: seen)
        assert (seen[0]["type"], seen[0]["identity"]) == ("charge_point", "CP1")
        await http.post(f"{CP}/connectors/1/plug", json={})
        await until(lambda: any(
            event["type"] == "charge_point" and event["state"]["connectors"][0]["plugged"] for event in seen))
        await until(lambda: any(event["type"] == "console" for event in seen))
        world.events.close()
        await asyncio.wait_for(listening, 5)
    server.should_exit = True
    await serving
