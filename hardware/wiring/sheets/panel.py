"""Reader, meter bus, lamps, display, thermometer, stop button."""
from collections.abc import Mapping

from hardware.wiring import symbols
from hardware.wiring.drawing import MUTED, SMALL, Point, Sheet
from hardware.wiring.pins import pin
from hardware.wiring.sheets.common import Board, chip_input, gpio, sheet


def panel(board: Board) -> Sheet:
    """Reader, meter bus, lamps, display, thermometer, buttons."""
    turns = pin(board, "meter_bus.de") is None
    s = sheet(1400, 900, board, "Reader, meter, lamps, display",
              f"All at 3.3 V but the lamps{', U9 and U10' if turns else ' and U9'}, which have 5 V.")
    reader = board.get("reader") or {}
    s.frame(30, 90, 640, 230, "Card reader")
    if "uart" in reader:
        pins, _ = symbols.block(s, 330, 130, 180, "N1", "PN532, switched to HSU", ["3.3 V", "0 V", "RX", "TX"], step=30)
        symbols.rail(s, *pins["3.3 V"], "3.3 V")
        symbols.ground(s, *pins["0 V"])
        for words, key in (("RX", "reader.tx"), ("TX", "reader.rx")):
            x, y = pins[words]
            s.wire((230, y), (x, y))
            symbols.flag(s, 230, y, gpio(board, key), left=True)
        s.lines(525, 190, ["On red modules RX", "is marked SCL and", "TX is marked SDA."], size=SMALL)
    s.frame(700, 90, 670, 230, "Meter bus, RS-485, 2 wires")
    if turns:
        pins, _ = symbols.block(s, 940, 130, 150, "U10", "MAX13487E", ["RO", "5 V, SHDN", "0 V, /RE", "DI"], ["A", "B"])
        _five_volts(s, board, pins)
    else:
        pins, _ = symbols.block(s, 900, 130, 150, "U10", "MAX3485", ["DI", "RO", "DE, /RE"], ["A", "B"], step=40)
        for words, key in (("DI", "meter_bus.tx"), ("RO", "meter_bus.rx"), ("DE, /RE", "meter_bus.de")):
            x, y = pins[words]
            s.wire((820, y), (x, y))
            symbols.flag(s, 820, y, gpio(board, key), left=True)
    for words in ("A", "B"):
        s.wire(pins[words], (1200, pins[words][1]))
        s.terminal(1205, pins[words][1])
    top, low = pins["A"][1], pins["B"][1]
    s.text(1220, top + 4, "A of P1", size=SMALL)
    s.text(1220, low + 4, "B of P1", size=SMALL)
    x, middle = pins["A"][0] + 50, (top + low) / 2
    s.rectangle(x - 7, middle - 9, 14, 18)
    s.wire((x, top), (x, middle - 9))
    s.wire((x, middle + 9), (x, low))
    s.dot(x, top)
    s.dot(x, low)
    s.text(x + 15, middle + 4, "120 Ω", size=SMALL)
    units = " and ".join(str(c["meter"]["unit"]) for c in board["connectors"])
    s.lines(pins["A"][0] + 20, 260, [
        f"{board['meter_bus']['baud']} baud, 8N1, unit {units}.", "120 Ω at both ends of the line",
        "only; screen on earth at one."], size=SMALL)
    s.frame(30, 350, 640, 230, "Lamps")
    shifter, _ = symbols.block(s, 200, 390, 140, "U9", "¼ 74AHCT125", ["A", "/OE"], ["Y"], step=40)
    x, y = shifter["A"]
    s.wire((160, y), (x, y))
    symbols.flag(s, 160, y, gpio(board, "lamps.pin"), left=True)
    symbols.ground(s, *shifter["/OE"])
    at, _ = symbols.resistor(s, *shifter["Y"], "R27", "330 Ω")
    y = shifter["Y"][1]
    ring, _ = symbols.block(s, at + 40, y - 60, 120, "E1", "8 × WS2812B", ["DIN", "5 V", "0 V"], ["DOUT"], step=30)
    s.wire((at, y), (at, ring["DIN"][1]), ring["DIN"])
    x, y = ring["5 V"]
    s.text(x - 6, y + 4, "5 V", anchor="end", size=SMALL, bold=True)
    symbols.ground(s, *ring["0 V"])
    count = len(board["connectors"])
    more = "Last of the chain." if count == 1 else "DOUT goes to DIN of E2."
    s.text(60, 560, f"1000 µF from 5 V to 0 V beside E1; R27 beside U9. {more}", size=SMALL, colour=MUTED)
    s.frame(700, 350, 670, 230, "Display")
    display = (board.get("panel") or {}).get("display")
    if display:
        pins, _ = symbols.block(s, 930, 390, 170, "N2", "SSD1306, 128 × 64", ["3.3 V", "0 V", "SCL", "SDA"], step=30)
        symbols.rail(s, *pins["3.3 V"], "3.3 V")
        symbols.ground(s, *pins["0 V"])
        for words in ("SCL", "SDA"):
            x, y = pins[words]
            s.wire((830, y), (x, y))
            symbols.flag(s, 830, y, gpio(board, f"panel.display.i2c.{words.lower()}"), left=True)
        s.lines(1120, 450, [f"I²C address 0x{display['address']:02X}, at most 30 cm.", "4.7 kΩ from SCL and SDA to",
                            "3.3 V where the module has none."], size=SMALL)
    else:
        s.text(740, 460, "This board has none.", size=SMALL, colour=MUTED)
    s.frame(30, 610, 640, 250, "Thermometer")
    pins, _ = symbols.block(s, 200, 660, 150, "B2", "MCP9700A", ["3.3 V", "0 V"], ["OUT"], step=40)
    symbols.rail(s, *pins["3.3 V"], "3.3 V")
    symbols.ground(s, *pins["0 V"])
    x, y = pins["OUT"]
    s.wire((x, y), (480, y))
    s.dot(430, y)
    symbols.capacitor(s, 430, y, "C6", "100 nF")
    symbols.ground(s, 430, y + 50)
    symbols.flag(s, 480, y, gpio(board, "temperature.pin"))
    heat = board["temperature"]
    s.text(60, 835, f"{heat['offset_mv']} mV + {heat['mv_per_c']} mV/°C, glued to the hottest"
           " terminal of Q1; screened wire.", size=SMALL, colour=MUTED)
    s.frame(700, 610, 670, 250, "Stop button")
    if pin(board, "panel.stop_buttons.1.pin") is not None:
        chip_input(s, 900, 680, "S2", "stop", "13-14", gpio(board, "panel.stop_buttons.1.pin"), "R28", closed=False)
    else:
        s.lines(740, 700, ["This board has none; a board file may name one for each connector (docs/panel.md).",
                           "The emergency stop S1 is no such button: it is in the safety chain."], size=SMALL,
                colour=MUTED)
    return s


def _five_volts(s: Sheet, board: Board, pins: Mapping[str, Point]) -> None:
    """The transceiver that turns itself runs at 5 V: its output is divided before the chip. /RE low: RO is always
    driven, so that the divider pulls no floating one down; the firmware passes over the echo."""
    x, y = pins["RO"]
    s.wire((815, y), (835, y))
    symbols.flag(s, 815, y, gpio(board, "meter_bus.rx"), left=True)
    at, _ = symbols.resistor(s, 835, y, "R29", "1 kΩ")
    s.wire((at, y), (x, y))
    s.dot(825, y)
    s.wire((825, y), (825, y + 10))
    symbols.resistor(s, 825, y + 10, "R30", "2 kΩ", down=True, left=True)
    symbols.ground(s, 825, y + 80)
    x, y = pins["5 V, SHDN"]
    s.text(x - 6, y + 4, "5 V", anchor="end", size=SMALL, bold=True)
    symbols.ground(s, *pins["0 V, /RE"])
    x, y = pins["DI"]
    s.wire((x - 10, y), (x, y))
    symbols.flag(s, x - 10, y, gpio(board, "meter_bus.tx"), left=True)
