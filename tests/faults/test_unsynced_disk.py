"""The forgetful disk itself: what was synced stays, what was not is gone."""
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sqlite3, sys
from tests.faults import unsynced_disk
try:
    unsynced_disk.install()
except OSError as error:
    print("cannot", error); sys.exit(0)
path, synchronous = sys.argv[1:]
db = sqlite3.connect(path, isolation_level=None)
db.execute("PRAGMA journal_mode=WAL"); db.execute("PRAGMA synchronous=FULL")
db.execute("CREATE TABLE t (n)"); db.execute("INSERT INTO t VALUES (1)")
db.execute(f"PRAGMA synchronous={synchronous}")
for n in range(2, 7):
    db.execute("INSERT INTO t VALUES (?)", (n,))
print("lost", unsynced_disk.lose_unsynced(), flush=True)
import os; os._exit(0)
"""
READ = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM t').fetchone()[0])"


@pytest.mark.parametrize(("synchronous", "rows"), [("FULL", 6), ("OFF", 1)])
def test_only_synced_commits_survive(tmp_path: Path, synchronous: str, rows: int) -> None:
    path = str(tmp_path / "a.db")
    said = subprocess.run(
        [sys.executable, "-c", PROGRAM, path, synchronous], capture_output=True, text=True, check=True)
    if said.stdout.startswith("cannot"):
        pytest.skip(said.stdout)
    read = subprocess.run([sys.executable, "-c", READ, path], capture_output=True, text=True, check=True)
    assert int(read.stdout) == rows, said.stdout + said.stderr
