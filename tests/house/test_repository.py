"""What every committed file keeps to: no foreign hosts in lock files, no machine paths, no secrets."""
import re
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout: the list of committed files is not known")
    return [REPOSITORY / name for name in listed.stdout.split("\0") if name and (REPOSITORY / name).is_file()]


def test_lock_files_name_no_host() -> None:
    locks = [p for p in committed() if p.suffix == ".lock" or p.name == "package-lock.json"]
    assert locks
    for path in locks:
        addresses = [
            line for line in path.read_text().splitlines()
            # "funding" and "license" links of packages are not where anything is fetched from
            if re.search(r"https?://", line) and '"url"' not in line and '"funding"' not in line
        ]
        assert not addresses, f"{path.name}: {addresses[:3]}"


def test_every_locked_python_package_has_a_hash() -> None:
    for path in sorted((REPOSITORY / "requirements").glob("*.lock")):
        for entry in re.split(r"\n(?=[a-z0-9])", path.read_text().strip()):
            assert "--hash=sha256:" in entry, f"{path.name}: {entry.splitlines()[0]}"


def test_every_locked_npm_package_has_a_hash() -> None:
    lock = REPOSITORY / "package-lock.json"
    text = lock.read_text()
    assert '"resolved": "http' not in text
    assert text.count('"integrity"') > 10


def test_no_file_names_a_path_of_one_machine() -> None:
    here = re.compile(r"(/home/\w+|/root|/work)/")
    for path in committed():
        if path.suffix in {".py", ".md", ".toml", ".ts", ".svelte", ".json", ".mjs", ".lock", ".ini", ".js"}:
            found = [line for line in path.read_text(errors="replace").splitlines() if here.search(line)]
            assert not found or path == Path(__file__), f"{path.relative_to(REPOSITORY)}: {found[:2]}"
