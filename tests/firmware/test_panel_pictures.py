"""The picture of all lamps and screens in the docs is the one the firmware makes."""
import subprocess
import sys

from tests.firmware.on_micropython import REPOSITORY, interpreter


def test_the_sheet_in_the_docs_is_what_the_firmware_shows_now() -> None:
    interpreter()   # skips where there is none
    done = subprocess.run(
        [sys.executable, "docs/panel_pictures.py", "--check"], cwd=REPOSITORY, capture_output=True, text=True,
        timeout=120, check=False)
    assert done.returncode == 0, done.stderr
