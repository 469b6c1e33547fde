"""Write the last columns of docs/ocpp16.md: which tests prove what. `--check` only says whether they are right."""
import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "docs" / "ocpp16.md"
CASES = REPOSITORY / "tests" / "octt"
_AGAINST = {"on_both": "both", "on_board": "both", "both": "both", "scripted_only": "scripted"}


def functions(folder: Path, prefix: str) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, Path]]:
    for path in sorted(folder.rglob("test_*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith(prefix):
                yield node, path


def cases() -> dict[str, str]:
    """Test name -> against which central systems it runs."""
    found = {}
    for node, _ in functions(CASES, "test_tc_"):
        words = [word.id for decorator in node.decorator_list for word in ast.walk(decorator)
                 if isinstance(word, ast.Name)]
        own = "csms" if any(isinstance(word, ast.Name) and word.id == "CSMS" for word in ast.walk(node)) else "scripted"
        found[node.name] = next((_AGAINST[word] for word in words if word in _AGAINST), own)
    return found


def rules() -> dict[str, list[str]]:
    """Rule number -> names of its tests, wherever they are."""
    found: dict[str, list[str]] = {}
    for node, _ in functions(REPOSITORY / "tests", "test_rule"):
        numbers = re.match(r"test_rules?((?:_and|_\d+)+)_", node.name)   # test_rules_86_and_89_…
        for number in re.findall(r"\d+", numbers[1]) if numbers else ():
            names = found.setdefault(number.lstrip("0"), [])
            if node.name not in names:   # the same rule may be told twice, of the parts and of the whole
                names.append(node.name)
    return found


def case_row(name: str, ids: list[str]) -> str:
    """The id whose row a test belongs to: its own, or the one it is a part of."""
    number = re.match(r"test_tc_(\d{3})(?:_(\d)(?=_))?", name)
    assert number, name
    own = f"{number[1]}_{number[2]}" if number[2] else number[1]
    return own if own in ids else number[1]


def written(text: str) -> str:
    """The page with its last columns as the tests have it."""
    ids = [m[1] for m in re.finditer(r"^\| (\d{3}(?:_\d)?) \|", text, re.M)]
    by_id: dict[str, list[str]] = {}
    for name, against in cases().items():
        by_id.setdefault(case_row(name, ids), []).append(f"`{name}` ({against})")
    by_rule = {number: [f"`{name}`" for name in names] for number, names in rules().items()}
    lines = []
    in_rules = False
    for line in text.splitlines():
        in_rules = in_rules or line.startswith("| rule |")
        found = re.match(r"(\| (\d+(?:_\d)?) \|.*\|) ([^|]*)\|$", line)
        if found:
            head, key, last = found[1], found[2], found[3].strip()
            tests = (by_rule if in_rules else by_id).get(key, [])
            if tests:
                last = ("" if in_rules else "passed: ") + "<br>".join(tests)
            elif not last.startswith("no: "):
                last = ""
            line = f"{head} {last} |" if last else f"{head} |"
        lines.append(line)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    before = PAGE.read_text()
    after = written(before)
    if "--check" not in sys.argv:
        PAGE.write_text(after)
    elif before != after:
        sys.exit("docs/ocpp16.md is not as the tests are: run python docs/ocpp16.py")
