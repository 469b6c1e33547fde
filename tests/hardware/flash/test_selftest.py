"""The guided self-test on the bench's board: its person has the bench's hands, so that pilot, contactor, hardware AND,
emergency stop and residual-current device are those of the world."""
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware.bench import board as boards
from hardware.bench.charge_point import ChargePoint
from hardware.bench.image import MAIN_PY
from hardware.bench.orders import Plug, SetCar
from hardware.flash import care, main, selftest
from hardware.flash.care import Finding
from hardware.flash.prompt import Prompt
from tests.hardware.flash.virtual import Virtual

TWO = "esp32_s3_devkitc_1"   # two connectors, each with a residual-current device of its own


class Hands:
    def __init__(self, world: Virtual, board: ChargePoint) -> None:
        self._world, self._board = world, board
        self.done: list[str] = []
        self._at = 1   # the connector that is gone through

    def do(self, what: str) -> None:
        self.done.append(what)
        act = self._world.call
        board = self._board
        if what.startswith("connector "):
            self._at = int(what.split(":")[0].split()[1])
        if "card" in what:
            threading.Timer(0.1, lambda: act(lambda: board.tap("04A1B2C3D4E5F6"))).start()
        elif "test plug out" in what:
            if board.board.connector(self._at).car:
                act(lambda: board.unplug(self._at))
        elif "test plug in, at" in what:
            if not board.board.connector(self._at).car:
                act(lambda: board.plug(self._at, Plug()))
            act(lambda: board.set_car(self._at, SetCar(state=what[-1])))   # type: ignore[arg-type]
        else:
            kind = "estop" if "emergency" in what else "ground"
            on = "press" in what
            # while the contactor is closed, so that it is the press that opens it
            threading.Thread(target=self._once_closed, args=(kind, on), daemon=True).start() if on else act(
                lambda: board.set_fault(self._at, kind, False))

    def _once_closed(self, kind: str, on: bool) -> None:
        self._world.until(lambda: self._board.board.connector(self._at).contactor.closed,
                          "the contactor closes")
        time.sleep(0.05)
        self._world.call(lambda: self._board.set_fault(self._at, kind, on))

    def sees(self, question: str) -> bool:
        return True

    def types(self, question: str) -> str:
        return "no car, no load"


@pytest.fixture(scope="module", autouse=True)
def _quick() -> Iterator[None]:
    """A hardware AND that waits for 300 ms, not 5 s, and lamps that nobody looks at."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("bench", TWO):
            patch.setitem(boards.load(name), "heartbeat_hold_ms", 300)   # type: ignore[arg-type]
        patch.setattr(selftest, "_LAMPS_MS", 100)
        yield


@pytest.fixture(scope="module")
def board(world: Virtual, _quick: None) -> ChargePoint:
    return world.board("tested", configured=True, url="ws://127.0.0.1:1/ocpp", authorization_key="ab" * 16)


def findings_of(world: Virtual, board: ChargePoint, hands: Hands, **other: object) -> dict[str, Finding]:
    """`other`: what the tester's board file has in place of the bench's."""
    with Prompt(str(board.serial_line)) as prompt:
        prompt.enter()
        findings = selftest.Selftest(prompt, {**boards.load(board.options.board), **other}, hands).run(MAIN_PY)
        prompt.reset()
    return {finding.what: finding for finding in findings}


def test_a_board_that_is_well_passes_all_of_it(world: Virtual, board: ChargePoint) -> None:
    found = findings_of(world, board, Hands(world, board))
    assert all(finding.well for finding in found.values()), [f for f in found.values() if not f.well]
    assert found["reader"].words == "a card that ends in E5F6"
    assert found["contactor 1 in B"].words == "stays open though its coil is driven"
    assert found["contactor 1, emergency stop"].words.startswith("open ")
    assert "contactor 1, residual current" in found
    assert found["contactor 1 without heartbeat"].words.startswith("opens after ")
    text = selftest.report(list(found.values()), "CP1", "bench", "x", datetime(2026, 1, 2, tzinfo=UTC))
    assert "**All is well.**" in text
    assert "| contactor 1 in B | well | stays open though its coil is driven |" in text


def test_the_watchdog_is_kept_quiet_while_a_person_thinks(
        world: Virtual, board: ChargePoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hardware.flash.prompt._FEED_S", 0.05)
    with Prompt(str(board.serial_line)) as prompt:
        prompt.enter()
        with prompt.waiting():
            fed_s = board._fed_s
            world.until(lambda: board._fed_s > fed_s + 0.3, "it is fed again and again")
        assert prompt.run("print(1)") == "1\n"
        prompt.reset()


def test_without_the_word_that_no_car_is_there_nothing_closes(
        board: ChargePoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]) -> None:
    asked = []
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or "yes")
    to = tmp_path / "report.md"
    assert main.main(["selftest", "--port", str(board.serial_line), "--to", str(to)]) == 1
    assert "nothing was done" in capsys.readouterr().err
    assert len(asked) == 1
    assert "no car, no load" in asked[0]
    assert not to.exists()
    assert not board.board.connector(1).contactor.closed


def test_a_missing_hardware_and_is_found(world: Virtual) -> None:
    board = world.board("no-and", configured=True, url="ws://127.0.0.1:1/ocpp", authorization_key="ab" * 16,
                        hardware_and=False)
    found = findings_of(world, board, Hands(world, board))
    bad = {what for what, finding in found.items() if not finding.well}
    assert "the hardware AND does not hold it" in found["contactor 1 in B"].words
    assert bad == {"contactor 1 in B", "contactor 1 without heartbeat", "contactor 1, emergency stop",
                   "contactor 1, residual current"}
    assert found["contactor 1 closes in C"].well
    assert "**4 of" in selftest.report(list(found.values()), "CP1", "bench", "x")


def test_each_connectors_own_residual_current_device_is_tested(world: Virtual) -> None:
    board = world.board("two", configured=True, board=TWO, url="ws://127.0.0.1:1/ocpp", authorization_key="ab" * 16)
    found = findings_of(world, board, Hands(world, board))
    assert all(finding.well for finding in found.values()), [f for f in found.values() if not f.well]
    wanted = {f"residual-current device {n} at rest" for n in (1, 2)} | {
        f"contactor {n}, {what}" for n in (1, 2) for what in ("residual current", "emergency stop")}
    assert wanted <= set(found)


def test_a_second_connectors_tripped_device_is_told_as_its_own(world: Virtual) -> None:
    board = world.board("tripped", configured=True, board=TWO, url="ws://127.0.0.1:1/ocpp", authorization_key="ab" * 16)

    def trips() -> None:   # the second's alone: the bench's fault is a leak behind both
        board.board._guards[1].device.leak(True, board._clock())
        board._acted("fault.set", connector_id=2, kind="ground")

    world.call(trips)
    with Prompt(str(board.serial_line)) as prompt:
        prompt.enter()
        told = {each.what: each for each in care.examined(prompt, {}, TWO, MAIN_PY)}
        prompt.load("selftest")
        prompt.run(f"begin({TWO!r})")
        assert [prompt.run(f"line('residual_current', {index})").strip() for index in (0, 1)] == ["false", "true"]
        prompt.reset()
    assert told["residual current 1"].well
    assert not told["residual current 2"].well


def test_contacts_in_series_are_tested_without_a_hardware_and_too(world: Virtual, board: ChargePoint) -> None:
    found = findings_of(world, board, Hands(world, board), hardware_and=False)
    assert found["contactor 1, emergency stop"].well
    assert found["contactor 1, residual current"].well
    assert "contactor 1 without heartbeat" not in found   # it is the AND that forgets
    assert "contactor 1 in B" not in found
