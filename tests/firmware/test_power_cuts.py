"""Every write step of every store is cut, whole and torn: after it the old state or the new, and it goes on from there.

Each store is written and read by the firmware's own code on littlefs in RAM (ram_flash.py, power_cuts.py). What of
several stores together makes a transaction is tests/firmware/test_store_queue.py's.
"""
import textwrap

import pytest

from tests.firmware.ocpp.test_transaction_queue import FILL
from tests.firmware.on_micropython import REPOSITORY, run

QUEUE = """
    from tests.firmware.ocpp import queue_device
    from firmware.store import queue as queue_module, recovery
    START, VALUES, STOP = '{"meterStart":1}', '{"connectorId":1,"meterValue":[%d]}', '{"meterStop":2}'

    def load():
        queue = queue_module.Queue(lambda queue: None)
        recovery.load(queue)
        return queue

    def state(queue):
        assert not [name for name in os.listdir("/data") if name.endswith(".new")]
        waiting, at = [], queue.head_at
        with open("/data/queue", "rb") as file:
            while True:
                file.seek(at)
                kind, number, transaction, payload, size = queue_module.read_record(file)
                if not size:
                    return waiting, sorted(queue.ids.items()), sorted(queue.open), queue.last, queue.dropped
                at += size
                if kind in (1, 2, 3) and number > queue.last_done:
                    waiting.append((number, kind, transaction, payload))

    def sampled(queue, count=3):
        for i in range(count):
            queue.meter_values(queue.open[-1], VALUES % (queue.last + i))
        queue.flush()

    def confirm(queue):
        queue.confirm(queue.head()[0], 70 + queue.head()[0])

    def prepare():
        queue = load()
        for i in range(3):
            queue.start(START)
            sampled(queue)
            if i < 2:
                queue.stop(queue.open[-1], STOP)
"""

CHECKPOINT = """
    from tests.firmware.ocpp.queue_device import *
    from firmware.store import transaction_data

    def load():
        device = Device(recovery.rewrite, StopTxnSampledData="Energy.Active.Import.Register")
        record = device.interrupted.get(1)
        if record:   # as if it went on
            connector = device.connector
            connector.transaction, connector.meter_start_wh, connector.started_s = record[0], record[4], record[5]
        return device
"""

# name: prepare, load, steps and state in MicroPython, as power_cuts.each() wants them; how many cuts at least
STORES: dict[str, tuple[tuple[str, ...], int]] = {
    "queue: Start, values, Stop and their confirmations": ((QUEUE, """
        steps = [lambda queue: queue.start(START), sampled, confirm, confirm, confirm, confirm,
                 lambda queue: queue.stop(queue.open[-1], STOP), confirm, confirm]
    """,), 40),
    "queue: rewritten in pieces, others queued and confirmed meanwhile": ((QUEUE, """
        going = {}

        def piece(queue):
            if queue.path not in going:
                going[queue.path] = recovery._steps(queue)
            next(going[queue.path], None)

        def begin(queue):
            going.clear()
            piece(queue)
            confirm(queue)

        def queued(queue):
            piece(queue)
            queue.start(START)

        def end(queue):
            for _ in going.pop(queue.path, None) or recovery._steps(queue):
                pass
            confirm(queue)

        whole = prepare
        def prepare():
            whole()
            queue = load()
            for _ in range(40):   # more than a piece
                sampled(queue, 2)

        steps = [begin, queued, end, confirm]
    """,), 40),
    "queue: thinned out": ((FILL, QUEUE, """
        whole = prepare
        def prepare():
            whole()
            device = queue_device.Device(lambda queue: None, MeterValuesSampledData=queue_device.MEASURANDS)
            fill(device, 11, 20)

        def thin(queue):
            if not queue.dropped:
                recovery.rewrite(queue)

        steps = [thin]
    """,), 30),
    "local list: full, changed, emptied, as it arrives": (("""
        import asyncio, json
        from firmware.iso8601 import parse_iso
        from firmware.ocpp import local_auth_list
        from firmware.store import id_tag_files as files
        from firmware.store.id_tag_list import ListUpdate
        from firmware.store.id_tags import IdTags

        class Settings:
            def number(self, name):
                return 200
            def is_true(self, name):
                return True

        class Life:
            def __init__(self):
                self.listed, self.cached = IdTags("/data/id_list", 200), IdTags("/data/id_cache", 5)
                files.load(self.listed, True)
                files.load(self.cached)
            def send(self, kind, version, *elements):
                asyncio.run(self.take(json.dumps([2, "m", "SendLocalList", {"listVersion": version, "updateType": kind,
                    "localAuthorizationList": elements}]).encode()))
            async def take(self, data):
                receiver = local_auth_list.ListReceiver(
                    Settings(), ListUpdate(self.listed, self.cached, files, parse_iso), lambda: None)
                try:
                    for at in range(0, len(data), 512):
                        await receiver.feed(memoryview(data)[at:at + 512])
                    if receiver._trouble:   # the flash did not take an element
                        raise OSError
                    assert (await receiver.result())["status"] == "Accepted"
                finally:
                    receiver.close()

        load = Life

        def state(life):
            assert not [name for name in os.listdir("/data") if name.endswith(".new") or name.endswith(".part")]
            return life.listed.version, [life.listed.find("T%d" % i) for i in range(100)], life.listed.find("NEW")

        def tag(name, status="Accepted"):
            return {"idTag": name, "idTagInfo": {"status": status}}

        def prepare():
            Life().send("Full", 1, *[tag("T%d" % i) for i in range(90)])

        steps = [
            lambda life: life.send("Differential", 2, {"idTag": "T7"}, tag("NEW"), tag("T8", "Blocked")),
            lambda life: life.send("Full", 3, *[tag("T%d" % i, "Blocked") for i in range(5, 95)]),
            lambda life: life.send("Full", 4)]
    """,), 100),
    "cache: heard, changed, least valuable dropped, listed, cleared": (("""
        from firmware.store import id_tag_files as files
        from firmware.store.id_tags import IdTags

        def load():
            cached = IdTags("/data/id_cache", 6)
            files.load(cached)
            return cached

        def state(cached):
            known = [(cached.find(name)[3], name, cached.find(name)[4]) for name in "ABCDEFGH" if cached.find(name)]
            return [(name, status) for _, name, status in sorted(known)]   # oldest first

        def heard(name, status="Accepted"):
            return lambda cached: files.put(cached, name, "P", 0, status, 5)

        class Listed:
            def find(self, name):
                return name in "EC"

        def prepare():
            cached = load()
            for name in "ABCD":
                heard(name)(cached)

        steps = [heard("E"), heard("F"), heard("B", "Blocked"), heard("G"), heard("H"),
                 lambda cached: files.drop_listed(cached, Listed()), files.clear, heard("A")]
    """,), 20),
    "charging profiles: set, changed, cleared": (("""
        from struct import pack
        from firmware.ocpp import charging_profiles
        from firmware.store import charging_profiles as store

        class Clock:
            trusted = True
            def now_s(self):
                return 5

        def load():
            return charging_profiles.ChargingProfiles(Clock(), None, lambda name: store, (9,))

        def state(profiles):
            return profiles.records

        def record(number, purpose, level, periods=24, transaction=0):
            return pack(charging_profiles.HEADER, number, transaction, 0, charging_profiles.FOREVER, 0, 3600, 1,
                        purpose, level, periods) + pack("<II", 0, 160) * periods

        def prepare():
            load().replace([record(1, charging_profiles.DEFAULT, 0), record(2, charging_profiles.MAX, 1)])

        steps = [
            lambda profiles: profiles.replace(profiles.records + [record(3, charging_profiles.TX, 2, 8, 9)]),
            lambda profiles: profiles.replace([record(4, charging_profiles.DEFAULT, 0)] + profiles.records[:2]),
            lambda profiles: profiles.settle(1),   # the transaction is over
            lambda profiles: profiles.replace([])]
    """,), 20),
    "reservations: made, replaced, ended": (("""
        from firmware.store import reservation_file
        from firmware.store.reservations import Reservations

        def load():
            reservations = Reservations(lambda: reservation_file)
            reservation_file.load(reservations)
            return reservations

        def state(reservations):
            return reservations.records, reservations.saved_s

        def prepare():
            reservation_file.save(load(), [(1, 7, 800, "A" * 20, "")], 4)

        steps = [
            lambda kept: reservation_file.save(kept, kept.records + [(0, 8, 900, "B" * 20, "C" * 20)], 5),
            lambda kept: reservation_file.save(kept, [(2, 7, 850, "D", "")] + kept.records[1:], 6),
            lambda kept: reservation_file.end(kept, kept.records[-1], "used", 7)]
    """,), 6),
    "configuration: keys and availability": (("""
        from firmware.ocpp import keys
        from firmware.store.configuration import Configuration

        def load():
            return Configuration(lambda: keys, {})

        def state(configuration):
            assert configuration.number("HeartbeatInterval") in (300, 77)
            return sorted(configuration._changed.items()), configuration.unavailable

        def changed(name, text):
            def change(configuration):
                assert configuration.change(name, text) == "Accepted"
            return change

        def available(*connector_ids):
            def change(configuration):
                configuration.unavailable = list(connector_ids)
                configuration.save()
            return change

        def prepare():
            changed("ConnectorPhaseRotation", "x" * 400)(load())

        steps = [changed("HeartbeatInterval", "77"), available(0, 1), changed("BollardConnectorLinks", "y" * 400),
                 changed("ConnectorPhaseRotation", "z"), available()]
    """,), 20),
    "checkpoint: what runs, and since when": ((CHECKPOINT, """
        def state(device):
            return sorted(device.interrupted.items()), device.checkpoint.saved_s

        def moved(seconds):
            def keep(device):
                device.clock.moment_s = 820_000_000 + seconds
                device.transactions.still_runs(1)
                device.checkpoint.save(device.clock.now_s())
            return keep

        def prepare():
            load().start()

        steps = [moved(60), moved(180), moved(360)]
    """,), 6),
    "checkpoint and queue: a Start and a Stop are there or not": ((CHECKPOINT, """
        def state(device):
            queue = device.queue
            assert all(record[1] for record in device.interrupted.values()), "nobody knows whose it is"
            return sorted((key, record[:3]) for key, record in device.interrupted.items()), queue.open, queue.last

        def prepare():
            device = load()
            device.start()
            device.stop()

        def start(device):
            device.connector.transaction = device.transactions.start(1, "B", "P", 1234)

        steps = [start, lambda device: device.stop()]
    """,), 6),
    "transaction data: begin, values, every second one gone": ((CHECKPOINT, """
        REGISTER = "Energy.Active.Import.Register"

        def state(device):
            try:
                return transaction_data._lines("/data/transaction_data_1", device.connector.transaction)
            except OSError:
                return []

        def kept(energy_wh):
            def keep(device):
                device.connector.meter.energy_wh = energy_wh
                transaction_data.keep(device.transactions, device.connector, REGISTER, "Sample.Periodic")
            return keep

        def begun(device):
            if len(state(device)) < 2:
                device.transactions.keep_begin(device.connector)

        def prepare():
            device = load()
            device.connector.transaction = device.transactions.start(1, "A", "", 1000)

        steps = [begun] + [kept(1000 + 30 * i) for i in range(12)]
    """,), 40),
    "settings: set up, changed, forgotten": (("""
        from firmware.setup import settings
        settings.PATH, settings._BOARDS = "/data/settings.json", BOARDS

        def load():
            return None

        def state(life):
            return settings.read()

        def saved(**changes):
            whole = {"wifi_ssid": "yard", "wifi_password": "p" * 60, "url": "ws://host:9100/" + "p" * 100,
                     "identity": "CP1", "authorization_key": "ab" * 20, "board": "bench"}
            whole.update(changes)
            def save(life):
                assert settings.write(whole) is None
            return save

        def prepare():
            pass

        steps = [saved(), saved(identity="CP2"), lambda life: settings.forget(), saved(wifi_password="")]
    """,), 8),
}


@pytest.mark.parametrize("store", STORES)
def test_a_cut_at_any_write_leaves_the_old_state_or_the_new(store: str) -> None:
    fragments, least = STORES[store]
    blocks = 48 if "thinned" in store else 24
    begin = f"import os\nfrom tests.firmware import power_cuts\nBOARDS = {str(REPOSITORY / 'firmware' / 'boards')!r}\n"
    source = begin + "".join(textwrap.dedent(fragment) for fragment in fragments)
    printed = run(source + f"\nprint('cuts', power_cuts.each(prepare, load, steps, state, {blocks}))\n",
                  heap_kib=8000, timeout_s=110)
    assert int(printed.rsplit("cuts ", 1)[1]) >= least, printed[-300:]
