"""`bollard-bench fleet`: light charge points against a central system; at the end one JSON object of what they saw."""

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

from hardware.bench.errors import BenchError
from hardware.bench.fleet import CARD, Fleet, Plan


def add_to(commands: Any) -> None:
    text = "light charge points without firmware, many in one program, to load a central system"
    fleet = commands.add_parser("fleet", help=text, description=f"{text[0].upper()}{text[1:]}. {__doc__}")
    fleet.add_argument("--url", required=True, help="the central system, ws(s)://host:port/ocpp without identity")
    fleet.add_argument("--key", help="the key that opens every socket: a site key (or --key-file)")
    fleet.add_argument("--key-file", type=Path, metavar="FILE", help="its first line is the key")
    fleet.add_argument("--count", type=_at_least(1), default=100, help="how many (default: %(default)s)")
    fleet.add_argument("--prefix", default="F", help="identities are PREFIX1, PREFIX2, … (default: %(default)s)")
    fleet.add_argument("--card", action="append", metavar="IDTAG", help="a card that drivers come with; repeatable")
    fleet.add_argument("--card-file", type=Path, metavar="FILE", help="more of them, one a line")
    fleet.add_argument("--seconds", type=float, default=60.0, help="how long cars come and go (default: %(default)s)")
    fleet.add_argument("--sample", type=float, default=10.0, metavar="SECONDS",
                       help="between meter values; 0: as fast as they are confirmed (default: %(default)s)")
    fleet.add_argument("--session", type=float, default=60.0, metavar="SECONDS",
                       help="a car charges, half to one and a half times this (default: %(default)s)")
    fleet.add_argument("--idle", type=float, default=30.0, metavar="SECONDS",
                       help="until the next car, half to one and a half times this (default: %(default)s)")
    fleet.add_argument("--connect-within", type=float, default=10.0, metavar="SECONDS",
                       help="the first connections are spread over this (default: %(default)s)")
    fleet.add_argument("--drop-after", type=float, metavar="SECONDS", help="all links are lost then, counted from the "
                       "moment when all stood")
    fleet.add_argument("--return-within", type=float, default=60.0, metavar="SECONDS",
                       help="and come back spread over this (default: %(default)s)")
    fleet.add_argument("--seed", type=int, default=1, help="the same seed makes the same fleet (default: %(default)s)")
    fleet.add_argument("--log-level", choices=["debug", "info", "warning", "error"], default="error")


def plan_of(arguments: argparse.Namespace) -> Plan:
    key, cards = arguments.key, list(arguments.card or ())
    try:
        if arguments.key_file is not None:
            key = arguments.key_file.read_text().splitlines()[0].strip()
        if arguments.card_file is not None:
            cards += arguments.card_file.read_text().split()
    except (OSError, IndexError) as error:
        raise BenchError(f"--key-file or --card-file: {error}") from None
    if not key:
        raise BenchError("no key: give --key or --key-file")
    if arguments.sample < 0 or arguments.session <= 0 or arguments.idle < 0:
        raise BenchError("--sample, --session and --idle are seconds, and no session takes none")
    return Plan(
        url=arguments.url,
        key=key,
        count=arguments.count,
        prefix=arguments.prefix,
        cards=tuple(cards) or (CARD,),
        sample_s=arguments.sample,
        session_s=arguments.session,
        idle_s=arguments.idle,
        connect_within_s=arguments.connect_within,
    )


async def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """The report; ends early, and as orderly, with SIGINT or SIGTERM."""
    plan = plan_of(arguments)
    asked_to_end = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_end.set)

    async def live(seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await asked_to_end.wait()
        except TimeoutError:
            pass

    told: dict[str, Any] = {"charge_points": plan.count}
    async with Fleet(plan, arguments.seed) as fleet:
        told["all_online_s"] = round(await fleet.all_online(plan.connect_within_s + 120), 2)
        print("online", file=sys.stderr, flush=True)
        seconds = arguments.seconds
        if arguments.drop_after is not None:
            await live(arguments.drop_after)
            before = {action: len(times) for action, times in fleet.report.ms.items()}
            await fleet.drop(arguments.return_within)
            told["all_back_s"] = round(await fleet.all_online(arguments.return_within + 120), 2)
            told["ms_while_returning"] = fleet.report.since(before)
            seconds = max(0.0, seconds - arguments.drop_after - told["all_back_s"])
        await live(seconds)
        await fleet.finish(within_s=180, spread_s=min(30.0, seconds))
        told |= fleet.report.as_json()
    return told


def main(arguments: argparse.Namespace) -> int:
    try:
        told = asyncio.run(run(arguments))
    except TimeoutError:
        print("bollard-bench: the fleet could not connect, or deliver, in time; is the central system well, and has "
              "it these identities and this key?", file=sys.stderr)
        return 1
    print(json.dumps(told))
    return 0


def _at_least(least: int) -> Any:
    def number(text: str) -> int:
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"{value} is below {least}")
        return value

    return number
