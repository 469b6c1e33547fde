"""What an EV link tells: as meter values where OCPP 1.6 has a measurand, as DataTransfer where it has none."""
import textwrap

import pytest

from tests.firmware.on_micropython import run

PROLOGUE = """
    import asyncio, json, sys, time
    from tests.firmware.ram_flash import *
    from tests.firmware.ocpp.queue_device import *
    from firmware.ocpp import ev_link_keys, ev_needs
    from firmware.ocpp.ev_link_values import CarTexts
    from firmware.ocpp.link import CallError, LinkDown
    from firmware.ev_link import LinkedCar
    from firmware.drivers.ev_link import EvLinkError

    ENERGY = "Energy.Active.Import.Register"
    ALL = MEASURANDS + ",SoC,Temperature,Power.Offered"

    class Part:
        '''The driver.'''
        failing, limit = False, None
        def __init__(self):
            self.reads = 0
            self.forget()
        def forget(self):
            self.soc_percent = self.capacity_wh = self.voltage_v = None
            self.current_a = self.temperature_c = self.request_w = None
        async def read(self):
            self.reads += 1
            if self.failing:
                raise EvLinkError("unit 11 silent")
            self.soc_percent, self.capacity_wh, self.voltage_v = 40.2, 60_000, 371.2
            self.current_a, self.temperature_c, self.request_w = 125.1, 31.0, 98_500

    class Side:
        '''The side of a charge point's connector that the link sees.'''
        RUNNING = 2
        phase, plugged, connector_id, transaction = 2, True, 1, 7

    class Here:
        '''A linked car that is told, or None.'''
        def __init__(self, part):
            self.part = part
        def told(self):
            return self.part

    def device(**changed):
        boot(formatted())
        made = Device(**changed)
        made.texts = CarTexts(lambda: transaction_texts)
        made.transactions = Transactions(
            made.queue, made.checkpoint, made.configuration, made.clock, Link(), lambda: made.texts,
            lambda: transaction_data)
        return made

    def values(text):
        return json.loads(text)["sampledValue"]
"""


def play(source: str) -> str:
    return run(textwrap.dedent(PROLOGUE) + textwrap.dedent(source), heap_kib=4000, timeout_s=60)


def test_the_cars_values_stand_beside_the_meters_with_unit_and_location() -> None:
    play("""
        d, part = device(), Part()
        asyncio.run(part.read())
        d.texts.cars = {1: Here(part)}
        told = values(d.transactions.meter_value(d.connector, ALL, "Sample.Periodic"))
        car = [v for v in told if v.get("location") == "EV"]
        assert [(v["measurand"], v["unit"], v["value"]) for v in car] == [
            ("SoC", "Percent", "40.2"), ("Temperature", "Celsius", "31.0"),
            ("Voltage", "V", "371.2"), ("Current.Import", "A", "125.1")], car
        offered = [v for v in told if v["measurand"] == "Power.Offered"]
        assert offered == [{"context": "Sample.Periodic", "measurand": "Power.Offered", "unit": "W", "value": "22096"}]
        assert {v["context"] for v in told} == {"Sample.Periodic"}
        meter = [v for v in told if v["measurand"] in MEASURANDS and "location" not in v]
        assert len(meter) == 9 and len(told) == 14   # three phases, as without a link
    """)


def test_only_what_is_asked_for_and_known_is_told() -> None:
    play("""
        d, part = device(), Part()
        value = lambda wanted: d.transactions.meter_value(d.connector, wanted, "Sample.Clock", 820_000_100)
        d.texts.cars = {1: Here(part)}
        assert value("SoC,Temperature") == ""             # the car tells nothing yet
        asyncio.run(part.read())
        part.temperature_c = None                          # nor all of it ever
        assert [v["measurand"] for v in values(value("SoC,Temperature"))] == ["SoC"]
        assert value("SoC") == ('{"timestamp":"%s","sampledValue":[{"context":"Sample.Clock","measurand":"SoC",'
                                '"unit":"Percent","location":"EV","value":"40.2"}]}' % d.clock.stamp(820_000_100))
        part.soc_percent = 0
        assert values(value("SoC"))[0]["value"] == "0.0"   # zero is a value
        d.connector.meter.energy_wh = None                 # the meter is not read yet, or silent
        assert [v["measurand"] for v in values(value(ENERGY + ",SoC"))] == ["SoC"]
        for cars in ({}, {2: Here(part)}, {1: Here(None)}):
            d.texts.cars = cars
            assert value("SoC") == ""
        d.connector.meter.energy_wh = 5
        assert [v["measurand"] for v in values(value(ENERGY + ",SoC"))] == [ENERGY]
    """)


def test_a_stop_tells_the_course_of_the_state_of_charge() -> None:
    play("""
        boot(formatted())
        from firmware.store.configuration import Configuration
        d, part = device(), Part()
        d.configuration.keys = lambda: ev_link_keys
        assert d.configuration.change("StopTxnSampledData", "SoC") == "Accepted"
        asyncio.run(part.read())
        d.texts.cars = {1: Here(part)}
        d.start()
        part.soc_percent = 47.5
        d.sample(1)
        part.soc_percent = 80
        d.stop()
        (stop,) = [json.loads(payload) for action, payload in d.deliver([7]) if action == "StopTransaction"]
        told = [(v["context"], v["value"]) for each in stop["transactionData"] for v in each["sampledValue"]
                if v["measurand"] == "SoC"]
        assert told == [("Transaction.Begin", "40.2"), ("Sample.Periodic", "47.5"), ("Transaction.End", "80.0")], told
    """)


def test_rule_71_the_lists_take_what_the_board_measures_and_nothing_else() -> None:
    play("""
        boot(formatted())
        from firmware.ocpp import keys
        from firmware.store.configuration import Configuration
        plain = Configuration(lambda: keys, {}, path="/data/plain.json")
        linked = Configuration(lambda: ev_link_keys, {}, True, path="/data/linked.json")
        for name in ("MeterValuesSampledData", "MeterValuesAlignedData", "StopTxnSampledData", "StopTxnAlignedData"):
            assert plain.change(name, ENERGY + ",SoC") == "Rejected"
            assert linked.change(name, ALL) == "Accepted" and linked.text(name) == ALL
            for unknown in ("Frequency", "SoC,SoC", "soc", "SoC.Offered", ALL + ",Frequency"):
                assert linked.change(name, unknown) == "Rejected", unknown
            assert linked.text(name) == ALL
        rows = {name: (text, read_only) for name, read_only, text in linked.rows(
            ["MeterValuesSampledDataMaxLength", "StopTxnAlignedDataMaxLength"])}
        assert list(rows.values()) == [("8", True)] * 2, rows
        again = Configuration(lambda: ev_link_keys, {}, True, path="/data/linked.json")   # kept across a restart
        assert again.text("StopTxnSampledData") == ALL
        fresh = Configuration(lambda: ev_link_keys, {}, True, path="/data/none.json")
        assert fresh.text("MeterValuesSampledData") == MEASURANDS + ",SoC,Temperature"
        assert Configuration(lambda: keys, {}, path="/data/none.json").text("MeterValuesSampledData") == MEASURANDS
    """)


WATCHED = """
    async def looks(car, until, within=400):
        '''Until it is so, in simulated steps: the loop's sleeps are ours.'''
        for _ in range(within):
            if until():
                return
            await asyncio.sleep_ms(0)
        raise AssertionError("never")

    class Ticks:
        '''time as firmware/ev_link.py sees it; each sleep is over at once and takes its time.'''
        now = 0
        def ticks_ms(self):
            return self.now
        def ticks_add(self, at, ms):
            return at + ms
        def ticks_diff(self, a, b):
            return a - b
    ticks = Ticks()
    import firmware.ev_link
    class Loop:
        async def sleep_ms(self, ms):
            ticks.now += ms
            await asyncio.sleep_ms(0)
    firmware.ev_link.time, firmware.ev_link.asyncio = ticks, Loop()
"""


def watched(source: str) -> str:
    return play(textwrap.dedent(WATCHED) + textwrap.dedent(source))


def test_a_link_that_falls_silent_takes_its_values_along_and_says_so_once() -> None:
    out = watched("""
        async def main():
            part, side = Part(), Side()
            car = LinkedCar(part, side, None, None)
            watching = asyncio.create_task(car.watch())
            await looks(car, lambda: part.soc_percent)
            assert car.told() is part
            part.failing, before = True, part.reads
            await looks(car, lambda: part.reads == before + 3)
            await looks(car, lambda: ticks.now % 2000 >= 1000)
            assert car.told() is part and part.soc_percent   # three bad readings are borne
            await looks(car, lambda: car.told() is None)
            assert part.reads == before + 4 and part.soc_percent is None
            await looks(car, lambda: part.reads == before + 12)
            part.failing = False
            await looks(car, lambda: car.told())
            assert part.soc_percent and not watching.done()
            part.failing = True
            await looks(car, lambda: car.told() is None)
            watching.cancel()
        asyncio.run(main())
    """)
    assert out.splitlines() == [
        "ev_link.failed connector=1 error=unit 11 silent", "ev_link.back connector=1",
        "ev_link.failed connector=1 error=unit 11 silent"]


def test_a_part_with_a_limit_hears_of_a_new_offer_at_once_and_of_the_old_one_every_two_seconds() -> None:
    watched("""
        class Told(Part):
            limit = {"address": 0}
            def __init__(self):
                super().__init__()
                self.told = []
            async def tell(self, offered_da, phases):
                if self.failing:
                    raise EvLinkError("unit 11 silent")
                self.told.append((ticks.now, offered_da, phases))
        async def main():
            part, side = Told(), Side()
            side.controller, side.meter = Side(), Side()
            side.controller.offered_da, side.meter.current_ma = 0, (0, 0, 0)
            watching = asyncio.create_task(LinkedCar(part, side, None, None).watch())
            await looks(None, lambda: len(part.told) == 3)
            assert [each[1:] for each in part.told] == [(0, 3)] * 3 and part.told[2][0] - part.told[1][0] == 2000
            side.controller.offered_da, now_ms = 1500, ticks.now
            await looks(None, lambda: len(part.told) == 4)
            assert part.told[3][1:] == (1500, 3) and part.told[3][0] - now_ms <= 200
            part.failing, side.controller.offered_da, now_ms = True, 905, ticks.now
            await looks(None, lambda: ticks.now - now_ms > 5000)
            part.failing = False
            await looks(None, lambda: len(part.told) == 5)
            assert part.told[4][1:] == (905, 3), "what it did not take is told again"
            watching.cancel()
        asyncio.run(main())
    """)


def test_what_one_car_told_is_never_told_of_the_next() -> None:
    watched("""
        async def main():
            part, side = Part(), Side()
            car = LinkedCar(part, side, None, None)
            watching = asyncio.create_task(car.watch())
            await looks(car, lambda: part.soc_percent)
            side.plugged = False
            assert car.told() is None   # at once, before the next look
            await looks(car, lambda: part.soc_percent is None)
            part.failing, side.plugged = True, True   # the next one plugs; not a reading of it yet
            await looks(car, lambda: car.told())
            assert car.told().soc_percent is None
            slow = part.read   # it leaves while it is being read
            async def read():
                side.plugged = False
                await slow()
            part.failing, part.read = False, read
            await looks(car, lambda: not side.plugged)
            part.read = slow
            await asyncio.sleep_ms(0)
            await asyncio.sleep_ms(0)
            assert part.soc_percent is None and car.told() is None
            watching.cancel()
        asyncio.run(main())
    """)


NEEDS = """
    class Wire:
        connected = registered = True
        def __init__(self):
            self.said, self.answer = [], {"status": "Accepted"}
        async def call(self, action, payload):
            self.said.append((action, payload))
            if isinstance(self.answer, Exception):
                raise self.answer
            return self.answer

    def reported(do):
        async def main():
            part, side, wire = Part(), Side(), Wire()
            car = LinkedCar(part, side, wire, lambda: ev_needs)
            await part.read()
            car._plugged = True
            task = asyncio.create_task(car.report())
            await do(part, side, wire, lambda count: looks(car, lambda: len(wire.said) == count), task)
            task.cancel()
        asyncio.run(main())

    async def quiet(wire, ms):
        said, end = len(wire.said), ticks.now + ms
        while ticks.now < end:
            await asyncio.sleep_ms(0)
        assert len(wire.said) == said, wire.said[said:]
"""


def reported(source: str) -> str:
    return play(textwrap.dedent(WATCHED) + textwrap.dedent(NEEDS) + textwrap.dedent(source))


def test_battery_and_power_request_go_up_once_in_a_transaction_and_when_they_change() -> None:
    reported("""
        async def do(part, side, wire, said, task):
            await said(1)
            action, payload = wire.said[0]
            assert action == "DataTransfer"
            assert (payload["vendorId"], payload["messageId"]) == ("org.bollard", "NotifyEVChargingNeeds")
            assert json.loads(payload["data"]) == {
                "connectorId": 1, "evEnergyCapacity": 60_000, "evMaxPower": 98_500, "stateOfCharge": 40}
            await quiet(wire, 300_000)
            part.request_w = 90_000   # less than a tenth of it
            await quiet(wire, 300_000)
            part.request_w = 80_000
            await said(2)
            assert json.loads(wire.said[1][1]["data"])["evMaxPower"] == 80_000
            part.request_w = 20_000   # at most once a minute
            await quiet(wire, 50_000)
            await said(3)
            part.request_w = 0    # a car that only begins does not ask yet
            side.transaction = 8
            await quiet(wire, 300_000)
            part.request_w = None
            await said(4)
            assert "evMaxPower" not in json.loads(wire.said[3][1]["data"])
            side.phase = 0
            side.transaction = 9
            await quiet(wire, 300_000)
        reported(do)
    """)


def test_without_a_link_upwards_it_is_told_later() -> None:
    reported("""
        async def do(part, side, wire, said, task):
            wire.connected = False
            await quiet(wire, 60_000)
            wire.connected, wire.answer = True, LinkDown("gone")
            await said(1)
            await said(2)
            wire.answer = {"status": "Accepted"}
            await said(3)
            await quiet(wire, 300_000)
            side.plugged = False
            side.transaction = 8
            await quiet(wire, 60_000)
        reported(do)
    """)


@pytest.mark.parametrize("answer", [
    '{"status": "UnknownVendorId"}', '{"status": "Rejected"}', "{}", 'CallError("NotImplemented")'])
def test_a_central_system_that_has_no_use_for_it_is_not_asked_again(answer: str) -> None:
    out = reported(f"""
        async def do(part, side, wire, said, task):
            wire.answer = {answer}
            await said(1)
            side.transaction = 8
            await quiet(wire, 0)
            for _ in range(20):
                await asyncio.sleep_ms(0)
            assert task.done() and len(wire.said) == 1
        reported(do)
    """)
    assert out.startswith("ev_needs.refused status=")
    assert len(out.splitlines()) == 1


def test_a_shared_station_is_one_more_limit_for_profiles_sharing_and_the_composite_schedule() -> None:
    play("""
        boot(formatted())
        from firmware.ocpp.shared_station import station_of
        from firmware.ocpp.charging_profiles import ChargingProfiles, NO_LIMIT
        from firmware.iso8601 import parse_iso
        def on_demand(name):
            return __import__("firmware." + name, None, None, ("",))
        class Board:
            shared_da, meters = 1200, [Meter()]
        clock = FakeClock()
        clock.trusted = True
        station = station_of(Board)(clock, parse_iso, on_demand)
        assert station.station(clock.now_s()) == (1200, None, 3)
        base = ChargingProfiles.station
        ChargingProfiles.station = lambda self, now_s: (300, b"profile", 0)
        assert station.station(0) == (300, b"profile", 0)
        ChargingProfiles.station = lambda self, now_s: (1500, b"profile", 0)
        assert station.station(0) == (1200, None, 3)
    """)
