"""Make each TLS handshake cost what it costs on the chip: the event loop stands still while the CPU works."""
import ssl

from bench_wire import cells
from micropython import const
from utime import sleep_ms

_TLS_MS = const(131)
_wrap_socket = ssl.SSLContext.wrap_socket


def _slow(self, sock, *args, **options):
    sleep_ms(cells[_TLS_MS])
    return _wrap_socket(self, sock, *args, **options)


ssl.SSLContext.wrap_socket = _slow
