"""firmware/README.md says of each module how much RAM it takes and when: no module may be missing, no figure old."""
import re
from pathlib import Path, PurePosixPath

from hardware.bench.image import FIRMWARE, firmware_files

AGAIN = "write it anew: .venv/bin/python docs/benchmarks/firmware_memory.py --modules"
OLD = 0.15   # a line changed here and there needs no new table


def test_the_table_of_modules_is_whole_and_near_the_truth(tmp_path: Path) -> None:
    told = {name: int(size.replace(",", ""))
            for name, size in re.findall(r"^\| `([\w.]+)` \| ([\d,]+) \|", (FIRMWARE / "README.md").read_text(), re.M)}
    sizes = {".".join(PurePosixPath(path).with_suffix("").parts[2:]): len(code)
             for path, code in firmware_files("bench", tmp_path).items()
             if path.endswith(".mpy") and not path.endswith("__init__.mpy")}
    assert set(told) == set(sizes), AGAIN
    old = {name: (told[name], size) for name, size in sizes.items() if abs(told[name] - size) > max(64, OLD * size)}
    assert not old, AGAIN
