"""Rules 70 to 77: what is sampled when, what a Stop tells of its transaction, what the values look like."""
import textwrap

from tests.firmware.on_micropython import run

PROLOGUE = """
    import json, os, time
    from tests.firmware.ram_flash import *
    from tests.firmware.ocpp.queue_device import *

    def sent(device, action, ids=None):
        return [json.loads(payload) for a, payload in device.deliver(ids or [7]) if a == action]

    def contexts(stop):
        return [values["sampledValue"][0]["context"] for values in stop["transactionData"]]

    ENERGY = "Energy.Active.Import.Register"
"""
LOOK = """
    class Clock:   # the part of the charge point that looks at the time, wound by hand
        trusted = True
        def __init__(self, moment_s):
            self.moment_s = moment_s
        def now_s(self):
            return self.moment_s

    class Taker:
        def __init__(self):
            self.taken = []
        def sample(self, connector, aligned=False):
            self.taken.append((clock.moment_s % 86400, connector, aligned))

    class Settings:
        def __init__(self, **numbers):
            self.numbers = numbers
        def number(self, name):
            return self.numbers[name]

    from firmware.charge_point import ChargePoint

    class Looker(ChargePoint):
        def __init__(self, connectors, numbers):
            self.configuration, self.clock, self.transactions = Settings(**numbers), clock, Taker()
            self.connectors, self._aligned_slot = connectors, -1

    def looker(connectors, **numbers):
        return Looker(connectors, numbers)
"""


def play(source: str) -> str:
    return run(textwrap.dedent(PROLOGUE) + textwrap.dedent(source), heap_kib=4000, timeout_s=60)


def look(source: str) -> str:
    return play(textwrap.dedent(LOOK) + textwrap.dedent(source))


def test_rule_70_aligned_slots_count_from_midnight_for_every_connector() -> None:
    look("""
        clock = Clock(820_000_000 // 86400 * 86400 + 50)
        cp = looker(["one", "two"], ClockAlignedDataInterval=900, MeterValueSampleInterval=0)
        for _ in range(86400 // 10):
            clock.moment_s += 10
            cp._sample_aligned()
        seconds = [s for s, connector, aligned in cp.transactions.taken if connector == "one"]
        assert len(seconds) == 96 and all(s % 900 == 0 for s in seconds), seconds
        assert len(cp.transactions.taken) == 192 and all(aligned for _, _, aligned in cp.transactions.taken)
        cp = looker(["one"], ClockAlignedDataInterval=40_000)   # it does not divide a day: it begins anew at midnight
        for _ in range(2 * 86400 // 10):
            clock.moment_s += 10
            cp._sample_aligned()
        assert set(s for s, _, _ in cp.transactions.taken) == {0, 40_000, 80_000}, cp.transactions.taken
    """)


def test_rule_70_zero_turns_either_off_without_the_other() -> None:
    look("""
        class Connector:
            sampled_ms = time.ticks_ms()
        clock = Clock(820_000_000)
        for sampled, aligned in ((0, 60), (10, 0), (0, 0), (10, 60)):
            cp = looker([Connector()], ClockAlignedDataInterval=aligned, MeterValueSampleInterval=sampled)
            connector = cp.connectors[0]
            now_ms = connector.sampled_ms
            for _ in range(120):
                clock.moment_s += 1
                now_ms = time.ticks_add(now_ms, 1000)
                cp._sample(connector, now_ms)
                cp._sample_aligned()
            kinds = [kind for _, _, kind in cp.transactions.taken]
            assert kinds.count(False) == (12 if sampled else 0), kinds
            assert kinds.count(True) == (2 if aligned else 0), kinds
    """)


def test_rule_71_an_unsupported_measurand_is_rejected_and_nothing_changes() -> None:
    play("""
        boot(formatted())
        device = Device()
        for name in ("MeterValuesSampledData", "MeterValuesAlignedData", "StopTxnSampledData", "StopTxnAlignedData"):
            before = device.configuration.text(name)
            assert device.configuration.change(name, ENERGY + ",Frequency") == "Rejected"
            assert device.configuration.text(name) == before
            assert device.configuration.change(name, ENERGY + ",Voltage") == "Accepted"
            assert device.configuration.text(name) == ENERGY + ",Voltage"
    """)


def test_rule_72_without_lists_a_stop_has_no_transaction_data() -> None:
    play("""
        boot(formatted())
        device = Device()
        device.start()
        device.sample(3)
        device.stop()
        assert "transactionData" not in sent(device, "StopTransaction")[0]
        assert "transaction_data_1" not in os.listdir("/data")   # nor a file's wear
    """)


def test_rule_72_with_either_list_begin_and_end_are_always_there() -> None:
    play("""
        for name in ("StopTxnSampledData", "StopTxnAlignedData"):
            boot(formatted())
            device = Device(**{name: ENERGY + ",Voltage"})
            device.start()
            began = device.clock.stamp()
            device.clock.moment_s += 600
            device.connector.meter.energy_wh += 500
            device.stop()
            stop = sent(device, "StopTransaction")[0]
            begin, end = stop["transactionData"]
            assert contexts(stop) == ["Transaction.Begin", "Transaction.End"]
            assert begin["timestamp"] == began and end["timestamp"] == stop["timestamp"]
            assert begin["sampledValue"][0]["value"] == "1000"
            assert end["sampledValue"][0]["value"] == "1500" == str(stop["meterStop"])
            assert [v["measurand"] for v in begin["sampledValue"]] == [ENERGY] + ["Voltage"] * 3
    """)


def test_rule_72_each_list_takes_its_own_samples() -> None:
    play("""
        for name, kept in (("StopTxnSampledData", "Sample.Periodic"), ("StopTxnAlignedData", "Sample.Clock")):
            boot(formatted())
            device = Device(**{name: ENERGY})
            device.start()
            device.sample(2)
            device.sample(2, aligned=True)
            device.stop()
            stop = sent(device, "StopTransaction")[0]
            assert contexts(stop) == ["Transaction.Begin", kept, kept, "Transaction.End"], contexts(stop)
    """)


def test_rule_72_over_the_maximum_only_every_second_one_between_goes() -> None:
    play("""
        for samples in (0, 1, 8, 9, 10, 50, 360, 2000):
            flash = formatted()
            boot(flash)
            device = Device(StopTxnSampledData=ENERGY, MeterValuesSampledData="")
            device.start()
            before = flash.writes
            device.sample(samples)
            writes = flash.writes - before
            device.stop()
            stop = sent(device, "StopTransaction")[0]
            values = [int(v["sampledValue"][0]["value"]) for v in stop["transactionData"]]
            assert contexts(stop)[0] == "Transaction.Begin" and contexts(stop)[-1] == "Transaction.End"
            assert len(values) == samples + 2 if samples <= 8 else 6 <= len(values) <= 10, (samples, len(values))
            between = values[1:-1]
            steps = set(b - a for a, b in zip(between, between[1:]))
            assert len(steps) <= 1, (samples, values)   # evenly spread
            assert values[0] == 1000 and values[-1] == 1000 + 30 * samples
            assert writes < 700, (samples, writes)   # a logarithm of the samples
    """)


def test_rule_72_a_stop_with_every_measurand_stays_below_4_kb() -> None:
    play("""
        boot(formatted())
        device = Device(StopTxnSampledData=MEASURANDS, StopTxnAlignedData=MEASURANDS)
        device.start()
        device.sample(30)
        device.sample(30, aligned=True)
        device.stop()
        text, = [payload for action, payload in device.deliver([7]) if action == "StopTransaction"]
        assert len(text.encode()) < 4096, len(text)
        stop = json.loads(text)
        assert contexts(stop)[0] == "Transaction.Begin" and contexts(stop)[-1] == "Transaction.End"
        assert len(stop["transactionData"]) >= 3
    """)


def test_rule_72_after_a_power_cut_the_stop_tells_begin_course_and_end() -> None:
    play("""
        for lost in (False, True):
            flash = formatted()
            boot(flash)
            device = Device(StopTxnSampledData=ENERGY)
            device.start()
            began = device.clock.stamp()
            device.sample(4)
            if lost:
                os.remove("/data/transaction_data_1")
            boot(flash)
            device = Device(clock=FakeClock(820_009_000))
            device.connector.meter.energy_wh = 1130
            device.resume()
            stop = sent(device, "StopTransaction")[0]
            values = [v["sampledValue"][0]["value"] for v in stop["transactionData"]]
            assert stop["transactionData"][0]["timestamp"] == began
            assert contexts(stop)[0] == "Transaction.Begin" and contexts(stop)[-1] == "Transaction.End"
            assert values == (["1000", "1130"] if lost else ["1000", "1030", "1060", "1090", "1120", "1130"]), values
    """)


def test_transaction_data_that_cannot_be_kept_or_read_never_costs_the_stop() -> None:
    printed = play("""
        boot(formatted())
        for rubbish in (b"", b"1", b"1\\n", b"\\xff" * 300, b"2\\nx\\n"):
            device = Device(StopTxnSampledData=ENERGY)
            device.start()
            with open("/data/transaction_data_1", "wb") as file:
                file.write(rubbish)
            device.stop()
            stop = sent(device, "StopTransaction")[0]
            assert contexts(stop) == ["Transaction.Begin", "Transaction.End"] or "x" in str(stop), stop
        os.remove("/data/transaction_data_1")
        os.mkdir("/data/transaction_data_1")
        device.start()
        device.sample(2)
        device.stop()
        assert contexts(sent(device, "StopTransaction")[0]) == ["Transaction.Begin", "Transaction.End"]
    """)
    assert "transaction_data.dropped" in printed


def test_rule_73_the_register_is_raw_never_falls_and_the_next_start_is_the_last_end() -> None:
    play("""
        boot(formatted())
        device = Device(MeterValuesSampledData=ENERGY, StopTxnSampledData=ENERGY)
        device.connector.meter.energy_wh = 4_294_967_296   # no rest of 32 bits, no start from 0
        for _ in range(3):
            device.start()
            device.sample(4)
            device.stop()
        told = []
        for action, payload in device.deliver([1, 2, 3]):
            payload = json.loads(payload)
            if action == "MeterValues":
                told.append(int(payload["meterValue"][0]["sampledValue"][0]["value"]))
            else:
                told.append(payload["meterStart" if action == "StartTransaction" else "meterStop"])
        assert told == sorted(told) and told[0] == 4_294_967_296, told
        assert told[5] == told[6] and told[11] == told[12]   # end and next begin
    """)


def test_rule_74_values_belong_to_the_transaction_that_ran_when_they_were_taken() -> None:
    play("""
        boot(formatted())
        device = Device()
        device.sample(1, aligned=True)   # nothing runs
        device.start()
        device.sample(1)
        device.sample(1, aligned=True)
        device.connector.stop_reason = "Local"   # only the last reading is awaited
        device.sample(1, aligned=True)
        device.connector.stop_reason = ""
        device.stop()
        device.sample(1, aligned=True)
        device.start()
        device.sample(1)
        ids = [values.get("transactionId") for values in sent(device, "MeterValues", [7, 8])]
        assert ids == [None, 7, 7, None, None, 8], ids
    """)


def test_rule_75_values_are_texts_with_measurand_and_unit_where_they_are_not_the_default() -> None:
    play("""
        boot(formatted())
        device = Device(MeterValuesSampledData=MEASURANDS)
        device.start()
        device.sample(1)
        values = sent(device, "MeterValues")[0]["meterValue"][0]["sampledValue"]
        assert all(isinstance(v["value"], str) for v in values)
        assert {v["measurand"]: v["unit"] for v in values} == {
            ENERGY: "Wh", "Power.Active.Import": "W", "Current.Import": "A", "Voltage": "V", "Current.Offered": "A"}
        assert [v.get("phase") for v in values] == [None, None, "L1", "L2", "L3", "L1-N", "L2-N", "L3-N", None]
        assert {v["context"] for v in values} == {"Sample.Periodic"}
    """)


def test_stored_texts_come_back_as_they_were() -> None:
    play("""
        from firmware.store.queue import WORDS, packed, unpacked
        boot(formatted())
        device = Device(MeterValuesSampledData=MEASURANDS)
        text = device.transactions.meter_values(device.connector, "Sample.Periodic")
        small = packed(text)
        assert unpacked(small) == text and json.loads(text)
        assert len(small) < len(text) / 5, (len(small), len(text))
        assert packed(small) == small and len(WORDS.split("\\n")) <= 18   # chr(31) is the last sign JSON has no use for
        odd = json.dumps({"idTag": "\\x0e\\x1f\\"},"})   # what another side made up
        assert unpacked(packed(odd)) == odd
    """)
