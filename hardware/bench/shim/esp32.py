"""`esp32`: what the chip tells of its heaps; here there is one, Python's own."""
import gc

_saved = [0]   # the lowest of what was free whenever somebody asked


def idf_heap_info(n):
    free = largest = gc.mem_free()
    while largest > 64:
        try:
            bytearray(largest)
            break
        except MemoryError:
            largest -= largest >> 3
    _saved[0] = min(free, _saved[0] or free)
    return [(free + gc.mem_alloc(), free, largest, _saved[0])]
