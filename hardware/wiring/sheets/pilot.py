"""The pilot's front end: source, peak-holds, comparator. Values are those that front_end.py calculates with."""
from hardware.wiring import front_end, symbols
from hardware.wiring.drawing import MUTED, SMALL, Sheet
from hardware.wiring.firmware_numbers import constant
from hardware.wiring.sheets.common import Board, gpio, ohm, ohm_of, sheet


def pilot(board: Board) -> Sheet:
    """Pilot source, both peak-holds and the comparator, for connector 1."""
    c = front_end.NOMINAL
    s = sheet(1560, 1160, board, "Pilot front end, connector 1",
               "±12 V at 1 kHz through 1 kΩ; the peaks of both halves held for the ADC: "
               f"{front_end.PILOT['offset_mv']} mV + {front_end.PILOT['mv_per_v']} mV/V. "
               "All resistors metal film 1 %. Repeat for each connector.")
    s.frame(30, 90, 640, 340, "Source")
    pins, _ = symbols.block(s, 290, 150, 130, "U1", "ADG419", ["IN", "VL", "GND"], ["S2", "D", "S1"], step=44)
    x, y = pins["IN"]
    s.wire((170, y), (x, y))
    s.dot(190, y)
    symbols.flag(s, 170, y, gpio(board, "connectors.1.pilot_pwm"), left=True)
    symbols.resistor(s, 190, y, "R0", "10 kΩ", down=True, left=True)
    symbols.ground(s, 190, y + 70)
    x, y = pins["VL"]
    s.text(x - 6, y + 4, "5 V", anchor="end", size=SMALL, bold=True)
    symbols.ground(s, *pins["GND"])
    x, y = pins["S2"]
    s.wire((x, y), (x + 15, y))
    symbols.rail(s, x + 15, y, "+12 V")
    x, y = pins["S1"]
    s.wire((x, y), (x + 15, y))
    symbols.rail(s, x + 15, y, "−12 V", down=True)
    x, y = pins["D"]
    x, y = symbols.resistor(s, x, y, "R1", f"{ohm(1e3)} ∥ {ohm(27e3)}")
    s.wire((x, y), (645, y))
    for at in (565, 595):
        s.dot(at, y)
        s.wire((at, y), (at, y + 20))
    symbols.diode(s, 565, y + 20, "D1", "P6KE16CA", both=True, left=True)
    symbols.earth(s, 565, y + 70)
    symbols.capacitor(s, 595, y + 20, "C1", "330 pF")
    symbols.earth(s, 595, y + 70)
    s.terminal(650, y)
    s.text(645, y - 14, "CP", anchor="middle", bold=True, size=SMALL)
    s.lines(60, 375, ["VDD of U1 is +12 V, VSS −12 V. IN low gives −12 V, state F: also while the chip resets.",
                      "D1 and C1 sit at the CP terminal; D1's own capacitance counts towards IEC's 1.6 nF."],
            size=SMALL)
    _comparator(s)
    s.frame(30, 460, 1500, 300, "Positive half")
    _sum(s, 320, 590)
    _hold(s, board, 650, 610, "high", ("U2A", "D3", "R9", "C2", "R10", "D4", "R15", "C4"))
    s.frame(30, 790, 1500, 340, "Negative half")
    _invert(s, 330, 940)
    s.wire((450, 940), (650, 940))
    s.lines(300, 1050, ["Turned over: −12 V become",
                        f"{1000 * front_end.low_peak_v(c, -12):.0f} mV, the positive half runs into 0 V."], size=SMALL)
    _hold(s, board, 650, 960, "low", ("U2C", "D5", "R16", "C3", "R17", "D6", "R18", "C5"))
    return s


def _comparator(s: Sheet) -> None:
    low_v, high_v = front_end.window_v(front_end.NOMINAL)
    s.frame(700, 90, 830, 340, "Comparator: is the car in C or D?")
    x = 800.0
    symbols.rail(s, x, 142, "3.3 V")
    for i, (name, key) in enumerate((("R11", "ref_high_ohm"), ("R12", "ref_mid_ohm"), ("R13", "ref_low_ohm"))):
        symbols.resistor(s, x, 142 + 70 * i, name, ohm_of(key), down=True, left=True)
    symbols.ground(s, x, 352)
    s.dot(x, 212)
    s.dot(x, 282)
    first = symbols.amplifier(s, 1060, 192, "U3A", "½ LM393, 5 V")
    second = symbols.amplifier(s, 1060, 302, "U3B", "½ LM393, 5 V")
    s.wire((x, 212), (900, 212), (900, first[0][1]), first[0])
    s.text(815, 206, f"{high_v:.2f} V", size=SMALL, colour=MUTED)
    s.wire((x, 282), (870, 282), (870, second[1][1]), second[1])
    s.text(815, 276, f"{low_v:.2f} V", size=SMALL, colour=MUTED)
    s.wire(first[1], (1030, first[1][1]), (1030, second[0][1]), second[0])
    s.dot(1030, 247)
    s.wire((1000, 247), (1030, 247))
    symbols.flag(s, 1000, 247, "HIGH", left=True, fill="#e6f4ea")
    s.wire(first[2], (1200, first[2][1]), (1200, second[2][1]), second[2])
    s.dot(1200, 247)
    s.wire((1200, 247), (1350, 247))
    s.dot(1270, 247)
    symbols.resistor(s, 1270, 177, "R14", "10 kΩ", down=True)
    symbols.rail(s, 1270, 177, "3.3 V")
    symbols.flag(s, 1350, 247, "PILOT_OK", fill="#e6f4ea")
    _, b_c, _, d_e = constant("evse.pilot", "_BORDERS_MV")
    s.lines(870, 385, [
        f"Open collectors on one wire: high only between {d_e / 1000:g} V and {b_c / 1000:g} V of the pilot, where",
        "the firmware too has its borders. The coil drops without the program when the car leaves."], size=SMALL)


def _sum(s: Sheet, x: float, y: float) -> None:
    """Pilot and offset, added by resistors; `x` is where the clamp is, `y` the line."""
    symbols.flag(s, 110, y, "CP", left=True, fill="#fdeee0")
    s.wire((110, y), (130, y))
    at, _ = symbols.resistor(s, 130, y, "R2", ohm_of("r2_ohm"))
    s.wire((at, y), (650, y))
    s.dot(x, y)
    symbols.resistor(s, x, y - 70, "R3", ohm_of("r3_ohm"), down=True, left=True)
    symbols.rail(s, x, y - 70, "3.3 V")
    symbols.resistor(s, x, y, "R4", ohm_of("r4_ohm"), down=True, left=True)
    symbols.ground(s, x, y + 70)
    s.dot(x + 80, y)
    s.wire((x + 80, y), (x + 80, y + 15))
    symbols.diode(s, x + 80, y + 15, "D2", "1N4148", up=True)
    symbols.ground(s, x + 80, y + 65)


def _invert(s: Sheet, x: float, y: float) -> None:
    symbols.flag(s, 110, y - 20, "CP", left=True, fill="#fdeee0")
    s.wire((110, y - 20), (130, y - 20))
    at, _ = symbols.resistor(s, 130, y - 20, "R5", ohm_of("r5_ohm"))
    plus, minus, out = symbols.amplifier(s, x, y, "U2B", "¼ MCP6294", minus_above=True)
    s.wire((at, y - 20), minus)
    s.dot(270, y - 20)
    s.wire((270, y - 20), (270, y - 80), (340, y - 80))
    symbols.resistor(s, 340, y - 80, "R6", ohm_of("r6_ohm"))
    s.wire((410, y - 80), (450, y - 80), (450, y))
    s.wire(out, (450, y))
    s.dot(450, y)
    s.wire(plus, (230, plus[1]), (230, y + 70))
    s.dot(230, y + 70)
    symbols.rail(s, 80, y + 70, "3.3 V")
    s.wire((80, y + 70), (120, y + 70))
    symbols.resistor(s, 120, y + 70, "R7", ohm_of("r7_ohm"))
    s.wire((190, y + 70), (230, y + 70))
    symbols.resistor(s, 230, y + 70, "R8", ohm_of("r8_ohm"), down=True)
    symbols.ground(s, 230, y + 140)


def _hold(s: Sheet, board: Board, x: float, y: float, half: str, names: tuple[str, ...]) -> None:
    """An ideal diode that fills a capacitor, whose charge flows off to -12 V; from the amplifier's inputs on."""
    amplifier, follower, damp, peak, leak, clamp, guard, soft = names
    _, minus, out = symbols.amplifier(s, x, y, amplifier, "¼ MCP6294")
    at, _ = symbols.diode(s, out[0] + 15, y, follower, "1N4148")
    s.wire(out, (out[0] + 15, y))
    at, _ = symbols.resistor(s, at + 10, y, damp, f"{front_end.DAMPING_OHM:g} Ω")
    s.wire((at - 80, y), (at - 70, y))
    node, cap, off, keep = at + 40, at + 110, at + 220, at + 330
    s.wire((at, y), (keep + 60, y))
    for joined in (node, cap, off, keep):
        s.dot(joined, y)
    s.wire((node, y), (node, y + 100), (x - 15, y + 100), (x - 15, minus[1]), minus)
    symbols.capacitor(s, cap, y, peak, f"{front_end.NOMINAL['hold_f'] * 1e9:.0f} nF film")
    symbols.ground(s, cap, y + 50)
    symbols.resistor(s, off, y, leak, ohm_of("hold_ohm"), down=True)
    symbols.rail(s, off, y + 70, "−12 V", down=True)
    symbols.diode(s, keep, y, clamp, "1N4148", up=True)
    symbols.ground(s, keep, y + 50)
    if half == "high":
        s.wire((off, y), (off, y - 60), (off + 30, y - 60))
        symbols.flag(s, off + 30, y - 60, "HIGH", fill="#e6f4ea")
    end, _ = symbols.resistor(s, keep + 60, y, guard, "1 kΩ")
    s.dot(end + 20, y)
    s.wire((end, y), (end + 70, y))
    symbols.capacitor(s, end + 20, y, soft, "10 nF")
    symbols.ground(s, end + 20, y + 50)
    symbols.flag(s, end + 70, y, gpio(board, f"connectors.1.pilot_{half}.pin"))
