"""Which files a board lacks, and bringing them there so that at any moment the old firmware or the new one is whole.

Two folders, /a and /b: main.py names the one that runs, the other is written, compared by hash, and then main.py is
replaced by one rename, which littlefs does whole or not at all. NOTES.md has the steps.
"""
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from hardware.flash.errors import FlashError
from hardware.flash.prompt import Full, Prompt

MAIN = "/main.py"
_SLOTS = ("/a", "/b")
_BLOCK_BYTES = 4096
_SPARE_BYTES = 64 * 1024    # for the firmware's own records
_NAMES_SLOT = re.compile(rb"os\.chdir\(['\"](/[ab])['\"]\)")
COPYING, WRITING, COMPARING = "copying what has not changed", "writing", "comparing"
_AT_ONCE = 8                # files in one statement: mpremote waits 10 s for a word, a flash may take 0.4 s to erase
Progress = Callable[[str, int], None]   # what is going on, bytes done since the last call


def main_py(slot: str, plain: bytes) -> bytes:
    return f"import os\nos.chdir({slot!r})\n".encode() + plain


@dataclass(frozen=True)
class Plan:
    """What to do. Paths are in flash; `files` is all of the new firmware, without the slot."""
    slot: str
    main: bytes
    files: Mapping[str, bytes]
    remove: list[str] = field(default_factory=list)        # of the slot
    copy: list[tuple[str, str]] = field(default_factory=list)
    send: list[str] = field(default_factory=list)
    tidy: list[str] = field(default_factory=list)          # once the new one is in its place

    @property
    def send_bytes(self) -> int:
        return sum(len(self.files[name]) for name in self.send)

    @property
    def new_bytes(self) -> int:
        """Of flash, that have to be free when `remove` has gone."""
        sizes = [len(self.files[name]) for name in self.send]
        sizes += [len(self.files[new.removeprefix(self.slot)]) for _, new in self.copy]
        folders = {name.rsplit("/", 1)[0] for name in self.files}
        return sum(-(-size // _BLOCK_BYTES) * _BLOCK_BYTES for size in sizes) + 2 * _BLOCK_BYTES * len(folders)


def listed(prompt: Prompt) -> dict[str, str]:
    """All files in flash with their SHA-256, but for what the firmware writes itself. files.py must be loaded."""
    have: dict[str, str] = {}
    for folder in ("/firmware", *_SLOTS):
        for line in prompt.run(f"told({folder!r})").splitlines():
            digest, _, path = line.partition(" ")
            have[path] = digest
    return have


def planned(have: Mapping[str, str], main: bytes | None, files: Mapping[str, bytes]) -> Plan | None:
    """None where all is there. `files`: the firmware with its plain main.py, path to content."""
    plain = files[MAIN]
    wanted = {path: hashlib.sha256(content).hexdigest() for path, content in files.items() if path != MAIN}
    current = runs_from(main, plain)
    if current is not None and all(have.get(current + path) == digest for path, digest in wanted.items()) and not [
            path for path in have if path.startswith(f"{current}/firmware/") and path[len(current):] not in wanted]:
        return None
    slot = _SLOTS[1] if current == _SLOTS[0] else _SLOTS[0]
    by_digest = {} if current is None else {
        digest: path for path, digest in have.items() if path.startswith(f"{current}/firmware/")}
    plan = Plan(slot, main_py(slot, plain), {path: files[path] for path in wanted})
    for path, digest in have.items():
        if path.startswith(f"{slot}/") and wanted.get(path.removeprefix(slot)) != digest:
            plan.remove.append(path)
    for path, digest in wanted.items():
        if have.get(slot + path) == digest:
            continue
        if digest in by_digest:
            plan.copy.append((by_digest[digest], slot + path))
        else:
            plan.send.append(path)
    if any(path.startswith("/firmware/") for path in have):
        plan.tidy.append("/firmware")   # where an image has it
    return plan


def only_board(have: Mapping[str, str], main: bytes | None, plain: bytes) -> str | None:
    """The board that the firmware there is for; None where that cannot be told."""
    folder = f"{runs_from(main, plain)}/firmware/boards/"
    names = [path.removeprefix(folder).removesuffix(".mpy") for path in have if path.startswith(folder)]
    names = [name for name in names if not name.startswith("_")]
    return names[0] if len(names) == 1 else None


def runs_from(main: bytes | None, plain: bytes) -> str | None:
    """The folder whose firmware main.py starts, "" for /; None where it starts something else."""
    if main is None or not main.endswith(plain):
        return None
    return "" if main == plain else named_slot(main) or None


def named_slot(main: bytes | None) -> str:
    """"/a" or "/b"; "" where main.py names neither."""
    named = _NAMES_SLOT.search(main or b"")
    return named[1].decode() if named else ""


def pending(prompt: Prompt, main: bytes | None, path: str) -> bytes | None:
    """A file that the firmware would put in its place at its next start; None if there is none."""
    slot = named_slot(main)
    return prompt.read(slot + path) if slot else None


def settle(prompt: Prompt, main: bytes | None) -> None:
    """As the firmware does at its start: new settings that came with it and wait for that are the ones that count."""
    slot = named_slot(main)
    for path in ("/ca.der", "/settings.json") if slot else ():
        if prompt.read(slot + path) is not None:
            prompt.run(f"import os\nos.rename({slot + path!r}, {path!r})")


def written(prompt: Prompt, plan: Plan, progress: Progress) -> None:
    """All of the plan but the swap: from here on the new firmware is whole, and the old one still runs."""
    try:
        _each(prompt, [f"gone({path!r})" for path in plan.remove])
        free = int(prompt.run("free()").split()[0])
        if plan.new_bytes + _SPARE_BYTES > free:
            raise Full(f"the board's flash has {free >> 10} KiB free, and {(plan.new_bytes + _SPARE_BYTES) >> 10} KiB "
                       "are needed")
        _each(prompt, [f"prepared({plan.slot + path!r})" for path in
                       {path.rsplit("/", 1)[0]: path for path in plan.files}.values()])
        for at in range(0, len(plan.copy), _AT_ONCE):
            some = plan.copy[at : at + _AT_ONCE]
            _each(prompt, [f"copied({old!r}, {new!r})" for old, new in some])
            progress(COPYING, sum(len(plan.files[new.removeprefix(plan.slot)]) for _, new in some))
        prompt.write({plan.slot + path: plan.files[path] for path in plan.send}, lambda count: progress(WRITING, count))
        verified(prompt, plan, progress)
    except Full as error:
        raise Full(f"{error}: nothing is changed, the old firmware stays; remove files that are not the charge point's "
                   "(`bollard-flash repl`), or write MicroPython for a bigger flash") from None


def _each(prompt: Prompt, statements: Sequence[str]) -> None:
    for at in range(0, len(statements), _AT_ONCE):
        prompt.run("\n".join(statements[at : at + _AT_ONCE]))


def verified(prompt: Prompt, plan: Plan, progress: Progress) -> None:
    """FlashError if a single file is not what it should be."""
    there = dict(line.split(" ", 1)[::-1] for line in prompt.run(f"told({plan.slot!r})").splitlines())
    for path, content in plan.files.items():
        if there.get(plan.slot + path) != hashlib.sha256(content).hexdigest():
            raise FlashError(f"{plan.slot}{path} is not what was written, the old firmware stays: try again; if it "
                             "happens again, the flash is worn out or the cable is bad")
        progress(COMPARING, len(content))


def swapped(prompt: Prompt, plan: Plan) -> None:
    """The one moment: before it the old firmware starts, after it the new one."""
    replaced(prompt, MAIN, plan.main)
    for path in plan.tidy:
        prompt.run(f"gone({path!r})")


def replaced(prompt: Prompt, path: str, content: bytes) -> None:
    """A file, whole or not at all."""
    prompt.write({f"{path}.new": content})
    digest = prompt.run(f"print(digest({path + '.new'!r}))").strip()
    if digest != hashlib.sha256(content).hexdigest():
        raise FlashError(f"{path}.new is not what was written, {path} stays as it was: try again")
    prompt.run(f"import os\nos.rename({path + '.new'!r}, {path!r})")
