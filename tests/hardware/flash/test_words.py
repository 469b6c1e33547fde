"""Bad input, and what goes wrong on the way: one clear sentence and what to do. And esptool, as a program that notes
how it was called and is as strict as the real one about it."""
import errno
import json
import os
import stat
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from hardware.flash import esptool, follow, identify, main, micropython, ports, prompt, settings
from hardware.flash.errors import FlashError
from tests.hardware.flash.test_image import binary

# -- ports


def port(device: str, vid: int | None, pid: int | None, serial: str | None = None) -> SimpleNamespace:
    return SimpleNamespace(device=device, vid=vid, pid=pid, serial_number=serial)


def test_boards_are_found_by_their_usb_chips() -> None:
    listed = [port("/dev/ttyS0", None, None), port("/dev/ttyUSB1", 0x10C4, 0xEA60, "0001"),
              port("/dev/ttyACM0", 0x303A, 0x1001), port("/dev/ttyACM1", 0x2341, 0x0043)]
    assert ports.found(listed) == [   # type: ignore[arg-type]
        ports.Port("/dev/ttyACM0", "the chip's own USB", ""), ports.Port("/dev/ttyUSB1", "CP210x", "0001")]


def test_the_only_board_is_meant_and_of_two_none() -> None:
    one, two = ports.Port("/dev/ttyUSB0", "CH340", ""), ports.Port("/dev/ttyUSB1", "CH340", "")
    assert ports.chosen(None, [one]) == "/dev/ttyUSB0"
    assert ports.chosen("COM3", [one, two]) == "COM3"
    with pytest.raises(FlashError, match="2 boards, at /dev/ttyUSB0, /dev/ttyUSB1: name one with --port"):
        ports.chosen(None, [one, two])
    with pytest.raises(FlashError, match="cable that carries data"):
        ports.chosen(None, [])


def test_a_port_that_is_not_there_or_not_ours_is_told(
        tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert main.main(["show", "--port", str(tmp_path / "ttyUSB7")]) == 1
    assert f"there is no port {tmp_path}/ttyUSB7" in capsys.readouterr().err
    no_port = tmp_path / "file"
    no_port.write_bytes(b"")
    assert main.main(["show", "--port", str(no_port)]) == 1
    assert f"{no_port} is no serial port" in capsys.readouterr().err
    assert main.main(["show", "--port", "socket://127.0.0.1:1"]) == 1
    told = capsys.readouterr().err
    assert "nothing answers at socket://127.0.0.1:1: is the bench running, with --serial-port?" in told
    monkeypatch.setattr(os, "access", lambda *_: False)   # root may open anything
    assert main.main(["show", "--port", str(no_port)]) == 1
    told = capsys.readouterr().err
    assert f"no permission for {no_port}: `sudo usermod -aG" in told
    assert "log in anew" in told


# -- what the board says it is


def said(**changes: object) -> str:
    return json.dumps({"platform": "esp32", "machine": "Generic ESP32 module with ESP32", "version": [1, 27, 0],
                       "mpy": 6, "ram_bytes": 170_000, "unique_id": "240ac4000001"} | changes)


def test_a_board_is_known_by_what_it_says() -> None:
    found = identify.read(said())
    assert (found.chip, found.has_psram, found.version) == ("esp32", False, (1, 27, 0))
    assert identify.board_for(found, None, "esp32_devkitc")["name"] == "esp32_devkitc"   # as it was
    with pytest.raises(FlashError, match=r"which board is it.*esp32_devkitc, esp32_relay_x4.*say so with --board"):
        identify.board_for(found, None, None)   # both have this chip; the wrong one's pilot drives a relay
    big = identify.read(said(machine="Generic ESP32S3 module with Octal-SPIRAM with ESP32S3", ram_bytes=8 << 20))
    assert (big.chip, big.has_psram) == ("esp32s3", True)
    assert identify.board_for(big, None, None)["profile"] == "full"
    assert identify.board_for(big, None, "esp32_s3_dc")["name"] == "esp32_s3_dc"   # as it was


@pytest.mark.parametrize(("changes", "complaint"), [
    ({"version": [1, 20, 0]}, "MicroPython 1.20.0 is too old, 1.24 or newer is needed: --micropython FILE"),
    ({"platform": "rp2", "machine": "Raspberry Pi Pico with RP2040"}, "no board for the firmware: Raspberry Pi Pico"),
    ({"machine": "ESP module with ESP8266"}, "wants an ESP32 or an ESP32-S3"),
    ({"version": "x"}, "does not say what it is"),
])
def test_a_board_that_will_not_do_is_refused(changes: dict[str, object], complaint: str) -> None:
    with pytest.raises(FlashError, match=complaint):
        identify.read(said(**changes))


def test_a_board_file_that_does_not_fit_is_refused() -> None:
    small = identify.read(said())
    with pytest.raises(FlashError, match="has an esp32s3, this one is an esp32: wrong board, or wrong --board"):
        identify.board_for(small, "esp32_s3_devkitc_1", None)
    with pytest.raises(FlashError, match=r"needs PSRAM, and MicroPython finds none.*SPIRAM_OCT"):
        identify.board_for(identify.read(said(machine="x with ESP32S3")), "esp32_s3_devkitc_1", None)
    with pytest.raises(FlashError, match="which board is it"):
        identify.board_for(identify.read(said(machine="x with ESP32S3")), None, None)


# -- settings

TOLD = {"identity": "CP1", "url": "ws://h:9100/ocpp", "authorization_key": "ab" * 16, "wifi_ssid": "Yard",
        "wifi_password": "long enough"}


@pytest.mark.parametrize(("changes", "complaint"), [
    ({"authorization_key": "12 34"}, "authorization_key must be 32 to 40 hexadecimal digits"),
    ({"identity": "a/b"}, "identity must be 1 to 48"),
    ({"url": "http://h"}, "url must start with ws"),
    ({"wifi_password": "short"}, "wifi_password must be 8 to 63"),
    ({"wifi_ssid": "x" * 33}, "at most 32 bytes"),
    ({"colour": "blue"}, "unknown key colour"),
])
def test_settings_that_cannot_be_are_refused_by_name(changes: dict[str, str], complaint: str) -> None:
    with pytest.raises(FlashError, match=complaint):
        settings.merged({}, TOLD | changes, "bench")


def test_half_of_the_settings_is_too_few_and_none_is_a_set_up_by_wifi() -> None:
    settings.complete(settings.merged({}, {}, "bench"), has_ca=False)
    with pytest.raises(FlashError, match="url, identity, authorization_key are missing"):
        settings.complete(settings.merged({}, {"wifi_ssid": "Yard", "wifi_password": ""}, "bench"), has_ca=False)
    with pytest.raises(FlashError, match="no certificate to judge the server by: name it with --ca"):
        settings.complete(settings.merged({}, TOLD | {"url": "wss://h/ocpp"}, "bench"), has_ca=False)


def test_what_the_board_has_stays_but_for_what_is_said() -> None:
    before = {**TOLD, "board": "bench", "written_at": "2026-01-01T00:00:00Z"}
    assert settings.merged(before, {}, "bench").changed is False
    wanted = settings.merged(before, {"identity": "CP2"}, "bench")
    assert wanted.changed
    assert wanted.settings["identity"] == "CP2"
    assert wanted.settings["authorization_key"] == TOLD["authorization_key"]
    assert wanted.settings["written_at"] > "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(("arguments", "complaint"), [
    (["--adopt", "192.168.1.2"], "--adopt URL and --code CODE go together"),
    (["--adopt", "ftp://x/y", "--code", "ABCD2345"], "HOST, HOST:PORT or http://HOST:PORT"),
    (["--key-file", "KEY"], "authorization_key must be 32 to 40 hexadecimal digits"),
    (["--key-file", "NOWHERE"], "No such file"),
    (["--settings", "KEY"], "is not JSON"),
    (["--ca", "KEY"], "is no certificate, neither PEM nor DER"),
    (["--micropython", "KEY"], "is no image for an ESP32"),
    (["--micropython", "NOWHERE"], "No such file"),
])
def test_bad_arguments_are_refused_before_the_board_is_touched(
        tmp_path: Path, arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "KEY").write_text("not a key")
    given = [str(tmp_path / word) if word in ("KEY", "NOWHERE") else word for word in arguments]
    assert main.main(["write", "--port", "socket://127.0.0.1:1", *given]) == 1
    told = capsys.readouterr().err
    assert complaint in told
    assert told.count("\n") == 1


def test_a_controller_that_is_none_is_told() -> None:
    with pytest.raises(FlashError, match=r"127.0.0.1:1 does not answer .*bollard-site serve"):
        settings.adopted("http://127.0.0.1:1", "ABCD2345", "s")


# -- after the reset


def followed(*lines: str, has_settings: bool = True) -> follow.Outcome:
    return follow.until_accepted(lines, lambda line: None, has_settings=has_settings, wifi="Yard", url="ws://h/ocpp")


@pytest.mark.parametrize(("lines", "complaint"), [
    (["wifi.absent", "wifi.absent"], "cannot join the WiFi 'Yard'"),
    (["link.failed error=HTTP status 401 wrong identity or key"], "does not take this identity and key"),
    (["link.failed error=[Errno 111] ECONNREFUSED"] * 3, "does not let it in .*ECONNREFUSED"),
    (["settings.refused board x: no board file"], "refuses to start: board x"),
    (["boot.rejected interval_s=60"], "accept it there first"),
    (["ImportError: no module named 'firmware'"], "does not start: ImportError"),
    (["charge_point.up"], "says nothing any more; the last was 'charge_point.up'"),
    ([], "is this its console's port"),
])
def test_what_keeps_it_from_being_accepted_is_said(lines: list[str], complaint: str) -> None:
    with pytest.raises(FlashError, match=complaint):
        followed(*lines)


def test_a_stumble_on_the_way_is_none() -> None:
    assert followed("wifi.absent", "link.failed error=x", "link.up", "boot.accepted interval_s=300") is (
        follow.Outcome.ACCEPTED)
    assert followed("settings.refused /settings.json is missing", "setup.waiting ssid=x", has_settings=False) is (
        follow.Outcome.WAITS)


# -- esptool

STAND_IN = """#!{python}
import json, pathlib, sys
here = pathlib.Path(__file__).parent
words = sys.argv[1:]
with (here / "calls").open("a") as file:
    file.write(json.dumps(words) + "\\n")
if words == ["version"]:
    print({said!r})
    sys.exit()
# as the real one: options before the command, then pairs of address and file
assert words[0::2][:3] == ["--chip", "--port", "--baud"] and words[1] in ("esp32", "esp32s3"), words
assert int(words[5]) > 0 and words[6] == {write!r}, words
assert int(words[7], 16) >= 0 and pathlib.Path(words[8]).read_bytes()[0] == 0xE9 and len(words) == 9, words
sys.exit({status})
"""


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    def make(said: str = "esptool v5.1.0\n5.1.0", write: str = "write-flash", status: int = 0) -> Path:
        program = tmp_path / "esptool"
        program.write_text(STAND_IN.format(python=sys.executable, said=said, write=write, status=status))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.defpath}")
        return tmp_path / "calls"
    return make


@pytest.mark.parametrize(("version", "write", "chip", "name", "offset"), [
    ("esptool v5.1.0\n5.1.0", "write-flash", 0, "esp32", "0x1000"),
    ("esptool.py v4.8.1\n4.8.1", "write_flash", 9, "esp32s3", "0x0"),
])
def test_esptool_is_called_as_its_version_wants_it(
        stand_in: Callable[..., Path], tmp_path: Path, version: str, write: str, chip: int, name: str,
        offset: str) -> None:
    calls = stand_in(version, write)
    image = binary(tmp_path / "m.bin", chip=chip)
    esptool.write("/dev/ttyUSB0", micropython.read(image), image)
    told = [json.loads(line) for line in calls.read_text().splitlines()]
    assert told == [
        ["version"], ["--chip", name, "--port", "/dev/ttyUSB0", "--baud", "460800", write, offset, str(image)]]


def test_without_esptool_it_is_said_how_to_get_it(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("BOLLARD_ESPTOOL", raising=False)
    image = binary(tmp_path / "m.bin")
    assert main.main(["write", "--port", "/dev/ttyUSB0", "--micropython", str(image)]) == 1
    told = capsys.readouterr().err
    assert "esptool is needed to write MicroPython, and it is not here: `pipx install esptool`" in told
    monkeypatch.setenv("BOLLARD_ESPTOOL", "/nowhere/esptool")
    with pytest.raises(FlashError, match="BOLLARD_ESPTOOL names /nowhere/esptool, which is no program"):
        esptool.program()


def test_an_esptool_that_fails_or_is_none_is_told(stand_in: Callable[..., Path], tmp_path: Path) -> None:
    image = binary(tmp_path / "m.bin")
    stand_in(status=2)
    with pytest.raises(FlashError, match=r"esptool has failed.*m.bin is for the esp32; .*BOOT button"):
        esptool.write("/dev/ttyUSB0", micropython.read(image), image)
    stand_in("hello")
    with pytest.raises(FlashError, match="does not say which version of esptool it is: 'hello'"):
        esptool.write("/dev/ttyUSB0", micropython.read(image), image)


def test_a_micropython_for_another_chip_is_refused_before_anything_is_written(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    image = binary(tmp_path / "m.bin", chip=9, size_code=3)
    assert main.main(["write", "--port", "/dev/ttyUSB0", "--board", "esp32_devkitc", "--micropython", str(image)]) == 1
    assert "m.bin is for the esp32s3, the board esp32_devkitc has an esp32" in capsys.readouterr().err


def test_a_dry_run_with_micropython_only_says_what_it_would_call(
        stand_in: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calls = stand_in()
    image = binary(tmp_path / "m.bin")
    assert main.main(["write", "--port", "socket://127.0.0.1:1", "--dry-run", "--micropython", str(image)]) == 1
    assert "MicroPython would be written by:" in capsys.readouterr().out
    assert calls.read_text() == '["version"]\n'


def test_the_image_header_that_a_board_is_flashed_by_is_judged(tmp_path: Path) -> None:
    image = binary(tmp_path / "m.bin")
    image.write_bytes(struct.pack("<B", 0x7F) + image.read_bytes()[1:])
    with pytest.raises(FlashError, match="is no image for an ESP32"):
        micropython.read(image)


# -- reset by the lines of the USB chip


class Lines:
    """RTS and DTR as boards have them: two transistors, each on while its own line is set and the other is not."""

    def __init__(self) -> None:
        self.rts_set = self.dtr_set = True
        self.now_s = 0.0
        self.let_go: list[tuple[float, bool]] = []   # when EN rose, and …
        self.low_s: list[float] = []                 # … when GPIO 0 was pulled low

    def _moved(self, was_held: bool) -> None:
        if (was_held and not self.rts_set) or (was_held and self.dtr_set):
            self.let_go.append((self.now_s, self.dtr_set and not self.rts_set))
        if self.dtr_set and not self.rts_set:
            self.low_s.append(self.now_s)

    def __setattr__(self, name: str, value: object) -> None:
        if name not in ("rts", "dtr"):
            super().__setattr__(name, value)
            return
        was_held = self.rts_set and not self.dtr_set
        super().__setattr__(f"{name}_set", value)
        self._moved(was_held)


@pytest.mark.parametrize("own_usb", [False, True])
def test_a_reset_by_the_lines_starts_the_program_and_not_the_bootloader(
        monkeypatch: pytest.MonkeyPatch, own_usb: bool) -> None:
    lines = Lines()
    pressed = prompt.Prompt.__new__(prompt.Prompt)
    pressed.port, pressed._transport = "/dev/ttyUSB0", SimpleNamespace(serial=lines)
    monkeypatch.setattr(prompt.time, "sleep", lambda s: setattr(lines, "now_s", lines.now_s + s))
    monkeypatch.setattr(prompt.ports.list_ports, "comports", lambda: [
        SimpleNamespace(device="/dev/ttyUSB0", vid=0x303A if own_usb else 0x10C4)])
    pressed._press_reset()
    [(at_s, is_bootloader)] = lines.let_go
    assert not is_bootloader
    assert all(low_s > at_s + 0.1 for low_s in lines.low_s)   # the chip reads its pins within a few ms
    assert lines.dtr_set == own_usb


# -- a USB port that goes and comes


def test_a_port_is_let_go_though_the_board_has_gone() -> None:
    closed = []

    class Gone:
        def close(self) -> None:
            raise OSError(errno.EIO, "the lines cannot be moved")   # as mpremote's own, before it closes the port

        serial = SimpleNamespace(close=lambda: closed.append(True))

    held = prompt.Prompt.__new__(prompt.Prompt)
    held._transport = Gone()
    held.close()
    assert closed == [True]


def test_a_port_that_is_away_after_a_reset_is_waited_for(tmp_path: Path) -> None:
    port, slept_s = tmp_path / "ttyACM0", []

    def sleep(s: float) -> None:
        slept_s.append(s)
        if len(slept_s) == 3:
            port.touch()

    ports.wait_for(str(port), sleep=sleep)
    assert len(slept_s) == 3
    ports.wait_for("socket://127.0.0.1:1", sleep=sleep)
    assert len(slept_s) == 3
    slept_s.clear()
    ports.wait_for(str(tmp_path / "never"), sleep=sleep)
    assert sum(slept_s) == pytest.approx(10)
