"""Something is wrong with a charge point: anybody who stands there may say so, its operators look and close it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api.charge_points import Named
from csms.api.deps import COOKIE, Db, Limit, Managed, Offset, Operator, Parts, RemoteAddress, RowId, Wired, login
from csms.api.forms import NO_CONTROLS, Form, Text
from csms.api.pagination import Paged
from csms.domain.errors import NotFound
from csms.store import charge_points, connectors, problems, sites
from csms.store.problems import Problem, Report
from ocppj import log

_log = log.get(__name__)
router = APIRouter(tags=["problems"])

Kind = Literal["broken", "blocked", "damaged", "unsafe", "payment", "other"]
KINDS: dict[str, str] = {
    "broken": "It does not work",
    "blocked": "The place is blocked",
    "damaged": "It is damaged",
    "unsafe": "It is dangerous",
    "payment": "Something about the price or the bill",
    "other": "Something else",
}


class ProblemForm(Form):
    kind: Kind
    text: Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$")] = ""
    contact: Annotated[str, StringConstraints(min_length=1, max_length=254, pattern=NO_CONTROLS)] | None = None
    connector_id: Annotated[int, Field(ge=1, le=1000)] | None = None


class Closing(Form):
    note: Text = ""


@dataclass(frozen=True, slots=True)
class Reported:
    problem_id: int
    emergency_number: str  # for what cannot wait


@router.post("/api/station/{identity}/problems", status_code=201)
async def report(identity: Named, form: ProblemForm, request: Request, of: Wired, remote: RemoteAddress) -> Reported:
    """Nobody needs to be logged in for it. Who is, is named to the operators."""
    by = await login(request, of) if "authorization" in request.headers or COOKIE in request.cookies else None
    return await keep(of, identity, form, remote, None if by is None else by.user.id)


@router.get("/api/problems")
async def everything(
    paged: Paged, db: Db, managed: Managed, open: bool = False, limit: Limit = 50, offset: Offset = 0
) -> Sequence[Problem]:
    """Newest first."""
    page, total = await problems.everything(db, managed, limit, offset, still_open=open)
    paged(total, limit, offset)
    return page


@router.post("/api/problems/{problem_id}/close")
async def close(problem_id: RowId, form: Closing, of: Wired, by: Operator, managed: Managed) -> Problem:
    """Somebody has looked; what was found goes into `note`."""

    async def work(db: AsyncConnection) -> Problem:
        return await problems.close(db, problem_id, managed, by.id, form.note, of.clock())

    closed = await of.writer.write(work)
    _log.info("problem.closed", problem=problem_id, by=by.id)
    return closed


async def keep(of: Parts, identity: str, form: ProblemForm, remote: str, user_id: int | None) -> Reported:
    of.problem_addresses.must_be_allowed(remote, of.ticks_s())

    async def work(db: AsyncConnection) -> int:
        point = await charge_points.find(db, identity)
        there = [c.number for c in await connectors.of_charge_point(db, point.id)]
        if form.connector_id is not None and form.connector_id not in there:
            raise NotFound(f"there is no connector {form.connector_id} here")
        said = Report(form.kind, form.text, form.contact or "", form.connector_id, user_id)
        return await problems.add(db, point.identity, point.id, said, of.clock())

    made = await of.writer.write(work)
    of.problem_addresses.failed(remote, of.ticks_s())  # each counts: so many and no more from one address
    _log.info("problem.reported", problem=made, charge_point=identity, kind=form.kind, user=user_id)
    async with of.database.ask() as db:
        number = await sites.emergency_number(db, identity)
    return Reported(made, of.settings.emergency_number if number is None else number)
