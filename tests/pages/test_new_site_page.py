"""The page of a controller that nobody has used yet, on a site whose meter is silent."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from hardware.demo.processes import Process
from local_controller import identity
from local_controller.identity import Identity
from tests.pages import node
from tests.pages.world import missing_pages

pytestmark = pytest.mark.browser
DEADLINE_S = 100


@dataclass
class NewSite:
    web: str
    ocpp: str


@pytest.fixture
def new_site(tmp_path: Path) -> Iterator[NewSite]:
    """Adopted by a central system that cannot be reached, and nothing else."""
    if missing := missing_pages():
        pytest.fail(f"the pages are not built ({', '.join(missing)}): make pages", pytrace=False)
    known = Identity("new-LC", "5a" * 20, "New yard", "Europe/Rome", "ws://127.0.0.1:9/ocpp", "http://127.0.0.1:9")
    identity.save(tmp_path, known)
    config = tmp_path / "site.toml"
    config.write_text(
        f'data_dir = "{tmp_path}"\n[ocpp]\nhost = "127.0.0.1"\nport = 0\n[web]\nhost = "127.0.0.1"\nport = 0\n'
        '[power]\nlimit_a = 63\n[meter]\nconnect = "tcp://127.0.0.1:9"\nmodel = "sdm630"\nsilent_a = 20\n'
    )
    args = [sys.executable, "-m", "local_controller.main", "serve", "--config", str(config)]
    process = Process("site", args, tmp_path, tmp_path)
    try:
        ports = process.start()
        yield NewSite(f"http://127.0.0.1:{ports['web']}", f"http://127.0.0.1:{ports['ocpp']}/ocpp")
    finally:
        process.stop()


def knock(site: NewSite, name: str) -> int:
    """A charge point that nobody adopted asks for its connection."""
    upgrade = {
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Protocol": "ocpp1.6", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }  # fmt: skip
    with httpx.Client(trust_env=False) as client:
        return client.get(f"{site.ocpp}/{name}", headers=upgrade, auth=(name, "a guess")).status_code


def test_the_first_visitor_sets_the_password_and_sees_strangers_and_a_silent_meter(new_site: NewSite) -> None:
    assert knock(new_site, "SOMEBODYS-CHARGER") in (401, 404)
    world = {"site": new_site.web, "sitePassword": "a good password", "chargePoints": []}
    done = _play(world)
    if done.returncode == node.NO_BROWSER:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"


def _play(world: dict[str, object]) -> "subprocess.CompletedProcess[str]":
    env = {"BOLLARD_WORLD": json.dumps(world)}
    if shots := os.environ.get("BOLLARD_SHOTS"):
        env["BOLLARD_SHOTS"] = shots
    return node.run("play.mjs", "new_site", "first", deadline_s=DEADLINE_S, env=env)
