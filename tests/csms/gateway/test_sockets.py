"""Who gets a socket, and what happens to those who do not."""

import pytest
import websockets

from ocppj import basic_auth, v16
from ocppj.errors import CallErrorReceived
from tests.csms.running import CARD, Csms
from tests.csms.station import Station


async def status_for(csms: Csms, identity: str, **headers: str) -> int:
    url = f"{csms.ocpp_url}/{identity}"
    try:
        async with websockets.connect(url, subprotocols=["ocpp1.6"], additional_headers=headers):  # type: ignore[list-item]
            return 101
    except websockets.InvalidStatus as refusal:
        return refusal.response.status_code


async def adopt(csms: Csms, name: str = "Demo") -> dict[str, object]:
    site = await csms.new("/api/sites", name=name)
    code = (await csms.new(f"/api/sites/{site['id']}/adoption-codes"))["code"]
    async with csms.browser() as pi:
        answer = await pi.post("/api/adopt", json={"code": code, "serial": "PI-1", "kind": "local_controller"})
    return dict(answer.json())


async def announce(csms: Csms, adopted: dict[str, object], *identities: str) -> None:
    body = {"charge_points": [{"identity": identity, "connectors": 1} for identity in identities]}
    async with csms.browser() as pi:
        auth = (str(adopted["identity"]), str(adopted["site_key"]))
        answer = await pi.put("/api/site/charge-points", json=body, auth=auth)
    assert answer.status_code == 200, answer.text


async def test_there_is_no_anonymous_connection_and_no_guessing(csms: Csms) -> None:
    key = await csms.charge_point("CP1")
    assert await status_for(csms, "CP1") == 401
    assert await status_for(csms, "CP1", Authorization=basic_auth.header("CP1", "00" * 20)) == 401
    assert await status_for(csms, "CP1", Authorization=basic_auth.header("CP2", key)) == 401
    assert await status_for(csms, "nobody", Authorization=basic_auth.header("nobody", key)) == 404
    assert await status_for(csms, "CP1", Authorization=basic_auth.header("CP1", key)) == 101


async def test_many_wrong_keys_are_told_to_wait(csms: Csms) -> None:
    await csms.charge_point("CP1")
    wrong = basic_auth.header("CP1", "00" * 20)
    assert 429 in [await status_for(csms, "CP1", Authorization=wrong) for _ in range(12)]


async def test_the_site_key_opens_the_sockets_of_its_own_charge_points_only(csms: Csms) -> None:
    demo = await adopt(csms)
    await announce(csms, demo, "demo-CP1")
    await csms.charge_point("CP1")
    site_key = str(demo["site_key"])
    async with csms.station("demo-CP1", site_key) as station:
        await station.boot()
        assert (await csms.get("/api/charge-points/demo-CP1"))["via"] == "site"
    await csms.new("/api/sites", name="Other")
    made = await csms.new("/api/charge-points", identity="OTHER-1", site_id=2, connectors=1)
    assert made["site"]["name"] == "Other"
    assert await status_for(csms, "OTHER-1", Authorization=basic_auth.header("OTHER-1", site_key)) == 401


async def test_a_charge_point_of_a_site_charges_through_it(csms: Csms) -> None:
    demo = await adopt(csms)
    await announce(csms, demo, "demo-CP1")
    dora = await csms.driver()
    async with csms.station("demo-CP1", str(demo["site_key"])) as station:
        transaction_id = (await station.start(CARD, meter_start=0)).transaction_id
        await station.stop(transaction_id, 1000)
    assert await csms.balance_cents(dora) == -45


async def test_a_controller_may_greet_but_books_nothing(csms: Csms) -> None:
    demo = await adopt(csms)
    async with csms.station(str(demo["identity"]), str(demo["site_key"])) as controller:
        await controller.peer.call(v16.BootNotification("Bollard", "controller"))
        await controller.peer.call(v16.Heartbeat())
        with pytest.raises(CallErrorReceived) as caught:
            await controller.start(CARD)
    assert caught.value.code == "SecurityError"
    assert await csms.get("/api/sessions") == []


async def test_an_oversized_message_ends_the_connection_and_nothing_else(csms: Csms) -> None:
    await csms.driver()
    key = await csms.charge_point("CP1")
    key2 = await csms.charge_point("CP2")
    headers = {"Authorization": basic_auth.header("CP1", key)}
    async with csms.station("CP2", key2) as bystander:
        async with websockets.connect(
            f"{csms.ocpp_url}/CP1",
            subprotocols=["ocpp1.6"],
            additional_headers=headers,  # type: ignore[list-item]
        ) as socket:
            await socket.send('[2,"1","DataTransfer",{"vendorId":"' + "x" * 2_000_000 + '"}]')
            with pytest.raises(websockets.ConnectionClosed) as caught:
                await socket.recv()
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 1009
        await charge_once(bystander)


async def charge_once(station: Station) -> None:
    started = await station.start(CARD)
    await station.stop(started.transaction_id, 2000)


async def test_of_one_behind_a_controller_the_key_is_not_ours_to_change(csms: Csms) -> None:
    demo = await adopt(csms)
    await announce(csms, demo, "demo-CP1")
    async with csms.station("demo-CP1", str(demo["site_key"])) as station:
        await station.boot()
        for path, body in (("authorization-key", None), ("key", None), ("security-profile", {"profile": 2})):
            answer = await csms.admin.post(f"/api/charge-points/demo-CP1/{path}", json=body)
            assert answer.status_code == 409
            assert "behind a controller" in answer.json()["detail"]
