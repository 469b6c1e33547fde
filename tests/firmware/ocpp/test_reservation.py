"""Reservation (OCPP 1.6 §5.1, §5.13; rules 66 to 69): the decisions on the real interpreter, the life on the bench."""
import asyncio
import textwrap
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ocpp.v16 import call, call_result

from hardware.bench.charge_point import ChargePoint, Plug
from hardware.bench.world import World
from tests.firmware.central_system import CARD, CentralSystem, central_system
from tests.firmware.on_micropython import run
from tests.firmware.test_charge_point import STRANGER, closed, options, said, tap, until

FRIEND = "04FEEDFACE0303"   # of the reservation's group

# Two connectors without hardware, the real charge point, its cards and the request's handlers.
PROLOGUE = """
    import asyncio, time
    from tests.firmware.ram_flash import *
    from firmware import cards, turning_points
    from firmware.charge_point import ChargePoint
    from firmware.clock import Clock
    from firmware.iso8601 import parse_iso
    from firmware.ocpp import reservation
    from firmware.ocpp.charging_profiles import ChargingProfiles
    from firmware.ocpp.link import CallError
    from firmware.ocpp.status import Shown
    from firmware.store import reservation_file
    from firmware.store.reservations import Reservations

    def load(name):   # what stays loaded here, as the flash of these tests holds no modules
        return __import__("firmware." + name, None, None, ("",))

    def opened():
        reservations = Reservations(lambda: reservation_file)
        reservation_file.load(reservations)
        return reservations

    class Clock(Clock):
        def __init__(self): self.s, self.trusted = 800_000_000, True
        def now_s(self): return self.s
        def parse(self, text): return parse_iso(text)

    class Part: pass

    class Controller:
        fault = fault_info = holds = None
        limit_reason = "profile"
        plugged = charging = False
        offered_da = 0
        def offer(self, da): self.offered_da = min(da, 160)
        def permit(self, allowed): pass

    class Configuration:
        unavailable = []
        true = ["ReserveConnectorZeroSupported"]
        patience_s = 60
        def number(self, name): return 0 if "Interval" in name else self.patience_s
        def is_true(self, name): return name in self.true

    class Transactions:
        started, full = [], False
        def start(self, connector_id, id_tag, parent_id_tag, meter_wh, reservation_id=None):
            if self.full: raise OSError(28)
            self.started.append((connector_id, id_tag, reservation_id))
            return len(self.started)
        def ever_accepted(self): return True
        def beginning(self, connector_id): return 1000, clock.s
        def keep_begin(self, connector): pass
        def still_runs(self, connector_id): pass
        def keep_checkpoint(self, force=False): pass

    class Authorizer:
        parents, asked, conflict = {}, [], False
        async def decide(self, id_tag):
            self.asked.append(id_tag)
            return True, self.parents.get(id_tag, ""), "Accepted"

    flash = formatted()
    boot(flash)
    clock = Clock()

    def device(interrupted={}, connectors=2):
        board, meter, made = Part(), Part(), Part()
        meter.energy_wh, meter.meter_failures = 1000, 0
        board.reader, board.meters = None, [meter] * connectors
        board.locks, board.evses = [None] * connectors, list(range(connectors))
        board.controllers = [Controller() for _ in range(connectors)]
        made.clock, made.configuration = clock, Configuration()
        made.configuration.unavailable = []
        made.transactions, made.authorizer = Transactions(), Authorizer()
        made.transactions.started, made.authorizer.asked = [], []
        made.charge_point = ChargePoint(
            board, [Shown(i, clock) for i in range(connectors + 1)], load, made.authorizer, made.transactions,
            made.configuration, clock, interrupted, None,
            ChargingProfiles(clock, parse_iso, load, []), opened())
        return made

    def look(d):
        "What watch_connectors does each 50 ms; the statuses."
        async def some():
            watching = asyncio.create_task(d.charge_point.watch_connectors())
            await asyncio.sleep_ms(1)
            watching.cancel()
        for _ in range(2):   # the second one says what the first one has changed
            asyncio.run(some())
        return [c.shown.status for c in d.charge_point.connectors]

    def ask(d, connector_id, reservation_id=7, id_tag="AA", parent=None, expires_in_s=100):
        payload = {"connectorId": connector_id, "reservationId": reservation_id, "idTag": id_tag,
                   "expiryDate": clock.stamp(clock.s + expires_in_s)}
        if parent:
            payload["parentIdTag"] = parent
        status = reservation.reserve(d, payload)["status"]
        look(d)
        return status

    def plug(d, connector_id, plugged=True):
        d.charge_point.connectors[connector_id - 1].controller.plugged = plugged
        return look(d)

    def tap(d, id_tag):
        asyncio.run(cards.tap(d.charge_point, id_tag))
        return look(d)

    def begin(d, connector_id):
        "Until the transaction is on record, or clearly none begins."
        c = d.charge_point.connectors[connector_id - 1]
        for _ in range(3):
            look(d)
            time.sleep_ms(25)
        return c.phase == c.RUNNING
"""


def play(source: str) -> str:
    return run(textwrap.dedent(PROLOGUE) + textwrap.dedent(source), heap_kib=4000, timeout_s=110)


# Rule 66: which requests are accepted


def test_rule_66_a_free_connector_is_reserved_and_a_second_reservation_is_occupied() -> None:
    play("""
        d = device()
        assert ask(d, 1) == "Accepted"
        assert look(d) == ["Reserved", "Available"]
        assert ask(d, 1, 8) == "Occupied"
        assert ask(d, 2, 8) == "Accepted"
        assert look(d) == ["Reserved", "Reserved"]
        assert ask(d, 0, 9) == "Occupied"
    """)


def test_rule_66_the_same_reservation_id_replaces_and_a_refused_one_leaves_the_old() -> None:
    play("""
        d = device()
        ask(d, 1)
        assert ask(d, 1, expires_in_s=200) == "Accepted"
        assert ask(d, 2, id_tag="BB") == "Accepted"
        assert look(d) == ["Available", "Reserved"]
        assert len(opened().records) == 1
        plug(d, 1)
        assert ask(d, 1) == "Occupied"
        assert look(d) == ["Preparing", "Reserved"]
        assert opened().records[0][:2] == (2, 7)
    """)


def test_rule_66_a_connector_in_use_or_with_a_card_or_car_before_it_is_occupied() -> None:
    play("""
        d = device(connectors=1)
        plug(d, 1)
        assert ask(d, 1) == "Occupied" and ask(d, 0) == "Occupied"
        tap(d, "X")
        assert begin(d, 1) and ask(d, 1) == "Occupied"
        d = device(connectors=1)
        tap(d, "X")
        assert ask(d, 1) == "Occupied"
    """)


def test_rule_66_faulted_unavailable_and_rejected_say_why() -> None:
    play("""
        d = device()
        d.charge_point.connectors[0].controller.fault = "GroundFailure"
        look(d)
        assert ask(d, 1) == "Faulted"
        assert ask(d, 0) == "Accepted"
        d = device()
        d.configuration.unavailable = [2]
        look(d)
        assert ask(d, 2, 8) == "Unavailable"
        d.configuration.unavailable = [0, 1, 2]
        look(d)
        assert ask(d, 0, 9) == "Unavailable"
        for c in d.charge_point.connectors:
            c.controller.fault = "GroundFailure"
        look(d)
        assert ask(d, 0, 9) == "Faulted"
        d = device()
        assert ask(d, 3) == ask(d, -1) == ask(d, 1, expires_in_s=0) == "Rejected"
        d.configuration.true = []
        assert ask(d, 0) == "Rejected" and ask(d, 1) == "Accepted"
    """)


def test_rule_66_what_is_no_request_is_a_call_error() -> None:
    play("""
        d = device()
        good = {"connectorId": 1, "reservationId": 7, "idTag": "AA", "expiryDate": clock.stamp(clock.s + 100)}
        for change, code in (
            ({"expiryDate": "tomorrow"}, "TypeConstraintViolation"),
            ({"idTag": "x" * 21}, "PropertyConstraintViolation"), ({"idTag": ""}, "PropertyConstraintViolation"),
            ({"parentIdTag": "x" * 21}, "PropertyConstraintViolation"), ({"parentIdTag": 5}, "TypeConstraintViolation"),
            ({"reservationId": "7"}, "TypeConstraintViolation"),
        ):
            payload = dict(good)
            payload.update(change)
            try:
                reservation.reserve(d, payload)
            except CallError as error:
                assert error.code == code, (change, error)
            else:
                raise AssertionError(change)
        for name in good:
            payload = dict(good)
            del payload[name]
            try:
                reservation.reserve(d, payload)
            except CallError as error:
                assert error.code == "ProtocolError"
            else:
                raise AssertionError(name)
        assert not d.charge_point.reservations.records
    """)


def test_rule_66_for_connector_zero_one_connector_stays_free() -> None:
    play("""
        d = device()
        assert ask(d, 0) == "Accepted"
        assert look(d) == ["Available", "Available"]
        assert plug(d, 1) == ["Preparing", "Available"]
        assert tap(d, "X") == ["Preparing", "Reserved"]   # the last one is kept
        assert begin(d, 1)
        tap(d, "Y")
        assert d.charge_point.connectors[1].id_tag == "" and not d.charge_point.next_plug
        assert ask(d, 2, 8) == "Occupied" and ask(d, 0, 8) == "Occupied"
        plug(d, 2)
        assert look(d)[1] == "Reserved"               # whoever plugged, it waits for the right card
        tap(d, "AA")
        assert begin(d, 2)
        assert d.transactions.started == [(1, "X", None), (2, "AA", 7)]
        assert not opened().records
    """)


def test_rule_66_a_reserved_connector_is_not_what_stays_free_for_connector_zero() -> None:
    play("""
        d = device()
        assert ask(d, 2, 8, "BB") == ask(d, 0) == "Accepted"
        assert look(d) == ["Reserved", "Reserved"]
        tap(d, "BB")
        plug(d, 2)
        tap(d, "AA")
        plug(d, 1)
        assert begin(d, 1) and begin(d, 2)
        assert sorted(d.transactions.started) == [(1, "AA", 7), (2, "BB", 8)]
        d = device()
        assert ask(d, 0, 7) == ask(d, 2, 8) == "Accepted"   # both for one card: the closer word counts
        tap(d, "AA")
        plug(d, 2)
        assert begin(d, 2) and d.transactions.started == [(2, "AA", 8)]
    """)


def test_rule_66_a_reservation_for_connector_zero_serves_the_car_of_its_holder() -> None:
    play("""
        d = device()
        ask(d, 0)
        assert plug(d, 2) == ["Available", "Preparing"]
        assert ask(d, 1, 8) == "Occupied"                  # nobody knows yet whose car that is
        assert tap(d, "AA") == ["Available", "Preparing"]
        assert begin(d, 2) and d.transactions.started == [(2, "AA", 7)]
        assert [c[0] for c in d.charge_point.connectors[0].shown.changes] == []   # it was never the last
    """)


def test_rule_66_two_reservations_for_connector_zero_need_two_free_connectors() -> None:
    play("""
        d = device()
        assert ask(d, 0) == ask(d, 0, 8, "BB") == "Accepted"
        assert look(d) == ["Reserved", "Reserved"]
        assert ask(d, 0, 9, "CC") == "Occupied" and ask(d, 1, 9, "CC") == "Occupied"
        tap(d, "BB")
        plug(d, 2)
        assert begin(d, 2)
        assert d.transactions.started == [(2, "BB", 8)]
        assert look(d)[0] == "Reserved"
        tap(d, "X")
        assert d.charge_point.connectors[0].id_tag == "" and not d.charge_point.next_plug
    """)


# Rule 67: for whom


def test_rule_67_another_id_tag_is_refused_without_asking_and_the_reserved_one_charges() -> None:
    play("""
        d = device(connectors=1)
        ask(d, 1, id_tag="aB")
        assert plug(d, 1) == ["Reserved"]
        assert tap(d, "X") == ["Reserved"]
        assert d.authorizer.asked == []
        assert tap(d, "AB") == ["Preparing"]      # compared without regard to case
        assert begin(d, 1) and d.transactions.started == [(1, "AB", 7)]
    """)


def test_rule_67_one_of_the_same_parent_is_let_through_once_the_parent_is_known() -> None:
    play("""
        d = device(connectors=1)
        d.authorizer.parents = {"F": "fleet", "X": "other"}
        ask(d, 1, parent="FLEET")
        tap(d, "X")
        tap(d, "Y")
        assert d.authorizer.asked == ["X", "Y"] and look(d) == ["Reserved"]
        assert tap(d, "F") == ["Preparing"]
        plug(d, 1)
        assert begin(d, 1) and d.transactions.started == [(1, "F", 7)]
    """)


def test_rule_67_a_remote_start_by_another_is_rejected() -> None:
    play("""
        d = device()
        d.authorizer.parents = {"F": "FLEET"}
        ask(d, 1, parent="FLEET")
        ask(d, 2, 8, "BB")
        cp = d.charge_point
        async def start(id_tag, connector_id):
            accepted = bool(cp.remote_start(id_tag, connector_id))
            await asyncio.sleep_ms(1)
            look(d)
            return accepted, cp.connectors[0].id_tag
        assert asyncio.run(start("X", 2)) == (False, "")
        assert asyncio.run(start("X", 1)) == (True, "")      # it may be of the group: asked, and refused then
        assert d.authorizer.asked == ["X"]
        assert asyncio.run(start("F", 1)) == (True, "F")
        cp.forget(cp.connectors[0])
        assert asyncio.run(start("bb", None)) == (True, "") and cp.connectors[1].id_tag == "bb"
    """)


def test_rule_67_a_card_serves_the_connector_that_is_reserved_for_it() -> None:
    play("""
        d = device()
        ask(d, 2)
        plug(d, 1)                                  # a stranger's car, which waits for a card
        tap(d, "AA")
        assert look(d) == ["Preparing", "Preparing"]
        assert d.charge_point.connectors[1].id_tag == "AA"
        plug(d, 2)
        assert begin(d, 2) and d.transactions.started == [(2, "AA", 7)]
    """)


def test_rule_67_a_card_accepted_for_the_next_plug_does_not_take_a_reserved_connector() -> None:
    play("""
        d = device()
        tap(d, "X")
        assert d.charge_point.next_plug
        ask(d, 1)
        plug(d, 1)
        assert not begin(d, 1) and d.charge_point.next_plug
        plug(d, 2)
        assert begin(d, 2) and d.transactions.started == [(2, "X", None)]
    """)


# Rule 68: its end


def test_rule_68_it_expires_by_itself_and_a_car_that_waits_gets_its_turn_then() -> None:
    play("""
        d = device()
        ask(d, 1)
        ask(d, 2, 8, expires_in_s=50)
        plug(d, 2)
        clock.s += 49
        assert look(d) == ["Reserved", "Reserved"]
        clock.s += 1
        assert look(d) == ["Reserved", "Preparing"]
        clock.s += 50
        assert look(d) == ["Available", "Preparing"]
        assert not opened().records
        d = device(connectors=1)
        ask(d, 1, expires_in_s=1)
        Configuration.patience_s = 0
        plug(d, 1)
        clock.s += 1
        look(d)
        look(d)
        assert [c[0] for c in d.charge_point.connectors[0].shown.changes] == ["Reserved", "Preparing", "Finishing"]
    """)


def test_rule_68_a_card_that_was_accepted_but_not_used_leaves_the_reservation() -> None:
    play("""
        d = device()
        ask(d, 1)
        tap(d, "AA")
        d.charge_point.forget(d.charge_point.connectors[0])
        look(d)
        assert [c[0] for c in d.charge_point.connectors[0].shown.changes] == [
            "Reserved", "Preparing", "Available", "Reserved"]   # §4.9 has no other way
    """)


def test_rule_68_a_transaction_that_cannot_be_recorded_does_not_use_it_up() -> None:
    play("""
        d = device()
        ask(d, 1)
        d.transactions.full = True
        plug(d, 1)
        tap(d, "AA")
        assert not begin(d, 1) and len(opened().records) == 1
    """)


def test_rule_68_faulted_and_unavailable_end_it() -> None:
    play("""
        d = device()
        ask(d, 1)
        ask(d, 2, 8)
        connector = d.charge_point.connectors[0]
        connector.controller.fault = "GroundFailure"
        assert look(d) == ["Faulted", "Reserved"]
        connector.controller.fault = None
        assert look(d) == ["Available", "Reserved"]
        d.configuration.unavailable = [2]
        assert look(d) == ["Available", "Unavailable"]
        d.configuration.unavailable = []
        assert look(d) == ["Available", "Available"]
        ask(d, 0)
        d.configuration.unavailable = [1]
        look(d)
        assert len(opened().records) == 1    # the other one can still serve it
        d.configuration.unavailable = [1, 2]
        look(d)
        assert not opened().records
    """)


def test_rule_68_cancel_ends_it_and_an_unknown_id_is_rejected() -> None:
    play("""
        d = device()
        ask(d, 1)
        cancel = lambda i: reservation.cancel(d, {"reservationId": i})["status"]
        assert cancel(8) == "Rejected" and look(d)[0] == "Reserved"
        assert cancel(7) == "Accepted" and look(d)[0] == "Available"
        assert cancel(7) == "Rejected"
        assert not opened().records
    """)


def test_rule_68_it_holds_across_a_reboot_but_not_beyond_its_time() -> None:
    play("""
        d = device()
        ask(d, 1, parent="FLEET")
        boot(flash)
        d = device()
        assert look(d) == ["Reserved", "Available"]
        assert d.charge_point.reservations.saved_s == clock.s   # the clock starts no earlier
        clock.s += 100                                          # this long it was off
        boot(flash)
        d = device()
        assert look(d) == ["Available", "Available"]
        assert not opened().records
    """)


def test_rule_68_what_cannot_be_written_is_not_promised() -> None:
    play("""
        d = device()
        ask(d, 1)
        reservation_file.PATH = "/data/no/such/place"
        assert ask(d, 2, 8) == "Rejected"
        assert reservation.cancel(d, {"reservationId": 7}) == {"status": "Rejected"}
        assert look(d) == ["Reserved", "Available"]
        clock.s += 100
        assert look(d) == ["Available", "Available"]            # its time is over all the same
    """)


def test_rule_68_a_power_cut_at_any_write_leaves_the_old_or_the_new_reservations() -> None:
    printed = play("""
        def told(flash):
            boot(flash)
            return opened().records

        def changed(flash, n):
            kept = opened()
            if n == 0: reservation_file.save(kept, [], 5)
            elif n == 1: reservation_file.end(kept, kept.records[0], "used", 6)
            else: reservation_file.save(kept, kept.records + [(0, 99, 900, "B" * 20, "C" * 20)], 7)

        cuts = 0
        for torn in (False, True):
            for n in range(3):
                flash = formatted()
                boot(flash)
                reservation_file.save(opened(), [(1, 7, 800, "A" * 20, ""), (2, 8, 900, "X", "Y")], 4)
                before, image = told(flash), bytes(flash.data)
                changed(flash, n)
                after = told(flash)
                assert before != after
                step = 0
                while True:
                    cut = Flash()
                    cut.data[:] = image
                    boot(cut)
                    cut.writes, cut.cut_at = 0, step
                    write = cut.writeblocks
                    def half(block, buf, offset=None):
                        if cut.cut_at is not None and cut.writes >= cut.cut_at and offset is not None:
                            start = block * 4096 + offset
                            cut.data[start:start + len(buf) // 2] = buf[:len(buf) // 2]
                        write(block, buf, offset)
                    if torn: cut.writeblocks = half
                    try:
                        changed(cut, n)
                        done = True
                    except PowerCut:
                        done = False
                    found = told(cut)
                    assert found in (before, after), (n, step, found)
                    if done:
                        assert found == after
                        break
                    cuts += 1
                    step += 1
        print(cuts)
    """)
    assert int(printed.split()[-1]) >= 12


def test_rule_68_a_damaged_file_is_told_and_forgotten() -> None:
    printed = play("""
        for rubbish in (b"", b"[", b"{}", b"5", b"[1,[1]]", b"[1,[1,2,3,4,5,6]]", b'["x",[1,7,800,"A",""]]',
                        bytes(range(256)), b'[1,["a",7,800,"A",""]]', b"null", b'[null,[1,7,800,"A",""]]'):
            with open("/data/reservations", "wb") as file:
                file.write(rubbish)
            d = device()
            assert ask(d, 1) == "Accepted", rubbish
    """)
    assert printed.count("reservations.damaged") >= 9


# Rule 69


def test_rule_69_a_reservation_used_just_before_a_power_cut_is_not_there_again() -> None:
    play("""
        d = device()
        ask(d, 1)
        ask(d, 2, 8, "BB")
        boot(flash)   # the Start was on flash, the end of the reservation not yet
        d = device(interrupted={1: [1, "AA", "", clock.s, 1000, clock.s]})
        assert [r[1] for r in opened().records] == [8]
    """)


# On the bench


@pytest.fixture
async def system() -> AsyncIterator[CentralSystem]:
    async with central_system() as running:
        running.answers["Authorize"] = lambda id_tag: call_result.Authorize(
            {"status": "Accepted"} | ({"parentIdTag": "FLEET"} if id_tag == FRIEND else {}))
        yield running


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path) as running:
        yield running


@pytest.fixture
async def charge_point(system: CentralSystem, world: World) -> ChargePoint:
    added = await world.add(options(system.url))
    await system.wait_for("StatusNotification", connector_id=1, status="Available")
    return added


async def reserve(
    system: CentralSystem, reservation_id: int, *, in_s: float = 600, id_tag: str = CARD, connector_id: int = 1,
    parent_id_tag: str | None = None,
) -> str:
    expires = (datetime.now(UTC) + timedelta(seconds=in_s)).isoformat().replace("+00:00", "Z")
    answer = await system.call(call.ReserveNow(
        connector_id=connector_id, expiry_date=expires, id_tag=id_tag, reservation_id=reservation_id,
        parent_id_tag=parent_id_tag))
    return str(answer.status)


def statuses(system: CentralSystem) -> list[str]:
    return [p["status"] for p in system.all("StatusNotification") if p["connector_id"] == 1]


async def ended(system: CentralSystem, charge_point: ChargePoint, count: int) -> None:
    charge_point.unplug(1)
    await system.wait_for("StopTransaction", count=count)
    await system.wait_for("StatusNotification", connector_id=1, status="Available", count=count + 1)


@pytest.mark.story
async def test_rule_69_the_start_that_uses_it_names_the_reservation(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    """OCTT 046_1, 046_2, 053: by its card, from afar, by another of its group; another card never."""
    assert await reserve(system, 11) == "Accepted"
    await system.wait_for("StatusNotification", connector_id=1, status="Reserved")
    await tap(charge_point, STRANGER)
    await until("the stranger is ignored", lambda: said(charge_point, "card.ignored"))
    assert (await system.call(call.RemoteStartTransaction(id_tag=STRANGER, connector_id=1))).status == "Rejected"
    await tap(charge_point)
    await system.wait_for("StatusNotification", connector_id=1, status="Preparing")
    charge_point.plug(1, Plug())
    start = await system.wait_for("StartTransaction")
    assert (start["id_tag"], start["reservation_id"]) == (CARD, 11)
    await until("contactor closed", lambda: closed(charge_point))
    await ended(system, charge_point, 1)
    assert statuses(system)[:3] == ["Available", "Reserved", "Preparing"]

    assert await reserve(system, 12) == "Accepted"
    await system.wait_for("StatusNotification", connector_id=1, status="Reserved", count=2)
    assert (await system.call(call.RemoteStartTransaction(id_tag=CARD, connector_id=1))).status == "Accepted"
    charge_point.plug(1, Plug())
    assert (await system.wait_for("StartTransaction", count=2))["reservation_id"] == 12
    await ended(system, charge_point, 2)

    assert await reserve(system, 13, parent_id_tag="fleet", connector_id=0) == "Accepted"
    await system.wait_for("StatusNotification", connector_id=1, status="Reserved", count=3)
    charge_point.plug(1, Plug())
    await until("plugged", lambda: charge_point.console[-1].startswith("connector.plugged"))
    await tap(charge_point, STRANGER)
    await system.wait_for("Authorize", id_tag=STRANGER)
    await tap(charge_point, FRIEND)
    start = await system.wait_for("StartTransaction", count=3)
    assert (start["id_tag"], start["reservation_id"]) == (FRIEND, 13)
    await ended(system, charge_point, 3)
    assert [p["id_tag"] for p in system.all("StartTransaction")] == [CARD, CARD, FRIEND]
    charge_point.plug(1, Plug())
    await tap(charge_point)
    assert "reservation_id" not in await system.wait_for("StartTransaction", count=4)


@pytest.mark.story
async def test_rule_68_cancel_and_expiry_make_it_available(system: CentralSystem, charge_point: ChargePoint) -> None:
    """OCTT 047, 051, 052, 048_2, 048_3, 050_3."""
    assert (await system.call(call.CancelReservation(reservation_id=5))).status == "Rejected"
    assert await reserve(system, 5) == "Accepted"
    await system.wait_for("StatusNotification", connector_id=1, status="Reserved")
    assert await reserve(system, 6, connector_id=0) == "Occupied"
    assert (await system.call(call.CancelReservation(reservation_id=5))).status == "Accepted"
    await system.wait_for("StatusNotification", connector_id=1, status="Available", count=2)
    assert await reserve(system, 6, in_s=-5) == "Rejected"
    assert await reserve(system, 6, in_s=2) == "Accepted"
    await system.wait_for("StatusNotification", connector_id=1, status="Available", count=3)
    assert statuses(system) == ["Available", "Reserved", "Available", "Reserved", "Available"]
    await system.call(call.ChangeAvailability(connector_id=0, type="Inoperative"))
    await system.wait_for("StatusNotification", connector_id=1, status="Unavailable")
    assert await reserve(system, 6) == "Unavailable"
    assert await reserve(system, 6, connector_id=0) == "Unavailable"
    await system.call(call.ChangeAvailability(connector_id=0, type="Operative"))
    await system.wait_for("StatusNotification", connector_id=1, status="Available", count=4)
    charge_point.set_fault(1, "ground", True)
    await system.wait_for("StatusNotification", connector_id=1, status="Faulted")
    assert await reserve(system, 6) == "Faulted"
    assert await reserve(system, 6, connector_id=0) == "Faulted"


@pytest.mark.story
async def test_rule_68_it_outlasts_a_power_cut_but_not_its_time(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    assert await reserve(system, 21, in_s=600) == "Accepted"
    await system.wait_for("StatusNotification", connector_id=1, status="Reserved")
    await charge_point.power(False)
    await charge_point.power(True)
    await system.wait_for("BootNotification", count=2)
    await system.wait_for("StatusNotification", connector_id=1, status="Reserved", count=2)
    await tap(charge_point, STRANGER)
    await until("the stranger is ignored", lambda: said(charge_point, "card.ignored"))

    assert await reserve(system, 21, in_s=1) == "Accepted"   # it replaces, and its time passes with the power off
    await charge_point.power(False)
    await asyncio.sleep(1.2)   # the real clock's second, which no event of the bench tells
    await charge_point.power(True)
    await system.wait_for("BootNotification", count=3)
    await until("expiry", lambda: said(charge_point, "reservation.ended connector=1 reservation=21 reason=expired"))
    await system.wait_for("StatusNotification", connector_id=1, status="Available", count=2)
    assert await reserve(system, 22) == "Accepted"
