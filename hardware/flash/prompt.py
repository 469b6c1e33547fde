"""A board's MicroPython prompt, by mpremote's own serial transport; retried until a busy board gives in.

While this program holds the prompt it keeps the board's watchdog quiet. If it is gone, by a pulled cable or Ctrl-C, the
watchdog starts the board anew within half a minute, with whatever firmware is whole by then.
"""
import base64
import contextlib
import io
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mpremote.transport import TransportError, TransportExecError
from mpremote.transport_serial import SerialTransport

from hardware.flash import ports
from hardware.flash.errors import FlashError

ON_BOARD = Path(__file__).with_name("on_board")
PATIENCE_S = 25.0         # a lean board needs 2 s to start, one that waits for its WiFi's driver some more
_TRY_S = 1.5
_RESET_AFTER = 3          # vain tries; then the board is reset by its USB chip's lines, and taken while it starts
_STARTS_S = 0.5
_FEED_S = 5.0
_WATCHDOG = "import machine\n_watchdog = machine.WDT(timeout=30000)\n"
_PIECE_BYTES = 4096       # of one statement: it is compiled on the board, beside its text


class BoardError(FlashError):
    """The board's own program says no; the message is its exception's last line."""


class LinkLost(FlashError):
    pass


class Full(FlashError):
    """No room in flash."""


class Prompt:
    """Once `enter()` has returned, code runs on the board; close() leaves it at its prompt."""

    def __init__(self, port: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.port, self._clock = port, clock
        self._has_watchdog = False
        self._fed_s = 0.0
        ports.check(port)
        try:
            self._transport: Any = SerialTransport(port, timeout=1)
        except (TransportError, OSError, ValueError):
            raise ports.why_not(port) from None

    def close(self) -> None:
        with contextlib.suppress(OSError, TransportError):
            self._transport.close()
        # It moves the lines first, which fails where the board has gone: the port would stay ours, and its name taken.
        with contextlib.suppress(OSError):
            self._transport.serial.close()

    def __enter__(self) -> "Prompt":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- into the prompt

    def enter(self, patience_s: float | None = None) -> None:
        """Stop whatever runs and begin with an empty heap, without main.py."""
        give_up_s = self._clock() + (PATIENCE_S if patience_s is None else patience_s)
        tries = 0
        while True:
            try:
                # It prints what it could not make sense of; that is no message for people.
                with contextlib.redirect_stdout(io.StringIO()):
                    self._transport.enter_raw_repl(soft_reset=False, timeout_overall=_TRY_S)
                    self._transport.enter_raw_repl(soft_reset=True, timeout_overall=3 * _TRY_S)
                break
            except TransportError:
                tries += 1
                if self._clock() > give_up_s:
                    raise FlashError(
                        f"no MicroPython prompt answers at {self.port}: is it this board's port? If it is new, write "
                        "MicroPython first (--micropython FILE); if it hangs, press its reset button and try again"
                    ) from None
                if tries == _RESET_AFTER:
                    self._press_reset()
            except OSError as error:
                raise LinkLost(f"the connection to {self.port} is lost: {error}") from None
        try:
            self.run(_WATCHDOG)
            self._has_watchdog = True
        except BoardError:
            pass   # none: then nothing is to be kept quiet
        self._fed_s = self._clock()

    def _press_reset(self) -> None:
        """RTS holds the chip in reset while DTR is not set; boards have it so for esptool. DTR alone pulls the pin that
        the chip reads at reset low, for its ROM's bootloader: so it stays clear, but for the chip's own USB, where it
        says that somebody listens."""
        with contextlib.suppress(OSError, AttributeError):
            line = self._transport.serial
            line.dtr = False
            line.rts = True
            time.sleep(0.1)
            line.rts = False
            if ports.is_own_usb(self.port):
                time.sleep(_STARTS_S)   # its pins are read by then
                line.dtr = True

    # -- running

    def run(self, code: str) -> str:
        """What the code printed. BoardError if it failed, LinkLost if the board does not answer any more."""
        if self._has_watchdog and self._clock() - self._fed_s > _FEED_S:
            self._fed_s = self._clock()
            code = "_watchdog.feed()\n" + code
        with _in_words(self.port):
            said: bytes = self._transport.exec(code)
        return said.decode("utf-8", "replace").replace("\r\n", "\n")

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """While a person thinks: nothing is run meanwhile but what keeps the watchdog quiet."""
        done = threading.Event()

        def feed() -> None:
            with contextlib.suppress(FlashError):   # whoever runs something next will be told
                while not done.wait(_FEED_S):
                    self.run("_watchdog.feed()" if self._has_watchdog else "")

        feeder = threading.Thread(target=feed, daemon=True)
        feeder.start()
        try:
            yield
        finally:
            done.set()
            feeder.join()

    def load(self, name: str) -> str:
        """Run a file of on_board/; its functions are there from then on."""
        return self.run((ON_BOARD / f"{name}.py").read_text())

    def write(self, files: Mapping[str, bytes], progress: Callable[[int], None] = lambda count: None) -> None:
        """Files, their folders being there and files.py loaded, in few large pieces: each costs a round trip.
        `progress`: bytes written since the last call."""
        code, size = "", 0
        for path, content in files.items():
            for at in range(0, len(content) or 1, _PIECE_BYTES):
                piece = content[at : at + _PIECE_BYTES]
                if code and size + len(piece) > _PIECE_BYTES:
                    self.run(code)
                    progress(size)
                    code, size = "", 0
                code += f"put({path!r}, '{base64.b64encode(piece).decode()}', {not at})\n"
                size += len(piece)
        if code:
            self.run(code)
            progress(size)

    def read(self, path: str) -> bytes | None:
        """A file's content; None if it is not there."""
        with _in_words(self.port):
            try:
                return bytes(self._transport.fs_readfile(path))
            except FileNotFoundError:
                return None

    # -- back to the firmware

    def reset(self) -> None:
        with _in_words(self.port):
            # A little later: the USB port of some chips goes with the reset, before it has said that it understood.
            self._transport.exec_raw_no_follow("import time, machine\ntime.sleep_ms(100)\nmachine.reset()")
        self._transport.in_raw_repl = False

    def lines(self, quiet_s: float) -> Iterator[str]:
        """What the board says, line by line; ends when it has said nothing for so long. The USB port of some chips
        goes away with a reset and comes back: then it is opened again."""
        line = b""
        heard_s = self._clock()
        while self._clock() - heard_s < quiet_s:
            try:
                piece = self._transport.serial.read(max(1, self._transport.serial.in_waiting))
            except OSError:
                self._reopen(heard_s + quiet_s)
                continue
            if not piece:
                continue
            heard_s = self._clock()
            *whole, line = (line + piece).split(b"\n")
            for text in whole:
                yield text.decode("utf-8", "replace").strip("\r\x04>")

    def _reopen(self, until_s: float) -> None:
        self.close()
        while True:
            try:
                self._transport = SerialTransport(self.port, timeout=1)
                return
            except (TransportError, OSError):
                if self._clock() > until_s:
                    raise LinkLost(f"{self.port} has gone and does not come back: is the cable pulled?") from None
                time.sleep(0.2)


@contextlib.contextmanager
def _in_words(port: str) -> Iterator[None]:
    try:
        yield
    except TransportExecError as error:
        lines = error.error_output.strip().splitlines()
        last = lines[-1] if lines else "without a word"
        if "ENOSPC" in last or last.endswith("OSError: 28"):
            raise Full("the board's flash is full") from None
        raise BoardError(last) from None
    except FileNotFoundError:
        raise
    except (TransportError, OSError, struct.error, IndexError, ValueError, SyntaxError) as error:
        if isinstance(error, OSError) and error.errno == 28:
            raise Full("the board's flash is full") from None
        told = f": {error}" if str(error) else ""
        raise LinkLost(f"the connection to {port} is lost{told}; plug the board in again and start once more, "
                       "it goes on where it was") from None
