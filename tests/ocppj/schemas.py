"""The official OCPP 1.6 schemas as the `ocpp` package carries them, and where we deliberately judge otherwise."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft4Validator, FormatChecker

from ocppj import v16

Schema = dict[str, Any]
# Every action in both directions, by the name of its schema file
NAMES = sorted(list(v16.ACTIONS) + [f"{action}Response" for action in v16.ACTIONS])


@cache
def official(name: str) -> Schema:
    text = (files("ocpp") / "v16" / "schemas" / f"{name}.json").read_text("utf-8-sig")
    # Decimal, because 21.4 is a multiple of 0.1 only there
    schema: Schema = _without_references(json.loads(text, parse_float=Decimal))
    return schema


@cache
def corrected(name: str) -> Schema:
    schema = copy.deepcopy(official(name))
    for correction in CORRECTIONS:
        correction.apply(schema)
    return schema


@cache
def validator(name: str) -> Draft4Validator:
    return Draft4Validator(corrected(name), format_checker=FORMATS)


@cache
def official_validator(name: str) -> Draft4Validator:
    return Draft4Validator(official(name))


def parse(text: str) -> Any:
    return json.loads(text, parse_float=Decimal)


FORMATS = FormatChecker(formats=())
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)?")


@FORMATS.checks("date-time", raises=ValueError)
def _is_time(value: object) -> bool:
    if not isinstance(value, str):
        return True
    if not _TIME.fullmatch(value):
        return False
    datetime.fromisoformat(re.sub(r"\.\d+", "", value).upper())
    return True


@dataclass(frozen=True)
class Correction:
    """One deliberate difference, with a payload that shows it: `ours` is our verdict, the official one is the other."""

    reason: str
    apply: Callable[[Schema], None]
    action: str
    payload: str
    ours: bool


def _objects(schema: Schema) -> Iterator[Schema]:
    if "properties" in schema:
        yield schema
        for field in schema["properties"].values():
            yield from _objects(field)
    if "items" in schema:
        yield from _objects(schema["items"])


def _bounded(names: set[str] | None, **bounds: int) -> Callable[[Schema], None]:
    """Add bounds to the numbers of these names, or to every integer."""

    def apply(schema: Schema) -> None:
        for an_object in _objects(schema):
            for name, field in an_object["properties"].items():
                if name in names if names is not None else field.get("type") == "integer":
                    field.update(bounds)

    return apply


def _null_is_absent(schema: Schema) -> None:
    for an_object in _objects(schema):
        for name, field in an_object["properties"].items():
            if name not in an_object.get("required", ()):
                field["type"] = [field["type"], "null"]
                if "enum" in field:
                    field["enum"].append(None)


def _hertz(schema: Schema) -> None:
    for an_object in _objects(schema):
        unit = an_object["properties"].get("unit")
        if unit and "Hertz" not in unit["enum"]:
            unit["enum"].append("Hertz")


def _nothing(schema: Schema) -> None:
    """The difference is in FORMATS."""


COUNTS = {
    "connectorId",
    "duration",
    "interval",
    "retries",
    "retryInterval",
    "stackLevel",
    "startPeriod",
}
CORRECTIONS = (
    Correction(
        "beyond 64 bits no database takes a number",
        _bounded(None, minimum=-(2**63), maximum=2**63 - 1),
        "RemoteStopTransaction",
        '{"transactionId": 9223372036854775808}',
        ours=False,
    ),
    Correction(
        "numbers that count something are not negative (known correction of the schemas)",
        _bounded(COUNTS, minimum=0),
        "UnlockConnector",
        '{"connectorId": -1}',
        ours=False,
    ),
    Correction(
        "a limit in A or W is not negative: 1.6 knows no feeding back",
        _bounded({"limit", "minChargingRate"}, minimum=0),
        "GetCompositeScheduleResponse",
        '{"status": "Accepted", "chargingSchedule": {"chargingRateUnit": "A",'
        ' "chargingSchedulePeriod": [{"startPeriod": 0, "limit": -6.0}]}}',
        ours=False,
    ),
    Correction(
        "a grid has one to three phases",
        _bounded({"numberPhases"}, minimum=1, maximum=3),
        "GetCompositeScheduleResponse",
        '{"status": "Accepted", "chargingSchedule": {"chargingRateUnit": "A",'
        ' "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6.0, "numberPhases": 4}]}}',
        ours=False,
    ),
    Correction(
        "several charge points send null where they mean an absent field",
        _null_is_absent,
        "StopTransaction",
        '{"transactionId": 1, "meterStop": 2, "timestamp": "2026-03-01T09:14:03Z", "idTag": null}',
        ours=True,
    ),
    Correction(
        "what is a unit in MeterValues is one in StopTransaction too",
        _hertz,
        "StopTransaction",
        '{"transactionId": 1, "meterStop": 2, "timestamp": "2026-03-01T09:14:03Z", "transactionData":'
        ' [{"timestamp": "2026-03-01T09:14:03Z", "sampledValue": [{"value": "50", "unit": "Hertz"}]}]}',
        ours=True,
    ),
    Correction(
        "a validator without format checks takes any text for a time; we take RFC 3339, a missing zone means UTC",
        _nothing,
        "ReserveNow",
        '{"connectorId": 1, "expiryDate": "tomorrow", "idTag": "A", "reservationId": 1}',
        ours=False,
    ),
)


def _without_references(schema: Any, definitions: Any = None) -> Any:
    """$ref replaced by what it names: the newer schemas use it, and a plain tree is easier to walk."""
    if isinstance(schema, list):
        return [_without_references(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    definitions = schema.get("definitions", definitions)
    if "$ref" in schema:
        return _without_references(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {key: _without_references(value, definitions) for key, value in schema.items() if key != "definitions"}
