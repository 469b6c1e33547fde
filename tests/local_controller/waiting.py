"""Wait for a fact, with a deadline."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any


async def eventually(what: str, check: Callable[[], Any], within_s: float = 10.0) -> Any:
    """The first true value of `check()`, which may be a coroutine function; AssertionError names what never came."""
    deadline_s = asyncio.get_running_loop().time() + within_s
    while True:
        found = check()
        if isinstance(found, Awaitable):
            found = await found
        if found:
            return found
        assert asyncio.get_running_loop().time() < deadline_s, f"{what}: not within {within_s:g} s"
        await asyncio.sleep(0.01)
