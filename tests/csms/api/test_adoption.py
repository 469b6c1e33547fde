"""A one-time code lets one controller in, once, for fifteen minutes."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from csms.config import Settings
from csms.domain import codes
from csms.store.database import Database
from csms.store.tables import adoption_code
from tests.csms.running import Csms
from tests.csms.tells import tells

PI = {"serial": "PI-1", "kind": "local_controller"}


async def new_code(csms: Csms, name: str = "Demo") -> str:
    sites = {s["name"]: s["id"] for s in await csms.get("/api/sites")}
    site_id = sites.get(name) or (await csms.new("/api/sites", name=name, time_zone="Europe/Rome"))["id"]
    return str((await csms.new(f"/api/sites/{site_id}/adoption-codes"))["code"])


@tells("POST /api/sites/{site_id}/adoption-codes")
async def test_a_code_gives_identity_key_and_addresses_once(csms: Csms) -> None:
    code = await new_code(csms)
    async with csms.browser() as pi:
        answer = await pi.post("/api/adopt", json={"code": code.lower(), **PI})
        assert answer.status_code == 200
        adopted = answer.json()
        assert adopted["identity"] == "demo-LC"
        assert len(bytes.fromhex(adopted["site_key"])) == 20
        assert (adopted["site"]["name"], adopted["site"]["time_zone"]) == ("Demo", "Europe/Rome")
        assert adopted["ocpp_url"] == csms.ocpp_url
        assert (await pi.post("/api/adopt", json={"code": code, **PI})).status_code == 404


async def test_a_code_is_worthless_after_a_quarter_of_an_hour(csms: Csms, settings: Settings) -> None:
    code = await new_code(csms)
    opened = Database(settings.sqlalchemy_url)
    async with opened.writing.begin() as db:
        await db.execute(update(adoption_code).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    await opened.close()
    async with csms.browser() as pi:
        assert (await pi.post("/api/adopt", json={"code": code, **PI})).status_code == 404


async def test_guessing_codes_is_told_to_wait(csms: Csms) -> None:
    async with csms.browser() as pi:
        answers = [
            (await pi.post("/api/adopt", json={"code": guess, **PI})).status_code
            for guess in [*(codes.new_adoption_code() for _ in range(10)), "ÜÜÜÜÜÜÜÜ"]
        ]
    assert answers == [404] * 10 + [429]


@tells("POST /api/adopt")
async def test_adopting_again_keeps_the_identity_and_locks_the_old_key_out(csms: Csms) -> None:
    async with csms.browser() as pi:
        first = (await pi.post("/api/adopt", json={"code": await new_code(csms), **PI})).json()
        again = (await pi.post("/api/adopt", json={"code": await new_code(csms), **PI})).json()
        assert again["identity"] == first["identity"]
        path, body = "/api/site/charge-points", {"charge_points": []}
        assert (await pi.put(path, json=body, auth=(first["identity"], first["site_key"]))).status_code == 401
        assert (await pi.put(path, json=body, auth=(again["identity"], again["site_key"]))).status_code == 200


@tells("PUT /api/site/charge-points")
async def test_announced_charge_points_appear_undefined_with_their_codes(csms: Csms) -> None:
    async with csms.browser() as pi:
        adopted = (await pi.post("/api/adopt", json={"code": await new_code(csms), **PI})).json()
        auth = (adopted["identity"], adopted["site_key"])
        body = {"charge_points": [{"identity": "demo-CP1", "serial": "S1", "connectors": 2}]}
        first = (await pi.put("/api/site/charge-points", json=body, auth=auth)).json()
        again = (await pi.put("/api/site/charge-points", json=body, auth=auth)).json()
    assert first == again
    (known,) = first["charge_points"]
    assert (known["identity"], known["serial"]) == ("demo-CP1", "S1")
    assert [c["connector_id"] for c in known["connectors"]] == [1, 2]
    assert all(codes.is_connector_code(c["code"]) for c in known["connectors"])
    shown = await csms.get("/api/charge-points/demo-CP1")
    assert [c["status"] for c in shown["connectors"]] == ["Undefined", "Undefined"]
    assert [c["code"] for c in shown["connectors"]] == [c["code"] for c in known["connectors"]]
    assert (shown["online"], shown["via"], shown["site"]["name"]) == (False, None, "Demo")


async def test_a_controller_cannot_announce_what_is_anothers(csms: Csms) -> None:
    await csms.charge_point("CP1")
    async with csms.browser() as pi:
        adopted = (await pi.post("/api/adopt", json={"code": await new_code(csms), **PI})).json()
        auth = (adopted["identity"], adopted["site_key"])
        body = {"charge_points": [{"identity": "NEW"}, {"identity": "CP1"}]}
        answer = await pi.put("/api/site/charge-points", json=body, auth=auth)
        assert answer.status_code == 409
        assert (await csms.admin.get("/api/charge-points/NEW")).status_code == 404  # all or nothing
        body = {"charge_points": [{"identity": adopted["identity"]}]}
        assert (await pi.put("/api/site/charge-points", json=body, auth=auth)).status_code == 409
