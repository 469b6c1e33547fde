"""bollard-bench: virtual charge points and the world around them, with an HTTP interface and a page."""
import argparse
import asyncio
import json
import secrets
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import uvicorn

from hardware.bench import board, fleet_command
from hardware.bench.api import application
from hardware.bench.errors import BenchError
from hardware.bench.orders import Options
from hardware.bench.process import interpreter
from hardware.bench.world import World
from ocppj import log

_log = log.get(__name__)


class _Server(uvicorn.Server):
    """Leaves signals to us: the bench ends its programs itself and then with status 0."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="bollard-bench", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    serving = argparse.ArgumentParser(add_help=False)
    serving.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    serving.add_argument("--port", type=int, default=8200,
                         help="port of page and API, 0 for any (default: %(default)s)")
    serving.add_argument("--data-dir", type=Path, default=Path("build/bench"),
                         help="flash images, meter logs, console logs, ports.json (default: ./%(default)s)")
    serving.add_argument("--log-level", choices=["debug", "info", "warning", "error"], default="info",
                         help="how much to tell on stderr (default: %(default)s)")

    commands.add_parser("serve", parents=[serving], help="serve page and API; charge points are added over the API",
                        description="Serve page and API. Charge points are added with POST /api/charge-points.")

    run = commands.add_parser("run", parents=[serving], help="serve, with charge points on a central system",
                              description="Start charge points against a central system, and serve page and API.")
    run.add_argument("--url", help="the central system, ws(s)://host:port/ocpp without identity")
    run.add_argument("--identity", default="CP1",
                     help="OCPP identity; with --count above 1, the number is appended (default: %(default)s)")
    run.add_argument("--key", help="AuthorizationKey, 32 to 40 hexadecimal digits (default: random, told on stderr)")
    run.add_argument("--count", type=int, default=1, help="how many, one program each (default: %(default)s)")
    run.add_argument("--board", choices=board.names(), default="bench", help="(default: %(default)s)")
    run.add_argument("--heap-kib", type=int, help="heap of a program in KiB (default: by the board's profile)")
    run.add_argument("--time-factor", type=float, default=1.0,
                     help="how much faster batteries fill; clocks stay true (default: %(default)s)")
    run.add_argument("--serial-port", type=int, metavar="PORT",
                     help="the board's console as a TCP port here, for bollard-flash; with --count, the first")
    run.add_argument("--unconfigured", action="store_true", help="without settings, as out of the box")
    run.add_argument("--no-stalls", action="store_true", help="leave out the stalls of TLS handshakes and flash erases")
    fleet_command.add_to(commands)
    return top


async def serve(arguments: argparse.Namespace, listener: socket.socket) -> None:
    data_dir: Path = arguments.data_dir
    async with World(data_dir) as world:
        server = _Server(uvicorn.Config(application(world), log_level="warning", access_log=False, lifespan="off"))

        def stop() -> None:
            world.events.close()   # streams would never end by themselves
            server.should_exit = True

        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop)
        port = listener.getsockname()[1]
        fresh = data_dir / "ports.json.new"   # whole or not at all: somebody may be waiting for it
        fresh.write_text(json.dumps({"http": port}))
        fresh.replace(data_dir / "ports.json")
        _log.info("bench.listening", url=f"http://{arguments.host}:{port}/")
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            for options in wanted(arguments):
                await world.add(options)
            await serving
        finally:
            server.should_exit = True
            await serving


def wanted(arguments: argparse.Namespace) -> list[Options]:
    """The charge points that `run` asks for."""
    if arguments.command != "run":
        return []
    if not (arguments.url or arguments.unconfigured):
        raise BenchError("run needs --url, or --unconfigured for a charge point that is yet to be set up")
    key = arguments.key or secrets.token_hex(20)
    if not (arguments.key or arguments.unconfigured):
        print(f"AuthorizationKey: {key}", file=sys.stderr)
    identities = [arguments.identity] if arguments.count == 1 else [
        f"{arguments.identity}{number}" for number in range(1, arguments.count + 1)]
    fields = {"board": arguments.board, "heap_kib": arguments.heap_kib, "time_factor": arguments.time_factor,
              "stalls": not arguments.no_stalls, "configured": not arguments.unconfigured}
    if not arguments.unconfigured:
        fields |= {"url": arguments.url, "authorization_key": key}
    first = arguments.serial_port
    try:
        return [msgspec.convert(
            {"identity": identity, "serial_port": first + number if first else first, **fields}, Options)
            for number, identity in enumerate(identities)]
    except msgspec.ValidationError as error:
        raise BenchError(str(error)) from None


def listening(host: str, port: int) -> socket.socket:
    """A listener whose connections send at once: asyncio sets TCP_NODELAY only where the protocol is named."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM,
                                                            proto=socket.IPPROTO_TCP, flags=socket.AI_PASSIVE)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def cli(argv: list[str] | None = None) -> int:
    arguments = parser().parse_args(argv)
    log.configure(arguments.log_level)
    try:
        if arguments.command == "fleet":
            return fleet_command.main(arguments)
        interpreter()
        wanted(arguments)
        arguments.data_dir.mkdir(parents=True, exist_ok=True)
        listener = listening(arguments.host, arguments.port)
    except BenchError as error:
        print(f"bollard-bench: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"bollard-bench: cannot listen on {arguments.host}:{arguments.port}, or write {arguments.data_dir}: "
              f"{error.strerror or error}; choose another with --port or --data-dir", file=sys.stderr)
        return 1
    try:
        asyncio.run(serve(arguments, listener))
    except BenchError as error:
        print(f"bollard-bench: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(cli())
