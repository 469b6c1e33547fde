"""What a browser must fetch before a page shows: little enough for a phone on a slow line. Reads what was built."""

import gzip
import re
from pathlib import Path

import pytest

from tests.pages.world import REPOSITORY

MOST_BYTES = 150_000  # of JavaScript, gzipped
DASHBOARD = REPOSITORY / "csms" / "web" / "operator" / "dist"

pytestmark = pytest.mark.browser  # as the others that need the pages built

# `import("./x.js")` is loaded when it is needed; `import … from "./x.js"` and `import "./x.js"` before anything runs.
STATIC = re.compile(r'(?:\bfrom|\bimport)\s*"\./([^"]+\.js)"')


def before_it_shows(dist: Path, *more: str) -> dict[str, int]:
    """Scripts that index.html needs, and those of `more` (beginnings of names), with their gzipped sizes."""
    wanted = re.findall(r'(?:src|href)="\./assets/([^"]+\.js)"', (dist / "index.html").read_text())
    assets = dist / "assets"
    wanted += [path.name for name in more for path in assets.glob(f"{name}-*.js")]
    sizes: dict[str, int] = {}
    while wanted:
        name = wanted.pop()
        if name not in sizes:
            text = (assets / name).read_bytes()
            sizes[name] = len(gzip.compress(text))
            wanted += STATIC.findall(text.decode())
    return sizes


def test_the_dashboards_home_needs_at_most_150_kb_of_script() -> None:
    if not (DASHBOARD / "index.html").is_file():
        pytest.fail("the pages are not built: make pages", pytrace=False)
    sizes = before_it_shows(DASHBOARD, "Home")
    assert sum(sizes.values()) <= MOST_BYTES, sizes


@pytest.mark.parametrize("heavy", ["map", "chart"])
def test_maps_and_charts_are_fetched_when_they_are_needed(heavy: str) -> None:
    (its_own,) = DASHBOARD.glob(f"assets/{heavy}-*.js")
    assert len(gzip.compress(its_own.read_bytes())) > 10_000  # it is the library that lies there
    assert its_own.name not in before_it_shows(DASHBOARD, "Home", "Sessions", "ChargePoint")
