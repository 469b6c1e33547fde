import pytest

from hardware.bench.uart import RX_BUFFER_BYTES, LineDriver, Part, Uart


class Echo:
    """Says at once what it heard."""

    def __init__(self) -> None:
        self.heard: list[tuple[bytes, float]] = []
        self._answers: list[tuple[float, bytes]] = []

    def hear(self, data: bytes, now_s: float) -> None:
        self.heard.append((data, now_s))
        self._answers.append((now_s + 0.01, data))

    def due_s(self) -> float | None:
        return self._answers[0][0] if self._answers else None

    def speak(self, now_s: float) -> bytes:
        return self._answers.pop(0)[1]


def on(part: Part) -> bool:
    return True


def run(uart: Uart, until_s: float) -> None:
    while (due_s := uart.due_s()) is not None and due_s <= until_s:
        uart.advance(due_s, on)


def chip_writes(uart: Uart, data: bytes, at_s: float) -> None:
    uart.sent(len(data), at_s)
    uart.chip_socket.send(data)
    uart.read_chip()


def chip_reads(uart: Uart) -> bytes:
    try:
        return uart.chip_socket.recv(1000)
    except BlockingIOError:
        return b""


def test_bytes_take_the_time_of_their_baud_rate() -> None:
    echo = Echo()
    uart = Uart([echo], 9600)
    chip_writes(uart, b"12345678", 1.0)
    run(uart, 1.008)
    assert echo.heard == []
    run(uart, 2)
    assert echo.heard[0][1] == pytest.approx(1 + 80 / 9600)
    assert chip_reads(uart) == b"12345678"
    uart.close()


def test_another_baud_rate_is_not_understood() -> None:
    echo = Echo()
    uart = Uart([echo], 9600)
    uart.open(115200)
    chip_writes(uart, b"hello", 1.0)
    run(uart, 2)
    assert echo.heard == []
    uart.close()


def test_a_chip_that_does_not_read_loses_what_exceeds_its_buffer() -> None:
    uart = Uart([Echo()], 115200)
    for number in range(5):
        chip_writes(uart, bytes(100), number)
    run(uart, 10)
    assert len(chip_reads(uart)) == RX_BUFFER_BYTES
    uart.close()


@pytest.mark.parametrize(("on_s", "off_s", "heard", "answered"), [
    (0.9, 1.0090, True, True),      # as it should be: 8 bytes at 9600 baud take 8.3 ms
    (0.9, 1.0040, False, False),    # switched off in the middle of its own bytes
    (0.9, 1.0300, True, False),     # still on when the answer comes
    (1.1, 1.2000, False, False),    # not on when it spoke
])
def test_an_rs485_driver_must_be_on_for_ones_own_bytes_and_off_for_the_answer(
        on_s: float, off_s: float, heard: bool, answered: bool) -> None:
    echo, driver = Echo(), LineDriver()
    uart = Uart([echo], 9600, driver)
    driver.set(True, on_s)
    driver.set(False, off_s)
    chip_writes(uart, b"12345678", 1.0)
    run(uart, 2)
    assert bool(echo.heard) == heard
    assert bool(chip_reads(uart)) == answered
    uart.close()
