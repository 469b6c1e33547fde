"""The typed messages against the official JSON schemas: same verdict on every action in both directions."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocppj import payloads, v16
from ocppj.errors import RpcError
from tests.ocppj.payload_strategies import NO_TIMES, SCALARS, TIMES, Fault, around, faulty, valid
from tests.ocppj.schemas import CORRECTIONS, NAMES, Correction, Schema, corrected, official_validator, parse, validator

# Bounded, and the same in each run: a finding becomes an example test, not a red run once a month
EXAMPLES = settings(
    max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
TIME = "2026-03-01T09:14:03Z"


def decode(name: str, text: str) -> payloads.Payload:
    if name in v16.ACTIONS:
        return v16.decode_request(name, text)
    return v16.decode_result(name.removesuffix("Response"), text)


def accepts(name: str, text: str) -> bool:
    try:
        decode(name, text)
    except RpcError:
        return False
    return True


def test_every_schema_has_its_action() -> None:
    found = {path.name.removesuffix(".json") for path in (files("ocpp") / "v16" / "schemas").iterdir()}
    assert set(NAMES) == found


@pytest.mark.parametrize("name", NAMES)
def test_a_valid_payload_is_read_and_written_back(name: str) -> None:
    @EXAMPLES
    @given(valid(corrected(name)))
    def check(payload: Any) -> None:
        text = json.dumps(payload)
        assert validator(name).is_valid(parse(text)), "the generator is wrong"
        typed = decode(name, text)
        written = bytes(v16.encode_payload(typed)).decode()
        assert not list(official_validator(name).iter_errors(parse(written)))
        assert decode(name, written) == typed
        assert _without_nulls(_times_as_written(payload, json.loads(written))) == json.loads(written)

    check()


@pytest.mark.parametrize("name", NAMES)
def test_one_fault_is_refused_with_the_code_that_names_it(name: str) -> None:
    @EXAMPLES
    @given(faulty(corrected(name)))
    def check(fault: Fault) -> None:
        text = json.dumps(fault.payload)
        assert not validator(name).is_valid(parse(text)), "the generator is wrong"
        with pytest.raises(RpcError) as refused:
            decode(name, text)
        assert refused.value.code == fault.code, refused.value

    check()


@pytest.mark.parametrize("name", NAMES)
def test_any_object_gets_the_verdict_of_the_schema(name: str) -> None:
    fields = [*corrected(name).get("properties", {}), "unheardOf"]

    @EXAMPLES
    @given(valid(corrected(name)), st.dictionaries(st.sampled_from(fields), SCALARS, max_size=2))
    def check(payload: Any, changes: dict[str, Any]) -> None:
        text = json.dumps(payload | changes)
        assert accepts(name, text) == validator(name).is_valid(parse(text)), text

    check()


def enums(schema: Schema) -> Iterator[list[Any]]:
    yield from (field["enum"] for field, _ in around(schema) if "enum" in field)


EVERY_VALUE = sorted({str(value) for name in NAMES for enum in enums(corrected(name)) for value in enum})


@pytest.mark.parametrize("name", NAMES)
def test_each_list_of_values_holds_exactly_those_of_the_schema(name: str) -> None:
    for field, place in around(corrected(name)):
        for value in EVERY_VALUE if "enum" in field else ():
            assert accepts(name, json.dumps(place(value))) == (value in field["enum"]), (value, field)


@pytest.mark.parametrize("name", NAMES)
def test_each_text_may_be_as_long_as_the_schema_says_and_no_longer(name: str) -> None:
    for field, place in around(corrected(name)):
        if "maxLength" in field:
            assert accepts(name, json.dumps(place("ü" * field["maxLength"])))
            assert not accepts(name, json.dumps(place("ü" * (field["maxLength"] + 1))))


@pytest.mark.parametrize("name", NAMES)
def test_each_number_and_time_keeps_within_its_bounds(name: str) -> None:
    for field, place in around(corrected(name)):
        kinds = field.get("type")
        kind = kinds[0] if isinstance(kinds, list) else kinds
        good, bad = [], []
        if kind == "integer":
            low, high = field["minimum"], field["maximum"]
            good, bad = [low, high], [low - 1, high + 1, 1.5, 1.0, "1"]
        elif kind == "number":
            good, bad = [0, 6, 6.0, 21.4, 123456.7], [-0.1, 6.05, 0.01, "6"]
        elif field.get("format") == "date-time":
            good, bad = list(TIMES), [*NO_TIMES, 1772356443]
        assert [value for value in good if not accepts(name, json.dumps(place(value)))] == []
        assert [value for value in bad if accepts(name, json.dumps(place(value)))] == []


@pytest.mark.parametrize("correction", CORRECTIONS, ids=lambda correction: correction.reason)
def test_where_we_differ_from_the_official_schema(correction: Correction) -> None:
    official_verdict = official_validator(correction.action).is_valid(parse(correction.payload))
    assert official_verdict is not correction.ours, "no difference any more: drop the correction"
    assert accepts(correction.action, correction.payload) is correction.ours


@pytest.mark.parametrize("unit", ["Celsius", "Celcius"])
@pytest.mark.parametrize("action", ["MeterValues", "StopTransaction"])
def test_both_spellings_of_celsius_are_read(action: str, unit: str) -> None:
    sample = {"timestamp": TIME, "sampledValue": [{"value": "31", "unit": unit}]}
    payload = {
        "MeterValues": {"connectorId": 1, "meterValue": [sample]},
        "StopTransaction": {"transactionId": 1, "meterStop": 2, "timestamp": TIME, "transactionData": [sample]},
    }[action]
    assert accepts(action, json.dumps(payload))


@pytest.mark.parametrize("time", ["2026-03-01T10:14:03.25+01:00", "2026-03-01T09:14:03.25", "2026-03-01T09:14:03.250Z"])
def test_times_become_aware_utc(time: str) -> None:
    payload = f'{{"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": "{time}"}}'
    start = v16.decode_request("StartTransaction", payload)
    assert isinstance(start, v16.StartTransaction)
    assert start.timestamp == datetime(2026, 3, 1, 9, 14, 3, 250_000, UTC)
    assert start.timestamp.tzinfo is UTC
    assert b'"timestamp":"2026-03-01T09:14:03.250000Z"' in bytes(v16.encode_payload(start))


def test_a_time_no_calendar_holds_is_refused() -> None:
    with pytest.raises(RpcError, match="time out of range"):
        v16.decode_result("Heartbeat", '{"currentTime": "0001-01-01T00:00:00+14:00"}')


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _times_as_written(sent: Any, written: Any) -> Any:
    """Times change their spelling on the way, nothing else may."""
    if isinstance(sent, dict) and isinstance(written, dict):
        return {key: _times_as_written(item, written.get(key)) for key, item in sent.items()}
    if isinstance(sent, list) and isinstance(written, list) and len(sent) == len(written):
        return [_times_as_written(a, b) for a, b in zip(sent, written, strict=True)]
    return written if isinstance(sent, str) and isinstance(written, str) and written.endswith("Z") else sent
