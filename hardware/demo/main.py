"""`bollard-demo`: the whole chain on this machine, with one charge played in front of the user."""
import argparse
import json
import shutil
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

from hardware.demo.chain import CARD, Chain, Ports
from hardware.demo.play import Say, play_one_charge
from hardware.demo.processes import DemoError


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bollard-demo",
        description="Start a central system, a local controller and virtual charge points on this machine, "
                    "play one charge from the tap to the bill, and stay up until Ctrl-C.",
    )
    parser.add_argument("--once", action="store_true", help="play one charge and end (takes any free ports)")
    parser.add_argument("--json", action="store_true", help="print nothing but one JSON object with the result")
    parser.add_argument("--any-ports", action="store_true", help="take any free ports in place of the usual ones")
    parser.add_argument("--charge-points", type=int, default=3, metavar="N", choices=range(1, 11),
                        help="how many virtual charge points (1 to 10, default 3)")
    parser.add_argument("--keep", type=Path, metavar="DIR",
                        help="keep data and logs in DIR (default: a temporary folder)")
    return parser


def cli() -> None:
    options = arguments().parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    folder = options.keep or Path(tempfile.mkdtemp(prefix="bollard-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        sys.exit(run(options, folder.resolve()))
    except DemoError as error:
        print(f"bollard-demo: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130 if options.once else 0)
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)


def interrupt(*_: object) -> None:
    """End as Ctrl-C does, once: a second one must not disturb the ending of the children."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def run(options: argparse.Namespace, folder: Path) -> int:
    def say(line: str) -> None:
        if not options.json:
            print(line, flush=True)

    started = time.monotonic()
    ports = Ports.any() if options.once or options.any_ports else Ports()
    say("starting the central system, the local controller and "
        f"{options.charge_points} charge points (each its own MicroPython) ...")
    with Chain(folder, charge_points=options.charge_points, ports=ports) as chain:
        say(f"ready after {time.monotonic() - started:.1f} s\n")
        if not options.once:
            introduce(chain, say)
        result = play_one_charge(chain, chain.identities[0], say)
        whole = result["meter_wh"] == result["billed_wh"] and result["cost_cents"] > 0
        say("every Wh is billed once" if whole else "THE BILL DOES NOT MATCH THE METER")
        if options.json:
            print(json.dumps({"charge_points": chain.identities, **result}))
        if not options.once:
            say("\nThe chain stays up: play with the bench's page. Ctrl-C ends it.")
            threading.Event().wait()
        return 0 if whole else 1


def introduce(chain: Chain, say: Say) -> None:
    for line in (
        f"  dashboard         {chain.csms_url}/        {chain.admin.email}  password {chain.admin.password}",
        f"  local controller  {chain.site_url}/        password {chain.site_password}",
        f"  virtual bench     {chain.bench_url}/        tap, plug, unplug, press faults",
        f"  a driver          {chain.driver.email}  password {chain.driver.password}  card {CARD}",
        "",
    ):
        say(line)


if __name__ == "__main__":
    cli()
