"""`bollard-demo`: the whole chain on this machine, with one charge played in front of the user."""
import argparse
import contextlib
import json
import shutil
import signal
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

from hardware.demo import lan
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
    parser.add_argument("--lan", nargs="?", const="", metavar="ADDRESS",
                        help="serve the central system by HTTPS to the local network, with a CA of its own and a page "
                             "that helps a phone to trust it (default: the address of this machine's network)")
    parser.add_argument("--lan-ca", type=Path, default=None, metavar="DIR",
                        help="where that CA stays (default: ~/.local/share/bollard/lan-ca)")
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
    trust = None
    if options.lan is not None:
        trust = lan.prepare(options.lan_ca or lan.default_folder(), lan.local_address(options.lan))
        ports = replace(ports, csms_http=ports.csms_http or lan.free_port(trust.address))   # it is in every link
    say("starting the central system, the local controller and "
        f"{options.charge_points} charge points (each its own MicroPython) ...")
    with contextlib.ExitStack() as open_parts:
        chain = open_parts.enter_context(
            Chain(folder, charge_points=options.charge_points, ports=ports, lan=trust))
        say(f"ready after {time.monotonic() - started:.1f} s\n")
        if trust is not None:
            page = open_parts.enter_context(lan.TrustPage(trust, f"{chain.csms_url}/app/", ports.trust))
            say(f"  on a phone        {page.url}  helps it to trust  {chain.csms_url}/app/\n{page.terminal_code()}"
                f"  the CA's SHA-256  {trust.fingerprint}\n")
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
        f"  drivers' app      {chain.csms_url}/app/    the driver's account below, or a new one",
        f"  local controller  {chain.site_url}/        password {chain.site_password}",
        f"  virtual bench     {chain.bench_url}/        tap, plug, unplug, press faults",
        f"  a driver          {chain.driver.email}  password {chain.driver.password}  card {CARD}",
        "",
    ):
        say(line)


if __name__ == "__main__":
    cli()
