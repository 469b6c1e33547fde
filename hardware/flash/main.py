"""`bollard-flash`: so far it makes flash images; boards on a cable are yet to come."""
import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from hardware.bench import board as boards
from hardware.bench.world import CACHE
from hardware.flash import image
from hardware.flash.errors import FlashError
from hardware.flash.micropython import SIZES


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="bollard-flash", description="Put the firmware into what a board starts from.")
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    baked = commands.add_parser("image", help="make one flash image: MicroPython, the compiled firmware, its settings",
                                description="Write firmware.bin, vfs.bin and flasher_args.json into a folder: what "
                                            "Wokwi loads, and what esptool writes to a real board.")
    baked.add_argument("--micropython", type=Path, required=True, metavar="FILE",
                       help="the .bin of the board's page on micropython.org, 1.24 or newer")
    baked.add_argument("--board", required=True, metavar="NAME", help="; ".join(boards.names()))
    baked.add_argument("--settings", type=Path, metavar="FILE", help="settings.json of the charge point")
    baked.add_argument("--out", type=Path, default=Path("build"), metavar="FOLDER", help="default: build")
    baked.add_argument("--flash-size", choices=list(SIZES), help="of the board, if MicroPython was made for another")
    baked.add_argument("--stand-alone", action="store_true",
                       help="with a small central system inside, for a simulator alone; not for a real board")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    args = parser().parse_args(arguments)
    try:
        told = image.bake(args.micropython, args.board, args.settings, args.out, CACHE, flash_size=args.flash_size,
                          stand_alone=args.stand_alone)
    except FlashError as error:
        print(f"bollard-flash: {error}", file=sys.stderr)
        return 1
    pairs = " ".join(f"{offset} {name}" for offset, name in told["flash_files"].items())
    print(f"wrote {args.out}/flasher_args.json for a flash of {told['flash_settings']['flash_size']}")
    print(f"to a real board: cd {args.out} && esptool --chip {told['extra_esptool_args']['chip']} write-flash {pairs}")
    return 0


def cli() -> None:
    sys.exit(main())


if __name__ == "__main__":
    cli()
