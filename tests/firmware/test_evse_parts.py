"""What of the energy path only some boards have, on the real interpreter: lock, cable, test, voltage, phases, delay."""
import textwrap

import pytest

from firmware.evse.cable import rated_da
from tests.firmware.on_micropython import run


def play(source: str) -> str:
    prologue = """
        from micropython import heap_lock, heap_unlock
        from firmware.evse.bolt import *
        from firmware.evse.cable import *
        from firmware.evse.limits import *
        from firmware.evse.phases import *
        from firmware.evse.residual_test import *
        from firmware.evse.safety import Line
        from firmware.evse.start_delay import *
        from firmware.evse.voltage import *
        from tests.firmware.fake_connector import *

        def until(c, fact, within_ms=20000):
            return c.until(lambda c: fact(), within_ms)
    """
    return run(textwrap.dedent(prologue) + textwrap.dedent(source))


# The cable's rating


@pytest.mark.parametrize(("ohm", "amperes"), [
    (1e6, 0), (1500, 13), (680, 20), (220, 32), (100, 63), (30, 0), (0, 0), (2460, 13), (1100, 13), (936, 20),
    (400, 20), (308, 32), (164, 32), (140, 63), (80, 63)])
def test_a_plugs_resistor_says_what_its_cable_may_carry(ohm: int, amperes: int) -> None:
    assert rated_da(ohm) == amperes * 10


def test_no_more_is_offered_than_the_cable_may_carry() -> None:
    play("""
        adc = FakeAdc()
        def plug(ohm): adc.uv = 3300 * 1000 * ohm // (ohm + 1000)
        plug(1000000)
        c = plugged(parts=[Cable(adc, 1000, 3300)])
        k = c.controller
        k.offer(320); k.permit(True); c.car = "C"; c.run(2000)
        assert not c.closed and k.offered_da == 0 and k.limit_reason == "cable"
        plug(680)
        until(c, lambda: k.charging)
        assert k.offered_da == 200 and k.limit_reason == "cable"
        plug(100); c.run(20000)
        assert k.offered_da == 200, "no cable gets thicker while it is used"
        plug(1500); c.run(200)
        assert k.offered_da == 130
        plug(1000000); c.tick(); plug(1500); c.run(1000)
        assert k.offered_da == 130, "one odd reading"
        plug(1000000); c.run(7000)
        assert not c.closed and k.offered_da == 0
    """)


# The lock


def test_nothing_is_live_in_a_socket_that_is_not_locked() -> None:
    play("""
        class Lock:
            locked = False
            def is_locked(self): return self.locked
        lock = Lock()
        c = plugged(parts=[Bolt(lock)])
        k = c.controller
        k.offer(160); k.permit(True); c.car = "C"; c.run(2000)
        assert not c.closed and k.fault is None
        lock.locked = True
        until(c, lambda: k.charging)
        lock.locked = False; c.tick(); lock.locked = True; c.run(1000)
        assert c.closed, "one odd reading"
        lock.locked = False
        assert until(c, lambda: not c.closed) <= 60
        assert k.fault == "ConnectorLockFailure" and k.fault_info == "cable unlocked"
        lock.locked = True; c.run(10000)
        assert not c.closed, "until the car has left"
        c.car = "A"; until(c, lambda: k.fault is None)
    """)


# The residual-current device

TESTED = """
    class Device:
        "Trips 30 ms after its coil, is well 40 ms after."
        broken = leaks = sticks = False
        def __init__(self):
            self.coil, self.line, self.since_ms, self.trips = FakePin(), FakePin(), None, 0
        def follow(self, now_ms):
            wanted = (self.coil.level and not self.broken) or self.leaks or (self.sticks and self.line.level)
            if wanted == self.line.level:
                self.since_ms = None
            elif self.since_ms is None:
                self.since_ms = now_ms
            elif now_ms - self.since_ms >= 30:
                self.trips += wanted
                self.line.level, self.since_ms = int(wanted), None
    device = Device()
    test = ResidualTest(device.coil, 1, device.line, 1, 200, 200)
    class Tested(Connector):
        def tick(self, ms=20):
            device.follow(self.now_ms)
            super().tick(ms)
    def tested():
        c = Tested(parts=[test], residual=TestedLine(Line(device.line, 1), test))
        test.guards(c.controller.contactor)
        c.run(200); c.car = "B"; c.run(200)
        return c
"""


def play_tested(source: str) -> str:
    return play(textwrap.dedent(TESTED) + textwrap.dedent(source))


def test_the_residual_current_device_is_tested_before_each_closing() -> None:
    play_tested("""
        c = tested(); k = c.controller
        k.offer(160); k.permit(True); c.run(200)
        assert device.trips == 0, "not before a car wants energy"
        for n in (1, 2, 3):
            c.car = "C"
            until(c, lambda: k.charging)
            assert device.trips == n and k.fault is None and device.coil.level == 0 and device.line.level == 0
            c.car = "B"; c.run(2000)
        device.leaks = True; c.run(100)
        assert k.fault_info == "residual current"
    """)


def test_a_device_that_does_not_trip_when_tested_keeps_all_dead_until_a_restart() -> None:
    play_tested("""
        c = tested(); k = c.controller
        device.broken = True
        k.offer(160); k.permit(True); c.car = "C"
        until(c, lambda: k.fault)
        assert k.fault == "GroundFailure" and k.fault_info == "residual current device failed its test"
        assert not c.closed and device.coil.level == 0
        device.broken = False; c.car = "A"; c.run(60000)
        assert k.fault == "GroundFailure"
    """)


def test_one_test_that_was_missed_is_done_again() -> None:
    play_tested("""
        c = tested(); k = c.controller
        device.broken = True
        k.offer(160); k.permit(True); c.car = "C"
        until(c, lambda: device.coil.level); until(c, lambda: not device.coil.level)
        device.broken = False
        until(c, lambda: k.charging)
        assert k.fault is None
    """)


def test_a_leak_that_a_test_hides_is_seen_when_the_test_has_had_its_time() -> None:
    play_tested("""
        c = tested(); k = c.controller
        k.offer(160); k.permit(True); c.car = "C"
        until(c, lambda: device.coil.level)
        device.leaks = True
        assert until(c, lambda: k.fault) <= 500
        assert k.fault_info == "residual current" and not c.closed
    """)


def test_a_car_that_leaves_during_the_test_closes_nothing_and_the_next_is_tested_anew() -> None:
    play_tested("""
        c = tested(); k = c.controller
        k.offer(160); k.permit(True); c.car = "C"
        until(c, lambda: device.coil.level)
        c.car = "B"; c.run(1000)
        assert not c.closed and device.coil.level == 0 and device.trips == 1
        c.car = "C"; until(c, lambda: k.charging)
        assert device.trips == 2
    """)


def test_who_shares_a_device_waits_until_the_other_has_charged_and_is_tested_too() -> None:
    play_tested("""
        a = tested(); b = tested()
        for c in (a, b):
            c.controller.offer(160); c.controller.permit(True)
        a.car = "C"
        for _ in range(50): a.tick(); b.tick()
        assert a.controller.charging and device.trips == 1
        b.car = "C"
        for _ in range(100): a.tick(); b.tick()
        assert a.controller.charging and not b.closed and device.trips == 1
        assert a.controller.fault is None and b.controller.fault is None
        a.car = "B"
        for _ in range(50): a.tick(); b.tick()
        assert b.controller.charging and not a.closed and device.trips == 2
    """)


# Voltage and the start delay


@pytest.mark.parametrize(("volts", "code", "info"), [
    (190, "UnderVoltage", "under voltage"), (270, "OverVoltage", "over voltage"), (0, "UnderVoltage", "under voltage")])
def test_a_voltage_that_is_wrong_twice_in_a_row_stops_and_ends_by_itself(volts: int, code: str, info: str) -> None:
    play(f"""
        from array import array
        c = plugged(parts=[Voltage(196, 264, 3)])
        k = c.controller
        def read(*volts): k.measured(0, array("i", [10 * v for v in volts])); c.run(1000)
        k.offer(160); k.permit(True); c.car = "C"; until(c, lambda: k.charging)
        read(230, 230, 230); read(230, {volts}, 230); read(230, 230, 230); read(230, {volts}, 230); c.run(5000)
        assert k.charging, "once each"
        read(230, 230, {volts})
        assert not c.closed and (k.fault, k.fault_info) == ("{code}", "{info}") and k.limit_reason == "safety"
        c.run(10000)
        assert k.fault
        read(230, 230, 230)
        until(c, lambda: k.charging, 5000)
    """)


def test_a_meter_of_one_phase_is_judged_by_what_it_has() -> None:
    play("""
        c = plugged(parts=[Voltage(196, 264, 3)])
        for volts in (2300, 2300, 1900, 1900):
            c.controller.measured(0, (volts,)); c.run(1000)
        assert c.controller.fault == "UnderVoltage"
    """)


def test_after_power_nothing_is_offered_until_the_delay_is_over() -> None:
    play("""
        asked = []
        def bits(n): asked.append(n); return 1 << n - 1   # the middle
        c = Connector(); k = c.controller
        begin([k], 600, bits)
        c.run(200); c.car = "B"; c.run(200)
        k.offer(160); k.permit(True); c.car = "C"
        c.run(298000)
        assert not c.closed and k.offered_da == 0 and k.limit_reason == "safety" and k.holds == "start delay"
        until(c, lambda: k.charging, 4000)
        assert k.holds is None and len(asked) == 1
        c.run(100000)
        assert k.charging
    """)


def test_the_delay_begins_anew_when_the_voltage_was_gone() -> None:
    play("""
        c = Connector(parts=[Voltage(196, 264, 1)]); k = c.controller
        begin([k], 60, lambda n: 1 << n - 1)
        c.run(31000); assert k.holds is None
        for _ in range(3): k.measured(0, (0,)); c.run(1000); k.measured(0, (1,)); c.run(1000)
        assert k.fault == "UnderVoltage"
        k.measured(0, (2300,)); c.run(5000)
        assert k.fault is None and k.holds == "start delay"
        c.run(30000); assert k.holds is None
    """)


def test_the_delay_begins_anew_whatever_else_was_wrong_while_the_mains_were_gone() -> None:
    play("""
        leak = FakePin()
        c = Connector(parts=[Voltage(196, 264, 1)], residual=Line(leak, 1)); k = c.controller
        begin([k], 60, lambda n: 1 << n - 1)
        def outage():
            leak.level = 1; c.run(100)
            for volts in (0, 1): k.measured(0, (volts,)); c.run(1000)
            assert k.fault == "GroundFailure"
            k.measured(0, (2300,)); leak.level = 0
        c.run(20000); outage()   # ten seconds were left
        c.run(29000); assert k.fault is None and k.holds == "start delay"
        c.run(1500); assert k.holds is None
        outage(); c.run(29000); assert k.holds == "start delay"
    """)


def test_a_delay_outlasts_a_round_of_the_ticks_and_no_delay_is_none() -> None:
    play("""
        from time import ticks_add
        c = Connector(start_ms=ticks_add(0, -1) - 5000); k = c.controller
        begin([k], 20, lambda n: (1 << n) - 1)
        c.run(19000); assert k.holds == "start delay"
        c.run(1500); assert k.holds is None
        begin([k], 1800, lambda n: 0)
        c.tick(); assert k.holds is None
    """)


# One phase or three

SWITCHED = """
    class Switched(Connector):
        "Its phase contactor moves 30 ms after its pin."
        stuck = False
        def tick(self, ms=20):
            if not self.stuck and self.now_ms - self.moved_ms >= 30:
                back.level = 1 - pin.level
            if pin.edges != self.edges:
                self.edges, self.moved_ms = pin.edges, self.now_ms
            super().tick(ms)
    pin, back = FakePin(), FakePin(1)
    phases = Phases(pin, 1, back, 0, 10000)
    c = Switched(parts=[phases]); c.edges = c.moved_ms = 0
    k = c.controller
    c.run(2000)
    def charge():
        c.car = "B"; c.run(200)
        k.offer(160); k.permit(True); c.car = "C"
        until(c, lambda: k.charging)
"""


def play_switched(source: str) -> str:
    return play(textwrap.dedent(SWITCHED) + textwrap.dedent(source))


def test_with_no_car_phases_are_switched_at_once_and_the_first_car_finds_three() -> None:
    play_switched("""
        assert pin.level == 1 and phases.used == 3 and phases.holds is None
        phases.want(1); c.run(200)
        assert pin.level == 0 and phases.used == 1 and phases.holds is None
        charge()
    """)


def test_a_car_that_charges_pauses_for_ten_seconds_with_open_contactors_while_phases_change() -> None:
    play_switched("""
        charge()
        phases.want(1); c.run(100)
        assert k.offered_da == 0 and k.holds == "switching phases" and c.closed and pin.level == 1
        c.car = "B"   # it heeds the pilot
        until(c, lambda: not c.closed)
        open_ms = c.now_ms
        until(c, lambda: pin.level == 0)
        assert 1000 <= c.now_ms - open_ms <= 1200 and not c.closed
        until(c, lambda: k.offered_da)
        c.car = "C"
        until(c, lambda: k.charging)
        assert 10000 <= c.now_ms - open_ms <= 11000
        phases.want(1); c.run(10000)
        assert k.charging, "nothing to switch"
    """)


def test_after_a_stall_nobody_knows_since_when_the_contacts_are_open() -> None:
    play_switched("""
        class Charging:
            class contactor: commanded = closed = True
            state = 2
        phases.step(Charging, 0); phases.step(Charging, 20)
        Charging.contactor.commanded = Charging.contactor.closed = False
        phases.step(Charging, 8020)   # longer than the heartbeat is held: the hardware AND has opened somewhere in it
        phases.want(1); phases.step(Charging, 8040)
        assert phases.used == 3, "moved as if they had been open for long"
        for now_ms in range(8060, 9100, 20): phases.step(Charging, now_ms)
        assert phases.used == 1
    """)


def test_a_car_that_ignores_the_pilot_is_opened_under_load_and_phases_move_only_then() -> None:
    play_switched("""
        charge()
        phases.want(1)
        took_ms = until(c, lambda: not c.closed)
        assert 5900 <= took_ms <= 6100 and pin.level == 1
        c.run(1200)
        assert pin.level == 0
    """)


def test_a_phase_contactor_that_does_not_move_is_a_fault_until_a_restart() -> None:
    play_switched("""
        c.stuck = True
        phases.want(1)
        until(c, lambda: k.fault, 3000)
        assert k.fault == "PowerSwitchFailure" and k.fault_info == "phase contactor stuck"
        c.stuck = False; c.run(60000)
        assert k.fault
    """)


def test_a_wish_taken_back_in_time_interrupts_nothing() -> None:
    play_switched("""
        charge()
        phases.want(1); c.tick(); phases.want(3)
        c.run(20000)
        assert k.charging and phases.used == 3 and phases.holds is None
    """)


# All of them


def test_all_parts_allocate_nothing() -> None:
    play_tested("""
        adc, pin, back, volts = FakeAdc(), FakePin(), FakePin(1), [(2300, 2300, 2300), (1900, 1900, 1900)]
        adc.uv = 3300 * 1000 * 220 // 1220
        class Lock:
            locked = True
            def is_locked(self): return self.locked
        lock, phases = Lock(), Phases(pin, 1, back, 0, 2000)
        c = Tested(parts=[Bolt(lock), Cable(adc, 1000, 3300), Voltage(196, 264, 3), phases, test],
                   residual=TestedLine(Line(device.line, 1), test))
        k = c.controller
        begin([k], 10, lambda n: 1 << n - 1)
        test.guards(k.contactor)
        def quietly(n):
            heap_lock()
            for i in range(n):
                back.level = 1 - pin.level
                c.tick()
            heap_unlock()
        quietly(600)
        c.car = "B"; quietly(20)
        k.offer(160); k.permit(True); c.car = "C"; quietly(100)
        assert k.charging
        phases.want(1); quietly(700)
        assert k.charging and phases.used == 1
        k.measured(0, volts[1]); quietly(5)
        k.measured(0, (1, 1, 1)); quietly(5)
        assert k.fault == "UnderVoltage"
        k.measured(0, volts[0]); quietly(600)
        assert k.charging
        adc.uv = 3300 * 1000 * 1500 // 2500; quietly(10)
        assert k.offered_da == 130
        lock.locked = False; quietly(10)
        assert k.fault == "ConnectorLockFailure"
    """)
