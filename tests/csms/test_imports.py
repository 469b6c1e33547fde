"""Who may import whom within the CSMS, as data."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INNER = {"domain", "store", "handlers", "commands", "api", "gateway", "bus"}
MAY_IMPORT = {
    "domain": set(),
    "bus": set(),
    "store": {"domain"},
    "handlers": {"domain", "store", "bus"},
    "commands": {"domain", "store", "bus"},
    "gateway": {"bus", "store"},
    "api": {"domain", "store", "commands", "bus"},
}


def imports(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("part", sorted(MAY_IMPORT))
def test_imports_within_the_csms_point_one_way(part: str) -> None:
    allowed = MAY_IMPORT[part] | {part}
    for file in (ROOT / "csms" / part).rglob("*.py"):
        inner = {name.split(".")[1] for name in imports(file) if name.startswith("csms.")} & INNER
        assert inner <= allowed, f"{file.relative_to(ROOT)} imports {inner - allowed}"


def test_the_gateway_sees_only_the_credentials_of_the_store() -> None:
    for file in (ROOT / "csms" / "gateway").rglob("*.py"):
        of_store = {name for name in imports(file) if name.startswith("csms.store.")}
        assert of_store <= {"csms.store.credentials"}


def test_the_domain_knows_no_library_of_the_outer_parts() -> None:
    outer = {"fastapi", "sqlalchemy", "ocppj", "msgspec", "starlette", "websockets"}
    for file in (ROOT / "csms" / "domain").rglob("*.py"):
        assert not {name.split(".")[0] for name in imports(file)} & outer, file


def test_csms_and_local_controller_never_meet() -> None:
    for file in (ROOT / "csms").rglob("*.py"):
        assert not {name.split(".")[0] for name in imports(file)} & {"local_controller", "hardware", "firmware"}, file
