"""What one does with a board that has the firmware: keep a copy of its records, forget them, look at its parts."""
import io
import json
import os
import tarfile
import time
from dataclasses import dataclass
from pathlib import Path

from hardware.flash.errors import FlashError
from hardware.flash.install import MAIN, runs_from
from hardware.flash.prompt import BoardError, Prompt

OWN_FILES = ("/settings.json", "/ca.der", "/setup_password")
_DATA = "/data"


@dataclass(frozen=True)
class Owed:
    messages: int
    transactions: int    # that run


def go_where_it_runs(prompt: Prompt, plain_main: bytes) -> bool:
    """Imports then find the firmware that main.py starts; False where there is none."""
    root = runs_from(prompt.read(MAIN), plain_main)
    if root is None:
        return False
    prompt.run(f"import os\nos.chdir({root or '/'!r})")
    return True


def owed(prompt: Prompt, plain_main: bytes) -> Owed | None:
    """What the board has not told yet; None where that cannot be known, as there is no firmware that runs."""
    if not go_where_it_runs(prompt, plain_main):
        return None
    try:
        messages, transactions = prompt.load("owed").split()
        return Owed(int(messages), int(transactions))
    except (BoardError, ValueError):
        return None
    finally:
        prompt.run("os.chdir('/')")


def own_files(prompt: Prompt) -> list[str]:
    """What is this board's alone. files.py must be loaded."""
    paths = prompt.run(f"for path in each({_DATA!r}): print(path)").splitlines()
    return [*paths, *(path for path in OWN_FILES if prompt.run(
        f"import os\nprint({path[1:]!r} in os.listdir('/'))").strip() == "True")]


def has_records(prompt: Prompt) -> bool:
    """Whether there is any file of transactions and messages. files.py must be loaded."""
    return prompt.run(f"print(sum(1 for _ in each({_DATA!r})))").strip() != "0"


def backup(prompt: Prompt, to: Path) -> list[str]:
    """Settings, key and records in one tar file that only its owner can read; the names of what is in it."""
    paths = own_files(prompt)
    if not paths:
        raise FlashError("the board has neither settings nor records")
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for path in paths:
            content = prompt.read(path)
            if content is None:
                continue
            member = tarfile.TarInfo(path.lstrip("/"))
            member.size, member.mtime, member.mode = len(content), int(time.time()), 0o600
            archive.addfile(member, io.BytesIO(content))
    try:
        with open(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(made.getvalue())
    except FileExistsError:
        must_be_new(to)
        raise
    except OSError as error:
        raise FlashError(f"cannot write {to}: {error.strerror}") from None
    return [path.lstrip("/") for path in paths]


def must_be_new(path: Path) -> None:
    if path.exists():
        raise FlashError(f"{path} is there already: name another file with --to")


def forget(prompt: Prompt) -> None:
    """Records first, settings last: a cut leaves a board that is still its site's, to be reset once more. What an
    interrupted write has left under its name until then, `.new`, holds password and key as well."""
    for path in (_DATA, *(f"{slot}{name}" for slot in ("/a", "/b") for name in OWN_FILES[:2]), *OWN_FILES[::-1]):
        prompt.run(f"gone({path + '.new'!r})\ngone({path!r})")


@dataclass(frozen=True)
class Finding:
    what: str
    well: bool | None     # None: told, not judged
    words: str


def examined(prompt: Prompt, settings: dict[str, str], board: str, plain_main: bytes) -> list[Finding]:
    if not go_where_it_runs(prompt, plain_main):
        raise FlashError("there is no firmware on this board yet: `bollard-flash write` first")
    prompt.load("doctor")
    said = prompt.run(f"examined({board!r}, {settings.get('wifi_ssid', '')!r}, {settings.get('wifi_password', '')!r})")
    found = []
    for line in said.splitlines():
        try:
            what, well, words = json.loads(line)
        except ValueError:
            continue   # a line of a driver's own
        found.append(Finding(str(what), well, str(words)))
    return found
