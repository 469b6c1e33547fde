"""One tap, one bill: what a driver, an operator and the mains can do to a charge, and that every Wh is billed once."""
import pytest

from hardware.demo.chain import CARD, PRICE_CENTS_PER_KWH, Chain
from hardware.demo.processes import wait_until
from tests.stories.people import STRANGERS_CARD, Car, ChargePoint, judge

pytestmark = pytest.mark.story


def test_a_known_card_closes_the_contactor_and_every_wh_is_billed(charge_point: ChargePoint) -> None:
    balance_cents = charge_point.chain.balance_cents()
    transaction_id = charge_point.start_a_charge(Car(max_a=16, phases=3), more_wh=500)
    assert charge_point.current_a == pytest.approx(16, abs=0.5)
    bill = charge_point.finish(transaction_id)
    judge(charge_point, sessions=1)
    assert bill["energy_wh"] >= 500
    assert bill["cost_cents"] == round(bill["energy_wh"] * PRICE_CENTS_PER_KWH / 1000 + 1e-9)
    assert charge_point.chain.balance_cents() == balance_cents - bill["cost_cents"]


def test_two_charges_one_after_the_other_are_two_bills(charge_point: ChargePoint) -> None:
    for _ in range(2):
        charge_point.finish(charge_point.start_a_charge(more_wh=150))
        charge_point.wait_for(status="Available")
    judge(charge_point, sessions=2)


def test_an_unknown_card_gets_no_energy_and_no_transaction(charge_point: ChargePoint) -> None:
    charge_point.plug_in()
    charge_point.wait_for(status="Preparing")
    charge_point.tap(STRANGERS_CARD)
    wait_until("the refusal", lambda: charge_point.said("card.refused"))
    assert charge_point.contactor == "open"
    assert charge_point.connector["pilot"]["offered_a"] == 0
    assert not charge_point.sessions()
    charge_point.unplug()


def test_pulling_the_plug_opens_the_contactor_and_ends_the_session(charge_point: ChargePoint) -> None:
    transaction_id = charge_point.start_a_charge()
    charge_point.unplug()
    bill = charge_point.bill(transaction_id)
    assert bill["stop_reason"] == "EVDisconnected"
    charge_point.wait_for(contactor="open")
    judge(charge_point, sessions=1)


def test_an_operator_starts_and_stops_a_charge_from_afar(charge_point: ChargePoint) -> None:
    charge_point.plug_in()
    charge_point.wait_for(status="Preparing")
    answer = charge_point.chain.post(
        f"/api/charge-points/{charge_point.identity}/connectors/1/remote-start", id_tag=CARD)
    assert answer["status"] == "Accepted"
    charge_point.wait_for(contactor="closed")
    charge_point.wait_for(more_wh=100)
    transaction_id = charge_point.sessions()[0]["transaction_id"]
    assert charge_point.chain.post(f"/api/sessions/{transaction_id}/remote-stop")["status"] == "Accepted"
    charge_point.wait_for(contactor="open")
    assert charge_point.bill(transaction_id)["stop_reason"] == "Remote"
    charge_point.unplug()
    judge(charge_point, sessions=1)


def test_live_values_reach_the_central_system_while_it_charges(charge_point: ChargePoint) -> None:
    transaction_id = charge_point.start_a_charge(Car(max_a=16, phases=3))
    session = wait_until("live values", lambda: (
        lambda s: s if s["power_w"] and s["energy_wh"] > 0 else None
    )(charge_point.chain.get(f"/api/sessions/{transaction_id}")))
    assert session["power_w"] == pytest.approx(3 * 16 * 230, rel=0.1)
    charge_point.finish(transaction_id)
    judge(charge_point, sessions=1)


def test_a_power_cut_in_the_middle_of_a_charge_costs_no_wh(charge_point: ChargePoint) -> None:
    transaction_id = charge_point.start_a_charge(more_wh=200)
    charge_point.power(on=False)
    charge_point.wait_for(contactor="open")
    charge_point.unplug()
    charge_point.power(on=True)
    bill = charge_point.bill(transaction_id, within_s=60)
    assert bill["stop_reason"] == "PowerLoss"
    judge(charge_point, sessions=1)


def test_a_lost_link_never_stops_a_running_charge_and_loses_no_wh(charge_point: ChargePoint) -> None:
    transaction_id = charge_point.start_a_charge()
    charge_point.link(up=False)
    charge_point.wait_for(more_wh=300)
    assert charge_point.contactor == "closed"
    charge_point.tap()   # the same card may stop with the link away
    charge_point.wait_for(contactor="open")
    charge_point.unplug()
    charge_point.link(up=True)
    charge_point.bill(transaction_id, within_s=90)
    judge(charge_point, sessions=1)


@pytest.mark.parametrize(("kind", "mode", "error_code"), [
    ("ground", None, "GroundFailure"), ("estop", None, "OtherError"),
    ("meter", "silent", "PowerMeterFailure"), ("meter", "garbage", "PowerMeterFailure"),
])
def test_a_fault_while_charging_opens_the_contactor_and_is_named(
    charge_point: ChargePoint, kind: str, mode: str | None, error_code: str,
) -> None:
    transaction_id = charge_point.start_a_charge()
    charge_point.fault(kind, mode)
    charge_point.wait_for(contactor="open")
    wait_until(f"status Faulted, {error_code}",
               lambda: (charge_point.status(), charge_point.error_code()) == ("Faulted", error_code))
    charge_point.clear(kind)
    charge_point.unplug()
    charge_point.bill(transaction_id)
    judge(charge_point, sessions=1)


@pytest.mark.parametrize("mode", ["silent", "noise"])
def test_a_broken_reader_is_reported_and_works_again_when_it_is_back(charge_point: ChargePoint, mode: str) -> None:
    charge_point.fault("reader", mode)
    wait_until("errorCode ReaderFailure", lambda: charge_point.error_code() == "ReaderFailure", within_s=40)
    charge_point.clear("reader")
    wait_until("errorCode NoError", lambda: charge_point.error_code() == "NoError", within_s=40)
    charge_point.finish(charge_point.start_a_charge())
    judge(charge_point, sessions=1)


def test_a_killed_local_controller_costs_no_wh(killable: Chain, charge_point: ChargePoint) -> None:
    transaction_id = charge_point.start_a_charge(more_wh=200)
    killable.site.kill()
    charge_point.wait_for(more_wh=200)   # it charges on
    killable.site.start()
    killable.site_log_in()
    charge_point.wait_for(more_wh=100)
    charge_point.finish(transaction_id, within_s=90)
    judge(charge_point, sessions=1)


def test_a_killed_central_system_costs_no_wh(killable: Chain, charge_point: ChargePoint) -> None:
    transaction_id = charge_point.start_a_charge(more_wh=200)
    killable.csms.kill()
    charge_point.wait_for(more_wh=200)
    charge_point.tap()
    charge_point.wait_for(contactor="open")
    charge_point.unplug()
    killable.csms.start()
    killable.log_in()
    charge_point.bill(transaction_id, within_s=90)
    judge(charge_point, sessions=1)
