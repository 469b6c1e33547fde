"""`bollard-flash`: the firmware on a board that hangs on a cable, or in the image that a simulated one starts from."""
import argparse
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from hardware.bench import board as boards
from hardware.bench.image import MAIN_PY
from hardware.bench.world import CACHE
from hardware.flash import care, identify, image, ports, selftest, settings, write
from hardware.flash.errors import FlashError
from hardware.flash.micropython import SIZES
from hardware.flash.prompt import BoardError, Prompt

_QUIET_FOR_EVER_S = float("inf")


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="bollard-flash", description="Put the firmware on a board, and look after it.")
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    cable = argparse.ArgumentParser(add_help=False)
    cable.add_argument("--port", help="serial port; default: the only board there is. On the bench: socket://HOST:PORT")

    commands.add_parser("boards", help="the serial ports that are boards", description="List boards by their USB ids.")
    commands.add_parser("show", parents=[cable], help="chip, PSRAM and MicroPython of a board",
                        description="Ask a board what it is. Its firmware is stopped for that, and starts again.")
    _add_write(commands.add_parser(
        "write", parents=[cable], help="MicroPython, firmware, settings, clock; then follow it until it is accepted",
        description="Bring firmware and settings to a board: only files that differ, compared by hash. A charge that "
                    "runs is interrupted. At whatever moment the cable is pulled, the old firmware starts or the new."))
    commands.add_parser("repl", parents=[cable], help="MicroPython's prompt (mpremote; Ctrl-] leaves it)")
    commands.add_parser("logs", parents=[cable], help="what the firmware says, until Ctrl-C; it is not disturbed")
    doctor = commands.add_parser("doctor", parents=[cable], help="memory, flash, WiFi, reader, meters, pins",
                                 description="Look at its parts through its own firmware, coils off. Exit status 1 if "
                                             "one is not well.")
    doctor.add_argument("--board", metavar="NAME", help="default: what its settings name")
    tested = commands.add_parser(
        "selftest", parents=[cable], help="with a test plug: what the hardware does; a report",
        description="Go through lamps, reader, pilot, contactor and protections together with a person who has a test "
                    "plug. No car, no load: the contactor closes.")
    tested.add_argument("--board", metavar="NAME", help="default: what its settings name")
    tested.add_argument("--to", type=Path, metavar="FILE", help="of the report; default: selftest-NAME.md")
    backup = commands.add_parser("backup", parents=[cable], help="settings, key and records as one file",
                                 description="`write --settings` takes the file for a board in its place.")
    backup.add_argument("--to", type=Path, metavar="FILE", help="default: by the charge point's name and the day")
    reset = commands.add_parser("factory-reset", parents=[cable], help="forget settings, key and records",
                                description="The firmware stays, and opens its own WiFi to be set up.")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    reset.add_argument("--lose-transactions", action="store_true", help="even if some were never delivered")
    _add_image(commands.add_parser(
        "image", help="make one flash image: MicroPython, the compiled firmware, its settings",
        description="Write firmware.bin, vfs.bin and flasher_args.json into a folder: what Wokwi loads, and what "
                    "esptool writes to a real board."))
    return top


def _add_write(command: argparse.ArgumentParser) -> None:
    command.add_argument("--board", metavar="NAME", help="board file; default: what its settings name, or of an S3 "
                                                         "with PSRAM the reference board; " + "; ".join(boards.names()))
    command.add_argument("--micropython", type=Path, metavar="FILE",
                         help="first write this .bin of micropython.org, by esptool; files on the board stay")
    command.add_argument("--flash-size", choices=list(SIZES), help="of the board, if MicroPython was made for another")
    command.add_argument("--settings", type=Path, metavar="FILE", help="settings.json, also in part; or a backup")
    command.add_argument("--wifi", metavar="NAME", help="the site's network; its password is asked for")
    command.add_argument("--wifi-password-file", type=Path, metavar="FILE", help="or read from here")
    command.add_argument("--adopt", metavar="URL", help="local controller that gives identity, key and address …")
    command.add_argument("--code", help="… for this one-time code (`bollard-site adoption-code`)")
    command.add_argument("--identity", help="OCPP identity")
    command.add_argument("--url", help="ws://HOST:PORT/ocpp or wss://…")
    command.add_argument("--key-file", type=Path, metavar="FILE", help="with the AuthorizationKey, 32 to 40 hex digits")
    command.add_argument("--ca", type=Path, metavar="FILE", help="certificate to judge a wss:// server by, PEM or DER")
    command.add_argument("--dry-run", action="store_true", help="tell what would be written, and write nothing")
    command.add_argument("--no-wait", action="store_true", help="do not follow the board after its reset")
    command.add_argument("--wait-s", type=float, default=180, metavar="S", help="follow so long (default: %(default)s)")


def _add_image(baked: argparse.ArgumentParser) -> None:
    baked.add_argument("--micropython", type=Path, required=True, metavar="FILE",
                       help="the .bin of the board's page on micropython.org, 1.24 or newer")
    baked.add_argument("--board", required=True, metavar="NAME", help="; ".join(boards.names()))
    baked.add_argument("--settings", type=Path, metavar="FILE", help="settings.json of the charge point")
    baked.add_argument("--out", type=Path, default=Path("build"), metavar="FOLDER", help="default: build")
    baked.add_argument("--flash-size", choices=list(SIZES), help="of the board, if MicroPython was made for another")
    baked.add_argument("--stand-alone", action="store_true",
                       help="with a small central system inside, for a simulator alone; not for a real board")


def _image(args: argparse.Namespace) -> int:
    told = image.bake(args.micropython, args.board, args.settings, args.out, CACHE, flash_size=args.flash_size,
                      stand_alone=args.stand_alone)
    pairs = " ".join(f"{offset} {name}" for offset, name in told["flash_files"].items())
    print(f"wrote {args.out}/flasher_args.json for a flash of {told['flash_settings']['flash_size']}")
    print(f"to a real board: cd {args.out} && esptool --chip {told['extra_esptool_args']['chip']} write-flash {pairs}")
    return 0


def _boards(args: argparse.Namespace) -> int:
    found = ports.found()
    for port in found:
        print(f"{port.name}  {port.usb}  {port.serial}".rstrip())
    if not found:
        raise FlashError("no board is found: plug one in with a cable that carries data")
    return 0


def _port(args: argparse.Namespace) -> str:
    return args.port if args.port else ports.chosen(None, ports.found())


def _show(args: argparse.Namespace) -> int:
    with Prompt(_port(args)) as prompt:
        prompt.enter()
        try:
            print(identify.look(prompt))
        finally:
            prompt.reset()
    return 0


def _write(args: argparse.Namespace) -> int:
    write.run(args, _port(args), CACHE, Console(soft_wrap=True))
    return 0


def _repl(args: argparse.Namespace) -> int:
    port = _port(args)
    ports.check(port)
    print("Ctrl-C stops the firmware, and half a minute later its watchdog starts it anew, unless you type: "
          "from firmware.setup import console; console.stay()")
    return subprocess.call([sys.executable, "-m", "mpremote", "connect", port, "resume", "repl"])


def _logs(args: argparse.Namespace) -> int:
    with Prompt(_port(args)) as prompt:
        try:
            for line in prompt.lines(_QUIET_FOR_EVER_S):
                print(line, flush=True)
        except KeyboardInterrupt:
            pass
    return 0


def _doctor(args: argparse.Namespace) -> int:
    with Prompt(_port(args)) as prompt:
        prompt.enter()
        try:
            found = identify.look(prompt)
            told = settings.of_board(prompt.read("/settings.json"))
            board = identify.board_for(found, args.board, told.get("board"))
            findings = [care.Finding("board", None, str(found)),
                        *care.examined(prompt, told, str(board["name"]), MAIN_PY)]
        finally:
            prompt.reset()
    console = Console(soft_wrap=True)
    for finding in findings:
        _tell(console, finding)
    return 1 if any(finding.well is False for finding in findings) else 0


class _AtTheKeyboard:
    def __init__(self, prompt: Prompt) -> None:
        self._prompt = prompt

    def do(self, what: str) -> None:
        self.types(f"→ {what}, then Enter ")

    def sees(self, question: str) -> bool:
        return self.types(f"? {question} (y/n) ").strip().lower().startswith("y")

    def types(self, question: str) -> str:
        with self._prompt.waiting():
            return input(question)


def _selftest(args: argparse.Namespace) -> int:
    console = Console(soft_wrap=True)
    with Prompt(_port(args)) as prompt:
        prompt.enter()
        try:
            found = identify.look(prompt)
            told = settings.of_board(prompt.read("/settings.json"))
            board = identify.board_for(found, args.board, told.get("board"))
            test = selftest.Selftest(prompt, board, _AtTheKeyboard(prompt), lambda finding: _tell(console, finding))
            findings = test.run(MAIN_PY)
        finally:
            prompt.reset()   # also out of the middle: coils are off, as at every start
    name = told.get("identity", f"board {found.unique_id}")
    to = args.to or Path(f"selftest-{name.replace('/', '_')}.md")
    selftest.save(selftest.report(findings, name, str(board["name"]), str(found)), to)
    print(f"wrote {to}")
    return 1 if any(finding.well is False for finding in findings) else 0


def _tell(console: Console, finding: care.Finding) -> None:
    mark, style = {True: ("well", "green"), False: ("NOT WELL", "red"), None: ("-", "")}[finding.well]
    console.print(f"{finding.what:<18}{mark:<10}{finding.words}", style=style, highlight=False, markup=False)


def _backup(args: argparse.Namespace) -> int:
    if args.to:
        care.must_be_new(args.to)   # before the firmware is stopped for nothing
    with Prompt(_port(args)) as prompt:
        prompt.enter()
        try:
            prompt.load("files")
            told = settings.of_board(prompt.read("/settings.json"))
            day = datetime.now(UTC).strftime("%Y-%m-%d")
            to = args.to or Path(f"{told.get('identity', 'board').replace('/', '_')}-{day}.tar")
            names = care.backup(prompt, to)
        finally:
            prompt.reset()
    print(f"wrote {to} (it holds the key: keep it safe): {', '.join(names)}")
    return 0


def _factory_reset(args: argparse.Namespace) -> int:
    with Prompt(_port(args)) as prompt:
        prompt.enter()
        try:
            prompt.load("files")
            owed = care.owed(prompt, MAIN_PY)
            if not owed and not args.lose_transactions and care.has_records(prompt):
                raise FlashError("it cannot be known whether this board owes transactions: its firmware does not run, "
                                 "and it has records. Bring the firmware back (bollard-flash write) and let it "
                                 "connect, keep them (bollard-flash backup), or say --lose-transactions")
            if owed and (owed.messages or owed.transactions) and not args.lose_transactions:
                raise FlashError(f"{owed.messages} messages of this board were never delivered, {owed.transactions} "
                                 "transactions are not ended: their energy would never be billed. Let it connect "
                                 "first, or say --lose-transactions")
            name = settings.of_board(prompt.read("/settings.json")).get("identity", "this board")
            if not args.yes and _AtTheKeyboard(prompt).types(
                    f"forget settings, key and records of {name}? Type yes: ").strip() != "yes":
                raise FlashError("nothing was changed")
            prompt.load("files")
            care.forget(prompt)
        finally:
            prompt.reset()
    print("settings, key and records are forgotten; the board opens its own WiFi now, or: bollard-flash write")
    return 0


_DO: dict[str, Callable[[argparse.Namespace], int]] = {
    "image": _image, "boards": _boards, "show": _show, "write": _write, "repl": _repl, "logs": _logs, "doctor": _doctor,
    "selftest": _selftest, "backup": _backup, "factory-reset": _factory_reset,
}


def main(arguments: Sequence[str] | None = None) -> int:
    args = parser().parse_args(arguments)
    try:
        return _DO[args.command](args)
    except BoardError as error:
        print(f"bollard-flash: the board could not do it ({error}): try again; `bollard-flash repl` lets you look",
              file=sys.stderr)
        return 1
    except FlashError as error:
        print(f"bollard-flash: {error}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, EOFError):
        print("\nbollard-flash: stopped; the board starts by itself, with the firmware that is whole", file=sys.stderr)
        return 130


def cli() -> None:
    sys.exit(main())


if __name__ == "__main__":
    cli()
