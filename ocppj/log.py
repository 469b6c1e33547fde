"""One event, one line: `2026-03-01T09:14:03.120Z info transaction.opened charge_point=CP7 connector=1`.
Info tells events of the trade, debug the frames; no passwords, and idTags shortened with `short`.
"""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any, cast

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_PLAIN = re.compile(r"[\w.:/+@|*\-\[\]]+")
_MAX_VALUE = 500  # a charge point chooses what is in some values, and must not fill the disk with one line


def configure(level: str = "info") -> None:
    """Set up logging of this process: lines on stderr, our own and those of libraries that use `logging`."""
    number = _LEVELS[level]
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, _line],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=_Stderr,
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[_FromLogging()], force=True)


def get(name: str) -> FilteringBoundLogger:
    return cast(FilteringBoundLogger, structlog.get_logger(name))


def wants_debug() -> bool:
    """Whether debug lines come out, for places where already making one would cost too much."""
    return structlog.get_config()["wrapper_class"] is structlog.make_filtering_bound_logger(logging.DEBUG)


def short(id_tag: str) -> str:
    """An idTag in a log: the last four characters are enough to find it and too few to copy the card."""
    return id_tag if len(id_tag) <= 4 else "…" + id_tag[-4:]


class _Stderr:
    """Where the lines go. Looks stderr up each time, as it may be replaced."""

    def __init__(self, *_: object) -> None:
        pass

    def write(self, line: str) -> None:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()

    debug = info = warning = error = critical = write


def _line(logger: WrappedLogger, level: str, event: EventDict) -> str:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    words = [now, level, _value(event.pop("event"))]
    words += [f"{key}={_value(value)}" for key, value in event.items()]
    return " ".join(words)


def _value(value: Any) -> str:
    text = str(value)[:_MAX_VALUE]
    # json.dumps escapes line ends, terminal escapes and lone surrogates: whatever it is, it stays one line of ASCII
    return text if _PLAIN.fullmatch(text) and text.isascii() else json.dumps(text)


class _FromLogging(logging.Handler):
    """Libraries that use `logging` write into the same stream, one line a record."""

    def emit(self, record: logging.LogRecord) -> None:
        details: dict[str, Any] = {"text": record.getMessage()}
        if record.exc_info and record.exc_info[1]:
            details["error"] = repr(record.exc_info[1])
        level = "warning" if record.levelno < logging.ERROR else "error"
        getattr(get(record.name), level)(record.name, **details)
