"""Reservations of one connector and of the whole charge point."""
from itertools import count

from tests.octt.cases import on_board, on_both, scripted_only
from tests.octt.script import Script, moment, status
from tests.octt.systems import CARD, COLLEAGUE

TWO_CONNECTORS = "esp32_s3_devkitc_1"
_ids = count(1)


async def reserves(script: Script, connector_id: int = 1, expires_s: float = 300, **fields: object) -> tuple[str, int]:
    number = next(_ids)
    answer = await script.asks(
        "ReserveNow", connector_id=connector_id, expiry_date=moment(expires_s), id_tag=CARD, reservation_id=number,
        **fields)
    return answer, number


@on_both
async def test_tc_046_1_a_reservation_is_used_by_its_card(script: Script) -> None:
    answer, reservation_id = await reserves(script)
    assert answer == "Accepted"
    await script.shows("Reserved")
    await script.tap(COLLEAGUE)   # nobody else may, and nobody need be asked
    await script.console_says("card.ignored")
    await script.ends(status="Reserved")
    await script.tap(CARD)
    await script.sees("Authorize", id_tag=CARD, verdict="Accepted")
    await script.shows("Preparing")
    await script.plug()
    await script.charging_begins(CARD, reservation_id=reservation_id)
    await script.ends(status="Charging")


@on_both
async def test_tc_046_2_a_reservation_is_used_from_afar(script: Script) -> None:
    answer, reservation_id = await reserves(script)
    assert answer == "Accepted"
    await script.shows("Reserved")
    assert await script.asks("RemoteStartTransaction", connector_id=1, id_tag=COLLEAGUE) == "Rejected"
    assert await script.asks("RemoteStartTransaction", connector_id=1, id_tag=CARD) == "Accepted"
    await script.shows("Preparing")
    await script.plug()
    await script.charging_begins(CARD, reservation_id=reservation_id)
    await script.ends(status="Charging")


@on_both
async def test_tc_047_a_reservation_expires(script: Script) -> None:
    answer, _ = await reserves(script, expires_s=2.5)
    assert answer == "Accepted"
    reserved = await script.shows("Reserved")
    available = await script.shows("Available")
    assert 0.5 <= available.at_s - reserved.at_s <= 4   # the charge point keeps whole seconds
    await script.ends(status="Available")


async def refuses_when_faulted(script: Script, connector_id: int) -> None:
    script.fault("ground")
    await script.shows("Faulted", error_code="GroundFailure")
    assert (await reserves(script, connector_id))[0] == "Faulted"
    await script.ends(status="Faulted")


@on_both
async def test_tc_048_1_a_faulted_connector(script: Script) -> None:
    await refuses_when_faulted(script, 1)


async def refuses_when_occupied(script: Script, connector_id: int) -> None:
    await script.starts_charging()
    assert (await reserves(script, connector_id))[0] == "Occupied"
    await script.ends(status="Charging")


@on_both
async def test_tc_048_2_an_occupied_connector(script: Script) -> None:
    await refuses_when_occupied(script, 1)


async def refuses_when_unavailable(script: Script, connector_id: int) -> None:
    assert await script.asks("ChangeAvailability", connector_id=connector_id, type="Inoperative") == "Accepted"
    if connector_id == 0:
        await script.sees_in_any_order(status("Unavailable", 0), status("Unavailable", 1))
    else:
        await script.shows("Unavailable")
    assert (await reserves(script, connector_id))[0] == "Unavailable"
    await script.ends(status="Unavailable")


@on_both
async def test_tc_048_3_an_unavailable_connector(script: Script) -> None:
    await refuses_when_unavailable(script, 1)


@on_both
async def test_tc_048_4_a_reservation_that_makes_no_sense(script: Script) -> None:
    assert (await reserves(script, expires_s=-60))[0] == "Rejected"
    await script.ends(status="Available")


@on_board(TWO_CONNECTORS)
async def test_tc_049_any_connector_will_do(script: Script) -> None:
    answer, reservation_id = await reserves(script, 0)
    assert answer == "Accepted"
    await script.plug(2)
    await script.shows("Preparing", 2)
    await script.tap(CARD)
    await script.sees("Authorize", id_tag=CARD)
    await script.charging_begins(CARD, 2, reservation_id=reservation_id)
    await script.ends(status="Charging", connector_id=2)


@on_both
async def test_tc_050_1_any_connector_of_a_faulted_charge_point(script: Script) -> None:
    await refuses_when_faulted(script, 0)


@on_both
async def test_tc_050_2_any_connector_where_all_are_occupied(script: Script) -> None:
    await refuses_when_occupied(script, 0)


@on_both
async def test_tc_050_3_any_connector_of_an_unavailable_charge_point(script: Script) -> None:
    await refuses_when_unavailable(script, 0)


@on_both
async def test_tc_050_4_any_connector_for_a_time_that_is_over(script: Script) -> None:
    assert (await reserves(script, 0, expires_s=-60))[0] == "Rejected"
    await script.ends(status="Available")


@on_both
async def test_tc_051_a_reservation_is_cancelled(script: Script) -> None:
    answer, reservation_id = await reserves(script)
    assert answer == "Accepted"
    await script.shows("Reserved")
    assert await script.asks("CancelReservation", reservation_id=reservation_id) == "Accepted"
    await script.shows("Available")
    await script.ends(status="Available")


@on_both
async def test_tc_052_cancelling_what_is_not_reserved(script: Script) -> None:
    answer, reservation_id = await reserves(script)
    assert answer == "Accepted"
    await script.shows("Reserved")
    assert await script.asks("CancelReservation", reservation_id=reservation_id + 1000) == "Rejected"
    await script.ends(status="Reserved")


@scripted_only("our CSMS has no groups of cards yet")
async def test_tc_053_a_reservation_of_the_group(script: Script) -> None:
    script.system.parents.update({CARD: "FLEET", COLLEAGUE: "FLEET"})
    answer, reservation_id = await reserves(script, parent_id_tag="FLEET")
    assert answer == "Accepted"
    await script.shows("Reserved")
    await script.tap(COLLEAGUE)
    await script.sees("Authorize", id_tag=COLLEAGUE)
    await script.shows("Preparing")
    await script.plug()
    await script.charging_begins(COLLEAGUE, reservation_id=reservation_id)
    await script.ends(status="Charging")
