"""A board out of the box: its own WiFi, its page, a code of the real local controller; then it charges."""
import re

import httpx
import pytest

from hardware.bench import station
from hardware.demo.chain import CARD, Chain
from hardware.demo.processes import wait_until

pytestmark = pytest.mark.story
BOARD = "OUT-OF-THE-BOX"   # the bench's word for it; what it is called in the end, the controller decides


def send(chain: Chain, url: str, **fields: str) -> None:
    """Fill in the page's form and send it."""
    page = httpx.get(url, trust_env=False).text
    token = re.search(r'name="token" value="([0-9a-f]+)"', page)
    assert token, page
    answer = httpx.post(url, trust_env=False, data={
        "token": token[1], "wifi_ssid": station.SSID, "wifi_password": station.PASSWORD,
        "controller": chain.site_url.removeprefix("http://"), **fields})
    assert answer.status_code == 303, answer.text


def alert(url: str) -> str:
    def told() -> str | None:
        found = re.search(r'role="alert">([^<]*)<', httpx.get(url, trust_env=False).text)
        return found[1] if found else None
    return str(wait_until("the page says what is wrong", told, 30))


def test_a_new_board_is_adopted_on_its_own_page_and_charges(chain: Chain) -> None:
    chain._ok(chain.bench_api.post("/api/charge-points", json={
        "identity": BOARD, "configured": False, "time_factor": 60, "stalls": False}))
    url = str(wait_until("its WiFi", lambda: chain.charge_point(BOARD)["access_point"], 20)["url"])
    known = {row["identity"] for row in chain.get("/api/charge-points")}

    send(chain, url, code="00000000")
    assert "this code is wrong, used up or older than 15 minutes" in alert(url)

    code = chain._ok(chain.site_api.post("/api/adoption-codes", headers={"X-Requested-With": "bollard"}))["code"]
    typed = f"{code[:4].lower()} {code[4:]}"   # as people do
    send(chain, url, code=typed)

    def adopted() -> str | None:
        new = [row["identity"] for row in chain.get("/api/charge-points")
               if row["identity"] not in known and any(c["status"] == "Available" for c in row["connectors"])]
        return new[0] if new else None
    identity = str(wait_until("the central system sees a new charge point", adopted, 60, every_s=0.1))

    seen = chain.charge_point(BOARD)
    assert seen["access_point"] is None, "its own WiFi is gone"
    chain.act(BOARD, "plug")
    chain.act(BOARD, "tap", uid=CARD)
    wait_until("it charges", lambda: chain.charge_point(BOARD)["connectors"][0]["contactor"]["closed"], 20)
    wait_until("the session is in the books", lambda: chain.sessions(identity), 20)
    chain.act(BOARD, "unplug")
    wait_until("the session has ended", lambda: all(s["state"] == "ended" for s in chain.sessions(identity)), 40)
    console = chain.bench_api.get(f"/api/charge-points/{BOARD}/console").text
    assert code not in console
    assert station.PASSWORD not in console
    chain._ok(chain.bench_api.delete(f"/api/charge-points/{BOARD}"))
