"""The board files are judged in `make lint` as the chip judges them at start."""
import subprocess
import sys
from pathlib import Path

import pytest

from hardware.board_files import BOARDS, judged, main

GOOD = (BOARDS / "bench.py").read_text()


def test_every_board_file_passes() -> None:
    assert main(()) == 0
    assert {"esp32_devkitc", "esp32_s3_devkitc_1", "esp32_relay_x4", "esp32_s3_dc", "wokwi_esp32_s3",
            "wokwi_esp32_devkitc"} <= {path.stem for path in BOARDS.glob("*.py")}


@pytest.mark.parametrize(("old", "new", "complaint"), [
    ('"pin": 18,', '"pin": 12,', "lamps: the chip reads pin 12 at reset to choose how it starts"),
    ('"contactor": {"pin": 26,', '"contactor": {"pin": 14,', "high for a moment at reset"),
    ('"name": "bench"', '"name": "bank"', "name is 'bank', the file's is 'bench'"),
    ('"profile": "lean",', '"profile": str(1),', "something else than plain data"),
    ("BOARD = {", "import os\nBOARD = {", "one dict, BOARD"),
    ("BOARD = {", "BOARD = {{", "cannot be read"),
    ("BOARD = {", "BOARDS = {", "one dict, BOARD"),
])
def test_a_wrong_board_file_is_told_by_its_name(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    path = tmp_path / "bench.py"
    path.write_text(GOOD.replace(old, new, 1))
    assert complaint in (judged(path) or "")


def test_lint_runs_it_and_fails_with_it(tmp_path: Path) -> None:
    makefile = (BOARDS.parents[1] / "Makefile").read_text()
    assert "-m hardware.board_files" in makefile.partition("\nlint:")[2].partition("\n\n")[0]
    path = tmp_path / "bench.py"
    path.write_text(GOOD.replace('"phases": 3', '"phases": 2'))
    done = subprocess.run([sys.executable, "-m", "hardware.board_files", str(path)], capture_output=True, text=True,
                          cwd=BOARDS.parents[1], check=False, timeout=60)
    assert (done.returncode, done.stderr) == (1, f"{path}: phases are 1 or 3\n")
