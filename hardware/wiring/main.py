"""Writes the drawings and tables of docs/hardware from the board files and the circuit's data.

    python -m hardware.wiring.main [--check]
"""
import argparse
import sys
from collections.abc import Sequence

from hardware.wiring import pages


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, say what is out of date")
    if parser.parse_args(arguments).check:
        found = pages.stale()
        print("\n".join(found) or "drawings and tables are what their data say")
        return bool(found)
    for path in pages.write():
        print(f"wrote docs/hardware/{path.relative_to(pages.DOCS)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
