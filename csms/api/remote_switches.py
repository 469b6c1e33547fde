"""Heartbeat, start and stop on the paths of a smaller system's API: a connector by its number, and the same functions.

That system had one charge point. Where there are more, `chargePoint` says which.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from csms.api import idempotency, stations
from csms.api.charge_points import ConnectorId, look
from csms.api.deps import Anyone, Db, Wired
from csms.api.stations import ConnectorForm, StartForm
from csms.domain.errors import Conflict, NotFound
from csms.store import charge_points, transactions
from csms.store.charge_points import ChargePointView

router = APIRouter(tags=["remote switches"])

ChargePointName = Annotated[str, StringConstraints(max_length=48)]


@dataclass(frozen=True, slots=True)
class Heartbeat:
    id: int
    connectorId: int
    timeStamp: datetime | None  # when the charge point was last heard of
    status: str
    errorCode: str


class Switch(BaseModel):
    """What that system's app sends beside it (id, startTime, …) is taken and not used."""

    model_config = ConfigDict(extra="ignore")

    connectorId: Annotated[int, Field(ge=1, le=1000)]
    chargePoint: ChargePointName | None = None


@dataclass(frozen=True, slots=True)
class Switched:
    """The times are null until the charge point has said that it began."""

    id: int | None
    transactionId: int | None
    connectorId: int
    startTime: datetime | None
    stopTime: datetime | None
    status: str


@router.get("/api/heartbeat/{connector_id}")
async def heartbeat(
    connector_id: ConnectorId,
    of: Wired,
    db: Db,
    charge_point: Annotated[str | None, Query(alias="chargePoint", max_length=48)] = None,
) -> Heartbeat:
    """How a connector is, and when its charge point was last heard of."""
    point = await _point(of, db, charge_point)
    for c in point.connectors:
        if c.connector_id == connector_id:
            row_id = (await charge_points.find(db, point.identity)).id
            return Heartbeat(row_id, connector_id, point.last_seen_at, c.status, c.error_code or "NoError")
    raise NotFound(f"there is no connector {connector_id}")


@router.post("/api/start")
async def start(form: Switch, of: Wired, db: Db, by: Anyone, key: idempotency.Key = None) -> Switched:
    """As POST /api/station/{id}/start_charging."""
    point = await _point(of, db, form.chargePoint)
    asked = await stations.start_charging(point.identity, StartForm(connector_id=form.connectorId), of, by, key)
    return Switched(None, None, asked.connector_id, None, None, asked.status)


@router.post("/api/stop")
async def stop(form: Switch, of: Wired, db: Db, by: Anyone) -> Switched:
    """As POST /api/station/{id}/stop_charging."""
    point = await _point(of, db, form.chargePoint)
    asked = await stations.stop_charging(point.identity, ConnectorForm(connector_id=form.connectorId), of, by)
    assert asked.transaction_id is not None  # stop_charging names what it stops
    session = await transactions.session(db, asked.transaction_id)
    begun = None if session is None else session.started_at
    return Switched(asked.transaction_id, asked.transaction_id, asked.connector_id, begun, None, asked.status)


async def _point(of: Wired, db: Db, identity: str | None) -> ChargePointView:
    """The one named, or the only one that drivers see."""
    if identity is None:
        shown = await charge_points.shown_to_drivers(db, None, 2, 0)
        if len(shown) != 1:
            raise Conflict("there is more than one charge point, or none: say which by chargePoint")
        identity = shown[0]
    price = of.settings.default_price_cents_per_kwh
    found = await charge_points.views(db, price, identity=identity, **look(of))
    if not found or found[0].dismissed:
        raise NotFound("there is no such charge point")
    return found[0]
