"""Tables as Parquet. Written page by page to a file that is gone once it is sent; never all of it in memory.

Imported by who needs it: the library takes tens of megabytes.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from starlette.background import BackgroundTask
from starlette.responses import FileResponse

from csms.api.tables import Cell

_TIME = pa.timestamp("us", tz="UTC")
# Types are said, not guessed: a page without a single value would otherwise have another type than the next.
SESSIONS = pa.schema(
    [
        ("transaction_id", pa.int64()),
        ("charge_point", pa.string()),
        ("connector_id", pa.int32()),
        ("id_tag", pa.string()),
        ("user", pa.string()),
        ("started_at", _TIME),
        ("ended_at", _TIME),
        ("meter_start_wh", pa.int64()),
        ("meter_stop_wh", pa.int64()),
        ("energy_wh", pa.int64()),
        ("power_w", pa.int64()),
        ("price_cents_per_kwh", pa.int64()),
        ("cost_cents", pa.int64()),
        ("stop_reason", pa.string()),
        ("state", pa.string()),
        ("authorization", pa.string()),
        ("flags", pa.string()),
    ]
)
SAMPLES = pa.schema(
    [
        ("at", _TIME),
        ("energy_wh", pa.int64()),
        ("register_wh", pa.int64()),
        ("power_w", pa.int64()),
        ("current_ma", pa.int64()),
        ("voltage_dv", pa.int64()),
        ("soc_percent", pa.int64()),
        ("temperature_c", pa.int64()),
    ]
)


async def parquet_response(
    name: str, schema: Any, pages: AsyncIterator[Sequence[Sequence[Cell]]]
) -> FileResponse:
    """`pages`: rows with a cell for each of the schema's columns, in their order."""
    with tempfile.NamedTemporaryFile(prefix="bollard-", suffix=".parquet", delete=False) as file:
        path = Path(file.name)
    try:
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            async for page in pages:
                await asyncio.to_thread(_write, writer, schema, page)
    except BaseException:
        await asyncio.to_thread(path.unlink, missing_ok=True)
        raise
    gone = BackgroundTask(path.unlink, missing_ok=True)
    return FileResponse(path, media_type="application/vnd.apache.parquet", filename=name, background=gone)


def _write(writer: Any, schema: Any, rows: Sequence[Sequence[Cell]]) -> None:
    columns = [[row[at] for row in rows] for at in range(len(schema))]
    arrays = [pa.array(column, kind.type) for column, kind in zip(columns, schema, strict=True)]
    writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
