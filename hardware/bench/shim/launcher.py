"""Makes this process a chip: stands the shims in for its modules, mounts its flash at `/`, then boots `main`.

Arguments: the wire's descriptor, the flash image. The shims lie on MICROPYPATH as compiled code until `/` is theirs
no more; they stay in sys.modules, where every later import finds them first.
"""
# ruff: noqa: E402, F401, I001  (the order of imports is what this module does)
import gc
import sys

import bench_wire

bench_wire.attach(int(sys.argv[1]))

import time
import socket
import machine
import network
import neopixel
import ntptime
import esp32

if bench_wire.cells[131]:
    import tls_stall
if bench_wire.cells[147]:
    import bus
if bench_wire.cells[143]:
    import pulses

import flash
import vfs

_disk = flash.Flash(sys.argv[2])
vfs.umount("/")
vfs.mount(vfs.VfsLfs2(_disk, readsize=32, progsize=32, lookahead=32), "/")
sys.path[:] = ["", ".frozen", "/lib"]
del sys.argv[1:]
del sys.modules["flash"], sys.modules["bench_wire"]
gc.collect()
bench_wire.put(0xF01, gc.mem_alloc())

import main
