"""Statuses, rules 60 to 65 (OCPP 1.6 §4.9): what a connector may say after what, for how long, after a dead link."""
from collections.abc import Awaitable, Callable
from pathlib import Path

from ocpp.exceptions import InternalError
from ocpp.v16 import call

from hardware.bench.charge_point import ChargePoint, Plug
from hardware.bench.orders import SetCar
from tests.firmware.central_system import CARD, CentralSystem
from tests.firmware.ocpp import registering
from tests.firmware.ocpp.core_bench import SideBySide, on_the_bench, statuses, wait_for_status
from tests.firmware.ocpp.status_table import ALLOWED, WHOLE, moves, wrong
from tests.firmware.test_charge_point import closed, configure, said, tap, until


def test_rule_60_whatever_is_shown_only_moves_of_the_table_are_told() -> None:
    pairs = [(before, after) for before in ALLOWED for after in ALLOWED if before != after]
    registering.play(f"""
        allowed = {ALLOWED!r}
        clock = Clock(Rtc())
        for before, after in {pairs!r}:
            shown = Shown(1, clock)
            shown.status = before
            assert shown.show(after)
            told = [before] + [change[0] for change in shown.changes]
            assert told[-1] == after == shown.status and len(told) <= 3
            assert len(told) == 2 or after not in allowed[before], told
            assert all(told[i + 1] in allowed[told[i]] for i in range(len(told) - 1)), told
    """)


async def change_availability(system: CentralSystem, connector_id: int, kind: str) -> str:
    answer = await system.call(call.ChangeAvailability(connector_id=connector_id, type=kind))
    return str(answer.status)


side_by_side = SideBySide()


async def played(tmp_path: Path, *scenarios: Callable[[CentralSystem, ChargePoint], Awaitable[None]]) -> set[str]:
    """The moves between statuses that were told, as "Available-Preparing"; none but the table's."""
    async with on_the_bench(tmp_path) as (system, charge_point):
        for scenario in scenarios:
            await scenario(system, charge_point)
        assert not wrong(statuses(system))
        assert set(statuses(system, 0)) <= WHOLE
        return {"-".join(move) for move in moves(statuses(system))}


@side_by_side
async def test_rule_60_faults_and_service_move_as_in_the_table(tmp_path: Path) -> None:
    assert {
        "Charging-Faulted", "Faulted-Finishing", "Finishing-Unavailable", "Unavailable-Preparing",
        "Preparing-Finishing", "Available-Unavailable", "Unavailable-Available", "Preparing-Available",
        "Available-Faulted", "Faulted-Available",
    } <= await played(tmp_path, faults_and_service)


@side_by_side
async def test_rule_61_connector_0_knows_only_three_statuses(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path) as (system, charge_point):
        charge_point.plug(1, Plug())
        await tap(charge_point)
        await wait_for_status(system, "Charging")
        assert await change_availability(system, 0, "Inoperative") == "Scheduled"
        await wait_for_status(system, "Unavailable", 0)
        assert await change_availability(system, 0, "Operative") == "Accepted"
        await wait_for_status(system, "Available", 0)
        assert statuses(system, 0) == ["Available", "Unavailable", "Available"]
        assert statuses(system)[-1] == "Charging"


@side_by_side
async def test_rule_62_both_sides_suspend_is_the_charge_points_and_a_car_that_waits_its_own(tmp_path: Path) -> None:
    assert {
        "Preparing-SuspendedEV", "SuspendedEV-Charging", "Charging-SuspendedEV", "SuspendedEV-SuspendedEVSE",
        "SuspendedEVSE-Finishing",
    } <= await played(tmp_path, a_charge_that_both_sides_suspend)


@side_by_side
async def test_rule_65_a_car_that_had_its_turn_is_finishing_and_not_for_the_next_card(tmp_path: Path) -> None:
    assert {
        "Available-Preparing", "Preparing-Available", "Preparing-Finishing", "Finishing-Available",
    } <= await played(tmp_path, plugs_that_come_to_nothing, a_car_that_had_its_turn)


async def plugs_that_come_to_nothing(system: CentralSystem, charge_point: ChargePoint) -> None:
    """Rule 57 and 65: an idTag without a car, a car without an idTag."""
    await configure(system, ConnectionTimeOut=1)
    assert (await system.call(call.RemoteStartTransaction(id_tag=CARD, connector_id=1))).status == "Accepted"
    await wait_for_status(system, "Preparing")
    await wait_for_status(system, "Available")
    charge_point.plug(1, Plug())
    await wait_for_status(system, "Preparing")
    await wait_for_status(system, "Finishing")
    charge_point.unplug(1)
    await wait_for_status(system, "Available")
    await configure(system, ConnectionTimeOut=60)


async def a_car_that_had_its_turn(system: CentralSystem, charge_point: ChargePoint) -> None:
    """Rule 65: the next card does not start it, plugged anew it has a new turn."""
    await configure(system, ConnectionTimeOut=1)
    charge_point.plug(1, Plug())
    await wait_for_status(system, "Finishing")
    assert (await system.call(call.RemoteStartTransaction(id_tag=CARD, connector_id=1))).status == "Rejected"
    charge_point.tap(CARD)
    await until("the card is ignored", lambda: said(charge_point, "card.ignored"))
    assert not closed(charge_point)
    charge_point.unplug(1)
    await wait_for_status(system, "Available")
    await configure(system, ConnectionTimeOut=60)
    charge_point.plug(1, Plug())
    await tap(charge_point)
    await system.wait_for("StartTransaction")


async def a_charge_that_both_sides_suspend(system: CentralSystem, charge_point: ChargePoint) -> None:
    """Rule 62: a car that does not ask is SuspendedEV; when the charge point stops offering too it is SuspendedEVSE."""
    await configure(system, StopTransactionOnInvalidId="false", TransactionMessageAttempts=99,
                    TransactionMessageRetryInterval=1)
    charge_point.set_car(1, SetCar(state="B"))
    await wait_for_status(system, "Preparing")
    suspended = False
    known = system.answers["StartTransaction"]

    def refuse_late(**payload: object) -> object:
        if not suspended:
            raise InternalError("not now")
        answer = known(**payload)
        answer.id_tag_info = {"status": "Blocked"}
        return answer

    system.answers["StartTransaction"] = refuse_late
    await tap(charge_point)
    await wait_for_status(system, "SuspendedEV")
    charge_point.set_car(1, SetCar(state="C"))
    await wait_for_status(system, "Charging")
    charge_point.set_car(1, SetCar(state="B"))
    await wait_for_status(system, "SuspendedEV")
    suspended = True
    await wait_for_status(system, "SuspendedEVSE")
    system.answers["StartTransaction"] = known
    stop = call.RemoteStopTransaction(transaction_id=system.next_transaction_id)
    assert (await system.call(stop)).status == "Accepted"
    await wait_for_status(system, "Finishing")
    await system.wait_for("StopTransaction")


async def faults_and_service(system: CentralSystem, charge_point: ChargePoint) -> None:
    """Each as it happens to a car that stays plugged: a second charge, its fault, out of service and back."""
    charge_point.plug(1, Plug())
    await tap(charge_point)
    await wait_for_status(system, "Charging")
    charge_point.set_fault(1, "overtemp", True)
    await wait_for_status(system, "Faulted", error_code="HighTemperature")
    charge_point.set_fault(1, "overtemp", False)
    await wait_for_status(system, "Finishing")
    await system.wait_for("StopTransaction")
    assert await change_availability(system, 1, "Inoperative") == "Accepted"
    await wait_for_status(system, "Unavailable")
    assert await change_availability(system, 1, "Operative") == "Accepted"
    await wait_for_status(system, "Finishing")   # by way of Preparing
    charge_point.unplug(1)
    await wait_for_status(system, "Available")
    assert await change_availability(system, 0, "Inoperative") == "Accepted"
    await wait_for_status(system, "Unavailable")
    await wait_for_status(system, "Unavailable", 0)
    assert await change_availability(system, 0, "Operative") == "Accepted"
    await wait_for_status(system, "Available")
    charge_point.plug(1, Plug())
    await wait_for_status(system, "Preparing")
    assert await change_availability(system, 1, "Inoperative") == "Accepted"   # by way of Available
    await wait_for_status(system, "Unavailable")
    charge_point.unplug(1)
    await until("unplugged", lambda: "connector.unplugged" in charge_point.console[-1])
    assert await change_availability(system, 1, "Operative") == "Accepted"
    await wait_for_status(system, "Available")
    charge_point.set_fault(1, "estop", True)
    await wait_for_status(system, "Faulted")
    charge_point.set_fault(1, "estop", False)
    await wait_for_status(system, "Available")


def test_rule_63_a_change_is_told_unless_it_was_shorter_than_the_minimum() -> None:
    registering.play("""
        charger = Charger(("Accepted", 300))
        await charger.until(lambda: len(charger.said("StatusNotification")) == 3)
        told = lambda: [p["status"] for action, p, _ in charger.heard if p.get("connectorId") == 1]
        one = charger.shown[1]
        for status in ("Preparing", "Charging", "SuspendedEV", "Charging"):   # no minimum: each, in order
            one.show(status)
        await charger.until(lambda: len(told()) == 5 and not one.changes)   # the last one's answer has come too
        assert told() == ["Available", "Preparing", "Charging", "SuspendedEV", "Charging"]
        charger.keys.numbers["MinimumStatusDuration"] = 60
        status_module.time = Later
        one.show("SuspendedEV")
        Later.ahead_ms += 30_000
        one.show("Charging")
        Later.ahead_ms += 61_000
        await charger.until(lambda: not one.changes)
        assert len(told()) == 5   # a blip, and back to what is known
        one.show("Finishing")
        Later.ahead_ms += 30_000
        await asyncio.sleep_ms(300)
        assert len(told()) == 5
        Later.ahead_ms += 31_000
        await charger.until(lambda: len(told()) == 6)
        assert told()[-1] == "Finishing"
    """)


def test_rules_63_77_a_trigger_costs_no_change_and_is_answered_though_the_same_is_on_its_way() -> None:
    registering.play("""
        charger = Charger(("Accepted", 300))
        await charger.until(lambda: len(charger.said("StatusNotification")) == 3)
        told = lambda: [p["status"] for action, p, _ in charger.heard if p.get("connectorId") == 1][1:]
        one = charger.shown[1]
        for status in ("Preparing", "Charging"):
            one.show(status)
        one.tell_again()
        await asyncio.sleep_ms(400)
        assert told() == ["Preparing", "Charging"], told()   # both, and the second is the answer
        one.tell_again()
        await asyncio.sleep_ms(300)
        assert told()[2:] == ["Charging"]
        one.show("SuspendedEV")
        sent = len(charger.sockets[0].sent)
        await charger.until(lambda: len(charger.sockets[0].sent) > sent)   # on its way, and not yet answered
        one.tell_again()
        await asyncio.sleep_ms(300)
        assert told()[3:] == ["SuspendedEV", "SuspendedEV"]
        charger.keys.numbers["MinimumStatusDuration"] = 60
        one.show("Charging")
        await asyncio.sleep_ms(300)
        assert len(told()) == 5
        one.tell_again()   # it need not last to be the present one
        await asyncio.sleep_ms(300)
        assert told()[5:] == ["Charging"] and not one.changes
        one.tell_again()
        charger.sockets[0].come(OSError(104))
        await charger.until(lambda: len(charger.sockets) == 2 and charger.link.connected)
        await asyncio.sleep_ms(300)
        assert len(told()) == 6   # who asked is gone, and nothing has changed
    """)


def test_rule_63_an_error_is_told_without_a_change_of_status() -> None:
    registering.play("""
        charger = Charger(("Accepted", 300))
        await charger.until(lambda: len(charger.said("StatusNotification")) == 3)
        charger.shown[1].show("Available", "ReaderFailure", "why " * 20)
        await charger.until(lambda: len(charger.said("StatusNotification")) == 4)
        payload = charger.heard[-1][1]
        assert payload["errorCode"] == "ReaderFailure" and len(payload["info"]) == 50
        assert payload["timestamp"].startswith("20") and payload["timestamp"].endswith("Z")
    """)


def test_rule_63_a_central_system_that_never_answers_does_not_fill_the_heap() -> None:
    registering.play("""
        shown = Shown(1, Clock(Rtc()))
        for _ in range(500):
            shown.show("Preparing")
            shown.show("Available")
        assert len(shown.changes) <= 12 and shown.changes[-1][0] == "Available"
    """)


def test_rule_64_after_a_dead_link_only_the_present_status_and_only_if_it_changed() -> None:
    registering.play("""
        charger = Charger(("Accepted", 300))
        await charger.until(lambda: len(charger.said("StatusNotification")) == 3)
        reach = [False]
        async def connect():
            while not reach[0]:
                await asyncio.sleep_ms(10)
            return await Charger.connect(charger)
        charger.connect = connect
        def down():
            reach[0] = False
            charger.link._fall("pulled")
        async def up(count):
            reach[0] = True
            await charger.until(lambda: len(charger.sockets) == count and charger.link.connected)
            await asyncio.sleep_ms(300)
        # the first connection was made before connect() was replaced: end it, the next waits
        charger.sockets[0].come(OSError(104))
        await charger.until(lambda: not charger.link.connected)
        for status in ("Preparing", "Charging", "Finishing", "Available"):
            charger.shown[1].show(status)
            await asyncio.sleep_ms(60)
        charger.shown[2].show("Preparing")
        await asyncio.sleep_ms(60)
        charger.shown[2].show("Charging")
        reach[0] = True
        await charger.until(lambda: len(charger.said("StatusNotification")) > 3)
        await asyncio.sleep_ms(300)
        new = charger.heard[4:]
        assert [(p["connectorId"], p["status"]) for _, p, _ in new] == [(2, "Charging")], new
        assert charger.said("BootNotification") == ["BootNotification"]   # rule 16
    """)
