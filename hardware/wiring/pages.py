"""What is written into docs/hardware: tables between markers in the pages, and the sheets."""
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from hardware.wiring import front_end, parts
from hardware.wiring.firmware_numbers import board, constant, real_boards
from hardware.wiring.front_end import NOMINAL, STATES, State, Values
from hardware.wiring.pins import pins
from hardware.wiring.sheets import SHEETS

DOCS = Path(__file__).resolve().parents[2] / "docs" / "hardware"
DRAWN_A = 32   # what the parts of the mains sheet are for


def drawn_boards() -> list[str]:
    return [name for name in real_boards() if max(c["max_a"] for c in board(name)["connectors"]) <= DRAWN_A]


def _table(head: Iterable[str], rows: Iterable[Iterable[str]], right: Iterable[int] = ()) -> str:
    columns = list(head)
    numbers = set(right)
    lines = ["| " + " | ".join(columns) + " |",
             "|" + "|".join("--:" if i in numbers else "---" for i in range(len(columns))) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def pin_tables() -> str:
    found = []
    for name in real_boards():
        rows = ((str(one.gpio), one.what, one.direction, one.to) for one in pins(board(name)))
        found.append(f"### {name}\n\n{board(name)['chip'].upper()}, `firmware/boards/{name}.py`\n\n"
                     + _table(("GPIO", "what for", "way", "goes to"), rows, (0,)))
    return "\n\n".join(found)


def parts_tables() -> str:
    names = drawn_boards()
    found = []
    for group in parts.GROUPS:
        rows: dict[tuple[str, str, str, str], dict[str, int]] = {}
        for name in names:
            for count, part in parts.parts(board(name))[group]:
                rows.setdefault((part.marks, part.what, part.part, part.must), {})[name] = count
        found.append(f"### {group}\n\n" + _table(
            ("mark", "what", "part", "another must have", *(f"`{name}`" for name in names)),
            ((*row, *(str(counts.get(name, "–")) for name in names)) for row, counts in rows.items()),
            range(4, 4 + len(names))))
    return "\n\n".join(found)


def levels_table() -> str:
    """Per state: the ideal level, what the firmware reads nominally and at the limits, its band, what is left."""
    ideal = {"A": "12", "B": "9", "C": "6", "D": "3", "E": "0"}
    rows = []
    for state in STATES[:5]:
        floor, ceiling = front_end.bands_mv()[state]
        lowest, highest = front_end.worst(lambda v, state=state: _read(v, state, front_end.shortest_duty()))   # type: ignore[misc]
        highest = max(highest, front_end.worst(lambda v, state=state: _read(v, state, None))[1])   # type: ignore[misc]
        rows.append((
            state, ideal[state], _volts(_read(NOMINAL, state, None)), f"{_volts(lowest)} to {_volts(highest)}",
            f"{'–' if floor < -1e6 else _volts(floor)} to {'–' if ceiling > 1e6 else _volts(ceiling)}",
            _volts(min(lowest - floor, ceiling - highest))))
    return _table(("state", "ideal V", "reads V", "at the limits V", "firmware's band V", "room V"), rows, (1, 2, 5))


def _read(v: Values, state: State, duty: float | None) -> float:
    return front_end.read_mv(v, front_end.high_pin_v(v, state, duty))


def _volts(mv: float) -> str:
    return f"{mv / 1000:.2f}"


def budget_table() -> str:
    """What each part alone adds in state C at 6 A, in millivolts of the pilot."""
    found = front_end.errors(lambda v: _read(v, "C", front_end.shortest_duty()))
    ordered = sorted(found.items(), key=lambda item: item[1][0] - item[1][1])
    rows = [(f"{front_end.CIRCUIT[name].why}", f"{low:+.0f}", f"{high:+.0f}") for name, (low, high) in ordered]
    rows = [row for row in rows if (row[1], row[2]) not in (("+0", "+0"), ("-0", "+0"))]
    sums = [sum(pair[side] for pair in found.values()) for side in (0, 1)]
    roots = [sum(pair[side] ** 2 for pair in found.values()) ** 0.5 for side in (0, 1)]
    rows += [("**all at once**", f"**{sums[0]:+.0f}**", f"**{sums[1]:+.0f}**"),
             ("root of the sum of squares", f"{-roots[0]:+.0f}", f"{roots[1]:+.0f}")]
    return _table(("limits of", "down mV", "up mV"), rows, (1, 2))


def times_table() -> str:
    rows = [(one.what, f"{one.front_end_ms:.0f}", f"{one.hardware_ms:.0f}", f"{one.program_ms:.0f}")
            for one in front_end.openings()]
    return _table(("the car", "front end ms", "open by the hardware AND ms", "open by the program ms"), rows, (1, 2, 3))


def thresholds_table() -> str:
    rows = []
    _, b_c, _, d_e = constant("evse.pilot", "_BORDERS_MV")
    for name, side, border in (("lower", 0, d_e), ("upper", 1, b_c)):
        low, high = front_end.worst(lambda v, side=side: front_end.window_v(v)[side])   # type: ignore[misc]
        rows.append((name, _volts(border), f"{1000 * front_end.window_v(NOMINAL)[side]:.0f}",
                     f"{1000 * low:.0f} to {1000 * high:.0f}"))
    return _table(("threshold", "firmware's border V", "at HIGH mV", "at the limits mV"), rows, (1, 2))


def scale_table() -> str:
    """What a volt of the pilot is at each pin, nominally, and how a held peak falls."""
    rows = []
    for name, peak, sign in (("positive", front_end.high_peak_v, 1), ("negative", front_end.low_peak_v, -1)):
        zero, six, twelve = (1000 * peak(NOMINAL, sign * volts) for volts in (0, 6, 12))
        gain = (twelve - zero) / 12
        falls = [front_end.slope_v_per_s(NOMINAL, mv / 1000) / gain for mv in (six, twelve)]   # V/s by mV/V: V in a ms
        rows.append((name, f"{gain:.1f}", f"{zero:.0f}", f"{falls[0]:.2f}", f"{falls[1]:.2f}"))
    return _table(("half", "mV/V", "mV at 0 V", "falls at 6 V, V/ms", "at 12 V, V/ms"), rows, (1, 2, 3, 4))


def expected_table() -> str:
    """What a meter shows with a test plug: at the pins of the chip, and at the comparator's output."""
    plugs: dict[State, str] = {"A": "nothing", "B": "1N4148 and 2.74 kΩ", "C": "1N4148 and 2.74 kΩ ∥ 1.3 kΩ",
             "D": "1N4148 and 2.74 kΩ ∥ 270 Ω", "E": "a wire"}
    rows = []
    for state, plug in plugs.items():
        low, high = front_end.worst(lambda v, state=state: front_end.high_pin_v(v, state, None))   # type: ignore[misc]
        rows.append((state, plug, f"{front_end.positive_v(NOMINAL, state):.1f}",
                     f"{1000 * front_end.high_pin_v(NOMINAL, state, None):.0f}",
                     f"{1000 * low:.0f} to {1000 * high:.0f}", "3.0 V" if state in ("C", "D") else "0 V"))   # R33
    return _table(("state", "from CP to PE", "CP V", "HIGH mV", "within mV", "PILOT_OK"), rows, (2, 3))


TABLES: dict[str, dict[str, Callable[[], str]]] = {
    "pins.md": {"pins": pin_tables},
    "parts.md": {"parts": parts_tables},
    "commissioning.md": {"expected": expected_table},
    "front-end.md": {"scale": scale_table, "levels": levels_table, "budget": budget_table,
                     "thresholds": thresholds_table, "times": times_table},
}


def written(page: str, text: str) -> str:
    """The page with its tables made anew; KeyError names a marker that the page lacks."""
    for name, make in TABLES[page].items():
        pattern = re.compile(rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        found = pattern.search(text)
        if not found:
            raise KeyError(f"{page} has no markers for {name}")
        text = f"{text[:found.end(1)]}\n{make()}\n\n{text[found.start(2):]}"
    return text


def files() -> dict[Path, str]:
    """All that is made, by path, as it ought to be."""
    made = {DOCS / page: written(page, (DOCS / page).read_text(encoding="utf-8")) for page in TABLES}
    for name in drawn_boards():
        for sheet, draw in SHEETS.items():
            made[DOCS / name / f"{sheet}.svg"] = draw(board(name)).svg()
    return made


def stale() -> list[str]:
    """One line for each file that is not what its data say, and each drawing that nothing makes any more."""
    made = files()
    found = [f"docs/hardware/{path.relative_to(DOCS)} is out of date: run python -m hardware.wiring.main"
             for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    return found + [f"docs/hardware/{path.relative_to(DOCS)} is made by nothing: remove it"
                    for path in sorted(DOCS.rglob("*.svg")) if path not in made]


def write() -> list[Path]:
    """Bring every file up to date; returns those that were not."""
    changed = []
    for path, text in files().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed
