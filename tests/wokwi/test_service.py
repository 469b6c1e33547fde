"""Every scenario on Wokwi's own service: only where there is a token for it, its command line, and MicroPython.

    WOKWI_CLI_TOKEN                from the CI dashboard of wokwi.com
    wokwi-cli                      on PATH, from the releases of github.com/wokwi/wokwi-cli
    BOLLARD_MICROPYTHON_ESP32      the .bin of ESP32_GENERIC, BOLLARD_MICROPYTHON_ESP32S3 that of ESP32_GENERIC_S3
"""
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from hardware.bench import board as boards
from hardware.bench.world import CACHE
from hardware.flash import image
from hardware.wokwi import check

pytestmark = pytest.mark.wokwi

TIMEOUT_S = 110
PLAYS = [(folder.name, path.relative_to(check.WOKWI)) for folder in sorted(check.WOKWI.glob("esp32*"))
         for path in check.scenarios(folder)]


@pytest.mark.parametrize(("project", "scenario"), PLAYS, ids=lambda value: str(value))
def test_the_scenario_plays_on_wokwis_service(project: str, scenario: Path, tmp_path: Path) -> None:
    board = f"wokwi_{project.replace('-', '_')}"
    named = f"BOLLARD_MICROPYTHON_{boards.load(board)['chip'].upper()}"
    binary, command = os.environ.get(named), shutil.which("wokwi-cli")
    missing = [what for what, there in (("WOKWI_CLI_TOKEN", os.environ.get("WOKWI_CLI_TOKEN")), ("wokwi-cli", command),
                                        (named, binary)) if not there]
    if missing:
        pytest.skip(f"not run on Wokwi: {project} {scenario} (no {', '.join(missing)})")
    assert binary
    assert command
    shutil.copytree(check.WOKWI, tmp_path / "wokwi")
    folder = tmp_path / "wokwi" / project
    image.bake(Path(binary), board, None, folder / "build", CACHE, stand_alone=True)
    path = os.path.relpath(tmp_path / "wokwi" / scenario, folder)
    played = subprocess.run([command, "--timeout", str(TIMEOUT_S * 500), "--scenario", path, str(folder)],
                            capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert played.returncode == 0, played.stdout + played.stderr
