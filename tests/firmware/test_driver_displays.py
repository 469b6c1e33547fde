"""The displays' drivers on the real interpreter: what they put on I2C, read by models that know only the datasheets."""
import json
import textwrap

import pytest
import zxingcpp
from PIL import Image

from hardware.bench.hd44780 import Hd44780
from hardware.bench.ssd1306 import HEIGHT, WIDTH, Ssd1306
from tests.firmware.on_micropython import run

LINK = "HTTPS://CHARGE.EXAMPLE/C/7K3M9QXA"
PROLOGUE = """
    import asyncio, json
    from binascii import hexlify
    from time import ticks_ms
    from firmware.drivers.ssd1306 import Ssd1306
    from firmware.drivers.hd44780 import Hd44780
    class I2c:
        def __init__(self):
            self.sent, self.there = [], True
        def writeto(self, address, data):
            if not self.there:
                raise OSError(19)
            self.sent.append((ticks_ms(), address, hexlify(data).decode()))
    i2c = I2c()
    def code():
        from firmware.panel.qr_code import steps
        for rows in steps("HTTPS://CHARGE.EXAMPLE/C/7K3M9QXA"):
            pass
        return rows
"""


def sent_by(source: str) -> list[tuple[int, int, str]]:
    """Every write (ms, address, hex) of a program that ends with its display shown."""
    body = "async def main():\n" + textwrap.indent(textwrap.dedent(source), "    ")
    out = run(textwrap.dedent(PROLOGUE) + body + "\nasyncio.run(main())\nprint(json.dumps(i2c.sent))\n")
    return [tuple(entry) for entry in json.loads(out.splitlines()[-1])]   # type: ignore[misc]


def pixels_after(source: str) -> list[str]:
    display = Ssd1306()
    for _, address, data in sent_by(source):
        assert address == display.address
        display.written(bytes.fromhex(data), 0)
    assert display.unknown == []
    return display.pixels()


def lines_after(source: str) -> list[str]:
    display = Hd44780()
    began_ms: int | None = None
    now_s = 0.0
    for ms, address, data in sent_by(source):
        assert address == display.address
        began_ms = ms if began_ms is None else began_ms
        now_s = max(now_s, (ms - began_ms) / 1000)   # a byte takes 90 us at 100 kHz, whatever this machine takes
        display.written(bytes.fromhex(data), now_s)
        now_s += 90e-6 * (len(data) // 2 + 1)
    assert display.lost == 0
    return display.lines()


def text_pixels(text: str) -> list[str]:
    """MicroPython's own letters, by the interpreter itself: 8 rows of 0 and 1."""
    out = run(f"""
        import framebuf
        frame = framebuf.FrameBuffer(bytearray(1024), 128, 8, framebuf.MONO_VLSB)
        frame.text({text!r}, 0, 0, 1)
        for y in range(8):
            print("".join(str(frame.pixel(x, y)) for x in range({8 * len(text)})))
    """)
    return out.split()


def test_a_screen_has_its_title_on_light_its_figure_large_and_its_lines_below() -> None:
    rows = pixels_after("""
        await Ssd1306(i2c, 0x3C).show(("Charging", "7.4 kW", ["12.34 kWh"], "", []))
    """)
    title, big, line = text_pixels("Charging"), text_pixels("7.4 kW"), text_pixels("12.34 kWh")
    left = (WIDTH - 64) // 2
    assert [row[left : left + 64].translate({48: 49, 49: 48}) for row in rows[2:10]] == title
    left = (WIDTH - 96) // 2
    assert [row[left : left + 96] for row in rows[14:30:2]] == ["".join(2 * pixel for pixel in row) for row in big]
    assert rows[14:30:2] == rows[15:30:2]
    assert [row[: 8 * 9] for row in rows[33:41]] == line
    assert all(set(row) == {"0"} for row in rows[41:])


def test_a_code_is_read_from_the_pixels_and_has_its_quiet_zone() -> None:
    rows = pixels_after("""
        await Ssd1306(i2c, 0x3C).show(("Free", "", [], "LINK", ["Free", "Scan or"]), code())
    """)
    picture = Image.new("L", (WIDTH, HEIGHT))
    picture.putdata([255 * int(pixel) for row in rows for pixel in row])
    found = zxingcpp.read_barcodes(picture.resize((4 * WIDTH, 4 * HEIGHT), Image.Resampling.NEAREST))
    assert [code.text for code in found] == [LINK]
    assert all(row[:8] == row[58:66] == "1" * 8 for row in rows)   # four modules of light on both sides
    assert all(row[:66] == "1" * 66 for row in rows[:7] + rows[57:])   # as much as the panel has above and below
    assert [row[71 : 71 + 32] for row in rows[:8]] == text_pixels("Free")


def test_only_what_changed_is_sent_again_and_nothing_of_what_was_there_stays() -> None:
    source = """
        display = Ssd1306(i2c, 0x3C)
        await display.show(("Free", "", ["Hold your card", "or code"], "", []))
        {between}
        await display.show(("Free", "", ["Hold your card", "xy"], "", []))
    """
    whole = sent_by(source.format(between="i2c.sent.clear()"))
    assert 0 < sum(len(data) // 2 for _, _, data in whole) < 3 * 140   # two of eight pages
    assert pixels_after(source.format(between="")) == pixels_after("""
        await Ssd1306(i2c, 0x3C).show(("Free", "", ["Hold your card", "xy"], "", []))
    """)


def test_a_display_that_was_gone_begins_anew() -> None:
    rows = pixels_after("""
        display = Ssd1306(i2c, 0x3C)
        await display.show(("Free", "", ["once"], "", []))
        i2c.there = False
        try:
            await display.show(("Fault", "", ["twice"], "", []))
            raise AssertionError("nobody heard it")
        except OSError:
            pass
        i2c.there = True
        i2c.sent.clear()   # another module, in whatever state
        await display.show(("Fault", "", ["twice"], "", []))
    """)
    assert rows == pixels_after("""await Ssd1306(i2c, 0x3C).show(("Fault", "", ["twice"], "", []))""")


def test_no_piece_of_work_on_the_wire_is_longer_than_a_page() -> None:
    """At 400 kHz a page takes 3 ms, in which the energy path has no turn."""
    sent = sent_by("""await Ssd1306(i2c, 0x3C).show(("Charging", "7.4 kW", ["12.34 kWh"], "", []))""")
    assert max(len(data) // 2 for _, _, data in sent) == 129


# -- two lines of 16


def test_two_lines_show_the_title_and_the_first_of_the_rest() -> None:
    assert lines_after("""
        await Hd44780(i2c, 0x27).show(("Charging", "7.4 kW", ["12.34 kWh"], "", []))
    """) == ["Charging        ", "7.4 kW          "]


def test_the_second_line_turns_and_figures_that_move_do_not_stop_it() -> None:
    assert lines_after("""
        display = Hd44780(i2c, 0x27)
        for i in range(9):
            await display.show(("Charging", "7.%d kW" % i, ["12.3%d kWh" % i, "35 min left"], "", []))
    """) == ["Charging        ", "12.38 kWh       "]


def test_a_shorter_text_leaves_nothing_of_a_longer_one() -> None:
    assert lines_after("""
        display = Hd44780(i2c, 0x27)
        await display.show(("Out of service", "", ["Call +49 30 1234"], "", []))
        await display.show(("Free", "", ["x"], "", []))
    """) == ["Free" + " " * 12, "x" + " " * 15]


@pytest.mark.parametrize("half", ["0x00", "0x10", "0x80", "0xF0"])
def test_it_is_found_in_the_middle_of_a_byte(half: str) -> None:
    """The chip restarted while it wrote: the controller waits for the other half."""
    assert lines_after(f"""
        await Hd44780(i2c, 0x27).show(("Charging", "", ["before"], "", []))
        i2c.writeto(0x27, bytes(({half} | 0x0C, {half} | 0x08)))
        await Hd44780(i2c, 0x27).show(("Free", "", ["Hold your card"], "", []))
    """) == ["Free            ", "Hold your card  "]
