"""Meters by a map of their registers, the PZEM-004T among them: exact to the Wh, and nothing implausible passes."""
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.drivers.meter_map import _whole
from tests.firmware.on_micropython import run

PROLOGUE = """
    import asyncio, struct
    from firmware.drivers.meter_map import PZEM_004T, Meter, MeterError
    from firmware.drivers.modbus_rtu import ModbusRtu
    from tests.firmware.fake_uart import FakeUart, sealed
    words, asked = {}, []
    def part(data):
        unit, function, first, count = struct.unpack(">BBHH", data[:6])
        asked.append((function, first, count))
        if None in words:
            return ()
        body = b"".join(struct.pack(">H", words.get(first + i, 0)) for i in range(count))
        return ((2, sealed(bytes((unit, function, len(body))) + body)),)
    def put(address, packed):
        for i in range(0, len(packed), 2):
            words[address + i // 2], = struct.unpack(">H", packed[i:i + 2])
    def pzem(volts_d, ma, watts_d, wh):
        put(0, struct.pack(">HHHHHHH", volts_d, ma & 0xFFFF, ma >> 16, watts_d & 0xFFFF, watts_d >> 16,
                           wh & 0xFFFF, wh >> 16))
    def read(meter):
        try:
            asyncio.run(meter.read())
            print("ok", end=" ")
        except MeterError as error:
            print(error, end=" ")
        print(meter.energy_wh, meter.power_w, list(meter.current_ma), list(meter.voltage_dv))
    meter = Meter(ModbusRtu(FakeUart(part)), 7, PZEM_004T)
"""
THREE = """
    entries = {"energy": {"address": 0, "type": "u32", "scale": 0.01, "unit": "kWh"},
               "power": {"address": 2, "type": "f32", "unit": "kW", "words": "low_first"}}
    for i in range(3):
        entries["voltage_l%d" % (i + 1)] = {"address": 10 + i, "type": "u16", "scale": 0.1, "unit": "V"}
        entries["current_l%d" % (i + 1)] = {"address": 30 + i, "type": "s16", "scale": 0.01, "unit": "A"}
    meter = Meter(ModbusRtu(FakeUart(part)), 7, {"read": "holding", "registers": entries})
"""


def play(source: str) -> str:
    return run(textwrap.dedent(PROLOGUE) + textwrap.dedent(source))


def test_a_pzem_is_read_whole_in_one_answer() -> None:
    out = play("""
        pzem(2301, 70_005, 161_078, 123_456)
        read(meter)
        print(asked)
    """)
    assert out == "ok 123456 16107 [70005] [2301]\n[(4, 0, 7)]\n"


def test_a_meter_of_three_phases_by_its_boards_map() -> None:
    out = play(textwrap.dedent(THREE) + textwrap.dedent("""
        put(0, struct.pack(">I", 429_496_729))
        high, low = struct.unpack(">HH", struct.pack(">f", 10.9446))
        put(2, struct.pack(">HH", low, high))
        put(10, struct.pack(">HHH", 2301, 2299, 2310))
        put(30, struct.pack(">hhh", 1600, -1599, 0))
        read(meter)
        print(asked)
    """))
    assert out == "ok 4294967290 10945 [16000, 15990, 0] [2301, 2299, 2310]\n[(3, 0, 4), (3, 10, 3), (3, 30, 3)]\n"


def test_a_register_that_falls_is_refused_and_the_old_reading_kept() -> None:
    out = play("""
        pzem(2300, 0, 0, 5000)
        read(meter)
        pzem(2300, 9000, 9000, 4999)
        read(meter)
        pzem(2300, 0, 0, 5001)
        read(meter)
    """).splitlines()
    assert out[0].startswith("ok 5000 0 ")
    assert out[1].startswith("register fell from 5000 to 4999 Wh 5000 0 [0] ")
    assert out[2].startswith("ok 5001 0 ")


@pytest.mark.parametrize(("now", "error"), [
    ("pzem(5001, 0, 0, 1)", "implausible"), ("pzem(2300, 200_001, 0, 1)", "implausible"),
    ("pzem(2300, 0, 1_500_010, 1)", "implausible"), ("words[None] = 0", "unit 7 silent"),
])
def test_what_cannot_be_is_refused_as_a_whole(now: str, error: str) -> None:
    assert play(f"{now}\nread(meter)") == f"{error} None 0 [0] [0]\n"


def test_a_register_of_energy_below_zero_is_refused() -> None:
    out = play(textwrap.dedent(THREE) + textwrap.dedent("""
        entries["energy"]["type"] = "s32"
        put(0, struct.pack(">i", -1))
        read(meter)
    """))
    assert out.startswith("implausible None 0 ")


def test_what_is_no_number_is_refused() -> None:
    out = play(textwrap.dedent(THREE) + 'put(2, b"\\x00\\x00\\x7f\\xc0")\nread(meter)')
    assert out.startswith("not a number None 0 ")


@given(st.integers(0, 0xFFFFFFFF), st.sampled_from([(1000, 1), (10, 1), (1, 1), (1, 10), (1, 1000)]))
def test_no_wh_is_lost_or_made_up_by_a_scale(raw: int, scale: tuple[int, int]) -> None:
    assert _whole(raw, scale[0] / scale[1]) == raw * scale[0] // scale[1]
