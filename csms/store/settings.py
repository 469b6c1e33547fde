"""What administrators have changed of the settings while it runs: over those of the file, until it is taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.store.tables import setting, user

s = setting.c


@dataclass(frozen=True, slots=True)
class Changed:
    key: str
    value: str  # JSON
    changed_at: datetime
    changed_by: str  # an e-mail address


async def everything(db: AsyncConnection) -> Sequence[Changed]:
    rows = select(s.key, s.value, s.changed_at, user.c.email).join_from(setting, user).order_by(s.key)
    return [Changed(*row) for row in await db.execute(rows)]


async def put(db: AsyncConnection, values: Mapping[str, str], user_id: int, at: datetime) -> None:
    """`values` in JSON, by key."""
    for key, value in values.items():
        held = {"value": value, "changed_at": at, "changed_by": user_id}
        once = insert(setting).values(key=key, **held)
        await db.execute(once.on_conflict_do_update(index_elements=["key"], set_=held))


async def take_back(db: AsyncConnection, keys: Sequence[str]) -> None:
    await db.execute(delete(setting).where(s.key.in_(keys)))
