"""Rules 43 to 54 on the real queue, flash and link: order, tries, ids, capacity, thinning, power cuts."""
import textwrap

from tests.firmware import test_ocpp_link
from tests.firmware.on_micropython import run

PROLOGUE = """
    import gc, json, os
    from tests.firmware.ram_flash import *
    from tests.firmware.ocpp.queue_device import *
    from firmware.store import queue as queue_module
"""


def play(source: str, heap_kib: int = 6000) -> str:
    return run(textwrap.dedent(PROLOGUE) + textwrap.dedent(source), heap_kib=heap_kib, timeout_s=110)


def talk(source: str) -> str:
    """Like test_ocpp_link.play, with the real queue behind the link."""
    prologue = textwrap.dedent(test_ocpp_link.PROLOGUE) + textwrap.dedent(PROLOGUE) + textwrap.dedent("""
        class RealBed(Bed):
            def __init__(self, device, **numbers):
                self.sockets, self.device = [], device
                self.link = Link(lambda: True, device.queue, Settings(**numbers))
                self.link.registered = True
                asyncio.create_task(self.link.run(self.connect, lambda action, payload: None))
                asyncio.create_task(self.link.drain(device.transactions.delivered))
                asyncio.create_task(self.watch())

        START_ANSWER = {"transactionId": 42, "idTagInfo": {"status": "Accepted"}}
    """)
    prologue = prologue.replace("queue_device import *", "queue_device import Device")   # the other has a Link too
    body = "async def main():\n" + textwrap.indent(textwrap.dedent(source), "    ") + "\nasyncio.run(main())\n"
    return run(prologue + body, heap_kib=4000, timeout_s=60)


def test_rule_43_start_values_and_stop_leave_in_time_order_and_new_ones_wait_behind() -> None:
    talk("""
        boot(formatted())
        device = Device()
        for _ in range(2):
            device.start()
            device.sample(2)
            device.stop()
        bed = RealBed(device)
        socket = await bed.socket()
        other = asyncio.create_task(bed.link.call("Heartbeat", {}))   # may overtake
        seen = []
        for i in range(9):
            call = await socket.calls(i + 1)
            if call[2] != "Heartbeat":
                seen.append((call[2], call[3].get("timestamp") or call[3]["meterValue"][0]["timestamp"]))
            if i == 2:
                device.start()   # while others still wait
            socket.come([3, call[1], START_ANSWER if call[2] == "StartTransaction" else {}])
        last = await socket.calls(10)
        one = ["StartTransaction", "MeterValues", "MeterValues", "StopTransaction"]
        assert [action for action, _ in seen] == one + one, seen
        assert [moment for _, moment in seen] == sorted(moment for _, moment in seen)
        assert last[2] == "StartTransaction"
    """)


def test_rule_44_try_n_waits_the_interval_times_the_tries_before() -> None:
    talk("""
        boot(formatted())
        device = Device()
        device.start()
        device.stop()
        bed = RealBed(device, TransactionMessageAttempts=3, TransactionMessageRetryInterval=1)
        socket = await bed.socket()
        moments = []
        for i in range(3):
            call = await socket.calls(i + 1)
            assert call[2] == "StartTransaction"
            moments.append(time.ticks_ms())
            socket.come([4, call[1], "InternalError", "", {}])
        call = await socket.calls(4)   # given up: the rest goes with -1, errata 3.18
        assert call[2] == "StopTransaction" and call[3]["transactionId"] == -1
        first, second = moments[1] - moments[0], moments[2] - moments[1]
        assert 1000 <= first < 1900 and 2000 <= second < 2900, (first, second)
        assert time.ticks_ms() - moments[2] < 900
    """)


def test_rule_45_neither_a_lost_link_nor_a_timeout_is_a_try() -> None:
    printed = talk("""
        boot(formatted())
        device = Device()
        device.start()
        bed = RealBed(device, TransactionMessageAttempts=1)
        for i in range(2):
            socket = await bed.socket(i + 1)
            await socket.calls(1)
            socket.come(OSError("gone"))
            while not socket.closed:
                await asyncio.sleep_ms(10)
        socket = await bed.socket(3)
        call = await socket.calls(1)
        await asyncio.sleep_ms(300)
        socket.come([3, "other", {}])   # it lives, it only does not answer this
        again = await socket.calls(2)
        assert again[2:] == call[2:] and again[1] != call[1]
        socket.come([3, again[1], START_ANSWER])
        while len(device.queue):
            await asyncio.sleep_ms(10)
        assert device.queue.id_of(1) == 42
    """)
    assert "queue.timeout" in printed
    assert "queue.skipped" not in printed
    assert "queue.failed" not in printed


def test_rule_45_the_next_message_has_its_own_tries() -> None:
    printed = talk("""
        boot(formatted())
        device = Device()
        device.start()
        device.stop()
        bed = RealBed(device, TransactionMessageAttempts=2, TransactionMessageRetryInterval=1)
        socket = await bed.socket()
        call = await socket.calls(1)
        socket.come([4, call[1], "InternalError", "", {}])
        call = await socket.calls(2)
        socket.come([3, call[1], START_ANSWER])
        call = await socket.calls(3)
        socket.come([4, call[1], "InternalError", "", {}])
        call = await socket.calls(4)
        assert call[2] == "StopTransaction"
        socket.come([3, call[1], {}])
        while len(device.queue):
            await asyncio.sleep_ms(10)
    """)
    assert "queue.skipped" not in printed


def test_rule_48_what_follows_a_start_that_was_given_up_says_minus_one_also_after_a_restart() -> None:
    play("""
        flash = formatted()
        boot(flash)
        device = Device()
        device.start()
        device.sample(1)
        device.transactions.keep_checkpoint(True)
        device.stop()
        device.deliver(limit=1)
        boot(flash)
        sent = Device().deliver()
        assert [(action, json.loads(payload)["transactionId"]) for action, payload in sent] == [
            ("MeterValues", -1), ("StopTransaction", -1)], sent
    """)


def test_rule_49_what_was_queued_offline_gets_the_real_id_also_after_a_restart() -> None:
    play("""
        flash = formatted()
        boot(flash)
        device = Device()
        device.start()
        device.sample(3)
        device.stop()
        device.deliver([77], limit=1)
        boot(flash)
        sent = Device().deliver()
        assert [action for action, _ in sent] == ["MeterValues"] * 3 + ["StopTransaction"]
        assert all(json.loads(payload)["transactionId"] == 77 for _, payload in sent)
    """)


def test_rule_51_a_start_whose_answer_was_lost_is_the_same_bytes_again() -> None:
    talk("""
        flash = formatted()
        boot(flash)
        device = Device()
        device.start()
        texts = []
        bed = RealBed(device)
        for i in range(2):
            socket = await bed.socket(i + 1)
            texts.append((await socket.calls(1))[3])
            device.clock.moment_s += 1000
            socket.come(OSError("gone"))
            while not socket.closed:
                await asyncio.sleep_ms(10)
        boot(flash)
        again = Device()
        texts.append(json.loads(again.queue.head()[2]))
        assert texts[0] == texts[1] == texts[2], texts
        head = again.queue.head()
        assert again.queue.head() == head
    """)


def test_rule_53_a_stop_that_is_not_confirmed_stays_queued_across_a_reset() -> None:
    play("""
        flash = formatted()
        boot(flash)
        device = Device()
        device.start()
        device.deliver([5])
        device.stop("SoftReset")
        device.transactions.keep_checkpoint(True)
        assert not device.transactions.all_delivered()
        boot(flash)
        device = Device()
        assert not device.interrupted
        (action, payload), = device.deliver()
        assert action == "StopTransaction" and json.loads(payload)["reason"] == "SoftReset"
    """)


def test_rule_54_after_a_power_cut_the_checkpoint_knows_where_the_transaction_began() -> None:
    play("""
        flash = formatted()
        boot(flash)
        device = Device()
        began_s, began_wh = device.clock.now_s(), device.connector.meter.energy_wh
        device.start()
        device.sample(3)
        device.transactions.still_runs(1)
        device.transactions.keep_checkpoint(True)
        boot(flash)
        record = Device().interrupted[1]
        assert record == [1, "A", "", began_s + 30, began_wh, began_s], record
    """)


def test_a_checkpoint_of_an_older_firmware_still_counts() -> None:
    play("""
        flash = formatted()
        boot(flash)
        Device().start()
        with open("/data/checkpoint", "w") as file:
            file.write('{"saved_s": 7, "running": [[1, 1, "A", "", 5]]}')
        assert Device().interrupted == {1: [1, "A", "", 5, None, None]}
    """)


# Capacity


def test_a_thousand_messages_of_mixed_sizes_wait_in_both_profiles_and_nothing_is_thinned() -> None:
    """Sessions of up to 40 full meter values each, and stops with transactionData; in the smallest flash."""
    printed = play("""
        flash = formatted(240)   # 983,040 bytes
        boot(flash)
        filler = bytes(1024)
        with open("/data/firmware", "wb") as file:   # what lies there besides
            for _ in range(200):
                file.write(filler)
        device = Device(MeterValuesSampledData=MEASURANDS, StopTxnSampledData=MEASURANDS)
        gc.collect()
        before = gc.mem_alloc()
        expected, messages = [], 0
        session = 0
        while messages < 1000:
            device.start("T%d" % session)
            device.sample(session * 7 % 41)
            device.stop()
            messages += 2 + session * 7 % 41
            session += 1
        gc.collect()
        grown = gc.mem_alloc() - before
        assert len(device.queue) == messages >= 1000 and device.queue.dropped == 0
        print("messages", messages, "bytes", os.stat("/data/queue")[6], "heap", grown)
        assert os.stat("/data/queue")[6] < queue_module.HIGH_WATER
        assert grown < 8000, grown
        boot(flash)
        gc.collect()
        before = gc.mem_alloc()
        device = Device()
        gc.collect()
        assert gc.mem_alloc() - before < 12000, gc.mem_alloc() - before
        sent = device.deliver(list(range(1, session + 1)))
        assert len(sent) == messages
        at = 0
        for i in range(session):
            assert sent[at][0] == "StartTransaction" and json.loads(sent[at][1])["idTag"] == "T%d" % i
            values = sent[at + 1:at + 1 + i * 7 % 41]
            assert all(a == "MeterValues" and json.loads(p)["transactionId"] == i + 1 for a, p in values)
            at += 1 + len(values)
            assert sent[at][0] == "StopTransaction" and json.loads(sent[at][1])["transactionId"] == i + 1
            assert len(sent[at][1]) < 4096
            at += 1
        assert os.stat("/data/queue")[6] < 9000
    """)
    print(printed)


FILL = """
    def small_queue():   # the same behaviour, sooner
        from firmware.store import queue as q, recovery as r
        for module in (q, r):
            source = open(module.__file__).read().replace("const(262_144)", "const(24_000)")
            source = source.replace("const(294_912)", "const(28_000)").replace("const(32_768)", "const(6_000)")
            exec(source, module.__dict__)

    small_queue()
    from tests.firmware.ocpp import queue_device
    from firmware.store import queue as queue_module, recovery
    queue_device.Queue, queue_device.recovery = queue_module.Queue, recovery

    def fill(device, sessions, values):
        for i in range(sessions):
            device.start("T%d" % i)
            device.sample(values)
            device.stop()
"""
FILL = textwrap.dedent(FILL)


def test_at_high_water_only_values_between_begin_and_end_thin_out_and_starts_and_stops_never() -> None:
    printed = play(FILL + textwrap.dedent("""
        flash = formatted(128)
        boot(flash)
        device = Device(recovery.rewrite, MeterValuesSampledData=MEASURANDS,
                        StopTxnSampledData="Energy.Active.Import.Register", ClockAlignedDataInterval=900)
        sizes = []
        for i in range(25):
            fill(device, 1, 20)
            sizes.append(os.stat("/data/queue")[6])
        assert max(sizes) < 32_000, max(sizes)
        dropped = device.queue.dropped
        assert dropped > 100
        boot(flash)
        device = Device()
        assert device.queue.dropped == dropped   # told after a restart too
        sent = device.deliver(list(range(1, 26)))
        starts = [p for a, p in sent if a == "StartTransaction"]
        stops = [json.loads(p) for a, p in sent if a == "StopTransaction"]
        assert len(starts) == 25
        assert [stop["transactionId"] for stop in stops] == list(range(1, 26))
        for stop in stops:
            contexts = [values["sampledValue"][0]["context"] for values in stop["transactionData"]]
            assert contexts[0] == "Transaction.Begin" and contexts[-1] == "Transaction.End", contexts
        values = [json.loads(p) for a, p in sent if a == "MeterValues"]
        assert len(values) == 25 * 20 - dropped, (len(values), dropped)
        counts = [sum(v["transactionId"] == i for v in values) for i in range(1, 26)]
        assert min(counts[:-4]) >= 1 and max(counts[:-4]) <= 2 * min(counts[:-4]) + 2, counts   # evenly
        assert counts[-1] == 20, counts
        moments = [v["meterValue"][0]["timestamp"] for v in values]
        assert moments == sorted(moments)
    """))
    assert "queue.thinned messages=" in printed


def test_beyond_full_new_meter_values_are_dropped_counted_and_told_and_start_and_stop_still_kept() -> None:
    printed = play(FILL + textwrap.dedent("""
        boot(formatted(128))
        device = Device(recovery.rewrite)
        fill(device, 150, 0)
        size = device.queue.size
        assert size > 28_000
        fill(device, 1, 10)
        assert device.queue.dropped == 10
        assert len(device.deliver(list(range(1, 152)))) == 302
    """))
    assert "queue.dropped messages=1 total=10" in printed


def test_a_rewrite_in_pieces_leaves_the_tick_its_turn_and_takes_what_comes_meanwhile() -> None:
    play(FILL + textwrap.dedent("""
        import asyncio
        flash = formatted(128)
        boot(flash)
        due = []
        device = Device(due.append, MeterValuesSampledData=MEASURANDS)
        fill(device, 8, 20)
        before = device.queue.size
        assert len(due) == 1 and device.queue.rewriting   # once, however much comes
        pauses, worst, writes = [0], [0], [flash.writes]

        async def meanwhile():
            device.queue.confirm(device.queue.head()[0], 901)   # the first Start
            task = asyncio.create_task(recovery.rewrite_in_pieces(device.queue))
            while device.queue.rewriting:
                if pauses[0] == 3:
                    device.start("during")
                    device.queue.confirm(device.queue.head()[0])
                    device.sample(9)   # flushes eight
                if pauses[0] == 5:
                    device.stop()
                device.queue.meter_values(0, '{"at":%d}' % pauses[0])   # up to the very last pause
                device.queue.flush()
                worst[0] = max(worst[0], flash.writes - writes[0])
                writes[0] = flash.writes
                pauses[0] += 1
                await asyncio.sleep_ms(20)
            await task

        asyncio.run(meanwhile())
        assert pauses[0] > 8
        assert device.queue.size < 0.7 * before
        boot(flash)
        device = Device()
        sent = device.deliver(list(range(2, 10)))
        assert sum(a == "StartTransaction" for a, _ in sent) == 8
        came = [json.loads(p)["at"] for _, p in sent if '"at"' in p]
        assert came == list(range(pauses[0])), (came, pauses)
        stops = [json.loads(p)["transactionId"] for a, p in sent if a == "StopTransaction"]
        assert stops == [901] + list(range(2, 10)), stops
        assert json.loads([p for a, p in sent if a == "StartTransaction"][-1])["idTag"] == "during"
    """))


def test_a_full_file_system_keeps_the_old_file_and_says_so() -> None:
    printed = play(FILL + textwrap.dedent("""
        flash = formatted(20)
        boot(flash)
        device = Device(recovery.rewrite)
        with open("/data/other", "wb") as file:
            file.write(bytes(40_000))
        stored = 0
        try:
            for i in range(400):
                device.start("T%d" % i)
                stored += 1
                device.stop()
                stored += 1
        except OSError:
            pass
        assert "queue.new" not in os.listdir("/data")
        boot(flash)
        sent = Device(recovery.rewrite).deliver(list(range(1, 401)))
        assert len(sent) == stored, (len(sent), stored)
    """))
    assert "queue.not_rewritten" in printed


# Power cuts


def test_a_power_cut_at_any_write_of_a_thinning_rewrite_leaves_the_old_or_the_new_file() -> None:
    printed = play(FILL + textwrap.dedent("""
        boot(formatted(24))
        device = Device(lambda queue: None, MeterValuesSampledData=MEASURANDS)
        fill(device, 11, 20)
        device.deliver([700, 701], limit=30)   # one whole transaction and half of the next is confirmed
        image = bytes(__import__("tests.firmware.ram_flash", None, None, ("",))._mounted[0].flash.data)

        def outcome(queue):
            starts, stops, values, at = [], [], 0, queue.head_at
            with open("/data/queue", "rb") as file:
                while True:
                    file.seek(at)
                    kind, number, transaction, payload, size = queue_module.read_record(file)
                    if not size:
                        break
                    at += size
                    if number > queue.last_done and kind is not None:
                        starts += [json.loads(payload)["idTag"]] if kind == queue_module.START else []
                        stops += [transaction] if kind == queue_module.STOP else []
                        values += kind == queue_module.METER_VALUES
            assert starts == ["T%d" % i for i in range(2, 11)], starts
            assert len(stops) == 10 and queue.ids == {stops[0]: 701}, (stops, queue.ids)
            return values

        cuts, seen, cut = 0, set(), 0
        while True:
            flash = formatted(24)
            flash.data[:] = image
            boot(flash)
            device = Device(lambda queue: None)
            flash.cut_at = flash.writes + cut
            try:
                recovery.rewrite(device.queue)
                whole = True
            except (PowerCut, OSError):
                whole = False
            if flash.writes == flash.cut_at and not whole:
                cuts += 1
            boot(flash)
            device = Device(lambda queue: None)
            assert "queue.new" not in os.listdir("/data")
            seen.add(outcome(device.queue))
            if whole:
                break
            cut += 1
        assert len(seen) == 2, seen   # the old or the new, nothing else
        print("cuts", cuts)
    """))
    assert int(printed.split("cuts ")[1]) > 10


def test_a_power_cut_at_any_write_of_a_charge_with_transaction_data_loses_and_doubles_nothing() -> None:
    printed = play("""
        def charge(flash, register_wh, first):
            # boots, ends what ran, delivers; in its first life it charges once
            device = Device(MeterValuesSampledData="", StopTxnSampledData="Energy.Active.Import.Register")
            device.connector.meter.energy_wh = register_wh[0]
            device.resume()
            if first:
                device.start()
                for _ in range(12):   # more than StopTransactionMaxMeterValues: thinned twice
                    register_wh[0] += 30   # the meter counts whether or not the power stays
                    device.sample()
                    assert device.connector.meter.energy_wh == register_wh[0]
                device.stop()
            device.deliver([42], sent=messages)

        cuts = cut = 0
        while True:
            flash = formatted(24)
            boot(flash)
            Device(MeterValuesSampledData="", StopTxnSampledData="Energy.Active.Import.Register")
            messages, register_wh, first = [], [1000], True
            flash.cut_at, flash.torn = flash.writes + cut // 2, cut % 2 > 0
            done = False
            try:
                charge(flash, register_wh, True)
                done = True
            except (PowerCut, OSError):
                cuts += 1
            boot(flash)
            charge(flash, register_wh, False)
            starts = [p for a, p in messages if a == "StartTransaction"]
            stops = [json.loads(p) for a, p in messages if a == "StopTransaction"]
            # confirmed twice only where the cut fell between sending and recording the confirmation
            assert len(set(starts)) == len(set(json.dumps(s) for s in stops)) <= 1, messages
            if register_wh[0] > 1000:
                assert starts and stops, messages
                stop = stops[0]
                assert stop["meterStop"] == register_wh[0] and stop["transactionId"] == 42
                data = stop["transactionData"]
                contexts = [d["sampledValue"][0]["context"] for d in data]
                assert contexts[0] == "Transaction.Begin" and contexts[-1] == "Transaction.End", contexts
                values = [int(d["sampledValue"][0]["value"]) for d in data]
                assert values[0] == 1000 and values[-1] == register_wh[0] and values == sorted(values), values
                assert 2 <= len(data) <= 10
            cut += 1
            if done:
                break
        print("cuts", cuts)
    """)
    assert int(printed.split("cuts ")[1]) > 80
