"""A film for a browser's fake camera: a phone held in front of a charge point's display."""

from collections.abc import Sequence
from pathlib import Path

WIDTH, HEIGHT = 640, 480
_SCALE = 4  # pixels of the film for one of the display
_LIT, _DARK, _WALL, _NO_COLOUR = 235, 24, 110, 128


def film(rows: Sequence[str], to: Path) -> None:
    """YUV4MPEG2: the display's pixels (`1` is lit) in the middle of a grey wall. The browser plays it over and over."""
    wide, high = len(rows[0]) * _SCALE, len(rows) * _SCALE
    left, top = (WIDTH - wide) // 2, (HEIGHT - high) // 2
    picture = bytearray([_WALL]) * (WIDTH * HEIGHT)
    for y in range(high):
        row = rows[y // _SCALE]
        line = bytes(_LIT if row[x // _SCALE] == "1" else _DARK for x in range(wide))
        begin = (top + y) * WIDTH + left
        picture[begin : begin + wide] = line
    colours = bytes([_NO_COLOUR]) * (WIDTH * HEIGHT // 2)
    head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode()
    to.write_bytes(head + (b"FRAME\n" + bytes(picture) + colours) * 2)
