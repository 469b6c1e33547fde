"""The console after a reset, until the charge point is accepted; what keeps it from that, in words."""
import re
import time
from collections.abc import Callable, Iterable
from enum import Enum

from hardware.flash.errors import FlashError

QUIET_S = 60.0
_ABSENT_TRIES = 2     # a join of 20 s each; the first may fail for want of one beacon
_LINK_TRIES = 3


class Outcome(Enum):
    ACCEPTED = "accepted by its central system"
    WAITS = "waits to be set up, on its own WiFi"


def until_accepted(lines: Iterable[str], told: Callable[[str], None], *, has_settings: bool, wifi: str = "",
                   url: str = "", within_s: float = 180.0, clock: Callable[[], float] = time.monotonic) -> Outcome:
    """Follow the board's lines, each passed to `told`. FlashError says what is wrong and what to do about it."""
    absent = failed = 0
    refusal = last = ""
    end_s = clock() + within_s
    for line in lines:
        told(line)
        last = line.strip() or last
        word, _, rest = line.partition(" ")
        if word == "boot.accepted":
            return Outcome.ACCEPTED
        if word == "setup.waiting":
            if has_settings:
                raise FlashError(f"the board does not take its settings{': ' + refusal if refusal else ''}")
            return Outcome.WAITS
        if word == "settings.refused":
            refusal = rest
            if has_settings:
                raise FlashError(f"the board refuses to start: {rest}")
        if word in ("wifi.absent", "wifi.failed"):
            absent += 1
            if absent >= _ABSENT_TRIES:
                raise FlashError(f"the board cannot join the WiFi {wifi!r}: is the name right, is it 2.4 GHz, is the "
                                 "password right (--wifi asks for it anew), is it in reach (`bollard-flash doctor`)?")
        if word == "link.failed":
            failed += 1
            if "HTTP status 401" in rest or "HTTP status 404" in rest:
                raise FlashError(f"{url} does not take this identity and key: adopt the board anew, with --adopt and "
                                 "--code")
            if failed >= _LINK_TRIES:
                raise FlashError(f"the board is on the WiFi, but {url} does not let it in "
                                 f"({rest.removeprefix('error=')}): is the address right and the controller running?")
        if word == "boot.rejected":
            raise FlashError("the central system knows this charge point and rejects it: accept it there first")
        if word.startswith("ImportError") or re.match(r"(MemoryError|SyntaxError|ValueError: incompatible)", line):
            raise FlashError(f"the firmware does not start: {line}; write it again, and tell us if that does not help")
        if clock() > end_s:
            raise FlashError(f"not accepted within {within_s:.0f} s; the last it said is {last!r}")
    raise FlashError("the board says nothing any more" + (f"; the last was {last!r}" if last else
                     ": is this its console's port?") + "; `bollard-flash doctor` looks further")
