"""Sessions. A driver sees only their own; those of others do not exist for them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from csms.api.deps import Anyone, Db, Limit, Managed, Offset, RowId, Wired
from csms.api.pagination import Paged
from csms.commands.remote_stop import remote_stop
from csms.domain.battery import Battery
from csms.domain.errors import Conflict, NotFound
from csms.domain.transactions import Session
from csms.store import ev_needs, meter_values, registrations, site_operators, transactions
from csms.store.meter_values import SeriesPoint
from csms.store.site_operators import Sites

router = APIRouter(prefix="/api/sessions", tags=["sessions"])

_MOST_SAMPLES = 5000


@dataclass(frozen=True, slots=True)
class SessionWithSamples(Session):
    samples: list[SeriesPoint] = field(default_factory=list)
    battery: Battery | None = None  # of the car while it charges, if anything is known of it


@dataclass(frozen=True, slots=True)
class Visible:
    owned_by: int | None
    sites: Sites


@dataclass(frozen=True, slots=True)
class CommandAnswer:
    status: str


async def visible(of: Wired, by: Anyone) -> Visible:
    """A driver's own sessions; those at the sites that an operator manages; everything for an administrator."""
    if by.role == "driver":
        return Visible(by.id, None)
    async with of.database.ask() as db:
        return Visible(None, await site_operators.sites_of(db, by.id, by.role))


MaySee = Annotated[Visible, Depends(visible)]


@router.get("")
async def everything(
    paged: Paged,
    db: Db,
    see: MaySee,
    state: Annotated[Literal["active", "ended"] | None, Query()] = None,
    charge_point: Annotated[str | None, Query(max_length=48)] = None,
    flagged: bool = False,
    search: Annotated[str | None, Query(max_length=100)] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Sequence[Session]:
    """Newest first; X-Total-Count says how many there are. `search`: in charge point, card and driver's address."""
    page, total = await transactions.sessions(
        db,
        state=state,
        owned_by=see.owned_by,
        sites=see.sites,
        charge_point_identity=charge_point,
        flagged=flagged,
        search=search,
        limit=limit,
        offset=offset,
    )
    paged(total, limit, offset)
    return page


@router.get("/{transaction_id}")
async def one(transaction_id: RowId, of: Wired, db: Db, see: MaySee) -> SessionWithSamples:
    """With its meter series, the newest 5,000 points."""
    session = await transactions.session(db, transaction_id, owned_by=see.owned_by, sites=see.sites)
    if session is None:
        raise NotFound(f"there is no session {transaction_id}")
    samples = await meter_values.series(db, transaction_id, session.meter_start_wh, _MOST_SAMPLES)
    usual = of.settings.usual_target_percent
    battery = await ev_needs.battery(db, transaction_id, usual) if session.ended_at is None else None
    whole = {"user": session.user, "limit": session.limit, "samples": list(samples), "battery": battery}
    facts = {**asdict(session), **whole}
    return SessionWithSamples(**facts)


@router.post("/{transaction_id}/remote-stop")
async def stop(transaction_id: RowId, of: Wired, managed: Managed) -> CommandAnswer:
    """Ask the charge point to stop. Accepted means it will; the session says that it did."""
    async with of.database.read() as db:  # not held while the charge point thinks
        session = await transactions.session(db, transaction_id, sites=managed)
    if session is None:
        raise NotFound(f"there is no session {transaction_id}")
    if session.state != "active":
        raise Conflict(f"session {transaction_id} has ended")
    async with of.database.ask() as db:
        await registrations.must_be_accepted(db, session.charge_point)
    return CommandAnswer(await remote_stop(of.bus, session.charge_point, transaction_id))
