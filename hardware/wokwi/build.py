"""Compile the chips of wokwi/chips to WebAssembly, and say which compiled ones are stale.

Built files are committed, so that Wokwi and the tests need no compiler; built.json keeps the hash of the sources that
each was made from. The compiler is clang with wasm-ld where the machine has both, else Zig's from the `ziglang` wheel.
"""
import argparse
import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CHIPS = Path(__file__).resolve().parents[2] / "wokwi" / "chips"
FLAGS = (
    "-std=c17", "-O2", "-ffreestanding", "-nostdlib", "-Wall", "-Wextra", "-Werror",
    "-Wl,--no-entry", "-Wl,--import-memory", "-Wl,--export-table", "-Wl,--strip-all",
)


def chips(folder: Path = CHIPS) -> list[str]:
    return sorted(path.name.removesuffix(".chip.c") for path in folder.glob("*.chip.c"))


def source_hash(chip: str, folder: Path = CHIPS) -> str:
    """Of all that the compiled file depends on but the compiler: its source, the headers, the flags."""
    digest = hashlib.sha256(" ".join(FLAGS).encode())
    for path in [folder / f"{chip}.chip.c", *sorted(folder.glob("*.h"))]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def stale(folder: Path = CHIPS) -> list[str]:
    """One sentence for each compiled chip that is not what its sources say."""
    try:
        built = json.loads((folder / "built.json").read_text())
    except (OSError, ValueError):
        built = {}
    found = []
    for chip in chips(folder):
        binary, made = folder / f"{chip}.chip.wasm", built.get(chip, {})
        if not binary.exists():
            found.append(f"{chip}.chip.wasm is missing: run make wokwi")
        elif made.get("sources") != source_hash(chip, folder):
            found.append(f"{chip}.chip.wasm was built from other sources: run make wokwi")
        elif made.get("wasm") != hashlib.sha256(binary.read_bytes()).hexdigest():
            found.append(f"{chip}.chip.wasm is not the file that was built: run make wokwi")
    gone = [name for name in built if name not in chips(folder)]
    return found + [f"built.json knows a chip {name!r} that has no source" for name in gone]


def compiler() -> list[str] | None:
    """The command that compiles C to WebAssembly here, or None."""
    if (clang := shutil.which("clang")) and shutil.which("wasm-ld"):
        return [clang, "--target=wasm32"]
    if importlib.util.find_spec("ziglang"):
        return [sys.executable, "-m", "ziglang", "cc", "-target", "wasm32-freestanding"]
    return None


def build(command: Sequence[str], folder: Path = CHIPS) -> None:
    """Compile every chip; CalledProcessError when the compiler refuses one."""
    built = {}
    for chip in chips(folder):
        binary = folder / f"{chip}.chip.wasm"
        subprocess.run([*command, *FLAGS, "-o", str(binary), str(folder / f"{chip}.chip.c")], check=True)
        binary.chmod(0o644)
        built[chip] = {"sources": source_hash(chip, folder), "wasm": hashlib.sha256(binary.read_bytes()).hexdigest()}
    (folder / "built.json").write_text(json.dumps(built, indent=2) + "\n")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--check", action="store_true", help="build nothing, say what is stale")
    if parser.parse_args(arguments).check:
        found = stale()
        print("\n".join(found) or "the compiled chips are what their sources say")
        return bool(found)
    command = compiler()
    if command is None:
        print("no compiler for WebAssembly: `make wokwi` installs one, or install clang and lld", file=sys.stderr)
        return 1
    try:
        build(command)
    except subprocess.CalledProcessError as error:
        print(f"the compiler refused: {error}", file=sys.stderr)
        return 1
    print(f"built {', '.join(chips())}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
