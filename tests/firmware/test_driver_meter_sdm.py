"""Meter readings: exact from float32 to whole units, and nothing implausible passes."""
import math
import struct
import textwrap
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.drivers.meter_sdm import MeterError, scaled
from tests.firmware.on_micropython import run


def words(value: float) -> tuple[int, int]:
    high, low = struct.unpack(">HH", struct.pack(">f", value))
    return high, low


@given(st.floats(width=32, allow_nan=False, allow_infinity=False), st.sampled_from([1, 10, 1000]))
def test_scaling_rounds_the_exact_value_once(value: float, scale: int) -> None:
    exact = Fraction(value) * scale
    rounded = math.floor(abs(exact) + Fraction(1, 2))
    assert scaled(*words(value), scale) == (-rounded if value < 0 else rounded)


@given(st.integers(0, 8_000_000))
def test_every_whole_wh_survives_the_way_through_kwh_in_float32(energy_wh: int) -> None:
    assert scaled(*words(energy_wh / 1000), 1000) == energy_wh


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(MeterError):
        scaled(*words(value), 1)


def read(readings: str, driver: str = "sdm630") -> str:
    """Read once per line of `readings`: dicts of register to value, as the meter would tell them."""
    return run(textwrap.dedent("""
        import asyncio, struct
        from firmware.drivers.meter_sdm import Meter, MeterError
        from firmware.drivers.modbus_rtu import ModbusRtu
        from tests.firmware.fake_uart import FakeUart, sealed
        now = {}
        def part(data):
            if now is None:
                return ()
            register, count = struct.unpack(">HH", data[2:6])
            body = b"".join(struct.pack(">f", now.get(register + 2 * i, 0.0)) for i in range(count // 2))
            return ((2, sealed(bytes((7, 4, len(body))) + body)),)
        async def main():
            global now
            meter = Meter(ModbusRtu(FakeUart(part)), 7, "DRIVER")
            for now in (READINGS):
                try:
                    await meter.read()
                    print("ok", end=" ")
                except MeterError as error:
                    print(error, end=" ")
                print(meter.energy_wh, meter.power_w, list(meter.current_ma), list(meter.voltage_dv))
        asyncio.run(main())
    """).replace("DRIVER", driver).replace("READINGS", readings))


THREE_PHASES = (
    "{0x00: 230.1, 0x02: 229.94, 0x04: 231.0, 0x06: 16.0, 0x08: 15.99, 0x0A: 0.004, 0x34: 7361.5, 0x48: 1234.567},"
)


def test_a_three_phase_meter_is_read_whole() -> None:
    assert read(THREE_PHASES) == "ok 1234567 7362 [16000, 15990, 4] [2301, 2299, 2310]\n"


@pytest.mark.parametrize("driver", ["sdm120", "sdm230"])
def test_a_one_phase_meter_has_its_power_elsewhere(driver: str) -> None:
    out = read("{0x00: 230.1, 0x06: 16.0, 0x0C: 3681.6, 0x34: 1.0, 0x48: 0.001},", driver)
    assert out == "ok 1 3682 [16000] [2301]\n"


def test_a_register_that_falls_is_refused_and_the_old_reading_kept() -> None:
    out = read("{0x48: 5.0}, {0x48: 4.999, 0x34: 900.0}, {0x48: 5.001},").splitlines()
    assert out[0].startswith("ok 5000 0 ")
    assert out[1].startswith("register fell from 5000 to 4999 Wh 5000 0 ")
    assert out[2].startswith("ok 5001 0 ")


@pytest.mark.parametrize(
    ("reading", "error"),
    [
        ("{0x48: float('nan')}", "not a number"),
        ("{0x00: float('nan'), 0x48: 1.0}", "not a number"),
        ("{0x48: -0.001}", "implausible"),
        ("{0x48: 1e9}", "implausible"),
        ("{0x00: 501.0}", "implausible"),
        ("{0x06: 201.0}", "implausible"),
        ("{0x34: -150001.0}", "implausible"),
        ("None", "unit 7 silent"),
    ],
)
def test_what_cannot_be_is_refused_as_a_whole(reading: str, error: str) -> None:
    assert read(f"{reading},") == f"{error} None 0 [0, 0, 0] [0, 0, 0]\n"


def test_exported_power_is_negative_and_currents_have_no_sign() -> None:
    out = read("{0x06: -10.0, 0x34: -2300.4, 0x48: 1.0},")
    assert out == "ok 1000 -2300 [10000, 0, 0] [0, 0, 0]\n"


def test_no_other_answer_can_be_taken_for_the_energy() -> None:
    """Answers do not name their registers: a late one of the same length would be billed as kWh."""
    out = run("""
        import asyncio
        from firmware.drivers.meter_sdm import Meter, MeterError
        class Bus:
            asked = []
            async def read_input(self, unit, register, out):
                self.asked.append((register, len(out)))
        for driver in ("sdm120", "sdm230", "sdm630"):
            Bus.asked.clear()
            asyncio.run(Meter(Bus(), 1, driver).read())
            energy = [n for register, n in Bus.asked if register == 0x48]
            assert len(energy) == 1 and [n for _, n in Bus.asked].count(energy[0]) == 1, Bus.asked
            print("ok")
    """)
    assert out == "ok\nok\nok\n"
