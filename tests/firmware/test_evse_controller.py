"""The controller's rules, on the real interpreter, with a car and a contactor that obey a clock wound by hand."""
import textwrap

import pytest

from tests.firmware.on_micropython import run


def play(source: str) -> str:
    prologue = """
        from micropython import heap_lock, heap_unlock
        from firmware.evse.controller import *
        from firmware.evse.limits import *
        from firmware.evse.pilot import *
        from tests.firmware.fake_connector import *
    """
    return run(textwrap.dedent(prologue) + textwrap.dedent(source))


def test_at_boot_the_coil_is_off_and_the_pilot_steady() -> None:
    play("""
        c = Connector()
        assert c.coil.level == 0 and c.pwm.duty == STEADY
        c.run(1000)
        assert c.coil.level == 0 and c.pwm.duty == STEADY and c.controller.state_text() == "A"
        assert c.controller.fault is None and c.heartbeat.edges == 0
    """)


def test_an_inverted_coil_is_off_at_boot_too() -> None:
    play("""
        coil, auxiliary = FakePin(0), FakePin(1)
        from firmware.evse.contactor import Contactor
        Contactor(coil, 0, auxiliary, 0, FakePin())
        assert coil.level == 1
    """)


def test_a_charge_closes_the_contactor_with_permit_state_c_and_a_proven_diode() -> None:
    play("""
        c = charging()
        assert c.closed and c.controller.charging and c.controller.state == STATE_C
        assert c.controller.offered_da == 160 and c.controller.limit_reason == "profile"
        assert c.controller.c_to_closed_ms <= 100, c.controller.c_to_closed_ms
    """)


@pytest.mark.parametrize("car", ["B", "D"])
def test_without_state_c_the_contactor_stays_open(car: str) -> None:
    play(f"""
        c = plugged()
        c.controller.offer(160); c.controller.permit(True)
        c.car = "{car}"
        c.run(3000)
        assert not c.closed and c.controller.state_text() == "{car}" and not c.controller.wants_energy
    """)


def test_with_ventilation_state_d_may_charge() -> None:
    play("""
        c = plugged(ventilated=True)
        c.controller.offer(160); c.controller.permit(True)
        c.car = "D"
        c.until(lambda c: c.controller.charging, 1000)
    """)


def test_without_a_permit_the_contactor_stays_open() -> None:
    play("""
        c = plugged()
        c.controller.offer(160)
        c.car = "C"
        c.run(5000)
        assert not c.closed and c.controller.wants_energy and c.controller.offered_da == 160
        c.controller.permit(True)
        assert c.until(lambda c: c.controller.charging, 1000) <= 300
    """)


def test_a_permit_in_the_moment_a_car_leaves_closes_nothing() -> None:
    play("""
        c = plugged()
        c.controller.offer(160)
        c.car = "C"; c.run(1000)
        c.car = "B"
        c.controller.permit(True)
        for _ in range(50):
            c.tick()
            assert not c.closed
    """)


def test_without_an_offer_the_contactor_stays_open() -> None:
    play("""
        c = plugged()
        c.controller.permit(True)
        c.controller.offer(59)
        c.car = "C"
        c.run(5000)
        assert not c.closed and c.pwm.duty == STEADY
    """)


def test_without_a_diode_it_is_no_car() -> None:
    play("""
        c = plugged()
        c.diode = False
        c.controller.offer(160); c.controller.permit(True)
        c.car = "C"
        for _ in range(200):
            c.tick()
            assert not c.closed
        assert c.controller.fault == "EVCommunicationError" and c.controller.fault_info == "no diode"
        assert c.pwm.duty == STEADY
        c.car = "A"; c.diode = True
        c.until(lambda c: c.controller.fault is None, 5000)
    """)


def test_a_diode_lost_in_the_moment_of_closing_closes_nothing() -> None:
    play("""
        c = plugged()
        c.controller.offer(160)
        c.car = "C"; c.run(1000)
        c.diode = False
        c.controller.permit(True)
        for _ in range(100):
            c.tick()
            assert not c.closed
        assert c.controller.fault_info == "no diode"
    """)


def test_a_stall_while_a_car_is_plugged_is_no_missing_diode() -> None:
    play("""
        c = Connector()
        c.controller.offer(160); c.controller.permit(True)
        c.run(200)
        c.car = "B"; c.tick()
        c.tick(4000)   # a handshake: it is believed only now, and its pilot begins to pulse now
        c.run(200)
        assert c.controller.fault is None and c.controller.offered_da == 160
    """)


def test_stalls_do_not_put_off_that_a_diode_is_lost() -> None:
    play("""
        c = charging()
        c.diode = False
        c.tick(); c.tick(250); c.tick(); c.tick(250)
        assert not c.closed and c.controller.fault_info == "no diode"
    """)


def test_a_diode_lost_while_charging_opens_within_100_ms() -> None:
    play("""
        c = charging()
        c.diode = False
        assert c.until(lambda c: not c.closed, 1000) <= 100
        assert c.controller.fault == "EVCommunicationError"
    """)


def test_a_car_must_ask_for_half_a_second() -> None:
    play("""
        c = plugged()
        c.controller.offer(160); c.controller.permit(True)
        for _ in range(20):
            c.car = "C"; c.run(400)
            c.car = "B"; c.run(40)
            assert c.controller.state == STATE_B and not c.closed
        c.car = "C"
        assert 480 <= c.until(lambda c: c.controller.state == STATE_C, 1000) <= 540
    """)


@pytest.mark.parametrize("car", ["A", "B", "D", "E", "F"])
def test_leaving_c_opens_within_100_ms(car: str) -> None:
    play(f"""
        for phase in range(1, 20, 3):   # wherever within the tick it happens
            c = charging()
            c.tick(phase)
            c.car = "{car}"
            assert c.until(lambda c: not c.closed, 1000) <= 80
            assert c.controller.left_c_to_open_ms <= 100
    """)


def test_a_plug_pulled_slowly_opens_within_100_ms_too() -> None:
    play("""
        c = charging()
        for i in range(4):
            c.car = "BA"[i & 1]
            c.tick()
        assert not c.closed
    """)


def test_one_odd_reading_does_not_interrupt_a_charge() -> None:
    play("""
        c = charging()
        for car in "ABDEF":
            c.car = car; c.tick()
            c.car = "C"; c.run(200)
            assert c.closed and c.controller.fault is None, car
    """)


def test_withdrawing_the_permit_stops_the_pilot_first_and_waits_for_the_car() -> None:
    play("""
        c = charging()
        c.controller.permit(False)
        c.tick()
        assert c.pwm.duty == STEADY and c.closed
        c.run(2000)
        assert c.closed
        c.car = "B"   # the car has opened its own switch
        assert c.until(lambda c: not c.closed, 1000) <= 100
        c.run(5000)
        assert c.pwm.duty == STEADY, "an old offer must not start again by itself"
    """)


def test_a_car_that_ignores_the_pilot_is_opened_under_load_after_six_seconds() -> None:
    play("""
        c = charging()
        c.controller.permit(False)
        assert 5900 <= c.until(lambda c: not c.closed, 10000) <= 6040
    """)


def test_an_offer_below_six_amperes_ends_the_same_way() -> None:
    play("""
        c = charging()
        c.controller.offer(0)
        assert 5900 <= c.until(lambda c: not c.closed, 10000) <= 6040
        c.controller.offer(100)
        c.car = "B"; c.run(100)
        c.car = "C"
        c.until(lambda c: c.controller.charging, 1000)
    """)


def test_open_now_does_not_wait() -> None:
    play("""
        c = charging()
        c.controller.open_now()
        assert not c.closed
        c.run(10000)
        assert not c.closed
    """)


def test_a_car_in_c_at_boot_starts_from_the_beginning() -> None:
    play("""
        c = Connector()
        c.car = "C"
        c.run(3000)
        assert not c.closed and c.pwm.duty == STEADY and c.controller.state == STATE_C
        c.controller.offer(160); c.controller.permit(True)
        c.tick()
        assert not c.closed, "the diode has not been proven yet"
        c.until(lambda c: c.controller.charging, 1000)
    """)


def test_a_permit_ends_with_unplugging() -> None:
    play("""
        c = charging()
        c.car = "A"; c.run(500)
        c.car = "B"; c.run(500)
        c.car = "C"; c.run(3000)
        assert not c.closed and not c.controller.permitted
    """)


@pytest.mark.parametrize(
    ("spoil", "heal", "code", "info"),
    [
        ("c.residual.level = 1", "c.residual.level = 0", "GroundFailure", "residual current"),
        ("c.earth.level = 1", "c.earth.level = 0", "GroundFailure", "earth lost"),
        ("c.stop.level = 1", "c.stop.level = 0", "OtherError", "emergency stop"),
        ("c.heat_c = 80", "c.heat_c = 25", "HighTemperature", "too hot"),
        ("c.heat_c = -50", "c.heat_c = 25", "HighTemperature", "temperature sensor lost"),
        ("c.high.broken = True; c.high.read_uv = None", "", "InternalError", "control failed"),
    ],
)
def test_a_fault_opens_within_100_ms_and_stops_the_pilot(spoil: str, heal: str, code: str, info: str) -> None:
    play(f"""
        c = charging()
        revision = c.controller.revision
        {spoil}
        assert c.until(lambda c: not c.closed, 1000) <= 100
        c.tick()
        assert c.pwm.duty == STEADY and not c.controller.charging
        assert (c.controller.fault, c.controller.fault_info) == ("{code}", "{info}")
        assert c.controller.revision != revision
        c.run(20000)
        assert not c.closed and c.controller.fault == "{code}"
        {heal}
        c.car = "A"
        if "{heal}":
            c.until(lambda c: c.controller.fault is None, 5000)
            c.run(1000)
            assert c.controller.state == STATE_A
    """)


def test_a_ground_failure_stays_until_the_car_has_gone() -> None:
    play("""
        c = charging()
        c.residual.level = 1; c.run(200)
        c.residual.level = 0; c.run(60000)
        assert c.controller.fault == "GroundFailure" and not c.closed
    """)


def test_nothing_starts_by_itself_after_an_emergency_stop() -> None:
    play("""
        c = charging()
        c.stop.level = 1; c.run(200)
        c.stop.level = 0
        c.until(lambda c: c.controller.fault is None, 5000)
        c.run(10000)
        assert not c.closed
        c.controller.permit(True)
        c.until(lambda c: c.controller.charging, 1000)
    """)


def test_a_contactor_without_feedback_is_opened_and_reported() -> None:
    play("""
        c = plugged()
        c.stuck_open = True
        c.controller.offer(160); c.controller.permit(True); c.car = "C"
        c.until(lambda c: c.closed, 1000)
        assert c.until(lambda c: not c.closed, 1000) <= 540
        assert c.controller.fault == "PowerSwitchFailure" and not c.controller.charging
    """)


def test_a_contactor_that_drops_out_is_reported() -> None:
    play("""
        c = charging()
        c.stuck_open = True
        c.until(lambda c: c.controller.fault == "PowerSwitchFailure", 400)
        assert c.controller.fault_info == "contactor dropped out" and not c.closed
    """)


def test_a_welded_contact_is_noticed_and_never_cleared() -> None:
    play("""
        c = charging()
        c.welded = True
        c.car = "B"
        c.until(lambda c: c.controller.fault_info == "contactor welded", 1500)
        c.welded = False
        c.car = "A"
        c.run(60000)
        assert c.controller.fault == "PowerSwitchFailure"
    """)


def test_a_contact_welded_at_boot_is_noticed() -> None:
    play("""
        c = Connector()
        c.welded = True
        c.until(lambda c: c.controller.fault == "PowerSwitchFailure", 1500)
    """)


def test_a_contactor_that_is_not_proven_open_is_not_closed() -> None:
    play("""
        c = plugged()
        c.controller.offer(160)
        c.car = "C"; c.run(1000)
        c.welded = True; c.tick()
        c.controller.permit(True)
        for _ in range(100):
            c.tick()
            assert not c.closed
        assert c.controller.fault_info == "contactor welded"
    """)


def test_a_bouncing_auxiliary_contact_is_no_weld() -> None:
    play("""
        c = plugged()
        for _ in range(50):
            c.welded = True; c.run(100)
            c.welded = False; c.run(100)
        assert c.controller.fault is None
    """)


def test_a_contactor_opens_by_itself_when_its_feedback_is_missing() -> None:
    play("""
        from firmware.evse.contactor import *
        coil = FakePin()
        contactor = Contactor(coil, 1, FakePin(1), 0, FakePin())
        contactor.close(0)
        assert [contactor.step(ms) for ms in (0, 480)] == [None, None] and coil.level == 1
        assert contactor.step(500) == NOT_CLOSING and coil.level == 0
    """)


def test_the_heartbeat_beats_with_the_tick_and_only_while_closed() -> None:
    play("""
        c = plugged()
        assert c.heartbeat.edges == 0
        c = charging()
        before = c.heartbeat.edges
        for i in range(50):
            c.tick()
        assert c.heartbeat.edges == before + 50
        c.controller.open_now()
        before = c.heartbeat.edges
        c.run(1000)
        assert c.heartbeat.edges == before
    """)


def test_a_stall_within_the_hold_time_does_not_end_a_charge() -> None:
    play("""
        c = charging()
        c.tick(4000)
        assert c.closed and c.controller.fault is None
        c.run(1000)
        assert c.controller.charging
    """)


def test_a_car_that_left_during_a_stall_is_no_fault_of_the_contactor() -> None:
    """The hardware AND has opened it meanwhile; the tick sees why only now."""
    play("""
        c = charging()
        c.car, c.stuck_open = "B", True
        c._coil_since_ms = c.now_ms - 1000
        c.tick(4000)
        c.run(200)
        assert c.controller.fault is None and not c.closed
        assert c.controller.state == STATE_B
        c.stuck_open, c.car = False, "C"
        c.until(lambda c: c.controller.charging, 1500)
    """)


@pytest.mark.parametrize("late_ms", [120, 180, 199, 200, 201, 260])
def test_however_late_a_tick_comes_a_contactor_that_the_hardware_opened_is_not_broken(late_ms: int) -> None:
    play(f"""
        c = charging()
        c.car, c.stuck_open = "B", True
        c._coil_since_ms = c.now_ms - 1000
        c.tick({late_ms}); c.run(200)
        assert c.controller.fault is None and not c.closed
    """)


def test_a_contactor_that_drops_out_and_stays_out_after_a_stall_is_a_fault() -> None:
    play("""
        c = charging()
        c.stuck_open = True
        c.tick(4000)
        c.run(1000)
        assert c.controller.fault == "PowerSwitchFailure" and not c.closed
    """)


def test_after_a_longer_stall_closing_starts_from_the_beginning() -> None:
    play("""
        c = charging()
        c.stuck_open = True   # the hardware has let go of the coil meanwhile
        c.tick(5500)
        c.stuck_open = False
        assert not c.closed and c.controller.fault is None
        c.tick()
        assert not c.closed, "the diode is to be proven again"
        assert c.until(lambda c: c.controller.charging, 1000) <= 200
    """)


def test_a_permit_given_again_while_stopping_goes_on_charging() -> None:
    play("""
        c = charging()
        c.controller.permit(False); c.run(1000)
        assert c.closed and c.pwm.duty == STEADY
        c.controller.permit(True); c.run(10000)
        assert c.closed and c.controller.offered_da == 160
    """)


def test_two_readings_across_a_stall_are_no_debounce() -> None:
    play("""
        c = plugged()
        c.controller.offer(160); c.controller.permit(True); c.run(200)
        c.car = "C"
        c.tick()
        c.tick(4000)
        assert c.controller.state == STATE_B and not c.closed
        c.until(lambda c: c.controller.charging, 1000)
    """)


def test_a_lower_offer_counts_at_once_and_a_higher_one_after_five_seconds() -> None:
    play("""
        c = charging()
        c.run(6000)
        c.controller.offer(80); c.tick()
        assert c.controller.offered_da == 80 and c.pwm.duty == duty_u16(80)
        c.controller.offer(320); c.run(4900)
        assert c.controller.offered_da == 80
        c.controller.offer(70); c.tick()
        assert c.controller.offered_da == 70
        c.controller.offer(320)
        assert 4900 <= c.until(lambda c: c.controller.offered_da == 320, 10000) <= 5040
    """)


def test_heat_lowers_the_offer_and_says_so() -> None:
    play("""
        c = charging()
        c.controller.offer(320); c.run(6000)
        c.heat_c = 66; c.tick()
        assert c.controller.offered_da == 160 and c.controller.limit_reason == "temperature"
        c.controller.limits.set(FAILSAFE, 80); c.tick()
        assert c.controller.offered_da == 80 and c.controller.limit_reason == "failsafe"
    """)


def test_a_car_that_takes_too_much_is_stopped_after_seven_seconds() -> None:
    play("""
        c = charging()
        c.controller.measured(18100); c.run(20000)   # (16 + 0.5) * 1.1 = 18.15 A
        assert c.closed
        c.controller.measured(18200)
        assert 6980 <= c.until(lambda c: not c.closed, 10000) <= 7060
        assert c.controller.fault == "OverCurrentFailure"
    """)


def test_a_car_has_time_to_follow_a_lower_offer() -> None:
    play("""
        c = charging()
        c.controller.measured(16000); c.run(1000)
        c.controller.offer(60); c.run(6500)
        assert c.closed
        c.controller.measured(6000); c.run(20000)
        assert c.closed and c.controller.fault is None
    """)


def test_a_lower_offer_begins_the_time_anew() -> None:
    play("""
        c = charging()
        c.run(6000)
        c.controller.measured(18200); c.run(5000)
        c.controller.offer(100); c.run(6000)
        assert c.closed
        c.until(lambda c: c.controller.fault == "OverCurrentFailure", 1200)
    """)


def test_a_pilot_short_while_idle_is_a_fault_and_a_starting_front_end_is_none() -> None:
    play("""
        c = Connector()
        c.car = "E"; c.run(300)   # the peak-hold capacitors charge
        c.car = "A"; c.run(2000)
        assert c.controller.fault is None
        c.car = "E"
        c.until(lambda c: c.controller.fault == "EVCommunicationError", 1000)
    """)


def test_every_change_of_an_output_changes_the_revision() -> None:
    play("""
        c = Connector(); k = c.controller
        seen, last = k.revision, None
        def outputs():
            return (k.state, k.charging, k.offered_da, k.limit_reason, k.fault, k.fault_info)
        c.tick(); last, seen = outputs(), k.revision
        script = [("car", "B"), ("offer", 160), ("permit", True), ("car", "C"), ("offer", 100), ("heat_c", 67),
                  ("heat_c", 20), ("stop", 1), ("stop", 0), ("car", "A")]
        for what, value in script:
            if what == "offer": k.offer(value)
            elif what == "permit": k.permit(value)
            elif what == "stop": c.stop.level = value
            else: setattr(c, what, value)
            for _ in range(400):
                c.tick()
                assert (outputs() != last) <= (k.revision != seen), (what, outputs(), last)
                if outputs() == last:
                    assert k.revision == seen, "a revision without a change"
                last, seen = outputs(), k.revision
    """)


def test_a_broken_pin_never_raises_from_a_step() -> None:
    play("""
        c = charging()
        c.pwm.duty_u16 = None
        c.controller.offer(60)
        c.run(200)
        assert not c.closed and c.controller.fault == "InternalError"
        c = charging()
        c.residual.broken = True
        c.run(200)
        assert not c.closed and c.controller.fault == "InternalError"
    """)


def test_ticks_may_wrap_in_the_middle_of_a_charge() -> None:
    play("""
        from time import ticks_add
        top = ticks_add(0, -1)   # the largest value of ticks_ms()
        c = Connector(start_ms=top - 900)
        c.run(200)
        c.car = "B"; c.run(200)
        c.controller.offer(160); c.controller.permit(True)
        c.car = "C"
        for _ in range(60):
            c.tick()
        assert c.now_ms < top - 900 and c.closed and c.controller.fault is None
    """)


def test_a_step_allocates_nothing() -> None:
    out = play("""
        import gc
        c = Connector()
        def quietly(n):
            heap_lock()
            for _ in range(n):
                c.tick()
            heap_unlock()
        k = c.controller
        quietly(20)
        c.car = "B"; quietly(20)
        k.offer(160); quietly(5)
        k.permit(True); c.car = "C"; quietly(60)
        assert k.charging
        k.offer(80); k.measured(9000); quietly(400)
        c.heat_c = 66; quietly(10)
        c.heat_c = 20; quietly(10)
        k.permit(False); quietly(400)
        assert not c.closed
        k.offer(0); c.car = "B"; quietly(20)
        k.offer(160); k.permit(True); c.car = "C"; quietly(60)
        assert k.charging
        c.stop.level = 1; quietly(20)
        assert k.fault == "OtherError"
        c.stop.level = 0; c.car = "A"; quietly(300)
        assert k.fault is None
        c.car = "E"; quietly(60)
        c.car = "A"; quietly(300)
        c.welded = True; quietly(100)
        assert k.fault == "PowerSwitchFailure"
        print("allocated nothing")
    """)
    assert "allocated nothing" in out


def test_whatever_happens_no_energy_flows_without_permit_and_state_c() -> None:
    """A hundred thousand ticks of a careless world: nothing closes without reason, a reason lost opens in time."""
    out = play("""
        import random
        random.seed(7)
        c = Connector(); k = c.controller
        permit_lost_ms = left_c_ms = fault_ms = None
        closings = 0
        for i in range(100000):
            r = random.random()
            if r < 0.02: c.car = random.choice("ABBCCCDEF")
            elif r < 0.04: k.offer(random.choice((0, 60, 160, 320)))
            elif r < 0.06: k.permit(random.random() < 0.8)
            elif r < 0.062: c.stop.level = 1
            elif r < 0.08: c.stop.level = 0
            elif r < 0.081: c.residual.level = 1
            elif r < 0.10: c.residual.level = 0
            elif r < 0.101: c.diode = False
            elif r < 0.11: c.diode = True
            elif r < 0.13: c.car = "C"; k.offer(160); k.permit(True)
            elif r < 0.14 and k.fault: c.car = "A"
            was = c.closed
            # What must open the contactor, since when:
            bad_car = c.car != "C"
            left_c_ms = None if not bad_car else left_c_ms if left_c_ms is not None else c.now_ms
            bad = c.stop.level or c.residual.level
            fault_ms = None if not bad else fault_ms if fault_ms is not None else c.now_ms
            permit_lost_ms = None if k.permitted else permit_lost_ms if permit_lost_ms is not None else c.now_ms
            if not was:
                may = k.permitted and not bad_car and not k.fault
            c.tick(random.choice((5, 10, 20, 20, 20)))
            if c.closed and not was:
                closings += 1
                assert may, ("closed without a reason", i)
                assert c.pwm.duty != STEADY and c.diode
            if c.closed:
                assert left_c_ms is None or c.now_ms - left_c_ms <= 100, ("left C", i)
                assert fault_ms is None or c.now_ms - fault_ms <= 100, ("fault", i)
                assert permit_lost_ms is None or c.now_ms - permit_lost_ms <= 6100, ("permit", i)
        print(closings)
    """)
    assert int(out) > 100
