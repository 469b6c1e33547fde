"""Time zones hold on a machine that has no data of its own."""

import os
import subprocess
import sys

_ASK = """
from datetime import datetime
from csms.store.zones import zone
print(datetime(2026, 7, 1, tzinfo=zone("Europe/Rome")).utcoffset(), zone("No/Where"))
"""


def test_zones_are_known_without_the_machines_data() -> None:
    empty = {**os.environ, "PYTHONTZPATH": "", "PYTHONPATH": os.getcwd()}
    asked = subprocess.run([sys.executable, "-c", _ASK], env=empty, capture_output=True, text=True, check=True)
    assert asked.stdout.splitlines()[-1] == "2:00:00 UTC"
