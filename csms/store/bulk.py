"""Many rows with one statement, past what SQLAlchemy does for each row: that alone costs more than SQLite's insert."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection

Row = dict[str, Any]


async def execute_many(db: AsyncConnection, statement: Executable, rows: Sequence[Row]) -> None:
    """`statement` for each row, which names each of its parameters. `statement` is made once, at import."""
    if not rows:
        return
    if db.dialect.paramstyle != "qmark":
        await db.execute(statement, rows)
        return
    text, names, processors = _compiled(statement, tuple(rows[0]), db.dialect)
    values: list[tuple[Any, ...]] = []
    for row in rows:
        one = [row[name] for name in names]
        for position, process in processors:
            one[position] = process(one[position])
        values.append(tuple(one))
    await db.exec_driver_sql(text, values)


@lru_cache(maxsize=50)
def _compiled(
    statement: Any, names: tuple[str, ...], dialect: Dialect
) -> tuple[str, tuple[str, ...], tuple[tuple[int, Callable[[Any], Any]], ...]]:
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    order = tuple(compiled.positiontup)
    processors = compiled._bind_processors
    return str(compiled), order, tuple((at, processors[name]) for at, name in enumerate(order) if name in processors)
