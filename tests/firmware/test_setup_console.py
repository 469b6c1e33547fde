"""Settings over the serial line, typed as at a board's prompt."""
import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.firmware.on_micropython import REPOSITORY, interpreter

CHIP = REPOSITORY / "tests" / "firmware" / "chip"
KEY = "00112233445566778899aabbccddeeff00112233"
SECRET = "correct horse battery"
PROGRAM = """
from firmware.setup import settings
settings.PATH, settings.CA_PATH, settings._BOARDS = "{folder}/settings.json", "{folder}/ca.der", "{boards}"
from firmware.setup import console
console.run()
from machine import log
print("watchdog", log.count(("wdt", 30000)) > 0, ("reset",) in log)
"""


def typed(folder: Path, text: bytes, boards: Path = REPOSITORY / "firmware" / "boards") -> str:
    program = PROGRAM.format(folder=folder, boards=boards)
    done = subprocess.run(
        [interpreter(), "-X", "heapsize=1m", "-c", program], input=text, capture_output=True, check=False, timeout=30,
        env={**os.environ, "MICROPYPATH": f"{CHIP}:{REPOSITORY}:.frozen"})
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
    return done.stdout.decode(errors="replace")


WHOLE = (f"set wifi_ssid Garage 3\r\nset wifi_password {SECRET}\r\nset url ws://10.0.0.2:9100/ocpp\r\n"
         f"set identity yard-CP1\r\nset authorization_key {KEY}\r\nset board esp32_devkitc\r\n").encode()


def answers(out: str) -> list[str]:
    return [line for line in out.splitlines() if line.startswith(("ok", "refused"))]


def test_settings_are_typed_checked_and_saved_whole(tmp_path: Path) -> None:
    out = typed(tmp_path, WHOLE + b"show\r\nsave\r\nquit\r\n")
    assert json.loads((tmp_path / "settings.json").read_text()) == {
        "wifi_ssid": "Garage 3", "wifi_password": SECRET, "url": "ws://10.0.0.2:9100/ocpp", "identity": "yard-CP1",
        "authorization_key": KEY, "board": "esp32_devkitc"}
    assert answers(out)[-2:] == ["ok saved, reset to use it", "ok"]
    assert "wifi_ssid=Garage 3\n" in out
    assert "authorization_key=(set)\n" in out
    assert "watchdog True False" in out
    assert not list(tmp_path.glob("*.new"))


def test_no_password_and_no_key_comes_back_also_from_what_was_set_before(tmp_path: Path) -> None:
    out = typed(tmp_path, WHOLE + b"show\rsave\r")
    again = typed(tmp_path, b"show\nset wifi_password short\nset authorization_key 12\n")
    assert "set url ws://10.0.0.2" in out   # what may be seen is
    for shown in (out, again):
        assert SECRET not in shown
        assert KEY not in shown
    assert "set authorization_key " + "*" * len(KEY) in out
    assert "short" not in again.replace("wifi_password must be 8 to 63", "")


def test_nothing_is_written_before_save_nor_by_a_save_that_is_refused(tmp_path: Path) -> None:
    typed(tmp_path, WHOLE)
    assert not (tmp_path / "settings.json").exists()
    out = typed(tmp_path, WHOLE.replace(b"set identity yard-CP1\r\n", b"") + b"save\r")
    assert "refused identity is missing" in answers(out)
    assert not (tmp_path / "settings.json").exists()
    out = typed(tmp_path, WHOLE.replace(b"ws://", b"wss://") + b"save\r")
    assert any("there is no" in answer and "ca.der" in answer for answer in answers(out))
    assert not (tmp_path / "settings.json").exists()


@pytest.mark.parametrize(("line", "complaint"), [
    ("set wifi_ssid", "wifi_ssid is empty"), ("set wifi_ssid " + "é" * 17, "wifi_ssid must be at most 32 bytes"),
    ("set wifi_password 1234567", "wifi_password must be 8 to 63"), ("set identity a/b", "identity must be"),
    ("set authorization_key 0g", "authorization_key must be"), ("set url http://x", "url must start"),
    ("set url ws://", "url must be ws://HOST"), ("set url ws://a:b@host/", "url must have no user"),
    ("set url ws://host:99999/", "url must be"), ("set board nowhere", "board must be one of"),
    ("set board ../x", "board must be one of"), ("set colour red", "unknown key colour"), ("frob", "unknown command"),
    ("set", "unknown key"), ("set vendor " + "x" * 200, "vendor must be at most"),
])
def test_a_wrong_line_is_refused_in_one_line(tmp_path: Path, line: str, complaint: str) -> None:
    out = typed(tmp_path, f"{line}\rquit\r".encode())
    assert complaint in answers(out)[1]
    assert answers(out)[1].startswith("refused ")


def test_a_line_can_be_mended_and_garbage_does_no_harm(tmp_path: Path) -> None:
    out = typed(tmp_path, "set identity CPé\x7f\x7f".encode() + b"Q7\rshow\r\xff\xfe\x00\rquit\r")
    assert "identity=CQ7\n" in out
    assert answers(out)[-1] == "ok"


def test_one_setting_changes_and_the_others_stay(tmp_path: Path) -> None:
    typed(tmp_path, WHOLE + b"save\r")
    typed(tmp_path, b"set wifi_ssid Elsewhere\rsave\rreset\rquit\r")
    kept = json.loads((tmp_path / "settings.json").read_text())
    assert (kept["wifi_ssid"], kept["wifi_password"], kept["authorization_key"]) == ("Elsewhere", SECRET, KEY)


def test_what_was_set_can_be_forgotten(tmp_path: Path) -> None:
    typed(tmp_path, WHOLE + b"save\r")
    out = typed(tmp_path, b"forget\rforget\rshow\rsave\r")
    assert not (tmp_path / "settings.json").exists()
    assert "refused board is missing" in answers(out)
    assert "wifi_ssid=\n" in out


def test_at_the_prompt_the_watchdog_can_be_kept_quiet() -> None:
    done = subprocess.run(
        [interpreter(), "-c", "from firmware.setup import console; console.stay()\nfrom machine import log, Timer\n"
         "Timer.called[0](None)\nprint(log)"], capture_output=True, text=True, check=False, timeout=30,
        env={**os.environ, "MICROPYPATH": f"{CHIP}:{REPOSITORY}:.frozen"})
    assert done.stdout == "[('wdt', 30000), ('timer', 1), ('feed',)]\n", done.stderr
