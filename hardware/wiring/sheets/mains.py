"""From the house to the outlet."""
from hardware.wiring import symbols
from hardware.wiring.drawing import COLOURS, MUTED, SMALL, Sheet
from hardware.wiring.sheets.common import Board, sheet


def mains(board: Board) -> Sheet:
    """From the supply to the outlet."""
    connectors = board["connectors"]
    amperes = max(connector["max_a"] for connector in connectors)
    phases = max(connector["phases"] for connector in connectors)
    s = sheet(1420, 640, board, "Mains",
               f"For each connector, {phases} × {amperes} A. Work of a qualified electrician, by the country's rules.")
    rows = {"L1": 150.0, "L2": 190.0, "L3": 230.0, "N": 270.0}
    earth_y = 540.0
    start, end = 110, 1310
    parts = (
        (190, "Q0", "isolator 4P", "63 A"), (420, "F1", "breaker 4P", f"C{40 if amperes <= 32 else 100}"),
        (560, "F2", "RCCB type A", "40 A / 30 mA"), (700, "P1", "SDM630", "Modbus V2 MID"),
        (860, "B1", "RCM14-03", "6 mA DC"), (1020, "Q1", "contactor 4P", "LC1DT40P7"),
    )
    for name, y in rows.items():
        s.text(96, y + 4, name, anchor="end", bold=True, size=SMALL)
        s.terminal(start, y, COLOURS[name])
        edge = start + 5.0
        for x, *_ in parts:
            if x == 860:   # through the ring, unbroken
                continue
            s.wire((edge, y), (x, y), colour=COLOURS[name], width=2.4)
            edge = x + 90
        s.wire((edge, y), (end - 5, y), colour=COLOURS[name], width=2.4)
        s.terminal(end, y, COLOURS[name])
        s.text(end + 14, y + 4, name, bold=True, size=SMALL)
    s.text(96, earth_y + 4, "PE", anchor="end", bold=True, size=SMALL)
    s.terminal(start, earth_y, COLOURS["PE"])
    s.wire((start + 5, earth_y), (end - 5, earth_y), colour=COLOURS["PE"], width=2.8)
    s.terminal(end, earth_y, COLOURS["PE"])
    s.text(end + 14, earth_y + 4, "PE", bold=True, size=SMALL)
    for x, name, kind, value in parts:
        if x == 860:
            s.rectangle(x + 22, 130, 46, 160, fill="none", colour=MUTED)
        else:
            s.rectangle(x, 130, 90, 160, fill="#fbfcfe")
        s.text(x + 45, 92, name, anchor="middle", bold=True)
        s.text(x + 45, 108, kind, anchor="middle", size=SMALL)
        s.text(x + 45, 123, value, anchor="middle", size=SMALL)
        for y in rows.values():
            if name in ("Q0", "F1", "F2", "Q1"):
                s.stroke((x, y), (x + 28, y), width=2)
                s.stroke((x + 28, y), (x + 60, y - 16), width=2)
                s.stroke((x + 62, y), (x + 90, y), width=2)
            if name == "F1":
                s.stroke((x + 57, y - 5), (x + 67, y + 5), width=2)
                s.stroke((x + 57, y + 5), (x + 67, y - 5), width=2)
    s.text(745, 215, "in → out", anchor="middle", size=SMALL, colour=MUTED)
    s.text(start - 80, 320, "from the house,", size=SMALL, colour=MUTED)
    s.text(start - 80, 336, "TN-S or TT", size=SMALL, colour=MUTED)
    s.text(1400, 320, "outlet X1, Type 2,", size=SMALL, colour=MUTED, anchor="end")
    s.text(1400, 336, "or tethered cable", size=SMALL, colour=MUTED, anchor="end")
    # Taps before F1: the supplies and the coil must not be measured as the car's, nor fall with its breaker.
    s.dot(310, rows["L1"], COLOURS["L1"])
    s.dot(340, rows["N"], COLOURS["N"])
    s.wire((310, rows["L1"]), (310, 370), colour=COLOURS["L1"])
    s.wire((340, rows["N"]), (340, 370), colour=COLOURS["N"])
    s.rectangle(285, 370, 80, 46, fill="#fbfcfe")
    s.text(325, 390, "F3", anchor="middle", bold=True, size=SMALL)
    s.text(325, 406, "1P+N B6", anchor="middle", size=SMALL)
    s.wire((310, 416), (310, 455), (440, 455), colour=COLOURS["L1"])
    s.wire((340, 416), (340, 440), (440, 440), colour=COLOURS["N"])
    symbols.flag(s, 440, 447, "L, N to T1 (Supplies) and S1, Q1 coil (Safety chain)")
    s.dot(250, earth_y, COLOURS["PE"])
    s.wire((250, earth_y), (250, 500), colour=COLOURS["PE"], width=2.4)
    symbols.flag(s, 250, 500, "0 V bond, door, DIN rail")
    s.wire((905, 290), (905, 390))
    symbols.flag(s, 905, 390, "B1: 12 V, 0 V, FAULT, TEST")
    s.wire((745, 290), (745, 330))
    symbols.flag(s, 745, 330, "P1: A, B (RS-485)")
    s.wire((1065, 290), (1065, 330))
    symbols.flag(s, 1065, 330, "Q1: coil, 21-22")
    s.wire((1265, 430), (1285, 430))
    s.text(1290, 434, "CP", bold=True, size=SMALL)
    symbols.flag(s, 1265, 430, "CP", left=True)
    s.terminal(1285, 430)
    more = "" if len(connectors) == 1 else (
        "Connector 2: F1 to X1 again behind Q0, with its own F1, F2, P1 (unit 2), B1, K1, K2 and Q2; S1 is common, and "
        "the coil of Q2 too hangs behind it.")
    s.text(30, 575, more, size=SMALL)
    s.text(30, 595, "Terminals and cross-sections: for the breaker, the cable's length and the"
           " heat inside the box.", size=SMALL)
    s.text(30, 615, "A ring of B1 takes 40 A: all four conductors of one connector go through it, the earth does not.",
           size=SMALL)
    return s
