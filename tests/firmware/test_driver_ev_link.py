"""The EV link's driver on MicroPython: values by the board's map, exact, or none; a part that fails changes nothing."""
import textwrap

import pytest

from tests.firmware.on_micropython import run

PROLOGUE = """
    import asyncio, struct
    from firmware.drivers.ev_link import EvLink, EvLinkError
    from firmware.drivers.modbus_rtu import ModbusRtu
    from tests.firmware.fake_uart import FakeUart, sealed
    UNIT = 11
    class Part:
        '''A slave with one register file; it refuses what is not in it, as real ones do.'''
        def __init__(self, function=4, **words):
            self.function, self.words, self.asked, self.how = function, {}, [], "ok"
        def __call__(self, data):
            unit, function, first, count = struct.unpack(">BBHH", data[:6])
            if self.how == "silent" or unit != UNIT:
                return ()
            self.asked.append((first, count))
            if function != self.function or any(a not in self.words for a in range(first, first + count)):
                return ((2, sealed(bytes((unit, function | 0x80, 2)))),)
            body = b"".join(struct.pack(">H", self.words[first + i]) for i in range(count))
            frame = sealed(bytes((unit, function, len(body))) + body)
            if self.how == "garbage":
                frame = bytes(b ^ 0xA5 for b in frame)
            return ((2, frame[:5] if self.how == "half" else frame),)
        def put(self, address, packed):
            for i in range(0, len(packed), 2):
                self.words[address + i // 2], = struct.unpack(">H", packed[i:i + 2])
    def link(part, registers, read="input"):
        return EvLink(ModbusRtu(FakeUart(part)), UNIT, {"read": read, "registers": registers})
    def fields(link):
        return [link.soc_percent, link.capacity_wh, link.voltage_v, link.current_a, link.temperature_c, link.request_w]
    def near(found, wanted):
        return all(a is b if b is None else abs(a - b) <= 1e-5 * max(1, abs(b)) for a, b in zip(found, wanted))
"""
FROM_BENCH = """
    from firmware.boards.bench_dc import BOARD
    MAP = BOARD["ev_link"]["registers"]
    part = Part()
    part.put(0x100, struct.pack(">HIHhh", 402, 60_000, 3712, 1251, -55))
    high, low = struct.unpack(">HH", struct.pack(">f", 98.5))
    part.put(0x106, struct.pack(">HH", low, high))
    car = link(part, MAP)
"""


def play(source: str, prologue: str = PROLOGUE) -> str:
    return run(textwrap.dedent(prologue) + textwrap.dedent(source))


def from_bench(source: str) -> str:
    return play(source, textwrap.dedent(PROLOGUE) + textwrap.dedent(FROM_BENCH))


def test_all_six_values_come_in_one_answer_where_their_registers_are_neighbours() -> None:
    from_bench("""
        assert fields(car) == [None] * 6
        asyncio.run(car.read())
        assert near(fields(car), [40.2, 60_000, 371.2, 125.1, -5.5, 98_500]), fields(car)
        assert part.asked == [(0x100, 8)], part.asked
    """)


def test_gaps_are_not_asked_for_and_an_answer_is_no_longer_than_the_bus_has_room_for() -> None:
    play("""
        part = Part(function=3)
        for address in (7, 30, 31, 32, 33):
            part.words[address] = 0
        part.words[7], part.words[33] = 55, 4000
        car = link(part, {"soc": {"address": 7, "type": "u16", "unit": "%"},
                          "power_request": {"address": 30, "type": "u32", "unit": "W"},
                          "voltage": {"address": 32, "type": "u32", "scale": 0.1, "unit": "V"}}, "holding")
        asyncio.run(car.read())
        assert near(fields(car), [55, None, 400, None, None, 0]), fields(car)
        assert part.asked == [(7, 1), (30, 4)], part.asked
        from firmware.drivers.register_map import _blocks
        registers = {str(i): {"address": 2 * i, "type": "u32", "unit": "V"} for i in range(20)}
        sizes = [len(words) for _, words, _ in _blocks(registers)]
        assert sizes == [16, 16, 8], sizes
    """)


@pytest.mark.parametrize(
    ("entry", "packed", "value"),
    [
        ('{"type": "u16", "unit": "kW", "scale": 0.1}', '">H", 1234', 123_400),
        ('{"type": "u32", "unit": "W", "words": "high_first"}', '">I", 123_456', 123_456),
        ('{"type": "u32", "unit": "W", "words": "low_first"}', '">HH", 0xE240, 1', 123_456),
        ('{"type": "f32", "unit": "kW"}', '">f", 50.5', 50_500),
        ('{"type": "s32", "unit": "W", "scale": -1}', '">i", -50_000', 50_000),
    ],
)
def test_types_orders_scales_and_units(entry: str, packed: str, value: int) -> None:
    play(f"""
        part, entry = Part(), {entry}
        entry["address"] = 0
        part.put(0, struct.pack({packed}))
        car = link(part, {{"power_request": entry}})
        asyncio.run(car.read())
        assert near([car.request_w], [{value}]), car.request_w
    """)


def test_a_value_that_no_car_can_mean_is_none_and_the_others_are_told() -> None:
    from_bench("""
        part.put(0x100, struct.pack(">HIHhh", 0xFFFF, 0, 0xFFFF, -1, 0x7FFF))
        part.put(0x106, b"\\x00\\x00\\x7f\\xc0")   # not a number
        asyncio.run(car.read())
        assert near(fields(car), [None, None, None, -0.1, None, None]), fields(car)
        part.put(0x100, struct.pack(">H", 1001))
        asyncio.run(car.read())
        assert car.soc_percent is None
        part.put(0x100, struct.pack(">H", 1000))
        asyncio.run(car.read())
        assert near([car.soc_percent], [100])
    """)


@pytest.mark.parametrize(
    ("how", "error"), [("silent", "unit 11 silent"), ("garbage", "unit 11 garbled"), ("half", "unit 11 garbled")])
def test_a_part_that_fails_is_an_error_and_leaves_the_last_values(how: str, error: str) -> None:
    out = from_bench(f"""
        asyncio.run(car.read())
        before = fields(car)
        part.how = "{how}"
        try:
            asyncio.run(car.read())
        except EvLinkError as error:
            print(error)
        assert fields(car) == before
        car.forget()
        assert fields(car) == [None] * 6
    """)
    assert out == error + "\n"


def test_a_refusal_is_an_error_and_nothing_is_half_new() -> None:
    out = play("""
        part = Part()
        part.words[0], part.words[9] = 50, 300
        car = link(part, {"soc": {"address": 0, "type": "u16", "unit": "%"},
                          "voltage": {"address": 9, "type": "u16", "unit": "V"}})
        asyncio.run(car.read())
        part.words = {0: 60}   # the second answer is refused
        try:
            asyncio.run(car.read())
        except EvLinkError as error:
            print(error)
        assert near(fields(car), [50, None, 300, None, None, None])
    """)
    assert out == "unit 11 refused, code 2\n"


def test_an_answer_with_another_function_is_not_taken() -> None:
    out = play("""
        part = lambda data: ((2, sealed(bytes((UNIT, 4, 2, 0, 50)))),)
        car = link(part, {"soc": {"address": 0, "type": "u16", "unit": "%"}}, "holding")
        try:
            asyncio.run(car.read())
        except EvLinkError as error:
            print(error)
    """)
    assert out == "unit 11 garbled\n"


TOLD = """
    LIMIT = {"address": 0x200, "type": "u16", "scale": 0.1, "unit": "kW"}
    class Told:
        "A part that takes its limit; `how` it answers."
        how, taken = "ok", []
        def __call__(self, data):
            if self.how == "silent" or data[1] != 16:
                return ()
            assert sealed(data[:-2]) == data and len(data) == 11
            unit, function, register, count, size, value = struct.unpack(">BBHHBH", data[:-2])
            if self.how == "refuses":
                return ((2, sealed(bytes((unit, function | 0x80, 4)))),)
            self.taken.append((unit, register, count, size, value))
            answer = sealed(data[:6])
            if self.how == "garbage":
                answer = bytes(b ^ 0xA5 for b in answer)
            if self.how == "half":
                answer = answer[:5]
            if self.how == "in pieces":
                return ((2, b"\\xff" + answer[:3]), (9, answer[3:]))
            return ((1, data), (3, answer)) if self.how == "echo" else ((2, answer),)
    part = Told()
    car = EvLink(ModbusRtu(FakeUart(part)), UNIT, {"read": "input", "registers": {}, "limit": LIMIT})
    def tell(offered_da, phases=3):
        try:
            asyncio.run(car.tell(offered_da, phases))
        except EvLinkError as error:
            return str(error)
"""


@pytest.mark.parametrize(("offered_da", "phases", "raw"), [
    (0, 3, 0), (60, 3, 41), (905, 3, 624), (1500, 3, 1035), (1000, 1, 230), (65535, 3, 45219)])
def test_a_part_is_told_what_it_may_draw_never_a_hair_more(offered_da: int, phases: int, raw: int) -> None:
    play(f"""
        assert tell({offered_da}, {phases}) is None
        assert part.taken == [(11, 0x200, 1, 2, {raw})], part.taken
        LIMIT["unit"], LIMIT["scale"] = "W", 1
        assert tell(1500) is None and part.taken[-1][-1] == 65535, "what the register holds, not the rest of it"
    """, textwrap.dedent(PROLOGUE) + textwrap.dedent(TOLD))


@pytest.mark.parametrize(("how", "error"), [
    ("silent", "unit 11 silent"), ("garbage", "unit 11 garbled"), ("half", "unit 11 garbled"),
    ("refuses", "unit 11 refused, code 4"), ("echo", "None"), ("in pieces", "None")])
def test_a_part_that_did_not_take_its_limit_is_an_error(how: str, error: str) -> None:
    play(f"""
        part.how = "{how}"
        assert str(tell(905)) == "{error}"
        assert len(part.taken) == {0 if how in ("silent", "refuses") else 3 if error != "None" else 1}
        part.how = "ok"
        assert tell(905) is None
    """, textwrap.dedent(PROLOGUE) + textwrap.dedent(TOLD))
