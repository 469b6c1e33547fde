"""Cars of drivers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.errors import NotFound
from csms.store.tables import vehicle


@dataclass(frozen=True, slots=True)
class Vehicle:
    """Field names are those of the HTTP API."""

    id: int
    name: str
    battery_wh: int | None
    connector_type: str | None
    plate: str | None
    mac: str | None


v = vehicle.c
_COLUMNS = (v.id, v.name, v.battery_wh, v.connector_type, v.plate, v.mac)


async def create(db: AsyncConnection, user_id: int, facts: Mapping[str, object]) -> Vehicle:
    row = await db.execute(insert(vehicle).values(user_id=user_id, **facts).returning(*_COLUMNS))
    return Vehicle(*row.one())


async def change(db: AsyncConnection, vehicle_id: int, user_id: int, facts: Mapping[str, object]) -> Vehicle:
    await db.execute(update(vehicle).where(v.id == vehicle_id, v.user_id == user_id).values(**facts))
    return await find(db, vehicle_id, user_id)


async def find(db: AsyncConnection, vehicle_id: int, user_id: int) -> Vehicle:
    """NotFound if it is not this person's."""
    row = (await db.execute(select(*_COLUMNS).where(v.id == vehicle_id, v.user_id == user_id))).one_or_none()
    if row is None:
        raise NotFound(f"there is no vehicle {vehicle_id}")
    return Vehicle(*row)


async def remove(db: AsyncConnection, vehicle_id: int, user_id: int) -> None:
    done = await db.execute(delete(vehicle).where(v.id == vehicle_id, v.user_id == user_id))
    if done.rowcount == 0:
        raise NotFound(f"there is no vehicle {vehicle_id}")


async def of_user(db: AsyncConnection, user_id: int) -> Sequence[Vehicle]:
    rows = await db.execute(select(*_COLUMNS).where(v.user_id == user_id).order_by(v.id))
    return [Vehicle(*row) for row in rows]
