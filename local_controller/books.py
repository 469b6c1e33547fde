"""What the rows of this controller say of transactions it has delivered, in the form in which the CSMS says it too."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from itertools import groupby
from sqlite3 import Connection

from msgspec import Raw

from local_controller.payloads import Start, Stop, Wire, try_read
from ocppj.transaction_facts import TransactionFacts, digest_of, instant

# As the CSMS reads samples; what it could not read has no register there either.
_ENERGY, _TO_WH, _ABSURD = "Energy.Active.Import.Register", {"kWh": 1000}, Decimal(10**13)


class _Sample(Wire):
    value: str
    measurand: str = _ENERGY
    unit: str | None = None
    phase: str | None = None
    format: str | None = None


class _MeterValue(Wire):
    timestamp: datetime
    sampled_value: list[Raw]


class _Values(Wire):
    meter_value: list[_MeterValue] | None = None
    transaction_data: list[_MeterValue] | None = None


@dataclass(slots=True)
class _Told:
    start: Start | None = None
    stop: Stop | None = None
    samples: list[tuple[str, int | None]] = field(default_factory=list)


def ended(db: Connection, charge_point: str) -> list[int]:
    """The CSMS's ids of the transactions whose start and stop are both delivered and still here, in their order."""
    rows = db.execute(
        "SELECT DISTINCT t.csms_id FROM transactions t WHERE t.charge_point = ? AND t.csms_id IS NOT NULL"
        " AND (SELECT count(DISTINCT action) FROM messages m WHERE m.transaction_id = t.id AND m.charge_point ="
        "  t.charge_point AND m.delivered_at > 0 AND m.action <> 'MeterValues') = 2 ORDER BY t.csms_id",
        (charge_point,),
    )
    return [csms_id for (csms_id,) in rows]


def facts(db: Connection, charge_point: str, first: int, last: int) -> list[TransactionFacts]:
    """Of the transactions that `ended`, with ids of the CSMS from `first` to `last`."""
    rows = db.execute(
        "SELECT t.csms_id, m.action, m.payload FROM transactions t JOIN messages m"
        " ON m.transaction_id = t.id AND m.charge_point = t.charge_point"
        " WHERE t.charge_point = ? AND t.csms_id BETWEEN ? AND ? AND m.delivered_at > 0 ORDER BY t.csms_id, m.number",
        (charge_point, first, last),
    ).fetchall()
    found = []
    for csms_id, messages in groupby(rows, key=lambda row: row[0]):
        told = _read((action, payload) for _, action, payload in messages)
        if told.start is not None and told.stop is not None:
            found.append(
                TransactionFacts(
                    csms_id,
                    told.start.connector_id,
                    told.start.id_tag.casefold(),
                    instant(told.start.timestamp),
                    told.start.meter_start,
                    told.stop.meter_stop,
                    *digest_of(told.samples),
                )
            )
    return found


def _read(messages: Iterable[tuple[str, bytes]]) -> _Told:
    told = _Told()
    for action, payload in messages:
        if action == "StartTransaction":
            told.start = told.start or try_read(Start, payload)
            continue
        if action == "StopTransaction" and told.stop is None:
            told.stop = try_read(Stop, payload)
        told.samples += _samples(payload)
    return told


def _samples(payload: bytes) -> Iterator[tuple[str, int | None]]:
    values = try_read(_Values, payload)
    for value in [*(values.meter_value or ()), *(values.transaction_data or ())] if values else ():
        read = [sample for raw in value.sampled_value if (sample := try_read(_Sample, raw))]
        yield instant(value.timestamp), _register_wh(read)


def _register_wh(samples: list[_Sample]) -> int | None:
    """The value without a phase is the whole; without one the phases make it up."""
    numbers: list[tuple[str | None, Decimal]] = []
    for sample in samples:
        if sample.measurand == _ENERGY and sample.format != "SignedData":
            try:
                number = Decimal(sample.value)
            except InvalidOperation:
                continue
            if number.is_finite() and abs(number) < _ABSURD:
                numbers.append((sample.phase, number * _TO_WH.get(sample.unit or "", 1)))
    if not numbers:
        return None
    whole = [number for phase, number in numbers if phase is None]
    total = whole[-1] if whole else sum((number for _, number in numbers), Decimal(0))
    return int(total.quantize(Decimal(1), rounding=ROUND_HALF_UP))
