"""What those who run it look at: health, metrics, who changed what; and what keeps callers off each other's toes."""

import contextlib
import shutil
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from csms.api import health
from csms.api.watch import Bucket
from csms.service import Service
from tests.csms.running import CARD, PASSWORD, Csms, settings_in, until
from tests.csms.tells import tells


@pytest.fixture
async def limited(fresh: Path, tmp_path: Path) -> AsyncIterator[Csms]:
    shutil.copytree(fresh, tmp_path / "limited")
    token = tmp_path / "token"
    token.write_text("a secret of many letters\n")
    wanted = {"requests_per_minute": 30, "metrics_token_file": token}
    settings = settings_in(tmp_path / "limited").model_copy(update=wanted)
    async with Service(settings) as service:
        csms = Csms(service, settings.data_dir)
        yield csms
        await csms.admin.aclose()


async def samples(client: httpx.AsyncClient, **headers: str) -> dict[tuple[str, tuple[str, ...]], float]:
    answer = await client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


@tells("GET /metrics")
async def test_metrics_count_messages_requests_and_what_there_is(csms: Csms) -> None:
    await csms.driver()
    async with csms.station("CP1", await csms.charge_point("CP1")) as there:
        await there.boot()
        await there.start(CARD)
        with pytest.raises(Exception, match="NotImplemented"):
            await there.raw("Made.Up.By.Me", b"{}")
        found = await samples(csms.admin)
    assert found["bollard_now", ("charge_points_connected",)] == 1
    assert found["bollard_now", ("transactions_running",)] == 1
    assert found["bollard_ocpp_messages_total", ("StartTransaction", "answered")] == 1
    assert found["bollard_ocpp_messages_total", ("unknown", "refused")] == 1
    assert found["bollard_http_requests_total", ("POST", "/api/charge-points", "201")] == 1
    assert found["bollard_ocpp_answer_seconds_count", ("BootNotification",)] == 1
    await csms.admin.get("/api/charge-points/CP1")
    names = {label for _, labels in await samples(csms.admin) for label in labels}
    assert "/api/charge-points/{identity}" in names
    assert not any("CP1" in name or "Made" in name for name in names)


async def test_metrics_are_not_for_everybody(limited: Csms, csms: Csms) -> None:
    async with limited.browser() as browser:
        assert (await browser.get("/metrics")).status_code == 403
        assert (await browser.get("/metrics", headers={"Authorization": "Bearer wrong"})).status_code == 403
        await samples(browser, Authorization="Bearer a secret of many letters")
    async with csms.browser() as browser:
        elsewhere = {"X-Forwarded-For": "192.0.2.7"}  # through a proxy on this machine
        assert (await browser.get("/metrics", headers=elsewhere)).status_code == 403


async def test_who_asks_too_often_must_wait_and_nobody_else(limited: Csms) -> None:
    async with limited.browser() as browser:
        one, other = {"X-Forwarded-For": "192.0.2.7"}, {"X-Forwarded-For": "192.0.2.8"}
        answers = [await browser.get("/api/connector", headers=one) for _ in range(40)]
        late = [answer for answer in answers if answer.status_code == 429]
        assert len(late) >= 5
        assert 1 <= int(late[0].headers["Retry-After"]) <= 60
        assert late[0].headers["content-type"] == "application/problem+json"
        assert (await browser.get("/api/connector", headers=other)).status_code == 200
        assert (await browser.get("/healthz", headers=one)).status_code == 200
        assert {(await browser.get("/api/connector")).status_code for _ in range(40)} == {200}  # this machine


def test_a_bucket_fills_again_with_time() -> None:
    bucket = Bucket(60)
    assert [bucket.wait_s("a", 0.0) for _ in range(60)] == [0] * 60
    assert bucket.wait_s("a", 0.0) == pytest.approx(1)
    assert bucket.wait_s("a", 0.5) == pytest.approx(0.5)
    assert bucket.wait_s("a", 1.0) == 0
    assert [bucket.wait_s("a", 1000.0) for _ in range(61)][-1] > 0  # never more at once than a minute's


@tells("GET /api/audit/changes")
async def test_changes_of_operators_are_kept_and_those_of_drivers_and_failures_are_not(csms: Csms) -> None:
    began = datetime.now(UTC)
    body = {"email": "o@x.example", "name": "o", "password": PASSWORD, "role": "operator"}
    operator = csms.logged_in((await csms.new("/api/users", **body))["id"])
    await operator.post("/api/sites", json={"name": "Yard"})
    await operator.post("/api/sites", json={"name": ""})
    await operator.get("/api/sites")
    dora = csms.logged_in(2)
    assert (await dora.post("/api/vehicles", json={"name": "Car"})).is_success

    async def kept() -> list[tuple[str, str, str]]:
        rows = await csms.get("/api/audit/changes")
        found = [(row["email"], row["method"], row["path"]) for row in rows]
        return found if len(found) >= 2 else []

    assert await until(kept) == [
        ("o@x.example", "POST", "/api/sites"),
        ("admin@example.org", "POST", "/api/users"),
    ]
    only = (await csms.admin.get("/api/audit/changes", params={"user_id": 1, "path": "/api/us"})).json()
    assert [row["status"] for row in only] == [201]
    assert began <= datetime.fromisoformat(only[0]["at"]) <= datetime.now(UTC)
    assert PASSWORD not in str(await csms.get("/api/audit/changes"))
    await operator.aclose()
    await dora.aclose()


@tells("GET /healthz", "GET /readyz")
async def test_ready_means_that_it_reads_and_commits(csms: Csms, monkeypatch: pytest.MonkeyPatch) -> None:
    async with csms.browser() as browser:
        answer = await browser.get("/readyz")
        assert (answer.status_code, answer.json()["status"]) == (200, "ok")
        monkeypatch.setattr(health, "_WRITES_WITHIN_S", 0.2)
        with contextlib.closing(sqlite3.connect(csms.data_dir / "csms.sqlite3")) as other:
            other.execute("BEGIN IMMEDIATE")  # nobody else writes now, and all may read
            answer = await browser.get("/readyz")
            told = {"read": "ok", "write": "TimeoutError", "outbox": "ok"}
            assert (answer.status_code, answer.json()) == (503, {"status": "not ready", "checks": told})
            assert (await browser.get("/healthz")).json() == {"status": "ok"}
            other.rollback()

        async def ready_again() -> bool:
            return (await browser.get("/readyz")).is_success

        await until(ready_again)


@tells("PATCH /api/charge-points/{identity}")
async def test_an_edit_of_what_somebody_else_has_edited_is_refused(csms: Csms) -> None:
    async with csms.station("CP1", await csms.charge_point("CP1")) as there:
        seen = (await csms.admin.get("/api/charge-points/CP1")).headers["ETag"]
        await there.boot()  # what the charge point says of itself is no edit
        assert (await csms.admin.get("/api/charge-points/CP1")).headers["ETag"] == seen
    path, mine = "/api/charge-points/CP1", {"If-Match": seen}
    first = await csms.admin.patch(path, json={"notes": "mine"}, headers=mine)
    assert first.status_code == 200
    second = await csms.admin.patch(path, json={"notes": "yours"}, headers=mine)
    assert (second.status_code, second.headers["content-type"]) == (412, "application/problem+json")
    assert (await csms.get(path))["notes"] == "mine"
    again = {"If-Match": f'"old", {first.headers["ETag"]}'}
    assert (await csms.admin.patch(path, json={"notes": "ours"}, headers=again)).status_code == 200
    assert (await csms.admin.patch(path, json={"notes": "any"}, headers={"If-Match": "*"})).status_code == 200


@pytest.mark.parametrize("path", ["/api/charge-points", "/api/sessions", "/api/quarantine", "/api/station"])
async def test_every_list_says_how_much_there_is_and_where_the_rest_is(csms: Csms, path: str) -> None:
    for identity in ("CP1", "CP2", "CP3"):
        async with csms.station(identity, await csms.charge_point(identity)) as there:
            await there.boot()
            started = await there.start("UNKNOWN")
            await there.stop(started.transaction_id, 0)  # below its start: into the quarantine
    page = await csms.admin.get(path, params={"limit": 1, "offset": 1})
    assert page.headers["X-Total-Count"] == "3"
    relations = {part.split("rel=")[1].strip('"') for part in page.headers["Link"].split(", ")}
    assert relations == {"first", "prev", "next", "last"}
    assert len(page.json()) == 1
