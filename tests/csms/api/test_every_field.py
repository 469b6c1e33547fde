"""Every field of every request, at both its bounds, past them and full of mischief: taken or refused clearly, never an
accident; past its bounds never taken.
"""

import asyncio
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

import httpx
import pytest

from tests.csms.running import CARD, Csms

pytestmark = pytest.mark.slow
_AT_ONCE = 16
MISCHIEF = (
    "'; DROP TABLE user; --<script>alert(1)</script>",
    "line\nbreak\x00\x1b[31m\ud800",  # and half of a character
    "²³٤",  # digits to some
    2**63,
    -(2**63) - 1,
    10**400,
    None,
    "1e999999",
    "0001-01-01T00:00:00+14:00",
)
# Streams without an end; and what would end the login that asks.
LEFT_OUT = {
    ("GET", "/api/events"),
    ("GET", "/api/user/charging/events"),
    ("POST", "/api/auth/logout-everywhere"),
    ("POST", "/api/auth/logout"),
}
KNOWN: dict[str, Any] = {
    "email": "somebody@example.org",
    "password": "long enough for all",
    "identity": "CP1",
    "charge_point": "CP1",
    "id_tag": CARD,
    "time_zone": "UTC",
    "type": "ENERGY",
    "period": "day",
    "kind": "local_controller",
    "price_cents": "45",
    "transaction_id": 1,
    "tariff_id": 1,
    "user_id": 2,
    "site_id": 1,
}


def an_example(name: str, schema: dict[str, Any], shapes: dict[str, Any]) -> Any:
    """Something that may well be right."""
    if name in KNOWN:
        return KNOWN[name]
    if "$ref" in schema:
        return an_example(name, shapes[schema["$ref"].rpartition("/")[2]], shapes)
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return an_example(name, schema[key][0], shapes)
    match schema.get("type"):
        case "object":
            wanted = schema.get("properties", {})
            return {field: an_example(field, wanted[field], shapes) for field in schema.get("required", ())}
        case "array":
            return [an_example(name, schema.get("items", {}), shapes)]
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return True
    return schema.get("enum", ["x" * max(1, schema.get("minLength", 1))])[0]


def bounds(schema: dict[str, Any]) -> Iterator[tuple[Any, bool]]:
    """Values at what a field allows, and just past it; whether they are past it."""
    for key in ("anyOf", "oneOf", "allOf"):
        for each in schema.get(key, ()):
            yield from bounds(each)
    for key, step in (("minimum", -1), ("maximum", 1)):
        if key in schema:
            yield schema[key], False
            yield schema[key] + step, True
    for key, step in (("minLength", -1), ("maxLength", 1)):
        if key in schema:
            yield "x" * schema[key], False
            yield "x" * (schema[key] + step), True
    for key, step in (("minItems", -1), ("maxItems", 1)):
        if key in schema:
            yield [{}] * (schema[key] + step), True


class Body(NamedTuple):
    what: str
    body: Any
    past: bool = False  # its bounds: it must be refused


def bodies(schema: dict[str, Any], shapes: dict[str, Any]) -> Iterator[Body]:
    """A right one; then each field at its bounds and wrong in every way, the others as they were; then no object."""
    if "$ref" in schema:
        schema = shapes[schema["$ref"].rpartition("/")[2]]
    right = an_example("", schema, shapes)
    yield Body("as it should be", right)
    for number, (field, of) in enumerate(schema.get("properties", {}).items()):
        for value, past in bounds(of):
            yield Body(field, {**right, field: value}, past)
        for wrong in MISCHIEF[number % 5::5]:   # each kind meets each fifth field
            yield Body(field, {**right, field: wrong})
        if field in right and isinstance(right[field], list) and right[field] and isinstance(right[field][0], dict):
            inner = shapes[of["items"]["$ref"].rpartition("/")[2]]
            for each in bodies(inner, shapes):
                yield Body(f"{field}[].{each.what}", {**right, field: [each.body]}, each.past)
    for wrong in MISCHIEF:
        yield Body("the whole body", wrong)


def batched(all_of_them: Iterator[Body], size: int) -> Iterator[list[Body]]:
    while some := list(islice(all_of_them, size)):
        yield some


def sent(value: Any) -> bytes:
    """JSON with everything that JSON allows to be said, halves of characters and endless numbers too."""
    return json.dumps(value).encode()


async def world(csms: Csms) -> None:
    await csms.driver()
    await csms.charge_point("CP1")
    component = {"type": "ENERGY", "price_cents": "50"}
    await csms.new("/api/tariffs", name="t", elements=[{"price_components": [component]}])


async def check(client: httpx.AsyncClient, method: str, url: str, of: Body) -> str | None:
    """What is wrong with the answer, if anything."""
    content = None if of.body is None else sent(of.body)
    answer = await client.request(method, url, content=content, headers={"Content-Type": "application/json"})
    if answer.status_code == 500 or answer.status_code == 503:
        return f"{answer.status_code} {answer.text[:200]}"
    if of.past and answer.is_success:
        return f"{answer.status_code} past its bounds"
    if answer.status_code >= 400 and answer.headers["content-type"] != "application/problem+json":
        return f"{answer.status_code} as {answer.headers['content-type']}"
    return None


@pytest.mark.timeout(300)  # more than a thousand requests
async def test_no_field_of_a_body_leads_to_an_accident(csms: Csms) -> None:
    await world(csms)
    document = await csms.get("/openapi.json")
    shapes, found, asked = document["components"]["schemas"], [], 0
    # The server lets go of a connection that was idle for 5 s; one of many would be used at just that moment.
    own = httpx.AsyncClient(
        base_url=csms.url, headers=csms.admin.headers, timeout=60, limits=httpx.Limits(keepalive_expiry=0.5)
    )
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if "requestBody" not in operation or (method.upper(), path) in LEFT_OUT:
                continue
            url = path.format_map(_Somewhere())
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            for some in batched(bodies(schema, shapes), _AT_ONCE):  # in turn, each would wait for its own commit
                asked += len(some)
                answers = await asyncio.gather(*(check(own, method, url, each) for each in some))
                found += [
                    (method, path, each.what, repr(each.body)[:120], trouble)
                    for each, trouble in zip(some, answers, strict=True)
                    if trouble
                ]
    await own.aclose()
    assert found == []
    assert asked > 1000
    assert (await csms.get("/healthz")) == {"status": "ok"}


class _Somewhere(dict[str, Any]):
    """Parts of a path that lead to what is there."""

    def __missing__(self, name: str) -> Any:
        return {"reference": "0" * 32, **KNOWN}.get(name, 1)
