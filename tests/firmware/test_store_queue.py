"""The durable queue on the real interpreter and file system: power cuts at each write, damage, order, repeats."""
import textwrap

from tests.firmware.on_micropython import run

PROLOGUE = """
    import os
    from tests.firmware.ram_flash import *
    from firmware.store import recovery
    from firmware.store.checkpoint import Checkpoint
    from firmware.store.queue import Queue

    def opened():
        queue = Queue(recovery.rewrite)
        recovery.load(queue)
        return queue

    def deliver(queue, ids=None, limit=1000):
        sent = []
        while limit and queue.head():
            number, action, payload = queue.head()
            sent.append((action, payload))
            queue.confirm(number, *((ids.pop(0),) if action == "StartTransaction" and ids else ()))
            limit -= 1
        return sent

    START = '{"idTag":"A","meterStart":1}'
    VALUES = '{"connectorId":1}'
    STOP = '{"meterStop":2}'
"""


def play(source: str, heap_kib: int = 4000) -> str:
    return run(textwrap.dedent(PROLOGUE) + textwrap.dedent(source), heap_kib=heap_kib, timeout_s=110)


def test_messages_leave_in_order_with_the_id_their_start_was_given() -> None:
    play("""
        boot(formatted())
        queue = opened()
        first = queue.start(START)
        queue.meter_values(first, VALUES)
        queue.stop(first, STOP)
        second = queue.start(START)
        queue.meter_values(second, VALUES)
        assert len(queue) == 5
        assert deliver(queue, [71, 72]) == [
            ("StartTransaction", START), ("MeterValues", '{"transactionId":71,"connectorId":1}'),
            ("StopTransaction", '{"transactionId":71,"meterStop":2}'),
            ("StartTransaction", START), ("MeterValues", '{"transactionId":72,"connectorId":1}')]
        assert queue.head() is None and len(queue) == 0
        assert queue.is_open(second) and not queue.is_open(first)
    """)


def test_a_start_that_was_given_up_leaves_minus_one_for_the_rest() -> None:
    play("""
        boot(formatted())
        queue = opened()
        number = queue.start(START)
        queue.stop(number, STOP)
        assert deliver(queue)[1] == ("StopTransaction", '{"transactionId":-1,"meterStop":2}')
    """)


def test_what_was_not_confirmed_is_sent_again_byte_for_byte_after_a_restart() -> None:
    play("""
        flash = formatted()
        boot(flash)
        queue = opened()
        number = queue.start(START)
        queue.meter_values(number, VALUES)
        queue.stop(number, STOP)
        deliver(queue, [9], limit=2)
        sent = queue.head()
        boot(flash)
        queue = opened()
        assert queue.head() == sent == (3, "StopTransaction", '{"transactionId":9,"meterStop":2}')
        assert len(queue) == 1
    """)


def test_confirmed_meter_values_never_wear_the_flash() -> None:
    play("""
        flash = formatted()
        boot(flash)
        queue = opened()
        number = queue.start(START)
        deliver(queue, [1])
        before = flash.writes
        for _ in range(100):
            queue.meter_values(number, VALUES)
            assert len(deliver(queue)) == 1
        assert flash.writes == before
    """)


def test_meter_values_in_ram_keep_their_place_before_what_is_written_later() -> None:
    play("""
        flash = formatted()
        boot(flash)
        queue = opened()
        number = queue.start(START)
        deliver(queue, [5])
        queue.meter_values(number, '{"n":1}')
        in_flight = queue.head()
        queue.meter_values(number, '{"n":2}')
        queue.stop(number, STOP)
        assert queue.head() == in_flight
        queue.confirm(in_flight[0])
        sent = [payload for _, payload in deliver(queue)]
        assert sent == ['{"transactionId":5,"n":2}', '{"transactionId":5,"meterStop":2}']
    """)


def test_a_long_time_offline_loses_nothing_and_stays_in_little_ram() -> None:
    play("""
        import gc
        flash = formatted(128)
        boot(flash)
        queue = opened()
        gc.collect()
        before = gc.mem_alloc()
        for i in range(60):
            number = queue.start('{"i":%d}' % i)
            for _ in range(5):
                queue.meter_values(number, '{"m":%d}' % i)
            queue.flush()
            queue.stop(number, '{"s":%d}' % i)
        gc.collect()
        assert gc.mem_alloc() - before < 12000, gc.mem_alloc() - before
        boot(flash)
        queue = opened()
        sent = deliver(queue, list(range(100, 160)))
        assert len(sent) == 60 * 7
        assert sent[210] == ("StartTransaction", '{"i":30}')
        assert sent[211] == ("MeterValues", '{"transactionId":130,"m":30}')
    """)


def test_the_file_is_begun_anew_and_numbers_and_open_transactions_survive_it() -> None:
    play("""
        flash = formatted()
        boot(flash)
        queue = opened()
        kept = queue.start(START)
        deliver(queue, [1000])
        sizes = []
        for i in range(200):
            number = queue.start(START)
            queue.stop(number, STOP)
            sent = deliver(queue, [i])
            assert sent[1][1] == '{"transactionId":%d,"meterStop":2}' % i
            sizes.append(os.stat("/data/queue")[6])
        assert max(sizes) < 10000, max(sizes)
        boot(flash)
        queue = opened()
        assert queue.is_open(kept) and queue.id_of(kept) == 1000
        assert queue.next_number() == 402
        queue.stop(kept, STOP)
        assert deliver(queue) == [("StopTransaction", '{"transactionId":1000,"meterStop":2}')]
        assert not queue.ids and not queue.open
    """)


def test_a_rewrite_in_the_middle_of_a_long_queue_keeps_the_rest() -> None:
    play("""
        flash = formatted(128)
        boot(flash)
        queue = opened()
        for i in range(300):
            number = queue.start('{"i":%d,"x":"%s"}' % (i, "x" * 200))
            queue.stop(number, '{"s":%d}' % i)
        first = deliver(queue, list(range(300)), limit=400)
        boot(flash)
        queue = opened()
        rest = deliver(queue, list(range(200, 300)))
        assert len(first) + len(rest) == 600
        assert rest[0][1].startswith('{"i":200,') and rest[-1][1] == '{"transactionId":299,"s":299}', rest[0]
        assert not queue.ids
    """)


def test_a_damaged_place_costs_one_record_and_not_the_queue() -> None:
    printed = play("""
        for damage in range(0, 200, 7):
            boot(formatted())
            queue = opened()
            for i in range(4):
                queue.start('{"i":%d}' % i)
            with open("/data/queue", "rb") as file:
                whole = bytearray(file.read())
            if damage >= len(whole):
                break
            whole[damage] ^= 0x55
            with open("/data/queue", "wb") as file:
                file.write(whole)
            queue = opened()
            assert len(deliver(queue)) == 3, damage
            queue.start(START)
            assert deliver(queue) == [("StartTransaction", START)]
    """)
    assert "queue.damaged" in printed


def test_any_rubbish_instead_of_the_files_is_survived() -> None:
    play("""
        for rubbish in (b"", b"x", bytes(range(256)) * 8, b"\\xb7" * 500, b"{", b'{"running":[[1]]}', b"[]", b"null"):
            boot(formatted())
            for name in ("queue", "queue.new", "checkpoint", "configuration.json"):
                with open("/data/" + name, "wb") as file:
                    file.write(rubbish)
            queue, checkpoint = opened(), Checkpoint()
            from firmware.ocpp import keys
            from firmware.store.configuration import Configuration
            assert Configuration(lambda: keys, {}).number("HeartbeatInterval") == 300
            assert recovery.resume(queue, checkpoint, [1]) == {}
            queue.start(START)
            checkpoint.save(5)
            assert len(deliver(queue)) == 1
            assert Checkpoint().saved_s == 5
    """)


def test_a_power_cut_at_any_write_loses_no_start_no_stop_and_doubles_none() -> None:
    """One charge with every step a charge point takes; the power goes at each flash write in turn, once and twice."""
    printed = play("""
        from firmware.clock import Clock
        from firmware.ocpp import transaction_texts
        from firmware.ocpp.transactions import Transactions

        class Server:
            # answers a message it knows with the same id, as every central system must
            def __init__(self):
                self.messages = []

            def take(self, queue):
                number, action, payload = queue.head()
                if not self.messages or self.messages[-1] != (action, payload):
                    assert (action, payload) not in self.messages, "an old message came again: %s" % payload
                    self.messages.append((action, payload))
                queue.confirm(number, 42)

        class Link:
            def poke(self):
                pass

        clock, link = Clock(None), Link()

        def charge(server):
            queue, checkpoint = opened(), Checkpoint()
            books = Transactions(queue, checkpoint, None, clock, link, lambda: transaction_texts)
            # boot: end what ran before
            for connector_id, record in list(recovery.resume(queue, checkpoint, [1, 2]).items()):
                books.stop(connector_id, record[0], "", meter[0] if connector_id == 2 else 700, 5, "PowerLoss")
            while queue.head():
                server.take(queue)
            if server.messages:
                return
            number = books.start(2, "A", "", 1)
            meter[0] += 1   # from here on energy may flow
            queue.meter_values(number, '{"n":1}')
            server.take(queue)
            server.take(queue)
            queue.meter_values(number, '{"n":2}')   # the link is away
            books.keep_checkpoint(True)
            queue.meter_values(number, '{"n":3}')
            books.stop(2, number, "A", meter[0], 9, "Local")
            while queue.head():
                server.take(queue)
            assert not Checkpoint().running

        def whole(server):
            starts = [m for m in server.messages if m[0] == "StartTransaction"]
            stops = [m for m in server.messages if m[0] == "StopTransaction"]
            if meter[0] == 1:
                assert len(starts) == len(stops) <= 1
            else:
                assert len(starts) == len(stops) == 1, server.messages
                assert '"meterStop":2' in stops[0][1] and '"transactionId":42' in stops[0][1], stops
                assert server.messages[0] == starts[0] and server.messages[-1] == stops[0], server.messages
                values = [m[1] for m in server.messages if m[0] == "MeterValues"]
                assert values == sorted(values)

        cuts = 0
        for torn, second in [(torn, n) for torn in (False, True) for n in (None, 0, 1, 2, 3, 5, 8, 13)]:
            cut = 0
            while True:
                flash, server, meter = formatted(16), Server(), [1]
                boot(flash)
                flash.cut_at, flash.torn = flash.writes + cut, torn
                try:
                    charge(server)
                    break   # ran through: every write has had its cut
                except (PowerCut, OSError):
                    cuts += 1
                boot(flash)
                if second is not None:
                    flash.cut_at = flash.writes + second
                    try:
                        charge(server)
                    except (PowerCut, OSError):
                        pass
                    boot(flash)
                charge(server)
                whole(server)
                cut += 1
        print("cuts", cuts)
    """)
    assert int(printed.split("cuts ")[1]) > 200
