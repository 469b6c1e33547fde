"""Firmware updates: the CSMS's half of the cases 044_1 to 044_3."""

import asyncio
import hashlib
from typing import Any

import httpx
import pytest

from csms.api import firmware_updates
from csms.store import firmware_updates as store
from tests.csms.tells import tells
from tests.octt_csms.charge_point import Any_, ChargePoint, Moment
from tests.octt_csms.shared import shared_cp, shared_csms, shared_new  # noqa: F401 (fixtures cp, csms, new)

pytestmark = pytest.mark.asyncio(loop_scope="module")

IMAGE = b"\x7fELF" + bytes(range(256)) * 4500  # more than any other body may have
ELSEWHERE = "ftp://me:secret@files.example.org:2121/cp-2.bin"


async def uploaded(cp: ChargePoint, content: bytes = IMAGE, name: str = "cp-2.bin") -> httpx.Response:
    return await cp.csms.admin.post("/api/firmware-images", params={"file_name": name}, content=content)


async def told(cp: ChargePoint, body: dict[str, Any], call: dict[str, Any]) -> dict[str, Any]:
    """To update itself; gives the update as the operator is shown it."""
    path = f"/api/charge-points/{cp.identity}/firmware-updates"
    asking = asyncio.create_task(cp.csms.admin.post(path, json=body))
    await cp.hears("UpdateFirmware", call, {})
    answer = await asking
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def newest(cp: ChargePoint) -> dict[str, Any]:
    found: dict[str, Any] = (await cp.csms.get(f"/api/charge-points/{cp.identity}/firmware-updates"))[0]
    return found


async def says(cp: ChargePoint, *statuses: str) -> None:
    for status in statuses:
        await cp.says("FirmwareStatusNotification", {"status": status}, {})


async def shown(cp: ChargePoint, *statuses: str) -> None:
    update = await newest(cp)
    assert [step["status"] for step in update["steps"]] == list(statuses)
    assert update["status"] == statuses[-1]
    assert all(Moment() == step["at"] for step in update["steps"])


@tells(
    "POST /api/firmware-images",
    "DELETE /api/firmware-images/{image_id}",
    "POST /api/charge-points/{identity}/firmware-updates",
    "GET /api/charge-points/{identity}/firmware-updates",
    "GET /api/firmware/{token}/{file_name}",
)
async def test_tc_044_1_an_image_of_ours_is_downloaded_and_installed(cp: ChargePoint) -> None:
    image = (await uploaded(cp)).json()
    assert (image["size_bytes"], image["sha256"]) == (len(IMAGE), hashlib.sha256(IMAGE).hexdigest())
    location = Any_()
    call = {"location": location, "retrieveDate": "2030-03-01T09:00:00Z", "retries": 2, "retryInterval": 30}
    body = {"image_id": image["id"], "retrieve_at": "2030-03-01T10:00:00+01:00", "retries": 2, "retry_interval_s": 30}
    update = await told(cp, body, call)
    assert (update["source"], update["status"], update["steps"]) == ("cp-2.bin", "Requested", [])
    await says(cp, "Downloading")
    assert location.value.endswith("/cp-2.bin")
    async with cp.csms.browser() as web:  # not logged in: the address is the right
        fetched = await web.get(location.value)
        assert (fetched.content, fetched.headers["content-length"]) == (IMAGE, str(len(IMAGE)))
        guessed = location.value.rsplit("/", 2)[0] + "/" + "A" * 32 + "/cp-2.bin"
        assert (await web.get(guessed)).status_code == 404
        await says(cp, "Downloaded", "Downloaded", "Installing")  # a word said twice is one
        await cp.boots()
        await says(cp, "Installed", "Idle")
        await shown(cp, "Downloading", "Downloaded", "Installing", "Installed")
        ((until,),) = await cp.csms.behind("SELECT expires_at FROM firmware_update WHERE id = ?", update["id"])
        assert until.startswith("2030-03-08 09:00:00")  # a week after it was to come for it
        expire = "UPDATE firmware_update SET expires_at = ? WHERE id = ?"
        await cp.csms.behind(expire, "2026-01-01 00:00:00", update["id"])
        assert (await web.get(location.value)).status_code == 404
        await cp.csms.behind(expire, until, update["id"])
        assert (await web.get(location.value)).status_code == 200
        assert (await cp.csms.admin.delete(f"/api/firmware-images/{image['id']}")).status_code == 204
        assert (await web.get(location.value)).status_code == 404


async def test_tc_044_2_a_download_that_fails(cp: ChargePoint) -> None:
    call = {"location": ELSEWHERE, "retrieveDate": Moment(), "retries": 3, "retryInterval": 60}
    update = await told(cp, {"location": ELSEWHERE}, call)
    assert update["source"] == "ftp://files.example.org:2121/cp-2.bin"  # the password is the charge point's to know
    async with cp.csms.events() as events:
        await says(cp, "Downloading", "DownloadFailed")
        alert = await events.next("Alert", charge_point=cp.identity)
    assert (alert["kind"], alert["text"]) == ("firmware", "DownloadFailed: ftp://files.example.org:2121/cp-2.bin")
    await shown(cp, "Downloading", "DownloadFailed")


async def test_tc_044_3_an_installation_that_fails(cp: ChargePoint) -> None:
    call = {"location": ELSEWHERE, "retrieveDate": Moment(), "retries": 0, "retryInterval": 60}
    await told(cp, {"location": ELSEWHERE, "retries": 0}, call)
    async with cp.csms.events() as events:
        await says(cp, "Downloading", "Downloaded", "Installing", "InstallationFailed")
        assert (await events.next("Alert", charge_point=cp.identity))["kind"] == "firmware"
    await says(cp, "Downloading")  # of something that somebody else has told it
    await shown(cp, "Downloading", "Downloaded", "Installing", "InstallationFailed")


async def test_one_that_knows_no_updates_is_shown_so(cp: ChargePoint) -> None:
    path = f"/api/charge-points/{cp.identity}/firmware-updates"
    asking = asyncio.create_task(cp.csms.admin.post(path, json={"location": "https://x.example/a.bin"}))
    await cp.refuses("UpdateFirmware", "NotSupported")
    assert (await asking).status_code == 502
    assert (await newest(cp))["status"] == "NotAsked"


async def test_after_an_answer_that_cannot_be_read_it_may_have_begun(cp: ChargePoint) -> None:
    path = f"/api/charge-points/{cp.identity}/firmware-updates"
    asking = asyncio.create_task(cp.csms.admin.post(path, json={"location": "https://x.example/a.bin"}))
    about = {"location": "https://x.example/a.bin", "retrieveDate": Moment(), "retries": 3, "retryInterval": 60}
    await cp.hears("UpdateFirmware", about, {"status": "Accepted"})
    assert (await asking).status_code == 502
    await says(cp, "Downloading")
    await shown(cp, "Downloading")


async def test_an_update_that_makes_no_sense_leaves_no_frame(cp: ChargePoint) -> None:
    wrong: list[dict[str, Any]] = [
        {},
        {"image_id": 1, "location": "https://x.example/a.bin"},
        {"location": "file:///etc/passwd"},
        {"location": "https:///a.bin"},
        {"location": "https://x.example:99999/a.bin"},
        {"location": "https://x.example/a b"},
        {"location": "https://x.example/a.bin", "retries": -1},
    ]
    for body in wrong:
        answer = await cp.csms.admin.post(f"/api/charge-points/{cp.identity}/firmware-updates", json=body)
        assert answer.status_code == 422, (body, answer.text)


@tells("GET /api/firmware-images")
async def test_images_are_bounded_in_size_and_number(cp: ChargePoint, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await uploaded(cp, b"")).status_code == 422
    assert (await uploaded(cp, name="../x")).status_code == 422
    monkeypatch.setattr(firmware_updates, "MAX_UPLOAD_BYTES", 1000)
    assert (await uploaded(cp, b"x" * 1001)).status_code == 413
    monkeypatch.setattr(store, "MOST_IMAGES", 3)
    made = []
    while (answer := await uploaded(cp, b"x")).status_code == 201:
        made.append(answer.json()["id"])
    assert (answer.status_code, len(made)) == (409, 3)
    there = sorted(path.name for path in (cp.csms.data_dir / "firmware").iterdir())
    assert there == sorted(map(str, made))  # and no half of one
    assert sorted(each["id"] for each in await cp.csms.get("/api/firmware-images")) == sorted(made)
    for image_id in made:
        assert (await cp.csms.admin.delete(f"/api/firmware-images/{image_id}")).status_code == 204
    assert not any((cp.csms.data_dir / "firmware").iterdir())
