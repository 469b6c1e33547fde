"""A sheet of a wiring diagram as SVG: lines, symbols, words, on a white sheet that reads in dark pages too.

Lengths are pixels, the grid is 10. A `Sheet` remembers where its words and wires lie, and `clashes()` names words that
lie on each other or on a wire, so that a test keeps the drawings readable.
"""
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Literal

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]

INK, THIN, MUTED = "#1a1a1a", "#444444", "#5b6470"
COLOURS = {"L1": "#8a4b1f", "L2": "#1a1a1a", "L3": "#7d7d7d", "N": "#1f5fbf", "PE": "#2e8b2e", "12V": "#b3261e"}
SMALL, NORMAL, LARGE = 12.0, 13.0, 20.0
_WIDE = 0.57   # of a letter, in its size: a little more than most, so that a narrow gap counts as none


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        return (self.left < other.right and other.left < self.right
                and self.top < other.bottom and other.top < self.bottom)

    def within(self, other: "Box") -> bool:
        return (other.left <= self.left and self.right <= other.right
                and other.top <= self.top and self.bottom <= other.bottom)


class Sheet:
    def __init__(self, width: int, height: int, title: str, note: str = "") -> None:
        self.width, self.height, self.title = width, height, title
        self._below: list[str] = []
        self._above: list[str] = []
        self.words: list[tuple[str, Box]] = []
        self.segments: list[Box] = []
        self.text(30, 42, title, size=LARGE, bold=True)
        if note:
            self.text(30, 64, note, colour=MUTED)

    # -- primitives

    def wire(self, *points: Point, colour: str = INK, width: float = 1.6, dash: str = "") -> None:
        """A wire with right angles; its corners are points."""
        for (x1, y1), (x2, y2) in pairwise(points):
            if x1 != x2 and y1 != y2:
                raise ValueError(f"{self.title}: a wire slants from {x1, y1} to {x2, y2}")
            self.segments.append(Box(min(x1, x2) - 1, min(y1, y2) - 1, max(x1, x2) + 1, max(y1, y2) + 1))
        self._above.append(_line(points, colour, width, dash))
        if colour == COLOURS["PE"]:
            self._above.append(_line(points, "#f2d21b", width * 0.5, "8 8"))

    def stroke(self, *points: Point, colour: str = INK, width: float = 1.6, fill: str = "none", dash: str = "") -> None:
        """A line of a symbol, at any angle."""
        self._above.append(_line(points, colour, width, dash, fill))

    def dot(self, x: float, y: float, colour: str = INK) -> None:
        """Wires that cross here are joined."""
        self._above.append(f'<circle cx="{x:g}" cy="{y:g}" r="3.4" fill="{colour}"/>')

    def terminal(self, x: float, y: float, colour: str = INK) -> None:
        self._above.append(
            f'<circle cx="{x:g}" cy="{y:g}" r="4.5" fill="#ffffff" stroke="{colour}" stroke-width="1.6"/>')

    def circle(self, x: float, y: float, radius: float) -> None:
        self._above.append(
            f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="#ffffff" stroke="{INK}" stroke-width="1.6"/>')

    def rectangle(self, x: float, y: float, width: float, height: float, *, fill: str = "#ffffff", dash: str = "",
                  colour: str = INK) -> None:
        style = f' stroke-dasharray="{dash}"' if dash else ""
        to = self._below if dash else self._above
        to.append(f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}" stroke="{colour}"'
                  f' stroke-width="1.6"{style}/>')

    def text(self, x: float, y: float, words: str, *, anchor: Anchor = "start", size: float = NORMAL,
             bold: bool = False, colour: str = INK) -> None:
        """`y` is the baseline."""
        wide = len(words) * size * (_WIDE * 1.06 if bold else _WIDE)
        left = x - {"start": 0, "middle": wide / 2, "end": wide}[anchor]
        self.words.append((words, Box(left, y - size * 0.72, left + wide, y + size * 0.2)))
        weight = ' font-weight="600"' if bold else ""
        self._above.append(f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" text-anchor="{anchor}" fill="{colour}"'
                           f'{weight}>{escape(words)}</text>')

    def lines(self, x: float, y: float, words: Iterable[str], *, size: float = NORMAL, colour: str = INK) -> None:
        for i, line in enumerate(words):
            self.text(x, y + i * size * 1.45, line, size=size, colour=colour)

    def frame(self, x: float, y: float, width: float, height: float, words: str) -> None:
        """A dashed frame around what belongs together, with its name inside, top left."""
        self.rectangle(x, y, width, height, fill="#f6f8fa", dash="6 5", colour="#a8b0ba")
        self.text(x + 12, y + 21, words, bold=True, colour=MUTED)

    # -- what comes of it

    def clashes(self) -> list[str]:
        """Words on words, on a wire, or beyond the sheet."""
        found = []
        for i, (words, box) in enumerate(self.words):
            found += [f"{words!r} lies on {other!r}" for other, its in self.words[i + 1:] if box.meets(its)]
            found += [f"{words!r} lies on a wire" for wire in self.segments if box.meets(wire)][:1]
            if not box.within(Box(10, 10, self.width - 10, self.height - 10)):
                found.append(f"{words!r} leaves the sheet")
        return found

    def svg(self) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" width="{self.width}"'
            f' height="{self.height}" role="img" font-family="Inter, Arial, Helvetica, sans-serif">\n'
            f"<title>{escape(self.title)}</title>\n"
            f'<rect x="1" y="1" width="{self.width - 2}" height="{self.height - 2}" rx="8" fill="#ffffff"'
            ' stroke="#c9ced6"/>\n' + "\n".join([*self._below, *self._above]) + "\n</svg>\n")


def _line(points: Sequence[Point], colour: str, width: float, dash: str = "", fill: str = "none") -> str:
    path = " ".join(f"{x:g},{y:g}" for x, y in points)
    style = f' stroke-dasharray="{dash}"' if dash else ""
    return (f'<polyline points="{path}" fill="{fill}" stroke="{colour}" stroke-width="{width:g}"'
            f' stroke-linejoin="round"{style}/>')
