"""docs/ocpp16.md and the tests say the same."""
import importlib.util
import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[2] / "docs" / "ocpp16.py"
THE_99 = """
001 002 003 004_1 004_2 005_1 005_2 005_3 006 007 008 061 068 069 010 011_1 011_2 012 026 027 028 013 014 015 016 017_1
017_2 018_1 018_2 030 031 019 021 040_1 040_2 023 024 070 071 032_1 032_2 034 035 036 037_1 037_2 037_3 038 039 041
042_1 042_2 043 043_1 043_2 043_3 044_1 044_2 044_3 045_1 045_2 046_1 046_2 047 048_1 048_2 048_3 048_4 049 050_1 050_2
050_3 050_4 051 052 053 054 055 062 064 056 057 058_1 058_2 059 060 066 067 072 082 073 074 075 076 077 078 079 080 081
""".split()   # noqa: SIM905


def script() -> Any:
    spec = importlib.util.spec_from_file_location("ocpp16", PAGE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cells(text: str) -> dict[str, str]:
    """Of one table: id -> its last cell."""
    return {m[1]: m[2].strip() for m in re.finditer(r"^\| (\d+(?:_\d)?) \|(?:[^|]*\|)+?([^|]*)\|$", text, re.M)}


def test_the_page_is_as_the_tests_are() -> None:
    page = script()
    text = page.PAGE.read_text()
    assert text == page.written(text), "run: python docs/ocpp16.py"


def test_every_id_has_one_row_and_every_row_a_test_or_a_reason() -> None:
    page = script()
    text = page.PAGE.read_text().partition("## Rules")[0]
    ids = re.findall(r"^\| (\d{3}(?:_\d)?) \|", text, re.M)
    assert len(THE_99) == 99
    assert ids[:99] == THE_99
    assert len(ids) == len(set(ids))
    wanting = [number for number, last in cells(text).items() if not last.startswith(("passed: `test_tc_", "no: "))]
    assert not wanting
    rows = {page.case_row(name, ids) for name in page.cases()}
    assert rows <= set(ids)
    for name in page.cases():
        assert text.count(f"`{name}`") == 1, name


def test_every_rule_names_a_test_or_a_reason() -> None:
    text = script().PAGE.read_text().partition("## Rules")[2]
    wanting = [number for number, last in cells(text).items() if not last.startswith(("`test_rule", "no: "))]
    assert not wanting, f"no test named test_rule_NN_… for rules {wanting}"
