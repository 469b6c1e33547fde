"""Charge points: what they are, how they are, and what an operator may ask of them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api.deps import Db, Limit, Managed, Offset, Operator, RowId, Wired, must_manage
from csms.api.forms import Form, Identity, IdTag, Name
from csms.commands.remote_start import remote_start
from csms.domain.errors import NotFound
from csms.store import charge_points, connectors, sites
from csms.store.charge_points import ChargePointView
from csms.store.site_operators import Sites
from ocppj import basic_auth, log

_log = log.get(__name__)
router = APIRouter(prefix="/api/charge-points", tags=["charge points"])

Named = Annotated[str, Path(max_length=48)]
ConnectorId = Annotated[int, Path(ge=1, le=1000)]


class NewChargePoint(Form):
    identity: Identity
    site_id: RowId
    connectors: Annotated[int, Field(ge=1, le=16)] = 1
    name: Name | None = None
    price_cents_per_kwh: Annotated[int, Field(ge=0, le=100_000)] | None = None


@dataclass(frozen=True, slots=True)
class NewChargePointView(ChargePointView):
    authorization_key: str  # shown this once


class StartRequest(Form):
    id_tag: IdTag


@dataclass(frozen=True, slots=True)
class CommandAnswer:
    status: str


@router.post("", status_code=201)
async def create(form: NewChargePoint, of: Wired, by: Operator, managed: Managed) -> NewChargePointView:
    """Make a charge point that connects directly, with a key of its own."""
    must_manage(managed, form.site_id, f"site {form.site_id}")
    key = basic_auth.new_key()

    async def work(db: AsyncConnection) -> ChargePointView:
        await sites.find(db, form.site_id)
        row_id = await charge_points.create(
            db,
            form.identity,
            form.site_id,
            of.clock(),
            name=form.name,
            key_hash=basic_auth.hash_key(key),
            price_cents_per_kwh=form.price_cents_per_kwh,
        )
        await connectors.ensure(db, row_id, form.connectors)
        return await _view(db, of, form.identity, managed)

    made = await of.writer.write(work)
    _log.info("charge_point.created", charge_point=form.identity, by=by.id)
    return NewChargePointView(**{f.name: getattr(made, f.name) for f in fields(made)}, authorization_key=key)


@router.get("")
async def everything(
    response: Response, of: Wired, db: Db, managed: Managed, limit: Limit = 1000, offset: Offset = 0
) -> Sequence[ChargePointView]:
    response.headers["X-Total-Count"] = str(await charge_points.count(db, managed))
    price = of.settings.default_price_cents_per_kwh
    return await charge_points.views(db, price, limit=limit, offset=offset, sites=managed)


@router.get("/{identity}")
async def one(identity: Named, of: Wired, db: Db, managed: Managed) -> ChargePointView:
    return await _view(db, of, identity, managed)


@router.post("/{identity}/connectors/{connector_id}/remote-start")
async def start(
    identity: Named, connector_id: ConnectorId, form: StartRequest, of: Wired, managed: Managed
) -> CommandAnswer:
    """Ask the charge point to start. Accepted means it will try; the session says that it did."""
    async with of.database.read() as db:  # not held while the charge point thinks
        view = await _view(db, of, identity, managed)
    if connector_id not in [c.connector_id for c in view.connectors]:
        raise NotFound(f"{identity} has no connector {connector_id}")
    return CommandAnswer(await remote_start(of.bus, view.identity, connector_id, form.id_tag))


async def _view(db: AsyncConnection, of: Wired, identity: str, managed: Sites) -> ChargePointView:
    price = of.settings.default_price_cents_per_kwh
    found = await charge_points.views(db, price, identity=identity, sites=managed)
    if not found:
        raise NotFound("there is no such charge point")
    return found[0]
