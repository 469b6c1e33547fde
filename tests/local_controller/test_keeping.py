"""Names, new keys, and the end of charge points; strangers at the door; who may do what on the page."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from local_controller.login import set_password
from tests.local_controller.central import Central
from tests.local_controller.running import PASSWORD, Running, running
from tests.local_controller.waiting import eventually
from tests.local_controller.wire import ChargePoint, start_of, stop_of

LOOK = "look and no more"


async def shown(site: Running) -> list[dict[str, Any]]:
    return list((await site.web.get("/api/charge-points")).json())


async def refused(charge_point: ChargePoint) -> int:
    with pytest.raises(InvalidStatus) as caught:
        await charge_point.__aenter__()
    return caught.value.response.status_code


async def test_a_name_is_shown_and_kept(tmp_path: Path, central: Central) -> None:
    async with running(tmp_path / "site", central) as site:
        await site.log_in()
        charge_point = await site.adopt()
        path = f"/api/charge-points/{charge_point.identity}"
        assert (await site.web.patch(path, json={"name": " Garage, left "})).status_code == 204
        assert (await site.web.patch(path, json={"name": "x" * 61})).status_code == 409
        assert (await site.web.patch("/api/charge-points/nobody", json={"name": "x"})).status_code == 404
    async with running(tmp_path / "site", central) as site:
        await site.log_in()
        assert [row["name"] for row in await shown(site)] == ["Garage, left"]
        await site.web.patch(path, json={"name": ""})
        assert [row["name"] for row in await shown(site)] == [None]


async def test_a_new_key_counts_beside_the_old_one_until_it_is_used(tmp_path: Path, central: Central) -> None:
    async with running(tmp_path / "site", central) as site:
        await site.log_in()
        charge_point = await site.adopt()
        old, path = charge_point.key, f"/api/charge-points/{charge_point.identity}/key"
        assert (await site.web.post(path)).status_code == 409  # nobody is there to be told
        async with charge_point:
            await charge_point.boot()
            charge_point.answers["ChangeConfiguration"] = {"status": "Rejected"}
            assert (await site.web.post(path)).status_code == 409
            charge_point.answers.clear()
            answer = await site.web.post(path)
            assert (answer.status_code, answer.content) == (204, b"")
            told = charge_point.asked[-1][1]
            assert told["key"] == "AuthorizationKey"
    # both count, also after a restart
    async with running(tmp_path / "site", central) as site:
        charge_point.url = site.url
        async with charge_point:
            await charge_point.boot()
        charge_point.key = told["value"]
        async with charge_point:
            await charge_point.boot()
        charge_point.key = old
        assert await refused(charge_point) == 401
    async with running(tmp_path / "site", central) as site:
        charge_point.url = site.url
        assert await refused(charge_point) == 401
        charge_point.key = told["value"]
        async with charge_point:
            await charge_point.boot()


async def test_retired_is_out_and_its_messages_still_arrive(tmp_path: Path, central: Central) -> None:
    async with running(tmp_path / "site", central) as site:
        await site.log_in()
        path = "/api/charge-points/demo-CP1/retire"
        async with await site.adopt() as charge_point:
            await charge_point.boot()
            ours = (await charge_point.call("StartTransaction", start_of()))["transactionId"]
            assert (await site.web.post(path)).status_code == 409  # it is charging
            await central.stop()
            await charge_point.call("StopTransaction", stop_of(ours))
            assert (await site.web.post(path)).status_code == 204
            await eventually("it is sent away", lambda: not site.site.state.views["demo-CP1"].connected)
        assert await shown(site) == []
        assert await refused(charge_point) in (401, 404)
        assert (await site.web.post(path)).status_code == 404
    async with running(tmp_path / "site", central) as site:
        await central.start()
        await central.wait_for("StopTransaction", within_s=25)
        await site.all_delivered()
        await site.log_in()
        assert await shown(site) == []
        charge_point.url = site.url
        assert await refused(charge_point) in (401, 404)  # the next start does not let it in either
        back = await site.adopt()  # the same serial number
        assert back.identity == "demo-CP1"
        async with back:
            await back.boot()
        assert [row["identity"] for row in await shown(site)] == ["demo-CP1"]


async def test_strangers_are_shown_and_never_served(site: Running) -> None:
    await site.log_in()
    known = await site.adopt()
    right, known.key = known.key, "00" * 20
    assert await refused(known) == 401
    stranger = ChargePoint(site.url, "somebody", "11" * 20)
    for _ in range(2):
        assert await refused(stranger) in (401, 404)
    found = (await site.web.get("/api/status")).json()["strangers"]
    assert [(one["identity"], one["why"], one["tries"]) for one in found] == [
        ("somebody", "not adopted", 2), (known.identity, "wrong key", 1),
    ]  # fmt: skip
    assert found[0]["address"] == "127.0.0.1"
    known.key = right
    async with known:
        await known.boot()
    found = (await site.web.get("/api/status")).json()["strangers"]
    assert [one["identity"] for one in found] == ["somebody"]


async def test_only_so_many_strangers_are_remembered(site: Running) -> None:
    strangers = site.site._downstream.strangers
    for number in range(100):
        strangers.came(f"S{number}", "192.0.2.1", "not adopted")
    assert [one.identity for one in strangers.newest_first()] == [f"S{number}" for number in range(99, 79, -1)]


async def test_a_viewer_sees_all_and_changes_nothing(site: Running) -> None:
    await site.log_in()
    charge_point = await site.adopt()
    assert (await site.web.get("/api/status")).json()["role"] == "operator"
    assert (await site.web.put("/api/viewer-password", json={"password": PASSWORD})).status_code == 422
    assert (await site.web.put("/api/viewer-password", json={"password": LOOK})).status_code == 204
    async with as_viewer(site) as web:
        assert (await web.post("/api/login", json={"password": LOOK})).status_code == 204
        status = (await web.get("/api/status")).json()
        assert (status["role"], status["viewer"]) == ("viewer", True)
        assert (await web.get("/api/charge-points")).status_code == 200
        mine = f"/api/charge-points/{charge_point.identity}"
        for method, path in (
            ("POST", "/api/adoption-codes"), ("POST", "/api/audits"), ("GET", "/api/backup"), ("PATCH", mine),
            ("POST", f"{mine}/key"), ("POST", f"{mine}/retire"), ("PUT", "/api/viewer-password"),
        ):  # fmt: skip
            assert (await web.request(method, path, json={})).status_code == 403, path
        assert (await site.web.delete("/api/viewer-password")).status_code == 204
        assert (await web.get("/api/status")).status_code == 401
        assert (await web.post("/api/login", json={"password": LOOK})).status_code == 401


def as_viewer(site: Running) -> httpx.AsyncClient:
    """Another browser."""
    headers = {"X-Requested-With": "bollard"}
    return httpx.AsyncClient(transport=site.web._transport, base_url="http://site", headers=headers)


async def test_the_first_password_is_set_on_the_page_and_once(site: Running) -> None:
    await site.store.write(lambda db: db.execute("DELETE FROM settings WHERE name = 'operator_password'"))
    assert (await site.web.get("/api/setup")).json() == {"password_set": False}
    assert (await site.web.post("/api/login", json={"password": PASSWORD})).status_code == 401
    assert (await site.web.post("/api/setup", json={"password": "short"})).status_code == 422
    other = await site.web.post("/api/setup", json={"password": PASSWORD}, headers={"X-Requested-With": "x"})
    assert other.status_code == 403  # another page in the same browser cannot do it
    assert (await site.web.post("/api/setup", json={"password": PASSWORD})).status_code == 204
    assert (await site.web.post("/api/setup", json={"password": "mine now, all"})).status_code == 409
    assert (await site.web.get("/api/setup")).json() == {"password_set": True}
    await site.log_in()


async def test_a_viewer_alone_leaves_the_first_password_open_to_nobody(site: Running) -> None:
    await set_password(site.store, LOOK, "viewer")
    assert (await site.web.post("/api/setup", json={"password": "mine now, all"})).status_code == 409
