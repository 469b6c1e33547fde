"""Counts failures, so that nobody can guess for long. Time is handed in; a restart forgets them."""

from collections import OrderedDict

from csms.domain.errors import TooMany

_MOST_KEYS = 10_000


class Attempts:
    """`most` failures of one key within `window_s`, then TooMany until the window has passed."""

    def __init__(self, most: int, window_s: float) -> None:
        self._most = most
        self._window_s = window_s
        self._failures: OrderedDict[str, list[float]] = OrderedDict()

    def must_be_allowed(self, key: str, now_s: float) -> None:
        recent = self._recent(key, now_s)
        if len(recent) >= self._most:
            wait_s = recent[0] + self._window_s - now_s
            raise TooMany("too many wrong tries, please wait", retry_after_s=int(wait_s) + 1)

    def failed(self, key: str, now_s: float) -> None:
        self._failures[key] = [*self._recent(key, now_s), now_s][-self._most :]
        self._failures.move_to_end(key)
        if len(self._failures) > _MOST_KEYS:
            self._failures.popitem(last=False)

    def was_right(self, key: str) -> None:
        """Take back the failure that was noted before this try was judged."""
        if failures := self._failures.get(key):
            failures.pop()

    def forget(self, key: str) -> None:
        self._failures.pop(key, None)

    def _recent(self, key: str, now_s: float) -> list[float]:
        return [at for at in self._failures.get(key, ()) if at > now_s - self._window_s]
