"""What an operator does with a charge point that is ours: name it, give it a new key, retire it.

A new key is told to the charge point itself (ChangeConfiguration, OCPP 1.6 security whitepaper A01) and counts beside
the old one until the charge point has used it: an answer that is lost locks nobody out.
"""

from collections.abc import Callable
from datetime import datetime

from local_controller.charge_point import ChargePoint
from local_controller.errors import SiteError
from local_controller.store import Store
from local_controller.tables import to_ms
from ocppj import basic_auth, log, v16
from ocppj.errors import BadAnswer, CallErrorReceived, CallTimeout, ConnectionLost

MOST_NAME = 60
ANSWER_S = 20.0
_log = log.get(__name__)


class Refused(SiteError):
    """It cannot be done now; the text says why."""


class Unknown(SiteError):
    """No charge point of ours has this identity."""


async def rename(store: Store, identity: str, name: str) -> str | None:
    """What people call it; empty: by its identity again."""
    name = name.strip()
    if len(name) > MOST_NAME or not name.isprintable():
        raise Refused(f"a name has at most {MOST_NAME} printable characters")
    await store.write(lambda db: db.execute("UPDATE charge_points SET name = ? WHERE identity = ?", (name, identity)))
    _log.info("charge_point.renamed", charge_point=identity)
    return name or None


async def new_key(store: Store, charge_point: ChargePoint, counts: Callable[[str], None]) -> None:
    """Give it a new key over its connection. `counts` is called with its hash before the charge point can use it."""
    south, identity = charge_point.south, charge_point.identity
    if south is None or not charge_point.boot_accepted:
        raise Refused(f"{identity} is not connected: it gets a new key when it is adopted again, with a code")
    key = basic_auth.new_key()
    key_hash = basic_auth.hash_key(key)
    query = "UPDATE charge_points SET next_key_hash = ? WHERE identity = ?"
    await store.write(lambda db: db.execute(query, (key_hash, identity)))
    counts(key_hash)
    try:
        told = await south.call(v16.ChangeConfiguration("AuthorizationKey", key), ANSWER_S)
    except CallErrorReceived as problem:
        raise Refused(f"{identity} did not take a new key: {problem}") from None
    except (CallTimeout, ConnectionLost, BadAnswer):
        _log.warning("charge_point.key_untold", charge_point=identity)
        return  # it may have taken it: both count
    if told.status not in ("Accepted", "RebootRequired"):
        raise Refused(f"{identity} did not take a new key: {told.status}")
    _log.info("charge_point.key_told", charge_point=identity)


async def key_used(store: Store, identity: str, key_hash: str) -> None:
    """It came with its new key: the old one is worth nothing from now on."""
    query = "UPDATE charge_points SET key_hash = ?, next_key_hash = NULL WHERE identity = ?"
    await store.write(lambda db: db.execute(query, (key_hash, identity)))
    _log.info("charge_point.key_changed", charge_point=identity)


async def retire(store: Store, charge_point: ChargePoint, running: int, now: datetime) -> None:
    """It is let in no more; what it left behind is delivered, and its books stay. Adopted again it is back."""
    if running:
        raise Refused(f"{charge_point.identity} is charging: end that first")
    query = "UPDATE charge_points SET retired_at = ?, next_key_hash = NULL WHERE identity = ?"
    await store.write(lambda db: db.execute(query, (to_ms(now), charge_point.identity)))
    _log.info("charge_point.retired", charge_point=charge_point.identity)
