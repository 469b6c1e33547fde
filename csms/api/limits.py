"""How much a driver wants of one charge: said at the start, changed or taken back while it runs."""

from fastapi import APIRouter
from pydantic import StrictInt, model_validator
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api.deps import Anyone, RowId, Wired
from csms.api.forms import Form
from csms.domain import connector_types
from csms.domain.charge_limits import BOUNDS, ChargeLimit, LimitKind, SoFar, reached
from csms.domain.errors import Conflict, NotFound, Unusable
from csms.domain.transactions import Session
from csms.store import charge_limits, ev_needs, transactions
from csms.store.car_words import CarWord
from csms.store.charge_points import ConnectorView
from ocppj import log

_log = log.get(__name__)
router = APIRouter(prefix="/api/user/charging", tags=["account"])

_UNKNOWN_SOC = "nobody knows how full the battery is: say your vehicle and how full it is now, or choose another limit"


class LimitForm(Form):
    """`value` in the unit that `kind` names."""

    kind: LimitKind
    value: StrictInt

    @model_validator(mode="after")
    def _in_bounds(self) -> "LimitForm":
        least, most = BOUNDS[self.kind]
        if not least <= self.value <= most:
            raise ValueError(f"a limit in {self.kind.value} lies between {least} and {most}")
        return self


def at_start(form: LimitForm | None, connector: ConnectorView, soc_percent: int | None, word: CarWord | None) -> (
    ChargeLimit | None
):
    """Unusable for a level of the battery that can never be known, or that it has already."""
    if form is None:
        return None
    if form.kind is LimitKind.SOC:
        kind = connector_types.find(connector.type) if connector.type else None
        tells = kind is not None and kind.current == "DC"
        if not tells and (soc_percent is None or word is None or word.capacity_wh is None):
            raise Unusable(_UNKNOWN_SOC)
        if soc_percent is not None and soc_percent >= form.value:
            raise Unusable(f"the battery is at {soc_percent} % already")
    return ChargeLimit(form.kind, form.value)


@router.put("/{transaction_id}/limit")
async def change(transaction_id: RowId, form: LimitForm, of: Wired, by: Anyone) -> ChargeLimit:
    """Of one's running session, in place of what was said before. Conflict if it has come to that already."""

    async def work(db: AsyncConnection) -> ChargeLimit:
        session = await _running(db, transaction_id, by.id)
        limit = ChargeLimit(form.kind, form.value)
        battery = await ev_needs.battery(db, transaction_id) if form.kind is LimitKind.SOC else None
        soc = None if battery is None else battery.soc_percent
        if form.kind is LimitKind.SOC and soc is None:
            raise Unusable(_UNKNOWN_SOC)
        charging_s = (await charge_limits.passed_until(db, transaction_id, of.clock())).total_seconds()
        if reached(limit, SoFar(session.energy_wh, session.cost_cents, charging_s, soc)):
            raise Conflict("it has come to that already: stop it, or choose more")
        await charge_limits.put(db, transaction_id, limit)
        return limit

    limit = await of.writer.write(work)
    _log.info("limit.set", transaction=transaction_id, kind=limit.kind.value, value=limit.value)
    return limit


@router.delete("/{transaction_id}/limit", status_code=204)
async def remove(transaction_id: RowId, of: Wired, by: Anyone) -> None:
    """It goes on until somebody stops it or the car is full."""

    async def work(db: AsyncConnection) -> None:
        await _running(db, transaction_id, by.id)
        await charge_limits.put(db, transaction_id, None)

    await of.writer.write(work)
    _log.info("limit.removed", transaction=transaction_id)


async def _running(db: AsyncConnection, transaction_id: int, user_id: int) -> Session:
    session = await transactions.session(db, transaction_id, owned_by=user_id)
    if session is None:
        raise NotFound(f"there is no session {transaction_id}")
    if session.state != "active":
        raise Conflict(f"session {transaction_id} has ended")
    return session
