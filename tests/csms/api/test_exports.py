"""Sessions to take away: whole, one's own, and harmless in a spreadsheet; and energy that nobody accounts for."""

import csv
import io
from typing import Any

import httpx
from hypothesis import given
from hypothesis import strategies as st

from csms.api.tables import lines, safe
from tests.csms.running import CARD, Csms
from tests.csms.tells import tells


async def rows(client: httpx.AsyncClient, path: str) -> list[dict[str, str]]:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    return list(csv.DictReader(io.StringIO(answer.text)))


@given(st.text(alphabet="=+-@\t\r\n '\ufeff\u00a01a", max_size=6) | st.text(max_size=30))
def test_no_text_begins_a_formula_and_none_is_lost(text: str) -> None:
    told = safe(text)
    assert isinstance(told, str)
    assert told.lstrip(" \ufeff\u00a0")[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n")
    assert told.removeprefix("'") == text or told == text


def test_numbers_stay_numbers() -> None:
    assert lines([[-5, 1.5, None, "=1+1", "plain"]]) == b"-5,1.5,,'=1+1,plain\r\n"


@tells("GET /api/exports/sessions.csv", "GET /api/exports/sessions/{transaction_id}/samples.csv")
async def test_sessions_are_told_whole_and_a_driver_gets_their_own(csms: Csms) -> None:
    await csms.driver()
    key = await csms.charge_point("CP1")
    async with csms.station("CP1", key) as station:
        await station.boot()
        mine = await station.start(CARD)
        await station.meter(mine.transaction_id, 1500, 7000)
        await station.stop(mine.transaction_id, 2000)
        await station.start("=CMD|'calc'!A1", meter_start=2000)
    everything = await rows(csms.admin, "/api/exports/sessions.csv")
    assert [row["id_tag"] for row in everything] == ["'=CMD|'calc'!A1", CARD]
    assert (everything[1]["energy_wh"], everything[1]["user"]) == ("1000", "dora@example.org")
    async with csms.logged_in(2) as dora, csms.logged_in(3) as eve:
        assert [row["id_tag"] for row in await rows(dora, "/api/exports/sessions.csv")] == [CARD]
        assert await rows(eve, "/api/exports/sessions.csv") == []
        series = f"/api/exports/sessions/{mine.transaction_id}/samples.csv"
        (point,) = await rows(dora, series)
        assert (point["energy_wh"], point["power_w"]) == ("500", "7000")
        assert (await eve.get(series)).status_code == 404


@tells("GET /api/audit/missing-energy")
async def test_energy_between_two_sessions_is_reported(csms: Csms) -> None:
    await csms.driver()
    key = await csms.charge_point("CP1", connectors=2)
    async with csms.station("CP1", key) as station:
        await station.boot()
        registers = ((1000, 2000, 1), (2000, 3000, 1), (3700, 4000, 1), (0, 10, 2), (3900, 5000, 1))
        for start, stop, connector_id in registers:
            made = await station.start(CARD, start, connector_id)
            await station.stop(made.transaction_id, stop)
    found: list[dict[str, Any]] = await csms.get("/api/audit/missing-energy", days=3660)
    assert [(gap["transaction_id"], gap["before_transaction_id"], gap["missing_wh"]) for gap in found] == [
        (5, 3, -100),
        (3, 2, 700),
    ]
