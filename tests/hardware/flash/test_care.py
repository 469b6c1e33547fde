"""What one does with a board that has the firmware: doctor, backup, factory-reset; and boards that will not do."""
import tarfile
import threading
from pathlib import Path

import pytest

from hardware.bench import station
from hardware.bench.charge_point import ChargePoint
from hardware.bench.image import MAIN_PY
from hardware.flash import care, install, main, settings
from hardware.flash import prompt as prompt_module
from hardware.flash.prompt import Full, Prompt
from tests.hardware.flash.virtual import Virtual

SETTINGS = {"url": "ws://127.0.0.1:1/ocpp", "authorization_key": "ab" * 16}
LEFT_OVERS = ("/settings.json.new", "/ca.der.new")


@pytest.fixture(scope="module")
def board(world: Virtual) -> ChargePoint:
    """Configured, with its firmware running; nobody answers at its URL."""
    made = world.board("yard-CP9", configured=True, **SETTINGS)
    world.until(lambda: any("charge_point.up" in line for line in made.console), "it is up")
    return made


def command(board: ChargePoint, *arguments: str) -> int:
    return main.main([arguments[0], "--port", str(board.serial_line), *arguments[1:]])


def test_the_doctor_finds_a_board_well(board: ChargePoint, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(board, "doctor") == 0
    told = {line.split("  ")[0].strip(): line for line in capsys.readouterr().out.splitlines()}
    assert f"{station.SSID}, -58 dBm" in told["WiFi"]
    assert "answers" in told["reader"]
    assert "0 W" in told["meter 1"]
    assert "12.0 V" in told["pilot 1"]
    assert "no car" in told["pilot 1"]
    assert all("NOT WELL" not in line for line in told.values())


def test_the_doctor_says_what_is_not_well(
        world: Virtual, board: ChargePoint, capsys: pytest.CaptureFixture[str]) -> None:
    for kind in ("reader", "estop", "meter"):
        world.call(lambda kind=kind: board.set_fault(1, kind, True))
    try:
        assert command(board, "doctor") == 1
    finally:
        world.call(lambda: board.clear_all(1))
    told = {line.split("  ")[0].strip(): line for line in capsys.readouterr().out.splitlines()}
    assert {what for what, line in told.items() if "NOT WELL" in line} == {"reader", "emergency stop", "meter 1"}
    assert "unit 1 silent" in told["meter 1"]
    assert "pressed, or its wire is off" in told["emergency stop"]


def test_the_doctor_is_not_taken_for_lost_while_a_network_is_not_there(
        world: Virtual, board: ChargePoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """mpremote gives up after 10 s without a word; the join takes longer. Here 2 s, with a word in each."""
    doctor = (prompt_module.ON_BOARD / "doctor.py").read_text()
    (tmp_path / "doctor.py").write_text(doctor.replace("_JOIN_S = 15", "_JOIN_S = 2"))
    monkeypatch.setattr(prompt_module, "ON_BOARD", tmp_path)
    with Prompt(str(board.serial_line)) as prompt:
        prompt.enter()
        assert care.go_where_it_runs(prompt, MAIN_PY)
        prompt.load("doctor")
        world.call(lambda: board.set_link(False))
        try:
            said = prompt.run("wifi('nobody', 'nothing')").splitlines()
        finally:
            world.call(lambda: board.set_link(True))
        prompt.reset()
    assert said[:2] == ["", ""]
    assert "nobody could not be joined" in said[2]


def owe_a_transaction(board: ChargePoint) -> None:
    """Its Start is on flash, and nobody has taken it."""
    with Prompt(str(board.serial_line)) as prompt:
        prompt.enter()
        assert care.owed(prompt, MAIN_PY) == care.Owed(0, 0)
        prompt.run("from firmware.modules import on_demand\nfrom firmware.store.queue import Queue\n"
                   "try:\n os.mkdir('/data')\nexcept OSError:\n pass\n"
                   "q = Queue()\non_demand('store.recovery').load(q)\nq.start('{}')")
        prompt.reset()


def test_a_backup_has_settings_and_records_and_only_its_owner_reads_it(
        board: ChargePoint, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    owe_a_transaction(board)
    to = tmp_path / "kept.tar"
    assert command(board, "backup", "--to", str(to)) == 0
    assert to.stat().st_mode & 0o777 == 0o600
    with tarfile.open(to) as archive:
        names = archive.getnames()
        file = archive.extractfile("settings.json")
        assert file
        assert b'"identity": "yard-CP9"' in file.read()
    assert "data/queue" in names
    capsys.readouterr()
    assert command(board, "backup", "--to", str(to)) == 1   # never over another
    assert "is there already" in capsys.readouterr().err
    told, ca_der = settings.of_file(to)   # what `write --settings` makes of it, for a board in its place
    assert (told["identity"], told["authorization_key"], ca_der) == ("yard-CP9", "ab" * 16, None)


def test_a_factory_reset_never_forgets_what_was_not_billed(
        world: Virtual, board: ChargePoint, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(board, "factory-reset", "--yes") == 1
    assert "1 messages of this board were never delivered" in capsys.readouterr().err
    assert world.file(board, "/settings.json")
    with Prompt(str(board.serial_line)) as prompt:   # firmware that does not run cannot say what it owes
        prompt.enter()
        prompt.run("import os\nos.rename('/main.py', '/away')")
        for path in LEFT_OVERS:   # of a write whose cable was pulled
            prompt.run(f"f = open({path!r}, 'w')\nf.write('key')\nf.close()")
        prompt.reset()
    assert command(board, "factory-reset", "--yes") == 1
    assert "it cannot be known whether this board owes transactions" in capsys.readouterr().err
    assert world.file(board, "/data/queue")
    with Prompt(str(board.serial_line)) as prompt:
        prompt.enter()
        prompt.run("import os\nos.rename('/away', '/main.py')")
        prompt.reset()
    assert command(board, "factory-reset", "--yes", "--lose-transactions") == 0
    assert [path for path in LEFT_OVERS if world.file(board, path) is not None] == []   # they hold password and key
    capsys.readouterr()
    assert world.file(board, "/settings.json") is None
    assert world.file(board, "/data/queue") is None
    assert world.file(board, "/firmware/main.mpy")
    world.until(lambda: "settings.refused /settings.json is missing" in board.console, "it starts without settings")


def test_flash_that_is_full_is_said_and_the_old_firmware_stays(world: Virtual, board: ChargePoint) -> None:
    with Prompt(str(board.serial_line)) as prompt:
        prompt.enter()
        prompt.load("files")
        before = prompt.read(install.MAIN)
        for name, leaves in (("at once", 200_000), ("in the middle", 0)):
            free = int(prompt.run("free()").split()[0])
            prompt.run(f"f = open('/photos', 'wb')\nfor _ in range({(free - leaves) // 4096 - 8}):\n"
                       " f.write(bytes(4096))\nf.close()")
            files = {"/main.py": MAIN_PY, **{f"/firmware/{n}.mpy": bytes(20_000) for n in range(10)}}
            plan = install.planned(install.listed(prompt), before, files)
            assert plan
            told = pytest.MonkeyPatch()
            if name == "in the middle":   # what the look before did not see: somebody else fills it meanwhile
                told.setattr(install.Plan, "new_bytes", -install._SPARE_BYTES)
            with pytest.raises(Full, match="the old firmware stays"):
                install.written(prompt, plan, lambda what, count: None)
            told.undo()
            assert prompt.read(install.MAIN) == before
            prompt.run("gone('/photos')\ngone('/a')")
        prompt.reset()


def test_a_program_that_swallows_ctrl_c_gives_in_at_last(world: Virtual, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its main.py catches each Ctrl-C, as `except:` does, and goes on; the third time it is tired of it."""
    monkeypatch.setattr("hardware.flash.prompt._TRY_S", 0.4)
    busy = (b"import time\nfor _ in range(3):\n    try:\n        while True:\n            time.sleep_ms(10)\n"
            b"    except KeyboardInterrupt:\n        print('not now')\n")
    board = world.board("busy", firmware={"/main.py": busy})
    with Prompt(str(board.serial_line)) as prompt:
        prompt.enter()
        assert prompt.run("print(6 * 7)") == "42\n"
    assert sum("not now" in line for line in world.call(lambda: list(board.console))) == 3


def test_a_board_that_never_answers_is_told_in_one_sentence(world: Virtual, capsys: pytest.CaptureFixture[str],
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    monkeypatch.setattr("hardware.flash.prompt.PATIENCE_S", 0)
    monkeypatch.setattr("hardware.flash.prompt._TRY_S", 0.2)
    held = []
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        threading.Thread(target=lambda: held.append(deaf.accept()), daemon=True).start()
        assert main.main(["show", "--port", f"socket://127.0.0.1:{deaf.getsockname()[1]}"]) == 1
    told = capsys.readouterr().err
    assert "no MicroPython prompt answers at socket://" in told
    assert "--micropython FILE" in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(("arguments", "complaint"), [
    (["--board", "esp32_s3_devkitc_1"], "has an esp32s3, this one is an esp32: wrong board"),
    (["--board", "nonsense"], "there is no board 'nonsense'"),
])
def test_a_wrong_board_is_refused_and_nothing_is_written(
        world: Virtual, board: ChargePoint, arguments: list[str], complaint: str,
        capsys: pytest.CaptureFixture[str]) -> None:
    before = world.file(board, "/main.py")
    assert command(board, "write", *arguments) == 1
    assert complaint in capsys.readouterr().err
    assert world.file(board, "/main.py") == before
