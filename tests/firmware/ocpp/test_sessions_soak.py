"""A short run of docs/benchmarks/firmware_sessions.py; `make soak` is the long one."""
import runpy
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[3] / "docs" / "benchmarks" / "firmware_sessions.py"


def test_session_after_session_needs_no_more_of_the_lean_heap() -> None:
    """Each twentieth: all told, nothing twice, the register is what was billed."""
    moments = runpy.run_path(str(SCRIPT))["play"](90, timeout_s=100)
    assert [moment.session for moment in moments] == [0, 30, 60, 90]
    first, last = moments[1], moments[-1]
    assert last.live_bytes - first.live_bytes < 2048, moments   # the cache fills up to its fiftieth card
    assert last.largest_free_bytes > 2048, moments   # the longest text that is made in one piece
    assert last.repeats >= 8
    assert last.meter_values > 200
    assert last.long_answers == 27   # of 8 kB, in a heap without a place for it
