"""The bench self-test: a person with a test plug and the board go through its parts together, and it writes a report.

What is asked is the hardware: that the coil closes only in C, and lets go when the heartbeat stops, the emergency stop
is pressed or the residual-current device trips, whatever the program does. There must be no car and no load.
"""
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from hardware.flash.care import Finding, go_where_it_runs
from hardware.flash.errors import FlashError
from hardware.flash.prompt import BoardError, LinkLost, Prompt

_MOST_MS = 8000          # of one call: mpremote waits 10 s for a word
_LAMPS_MS = 2000
_CLOSE_MS = 500
_OPEN_MS = 100
_BANDS_V = {"A": (11.0, 13.0), "B": (8.0, 10.0), "C": (5.0, 7.0)}   # IEC 61851-1 Annex A
_CONFIRMED = "no car, no load"
_PROTECTIONS = {"emergency_stop": "emergency stop", "residual_current": "residual-current device",
                "earth_lost": "protective earth"}


class Person(Protocol):
    def do(self, what: str) -> None:
        """Returns when it is done."""

    def sees(self, question: str) -> bool: ...

    def types(self, question: str) -> str: ...


@dataclass
class Selftest:
    prompt: Prompt
    board: Mapping[str, Any]
    person: Person
    told: Callable[[Finding], None] = lambda finding: None
    findings: list[Finding] = field(default_factory=list)

    def run(self, plain_main: bytes) -> list[Finding]:
        if not go_where_it_runs(self.prompt, plain_main):
            raise FlashError("there is no firmware on this board yet: `bollard-flash write` first")
        typed = self.person.types("The contactor will close. No car may be plugged and nothing hang on its output; the "
                                  f"meter may have its supply. Type: {_CONFIRMED}\n  ")
        if typed.strip().lower() != _CONFIRMED:
            raise FlashError("nothing was done: the self-test wants to know that no car is there")
        self.prompt.load("selftest")
        self._ask(f"begin({self.board['name']!r})")
        self._lamps_and_reader()
        for key, name in _PROTECTIONS.items():
            if self.board.get(key):
                self._at_rest(name, f"line({key!r})")
        for index in range(len(self.board["connectors"])):
            self._connector(index)
        return self.findings

    def _lamps_and_reader(self) -> None:
        connectors = range(len(self.board["connectors"]))
        for index in connectors if self.board.get("lamps") else ():
            for status, looks in (("Available", "steady green"), ("Charging", "running blue"), ("Faulted", "red")):
                self._ask(f"lamps({index}, {status!r}, {_LAMPS_MS})")
                self._note(f"lamps {index + 1} {status}", self.person.sees(f"were lamps {index + 1} {looks}?"),
                           looks, f"not {looks}")
        if self.board.get("reader"):
            self.person.do("hold a card to the reader")
            uid = self._ask("card(6)")
            self._note("reader", uid is not None, f"a card that ends in {uid}", "no card is read")

    def _at_rest(self, name: str, code: str) -> None:
        self._note(f"{name} at rest", self._ask(code) is False, "well", "active: a wire is off, or it is")

    def _part(self, index: int, key: str) -> Mapping[str, Any] | None:
        """A protection's wires: the connector's own, or those of the whole board."""
        return self.board["connectors"][index].get(key) or self.board.get(key)

    def _connector(self, index: int) -> None:
        number = index + 1
        for key, name in _PROTECTIONS.items():
            if self.board["connectors"][index].get(key):
                self._at_rest(f"{name} {number}", f"line({key!r}, {index})")
        self._note(f"contactor {number} at rest", not self._ask(f"feedback({index})"), "open",
                   "closed: welded, or its auxiliary contact is shorted")
        reading = self._ask(f"meter({index})")
        self._note(f"meter {number}", reading is not None, f"{reading and reading[0]} Wh, {reading and reading[2]} V",
                   "does not answer")
        self._pilot(index, "A")
        both = self._ask(f"modulated({index})")
        self._note(f"pilot {number}, negative half", both is not None and 11.0 <= both[1] <= 13.0,
                   f"-{both and both[1]} V", f"-{both and both[1]} V, not -12 V")
        if not self._pilot(index, "B"):
            return
        self._must_stay_open(index)
        if not self._pilot(index, "C"):
            return
        closing, opening = self._ask(f"closes({index}, {_MOST_MS // 4})") or (None, None)
        self._note(f"contactor {number} closes in C", closing is not None and closing <= _CLOSE_MS, f"{closing} ms",
                   "it does not" if closing is None else f"only after {closing} ms")
        self._note(f"contactor {number} opens again", opening is not None and opening <= _OPEN_MS, f"{opening} ms",
                   "it does not: welded" if opening is None else f"only after {opening} ms")
        if closing is None or opening is None:
            return
        hold_ms = self.board["heartbeat_hold_ms"]
        if self.board["hardware_and"] and hold_ms + 500 <= _MOST_MS:
            fell = self._ask(f"drops({index}, {hold_ms + 500})")
            self._note(f"contactor {number} without heartbeat", isinstance(fell, int) and fell <= hold_ms + 500,
                       f"opens after {fell} ms", "stays closed" if fell is None else f"opens after {fell} ms")
        self._trips(index, "emergency_stop", "press the emergency stop within 8 s of Enter, keep it pressed",
                    "release the emergency stop")
        device = "the residual-current device"
        if self.board["connectors"][index].get("residual_current"):
            device += f" of connector {number}"
        press, again = ("", "") if "test" in (self._part(index, "residual_current") or {}) else (
            f"press the test button of {device} within 8 s of Enter", f"switch {device} on again")
        self._trips(index, "residual_current", press, again)
        self._pilot(index, "A")

    def _pilot(self, index: int, state: str) -> bool:
        self.person.do(f"connector {index + 1}: test plug {'out' if state == 'A' else 'in, at ' + state}")
        low, high = _BANDS_V[state]
        read = self._ask(f"volts({index})")
        well = read is not None and low <= read[0] <= high
        self._note(f"pilot {index + 1} in {state}", well, f"{read and read[0]} V",
                   f"{read and read[0]} V, not {low:.0f} to {high:.0f}")
        return well

    def _must_stay_open(self, index: int) -> None:
        """In B the coil is driven and the heartbeat beats: only the hardware keeps the contacts open."""
        if not self.board["hardware_and"]:
            return
        closing, _ = self._ask(f"closes({index}, 1000)") or (None, None)
        self._note(f"contactor {index + 1} in B", closing is None, "stays open though its coil is driven",
                   f"closes after {closing} ms: the hardware AND does not hold it")

    def _trips(self, index: int, key: str, deed: str, undo: str) -> None:
        if not self._part(index, key):
            return
        if deed:
            self.person.do(deed)
        fell = self._ask(f"trips({index}, {key!r}, {_MOST_MS})")
        what = f"contactor {index + 1}, {key.replace('_', ' ')}"
        self._note(what, isinstance(fell, int) and fell <= _OPEN_MS, f"open {fell} ms after it",
                   {"nothing": "nothing was pressed, or the input does not see it", None: "stays closed"}.get(
                       fell, f"only {fell} ms after it"))
        if undo:
            self.person.do(undo)

    def _ask(self, code: str) -> Any:
        try:
            return json.loads(self.prompt.run(code).strip().splitlines()[-1])
        except LinkLost:
            raise
        except (BoardError, ValueError, IndexError) as error:
            self._note(code.split("(")[0], False, "", str(error))
            return None

    def _note(self, what: str, well: bool, good: str, bad: str) -> None:
        finding = Finding(what, well, good if well else bad)
        self.findings.append(finding)
        self.told(finding)


def report(findings: list[Finding], name: str, board: str, about: str, now: datetime | None = None) -> str:
    """For the folder that stays with the charge point; Markdown."""
    failed = sum(finding.well is False for finding in findings)
    at = f"{now or datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    lines = [f"# Self-test of {name}", "", f"{at}, board {board}, {about}.", "",
             f"**{'All is well.' if not failed else f'{failed} of {len(findings)} are not well.'}**", "",
             "| | | |", "|---|---|---|"]
    lines += [f"| {f.what} | {'well' if f.well else '**NOT WELL**'} | {f.words} |" for f in findings]
    lines += ["", "This looks at the control side. Earth, insulation, loop impedance and the residual-current device's "
                  "own trip time are for a certified tester and a qualified person (docs/safety.md).", "",
              "Tested by: ____________________", ""]
    return "\n".join(lines)


def save(text: str, to: Path) -> None:
    try:
        to.write_text(text)
    except OSError as error:
        raise FlashError(f"cannot write {to}: {error.strerror}") from None
