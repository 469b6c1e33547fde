"""A confirmation means that it is on disk: the power fails right after one, on a disk that forgets what was not synced.

Each story runs twice: as shipped, and as a mutant with `synchronous=OFF`, which must lose what it confirmed. A mutant
that passed would mean that the story cannot fail.
"""
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hardware.demo.chain import CARD, Chain
from hardware.demo.processes import Process, wait_until
from tests.stories import wire

pytestmark = [pytest.mark.story, pytest.mark.parametrize("synchronous", ["FULL", "OFF"])]


@pytest.fixture(autouse=True)
def _hookable(tmp_path: Path) -> None:
    probe = "from tests.faults import unsynced_disk; unsynced_disk.install()"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(done.stderr.strip().splitlines()[-1])


def on_a_forgetful_disk(module: str, synchronous: str) -> list[str]:
    return [sys.executable, "-m", "tests.faults.unsynced_disk", "--synchronous", synchronous, module]


class CentralSystemAlone(Chain):
    """No local controller: half of the starts."""

    def _start_site(self) -> None:
        pass


def cut_the_power(process: Process) -> None:
    process.signal(signal.SIGUSR1)
    process.wait(10)


def test_what_the_local_controller_confirmed_reaches_the_central_system(tmp_path: Path, synchronous: str) -> None:
    with Chain(tmp_path, charge_points=0, site_args=on_a_forgetful_disk("local_controller.main", synchronous)) as chain:
        adopted = chain.adopt("DURABLE-1")
        with wire.charge_point(adopted["ocpp_url"], adopted["identity"], adopted["authorization_key"]) as socket:
            wire.call(socket, "BootNotification", chargePointVendor="Test", chargePointModel="Wire")
            wire.call(socket, "Authorize", idTag=CARD)
            chain.csms.kill()   # so that only the controller's disk can hold it
            start = wire.call(socket, "StartTransaction", connectorId=1, idTag=CARD, meterStart=1000,
                              timestamp=wire.now())
            wire.call(socket, "StopTransaction", transactionId=start["transactionId"], meterStop=3500,
                      timestamp=wire.now(), idTag=CARD)
            cut_the_power(chain.site)
        chain.csms.start()
        chain.log_in()
        chain.site.start()
        chain.site_log_in()
        wait_until("an empty queue", lambda: chain.site_status()["queue"]["messages"] == 0
                   and chain.site_status()["csms"]["connected"])
        billed_wh = [s["energy_wh"] for s in chain.sessions(adopted["identity"]) if s["state"] == "ended"]
        assert (billed_wh == [2500]) == (synchronous == "FULL"), billed_wh


def test_what_the_central_system_confirmed_is_in_its_books(tmp_path: Path, synchronous: str) -> None:
    args = on_a_forgetful_disk("csms.main", synchronous)
    with CentralSystemAlone(tmp_path, charge_points=0, csms_args=args) as chain:
        made = chain.post("/api/charge-points", identity="DIRECT-1", site_id=chain.site_id, connectors=1)
        url = f"ws://127.0.0.1:{chain.csms_ocpp_port}/ocpp"
        with wire.charge_point(url, "DIRECT-1", made["authorization_key"]) as socket:
            wire.call(socket, "BootNotification", chargePointVendor="Test", chargePointModel="Wire")
            start = wire.call(socket, "StartTransaction", connectorId=1, idTag=CARD, meterStart=1000,
                              timestamp=wire.now())
            wire.call(socket, "StopTransaction", transactionId=start["transactionId"], meterStop=3500,
                      timestamp=wire.now(), idTag=CARD)
            cut_the_power(chain.csms)
        chain.csms.start()
        chain.log_in()
        billed_wh = [s["energy_wh"] for s in chain.sessions("DIRECT-1") if s["state"] == "ended"]
        assert (billed_wh == [2500]) == (synchronous == "FULL"), billed_wh
