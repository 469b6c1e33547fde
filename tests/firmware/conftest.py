"""Lets CPython import the firmware's pure logic: its `micropython` is tests/shims/micropython.py."""
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "shims"))
