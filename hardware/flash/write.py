"""`bollard-flash write`: from a board on a cable to a charge point that its central system has accepted."""
import json
import time
from argparse import Namespace
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from hardware.bench import board as boards
from hardware.bench import image as bench_image
from hardware.flash import esptool, follow, identify, install, micropython, ports, settings
from hardware.flash.errors import FlashError
from hardware.flash.prompt import Prompt


def run(args: Namespace, port: str, cache: Path, console: Console) -> None:
    told, ca_der = _told(args, console)
    if args.board:
        identify.check_name(args.board)
    if args.micropython:
        _write_micropython(args, port, console)
    with Prompt(port) as prompt:
        prompt.enter()
        try:
            wanted = _brought(args, prompt, told, ca_der, cache, console)
        except FlashError:
            with suppress(FlashError):
                prompt.reset()   # its firmware need not wait half a minute for the watchdog
            raise
        prompt.reset()
        if wanted is None or args.no_wait:
            return
        began_s = time.monotonic()
        outcome = follow.until_accepted(
            prompt.lines(follow.QUIET_S),
            lambda line: console.print(f"  {line}", style="dim", highlight=False, markup=False),
            has_settings=bool(wanted.settings), wifi=wanted.settings.get("wifi_ssid", ""),
            url=wanted.settings.get("url", ""), within_s=args.wait_s)
        name = wanted.settings.get("identity", "the board")
        console.print(f"{name} {outcome.value}, {time.monotonic() - began_s:.0f} s after its reset", highlight=False)


def _brought(args: Namespace, prompt: Prompt, told: dict[str, Any], ca_der: bytes | None, cache: Path,
             console: Console) -> settings.Wanted | None:
    """All of it up to the reset; None where it was only to be told."""
    found = identify.look(prompt)
    console.print(f"board       {found}", highlight=False, markup=False)
    prompt.load("files")
    main = prompt.read(install.MAIN)
    has_ca = prompt.read("/ca.der") is not None
    before = settings.of_board(install.pending(prompt, main, "/settings.json") or prompt.read("/settings.json"))
    have = install.listed(prompt)
    board = identify.board_for(found, args.board or told.get("board"),
                               before.get("board") or install.only_board(have, main, bench_image.MAIN_PY))
    name = str(board["name"])
    told.pop("board", None)
    files = bench_image.firmware_files(name, cache)
    _check_mpy(files, found)
    wanted = settings.merged(before, told, name, ca_der=ca_der)
    if not args.adopt:
        settings.complete(wanted, has_ca)
    plan = install.planned(have, main, files)
    _tell_plan(console, plan, board, before, wanted, args)
    if args.dry_run:
        console.print("nothing was written (--dry-run)")
        return None
    install.settle(prompt, main)
    if plan:
        _write(prompt, plan, console)
    if args.adopt:
        wanted = _adopt(args, before, told, name, ca_der, has_ca, found.unique_id, console)
    try:
        _put_settings(prompt, plan, wanted)
        if plan:
            install.swapped(prompt, plan)
    except FlashError as error:
        again = "; the code is used up: make a new one, the board keeps its identity" if args.adopt else ""
        raise FlashError(f"{error}{again}") from None
    prompt.run(_clock(datetime.now(UTC)))
    return wanted


def _told(args: Namespace, console: Console) -> tuple[dict[str, str], bytes | None]:
    """What the person says about settings, all of it judged before anything is touched."""
    told: dict[str, Any] = {}
    ca_der = None
    if args.settings:
        told, ca_der = settings.of_file(args.settings)
    for key in ("identity", "url"):
        if getattr(args, key):
            told[key] = getattr(args, key)
    if args.key_file:
        told["authorization_key"] = settings.key_of(args.key_file)
    if args.wifi:
        told["wifi_ssid"] = args.wifi
        told["wifi_password"] = (settings.key_of(args.wifi_password_file) if args.wifi_password_file else
                                 console.input(f"password of {args.wifi} (nothing: an open network): ", password=True))
    elif args.wifi_password_file:
        raise FlashError("--wifi-password-file goes with --wifi NAME")
    if args.ca:
        ca_der = settings.ca_of(args.ca)
    for key, value in told.items():
        if problem := settings.wrong(key, value):
            raise FlashError(f"{args.settings}: {problem}" if args.settings and key in told else problem)
    if bool(args.adopt) != bool(args.code):
        raise FlashError("--adopt URL and --code CODE go together: `bollard-site adoption-code` prints a code")
    if args.adopt:
        settings.controller_url(args.adopt)
    return told, ca_der


def _write_micropython(args: Namespace, port: str, console: Console) -> None:
    chip = micropython.read(args.micropython, args.flash_size)
    named = boards.load(args.board)["chip"] if args.board else chip.chip
    if chip.chip != named:
        raise FlashError(f"{args.micropython.name} is for the {chip.chip}, the board {args.board} has an {named}")
    if args.dry_run:
        console.print(f"MicroPython would be written by: {' '.join(esptool.command(port, chip, args.micropython))}",
                      highlight=False)
        return
    esptool.write(port, chip, args.micropython)
    ports.wait_for(port)


def _check_mpy(files: dict[str, bytes], found: identify.Found) -> None:
    version = next(content[1] for path, content in files.items() if path.endswith(".mpy"))
    if found.mpy != version:
        raise FlashError(f"this MicroPython loads compiled files of version {found.mpy}, these are of version "
                         f"{version}: write a MicroPython of the same year (--micropython FILE)")


def _tell_plan(console: Console, plan: install.Plan | None, board: Any, before: dict[str, str],
               wanted: settings.Wanted, args: Namespace) -> None:
    tell: Callable[[str], None] = lambda text: console.print(text, highlight=False, markup=False)   # noqa: E731
    tell(f"board file  {board['name']}, profile {board['profile']}")
    if plan:
        there = len(plan.files) - len(plan.send) - len(plan.copy)
        tell(f"firmware    {len(plan.files)} files for {plan.slot}: {len(plan.send)} to send "
             f"({plan.send_bytes >> 10} KiB), {len(plan.copy)} unchanged, {there} there already")
    else:
        tell("firmware    up to date")
    if args.adopt:
        tell(f"settings    identity, key and address from {settings.controller_url(args.adopt)}")
    elif wanted.changed:
        keys = [key for key, value in wanted.settings.items() if before.get(key) != value and key != "written_at"]
        tell(f"settings    {', '.join(keys)}")
    else:
        tell("settings    " + ("as they are" if wanted.settings else "none: the board opens its own WiFi to be set up"))


def _write(prompt: Prompt, plan: install.Plan, console: Console) -> None:
    sizes = {
        install.COPYING: sum(len(plan.files[new.removeprefix(plan.slot)]) for _, new in plan.copy),
        install.WRITING: plan.send_bytes, install.COMPARING: sum(map(len, plan.files.values())),
    }
    with Progress(TextColumn("{task.description:<28}"), BarColumn(), DownloadColumn(), TimeElapsedColumn(),
                  console=console) as bars:
        tasks = {what: bars.add_task(what, total=size) for what, size in sizes.items() if size}
        install.written(prompt, plan, lambda what, count: bars.advance(tasks[what], count) if what in tasks else None)


def _adopt(args: Namespace, before: dict[str, str], told: dict[str, str], board: str, ca_der: bytes | None,
           has_ca: bool, serial: str, console: Console) -> settings.Wanted:
    """Last of all that may fail for other reasons: a code is good once."""
    url = settings.controller_url(args.adopt)
    trial = settings.merged(before, {**told, "identity": "x", "url": "ws://x", "authorization_key": "0" * 32}, board)
    settings.complete(trial, True)
    given, given_ca = settings.adopted(url, args.code, serial, args.ca)
    console.print(f"adopted     as {given['identity']} by {url}", highlight=False)
    wanted = settings.merged(before, {**told, **given}, board, ca_der=given_ca or ca_der)
    settings.complete(wanted, has_ca)
    return wanted


def _put_settings(prompt: Prompt, plan: install.Plan | None, wanted: settings.Wanted) -> None:
    """Beside a new firmware, which takes them at its first start; else in their place."""
    for path, content in (("/ca.der", wanted.ca_der),
                          ("/settings.json", json.dumps(dict(wanted.settings)).encode() if wanted.changed else None)):
        if content is not None:
            install.replaced(prompt, plan.slot + path if plan else path, content)


def _clock(now: datetime) -> str:
    return (f"import machine\nmachine.RTC().datetime(({now.year}, {now.month}, {now.day}, {now.weekday()}, {now.hour}, "
            f"{now.minute}, {now.second}, 0))")
