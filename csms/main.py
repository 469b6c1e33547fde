"""bollard-csms: the command line of the CSMS. `serve` wires everything (service.py) and runs it until a signal.

Commands import what they need themselves: a word of help or a complaint should not wait for a database library.
"""

import argparse
import asyncio
import gc
import getpass
import re
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from csms import config
from csms.config import BadSettings, Settings
from csms.domain.errors import CsmsError
from ocppj import log

_DEFAULT_FILE = Path("csms.toml")


class UserError(Exception):
    """One line for the person at the keyboard."""


def cli(argv: Sequence[str] | None = None) -> None:
    """Entry of the console script. Exit status 1 and one line on stderr for what a person can put right."""
    args = _parser().parse_args(argv)
    try:
        path: Path | None = args.config
        if path is None and _DEFAULT_FILE.is_file():
            path = _DEFAULT_FILE
        settings = config.load(path)
        log.configure(settings.log_level)
        run: Callable[[Settings, argparse.Namespace], Awaitable[int]] = args.run
        sys.exit(uvloop.run(_run(run, settings, args)))
    except (UserError, BadSettings, CsmsError) as error:
        sys.exit(f"bollard-csms: {error}")
    except OSError as error:
        sys.exit(f"bollard-csms: {error.filename or 'system'}: {error.strerror or error}")
    except KeyboardInterrupt:
        sys.exit(130)


async def _run(
    run: Callable[[Settings, argparse.Namespace], Awaitable[int]], settings: Settings, args: argparse.Namespace
) -> int:
    return await run(settings, args)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bollard-csms", description="The central system of a fleet of charge points.")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="settings (TOML); default csms.toml if there is one. Every key can also come from the environment, "
        "as in BOLLARD_CSMS__HTTP__PORT=8001",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Callable[..., Awaitable[int]], text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, parents=[common], help=text, description=text)
        command.set_defaults(run=run)
        return command

    add("serve", _serve, "Run until SIGINT or SIGTERM. Brings the database up to date by itself.")
    add("migrate", _migrate, "Bring the database to this version's tables, and stop.")
    create = add(
        "create-admin", _create_admin, "Make an administrator's account. The password comes from a file, or from stdin."
    )
    create.add_argument("--email", required=True, metavar="ADDRESS")
    create.add_argument("--name", default="", help="default: the address")
    create.add_argument("--password-file", type=Path, metavar="FILE", help="its first line is the password")
    add("rotate-key", _rotate_key, "Sign access tokens with a new secret from the next start on. Old ones last out.")
    add("check-ledger", _check_ledger, "Check that bookings, holds and payments agree. Exit status 1 if not.")
    check = add(
        "check-audit", _check_audit, "Walk the audit log's hashes and name what was tampered with. Exit status 1 if so."
    )
    check.add_argument("--noted", type=_mark, metavar="ID:HASH", help="a head noted down once: it must still be there")
    backup = add("backup", _backup, "Write database, keys and uploads to one file. The CSMS may run meanwhile.")
    backup.add_argument("file", type=Path, metavar="FILE", help="as backup.tar.gz; must not exist")
    restore = add("restore", _restore, "Put a backup in the place of the data folder, which is kept aside.")
    restore.add_argument("file", type=Path, metavar="FILE")
    return parser


async def _serve(settings: Settings, args: argparse.Namespace) -> int:
    from csms.service import Service

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with Service(settings):
        # What is there now stays. Messages make many short-lived objects and no circles: looking for these after each
        # 700 new objects costs a tenth of the time.
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
        await stop.wait()
    return 0


async def _migrate(settings: Settings, args: argparse.Namespace) -> int:
    from csms.store.database import Database
    from csms.store.migrate import migrate

    settings.make_data_dir()
    database = Database(settings.sqlalchemy_url)
    try:
        print(f"the database is at revision {await migrate(database)}")
    finally:
        await database.close()
    return 0


async def _create_admin(settings: Settings, args: argparse.Namespace) -> int:
    from csms.api.passwords import MAX_LENGTH, MIN_LENGTH, Passwords
    from csms.store import users
    from csms.store.database import Database
    from csms.store.migrate import migrate
    from csms.store.writer import Writer

    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", args.email) or len(args.email) > 254:
        raise UserError(f"{args.email!r} is no e-mail address")
    password = _read_password(args.password_file)
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise UserError(f"a password needs {MIN_LENGTH} to {MAX_LENGTH} characters")
    password_hash = await Passwords().hash(password)
    settings.make_data_dir()
    database = Database(settings.sqlalchemy_url)
    writer = Writer(database.writing)
    try:
        await migrate(database)
        writer.start()
        now = datetime.now(UTC)
        name = args.name or args.email
        user = await writer.write(lambda db: users.create(db, args.email, name, password_hash, "admin", now))
    finally:
        await writer.close()
        await database.close()
    print(f"administrator {user.email} has been made")
    return 0


def _read_password(file: Path | None) -> str:
    if file is not None:
        lines = file.read_text().splitlines()
        return lines[0] if lines else ""
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    return sys.stdin.readline().rstrip("\r\n")


async def _rotate_key(settings: Settings, args: argparse.Namespace) -> int:
    from csms.api.tokens import rotate_secret

    settings.make_data_dir()
    rotate_secret(settings.data_dir / "secret.key")
    print("a new secret signs access tokens from the next start on; tokens of the one before last out their time")
    return 0


async def _check_ledger(settings: Settings, args: argparse.Namespace) -> int:
    from csms.store import ledger
    from csms.store.database import Database

    database = Database(settings.sqlalchemy_url)
    try:
        async with database.read() as db:
            totals = await ledger.totals(db)
    finally:
        await database.close()
    print(
        f"{totals.bookings} bookings, sum {totals.sum_cents}, unbalanced {totals.unbalanced}, "
        f"unsealed {totals.unsealed}, held wrongly {totals.held_wrongly_cents}, "
        f"topped up wrongly {totals.topped_up_wrongly_cents}"
    )
    return 0 if totals.sound else 1


def _mark(text: str) -> tuple[int, str]:
    number, _, digest = text.partition(":")
    if not (number.isascii() and number.isdecimal() and re.fullmatch("[0-9a-fA-F]{64}", digest)):
        raise argparse.ArgumentTypeError("must be a row's number, a colon and its hash, as the system page shows them")
    return int(number), digest.lower()


async def _check_audit(settings: Settings, args: argparse.Namespace) -> int:
    from csms.domain.audit_chain import Mark
    from csms.store import audit
    from csms.store.database import Database

    database = Database(settings.sqlalchemy_url)
    try:
        async with database.read() as db:
            found = await audit.check(db, None if args.noted is None else Mark(*args.noted))
    finally:
        await database.close()
    for finding in found.findings:
        print(finding)
    head = "nothing was written yet" if found.head is None else f"head {found.head.id}:{found.head.hash}"
    print(f"{found.rows} rows, {len(found.findings)} findings, {head}")
    return 1 if found.findings else 0


async def _backup(settings: Settings, args: argparse.Namespace) -> int:
    from csms.backup import back_up

    size = await asyncio.to_thread(back_up, settings, args.file)
    print(f"{args.file}: {size} bytes; it holds secrets, keep it as safe as the CSMS itself")
    return 0


async def _restore(settings: Settings, args: argparse.Namespace) -> int:
    from csms.backup import restore

    moved = await asyncio.to_thread(restore, settings, args.file)
    print(f"restored to {settings.data_dir}" + (f"; what was there is in {moved}" if moved else ""))
    return 0


if __name__ == "__main__":
    cli()
