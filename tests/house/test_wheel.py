"""What `make wheel` makes brings every built page along: a server without its page is half of one."""
import re
import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def test_every_page_that_is_built_is_in_the_wheel() -> None:
    pages = re.search(r"^PAGES := (.*)$", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)
    assert pages
    packed = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    for page in pages[1].split():
        index = REPOSITORY / page / "dist" / "index.html"
        assert any(
            index.match(f"{package.replace('.', '/')}/{pattern.replace('**/*', '*')}")
            for package, patterns in packed.items() for pattern in patterns
        ), f"{page}: pyproject.toml's package-data does not name what is built there"
