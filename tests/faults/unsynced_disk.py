"""A disk that forgets what was never synced: SQLite's own VFS, with writes remembered until xSync.

`install()` hooks the SQLite library that this process uses (through its C interface, so WAL, shared memory and locks
stay the real ones). `lose_unsynced()` puts every file back to what its last xSync left, which is what a power cut may
do. Run a command of the product on such a disk with

    python -m tests.faults.unsynced_disk [--synchronous OFF] csms.main serve --config …

and send it SIGUSR1: it loses what was not synced and dies at once, without any clean-up.
Source: sqlite.org/c3ref/io_methods.html, sqlite.org/c3ref/vfs.html.
"""
import argparse
import ctypes
import importlib
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

_c = ctypes
# The two C tables as arrays of pointers; each begins with ints that the compiler pads to 8 bytes.
_VFS_X_OPEN = 5   # slot of sqlite3_vfs: iVersion+szOsFile, mxPathname, pNext, zName, pAppData, xOpen
_POINTER = _c.sizeof(_c.c_void_p)
# slots of sqlite3_io_methods: iVersion, xClose, xRead, xWrite, xTruncate, xSync, …
_X_WRITE, _X_TRUNCATE, _X_SYNC = 3, 4, 5
_METHOD_SLOTS = 19
_SQLITE_OPEN_MEMORY_ONLY = 0x00000008 | 0x00000200   # DELETEONCLOSE, TEMP_DB: nobody waits for those

_OPEN = _c.CFUNCTYPE(_c.c_int, _c.c_void_p, _c.c_void_p, _c.c_void_p, _c.c_int, _c.c_void_p)
_WRITE = _c.CFUNCTYPE(_c.c_int, _c.c_void_p, _c.c_void_p, _c.c_int, _c.c_int64)
_TRUNCATE = _c.CFUNCTYPE(_c.c_int, _c.c_void_p, _c.c_int64)
_SYNC = _c.CFUNCTYPE(_c.c_int, _c.c_void_p, _c.c_int)


class _File:
    """What one path held at its last sync: its size, and the bytes that writes since then have covered."""

    def __init__(self, path: str):
        self.path = path
        self.synced()

    def synced(self) -> None:
        self.size = os.path.getsize(self.path) if os.path.exists(self.path) else 0
        self.undo: list[tuple[int, bytes]] = []

    def before_write(self, offset: int, length: int) -> None:
        with open(self.path, "rb") as file:
            file.seek(offset)
            self.undo.append((offset, file.read(length)))

    def after_power_cut(self) -> bytes:
        """What it would hold; the file itself is left alone."""
        with open(self.path, "rb") as file:
            data = bytearray(file.read())
        for offset, was in reversed(list(self.undo)):
            data[offset:offset + len(was)] = was
        return bytes(data[:self.size])

    def lose(self) -> int:
        with open(self.path, "r+b") as file:
            for offset, was in reversed(self.undo):
                file.seek(offset)
                file.write(was)
            file.truncate(self.size)
        return len(self.undo)


_files: dict[str, _File] = {}
_path_of: dict[int, str] = {}        # sqlite3_file* -> path
_failing: dict[str, int] = {}        # folder -> the code that each write and sync in it ends with
FULL, BROKEN = 13, 10                # SQLITE_FULL, SQLITE_IOERR
_keep: list[Any] = []                # callbacks and tables that C points to


def install() -> None:
    """Hook the default VFS of the SQLite library behind `import sqlite3`; OSError when it cannot be reached."""
    import _sqlite3

    library = _c.CDLL(_sqlite3.__file__)
    try:
        find = library.sqlite3_vfs_find
    except AttributeError:
        raise OSError("this Python hides its SQLite library: its VFS cannot be hooked") from None
    find.restype = _c.c_void_p
    find.argtypes = [_c.c_char_p]
    slot = _c.c_void_p.from_address(find(None) + _VFS_X_OPEN * _POINTER)
    real_open = _OPEN(slot.value or 0)

    def x_open(vfs: int, name: int | None, file: int, flags: int, out_flags: int) -> int:
        result: int = real_open(vfs, name, file, flags, out_flags)
        if result == 0 and name and not flags & _SQLITE_OPEN_MEMORY_ONLY:
            path = _c.string_at(name).decode()
            _files.setdefault(path, _File(path))
            _path_of[file] = path
            methods = _c.c_void_p.from_address(file)
            methods.value = _hooked(methods.value or 0)
        return result

    hook = _OPEN(x_open)
    _keep.append(hook)
    slot.value = _c.cast(hook, _c.c_void_p).value


def install_once() -> None:
    if not _keep:
        install()


def forget(folder: str) -> None:
    """Files below this folder are gone, and nobody has them open."""
    for path in [path for path in _files if path.startswith(f"{folder}{os.sep}")]:
        del _files[path]
    for file in [file for file, path in _path_of.items() if path.startswith(f"{folder}{os.sep}")]:
        del _path_of[file]


_hooked_tables: dict[int, int] = {}


def _hooked(methods: int) -> int:
    """A copy of the VFS's table of file methods with write, truncate and sync seen by us."""
    if methods in _hooked_tables:
        return _hooked_tables[methods]
    real = (_c.c_char * (_METHOD_SLOTS * _POINTER)).from_address(methods)
    table = (_c.c_void_p * _METHOD_SLOTS).from_buffer_copy(real)
    real_write, real_truncate, real_sync = _WRITE(table[_X_WRITE]), _TRUNCATE(table[_X_TRUNCATE]), _SYNC(table[_X_SYNC])

    def x_write(file: int, data: int, length: int, offset: int) -> int:
        if code := _failing.get(os.path.dirname(_path_of[file])):
            return code
        _files[_path_of[file]].before_write(offset, length)
        return int(real_write(file, data, length, offset))

    def x_truncate(file: int, size: int) -> int:
        known = _files[_path_of[file]]
        known.before_write(size, max(0, os.path.getsize(known.path) - size))
        return int(real_truncate(file, size))

    def x_sync(file: int, flags: int) -> int:
        if code := _failing.get(os.path.dirname(_path_of[file])):
            return code
        result = int(real_sync(file, flags))
        _files[_path_of[file]].synced()
        return result

    hooks: list[Callable[..., int]] = [_WRITE(x_write), _TRUNCATE(x_truncate), _SYNC(x_sync)]
    for index, hook in zip((_X_WRITE, _X_TRUNCATE, _X_SYNC), hooks, strict=True):
        table[index] = _c.cast(hook, _c.c_void_p).value   # type: ignore[arg-type]
    _keep.extend([table, *hooks])
    _hooked_tables[methods] = _hooked_tables[_c.addressof(table)] = _c.addressof(table)
    return _c.addressof(table)


def fail(folder: str, code: int | None) -> None:
    """From now on writes and syncs in this folder end with `code`; None: they work again."""
    if code is None:
        _failing.pop(folder, None)
    else:
        _failing[folder] = code


def after_power_cut(path: str) -> bytes | None:
    """What a file would hold after a power cut now; None if nothing of it was ever synced."""
    file = _files.get(path)
    return file.after_power_cut() if file is not None and os.path.exists(path) else None


def lose_unsynced() -> int:
    """Put every file back to its last sync; how many writes were lost."""
    return sum(file.lose() for file in _files.values() if os.path.exists(file.path))


def _power_cut(*_: object) -> None:
    lost = lose_unsynced()
    os.write(2, f"power cut: {lost} unsynced writes lost\n".encode())
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    parser = argparse.ArgumentParser(prog="unsynced_disk")
    parser.add_argument("--synchronous", help="make a mutant: the product's SYNCHRONOUS constant is set to this")
    parser.add_argument("module", help="a command's module with cli()")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    install()
    if options.synchronous:
        home = {"csms.main": "csms.store.database", "local_controller.main": "local_controller.store"}[options.module]
        store = importlib.import_module(home)
        assert hasattr(store, "SYNCHRONOUS")
        store.SYNCHRONOUS = options.synchronous
    signal.signal(signal.SIGUSR1, _power_cut)
    sys.argv = [options.module, *options.arguments]
    importlib.import_module(options.module).cli()


if __name__ == "__main__":
    main()
