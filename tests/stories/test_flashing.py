"""A board out of the box, on a cable: bollard-flash, and a code of the real local controller; then it charges."""
from pathlib import Path

import pytest

from hardware.bench import station
from hardware.demo.chain import CARD, Chain
from hardware.demo.processes import DemoError, wait_until
from hardware.flash import main

pytestmark = pytest.mark.story
BOARD = "ON-A-CABLE"   # the bench's word for it


def test_a_board_on_a_cable_is_flashed_adopted_and_charges(
        chain: Chain, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chain._ok(chain.bench_api.post("/api/charge-points", json={
        "identity": BOARD, "configured": False, "time_factor": 60, "stalls": False, "serial_port": 0}))
    port = chain.charge_point(BOARD)["serial_line"]
    (tmp_path / "password").write_text(station.PASSWORD)

    def flash(code: str) -> tuple[int, str, str]:
        status = main.main(["write", "--port", port, "--wifi", station.SSID, "--wifi-password-file",
                            str(tmp_path / "password"), "--adopt", chain.site_url, "--code", code])
        said = capsys.readouterr()
        return status, said.out, said.err

    status, _, complaint = flash("00000000")
    assert status == 1
    assert "the controller says: this code is wrong, used up or older than 15 minutes" in complaint
    assert "`bollard-site adoption-code` prints a new one" in complaint

    code = chain._ok(chain.site_api.post("/api/adoption-codes", headers={"X-Requested-With": "bollard"}))["code"]
    status, told, complaint = flash(code)
    assert status == 0, complaint
    identity = next(line.split()[2] for line in told.splitlines() if line.startswith("adopted"))
    assert f"{identity} accepted by its central system" in told

    def free() -> bool:
        return any(row["identity"] == identity and any(c["status"] == "Available" for c in row["connectors"])
                   for row in chain.get("/api/charge-points"))
    wait_until("the central system sees it free", free, 40, every_s=0.1)
    chain.act(BOARD, "plug")
    chain.act(BOARD, "tap", uid=CARD)
    try:
        wait_until("it charges", lambda: chain.charge_point(BOARD)["connectors"][0]["contactor"]["closed"], 30)
    except DemoError:
        pytest.fail("it does not charge; it said\n" + "\n".join(chain.charge_point(BOARD)["console"]))
    wait_until("the session is in the books", lambda: chain.sessions(identity), 20)
    chain.act(BOARD, "unplug")
    wait_until("the session has ended", lambda: all(s["state"] == "ended" for s in chain.sessions(identity)), 40)

    # A key that is not this board's: what it then says on its console becomes one sentence.
    (tmp_path / "key").write_text("00" * 16)
    assert main.main(["write", "--port", port, "--key-file", str(tmp_path / "key")]) == 1
    assert "does not take this identity and key: adopt the board anew" in capsys.readouterr().err
    chain._ok(chain.bench_api.delete(f"/api/charge-points/{BOARD}"))
