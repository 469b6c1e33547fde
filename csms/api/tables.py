"""Tables as CSV (RFC 4180), for programs that people open them with.

A spreadsheet takes a cell that begins with = + - @ or a control character for a formula, and charge points and drivers
choose what is in some cells: such text gets an apostrophe before it. Numbers stay numbers.
"""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime

from starlette.responses import StreamingResponse

Cell = str | int | float | datetime | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00")


def safe(cell: Cell) -> Cell:
    if isinstance(cell, datetime):
        return cell.isoformat()
    # Blanks before it do not help: some programs skip them.
    if isinstance(cell, str) and cell.lstrip(" \ufeff\u00a0").startswith(_FORMULA):
        return "'" + cell
    return cell


def lines(rows: Iterable[Sequence[Cell]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def csv_response(
    name: str, head: Sequence[str], pages: AsyncIterator[Sequence[Sequence[Cell]]]
) -> StreamingResponse:
    """A file to save; pages are read as they are sent."""

    async def stream() -> AsyncIterator[bytes]:
        yield lines([head])
        async for page in pages:
            yield lines(page)

    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(stream(), media_type="text/csv; charset=utf-8", headers=headers)
