"""The Modbus master, on the real interpreter, against lines that answer well, badly and not at all."""
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.drivers.crc16 import crc16
from tests.firmware.on_micropython import run


def bitwise_crc(data: bytes) -> int:
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc


@given(st.binary(max_size=80))
def test_the_crc_by_table_is_the_crc_bit_by_bit(data: bytes) -> None:
    assert crc16(data, 0, len(data)) == bitwise_crc(data)
    sealed = data + bitwise_crc(data).to_bytes(2, "little")
    assert crc16(b"noise" + sealed, 5, 5 + len(sealed)) == 0


def test_the_crc_of_a_known_frame() -> None:
    assert crc16(bytes.fromhex("010400000002"), 0, 6).to_bytes(2, "little") == bytes.fromhex("71CB")


def read(part: str, *, count: int = 2, drive: str = "None") -> str:
    """Read `count` registers of unit 1 through a line whose other end is `part(data)`; prints words or the error."""
    head = """
        import asyncio
        from array import array
        from firmware.drivers.modbus_rtu import ModbusError, ModbusRtu
        from tests.firmware.fake_uart import FakeUart, answer, sealed
        tries = []
        good = answer(1, (0x4366, 0x3333, 1, 2, 3, 4)[:COUNT])
    """
    tail = """
        uart = FakeUart(part)
        async def main():
            bus, out = ModbusRtu(uart, DRIVE), array("H", bytes(2 * COUNT))
            try:
                await bus.read_input(1, 0x10, out)
                print([hex(word) for word in out])
            except ModbusError as error:
                print(error)
            print(len(uart.written), "requests")
        asyncio.run(main())
    """
    source = textwrap.dedent(head) + textwrap.dedent(part) + textwrap.dedent(tail)
    return run(source.replace("COUNT", str(count)).replace("DRIVE", drive))


WORDS = "['0x4366', '0x3333']\n"


def test_a_good_answer_fills_the_callers_words() -> None:
    out = read("""
        def part(data):
            assert data == sealed(b"\\x01\\x04\\x00\\x10\\x00\\x02"), data
            return ((20, good),)
    """)
    assert out == WORDS + "1 requests\n"


def test_an_answer_in_pieces_is_put_together() -> None:
    assert read("part = lambda data: [(5 * i, good[i : i + 1]) for i in range(len(good))]") == WORDS + "1 requests\n"


def test_bytes_before_the_answer_are_passed_over() -> None:
    noise = "part = lambda data: ((5, b'\\x00\\xff\\x01\\x04\\x04'), (10, good))"
    assert read(noise) == WORDS + "1 requests\n"


def test_an_echo_of_the_request_is_passed_over() -> None:
    assert read("part = lambda data: ((1, data), (10, good))") == WORDS + "1 requests\n"


def test_a_silent_unit_is_asked_three_times() -> None:
    assert read("part = lambda data: ()") == "unit 1 silent\n3 requests\n"


@pytest.mark.parametrize(
    "wrong",
    [
        "good[:-1] + b'\\x00'",  # CRC
        "good[:5]",  # half a frame
        "answer(1, (1,))",  # too few registers
        "bytes(byte ^ 0x5A for byte in good)",
        "b'\\xff' * 200",
        "sealed(b'\\x01\\x03\\x04\\x43\\x66\\x33\\x33')",  # another function's answer
    ],
)
def test_a_wrong_answer_is_asked_again_and_then_given_up(wrong: str) -> None:
    assert read(f"part = lambda data: ((10, {wrong}),)") == "unit 1 garbled\n3 requests\n"


def test_another_units_answer_is_not_taken() -> None:
    assert read("part = lambda data: ((10, answer(2, (1, 2))),)") == "unit 1 garbled\n3 requests\n"


def test_one_wrong_answer_is_made_good_by_the_next() -> None:
    out = read("""
        def part(data):
            tries.append(data)
            return ((10, good if len(tries) == 2 else good[:-2] + b"no"),)
    """)
    assert out == WORDS + "2 requests\n"


@pytest.mark.parametrize("latency_ms", [295, 305, 320, 580])
def test_an_answer_that_comes_late_is_not_taken_for_the_next_registers(latency_ms: int) -> None:
    run(f"""
        import asyncio
        from array import array
        from firmware.drivers.modbus_rtu import ModbusError, ModbusRtu
        from tests.firmware.fake_uart import FakeUart, answer
        async def main():
            bus = ModbusRtu(FakeUart(lambda data: (({latency_ms}, answer(1, (0, data[3]))),)))
            out = array("H", (0, 0))
            for register in (2, 4):
                try:
                    await bus.read_input(1, register, out)
                except ModbusError:
                    await asyncio.sleep_ms(1000)   # as whoever asks once a second does
                else:
                    assert out[1] == register, (out[1], register)
        asyncio.run(main())
    """)


def test_a_refusal_is_not_asked_again() -> None:
    refused = "part = lambda data: ((10, sealed(b'\\x01\\x84\\x02')),)"
    assert read(refused) == "unit 1 refused, code 2\n1 requests\n"


def test_a_line_full_of_noise_ends_in_an_error() -> None:
    out = read("part = lambda data: [(i, bytes((i * 37 & 255,)) * 40) for i in range(0, 280, 4)]")
    assert out.startswith("unit 1 garbled")


def test_the_transceiver_sends_only_while_we_write() -> None:
    out = read(
        """
        class Drive:
            edges = []
            def value(self, level):
                self.edges.append((level, len(uart.written)))
                print("drive", level)
        def part(data):
            assert Drive.edges[-1][0] == 1
            return ((10, good),)
        """,
        drive="Drive()",
    )
    assert out == "drive 1\ndrive 0\n" + WORDS + "1 requests\n"


def test_two_tasks_take_turns_on_the_wire() -> None:
    run("""
        import asyncio
        from array import array
        from firmware.drivers.modbus_rtu import ModbusRtu
        from tests.firmware.fake_uart import FakeUart, answer
        open_requests = [0]
        def part(data):
            return ((20, answer(data[0], (data[0], data[3]))),)
        bus = ModbusRtu(FakeUart(part))
        async def one(unit):
            out = array("H", (0, 0))
            for register in range(0, 20, 2):
                await bus.read_input(unit, register, out)
                assert tuple(out) == (unit, register), out
        async def main():
            await asyncio.gather(one(1), one(2), one(3))
        asyncio.run(main())
    """)
