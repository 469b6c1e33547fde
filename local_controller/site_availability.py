"""ChangeAvailability of the controller itself: the whole site opens or closes (OCPP 1.6 §5.2, connector 0).

Kept over a restart. Charge points that are away are told when they are back; until all have done it, it is Scheduled.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from local_controller.charge_point import ChargePoint
from local_controller.store import Store
from ocppj import log, v16
from ocppj.errors import BadAnswer, CallErrorReceived, CallTimeout, ConnectionLost

LOOK_S = 1.0
ASK_AGAIN_S = 15.0
ANSWER_S = 10.0
Kind = Literal["Inoperative", "Operative"]
_log = log.get(__name__)


class _Saved(msgspec.Struct):
    """`told`: who has done it."""

    kind: Kind = "Operative"
    told: list[str] = []


class SiteAvailability:
    """`changed` is called when the site has opened or closed."""

    def __init__(self, store: Store, charge_points: Mapping[str, ChargePoint], changed: Callable[[], None]) -> None:
        self._store, self._charge_points, self._changed = store, charge_points, changed
        self._saved = _Saved()
        self._not_before_s: dict[str, float] = {}
        self._asked = asyncio.Event()  # until somebody closes the site nobody is told anything

    async def load(self) -> None:
        rows = await self._store.read("SELECT value FROM settings WHERE name = 'availability'")
        if rows:
            self._saved = msgspec.json.decode(rows[0][0], type=_Saved)
            self._asked.set()

    @property
    def operative(self) -> bool:
        return self._saved.kind == "Operative"

    async def change(self, kind: Kind) -> str:
        self._saved = _Saved(kind)
        self._asked.set()
        self._not_before_s.clear()
        await self._save()
        _log.info("site.availability", kind=kind)
        self._changed()
        statuses = await self.look()
        untold = [i for i, known in self._charge_points.items() if not known.retired and i not in self._saved.told]
        return "Scheduled" if untold or "" in statuses else "Accepted"

    async def run(self) -> None:
        await self._asked.wait()
        while True:
            try:
                await self.look()
            except Exception as problem:
                _log.error("availability.failed", error=repr(problem))
            await asyncio.sleep(LOOK_S)

    async def look(self) -> list[str]:
        """Tell whoever is here and was not told; what they said."""
        now_s = asyncio.get_running_loop().time()
        behind = [
            identity
            for identity, charge_point in self._charge_points.items()
            if identity not in self._saved.told
            and charge_point.south is not None
            and charge_point.boot_accepted
            and self._not_before_s.get(identity, 0.0) <= now_s
        ]
        return list(await asyncio.gather(*(self._tell(identity) for identity in behind)))

    async def _tell(self, identity: str) -> str:
        saved, south = self._saved, self._charge_points[identity].south
        try:
            status = str((await south.call(v16.ChangeAvailability(0, saved.kind), ANSWER_S)).status) if south else ""
        except (CallErrorReceived, CallTimeout, ConnectionLost, BadAnswer) as problem:
            _log.info("availability.unanswered", charge_point=identity, why=str(problem))
            status = ""
        if status in ("Accepted", "Scheduled") and saved is self._saved:  # Scheduled: it does it by itself
            saved.told.append(identity)
            await self._save()
        else:
            self._not_before_s[identity] = asyncio.get_running_loop().time() + ASK_AGAIN_S
        return status

    async def _save(self) -> None:
        stored = msgspec.json.encode(self._saved).decode()
        await self._store.write(
            lambda db: db.execute(
                "INSERT INTO settings (name, value) VALUES ('availability', ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (stored,),
            )
        )
