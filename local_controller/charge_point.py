"""One charge point between its two connections: who is there, what it last said of itself, and who must be told."""

import asyncio
from dataclasses import dataclass

from local_controller.payloads import BootAnswer, try_read
from local_controller.store import Store
from ocppj.peer import Peer

NORTH_GRACE_S = 2.0  # what a northbound connection may take; the first messages of a charge point wait that long for it
GOING_AWAY = 1001  # RFC 6455 §7.4.1


@dataclass(frozen=True, slots=True)
class Boot:
    """The last BootNotification and what the charge point was answered."""

    payload: bytes
    answer: bytes

    @property
    def verdict(self) -> BootAnswer | None:
        return try_read(BootAnswer, self.answer)

    @property
    def accepted(self) -> bool:
        return self.verdict is not None and self.verdict.status == "Accepted"


class ChargePoint:
    def __init__(self, identity: str, boot: Boot | None = None, connectors: int = 1) -> None:
        self.identity = identity
        self.connectors = connectors  # the highest number it has used
        self.retired = False  # not let in any more
        self.south: Peer | None = None
        self.north: Peer | None = None
        self.boot = boot
        self.booting = False  # its BootNotification is on its way up
        self.statuses: dict[int, bytes] = {}  # the last StatusNotification of each connector, as it came
        self.changed = asyncio.Event()  # its lane has something to look at: a message, or a connection
        self.refused = asyncio.Event()  # a start of it may have been refused after it was answered
        self.introduced = asyncio.Event()  # on the present northbound connection the CSMS accepted its BootNotification
        self.boot_ended = asyncio.Event()  # it sent a BootNotification on its present connection, and has the answer
        self._north_up = asyncio.Event()
        self._leaving: asyncio.Task[None] | None = None
        self._south_since_s = 0.0

    @property
    def boot_accepted(self) -> bool:
        """It may be asked things."""
        return self.boot is not None and self.boot.accepted

    def south_opened(self, peer: Peer) -> None:
        self.south = peer
        self._south_since_s = asyncio.get_running_loop().time()
        self.boot_ended.clear()
        self.refused.set()
        self.changed.set()

    def south_closed(self, peer: Peer) -> bool:
        """False if a newer connection has taken its place."""
        if self.south is not peer:
            return False
        self.south = None
        self.changed.set()
        return True

    def north_opened(self, peer: Peer) -> None:
        self.north = peer
        self.introduced.clear()
        self._north_up.set()

    def north_closed(self, peer: Peer) -> None:
        if self.north is peer:
            self.north = None
            self.introduced.clear()
            self._north_up.clear()

    def send_away(self) -> None:
        """Close its connection: it shall notice that nobody is there and keep what it has to say (transparent mode)."""
        if self.south is not None and self._leaving is None:
            closing = asyncio.create_task(self.south.close(GOING_AWAY, "the central system is away"))
            closing.add_done_callback(self._left)
            self._leaving = closing

    def _left(self, _: object) -> None:
        self._leaving = None

    @property
    def south_age_s(self) -> float:
        return asyncio.get_running_loop().time() - self._south_since_s

    async def csms(self) -> Peer | None:
        """The connection to the CSMS, or None while that is away."""
        if self.north is None and (grace_s := NORTH_GRACE_S - self.south_age_s) > 0:
            try:
                await asyncio.wait_for(self._north_up.wait(), grace_s)
            except TimeoutError:
                pass
        return self.north


async def load(store: Store) -> dict[str, ChargePoint]:
    """All that were adopted, as they last were."""
    known = {}
    rows = await store.read("SELECT identity, boot, boot_answer, connectors, retired_at FROM charge_points")
    for identity, payload, answer, connectors, retired_at in rows:
        boot = Boot(payload, answer) if payload is not None else None
        known[identity] = ChargePoint(identity, boot, connectors)
        known[identity].retired = retired_at is not None
    for identity, connector_id, payload in await store.read(
        "SELECT charge_point, connector_id, payload FROM connectors"
    ):
        if identity in known:
            known[identity].statuses[connector_id] = payload
    return known
