"""Soak: hand-made faults in the firmware's OCPP and queue, one at a time in a copy of the tree; do the tests see each?

    python docs/benchmarks/mutations.py                     all faults, each with the tests that are meant to see it
    python docs/benchmarks/mutations.py --only 3 7          some of them
    python docs/benchmarks/mutations.py -- tests/firmware   all, with these tests instead (pytest's own arguments)
    python docs/benchmarks/mutations.py --list

Ends with status 1 if a fault survives or its place in the source is gone. Not part of `make test`: it takes an hour.
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", "node_modules", "dist", "*_cache", ".hypothesis", "__pycache__", "screenshots")
TIMEOUT_S = 900


@dataclass(frozen=True)
class Fault:
    """`old` stands exactly once in `file`; `sees`: pytest's arguments for the tests that are meant to see it."""
    means: str
    file: str
    old: str
    new: str
    sees: str


LINK, QUEUE, TRANSACTIONS = "firmware/ocpp/link.py", "firmware/store/queue.py", "firmware/ocpp/transactions.py"
REGISTRATION, STATUS, CORE = "firmware/ocpp/registration.py", "firmware/ocpp/status.py", "firmware/ocpp/core.py"
TRIGGER = "firmware/ocpp/remote_trigger.py"
FAULTS = (
    Fault("a confirmation is not on flash: after a power cut all is sent again", QUEUE,
          "            self._ram.pop(0)\n        else:\n", "            self._ram.pop(0)\n        elif False:\n",
          "tests/firmware/test_store_queue.py"),
    Fault("what follows a Start never gets its id", QUEUE,
          "self.ids.get(transaction, NEVER_KNOWN)", "NEVER_KNOWN", "tests/octt -k tc_003"),
    Fault("what is confirmed already is sent again after a power cut", QUEUE,
          "if kind in (START, METER_VALUES, STOP) and number > self.last_done:",
          "if kind in (START, METER_VALUES, STOP):", "tests/firmware/test_store_queue.py"),
    Fault("a damaged record is taken for whole", QUEUE,
          "if binascii.crc32(body, binascii.crc32(header)) == int.from_bytes(file.read(4), \"little\"):",
          "if file.read(4):",
          "tests/firmware/test_store_queue.py tests/firmware/test_charge_point.py -k queue_or_rubbish"),
    Fault("meter values in RAM overtake those on flash", QUEUE,
          "            number, transaction, payload = self._ram[0]\n",
          "            number, transaction, payload = self._ram[-1]\n", "tests/firmware/test_queue_in_ram.py"),
    Fault("the id that the central system gave is thrown away", TRANSACTIONS,
          "        self._queue.confirm(number, transaction_id)\n", "        self._queue.confirm(number)\n",
          "tests/octt -k tc_003"),
    Fault("nobody is told that a Start waits in the queue", TRANSACTIONS,
          "        self._link.poke()\n        return number\n", "        return number\n", "tests/octt -k tc_003"),
    Fault("a lost link counts as a try: the queue is emptied by a bad night", LINK,
          "            except LinkDown:   # never a try: the message waits for the next connection\n",
          "            except LinkDown:\n                self._queue.confirm(number)\n",
          "tests/octt -k tc_038_or_tc_036"),
    Fault("any answer will do, whatever it answers", LINK,
          "            if message_id != self._waiting_id:\n", "            if not self._waiting_id:\n",
          "tests/firmware/test_ocpp_link.py"),
    Fault("one more try than TransactionMessageAttempts says", LINK,
          "if failures >= self._configuration.number(\"TransactionMessageAttempts\"):",
          "if failures > self._configuration.number(\"TransactionMessageAttempts\"):",
          "tests/firmware/test_charge_point.py -k failure_to_process"),
    Fault("a rejected charge point still answers", LINK, "        if self.deaf:\n", "        if False:\n",
          "tests/firmware -k rule_24"),
    Fault("every CALL has the same id", LINK,
          "            self._calls += 1\n", "            pass\n", "tests/firmware tests/octt -k rule_09_or_tc_003"),
    Fault("the heartbeat interval of the central system is not taken", REGISTRATION,
          "            if interval_s:\n", "            if False:\n",
          "tests/firmware/test_charge_point.py -k nothing_but_boot"),
    Fault("a rejected boot is repeated at once", REGISTRATION,
          "        return interval_s or _OWN_WAIT_S\n", "        return 0\n", "tests/octt -k tc_001"),
    Fault("pending is taken for accepted", REGISTRATION,
          "        if status == \"Accepted\":\n", "        if status in (\"Accepted\", \"Pending\"):\n",
          "tests/octt -k tc_002"),
    Fault("connector 0 is never told", STATUS,
          "        for shown in self.shown:\n            shown.tell_again()\n",
          "        for shown in self.shown[1:]:\n            shown.tell_again()\n", "tests/octt -k tc_001"),
    Fault("each status is told twice", STATUS,
          "                    await self.send(shown.connector_id, change)\n",
          "                    await self.send(shown.connector_id, change)\n"
          "                    await self.send(shown.connector_id, change)\n", "tests/octt -k tc_003"),
    Fault("a trigger for a connector that does not exist is accepted", TRIGGER,
          "        return {\"status\": \"Rejected\"}\n    if message == \"BootNotification\":\n",
          "        return {\"status\": \"Accepted\"}\n    if message == \"BootNotification\":\n",
          "tests/octt -k tc_055"),
    Fault("a soft reset is a hard one", CORE,
          "(\"Soft\", \"Hard\")) == \"Hard\"\n", "(\"Soft\", \"Hard\")) != \"\"\n", "tests/octt -k tc_016"),
    Fault("remote stop says yes and does nothing", CORE,
          "device.charge_point.remote_stop(transaction_id)\n", "transaction_id > 0\n",
          "tests/octt -k tc_012_or_tc_028"),
)


def arguments(sees: str) -> list[str]:
    """pytest's arguments: the words of -k are joined by _or_, as a shell would split them."""
    words = sees.split()
    return [word.replace("_or_", " or ") if before == "-k" else word
            for before, word in zip(["", *words], words, strict=False)]


def copy_to(folder: Path) -> Path:
    tree = folder / "tree"
    shutil.copytree(REPOSITORY, tree, ignore=NOT_COPIED, symlinks=True)
    for linked in (".venv", "node_modules"):
        if (REPOSITORY / linked).exists():
            (tree / linked).symlink_to((REPOSITORY / linked).resolve())
    return tree


def pytest(tree: Path, chosen: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "--tb=no", "--show-capture=no", *chosen],
        cwd=tree, env={**os.environ, "PYTHONPATH": str(tree)}, capture_output=True, text=True, timeout=TIMEOUT_S,
        check=False)


def outcome(tree: Path, fault: Fault, tests: list[str], green: dict[str, bool]) -> str:
    """caught, survived or gone; the tree is as it was afterwards. `green`: selections known without a fault."""
    path = tree / fault.file
    source = path.read_text()
    if source.count(fault.old) != 1:
        return "gone"
    chosen = tests or arguments(fault.sees)
    if " ".join(chosen) not in green:   # what is red anyway proves nothing
        green[" ".join(chosen)] = pytest(tree, chosen).returncode == 0
    if not green[" ".join(chosen)]:
        return "no verdict: the tests are red, or none, without the fault"
    path.write_text(source.replace(fault.old, fault.new))
    try:
        done = pytest(tree, chosen)
    except subprocess.TimeoutExpired:
        return "caught (it hangs)"
    finally:
        path.write_text(source)
    if done.returncode == 1:
        failed = next((line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))), "")
        return "caught by " + failed.partition("::")[2].split(" ")[0]
    return "survived" if done.returncode == 0 else f"no verdict: pytest ended with {done.returncode}"


def main(faults: Sequence[Fault] = FAULTS) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", type=int, metavar="N", help="numbers of faults, from 1")
    parser.add_argument("--list", action="store_true", help="tell the faults and their places only")
    own, _, tests = " ".join(sys.argv[1:]).partition("-- ")
    options = parser.parse_args(own.split())
    chosen = [(n, fault) for n, fault in enumerate(faults, 1) if not options.only or n in options.only]
    if options.list:
        for number, fault in chosen:
            print(f"{number:2} {fault.file}: {fault.means}")
        return 0
    bad, green = 0, {}   # type: ignore[var-annotated]
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder:
        tree = copy_to(Path(folder))
        for number, fault in chosen:
            began = time.monotonic()
            result = outcome(tree, fault, tests.split(), green)
            bad += not result.startswith("caught")
            print(f"| {number} | {fault.means} | {fault.file} | {result} | {time.monotonic() - began:.0f} s |",
                  flush=True)
    print(f"{len(chosen) - bad} of {len(chosen)} caught")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
