"""The card reader's driver, on the real interpreter, against readers that answer well, badly and not at all."""
import textwrap

import pytest

from tests.firmware.on_micropython import run


def play(source: str) -> str:
    prologue = """
        import asyncio
        from time import ticks_diff, ticks_ms
        from firmware.drivers.pn532 import Pn532, ReaderError
        from tests.firmware.fake_uart import *
        async def fails(call):
            try:
                await call
            except ReaderError as error:
                return str(error)
            raise AssertionError("no error")
    """
    body = "async def main():\n" + textwrap.indent(textwrap.dedent(source), "    ") + "\nasyncio.run(main())\n"
    return run(textwrap.dedent(prologue) + body)


@pytest.mark.parametrize("uid", ["04A1B2C3", "00A1B2C3D4E5F6", "0102030405060708090A", "00000000"])
def test_a_uid_comes_whole_and_in_card_order(uid: str) -> None:
    play(f"""
        reader = Pn532(FakeUart(Reader(bytes.fromhex("{uid}"))))
        await reader.init()
        for _ in range(3):
            assert await reader.read_uid(200) == bytes.fromhex("{uid}")
    """)


def test_without_a_card_the_search_ends_in_time_and_is_aborted() -> None:
    play("""
        uart = FakeUart(Reader())
        reader = Pn532(uart)
        await reader.init()
        begun = ticks_ms()
        assert await reader.read_uid(150) is None
        assert 140 <= ticks_diff(ticks_ms(), begun) <= 300
        assert uart.written[-1] == ACK
    """)


def test_a_card_that_comes_late_is_seen() -> None:
    play("""
        part = Reader()
        uart = FakeUart(part)
        reader = Pn532(uart)
        await reader.init()
        async def tap():
            await asyncio.sleep_ms(100)
            uart.bring(0, target(b"\\x04\\x01\\x02\\x03"))
        asyncio.create_task(tap())
        assert await reader.read_uid(500) == b"\\x04\\x01\\x02\\x03"
    """)


def test_the_first_read_wakes_the_reader_up() -> None:
    play("""
        uart = FakeUart(Reader(b"\\x04\\x01\\x02\\x03"))
        assert await Pn532(uart).read_uid(200) == b"\\x04\\x01\\x02\\x03"
        assert uart.written[0][:2] == b"\\x55\\x55"
        # D4 14 01 14 01: SAMConfiguration, as in the user manual
        assert uart.written[1] == b"\\x00\\x00\\xff\\x05\\xfb\\xd4\\x14\\x01\\x14\\x01\\x02\\x00"
        assert uart.written[2] == b"\\x00\\x00\\xff\\x04\\xfc\\xd4\\x4a\\x01\\x00\\xe1\\x00"
    """)


def test_a_reader_that_is_awake_is_only_asked_for_cards() -> None:
    play("""
        uart = FakeUart(Reader())
        reader = Pn532(uart)
        await reader.init()
        uart.written.clear()
        for _ in range(3):
            await reader.read_uid(20)
        assert [data[6] if len(data) > 6 else "abort" for data in uart.written] == [0x4A, "abort"] * 3
    """)


def test_a_silent_reader_is_an_error_and_back_again_it_works() -> None:
    play("""
        part = Reader(b"\\x04\\x01\\x02\\x03")
        reader = Pn532(FakeUart(part))
        assert await reader.read_uid(200)
        part.silent, part.awake = True, False
        for _ in range(2):
            begun = ticks_ms()
            assert await fails(reader.read_uid(200)) == "reader silent"
            assert ticks_diff(ticks_ms(), begun) < 500
        part.silent = False
        assert await reader.read_uid(200) == b"\\x04\\x01\\x02\\x03"
    """)


def test_a_reader_that_restarted_is_woken_without_an_error() -> None:
    play("""
        part = Reader(b"\\x04\\x01\\x02\\x03")
        reader = Pn532(FakeUart(part))
        assert await reader.read_uid(200)
        part.awake = False
        assert await reader.read_uid(200) == b"\\x04\\x01\\x02\\x03"
    """)


def test_frames_are_found_in_garbage_and_in_pieces() -> None:
    play("""
        good = Reader(b"\\x04\\x01\\x02\\x03")
        def part(data):
            said, at = [], 0
            for delay, piece in good(data):
                piece = b"\\x00\\xff\\x07\\xff\\x00\\x00\\xff" + piece
                for i in range(len(piece)):
                    at += 1
                    said.append((at, piece[i : i + 1]))
            return said
        reader = Pn532(FakeUart(part))
        for _ in range(5):
            assert await reader.read_uid(300) == b"\\x04\\x01\\x02\\x03"
    """)


@pytest.mark.parametrize(
    "wrong",
    [
        "bytes(byte ^ 0x5A for byte in piece)",
        "piece[:-2] + b'\\x55\\x00'",  # checksum
        "piece[: len(piece) // 2]",
        "b'\\x00\\xff' * 100",
        "b'\\x00\\x00\\xff\\x30\\xd0' + piece",  # a long frame that never ends
        "b''",
    ],
)
def test_a_reader_that_talks_nonsense_is_an_error(wrong: str) -> None:
    play(f"""
        good = Reader(b"\\x04\\x01\\x02\\x03")
        part = lambda data: [(delay, {wrong}) for delay, piece in good(data)]
        reader = Pn532(FakeUart(part))
        error = await fails(reader.read_uid(200))
        assert error.startswith("reader "), error
    """)


@pytest.mark.parametrize(
    "target_data",
    [
        "01 01 00 44 00 05 04 01 02 03 05",  # no UID has five bytes
        "01 01 00 44 00 07 04 01 02",  # shorter than it says
        "01 01",
    ],
)
def test_a_uid_that_cannot_be_is_an_error(target_data: str) -> None:
    play(f"""
        good = Reader()
        said = frame(b"\\x4b" + bytes.fromhex("{target_data}".replace(" ", "")))
        part = lambda data: ((2, ACK), (5, said)) if len(data) > 6 and data[6] == 0x4A else good(data)
        assert await fails(Pn532(FakeUart(part)).read_uid(200)) == "reader talks nonsense"
    """)


def test_a_wrong_checksum_never_becomes_a_uid() -> None:
    play("""
        good = Reader()
        whole = target(b"\\x04\\x01\\x02\\x03")
        for i in range(3, len(whole) - 1):
            bad = bytearray(whole)
            bad[i] ^= 0x10
            part = lambda data: ((1, ACK), (2, bytes(bad))) if len(data) > 6 and data[6] == 0x4A else good(data)
            try:
                assert await Pn532(FakeUart(part)).read_uid(20) is None, i
            except ReaderError:
                pass
    """)


def test_a_late_answer_of_an_aborted_search_is_not_taken_for_the_next() -> None:
    play("""
        part = Reader()
        uart = FakeUart(part)
        reader = Pn532(uart)
        assert await reader.read_uid(50) is None
        uart.bring(0, target(b"\\x04\\x09\\x09\\x09"))   # its card has gone meanwhile
        assert await reader.read_uid(50) is None
    """)


def test_an_answer_that_waited_through_a_stall_is_taken() -> None:
    play("""
        from time import sleep_ms
        reader = Pn532(FakeUart(Reader(b"\\x04\\x01\\x02\\x03")))
        await reader.init()
        async def handshake():
            await asyncio.sleep_ms(15)   # the command is acknowledged, the card not yet there
            sleep_ms(600)
        asyncio.create_task(handshake())
        assert await reader.read_uid(200) == b"\\x04\\x01\\x02\\x03"
    """)


def test_a_refusal_is_an_error() -> None:
    play("""
        good, refusal = Reader(), b"\\x00\\x00\\xff\\x01\\xff\\x7f\\x81\\x00"
        part = lambda data: ((2, ACK), (5, refusal)) if len(data) > 6 and data[6] == 0x4A else good(data)
        assert await fails(Pn532(FakeUart(part)).read_uid(200)) == "reader refuses the command"
    """)
