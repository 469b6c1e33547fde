"""One controller for each data folder: two on one database would each deliver the same messages."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from local_controller.errors import SiteError

LOCK = "lock"


@contextlib.contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        file = (data_dir / LOCK).open("w")
    except OSError as problem:
        raise SiteError(f"data_dir: {data_dir}: {problem.strerror or problem}") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SiteError(f"another controller runs on {data_dir}: stop it first") from None
        yield
