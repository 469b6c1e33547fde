"""Receipts, codes to print, and tables for programs: read back by programs that are not ours."""

import re
import shutil
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import zxingcpp
from PIL import Image, ImageDraw

from csms.api import pdf
from csms.service import Service
from tests.csms.running import CARD, Csms, settings_in
from tests.csms.station import START
from tests.csms.tells import tells


@pytest.fixture
async def public(fresh: Path, tmp_path: Path) -> AsyncIterator[Csms]:
    """One whose links have a public address."""
    shutil.copytree(fresh, tmp_path / "data")
    wanted = {"public_url": "https://charge.example.org"}
    settings = settings_in(tmp_path / "data").model_copy(update=wanted)
    async with Service(settings) as service:
        csms = Csms(service, settings.data_dir)
        yield csms
        await csms.admin.aclose()


def streams(document: bytes) -> list[bytes]:
    """The contents of a PDF's pages."""
    found = [zlib.decompress(data) for data in re.findall(rb"stream\n(.*?)\nendstream", document, re.DOTALL)]
    return [each for each in found if b" Tf" in each]


def words(document: bytes) -> str:
    texts = re.findall(rb"\((.*?)(?<!\\)\) Tj", b"".join(streams(document)))
    return "\n".join(each.decode("latin-1").replace("\\(", "(").replace("\\)", ")") for each in texts)


def drawn(page: bytes) -> Image.Image:
    """The page's filled rectangles, as a picture of 10 pixels a point."""
    picture = Image.new("L", (5960, 8430), 255)
    pen = ImageDraw.Draw(picture)
    for x, y, width, height in re.findall(rb"([\d.]+) ([\d.]+) ([\d.-]+) ([\d.-]+) re f", page):
        left, top, right, bottom = (float(x), 843 - float(y), float(width), -float(height))
        pen.rectangle([left * 10, top * 10, (left + right) * 10 - 1, (top + bottom) * 10 - 1], fill=0)
    return picture.resize((1490, 2108))


@tells("GET /api/sessions/{transaction_id}/receipt.pdf")
async def test_a_receipt_says_what_the_bill_says_and_is_its_drivers_alone(csms: Csms) -> None:
    await csms.driver()
    component = {"type": "ENERGY", "price_cents": "40", "vat_percent": "25"}
    tariff = await csms.new("/api/tariffs", name="T", elements=[{"price_components": [component]}])
    key = await csms.charge_point("CP1")
    await csms.admin.put("/api/charge-points/CP1/tariff", json={"tariff_id": tariff["id"]})
    now = datetime.now(UTC)
    async with csms.station("CP1", key) as there:
        started = await there.start(CARD, at=now)
        early = await csms.admin.get(f"/api/sessions/{started.transaction_id}/receipt.pdf")
        assert early.status_code == 409
        await there.stop(started.transaction_id, 3000, minutes=(now - START).total_seconds() / 60 + 30)
    dora, eve = csms.logged_in(2), csms.logged_in(3)
    path = f"/api/sessions/{started.transaction_id}/receipt.pdf"
    assert (await eve.get(path)).status_code == 404
    answer = await dora.get(path)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    said = words(answer.content)
    for part in ("Receipt 1", "Yard: CP1, connector 1", "Meter 1000 Wh to 3000 Wh: 2.000 kWh", "25 %", "1.00", "0.20"):
        assert part in said, said
    await csms.new(f"/api/sessions/{started.transaction_id}/corrections", amount_cents=30, reason="late")
    said = words((await dora.get(path)).content)
    assert said.endswith("Corrected since\n\n\n-0.30\nTo be paid\n\n\n0.70") or "To be paid" in said
    assert "0.70" in said
    await dora.aclose()
    await eve.aclose()


def test_letters_that_the_fonts_lack_are_shown_as_such() -> None:
    assert pdf.text("Łódź Ünter €") == "?ód? Ünter ?"


@tells(
    "GET /api/charge-points",
    "GET /api/charge-points/{identity}/qr-sheet.pdf",
    "GET /api/connectors/{code}/qr.svg",
    "GET /api/sites/{site_id}/qr-sheet.pdf",
)
async def test_a_codes_picture_and_sheet_lead_to_the_connector(public: Csms) -> None:
    await public.charge_point("CP1", connectors=2)
    async with public.station("CP2", await public.charge_point("CP2")) as there:
        await there.boot()
    codes = {
        c["code"]: (point["name"], c["connector_id"])
        for point in await public.get("/api/charge-points")
        for c in point["connectors"]
    }
    sheet = await public.admin.get("/api/sites/1/qr-sheet.pdf")
    assert sheet.status_code == 200, sheet.text
    (page,) = streams(sheet.content)
    read = {found.text for found in zxingcpp.read_barcodes(drawn(page))}
    assert read == {f"HTTPS://CHARGE.EXAMPLE.ORG/C/{code}" for code in codes}
    said = words(sheet.content)
    for code, (name, connector) in codes.items():
        assert code in said
        assert f"{name} / {connector}" in said
    one = await public.admin.get("/api/charge-points/CP2/qr-sheet.pdf")
    assert len(zxingcpp.read_barcodes(drawn(streams(one.content)[0]))) == 1
    code = next(code for code, (name, _) in codes.items() if name == "CP2")
    svg = (await public.admin.get(f"/api/connectors/{code}/qr.svg")).text
    assert svg.startswith("<?xml")
    assert "<script" not in svg


def test_many_codes_take_as_many_pages_as_they_need_and_the_code_fits_a_sticker() -> None:
    label = pdf.Label("Gate (1)", 1, "ABCDEFGH", "HTTPS://A.VERY.LONG.HOST.EXAMPLE.ORG/C/ABCDEFGH")
    assert len(label.link) == 47
    assert pdf.qr(label.link).version == 2
    pages = streams(pdf.qr_sheet([label] * 31, "112"))
    assert [page.count(b"(ABCDEFGH)") for page in pages] == [15, 15, 1]


async def test_without_a_public_address_there_are_no_links_to_print(csms: Csms) -> None:
    await csms.charge_point("CP1")
    assert (await csms.admin.get("/api/charge-points/CP1/qr-sheet.pdf")).status_code == 404
    assert (await csms.admin.get("/api/sites/1/qr-sheet.pdf")).status_code == 404


@tells("GET /api/exports/sessions.parquet", "GET /api/exports/sessions/{transaction_id}/samples.parquet")
async def test_parquet_holds_what_the_csv_holds(csms: Csms) -> None:
    await csms.driver()
    async with csms.station("CP1", await csms.charge_point("CP1")) as there:
        started = await there.start(CARD)
        await there.meter(started.transaction_id, 1500, 7000, minutes=10)
        await there.stop(started.transaction_id, 2000)
        await there.start("UNKNOWN", 2000, at=START.replace(hour=12))
    answer = await csms.admin.get("/api/exports/sessions.parquet")
    table = pq.read_table(BytesIO(answer.content)).to_pylist()
    assert [row["energy_wh"] for row in table] == [0, 1000]
    assert table[1]["user"] == "dora@example.org"
    assert table[1]["started_at"] == START
    assert (table[1]["cost_cents"], table[0]["ended_at"]) == (45, None)
    samples = await csms.admin.get("/api/exports/sessions/1/samples.parquet")
    (point,) = pq.read_table(BytesIO(samples.content)).to_pylist()
    assert (point["register_wh"], point["power_w"], point["soc_percent"]) == (1500, 7000, None)
    eve = csms.logged_in(3)
    mine = await eve.get("/api/exports/sessions.parquet")
    assert pq.read_table(BytesIO(mine.content)).num_rows == 0
    assert (await eve.get("/api/exports/sessions/1/samples.parquet")).status_code == 404
    await eve.aclose()
