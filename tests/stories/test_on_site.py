"""A charge that an operator starts at the controller's page is booked to the account that pays for these."""
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from hardware.demo.chain import Chain
from hardware.demo.processes import wait_until
from tests.stories.people import ChargePoint, judge

pytestmark = pytest.mark.story
OURS = {"X-Requested-With": "bollard"}
VIEWERS_PASSWORD = "only looking"


@dataclass
class Page:
    """The controller's page, and who pays for what is started there."""
    chain: Chain
    otto_id: int

    def press(self, charge_point: ChargePoint, what: str, client: httpx.Client | None = None) -> httpx.Response:
        path = f"/api/charge-points/{charge_point.identity}/connectors/1/{what}"
        return (client or self.chain.site_api).post(path, json={}, headers=OURS)

    def paid_by(self, user_id: int) -> str:
        """From now on; the idTag of the account's card, once the controller knows of it."""
        account = self.chain._ok(self.chain.api.put(
            f"/api/sites/{self.chain.site_id}/on-site-account", json={"user_id": user_id}))
        id_tag = str(account["card"]["id_tag"])
        wait_until("the controller knows who pays", lambda: id_tag in self.chain.site_status()["on_site"]["names"])
        return id_tag

    def start(self, charge_point: ChargePoint) -> None:
        charge_point.plug_in()
        wait_until("a car is there", lambda: charge_point.connector["plugged"])
        assert self.press(charge_point, "start").status_code == 202
        charge_point.wait_for(contactor="closed")
        charge_point.wait_for(more_wh=60)

    def stop(self, charge_point: ChargePoint) -> None:
        assert self.press(charge_point, "stop").status_code == 202
        charge_point.wait_for(contactor="open")
        charge_point.unplug()

    def balance_cents(self, user_id: int) -> int:
        return int(self.chain.get(f"/api/users/{user_id}/balance")["balance_cents"])


@pytest.fixture(scope="module")
def page(chain: Chain) -> Iterator[Page]:
    otto = chain.post("/api/users", email="otto@bollard.example", name="Otto Operator", password="long enough for all")
    chain._ok(chain.api.put(f"/api/users/{otto['id']}/sites", json={"site_ids": [chain.site_id]}))
    page = Page(chain, otto["id"])
    page.paid_by(otto["id"])
    yield page
    chain._ok(chain.site_api.delete("/api/viewer-password", headers=OURS))


def ended(charge_point: ChargePoint, count: int, within_s: float = 40) -> list[dict[str, Any]]:
    """The bills, oldest first."""
    def all_of_them() -> list[dict[str, Any]] | None:
        found = [s for s in charge_point.sessions() if s["state"] == "ended"]
        return found[::-1] if len(found) == count else None
    return list(wait_until(f"{count} bills", all_of_them, within_s, every_s=0.1))


def test_a_charge_of_the_page_is_the_accounts_and_the_next_one_the_next_accounts(
    page: Page, charge_point: ChargePoint
) -> None:
    admin_id = page.chain.get("/api/auth/me")["id"]
    first = page.paid_by(page.otto_id)
    before = page.balance_cents(page.otto_id), page.balance_cents(admin_id)
    page.start(charge_point)
    page.chain._ok(page.chain.site_api.put(
        "/api/viewer-password", json={"password": VIEWERS_PASSWORD}, headers=OURS))
    with httpx.Client(base_url=page.chain.site_url, trust_env=False) as viewer:
        assert viewer.post("/api/login", json={"password": VIEWERS_PASSWORD}).status_code == 204
        assert [page.press(charge_point, what, viewer).status_code for what in ("stop", "start")] == [403, 403]
    assert charge_point.contactor == "closed"
    page.stop(charge_point)
    ended(charge_point, 1)
    charge_point.wait_for(status="Available")

    page.paid_by(admin_id)
    page.start(charge_point)
    page.stop(charge_point)
    otto, admin = ended(charge_point, 2)
    assert [bill["user"]["id"] for bill in (otto, admin)] == [page.otto_id, admin_id]
    assert [bill["stop_reason"] for bill in (otto, admin)] == ["Remote", "Remote"]
    after = page.balance_cents(page.otto_id), page.balance_cents(admin_id)
    assert after == (before[0] - otto["cost_cents"], before[1] - admin["cost_cents"])
    assert otto["cost_cents"] > 0

    # the card of the account before opens nothing any more
    charge_point.wait_for(status="Available")
    charge_point.plug_in()
    page.chain.post(f"/api/charge-points/{charge_point.identity}/connectors/1/remote-start", id_tag=first)
    refused = ended(charge_point, 3)[2]
    assert (refused["user"], refused["stop_reason"]) == (None, "DeAuthorized")
    charge_point.unplug()
    judge(charge_point, sessions=3)


def test_with_the_centre_away_it_starts_and_stops_and_is_booked_once_afterwards(
    page: Page, killable: Chain, charge_point: ChargePoint
) -> None:
    page.paid_by(page.otto_id)
    before = page.balance_cents(page.otto_id)
    page.start(charge_point)
    wait_until("it is known", lambda: len(charge_point.sessions()) == 1)
    killable.csms.kill()
    page.stop(charge_point)
    wait_until("the next may start", lambda: why_not(page, charge_point) is None)
    page.start(charge_point)
    page.stop(charge_point)
    killable.csms.start()
    killable.log_in()
    bills = ended(charge_point, 2, within_s=90)
    assert [bill["user"]["id"] for bill in bills] == [page.otto_id] * 2
    assert page.balance_cents(page.otto_id) == before - sum(bill["cost_cents"] for bill in bills)
    judge(charge_point, sessions=2)


def why_not(page: Page, charge_point: ChargePoint) -> str | None:
    rows = page.chain._ok(page.chain.site_api.get("/api/charge-points"))
    row = next(row for row in rows if row["identity"] == charge_point.identity)
    reason: str | None = row["connectors"][0]["why_not"]
    return reason
