"""Plays cases again on MicroPython: `micropython replay.py <target> <file of cases>`; one line for each that fails.

A file of cases: each with its length in front, four bytes, low byte first. The heap is the chip's own size, because
CPython's memory never ends.
"""
import gc
import sys

from tests.fuzz import chip
from tests.fuzz.targets import TARGET   # the caller's choice, so that only one target's code is loaded


def main(path):
    count = failed = most = 0
    with open(path, "rb") as cases:
        while True:
            head = cases.read(4)
            if not head:
                break
            data = cases.read(int.from_bytes(head, "little"))
            gc.collect()
            live = gc.mem_alloc()
            print("CASE %d bytes %d heap %d" % (count, len(data), live))
            try:
                TARGET.check(data)
            except Exception as error:
                failed += 1
                gc.collect()
                print("FAILED %d %r" % (count, error))
                sys.print_exception(error)
            count += 1
            most = max(most, live)
    print("PLAYED %d failed %d live %d of %d" % (count, failed, most, gc.mem_alloc() + gc.mem_free()))


assert chip.IS_CHIP
main(sys.argv[1])
