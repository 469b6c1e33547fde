"""A charge point's program on a serial line that programs may use: the board's USB socket, as a TCP port.

`socket://127.0.0.1:PORT` is what pyserial, mpremote and bollard-flash take for a serial port. Behind it is a terminal
with MicroPython's own prompt: Ctrl-C stops the firmware, Ctrl-A is the raw prompt. One thing is made to look as on the
chip: Ctrl-D at the prompt ends the unix port, so it is started anew and says that it was a soft reboot. As on the chip
that starts main.py, unless the prompt was the raw one.
"""
import asyncio
import fcntl
import os
import pty
import re
import termios
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from hardware.bench.errors import BenchError
from hardware.bench.process import MAX_LINE_BYTES, Process, interpreter

_SOFT_REBOOT = b"MPY: soft reboot\r\n"
_RAW = b"raw REPL; CTRL-B to exit\r\n>"
_FRIENDLY = b'Type "help()" for more information.\r\n>>> '
_LONGEST_MARK = max(len(_RAW), len(_FRIENDLY))
# `import launcher` boots the flash; what is in sys.modules by then is not imported again, so main.py is left alone.
_STANDS_FOR = "import esp32\nesp32.virtual_machine = 'Bollard bench with {}'\n"
_START = "import launcher\n"
_START_AT_PROMPT = "import sys\nsys.modules['main'] = sys\nimport launcher\n"


class ConsoleProcess(Process):
    """As Process, with a terminal for its console, and a TCP port that leads there as long as the board exists."""

    def __init__(self, on_line: Callable[[str], None], on_exit: Callable[[], None], on_soft_reset: Callable[[], None],
                 port: int, chip: str) -> None:
        super().__init__(on_line, on_exit)
        self._start = _STANDS_FOR.format(chip.upper())
        self.port = port                    # 0: any; what it became is known once it has started
        self._on_soft_reset = on_soft_reset
        self._server: asyncio.Server | None = None
        self._client: asyncio.StreamWriter | None = None
        self._master: int | None = None
        self._to_chip = bytearray()
        self._tail = b""                    # the end of what was shown, to know the prompt by
        self._line = bytearray()
        self._is_raw = False                # the prompt that was shown last
        self._begins_raw = False            # a soft reset of the raw prompt leads to the raw prompt
        self._swallowing = False            # until that is reached: the chip shows none of the way there

    async def start(self, shims: Path, heap_kib: int, image: Path, wire_fd: int, uart_fds: Sequence[int]) -> None:
        if self._server is None:
            try:
                self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
            except OSError as error:
                raise BenchError(f"no serial line at port {self.port}: {error.strerror}") from None
            self.port = self._server.sockets[0].getsockname()[1]
        raw, self._begins_raw = self._begins_raw, False
        self._swallowing, self._is_raw, self._tail = raw, False, b""
        self._line.clear()
        script = image.with_name("start_at_prompt.py" if raw else "start.py")
        script.write_text(self._start + (_START_AT_PROMPT if raw else _START))
        master, slave = pty.openpty()
        settings = termios.tcgetattr(slave)
        settings[0] &= ~(termios.ICRNL | termios.IXON)
        settings[1] &= ~termios.OPOST
        settings[3] &= ~(termios.ECHO | termios.ICANON)   # ISIG stays: Ctrl-C reaches a program that reads nothing
        termios.tcsetattr(slave, termios.TCSANOW, settings)
        try:
            self._process = await asyncio.create_subprocess_exec(
                interpreter(), "-X", f"heapsize={heap_kib}k", "-i", str(script), str(wire_fd), str(image),
                stdin=slave, stdout=slave, stderr=slave, pass_fds=(wire_fd, *uart_fds), start_new_session=True,
                preexec_fn=_own_the_terminal,
                env={"MICROPYPATH": f"{shims}:.frozen", "TZ": "UTC", "HOME": "/", "PATH": os.defpath, "TERM": "vt100"},
            )
        except BaseException:
            os.close(master)
            raise
        finally:
            os.close(slave)
        os.set_blocking(master, False)
        self._master = master
        ended = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().add_reader(master, self._shown, master, ended)
        self._watcher = asyncio.create_task(self._until(self._process, master, ended))

    async def kill(self) -> None:
        process = self._process
        if process is None:
            return
        self._process = None   # so that its end is no soft reset
        with suppress(ProcessLookupError):
            process.kill()
        if self._watcher:
            await self._watcher
        self._watcher = None

    def hard_reset(self) -> None:
        self._begins_raw = False   # the power may go in the middle of a soft reset

    async def close(self) -> None:
        if self._server:
            self._server.close()
            self._server = None
        if self._client:
            self._client.close()

    async def _until(self, process: asyncio.subprocess.Process, master: int, ended: asyncio.Future[None]) -> None:
        await process.wait()
        if not ended.done():
            with suppress(TimeoutError):   # what it said last is still to be read
                await asyncio.wait_for(ended, 1)
        loop = asyncio.get_running_loop()
        loop.remove_reader(master)
        loop.remove_writer(master)
        os.close(master)
        self._master = None
        self._to_chip.clear()
        if self._process is process:
            self._begins_raw = self._is_raw
            if not self._is_raw:
                self._send(_SOFT_REBOOT)
            self._on_exit()
            self._on_soft_reset()

    def _shown(self, master: int, ended: asyncio.Future[None]) -> None:
        try:
            shown = os.read(master, 4096)
        except BlockingIOError:
            return
        except OSError:   # the other end is closed
            shown = b""
        if not shown:
            asyncio.get_running_loop().remove_reader(master)
            if not ended.done():
                ended.set_result(None)
            return
        seen = self._tail + shown
        raw, friendly = seen.rfind(_RAW), seen.rfind(_FRIENDLY)
        self._tail = seen[-_LONGEST_MARK + 1:]
        if raw != friendly:
            self._is_raw = raw > friendly
            if max(raw, friendly) + len(_RAW if self._is_raw else _FRIENDLY) > len(seen) - _LONGEST_MARK:
                self._tail = b""   # seen once
        if self._swallowing:
            if raw >= 0:
                self._swallowing = False
                self._send(_SOFT_REBOOT + _RAW)
            elif friendly >= 0:
                self._write(b"\x01")
            return
        self._send(shown)
        self._line += shown
        *lines, rest = re.split(rb"\r?\n", bytes(self._line))
        self._line[:] = rest[-MAX_LINE_BYTES:]
        for line in lines:
            self._on_line(line[:MAX_LINE_BYTES].decode("utf-8", "replace").strip("\r\x04"))

    def _send(self, shown: bytes) -> None:
        if self._client:
            self._client.write(shown)

    def _write(self, typed: bytes) -> None:
        if self._master is None:
            return
        self._to_chip += typed
        self._push()

    def _push(self) -> None:
        loop, master = asyncio.get_running_loop(), self._master
        if master is None:
            return
        try:
            while self._to_chip:
                del self._to_chip[: os.write(master, self._to_chip[:1024])]
        except BlockingIOError:
            loop.add_writer(master, self._push)
            return
        except OSError:   # it has just ended
            self._to_chip.clear()
        loop.remove_writer(master)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._client:   # a serial port belongs to one program: the newest, since the other may be dead
            self._client.close()
        self._client = writer
        try:
            while typed := await reader.read(4096):
                self._write(typed)
        except OSError:
            pass
        finally:
            if self._client is writer:
                self._client = None
            writer.close()


def _own_the_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
