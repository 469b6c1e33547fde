"""A house with many sites, sessions and people, written straight into a new database: by the API it would take minutes.

For tests and measurements of what a browser does with so much of everything.
"""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, create_engine, insert

from csms.domain.codes import new_connector_code
from csms.store.tables import card, charge_point, connector, evse, site, transaction, user
from ocppj import basic_auth

CARDS = 10  # FLEET00000 and up, of the first people
DRIVERS_CARD = "DRIVER00000"
_FIRST = 1000  # ids of our own, above what the house makes itself
_WEST, _NORTH, _STEP = 7.0, 46.0, 0.12  # degrees: the sites are a grid
_A_ROW = 25


@dataclass(frozen=True, slots=True)
class Large:
    """`points` charge points F1, F2, …, each on a site of its own, and `drivers_points` D1, D2, …; `key` opens them,
    and they look connected until somebody misses their heartbeats. Each session of `sessions` ended an hour after the
    one before, at the F's in turn. `driver_id` has the card DRIVERS_CARD."""

    key: str
    driver_id: int
    points: int = 500
    drivers_points: int = 0
    sessions: int = 10_000
    people: int = 10_000


def fill(sqlite: Path, large: Large) -> None:
    """Write it into a database that is migrated already; a server may be running on it."""
    engine = create_engine(f"sqlite:///{sqlite}")
    try:
        with engine.begin() as db:
            now = datetime.now(UTC).replace(microsecond=0)
            ids = _charge_points(db, large, now)
            cards = _people(db, large, now)
            _sessions(db, large, ids[: large.points], cards, now)
    finally:
        engine.dispose()


def _charge_points(db: Connection, large: Large, now: datetime) -> list[int]:
    names = [f"F{n}" for n in range(1, large.points + 1)] + [f"D{n}" for n in range(1, large.drivers_points + 1)]
    ids = list(range(_FIRST, _FIRST + len(names)))
    key_hash = basic_auth.hash_key(large.key)
    sites, points, evses, connectors = [], [], [], []
    for n, (row_id, identity) in enumerate(zip(ids, names, strict=True)):
        sites.append(
            {"id": row_id, "name": f"Site {identity}", "slug": f"site-{row_id}", "time_zone": "Europe/Rome",
             "created_at": now}
        )  # fmt: skip
        points.append(
            {"id": row_id, "identity": identity, "site_id": row_id, "name": f"Point {identity}", "key_hash": key_hash,
             "created_at": now, "booted_at": now, "last_seen_at": now, "connected_via": "direct",
             "last_via": "direct", "connection": f"made {row_id}", "latitude": _NORTH - _STEP * (n // _A_ROW),
             "longitude": _WEST + _STEP * (n % _A_ROW)}
        )  # fmt: skip
        evses.append({"id": row_id, "charge_point_id": row_id, "number": 1})
        connectors.append(
            {"id": row_id, "charge_point_id": row_id, "evse_id": row_id, "number": 1, "code": new_connector_code(),
             "status": "Faulted" if n % 7 == 0 else "Available", "error_code": "NoError", "status_at": now,
             "type": "type2", "power_w": 22_000}
        )  # fmt: skip
    for table, rows in ((site, sites), (charge_point, points), (evse, evses), (connector, connectors)):
        db.execute(insert(table), rows)
    return ids


def _people(db: Connection, large: Large, now: datetime) -> list[tuple[str, int]]:
    people = [
        {"id": _FIRST + n, "email": f"person{n}@example.org", "name": f"Name {n}", "surname": f"Surname {n}",
         "password_hash": "!", "role": "driver", "created_at": now}
        for n in range(large.people)
    ]  # fmt: skip
    db.execute(insert(user), people)
    cards = [(f"FLEET{n:05}", _FIRST + n) for n in range(CARDS)]
    both = [*cards, (DRIVERS_CARD, large.driver_id)]
    rows = [{"id_tag": tag, "user_id": whose, "blocked": False, "created_at": now} for tag, whose in both]
    db.execute(insert(card), rows)
    return cards


def _sessions(db: Connection, large: Large, ids: list[int], cards: list[tuple[str, int]], now: datetime) -> None:
    turns = zip(range(large.sessions), itertools.cycle(ids), itertools.cycle(cards), strict=False)
    rows = [
        {"charge_point_id": row_id, "connector_id": 1, "id_tag": tag, "user_id": whose, "authorization": "Accepted",
         "meter_start_wh": n, "started_at": now - timedelta(hours=large.sessions - n + 1), "received_at": now,
         "price_cents_per_kwh": 45, "ended_at": now - timedelta(hours=large.sessions - n),
         "meter_stop_wh": n + 11_000, "stop_reason": "Local", "energy_wh": 11_000, "cost_cents": 495, "flags": ""}
        for n, row_id, (tag, whose) in turns
    ]  # fmt: skip
    db.execute(insert(transaction), rows)
