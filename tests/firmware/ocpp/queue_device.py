"""For MicroPython: queue, checkpoint and transactions as main.py wires them, on a flash in RAM, without a network."""
from array import array

from firmware.clock import Clock
from firmware.ocpp import keys, transaction_texts
from firmware.ocpp.transactions import Transactions
from firmware.store import recovery, transaction_data
from firmware.store.checkpoint import Checkpoint
from firmware.store.configuration import Configuration
from firmware.store.queue import Queue

MINUTE_S = 60
MEASURANDS = "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,Current.Offered"


class FakeClock(Clock):
    def __init__(self, now_s=820_000_000):
        self.moment_s = now_s
        super().__init__(None)

    def now_s(self):
        return self.moment_s


class Meter:
    def __init__(self):
        self.energy_wh, self.power_w = 1000, 11040
        self.current_ma, self.voltage_dv = array("i", (16000, 16010, 15990)), array("i", (2301, 2299, 2305))


class Controller:
    offered_da = 320


class Connector:
    def __init__(self, connector_id=1):
        self.connector_id = connector_id
        self.meter, self.controller = Meter(), Controller()
        self.transaction, self.stop_reason = 0, ""
        self.meter_start_wh = self.started_s = None


class Link:
    def poke(self):
        pass


class Device:
    """One life between two power cuts."""

    def __init__(self, rewrite=recovery.rewrite, clock=None, connector_ids=(1,), **changed):
        self.clock = clock or FakeClock()
        self.configuration = Configuration(lambda: keys, {})
        for name, text in changed.items():
            assert self.configuration.change(name, str(text)) == "Accepted", name
        self.queue, self.checkpoint = Queue(rewrite), Checkpoint()
        recovery.load(self.queue)
        self.interrupted = recovery.resume(self.queue, self.checkpoint, connector_ids)
        self.transactions = Transactions(
            self.queue, self.checkpoint, self.configuration, self.clock, Link(), lambda: transaction_texts,
            lambda: transaction_data)
        self.connectors = [Connector(connector_id) for connector_id in connector_ids]
        self.connector = self.connectors[0]

    def start(self, id_tag="A"):
        connector = self.connector
        connector.stop_reason = ""
        connector.transaction = self.transactions.start(connector.connector_id, id_tag, "", connector.meter.energy_wh)
        connector.meter_start_wh, connector.started_s = self.transactions.beginning(connector.connector_id)
        self.transactions.keep_begin(connector)

    def sample(self, times=1, aligned=False, every_s=10):
        for _ in range(times):
            self.clock.moment_s += every_s
            self.connector.meter.energy_wh += 30
            self.transactions.sample(self.connector, aligned)

    def stop(self, reason="Local"):
        connector = self.connector
        connector.stop_reason = reason
        wh, now_s = connector.meter.energy_wh, self.clock.now_s()
        self.transactions.stop(
            connector.connector_id, connector.transaction, "A", wh, now_s, reason,
            self.transactions.transaction_data(connector, wh, now_s))
        connector.transaction = 0

    def resume(self):
        """What the charge point makes of an interrupted transaction at boot; its meter must know the register."""
        record = self.interrupted.get(self.connector.connector_id)
        if record:
            connector = self.connector
            connector.transaction = record[0]
            connector.meter_start_wh, connector.started_s = record[4:6]
            self.stop("PowerLoss")

    def deliver(self, ids=None, limit=10_000, sent=None):
        """[(action, payload)] of what leaves; Starts are answered with the next of `ids`, or given up without one."""
        sent = [] if sent is None else sent
        queue = self.queue
        while limit and queue.head():
            number, action, payload = queue.head()
            if callable(payload):
                pieces = list(payload())
                assert pieces == list(payload())
                assert max(len(piece) for piece in pieces) < 1000
                payload = "".join(pieces)
            sent.append((action, payload))
            queue.confirm(number, *((ids.pop(0),) if action == "StartTransaction" and ids else ()))
            limit -= 1
        return sent
