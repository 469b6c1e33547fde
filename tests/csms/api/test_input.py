"""Forms at and beyond their bounds, pages, and the headers around everything."""

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from csms.api import pages
from tests.csms.running import CARD, PASSWORD, Csms

NASTY = ["", "x" * 101, "a\nb", "\x00", "\x1b[31m"]


@pytest.mark.parametrize(
    ("path", "form", "field", "values"),
    [
        ("/api/sites", {"name": "Yard"}, "name", NASTY),
        ("/api/sites", {"name": "Yard"}, "time_zone", ["Mars/Olympus", "../../etc/passwd", "", "x" * 65]),
        ("/api/cards", {"id_tag": "A", "user_id": 1}, "id_tag", ["", "x" * 21, "a\tb"]),
        ("/api/cards", {"id_tag": "A", "user_id": 1}, "user_id", [0, -1, 2**63, "1; DROP TABLE user", 1.5, None]),
        ("/api/cards", {"id_tag": "A", "user_id": 1}, "expires_at", ["yesterday", "2026-03-01T00:00:00"]),
        (
            "/api/users",
            {"email": "a@b.example", "name": "A", "password": PASSWORD},
            "email",
            ["a", "a@b", "a b@c.de", "@", "x" * 300 + "@b.example"],
        ),
        ("/api/users", {"email": "a@b.example", "name": "A", "password": PASSWORD}, "role", ["root", "", None]),
        ("/api/users", {"email": "a@b.example", "name": "A", "password": PASSWORD}, "password", ["short", "x" * 201]),
        ("/api/users/1/credits", {"amount_cents": 1, "reason": "x"}, "amount_cents", [10**12, "1e3", 0.5]),
        ("/api/charge-points", {"identity": "A", "site_id": 1}, "identity", ["", "a/b", "a b", "x" * 49, "a\u202eb"]),
        ("/api/charge-points", {"identity": "A", "site_id": 1}, "connectors", [0, 17, -1]),
        ("/api/charge-points", {"identity": "A", "site_id": 1}, "price_cents_per_kwh", [-1, 100_001]),
        ("/api/sites", {"name": "Yard"}, "colour", ["red"]),
    ],
)
async def test_a_form_is_refused_beyond_its_bounds(
    csms: Csms, path: str, form: dict[str, object], field: str, values: list[object]
) -> None:
    for value in values:
        answer = await csms.admin.post(path, json={**form, field: value})
        assert answer.status_code == 422, (field, value, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert field in answer.json()["detail"]


@pytest.mark.parametrize("name", ["'; DROP TABLE site;--", "<script>alert(1)</script>", "=1+1", "Rue d'Été", "x" * 100])
async def test_a_name_is_only_ever_text(csms: Csms, name: str) -> None:
    made = await csms.new("/api/sites", name=name)
    assert made["name"] == name
    assert [s["name"] for s in await csms.get("/api/sites")] == [name]


async def test_what_is_there_already_is_a_conflict_and_what_is_not_is_not_found(csms: Csms) -> None:
    await csms.driver()
    await csms.charge_point("CP1")
    post = csms.admin.post
    for path, form in (
        ("/api/sites", {"name": "YARD!"}),
        ("/api/users", {"email": "Dora@example.org", "name": "D", "password": PASSWORD}),
        ("/api/cards", {"id_tag": CARD.lower(), "user_id": 1}),
        ("/api/charge-points", {"identity": "cp1", "site_id": 1}),
    ):
        assert (await post(path, json=form)).status_code == 409, path
    for path, form in (
        ("/api/cards", {"id_tag": "NEW", "user_id": 99}),
        ("/api/charge-points", {"identity": "CP9", "site_id": 99}),
        ("/api/sites/99/adoption-codes", {}),
        ("/api/users/99/credits", {"amount_cents": 1, "reason": "x"}),
        ("/api/sessions/99/remote-stop", {}),
        ("/api/nothing", {}),
    ):
        assert (await post(path, json=form)).status_code in (404, 405), path


async def test_a_body_that_is_no_json_or_too_large_is_refused(csms: Csms) -> None:
    headers = {"Content-Type": "application/json"}
    post = csms.admin.post
    for body in (b"{", b"\xff\xfe", b'{"name": "\\ud800"}', b"[" * 100_000):
        assert (await post("/api/sites", content=body, headers=headers)).status_code in (400, 422), body[:20]
    assert (await post("/api/sites", content=b" " * 1_000_001, headers=headers)).status_code == 413

    async def endless():
        for _ in range(40):
            yield b" " * 50_000

    assert (await post("/api/sites", content=endless(), headers=headers)).status_code in (400, 413)
    assert (await csms.admin.get("/healthz")).json() == {"status": "ok"}


async def test_sessions_come_in_pages(csms: Csms) -> None:
    await csms.driver()
    async with csms.station("CP1", await csms.charge_point("CP1")) as station:
        ids = [(await station.start(CARD, meter_start=n)).transaction_id for n in range(5)]
        await station.stop(ids[0], 100)
    page = await csms.admin.get("/api/sessions", params={"limit": 2, "offset": 1})
    assert page.headers["x-total-count"] == "5"
    assert [s["transaction_id"] for s in page.json()] == [ids[3], ids[2]]
    assert [s["transaction_id"] for s in await csms.get("/api/sessions", state="ended")] == [ids[0]]
    assert len(await csms.get("/api/sessions", state="active")) == 4
    for bad in ({"state": "odd"}, {"limit": 0}, {"limit": 1001}, {"offset": -1}):
        assert (await csms.admin.get("/api/sessions", params=bad)).status_code == 422


async def test_every_answer_keeps_pages_to_themselves(csms: Csms) -> None:
    for path in ("/", "/api/sites", "/api/nothing"):
        headers = (await csms.admin.get(path)).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers


def pages_of(dist: Path, driver_dist: Path = Path("/nowhere")) -> httpx.AsyncClient:
    app = Starlette()
    pages.mount(app, dist, driver_dist)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://csms")


async def test_a_path_only_the_page_knows_gets_the_page(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<title>Bollard</title>")
    (tmp_path / "assets" / "a-123.js").write_text("1")
    async with pages_of(tmp_path) as browser:
        for path in ("/", "/sessions/7", "/assets/../index.html"):
            assert "Bollard" in (await browser.get(path)).text
        assert "immutable" in (await browser.get("/assets/a-123.js")).headers["cache-control"]
        assert (await browser.get("/")).headers["cache-control"] == "no-cache"
        assert (await browser.get("/api/sites")).status_code == 404
        gone = await browser.get("/assets/a-122.js")  # of the page before: never the new page kept under its name
        assert (gone.status_code, gone.headers.get("cache-control")) == (404, None)
        assert "root:" not in (await browser.get("/..%2f..%2f..%2f..%2fetc/passwd")).text


async def test_the_drivers_app_is_at_app_compressed_with_its_worker_always_fresh(tmp_path: Path) -> None:
    app = tmp_path / "driver"
    app.mkdir()
    (app / "index.html").write_text("<title>App</title>")
    (app / "worker.js").write_text("1;" * 1000)
    (app / "app.webmanifest").write_text("{}")
    (tmp_path / "index.html").write_text("<title>Bollard</title>")
    async with pages_of(tmp_path, app) as browser:
        assert "App" in (await browser.get("/app/")).text
        assert "App" in (await browser.get("/app/whatever")).text
        assert "Bollard" in (await browser.get("/apples")).text
        without_slash = await browser.get("/app?code=7K3M9QXA")
        assert (without_slash.status_code, without_slash.headers["location"]) == (307, "app/?code=7K3M9QXA")
        worker = await browser.get("/app/worker.js")
        assert (worker.headers["cache-control"], worker.headers["content-encoding"]) == ("no-cache", "gzip")
        manifest = await browser.get("/app/app.webmanifest")
        assert manifest.headers["content-type"].startswith("application/manifest+json")


async def test_without_built_pages_one_line_says_how_to_build_them(tmp_path: Path) -> None:
    async with pages_of(tmp_path) as browser:
        answer = await browser.get("/")
    assert (answer.status_code, answer.text) == (503, "The pages are not built. Run: make pages\n")
