"""The table in docs/ocpp16-csms.md names the tests there are, and all of them."""

import re
from pathlib import Path

HERE = Path(__file__).parent
TABLE = HERE.parents[1] / "docs" / "ocpp16-csms.md"


def test_the_table_and_the_tests_name_each_other() -> None:
    there = {
        name
        for file in HERE.glob("test_*.py")
        for name in re.findall(r"async def (test_tc_\w+)", file.read_text())
    }
    rows = [line.split("|")[1:4] for line in TABLE.read_text().splitlines() if re.match(r"\| \d", line)]
    named = {name for row in rows for name in re.findall(r"`(test_\w+)`", row[2])}
    assert named == there
    for case, what, result in rows:
        assert what.strip(), case
        assert result.strip().startswith("`test_"), case
        for name in re.findall(r"`(test_\w+)`", result):
            assert name.startswith(f"test_tc_{case.strip()}_"), name
