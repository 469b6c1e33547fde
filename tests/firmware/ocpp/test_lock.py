"""A socket that locks its cable, rules 55 and 56 (errata 3.80, 3.87), and an EVSE with two connectors, on the bench."""
import textwrap
from pathlib import Path

import pytest
from ocpp.v16 import call, call_result

from firmware.board_check import problem
from hardware.bench.charge_point import ChargePoint, Plug
from hardware.bench.errors import BadRequest
from tests.firmware.central_system import CARD, CentralSystem
from tests.firmware.ocpp.core_bench import SideBySide, on_the_bench, statuses, wait_for_status
from tests.firmware.on_micropython import run
from tests.firmware.test_board import changed
from tests.firmware.test_charge_point import closed, configure, register_wh, tap, until

pytestmark = pytest.mark.slow

BOARD = "bench_socket"


def locked(charge_point: ChargePoint) -> bool:
    lock = charge_point.board.connector(1).lock
    assert lock
    return lock.locked


PROLOGUE = """
    from firmware.cable_lock import CableLock
    from firmware.evse.contactor import WELDED
    class Part:
        locked, stuck = False, False
        def drive(self, locked):
            if not self.stuck:
                self.locked = locked
        def is_locked(self):
            return self.locked
    class Keys(dict):
        def is_true(self, name):
            return self.get(name, True)
    class Connector:
        FREE, OFFERED, RUNNING, ENDING = range(4)
        phase, plugged, id_tag, parent_id_tag, stop_reason = FREE, True, "CARD", "Fleet", ""
        connector_id, open_ms, fault_info, controller = 1, None, None, None
    part, keys, connector = Part(), Keys(), Connector()
    connector.controller = connector
    lock = CableLock(part, keys)
    now_ms = 0
    def look(for_ms=50):
        global now_ms
        for _ in range(for_ms // 50):
            now_ms += 50
            lock.follow(connector, now_ms)
    def charge():
        connector.phase, connector.id_tag, connector.plugged, connector.open_ms = Connector.FREE, "CARD", True, None
        look(100)
        assert lock.holds()
        connector.phase = Connector.RUNNING
        look()
    def end(reason):
        connector.phase, connector.stop_reason = Connector.ENDING, reason
        look(5000)
        assert part.locked   # whatever comes later, not before the contactor is open
        connector.open_ms = now_ms
        look(1000)
        assert part.locked   # nor before a welded one would be known
        look(500)
        connector.phase, connector.id_tag = Connector.FREE, ""
        look()
"""


def play(source: str) -> None:
    run(textwrap.dedent(PROLOGUE) + textwrap.dedent(source))


def test_rule_55_how_a_charge_ended_says_whether_the_cable_waits_for_its_owner() -> None:
    play("""
        for unlock in (True, False):
            keys["UnlockConnectorOnEVSideDisconnect"] = unlock
            for reason in ("Local", "Remote", "EVDisconnected", "DeAuthorized", "UnlockCommand", "Other", "PowerLoss"):
                charge()
                end(reason)
                waits = reason == "DeAuthorized" or reason == "EVDisconnected" and not unlock
                assert part.locked == waits == bool(lock.owner), (reason, unlock)
                assert not lock.give_back("STRANGER") and not lock.give_back("STRANGER", "ELSE")
                assert lock.give_back("card") == waits
                look()
                assert not part.locked and not lock.owner
        keys["UnlockConnectorOnEVSideDisconnect"] = False
        charge()
        end("EVDisconnected")
        assert lock.give_back("COLLEAGUE", "FLEET")   # of the same group
        assert not lock.stays()
        keys["StopTransactionOnEVSideDisconnect"] = False
        assert lock.stays()
    """)


def test_rule_56_a_welded_contactor_keeps_its_cable_and_a_stuck_bolt_is_tried_three_times() -> None:
    play("""
        charge()
        connector.phase, connector.stop_reason, connector.open_ms = Connector.ENDING, "Local", now_ms
        look(1100)
        connector.fault_info = WELDED
        look(9000)
        assert part.locked and not lock.failed   # live pins
        connector.fault_info, connector.phase, connector.id_tag = None, Connector.FREE, ""
        look(100)
        assert not part.locked
        connector.id_tag, part.stuck = "CARD", True
        look(2900)
        assert not lock.failed and not lock.holds()
        look(400)
        assert lock.failed
        connector.id_tag, part.stuck = "", False
        look(1000)
        assert lock.failed   # the car is still there, and nobody has looked at its plug
        connector.plugged = False
        look()
        assert not lock.failed
    """)


async def charging(system: CentralSystem, charge_point: ChargePoint) -> int:
    if charge_point.board.connector(1).car is None:
        charge_point.plug(1, Plug())
    starts = len(system.all("StartTransaction"))
    await wait_for_status(system, "Preparing")
    await tap(charge_point)
    await system.wait_for("StartTransaction", count=starts + 1)
    await wait_for_status(system, "Charging")
    assert locked(charge_point)
    return system.next_transaction_id


async def free(system: CentralSystem, charge_point: ChargePoint) -> None:
    """Unlocked, unplugged, and the last transaction told."""
    await until("unlocked", lambda: not locked(charge_point))
    if charge_point.board.connector(1).car:
        charge_point.unplug(1)
    await system.wait_for("StopTransaction", count=len(system.all("StartTransaction")))
    await wait_for_status(system, "Available")


side_by_side = SideBySide()


@side_by_side
async def test_rule_55_the_cable_is_locked_before_energy_and_two_keys_say_what_unplugging_does(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path, board=BOARD) as (system, charge_point):
        connector = charge_point.board.connector(1)
        charge_point.plug(1, Plug(reaction_ms=0))
        await wait_for_status(system, "Preparing")
        assert not locked(charge_point)
        charge_point.set_fault(1, "lock", True)   # a stiff bolt: what happens before it moves?
        charge_point.tap(CARD)
        await until("the bolt is driven", lambda: connector.lock and connector.lock._driven)
        assert connector.duty == 1.0
        charge_point.set_fault(1, "lock", False)
        await until("locked", lambda: locked(charge_point))
        await wait_for_status(system, "Charging")
        assert statuses(system, 2) == ["Available", "Unavailable"]   # one EVSE: the other has no turn
        # the same card ends it: unlocked only when the contactor is open for certain
        await tap(charge_point)
        await until("contactor open", lambda: not closed(charge_point))
        assert locked(charge_point)
        await free(system, charge_point)
        assert system.all("StopTransaction")[0]["reason"] == "Local"

        # the cable stays for its owner
        await configure(system, UnlockConnectorOnEVSideDisconnect="false")
        await charging(system, charge_point)
        charge_point.unplug(1)
        await system.wait_for("StopTransaction", count=len(system.all("StartTransaction")))
        await tap(charge_point, "04DEADBEEF0102")
        await system.wait_for("Authorize", id_tag="04DEADBEEF0102")
        assert locked(charge_point)
        assert statuses(system)[-1] == "Finishing"
        system.answers["Authorize"] = lambda id_tag: call_result.Authorize({"status": "Accepted"})
        charge_point.plug(1, Plug())   # another car on that cable has no business here
        answer = await system.call(call.RemoteStartTransaction(id_tag="X", connector_id=1))
        assert answer.status == "Rejected"
        charge_point.unplug(1)
        starts = len(system.all("StartTransaction"))
        await tap(charge_point)
        await free(system, charge_point)
        assert len(system.all("StartTransaction")) == starts

        # unplugging the car is no end at all, whatever the other key says
        await configure(system, StopTransactionOnEVSideDisconnect="false", UnlockConnectorOnEVSideDisconnect="true")
        await charging(system, charge_point)
        stops = len(system.all("StopTransaction"))
        charge_point.unplug(1)
        told = await wait_for_status(system, "SuspendedEV")
        assert told["info"] == "EV side disconnected"
        await until("contactor open", lambda: not closed(charge_point))
        assert locked(charge_point)
        charge_point.plug(1, Plug())
        await wait_for_status(system, "Charging")
        assert len(system.all("StopTransaction")) == stops
        await tap(charge_point)
        await free(system, charge_point)
        assert len(system.all("StopTransaction")) == stops + 1
        assert system.all("StopTransaction")[-1]["meter_stop"] == register_wh(charge_point)


@side_by_side
async def test_rule_56_unlock_connector_ends_a_charge_first_and_fails_only_mechanically(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path, board=BOARD) as (system, charge_point):
        async def unlock(connector_id: int) -> str:
            return str((await system.call(call.UnlockConnector(connector_id=connector_id))).status)

        assert [await unlock(n) for n in (0, 2, 3, -1)] == ["NotSupported"] * 4
        assert await unlock(1) == "Unlocked"
        await charging(system, charge_point)
        transaction_id = system.next_transaction_id
        assert await unlock(1) == "Unlocked"
        assert not locked(charge_point)
        assert not closed(charge_point)
        stop = await system.wait_for("StopTransaction")
        assert (stop["reason"], stop["transaction_id"]) == ("UnlockCommand", transaction_id)
        assert stop["meter_stop"] == register_wh(charge_point)
        await free(system, charge_point)

        # jammed it fails, is told, and works again when it is mended and the car has left
        await charging(system, charge_point)
        charge_point.set_fault(1, "lock", True)
        assert await unlock(1) == "UnlockFailed"
        await wait_for_status(system, "Faulted", error_code="ConnectorLockFailure")
        charge_point.set_fault(1, "lock", False)
        assert await unlock(1) == "Unlocked"
        await free(system, charge_point)

        # OCTT 024: what cannot be locked does not charge
        starts = len(system.all("StartTransaction"))
        charge_point.set_fault(1, "lock", True)
        charge_point.plug(1, Plug())
        await wait_for_status(system, "Preparing")
        await tap(charge_point)
        await wait_for_status(system, "Faulted", error_code="ConnectorLockFailure")
        assert not closed(charge_point)
        charge_point.set_fault(1, "lock", False)
        await free(system, charge_point)
        assert len(system.all("StartTransaction")) == starts


@side_by_side
async def test_of_one_evse_the_connector_that_is_in_use_has_its_turn_alone(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path, board=BOARD) as (system, charge_point):
        charge_point.plug(2, Plug())
        await wait_for_status(system, "Preparing", 2)
        await wait_for_status(system, "Unavailable", 1)
        charge_point.plug(1, Plug())
        answer = await system.call(call.RemoteStartTransaction(id_tag=CARD, connector_id=1))
        assert answer.status == "Rejected"
        await tap(charge_point)
        assert (await system.wait_for("StartTransaction"))["connector_id"] == 2
        await wait_for_status(system, "Charging", 2)
        assert not locked(charge_point)
        charge_point.unplug(2)
        await wait_for_status(system, "Preparing", 1)   # it has waited; now it has its turn
        await wait_for_status(system, "Unavailable", 2)
        await tap(charge_point)
        assert (await system.wait_for("StartTransaction", count=2))["connector_id"] == 1
        assert statuses(system, 1)[:3] == ["Available", "Unavailable", "Preparing"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"connectors__0__lock__pin": 16}, "pin 16 is both"),
        ({"connectors__0__lock__active": 2}, "lock: active is 0 or 1"),
        ({"connectors__0__lock__feedback__pin": 46}, "lock feedback 1: the chip reads pin 46 at reset"),
        ({"connectors__0__lock": {"pin": 38, "active": 1}}, "lacks feedback"),
        ({"connectors__0__evse": None}, "all connectors name their evse"),
        ({"connectors__0__evse": 0}, "an evse is a number from 1"),
        ({"connectors__0__evse": "1"}, "an evse is a number from 1"),
    ],
)
def test_an_impossible_lock_or_evse_is_named(changes: dict[str, object], words: str) -> None:
    found = problem(changed(BOARD, **changes))
    assert found
    assert words in found


async def test_a_lock_can_jam_only_where_there_is_one(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path) as (_, charge_point):
        with pytest.raises(BadRequest, match="no lock"):
            charge_point.set_fault(1, "lock", True)
