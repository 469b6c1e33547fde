"""Reservations, from a driver's request to its frames and back: the CSMS's half of the cases 046 to 053."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.csms.running import CARD, PASSWORD, Csms, until
from tests.octt_csms.charge_point import ChargePoint, Moment, Number, plugged_in
from tests.octt_csms.shared import shared_cp, shared_csms, shared_new  # noqa: F401 (fixtures cp, csms, new)

pytestmark = pytest.mark.asyncio(loop_scope="module")

ACCEPTED = {"status": "Accepted"}
_numbers = itertools.count(1)


class Driver:
    """Who has not reserved anything yet, with a card, or two of one family."""

    def __init__(self, client: httpx.AsyncClient, number: int) -> None:
        self.client, self.card, self.other_card, self.family = client, f"RES{number}", f"SIB{number}", f"FAM{number}"

    async def asks(self, cp: ChargePoint, what: str, **body: Any) -> httpx.Response:
        return await self.client.post(f"/api/station/{cp.identity}/{what}", json=body)

    async def newest(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.client.get("/api/reservations")).json()[0]
        return found


@pytest_asyncio.fixture(loop_scope="module")
async def driver(csms: Csms) -> AsyncIterator[Driver]:
    number = next(_numbers)
    user = await csms.new("/api/users", email=f"res{number}@x.example", name="Rita", password=PASSWORD, role="driver")
    async with csms.logged_in(user["id"]) as client:
        made = Driver(client, number)
        await csms.new("/api/cards", id_tag=made.card, user_id=user["id"])
        yield made


async def reserves(
    cp: ChargePoint, driver: Driver, status: str = "Accepted", connector_id: int = 1, **more: Any
) -> tuple[int, httpx.Response]:
    """The reservationId, and what the driver is told."""
    number = Number()
    asking = asyncio.create_task(driver.asks(cp, "reserve", connector_id=connector_id))
    call = {"connectorId": connector_id, "expiryDate": Moment(), "idTag": driver.card, "reservationId": number, **more}
    await cp.hears("ReserveNow", call, {"status": status})
    return number.value, await asking


async def stands(cp: ChargePoint, driver: Driver, connector_id: int = 1) -> int:
    reservation_id, told = await reserves(cp, driver, connector_id=connector_id)
    assert (told.status_code, told.json()["state"]) == (201, "confirmed")
    if connector_id:
        await cp.shows("Reserved", connector_id)
    return reservation_id


async def used(driver: Driver, transaction_id: int) -> None:
    reservation = await driver.newest()
    assert (reservation["state"], reservation["transaction_id"]) == ("used", transaction_id)


async def test_tc_046_it_is_used_by_who_made_it(cp: ChargePoint, driver: Driver) -> None:
    reservation_id = await stands(cp, driver)
    await cp.authorizes(id_tag=driver.card)
    await cp.shows("Preparing")
    transaction_id = await cp.starts(driver.card, reservationId=reservation_id)
    await cp.shows("Charging")
    await used(driver, transaction_id)
    await cp.stops(transaction_id)


async def test_tc_046_a_remote_start_there_is_its_drivers_alone(cp: ChargePoint, driver: Driver) -> None:
    reservation_id = await stands(cp, driver)
    async with cp.csms.logged_in(2) as dora:
        told = await dora.post(f"/api/station/{cp.identity}/start_charging", json={"connector_id": 1})
        assert (told.status_code, "reserved for somebody else" in told.text) == (409, True)
    asking = asyncio.create_task(driver.asks(cp, "start_charging"))
    await cp.hears("RemoteStartTransaction", {"idTag": driver.card, "connectorId": 1}, ACCEPTED)
    assert (await asking).json()["connector_id"] == 1
    await used(driver, await cp.starts(driver.card, reservationId=reservation_id))


async def test_tc_047_it_expires(cp: ChargePoint, driver: Driver) -> None:
    reservation_id = await stands(cp, driver)
    past = datetime.now(UTC) - timedelta(minutes=1)
    times = [f"{at:%Y-%m-%d %H:%M:%S.%f}" for at in (past - timedelta(minutes=15), past)]
    at = "UPDATE reservation SET reserved_at = ?, expires_at = ? WHERE id = ?"
    await cp.csms.behind(at, *times, reservation_id)
    await cp.shows("Available")

    async def expired() -> bool:
        return (await driver.newest())["state"] == "expired"

    await until(expired)
    await cp.nothing_more()  # it ends at the charge point by itself
    await stands(cp, driver)  # and both may go on
    transaction_id = await cp.starts(driver.card)
    await used(driver, transaction_id)


async def refused(cp: ChargePoint, driver: Driver, status: str, connector_id: int) -> None:
    _, told = await reserves(cp, driver, status, connector_id)
    what = f"connector {connector_id}" if connector_id else "a connector"
    assert (told.status_code, told.json()["detail"]) == (409, f"{cp.identity} cannot keep {what} free: {status}")
    assert (await driver.newest())["state"] == "refused"
    await stands(cp, driver, 2)  # what was refused keeps nobody from another


async def test_tc_048_1_faulted(cp: ChargePoint, driver: Driver) -> None:
    await refused(cp, driver, "Faulted", 1)


async def test_tc_048_2_occupied(cp: ChargePoint, driver: Driver) -> None:
    await refused(cp, driver, "Occupied", 1)


async def test_tc_048_3_unavailable(cp: ChargePoint, driver: Driver) -> None:
    await refused(cp, driver, "Unavailable", 1)


async def test_tc_048_4_rejected(cp: ChargePoint, driver: Driver) -> None:
    await refused(cp, driver, "Rejected", 1)


async def test_tc_049_whichever_connector_is_free(cp: ChargePoint, driver: Driver) -> None:
    reservation_id = await stands(cp, driver, 0)
    first = await cp.starts(CARD)  # somebody else takes the other one
    await cp.shows("Charging")
    await cp.shows("Reserved", 2)  # the last that is free
    async with cp.csms.logged_in(2) as dora:
        told = await dora.post(f"/api/station/{cp.identity}/start_charging", json={"connector_id": 2})
        assert (told.status_code, "reserved for somebody else" in told.text) == (409, True)
    asking = asyncio.create_task(driver.asks(cp, "start_charging"))
    await cp.hears("RemoteStartTransaction", {"idTag": driver.card, "connectorId": 2}, ACCEPTED)
    assert (await asking).json()["connector_id"] == 2
    await used(driver, await cp.starts(driver.card, connectorId=2, reservationId=reservation_id))
    await cp.stops(first)


async def test_tc_049_it_is_used_though_the_start_does_not_name_it(cp: ChargePoint, driver: Driver) -> None:
    await stands(cp, driver, 0)
    await used(driver, await cp.starts(driver.card, connectorId=2))


async def test_tc_050_1_faulted(cp: ChargePoint, driver: Driver) -> None:
    await refused(cp, driver, "Faulted", 0)


async def test_tc_050_2_occupied(cp: ChargePoint, driver: Driver) -> None:
    await refused(cp, driver, "Occupied", 0)


async def test_tc_050_3_unavailable(cp: ChargePoint, driver: Driver) -> None:
    await refused(cp, driver, "Unavailable", 0)


async def test_tc_050_4_rejected(cp: ChargePoint, driver: Driver) -> None:
    await refused(cp, driver, "Rejected", 0)  # it cannot keep one so


async def cancels(cp: ChargePoint, driver: Driver, status: str) -> None:
    reservation_id = await stands(cp, driver)
    asking = asyncio.create_task(driver.asks(cp, "cancel_reservation"))
    await cp.hears("CancelReservation", {"reservationId": reservation_id}, {"status": status})
    assert (await asking).json()["state"] == "cancelled"


async def test_tc_051_it_is_cancelled(cp: ChargePoint, driver: Driver) -> None:
    await cancels(cp, driver, "Accepted")
    await cp.shows("Available")
    await stands(cp, driver)


async def test_tc_052_the_charge_point_knows_nothing_of_it(cp: ChargePoint, driver: Driver) -> None:
    await cancels(cp, driver, "Rejected")
    assert (await driver.newest())["told"]  # there is nothing to say again


async def test_tc_053_a_card_of_the_same_group_uses_it(cp: ChargePoint, driver: Driver) -> None:
    me = (await driver.client.get("/api/auth/me")).json()["id"]
    joined = await cp.csms.admin.patch(f"/api/cards/{driver.card}", json={"parent_id_tag": driver.family})
    assert joined.status_code == 200, joined.text
    await cp.csms.new("/api/cards", id_tag=driver.other_card, user_id=me, parent_id_tag=driver.family)
    reservation_id, told = await reserves(cp, driver, parentIdTag=driver.family)
    assert told.json()["state"] == "confirmed"
    await cp.shows("Reserved")
    await cp.authorizes(id_tag=driver.other_card, parentIdTag=driver.family)
    number = Number()
    start = {
        "connectorId": 1,
        "idTag": driver.other_card,
        "meterStart": 0,
        "timestamp": "2026-03-01T09:00:00Z",
        "reservationId": reservation_id,
    }
    info = {"status": "Accepted", "parentIdTag": driver.family}
    await cp.says("StartTransaction", start, {"transactionId": number, "idTagInfo": info})
    await used(driver, number.value)


@pytest.mark.parametrize("status", ["Faulted", "Unavailable"])
async def test_rule_68_what_the_charge_point_cannot_keep_is_over(cp: ChargePoint, driver: Driver, status: str) -> None:
    await stands(cp, driver)
    await cp.shows(status)
    reservation = await driver.newest()
    assert (reservation["state"], reservation["answer"], reservation["told"]) == ("cancelled", status, True)
    await cp.shows("Available")
    await stands(cp, driver, 2)


async def test_rule_68_an_idle_connector_of_an_evse_in_use_loses_nothing(csms: Csms, driver: Driver) -> None:
    key = await csms.charge_point("EVSE1", connectors=2, evses=[1, 1])
    async with plugged_in(csms, "EVSE1", key) as cp:
        await cp.boots()
        await stands(cp, driver)
        await cp.shows("Unavailable")
        assert (await driver.newest())["state"] == "confirmed"
        await cp.nothing_more()
