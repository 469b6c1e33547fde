"""Runs on the board, sent through the raw prompt: what it says of itself, as one line of JSON."""
import gc
import json
import sys

gc.collect()
_ram = gc.mem_free() + gc.mem_alloc()
try:
    import esp32

    _largest = max([region[0] for region in esp32.idf_heap_info(getattr(esp32, "HEAP_DATA", 4))])
    _machine = getattr(esp32, "virtual_machine", None)   # the bench's boards stand for a chip
except (ImportError, AttributeError, ValueError):
    _largest, _machine = 0, None
try:
    import machine

    _unique = machine.unique_id().hex()
except (ImportError, AttributeError):
    _unique = ""
print(json.dumps({
    "platform": "esp32" if _machine else sys.platform,
    "machine": _machine or getattr(sys.implementation, "_machine", ""),
    "version": list(sys.implementation[1])[:3],
    "mpy": getattr(sys.implementation, "_mpy", 0) & 0xFF,
    "ram_bytes": max(_ram, _largest),
    "unique_id": _unique,
}))
