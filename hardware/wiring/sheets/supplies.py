"""From the mains to each supply of the electronics."""
from hardware.wiring import symbols
from hardware.wiring.drawing import COLOURS, MUTED, SMALL, Sheet
from hardware.wiring.pins import pin
from hardware.wiring.sheets.common import Board, sheet


def supplies(board: Board) -> Sheet:
    """From the mains to each supply of the electronics."""
    s = sheet(1240, 560, board, "Supplies", "Names of supplies are the same on every sheet. 0 V is tied to protective "
               "earth at one point: the pilot is measured against earth.")
    mains, bottom = symbols.block(s, 90, 160, 160, "T1", "HDR-30-12, 2 A", ["L", "N"], ["12 V", "0 V"])
    for words, colour in (("L", "L1"), ("N", "N")):
        x, y = mains[words]
        s.wire((x, y), (x - 20, y), colour=COLOURS[colour])
    s.text(90, bottom + 22, "L, N behind F3 (sheet Mains)", size=SMALL, colour=MUTED)
    x0, y0 = mains["0 V"]
    s.wire((x0, y0), (x0 + 20, y0), (x0 + 20, 420))
    s.wire((x0 + 20, 420), (x0 + 20, 440))
    symbols.earth(s, x0 + 20, 440)
    s.text(x0 + 45, 424, "the one bond of 0 V to earth", size=SMALL)
    s.dot(x0 + 20, 400)
    s.wire((x0 + 20, 400), (x0 + 80, 400))
    symbols.flag(s, x0 + 80, 400, "0 V")
    x12, y12 = mains["12 V"]
    s.wire((x12, y12), (x12 + 50, y12))
    s.rectangle(x12 + 50, y12 - 9, 46, 18)
    s.wire((x12 + 50, y12), (x12 + 96, y12))
    s.text(x12 + 73, y12 - 30, "F4", anchor="middle", bold=True, size=SMALL)
    s.text(x12 + 73, y12 - 16, "2 A slow", anchor="middle", size=SMALL)
    bus = 440
    s.wire((x12 + 96, y12), (bus, y12))
    s.dot(bus, y12)
    s.wire((bus, 120), (bus, 310))
    symbols.rail(s, bus, 120, "12 V")
    five, _ = symbols.block(s, 520, 250, 150, "T2", "TSR 2-2450", ["12 V in"], ["5 V out"])
    s.wire((bus, five["12 V in"][1]), five["12 V in"])
    s.dot(bus, five["12 V in"][1])
    at = five["5 V out"]
    s.dot(760, at[1])
    symbols.capacitor(s, 760, at[1], "C31", "470 µF")
    symbols.ground(s, 760, at[1] + 50)
    s.wire(at, (840, at[1]))
    symbols.flag(s, 840, at[1], "5 V")
    dual, _ = symbols.block(s, 520, 95, 150, "T3", "TMR 2-1223", ["12 V  in"], ["+15 V", "−15 V"], step=32)
    s.wire((bus, dual["12 V  in"][1]), dual["12 V  in"])
    s.dot(bus, dual["12 V  in"][1])
    up, down = dual["+15 V"], dual["−15 V"]
    plus, _ = symbols.block(s, 780, 80, 130, "U7", "LM317LZ", ["in"], ["out", "adj"], step=26)
    s.wire(up, (740, up[1]), (740, plus["in"][1]), plus["in"])
    out, adj = plus["out"], plus["adj"]
    s.wire(out, (1090, out[1]))
    s.dot(970, out[1])
    s.dot(1040, out[1])
    symbols.flag(s, 1090, out[1], "+12 V pilot")
    s.wire((970, out[1]), (970, out[1] + 5))
    top = out[1] + 5
    symbols.resistor(s, 970, top, "R31", "240 Ω", down=True)
    s.wire(adj, (945, adj[1]), (945, top + 78), (970, top + 78))
    s.wire((970, top + 70), (970, top + 84))
    s.dot(970, top + 78)
    symbols.resistor(s, 970, top + 84, "R32 + RV1", "1.8 kΩ + 500 Ω", down=True)
    symbols.ground(s, 970, top + 154)
    symbols.capacitor(s, 1040, out[1], "C32", "10 µF")
    symbols.ground(s, 1040, out[1] + 50)
    minus, _ = symbols.block(s, 780, 390, 130, "U8", "MC79L12AC", ["in "], ["out "], step=26)
    s.wire(down, (715, down[1]), (715, minus["in "][1]), minus["in "])
    at = minus["out "]
    s.wire(at, (1090, at[1]))
    s.dot(1040, at[1])
    symbols.flag(s, 1090, at[1], "−12 V pilot")
    symbols.capacitor(s, 1040, at[1], "C33", "10 µF")
    symbols.ground(s, 1040, at[1] + 50)
    # A transceiver that turns itself is a 5 V part.
    on_five, on_three = (", U10", "") if pin(board, "meter_bus.de") is None else ("", "U10, ")
    s.lines(30, 500, [
        f"5 V: DevKit, lamps, U1, U3{on_five}. The DevKit makes 3.3 V of it: reader, display, "
        f"{on_three}inputs, U2, U4, U5.",
        "RV1 is set once: +12.00 V, ±0.05 V, at the flag +12 V pilot, with no car (commissioning, step 3).",
        "100 nF ceramic beside each chip, from its supply to 0 V; 10 µF at the input of U7 and U8."], size=SMALL)
    return s
