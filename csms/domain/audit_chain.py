"""The running hash of the audit log: each row's hash is over what it says and over the hash of the row before.

Who changes, removes or puts in a row must make all hashes after it anew; a hash that somebody has noted down
elsewhere (the head, on the system page) tells even that. Pure.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from datetime import UTC, datetime

BEGINNING = "0" * 64  # the hash before the first row
MOST_FINDINGS = 100


@dataclass(frozen=True, slots=True)
class Row:
    """What a row says; its place in the chain is its id, one more than that of the row before."""

    id: int
    at: datetime  # UTC, to the microsecond
    user_id: int
    method: str
    route: str
    path: str
    status: int
    remote: str
    detail: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the chain: behind the row `id`."""

    id: int
    hash: str


def link(before: str, row: Row) -> str:
    """The row's hash, 64 hexadecimal digits."""
    _, _, *rest = astuple(row)
    said = [before, row.id, row.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f"), *rest]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def walk(rows: Iterable[tuple[Row, str]], begins: Mark, ends: Mark, noted: Mark | None = None) -> Iterator[str]:
    """What is wrong, in words that name the row. `rows` with the hashes they have, by id; `begins`: what was forgotten
    before them, `ends`: the last row that was written, `noted`: a head that somebody wrote down once.

    After a fault it goes on from what the row itself says, so that one is one.
    """
    last, before, found_noted = begins.id, begins.hash, noted is None or noted == begins or noted.id < begins.id
    for row, has in rows:
        if row.id > last + 1:
            yield f"{_rows(last + 1, row.id - 1)} deleted"
        elif link(before, row) != has:
            yield f"row {row.id} was changed after it was written"
        if noted is not None and row.id == noted.id:
            found_noted = True
            if has != noted.hash:
                yield f"row {row.id} has not the hash that was noted down: the log was written anew"
        last, before = row.id, has
    if last < ends.id:
        yield f"{_rows(last + 1, ends.id)} deleted (the newest)"
    elif last > ends.id:
        yield f"{_rows(ends.id + 1, last)} put in: no head was ever written for it"
    elif before != ends.hash:
        yield f"row {last} does not end the chain that the head is of"
    if not found_noted and noted is not None:
        yield f"row {noted.id}, which was noted down, is not there"


def _rows(first: int, last: int) -> str:
    return f"row {first} was" if first == last else f"rows {first} to {last} were"
