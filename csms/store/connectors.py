"""Connectors and their EVSEs, of whose connectors one is in use at a time. OCPP 1.6's connectorId is the number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain import codes
from csms.domain.errors import NotFound
from csms.store.tables import charge_point, connector, evse


@dataclass(frozen=True, slots=True)
class Connector:
    number: int
    code: str


@dataclass(frozen=True, slots=True)
class Found:
    """A connector by its code. Field names are those of the HTTP API."""

    charge_point: str
    charge_point_name: str
    connector_id: int
    code: str


async def ensure(db: AsyncConnection, charge_point_id: int, count: int) -> Sequence[Connector]:
    """Add what is missing so that the charge point has connectors 1 to `count` at least; return all it has."""
    have = (
        await db.execute(
            select(func.count()).select_from(connector).where(connector.c.charge_point_id == charge_point_id)
        )
    ).scalar_one()
    for number in range(have + 1, count + 1):
        await _add(db, charge_point_id, number)
    return await of_charge_point(db, charge_point_id)


async def add(db: AsyncConnection, charge_point_id: int, evses: Sequence[int]) -> None:
    """The connectors of a new charge point, numbered from 1: `evses` names the EVSE of each."""
    ids: dict[int, int] = {}
    for number, of in enumerate(evses, 1):
        if of not in ids:
            made = insert(evse).values(charge_point_id=charge_point_id, number=of).returning(evse.c.id)
            ids[of] = (await db.execute(made)).scalar_one()
        await _add_to(db, charge_point_id, ids[of], number)


async def by_code(db: AsyncConnection, code: str) -> Found:
    """NotFound for a code that is on no connector, or on one that was taken away."""
    columns = select(charge_point.c.identity, charge_point.c.name, connector.c.number, connector.c.code)
    here = columns.join_from(connector, charge_point).where(
        connector.c.code == code, charge_point.c.dismissed.is_(False)
    )
    row = (await db.execute(here)).one_or_none()
    if row is None:
        raise NotFound("this code is on no connector")
    return Found(*row)


async def change(
    db: AsyncConnection, charge_point_id: int, number: int, values: Mapping[str, str | int | None]
) -> None:
    """Type and power."""
    mine = update(connector).where(connector.c.charge_point_id == charge_point_id, connector.c.number == number)
    await db.execute(mine.values(**values))


async def of_charge_point(db: AsyncConnection, charge_point_id: int) -> Sequence[Connector]:
    columns = select(connector.c.number, connector.c.code).where(connector.c.charge_point_id == charge_point_id)
    return [Connector(*row) for row in await db.execute(columns.order_by(connector.c.number))]


async def set_status(
    db: AsyncConnection, charge_point_id: int, number: int, status: str, error_code: str, info: str | None, at: datetime
) -> bool:
    """False if the charge point has no such connector."""
    change = update(connector).where(connector.c.charge_point_id == charge_point_id, connector.c.number == number)
    done = await db.execute(change.values(status=status, error_code=error_code, info=info, status_at=at))
    return done.rowcount == 1


async def _add(db: AsyncConnection, charge_point_id: int, number: int) -> None:
    made = await db.execute(insert(evse).values(charge_point_id=charge_point_id, number=number).returning(evse.c.id))
    await _add_to(db, charge_point_id, made.scalar_one(), number)


async def _add_to(db: AsyncConnection, charge_point_id: int, evse_id: int, number: int) -> None:
    row = {"charge_point_id": charge_point_id, "evse_id": evse_id, "number": number}
    while True:
        try:
            async with db.begin_nested():
                await db.execute(insert(connector).values(**row, code=codes.new_connector_code()))
            return
        except IntegrityError as error:  # one in 34 thousand million: the code is taken
            if "code" not in str(error.orig):
                raise
