"""Codes drawn by the firmware, against an encoder and a decoder that others wrote."""
from collections.abc import Iterator
from itertools import pairwise

import pytest
import segno
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from firmware.panel.qr_code import SIZE, steps

LINK = "HTTPS://CHARGE.EXAMPLE/C/7K3M9QXA"
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
LEVELS = {20: "H", 29: "Q", 38: "M", 47: "L"}


def code(text: str, mask: int | None = None) -> list[int]:
    *waits, rows = steps(text, mask)
    assert waits
    assert not any(waits)
    return list(rows)


def elsewhere(text: str, mask: int) -> list[int]:
    level = next(level for longest, level in LEVELS.items() if len(text) <= longest)
    made = segno.make(text, version=2, error=level, mask=mask, mode="alphanumeric", boost_error=False, micro=False)
    return [sum(bool(module) << x for x, module in enumerate(row)) for row in made.matrix]


def read(rows: list[int]) -> str:
    picture = Image.new("L", (SIZE + 8, SIZE + 8), 255)
    for y, row in enumerate(rows):
        for x in range(SIZE):
            if row >> x & 1:
                picture.putpixel((x + 4, y + 4), 0)
    found = zxingcpp.read_barcodes(picture.resize((4 * (SIZE + 8), 4 * (SIZE + 8)), Image.Resampling.NEAREST))
    assert len(found) == 1
    return str(found[0].text)


@pytest.mark.parametrize("mask", range(8))
@pytest.mark.parametrize("text", [LINK, "HTTPS://X/C/1", "A" * 20, "A" * 47, "HTTPS://LONG.CHARGING.EXAMPLE.ORG/C/00000000"])
def test_every_module_is_where_another_encoder_puts_it(text: str, mask: int) -> None:
    assert code(text, mask) == elsewhere(text, mask)


@settings(max_examples=40, deadline=None)
@given(st.text(SIGNS, max_size=39))
def test_any_link_is_read_back(rest: str) -> None:
    text = "HTTPS://" + rest
    rows = code(text)
    bits = 13 + 11 * (len(text) // 2) + 6 * (len(text) % 2) + 4
    if bits % 8:   # else segno adds a byte of zeros that nothing needs (§7.4.10: bits up to the next byte only)
        assert rows in [elsewhere(text, mask) for mask in range(8)]
    assert read(rows) == text


@pytest.mark.parametrize("text", ["https://charge.example", "HTTPS://X/C/\u00c4", "A" * 48])
def test_what_does_not_fit_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"too long|a sign"):
        code(text)


def penalty(rows: list[int]) -> int:
    """ISO/IEC 18004 §7.8.3, slowly and literally."""
    modules = [[row >> x & 1 for x in range(SIZE)] for row in rows]
    lines = modules + [list(column) for column in zip(*modules, strict=True)]
    points = sum(length - 2 for line in lines for length in runs(line) if length >= 5)
    for line in lines:
        for at in range(SIZE - 10):
            finder = "".join(map(str, line[at : at + 11]))
            points += 40 * (finder in ("10111010000", "00001011101"))
    for y in range(SIZE - 1):
        for x in range(SIZE - 1):
            points += 3 * (len({modules[y][x], modules[y][x + 1], modules[y + 1][x], modules[y + 1][x + 1]}) == 1)
    percent = 100 * sum(map(sum, modules)) / SIZE ** 2
    return points + int(abs(percent - 50) / 5) * 10


def runs(line: list[int]) -> Iterator[int]:
    length = 1
    for before, now in pairwise(line):
        if now == before:
            length += 1
        else:
            yield length
            length = 1
    yield length


@pytest.mark.parametrize("text", [LINK, "HTTPS://X/C/1", "A" * 47, "0" * 20])
def test_of_all_masks_the_one_that_is_read_best_is_taken(text: str) -> None:
    penalties = [penalty(code(text, mask)) for mask in range(8)]
    assert penalty(code(text)) == min(penalties)
