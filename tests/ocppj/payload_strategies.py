"""Payloads made from a JSON schema: valid ones, and ones with a single known fault."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from hypothesis import strategies as st

from tests.ocppj.schemas import Schema

TIMES = (
    "2026-03-01T09:14:03Z",
    "2026-03-01T09:14:03.5Z",
    "2026-03-01T09:14:03.123456789Z",
    "2026-03-01T09:14:03+01:00",
    "2026-03-01T09:14:03.12-0530",
    "2026-03-01T09:14:03",
    "2026-03-01 09:14:03z",
    "1970-01-01T00:00:00Z",
    "2000-02-29T23:59:59Z",
)
NO_TIMES = ("", "now", "2026-03-01", "2026-02-30T00:00:00Z", "2026-03-01T24:01:00Z", "2026-03-01T09:14Z", "1772356443")
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
Place = Callable[[Any], Any]
SCALARS = st.sampled_from([None, True, 0, 3, -7, 1.5, "", "x", [], [1], {}, {"a": 1}])


def valid(schema: Schema) -> st.SearchStrategy[Any]:
    """Values the schema accepts; optional fields come and go."""
    kinds = schema.get("type", "object")
    kind = kinds[0] if isinstance(kinds, list) else kinds
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if kind == "object":
        required = set(schema.get("required", ()))
        fields = {name: valid(field) for name, field in schema.get("properties", {}).items()}
        return st.fixed_dictionaries(
            {name: fields[name] for name in fields if name in required},
            optional={name: fields[name] for name in fields if name not in required},
        )
    if kind == "array":
        return st.lists(valid(schema["items"]), min_size=schema.get("minItems", 0), max_size=2)
    if kind == "string":
        if schema.get("format") == "date-time":
            return st.sampled_from(TIMES)
        longest = schema.get("maxLength")
        exactly_longest = st.just("ü" * longest) if longest else st.nothing()
        return (TEXTS.map(lambda text: text[:longest]) if longest else TEXTS) | exactly_longest
    if kind == "integer":
        low, high = schema.get("minimum", -5), schema.get("maximum", 5)
        return st.sampled_from([low, high, max(low, 0) + 1]) | st.integers(max(low, -5), min(high, 100_000))
    if kind == "number":
        tenths = st.integers(0, 100_000)
        return tenths.map(lambda n: n / 10) | tenths
    assert kind == "boolean", schema
    return st.booleans()


def smallest(schema: Schema) -> Any:
    """One valid value with nothing in it that may be left out."""
    kinds = schema.get("type", "object")
    kind = kinds[0] if isinstance(kinds, list) else kinds
    if "enum" in schema:
        return schema["enum"][0]
    if kind == "object":
        return {name: smallest(schema["properties"][name]) for name in schema.get("required", ())}
    if kind == "array":
        return [smallest(schema["items"])] * schema.get("minItems", 0)
    return {"string": TIMES[0] if "format" in schema else "", "boolean": False}.get(kind, 1)


def around(schema: Schema, whole: Callable[[Any], Any] = lambda value: value) -> Iterator[tuple[Schema, Place]]:
    """Every field at any depth, with a function that makes the smallest payload around a value put there."""
    for name, field in schema.get("properties", {}).items():
        base = smallest(schema)

        def place(value: Any, base: Any = base, name: str = name) -> Any:
            return whole(base | {name: value})

        yield field, place
        yield from around(field, place)
        if "items" in field:

            def place_item(value: Any, place: Place = place) -> Any:
                return place([value])

            yield field["items"], place_item
            yield from around(field["items"], place_item)


@dataclass(frozen=True)
class Fault:
    """A payload with one fault, and the code of the CALLERROR it must get."""

    payload: Any
    code: str


@st.composite
def faulty(draw: st.DrawFn, schema: Schema) -> Fault:
    """A valid payload in which one thing was made wrong."""
    payload = draw(valid(schema))
    faults = list(_faults(draw, schema, payload))
    code, spoil = draw(st.sampled_from(faults))
    spoil()
    return Fault(payload, code)


Spoiler = tuple[str, Callable[[], Any]]


def _faults(draw: st.DrawFn, schema: Schema, value: dict[str, Any]) -> list[Spoiler]:
    """Every way to spoil this object or one within it."""
    found: list[Spoiler] = [("FormationViolation", lambda: value.update({"vendorSecret": 1}))]
    found += [("ProtocolError", partial(value.pop, name)) for name in schema.get("required", ())]
    for name, field in schema.get("properties", {}).items():
        if name in value and value[name] is not None:
            found += _field_faults(draw, field, value, name, name in schema.get("required", ()))
    return found


def _field_faults(draw: st.DrawFn, field: Schema, holder: Any, key: Any, required: bool) -> list[Spoiler]:
    def put(bad: Any) -> Callable[[], None]:
        return lambda: holder.__setitem__(key, bad)

    kinds = field.get("type")
    kind = kinds[0] if isinstance(kinds, list) else kinds
    wrong_types: dict[str, list[Any]] = {
        "string": [5, 1.5, True, [], {}],
        "integer": ["5", 1.5, True, [], {}],
        "number": ["5", True, [], {}],
        "boolean": ["true", 0, 1, []],
        "array": [{}, "x", 5],
        "object": [[], "x", 5],
    }
    bad_type = draw(st.sampled_from(wrong_types[str(kind)] + ([None] if required else [])))
    found: list[Spoiler] = [("TypeConstraintViolation", put(bad_type))]
    bad_values: list[Any] = []
    if "enum" in field:
        bad_values = ["", "Bogus", "accepted", str(field["enum"][0]) + " "]
    elif field.get("format") == "date-time":
        bad_values = list(NO_TIMES)
    elif "maxLength" in field:
        bad_values = ["x" * (field["maxLength"] + 1), "é" * (field["maxLength"] + 20)]
    elif kind == "integer":
        bad_values = [field["minimum"] - 1, field["maximum"] + 1, 10**400]
    elif kind == "number":
        bad_values = [-0.1, 6.05, 0.01, 123456.789]
    if bad_values:
        found.append(("PropertyConstraintViolation", put(draw(st.sampled_from(bad_values)))))
    if kind == "array":
        if field.get("minItems"):
            found.append(("OccurenceConstraintViolation", put([])))
        for i, item in enumerate(holder[key]):
            if field["items"].get("type") == "object":
                found += _faults(draw, field["items"], item)
            else:
                found += _field_faults(draw, field["items"], holder[key], i, True)
    if kind == "object":
        found += _faults(draw, field, holder[key])
    return found
