"""Connectors and their EVSEs. Here each connector has an EVSE of its own; OCPP 1.6's connectorId is its number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain import codes
from csms.store.tables import connector, evse


@dataclass(frozen=True, slots=True)
class Connector:
    number: int
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
    row = {"charge_point_id": charge_point_id, "evse_id": made.scalar_one(), "number": number}
    while True:
        try:
            async with db.begin_nested():
                await db.execute(insert(connector).values(**row, code=codes.new_connector_code()))
            return
        except IntegrityError as error:  # one in 34 thousand million: the code is taken
            if "code" not in str(error.orig):
                raise
