"""`bollard-site` at the terminal: one clear line and exit status 2 for what a person can mend."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from local_controller import identity
from local_controller.identity import Identity

KNOWN = Identity("demo-LC1", "ab" * 20, "Demo", "UTC", "ws://127.0.0.1:9/ocpp", "http://127.0.0.1:9")


def run(tmp_path: Path, toml: str, *command: str, stdin: str = "", **env: str) -> tuple[int, str, str]:
    config = tmp_path / "site.toml"
    config.write_text(toml)
    done = subprocess.run(
        [sys.executable, "-m", "local_controller.main", *command, "--config", str(config)],
        capture_output=True, text=True, input=stdin, env={**os.environ, **env}, timeout=30, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("a =", "not valid TOML"),
        ("colour = 'red'", "colour: no such setting"),
        ("[ocpp]\nprot = 1", "ocpp.prot: no such setting"),
        ("[web]\nport = 'eight'", "web.port"),
        ("[web]\nport = 70000", "web.port"),
        ("[csms]\nocpp_url = 'http://x'", "csms.ocpp_url"),
        ("[csms]\nsite_key = 'abc'", "csms.site_key is a secret"),
        ("log_level = 'loud'", "log_level"),
        ("", "adopt first: bollard-site adopt"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(tmp_path: Path, toml: str, words: str) -> None:
    status, _, said = run(tmp_path, toml, "serve")
    assert status == 2
    assert words in said
    assert len(said.strip().splitlines()) == 1


@pytest.mark.parametrize("name", ["BOLLARD_SITE__COLOUR", "BOLLARD_SITE__OCPP__PROT", "BOLLARD_SITE__WEB__PORT"])
def test_a_wrong_variable_is_refused_as_well(tmp_path: Path, name: str) -> None:
    status, _, said = run(tmp_path, "", "serve", **{name: "eight"})
    assert (status, len(said.strip().splitlines())) == (2, 1)
    assert name.rsplit("__", 1)[1].lower() in said.lower()


@pytest.mark.parametrize("table", ["ocpp", "web"])
def test_a_busy_port_is_one_line_that_names_it(tmp_path: Path, table: str) -> None:
    identity.save(tmp_path / "site-data", KNOWN)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        other = "web" if table == "ocpp" else "ocpp"
        toml = f'[{table}]\nhost = "127.0.0.1"\nport = {port}\n[{other}]\nhost = "127.0.0.1"\nport = 0\n'
        status, _, said = run(tmp_path, toml, "serve")
    last = said.strip().splitlines()[-1]
    assert status == 2
    assert f"{table}.port" in last
    assert str(port) in last
    assert "Traceback" not in said


def test_a_site_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    identity.save(tmp_path / "site-data", KNOWN).chmod(0o644)
    status, _, said = run(tmp_path, "", "serve")
    assert status == 2
    assert "chmod 600" in said


def test_a_password_is_set_from_the_standard_input(tmp_path: Path) -> None:
    assert run(tmp_path, "", "set-password", stdin="short\n")[0] == 2
    assert run(tmp_path, "", "set-password", stdin="long enough\n")[0] == 0


def test_help_tells_every_command() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "local_controller.main", "--help"], capture_output=True, text=True, check=True
    ).stdout
    for command in ("serve", "adopt", "adoption-code", "set-password"):
        assert command in said


def test_adopting_with_nobody_there_is_one_line(tmp_path: Path) -> None:
    status, _, said = run(tmp_path, "", "adopt", "--csms", "http://127.0.0.1:9", "--code", "ABCD1234")
    assert (status, len(said.strip().splitlines())) == (2, 1)
    assert "cannot be reached" in said
