"""What must agree before the coil has voltage."""
from hardware.wiring import front_end, symbols
from hardware.wiring.drawing import COLOURS, MUTED, SMALL, Sheet
from hardware.wiring.pins import residual
from hardware.wiring.sheets.common import Board, chip_input, gpio, ohm, sheet


def safety_chain(board: Board) -> Sheet:
    """What must agree before the coil has voltage, and the contacts that tell the chip of it."""
    hold = front_end.hold_ms()
    whole = board["hardware_and"]
    s = sheet(1500, 1010, board, "Safety chain, connector 1", (
        "The hardware AND: command, pilot, heartbeat, residual current and emergency stop must all agree. "
        "A lost supply, a cut wire or a stopped program opens." if whole else
        "No hardware AND here: the program and the contacts in series alone hold the coil; see docs/safety.md."
    ))
    if len(board["connectors"]) > 1:
        s.text(30, 82, "Connector 2: its own B1, K1, K2, Q2, RC 1, half of U4, third of U5. S1 is common: the coil of "
                       "Q2 too has its voltage from behind S1.", bold=True, size=SMALL)
    if whole:
        _logic(s, board, hold)
    else:
        _relay_board(s, board)
    _residual(s, board)
    s.frame(980, 90, 490, 560, "Coil, 230 V")
    x = 1090.0
    brown, blue = COLOURS["L1"], COLOURS["N"]
    s.text(x, 148, "L of F3", anchor="middle", bold=True, size=SMALL)
    s.terminal(x, 162, brown)
    s.wire((x, 167), (x, 190), colour=brown)
    symbols.contact(s, x, 190, "S1", "emergency stop", closed=True, pins="11-12", colour=brown, forced=True)
    s.wire((x, 250), (x, 290), colour=brown)
    if len(board["connectors"]) > 1:   # fed from F3 itself, its coil would be opened by the program alone
        s.dot(x, 270, brown)
        s.wire((x, 270), (x + 70, 270), colour=brown)
        symbols.flag(s, x + 70, 270, "behind S1: to K2 11 of connector 2")
    symbols.contact(s, x, 290, "K2", "40.52.9.012", pins="11-14", colour=brown)
    s.wire((x, 350), (x, 410), colour=brown)
    s.dot(x, 395, brown)
    symbols.coil(s, x, 410, "Q1", "LC1DT40P7", colour=blue)
    s.wire((x, 410), (x, 427), colour=brown)
    s.wire((x, 470), (x, 540), colour=blue)
    s.dot(x, 490, blue)
    s.wire((x, 395), (x + 130, 395), (x + 130, 420))
    s.rectangle(x + 112, 420, 36, 44)
    s.text(x + 156, 440, "RC 1", bold=True, size=SMALL)
    s.text(x + 156, 455, "LAD4RCU", size=SMALL)
    s.wire((x + 130, 464), (x + 130, 490), (x, 490))
    s.terminal(x, 545, blue)
    s.text(x, 572, "N of F3", anchor="middle", bold=True, size=SMALL)
    s.lines(1000, 604, ["S1 opens the coil itself, by force; K2 is the "
                        + ("AND's relay." if whole else "chip's relay."),
                        "RC 1 damps the coil; a diode there would let it drop late."], size=SMALL)
    s.frame(980, 680, 490, 300, "Their second contacts, to the chip (0 V and 3.3 V)")
    chip_input(s, 1040, 770, "Q1", "mirror contact", "21-22", gpio(board, "connectors.1.contactor_feedback.pin"), "R25")
    chip_input(s, 1250, 770, "S1", "2nd block", "21-22", gpio(board, "emergency_stop.pin"), "R26", forced=True)
    s.lines(1000, 945, ["Closed while all is well: a wire that falls off is a fault.",
                        "These wires reach Q1 and S1: insulate them for the mains."], size=SMALL)
    return s


def _logic(s: Sheet, board: Board, hold: tuple[float, float, float]) -> None:
    s.frame(30, 90, 920, 560, "The AND, 3.3 V and 12 V")
    pins, bottom = symbols.block(s, 270, 140, 150, "U4", "½ 74HC4538", ["A", "/B, reset", "R, C"], ["Q"], step=36)
    x, y = pins["A"]
    symbols.flag(s, 170, y, gpio(board, "connectors.1.heartbeat"), left=True)
    s.wire((170, y), (x, y))
    # A wire that is cut must not leave an input open: hum has edges too.
    s.dot(190, y)
    s.wire((190, y), (190, 160))
    symbols.resistor(s, 120, 160, "R24", "10 kΩ")
    symbols.ground(s, 120, 160)
    x, y = pins["/B, reset"]
    s.text(x - 6, y + 4, "3.3 V", anchor="end", size=SMALL, bold=True)
    x, y = pins["R, C"]
    s.wire((x, y), (170, y))
    s.dot(200, y)
    symbols.rail(s, 60, y, "3.3 V")
    s.wire((60, y), (100, y))
    symbols.resistor(s, 100, y, "R21", ohm(front_end.HEARTBEAT_OHM))
    symbols.capacitor(s, 200, y, "C21", f"{front_end.HEARTBEAT_F * 1e6:g} µF film", left=True)
    symbols.ground(s, 200, y + 50)
    s.lines(270, bottom + 22, [f"{hold[1] / 1000:.1f} s ({hold[0] / 1000:.1f} to {hold[2] / 1000:.1f}) after an edge,",
                               "longer than a handshake.", "No level holds it."], size=SMALL)
    inputs, out = symbols.and_gate(s, 560, 420, "U5", "⅓ 74HC11")
    q = pins["Q"]
    s.wire(q, (500, q[1]), (500, inputs[0][1]), inputs[0])
    s.wire((330, inputs[1][1]), inputs[1])
    symbols.flag(s, 330, inputs[1][1], "PILOT_OK", left=True, fill="#e6f4ea")
    s.dot(420, inputs[1][1])
    s.wire((420, inputs[1][1]), (420, 480))
    symbols.resistor(s, 420, 480, "R33", "100 kΩ", down=True)
    symbols.ground(s, 420, 550)
    s.wire((270, 470), (520, 470), (520, inputs[2][1]), inputs[2])
    symbols.flag(s, 210, 470, gpio(board, "connectors.1.contactor.pin"), left=True)
    s.wire((210, 470), (270, 470))
    s.dot(270, 470)
    symbols.resistor(s, 270, 470, "R22", "10 kΩ", down=True)
    symbols.ground(s, 270, 540)
    s.text(60, 500, "COMMAND", size=SMALL, colour=MUTED)
    driver, _ = symbols.block(s, 700, 380, 110, "U6", "ULN2003A", ["1B"], ["1C", "COM"], step=40)
    s.wire(out, (driver["1B"][0], out[1]))
    if driver["1B"][1] != out[1]:
        s.wire((driver["1B"][0], out[1]), driver["1B"])
    top = 130.0
    x = 870.0
    symbols.rail(s, x, top, "12 V")
    symbols.contact(s, x, top, "K1", "residual", pins="11-14", left=True)
    s.wire((x, top + 60), (x, top + 90))
    symbols.coil(s, x - 0, top + 90, "K2", "coil")
    at = driver["1C"]
    s.wire((x, top + 150), (x, at[1]), at)
    at = driver["COM"]
    s.wire(at, (x, at[1]), (x, at[1] + 20))
    symbols.diode(s, x, at[1] + 20, "V1", "24 V", up=True, zener=True, left=True)
    s.wire((x, at[1] + 70), (x, at[1] + 85))
    symbols.rail(s, x, at[1] + 85, "12 V", down=True)
    s.lines(470, 592, ["R24, R33, R22 at U4 and U5: cut wires are low.",
                       "U6 has its own resistors: an open input is off.",
                       "V1 lets K2 drop in 5 ms, a plain diode in 15 ms."], size=SMALL)


def _relay_board(s: Sheet, board: Board) -> None:
    s.frame(30, 90, 920, 560, "Without the AND, 12 V")
    x = 420.0
    symbols.rail(s, x, 170, "12 V")
    symbols.contact(s, x, 170, "K1", "residual", pins="11-14")
    s.wire((x, 230), (x, 270))
    symbols.contact(s, x, 270, "relay 1", f"on the board, {gpio(board, 'connectors.1.contactor.pin')}", pins="COM-NO")
    s.wire((x, 330), (x, 370))
    symbols.coil(s, x, 370, "K2", "coil")
    symbols.ground(s, x, 430)
    s.lines(60, 540, ["A program that stands still keeps the coil until the watchdog restarts it (30 s), and a",
                      "leaving car opens it by the program alone. Not for a public place.",
                      "Better: the AND of esp32_devkitc; "
                      f"{gpio(board, 'connectors.1.heartbeat')} gives the heartbeat already."], size=SMALL)


def _residual(s: Sheet, board: Board) -> None:
    s.frame(30, 680, 920, 300, "Residual current")
    pins, _ = symbols.block(s, 330, 740, 120, "B1", "RCM14-03", ["1 12 V", "2 0 V", "3 TEST"], ["4 FAULT"], step=40)
    x, y = pins["1 12 V"]
    symbols.rail(s, x, y, "12 V")
    symbols.ground(s, *pins["2 0 V"])
    x, y = pins["3 TEST"]
    test = residual(board, "test.pin")
    if test is None:
        s.text(x - 8, y + 4, "open: this board does not test it", anchor="end", size=SMALL, colour=MUTED)
    else:
        inner, _ = symbols.block(s, 150, y - 65, 130, "V2", "BC557, 2 × 10 kΩ", ["base"], ["12 V on"], step=30)
        s.wire(inner["12 V on"], (x, inner["12 V on"][1]))
        symbols.flag(s, 120, inner["base"][1], "U6 2C", left=True)
        s.wire((120, inner["base"][1]), inner["base"])
        s.text(50, 955, f"GPIO {test} drives U6 2B; 2C pulls the base of V2, which puts 12 V on TEST"
               " (level: data sheet of B1).", size=SMALL, colour=MUTED)
    x, y = pins["4 FAULT"]
    symbols.rail(s, 610, y - 60, "12 V")
    symbols.coil(s, 610, y - 60, "K1", "40.52.9.012")
    s.wire((610, y), (x, y))
    symbols.diode(s, 550, y - 50, "V3", "1N4007", up=True, left=True)
    s.wire((550, y - 50), (550, y - 60), (610, y - 60))
    s.dot(550, y)
    s.dot(610, y - 60)
    chip_input(s, 765, 775, "K1", "residual", "21-24", f"GPIO {residual(board, 'pin')}", "R23", closed=False)
    s.lines(490, 850, ["FAULT conducts while all is well:", "K1 is pulled then, and falls with a",
                       "leak, a lost supply or a cut wire."], size=SMALL)
