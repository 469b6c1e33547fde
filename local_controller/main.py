"""`bollard-site`: the commands of the local controller, and the one place that starts and ends its parts."""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
import uvloop

from local_controller import (
    adoption,
    audit,
    backup,
    certificates,
    config,
    downgrade,
    identity,
    login,
    service,
    trouble_page,
)
from local_controller.alone import alone
from local_controller.api import Api
from local_controller.backup import DATABASE
from local_controller.clock import Clock, system_is_trusted
from local_controller.config import Settings
from local_controller.errors import SiteError
from local_controller.identity import Identity
from local_controller.login import Logins
from local_controller.site import Site
from local_controller.store import Store
from local_controller.watchdog import Watchdog
from ocppj import log

PORTS = "ports.json"
TRY_AGAIN_S = 10.0  # to start, with --stay
TRUSTS: dict[str, Callable[[bool], bool]] = {
    "auto": system_is_trusted, "always": lambda goes_on: True, "never": lambda goes_on: False
}  # fmt: skip
_log = log.get(__name__)


def utc_now() -> datetime:
    return datetime.now(UTC)


async def serve(settings: Settings) -> None:
    """Until SIGTERM or SIGINT."""
    known = identity.load(settings)
    stop, watchdog = asyncio.Event(), Watchdog()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with alone(settings.data_dir), _listening(settings) as listener:
        async with _store(settings) as store:
            clock = Clock(trusts=TRUSTS[settings.clock_trust])
            site = Site(settings, known, store, clock)
            try:
                ocpp_port = await site.start()
                async with _web(Api(site, Logins(store), clock), listener, site), _found(settings, known, ocpp_port):
                    pet = asyncio.create_task(watchdog.run(site.alive), name="watchdog")
                    ports = {"web": listener.getsockname()[1], "ocpp": ocpp_port}
                    _write_ports(settings.data_dir, ports)
                    _log.info("site.listening", site=known.site_name, identity=known.identity, **ports)
                    watchdog.tell("READY=1", f"STATUS=serving {known.site_name}")
                    await stop.wait()
                    watchdog.tell("STOPPING=1")
                    pet.cancel()
                    _log.info("site.stopping")
            finally:
                await site.close()


async def adopt(settings: Settings, options: argparse.Namespace) -> None:
    try:
        ca = options.ca.read_text() if options.ca else None
    except OSError as problem:
        raise SiteError(f"--ca: {problem}") from None
    serial = options.serial or _serial(settings.data_dir)
    known = await adoption.ask_csms(options.csms, options.code, serial, ca)
    path = identity.save(settings.data_dir, known)
    print(f"adopted as {known.identity} of site {known.site_name!r}; the site key is in {path}")


async def adoption_code(settings: Settings) -> None:
    async with _store(settings) as store:
        code, expires_at = await adoption.new_code(store, utc_now())
    print(f"{code}   (works once, until {expires_at.astimezone():%H:%M})")


async def set_password(settings: Settings, options: argparse.Namespace) -> None:
    if sys.stdin.isatty():
        print("password: ", end="", flush=True)
    password = sys.stdin.readline().rstrip("\n")
    async with _store(settings) as store:
        await login.set_password(store, password, "viewer" if options.viewer else "operator")
    print("the password is set; whoever was logged in with the one before is logged out")


async def audit_books(settings: Settings) -> None:
    """Exit status 1 if anything is wrong."""
    async with _store(settings) as store:
        compared = await audit.last(store)
    messages, findings = await asyncio.to_thread(audit.check, settings.data_dir / DATABASE)
    print(f"{messages} messages walked in {settings.data_dir / DATABASE}")
    if compared is None:
        print("not yet compared with the central system: `bollard-site serve` does that, as does its page")
    else:
        when = f"{compared.at:%Y-%m-%d %H:%M} UTC"
        print(f"{compared.transactions} transactions compared with the central system at {when}")
        for name in compared.not_compared:
            print(f"{name}: was not compared: the central system was away or does not speak of its books")
        findings += [one for one in compared.findings if one not in findings]
    for found in findings:
        print(f"{found.charge_point}: {found.where}: {found.what}")
    if findings:
        sys.exit(1)
    print("the books are whole")


async def back_up(settings: Settings, options: argparse.Namespace) -> None:
    size = await asyncio.to_thread(backup.make, settings.data_dir, options.to)
    print(f"{options.to}: {size} bytes; it holds the site's secrets: keep it where nobody else reads")


async def restore(settings: Settings, options: argparse.Namespace) -> None:
    with alone(settings.data_dir):
        first_id = backup.restore(settings.data_dir, options.source, utc_now(), replace=options.replace)
    print(f"restored into {settings.data_dir}; the next transaction will be {first_id}")


async def go_back(settings: Settings, options: argparse.Namespace) -> None:
    with alone(settings.data_dir):
        was = await asyncio.to_thread(downgrade.downgrade, settings.data_dir / DATABASE, options.to)
    print(f"{settings.data_dir / DATABASE} is of version {options.to} now, not {was}: install the older program")


async def install_service(settings: Settings, options: argparse.Namespace) -> None:
    files = service.install(settings, options.config, options.root, start=not options.no_start)
    for path in files:
        print(f"written: {path}")
    if not options.no_start:
        print(f"{service.NAME} runs, and does so after each start of this machine: journalctl -u {service.NAME}")


async def make_ca(settings: Settings, options: argparse.Namespace) -> None:
    names = certificates.make_ca(settings.data_dir, options.host, utc_now())
    print(f"made for {', '.join(names)}; it renews itself while the controller runs")
    print("switch it on in the settings:  [tls]  ocpp = true  web = true")
    where = settings.data_dir / certificates.CA
    print(f"charge points get the CA when they are adopted; browsers want it, too: {where}")


def cli() -> None:
    options = _parser().parse_args()
    while getattr(options, "stay", None) is not None:
        why = _run(options)
        web = trouble_page.address(options.config)
        if why is None or not asyncio.run(trouble_page.show(web, why, options.stay)):
            return
    if _run(options) is not None:
        sys.exit(2)


def _run(options: argparse.Namespace) -> str | None:
    """The command; why it could not be done, once that is told."""
    try:
        settings = config.load(options.config)
        log.configure(settings.log_level)
        commands: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "serve": lambda: serve(settings),
            "adopt": lambda: adopt(settings, options),
            "adoption-code": lambda: adoption_code(settings),
            "set-password": lambda: set_password(settings, options),
            "install-service": lambda: install_service(settings, options),
            "make-ca": lambda: make_ca(settings, options),
            "audit": lambda: audit_books(settings),
            "backup": lambda: back_up(settings, options),
            "restore": lambda: restore(settings, options),
            "downgrade": lambda: go_back(settings, options),
        }
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(commands[options.command]())
    except SiteError as problem:
        print(f"bollard-site: {problem}", file=sys.stderr)
        return str(problem)
    except KeyboardInterrupt:
        sys.exit(130)
    return None


def _parser() -> argparse.ArgumentParser:
    about = "The local controller: stands between the charge points of a site and the CSMS."
    parser = argparse.ArgumentParser(prog="bollard-site", description=about)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.add_argument("--config", type=Path, required=True, metavar="site.toml", help="the settings (TOML)")
        return added

    serving = command("serve", "Run the controller until it is told to stop.")
    stay = "if it cannot start, say why on the page and try again after so many seconds (default: %(const)g)"
    serving.add_argument("--stay", type=float, nargs="?", const=TRY_AGAIN_S, metavar="SECONDS", help=stay)
    asked = command("adopt", "Have this controller adopted by a CSMS; keeps the site key in the data folder.")
    asked.add_argument("--csms", required=True, metavar="URL", help="the CSMS's page, as http://csms.example:8000")
    asked.add_argument("--code", required=True, help="the one-time code from that page")
    asked.add_argument("--ca", type=Path, metavar="FILE", help="believe the CSMS by this CA alone (PEM)")
    asked.add_argument("--serial", help="what to call this controller there (default: made up once)")
    command("adoption-code", "Print a one-time code with which a charge point joins this site.")
    person = command("set-password", "Set a password of the page; reads one line from the standard input.")
    person.add_argument("--viewer", action="store_true", help="of the viewer, who changes nothing, not the operator")
    served = command("install-service", "Have systemd run the controller, with as few rights as it can do with.")
    served.add_argument("--root", type=Path, default=Path("/"), metavar="DIR", help="write below this folder")
    served.add_argument("--no-start", action="store_true", help="only write the files")
    made = command("make-ca", "Make a CA of this site, and a certificate under it, for TLS in the local network.")
    hosts = "a name or address of this machine; more than once for more (default: all found)"
    made.add_argument("--host", action="append", default=[], metavar="NAME", help=hosts)
    kept = command("backup", "Write all that makes this controller this one into one file; it may be running.")
    kept.add_argument("--to", type=Path, required=True, metavar="FILE", help="the backup, a tar archive")
    back = command("restore", "Put a backup in place, on a new disk or instead of what is there.")
    back.add_argument("--from", dest="source", type=Path, required=True, metavar="FILE", help="the backup")
    back.add_argument("--replace", action="store_true", help="set aside the database that is there")
    older = command("downgrade", "Make the database one that an older version of this program opens.")
    older.add_argument("--to", type=int, required=True, metavar="VERSION", help="what the older program asked for")
    command("audit", "Walk the running hashes of the database and say where rows were deleted, changed or put back.")
    return parser


@contextlib.asynccontextmanager
async def _store(settings: Settings) -> AsyncIterator[Store]:
    store = await Store.open(settings.data_dir / DATABASE)
    try:
        yield store
    finally:
        await store.close()


@contextlib.asynccontextmanager
async def _web(api: Api, listener: socket.socket, site: Site) -> AsyncIterator[None]:
    """The web server in our own loop."""
    settings = uvicorn.Config(
        api.app(), log_config=None, access_log=False, server_header=False, lifespan="off", timeout_graceful_shutdown=1
    )
    settings.load()
    settings.ssl = site.web_tls  # our own context: it is renewed in place
    server = _WebServer(settings)
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="web")
    try:
        yield
    finally:
        site.state.close()
        server.should_exit = True
        await serving


@contextlib.asynccontextmanager
async def _found(settings: Settings, known: Identity, port: int) -> AsyncIterator[None]:
    """In the local network, unless charge points are elsewhere or on this machine."""
    hosts = [settings.ocpp.host]
    if hosts[0] in ("0.0.0.0", "::"):
        hosts = [name for name in certificates.local_names() if name[:1].isdigit() or ":" in name]
    hosts = [host for host in hosts if not host.startswith("127.") and host not in ("localhost", "::1")]
    if not settings.ocpp.mdns or not hosts:
        yield
        return
    from local_controller import mdns  # a megabyte of code, only where it is wanted

    async with mdns.announced(known.identity, known.site_name, port, tls=settings.tls.ocpp, addresses=hosts):
        yield


class _WebServer(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # signals are ours


@contextlib.contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    web = settings.web
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((web.host, web.port))
            listener.listen()  # so that nobody who reads ports.json comes too early
        except OSError as problem:
            where = f"{web.host}:{web.port}"
            raise SiteError(f"web.port: cannot listen on {where}: {problem.strerror or problem}") from None
        yield listener


def _write_ports(data_dir: Path, ports: dict[str, int]) -> None:
    fresh = data_dir / f"{PORTS}.new"
    fresh.write_text(json.dumps(ports))
    os.replace(fresh, data_dir / PORTS)  # whoever waits for the file finds it whole


def _serial(data_dir: Path) -> str:
    """A serial of this installation, made up at the first adoption and kept for the next."""
    path = data_dir / "serial"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        path.write_text(f"site-{uuid.uuid4().hex[:12]}\n")
    return path.read_text().strip()


if __name__ == "__main__":
    cli()
