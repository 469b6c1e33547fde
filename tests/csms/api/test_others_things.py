"""Every route that names a thing, asked for somebody else's: by another driver, by the operator of another site.

The things are there, and whoever they belong to gets at them by the same request: that is asked afterwards.
"""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from csms.api.examples import EXAMPLES
from csms.config import Settings
from csms.service import Service
from ocppj import v16
from tests.csms.running import CARD, PASSWORD, Csms, until

# What anybody may see or say of a charge point that drivers are shown.
FOR_ALL = {
    ("GET", "/api/station/{identity}"),
    ("GET", "/api/station/{identity}/last_charge"),
    ("GET", "/api/station/{identity}/last_reservation"),
    ("POST", "/api/station/{identity}/problems"),
    ("GET", "/api/heartbeat/{connector_id}"),
    ("GET", "/api/connectors/{code}"),
    ("GET", "/api/connectors/{code}/ndef"),
    ("GET", "/api/connectors/{code}/qr.svg"),
}
# The address itself is the right: whoever has it was given it. Nobody here has.
BY_ADDRESS = re.compile(r"/api/(uploads|firmware)/\{token\}")
# What any driver does at any charge point, for themselves: it concerns nobody else's things.
FOR_ONESELF = {
    ("POST", "/api/station/{identity}/reserve"),
    ("POST", "/api/station/{identity}/start_charging"),
    ("GET", "/api/charge-points/{identity}/connectors/{connector_id}/tariff"),
}
# Cards are of people, tariffs and firmware of the house: every operator looks after them, whatever their sites.
OF_THE_HOUSE = re.compile(r"/api/(cards|tariffs|firmware-images)/")


@dataclass
class World:
    csms: Csms
    dora: httpx.AsyncClient
    eve: httpx.AsyncClient  # another driver
    otto: httpx.AsyncClient  # operator of another site
    things: dict[str, Any]


@pytest.fixture
async def world(settings: Settings) -> AsyncIterator[World]:
    changed = settings.model_copy(
        update={
            "payment_provider": "sandbox",
            "public_url": "https://charge.example",
            "tell_emergency_number": False,
            "meter_value_sample_interval_s": 0,
        }
    )
    async with Service(changed) as service, AsyncExitStack() as stack:
        csms = Csms(service, settings.data_dir)
        await csms.driver()
        key = await csms.charge_point("CP1", connectors=2)
        await csms.new("/api/sites", name="Away", time_zone="UTC")
        otto = await csms.new("/api/users", email="otto@x.example", name="Otto", password=PASSWORD)
        await csms.admin.put(f"/api/users/{otto['id']}/sites", json={"site_ids": [2]})
        people = [await stack.enter_async_context(csms.logged_in(who)) for who in (2, 3, otto["id"])]
        dora = people[0]

        async def accepts(_: Any) -> Any:
            return v16.GetDiagnosticsResult("log.tgz")

        async def reserves(_: Any) -> Any:
            return v16.ReserveNowResult("Accepted")

        station = await stack.enter_async_context(
            csms.station("CP1", key, GetDiagnostics=accepts, ReserveNow=reserves))
        await station.boot()
        await station.status(2, "Available")
        running = await station.start(CARD)

        async def of_dora(path: str, name: str) -> Any:
            made = await dora.post(path, json=EXAMPLES[name])
            assert made.is_success, made.text
            return made.json()

        async def notices() -> Any:
            return (await dora.get("/api/notifications")).json()

        component = {"type": "ENERGY", "price_cents": "50"}
        top_up = await of_dora("/api/top-ups", "NewTopUp")
        reserved = await dora.post("/api/station/CP1/reserve", json={"connector_id": 2})
        assert reserved.is_success, reserved.text
        things = {
            "identity": "CP1",
            "connector_id": 1,
            "site_id": 1,
            "transaction_id": running.transaction_id,
            "reservation_id": reserved.json()["reservation_id"],
            "user_id": 1,
            "id_tag": CARD,
            "token": "t",
            "file_name": "f",
            "code": (await csms.get("/api/charge-points/CP1"))["connectors"][0]["code"],
            "vehicle_id": (await of_dora("/api/vehicles", "NewVehicle"))["id"],
            "top_up_id": top_up["id"],
            "reference": top_up["pay_url"].rpartition("/")[2],
            "problem_id": (await of_dora("/api/station/CP1/problems", "ProblemForm"))["problem_id"],
            "subscription_id": (await of_dora("/api/push-subscriptions", "BrowserForm"))["subscription_id"],
            "notification_id": (await until(notices))[0]["notification_id"],
            "certificate_id": 77,
            "upload_id": (await csms.new("/api/charge-points/CP1/uploads", kind="Diagnostics"))["upload_id"],
            "image_id": (await csms.admin.post("/api/firmware-images", content=b"x")).json()["id"],
            "tariff_id": (
                await csms.new("/api/tariffs", name="t", elements=[{"price_components": [component]}])
            )["id"],
        }
        yield World(csms, *people, things)
        await csms.admin.aclose()


async def test_nobody_gets_at_what_is_somebody_elses(world: World) -> None:
    document = await world.csms.get("/openapi.json")
    asked: list[tuple[str, str, Any]] = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if "{" not in path or (method.upper(), path) in FOR_ALL | FOR_ONESELF or BY_ADDRESS.match(path):
                continue
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            name = content["schema"]["$ref"].rpartition("/")[2] if content else None
            asked.append((method.upper(), path, EXAMPLES[name] if name else None))
    assert len(asked) > 50
    reached = []
    for method, path, body in asked:
        for who in (world.eve, world.otto):
            if who is world.otto and OF_THE_HOUSE.match(path):
                continue
            answer = await who.request(method, path.format_map(world.things), json=body)
            if answer.status_code not in (403, 404):
                reached.append((method, path, "eve" if who is world.eve else "otto", answer.status_code))
    assert reached == []

    # And they were refused because of who they are: what takes things away comes last.
    not_there = []
    for method, path, body in sorted(asked, key=lambda each: each[0] == "DELETE"):
        statuses = [
            (await who.request(method, path.format_map(world.things), json=body)).status_code
            for who in (world.dora, world.csms.admin)
        ]
        if all(status in (403, 404) for status in statuses):
            not_there.append((method, path, statuses))
    assert not_there == [
        # the site has no controller, no list was sent, no certificate issued, and no file has come
        ("GET", "/api/sites/{site_id}/controller", [403, 404]),
        ("PUT", "/api/sites/{site_id}/limit", [403, 404]),
        ("POST", "/api/sites/{site_id}/availability", [403, 404]),
        ("GET", "/api/charge-points/{identity}/local-list", [403, 404]),
        ("POST", "/api/charge-points/{identity}/certificates/{certificate_id}/revoke", [403, 404]),
        ("GET", "/api/charge-points/{identity}/uploads/{upload_id}/file", [403, 404]),
    ]
