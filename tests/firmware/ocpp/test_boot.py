"""Registration and heartbeat, rules 21 to 28 (OCPP 1.6 §4.2, §4.6), on the real interpreter over a socket in memory."""
from tests.firmware.ocpp.registering import play


def test_rule_21_until_accepted_nothing_but_boot_leaves_cached_messages_included() -> None:
    play("""
        charger = Charger(("Rejected", 1), ("Accepted", 300), messages=[(1, "StopTransaction", "{}")])
        charger.shown[1].show("Preparing")
        await charger.until(lambda: len(charger.heard) >= 6)
        assert charger.said()[:2] == ["BootNotification"] * 2
        assert sorted(charger.said()[2:]) == ["StatusNotification"] * 3 + ["StopTransaction"]
    """)


def test_rule_22_accepted_brings_the_heartbeat_interval_the_time_and_all_statuses() -> None:
    play("""
        charger = Charger(("Accepted", 77))
        assert not charger.clock.trusted
        await charger.until(lambda: len(charger.said("StatusNotification")) == 3)
        assert charger.keys.number("HeartbeatInterval") == 77
        assert charger.clock.trusted and charger.rtc.moment[:3] + charger.rtc.moment[4:7] == (2031, 5, 6, 7, 8, 9)
        told = [payload for action, payload, _ in charger.heard[1:]]
        assert [payload["connectorId"] for payload in told] == [0, 1, 2]
        assert all(payload["status"] == "Available" and payload["errorCode"] == "NoError" for payload in told)
    """)


def test_rule_22_interval_0_when_accepted_keeps_the_own_heartbeat_interval() -> None:
    play("""
        charger = Charger(("Accepted", 0), HeartbeatInterval=123)
        await charger.until(lambda: charger.link.registered)
        assert charger.keys.number("HeartbeatInterval") == 123
    """)


def test_rule_23_the_next_try_comes_when_the_interval_ends_and_no_earlier() -> None:
    play("""
        charger = Charger(("Rejected", 1), ("Pending", 1), ("Accepted", 300))
        await charger.until(lambda: charger.link.registered)
        at_ms = [moment_ms for action, _, moment_ms in charger.heard if action == "BootNotification"]
        waits_ms = [time.ticks_diff(later, earlier) for earlier, later in zip(at_ms, at_ms[1:])]
        assert 990 <= waits_ms[0] <= 1400 and 990 <= waits_ms[1] <= 1400, waits_ms
    """)


def test_rule_23_the_wait_goes_on_without_a_connection_and_outlives_a_new_one() -> None:
    play("""
        charger = Charger(("Rejected", 2), ("Accepted", 300))
        await charger.until(lambda: charger.link.deaf)
        begun_ms = time.ticks_ms()
        charger.sockets[0].come(OSError(104))
        await charger.until(lambda: len(charger.sockets) == 2)
        assert await charger.asked("GetConfiguration") is None   # a new connection ends no refusal
        await charger.until(lambda: charger.link.registered)
        assert 1700 <= time.ticks_diff(time.ticks_ms(), begun_ms) <= 2600
    """)


def test_rule_23_without_an_interval_it_does_not_flood() -> None:
    play("""
        chargers = [Charger((s, i)) for s in ("Pending", "Rejected") for i in (0, -5, "soon", None, True)]
        await chargers[-1].until(lambda: all(charger.heard for charger in chargers))
        await asyncio.sleep_ms(600)
        for charger in chargers:
            assert charger.said() == ["BootNotification"]
            assert 25_000 < time.ticks_diff(charger.registration._due_ms, time.ticks_ms()) <= 30_000
    """)


def test_rule_23_an_error_or_no_answer_is_waited_out_too() -> None:
    play("""
        charger = Charger(("Accepted", 300))
        async def call(action, payload, early=False):
            calls.append(action)
            raise CallError("InternalError") if len(calls) == 1 else CallTimeout(action)
        calls = []
        charger.link.call = call
        await charger.until(lambda: calls)
        await asyncio.sleep_ms(500)
        assert calls == ["BootNotification"] and not charger.link.registered and not charger.link.deaf
    """)


def test_rule_24_rejected_is_deaf_until_the_interval_ends() -> None:
    play("""
        charger = Charger(("Rejected", 2), ("Accepted", 300), messages=[(1, "StopTransaction", "{}")])
        await charger.until(lambda: charger.link.deaf)
        assert await charger.asked("GetConfiguration") is None
        charger.shown[1].show("Preparing")
        await asyncio.sleep_ms(200)
        assert charger.said() == ["BootNotification"] and len(charger.sockets[0].sent) == 1
        await charger.until(lambda: charger.link.registered)
        assert (await charger.asked("GetConfiguration", "y"))[0] == 3
    """)


def test_rule_25_pending_answers_and_sends_only_what_was_asked_for() -> None:
    play("""
        charger = Charger(("Pending", 300), ("Accepted", 300), messages=[(1, "StopTransaction", "{}")])
        await charger.until(lambda: charger.registration.pending)
        assert (await charger.asked("GetConfiguration"))[:2] == [3, "x"]
        charger.shown[1].show("Preparing")
        await asyncio.sleep_ms(200)
        assert charger.said() == ["BootNotification"]
        await charger.registration.heartbeat()   # as TriggerMessage does
        assert charger.said() == ["BootNotification", "Heartbeat"]
        charger.registration.boot_now()
        await charger.until(lambda: charger.link.registered, 500)
    """)


def test_rule_25_remote_starts_are_refused_before_and_rule_26_boot_triggers_after_acceptance() -> None:
    play("""
        from firmware.ocpp import core, remote_trigger
        class Device:
            link = registration = charge_point = None
        class Points:
            connectors, asked = [], []
            def remote_start(self, *what):
                self.asked.append(what)
                return True
            remote_stop = remote_start
        charger = Charger(("Pending", 300), ("Accepted", 300))
        device = Device()
        device.link, device.registration, device.charge_point = charger.link, charger.registration, Points()
        start = lambda: core.HANDLERS["RemoteStartTransaction"](device, {"idTag": "A", "connectorId": 1})
        stop = lambda: core.HANDLERS["RemoteStopTransaction"](device, {"transactionId": 1})
        trigger = lambda: remote_trigger.HANDLERS["TriggerMessage"](device, {"requestedMessage": "BootNotification"})
        assert start() == stop() == {"status": "Rejected"}   # not even asked yet
        await charger.until(lambda: charger.registration.pending)
        assert start() == stop() == {"status": "Rejected"} and not Points.asked
        answer, then = trigger()
        assert answer == {"status": "Accepted"}
        then()
        await charger.until(lambda: charger.link.registered)
        assert trigger() == {"status": "Rejected"}
        assert start() == stop() == {"status": "Accepted"} and len(Points.asked) == 2
    """)


def test_rule_28_a_heartbeat_after_silence_and_any_message_counts() -> None:
    play("""
        module.time = Later
        charger = Charger(("Accepted", 60))
        await charger.until(lambda: charger.link.registered)
        Later.ahead_ms = 55_000
        await asyncio.sleep_ms(1100)
        charger.link.last_sent_ms = Later.ticks_ms()   # it has just said something
        Later.ahead_ms = 2 * 55_000
        await asyncio.sleep_ms(1100)
        assert not charger.said("Heartbeat")
        Later.ahead_ms += 10_000
        await charger.until(lambda: charger.said("Heartbeat"), 1500)
        assert charger.heard[-1][1] == {}
    """)


def test_rule_28_one_heartbeat_a_day_even_if_other_messages_fill_it() -> None:
    play("""
        module.time = Later
        charger = Charger(("Accepted", 86400), HeartbeatInterval=86400)
        await charger.until(lambda: charger.link.registered)
        for hours in range(1, 30):
            Later.ahead_ms = hours * 3_600_000
            charger.link.last_sent_ms = Later.ticks_ms()   # just said something
            if hours == 23:
                await asyncio.sleep_ms(1100)
                assert not charger.said("Heartbeat")
            elif hours == 25:
                await charger.until(lambda: len(charger.said("Heartbeat")) == 1, 1500)
    """)
