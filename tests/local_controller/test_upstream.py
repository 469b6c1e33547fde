"""Northbound connections: one for each charge point, whenever it is hurried."""

import asyncio
from pathlib import Path
from typing import Any, cast

import pytest

from local_controller import upstream
from local_controller.announcement import Announcement
from local_controller.charge_point import ChargePoint
from local_controller.identity import Identity
from local_controller.store import Store
from local_controller.upstream import Upstream


class Connecting:
    """Counts the connections that are tried side by side."""

    def __init__(self) -> None:
        self.now, self.most = 0, 0

    async def run(self) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.Event().wait()
        finally:
            self.now -= 1


@pytest.mark.parametrize("turns", range(6))
async def test_one_that_is_hurried_as_it_begins_is_not_two(
    tmp_path: Path, turns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstream, "HURRY_SPREAD_S", 0.0)
    store = await Store.open(tmp_path / "site.db")
    known = Identity("demo-site", "5a" * 20, "Demo", "UTC", "ws://127.0.0.1:9", "http://127.0.0.1:9")
    announcement, client = Announcement(store, known, lambda: None), Connecting()
    uplink = Upstream(
        ChargePoint("CP1"), cast(Any, lambda identity, converse: client), cast(Any, None), cast(Any, None),
        announcement.tried,
    )  # fmt: skip
    announcement.make()
    uplink.want(True)
    await asyncio.sleep(0.01)
    assert client.now == 0  # nobody knows the charge point yet
    announcement._tried.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    uplink.hurry()
    await asyncio.sleep(0.01)
    assert (client.now, client.most) == (1, 1)
    await uplink.close()
    await store.close()
