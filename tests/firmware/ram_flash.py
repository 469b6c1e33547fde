"""Flash in RAM for MicroPython, which loses its power at the n-th write: nothing is written from there on, or half of
that one is (torn).
"""
import vfs

_ERASED = b"\xff" * 4096   # once: a small heap has no 4 kB in one piece at any time


class PowerCut(Exception):
    pass


class Flash:
    def __init__(self, blocks=64):
        self.data = bytearray(b"\xff" * (4096 * blocks))
        self.writes = 0
        self.cut_at = None   # this many writes and erases succeed
        self.torn = False    # whether half of the next one is done all the same
        self._torn_at = None

    def _write(self, start, content):
        if self.cut_at is not None and self.writes >= self.cut_at:
            if self.torn and self._torn_at != self.cut_at:
                self._torn_at = self.cut_at
                half = len(content) // 2
                self.data[start:start + half] = content[:half]
            raise PowerCut
        self.writes += 1
        self.data[start:start + len(content)] = content

    def readblocks(self, block, buf, offset=0):
        start = block * 4096 + offset
        buf[:] = self.data[start:start + len(buf)]

    def writeblocks(self, block, buf, offset=None):
        if offset is None:
            self.ioctl(6, block)
            offset = 0
        self._write(block * 4096 + offset, buf)

    def ioctl(self, request, argument):
        if request == 4:
            return len(self.data) // 4096
        if request == 5:
            return 4096
        if request == 6:
            self._write(argument * 4096, _ERASED)
            return 0
        return None


class _Power:
    """One boot's hold on the flash. What a dead boot left open is closed by the collector, and must not write."""

    def __init__(self, flash):
        self.flash = flash

    def readblocks(self, block, buf, offset=0):
        return self.flash.readblocks(block, buf, offset) if self.flash else -5

    def writeblocks(self, block, buf, offset=None):
        return self.flash.writeblocks(block, buf, offset) if self.flash else -5

    def ioctl(self, request, argument):
        return self.flash.ioctl(request, argument) if self.flash else -5


_mounted = []


def formatted(blocks=64):
    flash = Flash(blocks)
    vfs.VfsLfs2.mkfs(flash, readsize=32, progsize=32, lookahead=32)
    return flash


def boot(flash):
    """Mount it at /data as after power came back."""
    if _mounted:
        vfs.umount("/data")
        _mounted[0].flash = None
    flash.cut_at = None
    _mounted[:] = [_Power(flash)]
    vfs.mount(vfs.VfsLfs2(_mounted[0], readsize=32, progsize=32, lookahead=32), "/data")
