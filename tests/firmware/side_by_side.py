"""Tests of whole charge points, several at once: each waits much and works little."""
import asyncio
import functools
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

Play = Callable[..., Awaitable[None]]


class SideBySide:
    """Decorates tests of a file: the first that runs plays all that were chosen, `at_once` at a time; every test then
    tells its own outcome. One that is played again is played alone.

    setting   what a test is given instead of its folder, as a tuple of arguments
    """

    def __init__(self, setting: Callable[[Path], AbstractAsyncContextManager[tuple[Any, ...]]] | None = None,
                 at_once: int = 100) -> None:
        self._setting = setting
        self._at_once = at_once
        self._plays: dict[str, Play] = {}
        self._outcomes: dict[str, BaseException | None] = {}
        self._played: set[str] = set()

    def __call__(self, play: Play) -> Play:
        name = play.__name__
        self._plays[name] = play

        @functools.wraps(play)
        async def test(tmp_path: Path, request: pytest.FixtureRequest) -> None:
            if name not in self._outcomes:
                chosen = {item.name for item in request.session.items if item.path == request.path} - self._played
                await self._play_all(tmp_path, {name} | (chosen & set(self._plays)))
            outcome = self._outcomes.pop(name)
            if outcome:
                raise outcome

        del test.__wrapped__   # type: ignore[attr-defined]  # its arguments are not fixtures
        return test

    async def _play_all(self, tmp_path: Path, chosen: set[str]) -> None:
        free = asyncio.Semaphore(self._at_once)
        names = [name for name in self._plays if name in chosen]

        async def one(name: str) -> None:
            async with free:
                await self._play(self._plays[name], tmp_path / name)

        ended = await asyncio.gather(*(one(name) for name in names), return_exceptions=True)
        self._outcomes |= dict(zip(names, ended, strict=True))
        self._played |= chosen

    async def _play(self, play: Play, folder: Path) -> None:
        if self._setting is None:
            await play(folder)
            return
        async with self._setting(folder) as arguments:
            await play(*arguments)
