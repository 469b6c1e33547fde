"""What some routes do, where no longer story shows it: at a charge point, in the books, to who asks next."""

import pytest
import websockets

from ocppj import basic_auth, v16
from tests.csms.running import CARD, Csms
from tests.csms.station import Station
from tests.csms.tells import tells


async def tap(station: Station) -> str:
    return (await station.peer.call(v16.Authorize(CARD))).id_tag_info.status


@tells("POST /api/charge-points")
async def test_a_charge_point_that_is_made_gets_in_with_its_key_alone_and_has_its_price(csms: Csms) -> None:
    await csms.driver()
    site = await csms.new("/api/sites", name="Yard", time_zone="Europe/Rome")
    form = {"identity": "NEW1", "site_id": site["id"], "connectors": 2, "name": "By the gate"}
    made = await csms.new("/api/charge-points", **form, price_cents_per_kwh=70)
    wrong = {"Authorization": basic_auth.header("NEW1", "00" * 20)}
    with pytest.raises(websockets.InvalidStatus, match="401"):
        async with websockets.connect(f"{csms.ocpp_url}/NEW1", additional_headers=wrong):
            pass
    async with csms.station("NEW1", made["authorization_key"]) as there:
        await there.boot()
        begun = await there.start(CARD, 0, connector_id=2)
        await there.stop(begun.transaction_id, 2000)
    shown = await csms.get("/api/charge-points/NEW1")
    assert (shown["name"], shown["site"]["name"], len(shown["connectors"])) == ("By the gate", "Yard", 2)
    assert await csms.balance_cents(2) == -140


@tells("GET /api/cards", "POST /api/cards")
async def test_a_card_that_is_enrolled_is_good_at_the_next_tap(csms: Csms) -> None:
    async with csms.station("CP1", await csms.charge_point("CP1")) as there:
        await there.boot()
        assert (await tap(there), await csms.get("/api/cards")) == ("Invalid", [])
        await csms.new("/api/cards", id_tag=CARD.lower(), user_id=2)
        assert await tap(there) == "Accepted"
    (card,) = await csms.get("/api/cards")
    assert (card["id_tag"], card["user"]["email"]) == (CARD, "dora@example.org")


@tells("GET /api/user/last_usage")
async def test_ones_last_usage_is_ones_newest_session(csms: Csms) -> None:
    await csms.driver()
    async with csms.logged_in(2) as dora, csms.logged_in(3) as eve:
        assert (await dora.get("/api/user/last_usage")).json() is None
        async with csms.station("CP1", await csms.charge_point("CP1")) as there:
            await there.boot()
            for register_wh in (0, 1000):
                begun = await there.start(CARD, register_wh)
                await there.stop(begun.transaction_id, register_wh + 1000)
        newest = (await dora.get("/api/user/last_usage")).json()
        assert (newest["transaction_id"], newest["energy_wh"]) == (begun.transaction_id, 1000)
        assert (newest["state"], newest["cost_cents"]) == ("ended", 45)
        assert (await eve.get("/api/user/last_usage")).json() is None
