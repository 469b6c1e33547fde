"""Waiting for a fact, with a deadline."""
import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Until(Protocol):
    async def __call__(self, fact: Callable[[], object], within_s: float = 10, *,
                       evidence: Callable[[], object] | None = None) -> None: ...


async def until(fact: Callable[[], object], within_s: float = 10, *,
                evidence: Callable[[], object] | None = None) -> None:
    """Wait until `fact()`; what `evidence()` says goes into the failure."""
    deadline = time.monotonic() + within_s
    while not fact():
        assert time.monotonic() < deadline, f"not within {within_s} s; {evidence() if evidence else 'no evidence'}"
        await asyncio.sleep(0.005)
