"""The chip as the firmware sees it, with time that jumps, on both interpreters: import this before any of `firmware`.

No case may wait, and a case must happen again exactly: ticks stand still while something runs, and when all tasks wait
they jump to the moment that wakes the next. On CPython the firmware finds MicroPython's words (asyncio.sleep_ms,
time.ticks_ms, os in memory) under the modules' own names; on MicroPython only the time and the flash are stood in for.
"""
import asyncio
import gc
import io
import json
import os
import struct
import sys
import time

LOUD = not not os.getenv("FUZZ_LOUD")
IS_CHIP = sys.implementation.name == "micropython"


class Stuck(AssertionError):
    """All tasks wait for what never comes, or one never waits."""


LATEST_S = 946_684_800 + 0x7FFFFFFF   # 2068: further the chip's integers of 32 bits, from 2000 on, do not reach
LONGEST_MS = 1 << 29                   # as ticks tell it, which wrap at twice that


class Time:
    """Stands in for the module `time`, with the limits of a chip of 32 bits."""

    def __init__(self):
        self.now_ms = 1000
        self.zero_s = 1_700_000_000
        self.rounds = 0   # since the last jump: a task that never waits for anything would stop the clock

    def ticks_ms(self):
        return self.now_ms

    def ticks_us(self):
        return self.now_ms * 1000

    def ticks_add(self, ticks, delta):
        if not -LONGEST_MS < delta < LONGEST_MS:
            raise OverflowError("ticks interval overflow")
        return ticks + delta

    def ticks_diff(self, end, start):
        return end - start

    def time(self):
        return self.zero_s + self.now_ms // 1000

    def set(self, moment):
        """As the chip's RTC takes it: year, month, day, weekday, hour, minute, second, rest."""
        y, mo, d, _, h, mi, s, _ = moment
        self.zero_s = int(_utc((y, mo, d, h, mi, s, 0, 0, 0))) - self.now_ms // 1000

    def gmtime(self, secs=None):
        if secs is not None and not 0 <= secs <= LATEST_S:
            raise OverflowError("overflow converting long int to machine word")
        return _time.gmtime(secs)

    def mktime(self, parts):
        return int(_time.mktime(parts))

    def sleep_ms(self, ms):
        self.now_ms += ms


class Files:
    """Flash as a dict, on CPython: a file is in it once it is closed, as on littlefs."""

    def __init__(self):
        self.content = {}
        self.is_full = False

    def open(self, path, mode="r"):
        if path not in self.content and mode[0] == "r":
            raise OSError(2, path)
        held = self.content.get(path, b"") if mode[0] in "ra" else b""
        return _File(self, path, mode, held)

    def stat(self, path):
        if path not in self.content:
            raise OSError(2, path)
        return (0x8000, 0, 0, 0, 0, 0, len(self.content[path]), 0, 0, 0)

    def remove(self, path):
        if path not in self.content:
            raise OSError(2, path)
        del self.content[path]

    unlink = remove

    def rename(self, old, new):
        if old not in self.content:
            raise OSError(2, old)
        self.content[new] = self.content.pop(old)

    def mkdir(self, path):
        raise OSError(17, path)

    def statvfs(self, path):
        return 4096, 4096, 240, 0 if self.is_full else 200, 0, 0, 0, 0, 0, 255

    def listdir(self, folder="/"):
        return [path[len(folder) + 1:] for path in self.content if path.startswith(folder + "/")]

    def ilistdir(self, folder="/"):
        return iter([(name, 0x8000, 0, len(self.content[folder + "/" + name])) for name in self.listdir(folder)])

    def urandom(self, count):
        return bytes(range(17, 17 + count))


class _File:
    def __init__(self, files, path, mode, held):
        self._files, self._path, self._mode = files, path, mode
        self._text = "b" not in mode
        self._failed = False
        self._body = io.BytesIO(held)
        if mode[0] == "a":
            self._body.seek(0, 2)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        if self._mode != "r" and self._mode != "rb" and not self._failed:   # "r+b" changes it in place
            self._files.content[self._path] = self._body.getvalue()

    def flush(self):
        self._files.content[self._path] = self._body.getvalue()

    def read(self, size=-1):
        data = self._body.read(size)
        return data.decode() if self._text else data

    def readline(self):
        data = self._body.readline()
        return data.decode() if self._text else data

    def readinto(self, buffer):
        return self._body.readinto(buffer)

    def __iter__(self):
        while True:
            line = self.readline()
            if not line:
                return
            yield line

    def write(self, data):
        if self._files.is_full:
            self._failed = True   # littlefs keeps what was there before
            raise OSError(28)
        return self._body.write(data.encode() if isinstance(data, str) else data)

    def seek(self, at, whence=0):
        return self._body.seek(at, whence)

    def tell(self):
        return self._body.tell()

    def truncate(self, size=None):
        return self._body.truncate(size)


class Json:
    """Stands in for the module `json` on CPython: bytes in any view, and nesting without end is no crash there."""

    dumps, dump = staticmethod(json.dumps), staticmethod(json.dump)

    @staticmethod
    def loads(text):
        try:
            return json.loads(text if isinstance(text, str) else bytes(text), parse_constant=_no_number)
        except RecursionError:
            raise ValueError("syntax error in JSON")

    @staticmethod
    def load(file):
        return Json.loads(file.read())


class Struct:
    """Stands in for the module `struct` on CPython: what is longer than its format is no error on the chip."""

    pack, pack_into = staticmethod(struct.pack), staticmethod(struct.pack_into)
    calcsize, unpack_from = staticmethod(struct.calcsize), staticmethod(struct.unpack_from)
    unpack = staticmethod(struct.unpack_from)


def _no_number(word):
    raise ValueError(word)


_time = time
if IS_CHIP:
    _utc = time.mktime
else:
    import calendar
    _utc = calendar.timegm
clock = Time()
files = Files()


def run(coroutine):
    """Run it to its end in time that jumps; whatever other tasks it leaves behind are ended with it."""
    clock.rounds = 0
    if IS_CHIP:
        asyncio.new_event_loop()
        try:
            return asyncio.run(coroutine)
        finally:   # the next case needs the room
            asyncio.new_event_loop()
            asyncio.core.cur_task = None
    return _loop.run_to_end(coroutine)


if IS_CHIP:
    import asyncio.core

    # Ahead of the real ticks, which asyncio takes for tasks that are due at once.
    clock.now_ms += _time.ticks_ms() + 100_000_000
    clock.zero_s -= clock.now_ms // 1000
    sys.modules["time"] = clock
    asyncio.core.ticks = clock.ticks_ms

    class _Queue(asyncio.core.IOQueue):
        def wait_io_event(self, dt):
            if dt > 0:
                clock.now_ms += dt
                clock.rounds = 0
            elif dt < 0:
                raise Stuck("every task waits")
            clock.rounds += 1
            if clock.rounds > 100_000:
                raise Stuck("no task waits")

    _new_event_loop = asyncio.new_event_loop

    def _fresh():
        loop = _new_event_loop()
        asyncio.core._io_queue = _Queue()
        return loop

    asyncio.new_event_loop = _fresh
else:
    import builtins

    sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "shims"))

    class _Selector:
        def select(self, timeout=None):
            if timeout is None:
                raise Stuck("every task waits")
            if timeout > 0:
                clock.now_ms += max(1, round(timeout * 1000))
                clock.rounds = 0
            clock.rounds += 1
            if clock.rounds > 100_000:
                raise Stuck("no task waits")
            return []

        def get_map(self):
            return {}

        def close(self):
            pass

    class _Loop(asyncio.BaseEventLoop):
        def __init__(self):
            super().__init__()
            self._selector = _Selector()
            self._clock_resolution = 0.0005

        def time(self):
            return clock.now_ms / 1000

        def _process_events(self, events):
            pass

        def run_to_end(self, coroutine):
            asyncio.set_event_loop(self)
            self.set_exception_handler(None)
            task = self.create_task(coroutine)
            try:
                return self.run_until_complete(task)
            finally:
                asyncio.set_event_loop(self)
                for other in asyncio.all_tasks(self):
                    other.cancel()
                    other._log_destroy_pending = False
                self._ready.clear()   # not run any further: a chip loses its power just so
                self._scheduled.clear()
                asyncio.set_event_loop(None)

    _loop = _Loop()

    async def _sleep_ms(ms):
        await asyncio.sleep(ms / 1000)

    asyncio.sleep_ms = _sleep_ms
    gc.collect = lambda *_: 0   # main.py asks for it at each import, and here it takes longer than a case
    gc.mem_alloc = gc.mem_free = lambda: 0
    _stand_ins = {"time": clock, "json": Json, "struct": Struct, "os": files}
    _import = builtins.__import__

    _open = builtins.open

    def _import_for_firmware(name, globals=None, locals=None, fromlist=(), level=0):
        if name in _stand_ins and str((globals or {}).get("__name__")).startswith("firmware"):
            return _stand_ins[name]
        return _import(name, globals, locals, fromlist, level)

    def _open_in_memory(path, *mode, **options):
        if isinstance(path, str) and path.startswith("/data/"):
            return files.open(path, *mode)
        return _open(path, *mode, **options)

    def _print(*words, **options):
        if LOUD or not sys._getframe(1).f_globals.get("__name__", "").startswith("firmware"):
            _spoken(*words, **options)

    _spoken = builtins.print
    builtins.print = _print   # ten thousand cases would write a book
    builtins.__import__ = _import_for_firmware
    builtins.open = _open_in_memory


class Part:
    """A module of the chip, or one of its parts: knows what it was made with, and nothing else."""

    def __init__(self, **content):
        for name in content:
            setattr(self, name, content[name])
