"""The books of a site and of the central system, compared by the running programs: what is done to either side's rows
behind its back is found and named."""

import asyncio
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hardware.demo.chain import CARD, Chain
from hardware.demo.processes import wait_until
from tests.local_controller.wire import ChargePoint, start_of, stop_of, values_of

pytestmark = pytest.mark.story
SESSIONS = 4


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[Chain]:
    csms, site = [sys.executable, "-m", "csms.main"], [sys.executable, "-m", "local_controller.main"]
    with Chain(tmp_path, charge_points=0, csms_args=csms, site_args=site) as chain:
        yield chain


def play(chain: Chain) -> str:
    """Some charges; the charge point stays connected to nobody afterwards, but its lane does as long as needed."""
    adopted = chain.adopt("BOOKS-1")
    charge_point = ChargePoint(adopted["ocpp_url"], adopted["identity"], adopted["authorization_key"])

    async def charge() -> None:
        async with charge_point:
            await charge_point.boot()
            for n in range(SESSIONS):
                start = start_of(id_tag=CARD, at=f"2026-03-01T1{n}:00:00Z", meter_wh=1000 * n)
                ours = (await charge_point.call("StartTransaction", start))["transactionId"]
                for minute in (10, 20, 30):
                    values = values_of(ours, 1000 * n + minute, at=f"2026-03-01T1{n}:{minute}:00.5Z")
                    await charge_point.call("MeterValues", values)
                sample = {"value": "0.5", "unit": "kWh", "measurand": "Energy.Active.Import.Register"}
                data = [{"timestamp": f"2026-03-01T1{n}:40:00+00:00", "sampledValue": [sample]}]
                stop = stop_of(ours, at=f"2026-03-01T1{n}:50:00Z", meter_wh=1000 * n + 50, transactionData=data)
                await charge_point.call("StopTransaction", stop)
            await asyncio.to_thread(wait_until, "delivered", lambda: chain.site_status()["queue"]["messages"] == 0)
            await asyncio.to_thread(judge, chain, charge_point.identity)

    asyncio.run(charge())
    return charge_point.identity


def audited(chain: Chain, transactions: int = SESSIONS) -> list[dict[str, Any]]:
    """Ask for an audit and wait for it; what it found."""
    before = chain.site_status()["audit"]
    chain.site_api.post("/api/audits", headers={"X-Requested-With": "bollard"}).raise_for_status()
    wait_until("the audit", lambda: chain.site_status()["audit"] != before, within_s=30)
    result: dict[str, Any] = chain.site_status()["audit"]
    assert result["not_compared"] == []
    assert result["transactions"] == transactions
    return list(result["findings"])


def heads(chain: Chain) -> dict[str, str]:
    rows = chain.api.get("/api/system/heads").raise_for_status().json()
    return {row["charge_point"]: row["confirmed"] for row in rows}


def change(chain: Chain, part: str, *statements: str) -> None:
    file = chain.folder / part / ("site.db" if part == "site" else "csms.sqlite3")
    with closing(sqlite3.connect(file, isolation_level=None, timeout=10)) as db:
        for statement in statements:
            assert db.execute(statement).rowcount != 0, statement


def triggers(chain: Chain) -> list[str]:
    with closing(sqlite3.connect(chain.folder / "csms" / "csms.sqlite3", timeout=10)) as db:
        return [name for name, in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]


def judge(chain: Chain, identity: str) -> None:
    ids = sorted(row["transaction_id"] for row in chain.sessions(identity))
    assert len(ids) == SESSIONS
    assert audited(chain) == []
    head = heads(chain)[identity]
    sums = chain.folder / "site" / "site.db"
    with closing(sqlite3.connect(sums, timeout=10)) as db:
        count, digest = db.execute("SELECT confirmed, confirmed_head FROM heads").fetchone()
    assert head == f"{count} {digest.hex()}"  # kept where nobody at the site can change it

    def of(number: int) -> str:
        return f"transaction {ids[number]} of the central system"

    # a bill made smaller there
    change(chain, "csms", f"UPDATE \"transaction\" SET meter_stop_wh = meter_stop_wh - 10 WHERE id = {ids[1]}")
    # a sample deleted there
    oldest = f"SELECT min(id) FROM meter_value WHERE transaction_id = {ids[2]}"
    change(chain, "csms", f"DELETE FROM meter_value WHERE id = ({oldest})")
    found = {f["where"]: f["what"] for f in audited(chain)}
    assert found[of(1)] == "meter_stop_wh: 1050 here, 1040 there"
    assert found[of(2)].startswith("sample_count: 4 here, 3 there")
    assert len(found) == 2

    # a transaction gone there, as after a restore from an old backup: bookings are final only to whom the triggers bind
    change(
        chain, "csms",
        *(f"DROP TRIGGER {name}" for name in triggers(chain)),
        f"DELETE FROM ledger_entry WHERE booking_id IN (SELECT id FROM booking WHERE transaction_id = {ids[3]})",
        f"DELETE FROM booking WHERE transaction_id = {ids[3]}",
        f"DELETE FROM meter_value WHERE transaction_id = {ids[3]}",
        f"DELETE FROM \"transaction\" WHERE id = {ids[3]}",
    )  # fmt: skip
    assert {f["where"]: f["what"] for f in audited(chain)}[of(3)] == "is missing there"

    # a transaction gone here, which its running hash tells too
    newest_but_one = f"(SELECT id FROM transactions WHERE csms_id = {ids[0]})"
    change(chain, "site", f"DELETE FROM messages WHERE transaction_id = {newest_but_one}")
    found = {f["where"]: f["what"] for f in audited(chain, transactions=SESSIONS - 1)}
    assert found["message 1 to 5"] == "was deleted"


def test_what_is_done_to_the_rows_of_the_central_system_is_found_by_the_site(chain: Chain) -> None:
    play(chain)
