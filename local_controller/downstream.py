"""The server charge points connect to: who may, and what lasts as long as a connection."""

import asyncio
import ssl as tls
from collections.abc import Callable
from datetime import datetime

from local_controller import keeping, refusals
from local_controller.charge_point import ChargePoint
from local_controller.config import Ocpp
from local_controller.errors import SiteError
from local_controller.relay import Relay
from local_controller.site_state import SiteState
from local_controller.store import Store
from local_controller.strangers import Strangers
from local_controller.tables import to_ms
from ocppj import basic_auth, log
from ocppj.errors import ConnectionLost
from ocppj.peer import Peer
from ocppj.server import Limits, Server, Verdict, serve

CLOSE_S = 1.0
# On a LAN a ping costs nothing, and people at the site wonder soon why a dark charge point is shown as connected.
LIMITS = Limits(ping_interval_s=10, ping_timeout_s=10)
_log = log.get(__name__)


class Downstream:
    def __init__(
        self,
        store: Store,
        charge_points: dict[str, ChargePoint],
        relay: Relay,
        state: SiteState,
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._charge_points, self._relay = store, charge_points, relay
        self._state, self._clock = state, clock
        self._keys: dict[str, str] = {}  # identity: hash
        self._next_keys: dict[str, str] = {}  # of those that were told a new one, until they have used it
        self.strangers = Strangers(clock, lambda: state.publish("Strangers", {}))
        self._owners: set[asyncio.Task[None]] = set()
        self._server: Server | None = None

    async def load(self) -> None:
        of = "FROM charge_points WHERE retired_at IS NULL"
        self._keys = dict(await self._store.read(f"SELECT identity, key_hash {of}"))
        self._next_keys = dict(
            await self._store.read(f"SELECT identity, next_key_hash {of} AND next_key_hash IS NOT NULL")
        )

    async def listen(self, settings: Ocpp, ssl: tls.SSLContext | None = None) -> int:
        """The port it listens on."""
        try:
            self._server = await serve(
                settings.host, settings.port, authenticate=self._authenticate, on_connect=self._converse, limits=LIMITS,
                ssl=ssl,
            )  # fmt: skip
        except OSError as problem:
            where = f"{settings.host}:{settings.port}"
            raise SiteError(f"ocpp.port: cannot listen on {where}: {problem.strerror or problem}") from None
        return self._server.port

    async def close(self) -> None:
        for owner in self._owners:
            owner.cancel()
        if self._server is not None:
            closing = asyncio.create_task(self._server.close())
            await asyncio.wait({closing}, timeout=CLOSE_S)  # a half-open charge point must not hold us up
            closing.cancel()

    async def new_key(self, identity: str, key_hash: str) -> None:
        """From now on this key alone; who is connected with the one before is sent away."""
        self._keys[identity] = key_hash
        self._next_keys.pop(identity, None)
        self.strangers.let_in(identity)
        south = self._charge_points[identity].south
        if south is not None:
            await south.close(1008, "the key was changed")

    def told_key(self, identity: str, key_hash: str) -> None:
        """It may come with this one, too; once it has, only with this one."""
        self._next_keys[identity] = key_hash

    async def send_off(self, identity: str) -> None:
        """It is not let in any more."""
        self._keys.pop(identity, None)
        self._next_keys.pop(identity, None)
        south = self._charge_points[identity].south
        if south is not None:
            await south.close(1008, "retired")

    async def _authenticate(self, identity: str, user: str | None, password: bytes | None, remote: str) -> Verdict:
        stored = self._keys.get(identity)
        if stored is None or identity not in self._charge_points:
            self.strangers.came(identity, remote, "not adopted")
            return Verdict.UNKNOWN_IDENTITY
        if user == identity and password is not None:
            if basic_auth.key_matches(password, stored):
                return Verdict.ACCEPT
            following = self._next_keys.get(identity)
            if following is not None and basic_auth.key_matches(password, following):
                return await self._took(identity, following)
        self.strangers.came(identity, remote, "wrong key")
        return Verdict.WRONG_KEY

    async def _took(self, identity: str, key_hash: str) -> Verdict:
        """It has come with its new key."""
        try:
            await keeping.key_used(self._store, identity, key_hash)
        except SiteError as problem:  # a full disk shuts nobody out: it is noted the next time
            _log.error("charge_point.key_not_noted", charge_point=identity, error=problem)
        else:
            self._keys[identity] = key_hash
            self._next_keys.pop(identity, None)
        return Verdict.ACCEPT

    async def _converse(self, south: Peer) -> None:
        identity, charge_point = south.identity, self._charge_points[south.identity]
        owner = asyncio.current_task()
        assert owner is not None
        self._owners.add(owner)
        self.strangers.let_in(identity)
        charge_point.south_opened(south)
        self._state.connected(identity, True, self._clock())
        if self._relay.transparent and await charge_point.csms() is None:
            charge_point.send_away()
        telling = asyncio.create_task(self._tell_refusals(charge_point, south), name=f"refusals {identity}")
        try:
            await south.serve(lambda call: self._relay.up(charge_point, call))
        finally:
            telling.cancel()
            self._owners.discard(owner)
            if charge_point.south_closed(south):
                self._gone(identity)

    async def _tell_refusals(self, charge_point: ChargePoint, south: Peer) -> None:
        try:
            await refusals.run(self._store, charge_point, south)
        except ConnectionLost:
            pass
        except Exception as problem:
            _log.error("refusals.failed", charge_point=charge_point.identity, error=repr(problem))

    def _gone(self, identity: str) -> None:
        now = self._clock()
        self._state.connected(identity, False, now)
        try:
            self._store.write_soon(
                lambda db: db.execute("UPDATE charge_points SET seen_at = ? WHERE identity = ?", (to_ms(now), identity))
            )
        except SiteError:
            pass  # closing: the next connection says it again
