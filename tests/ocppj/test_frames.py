"""Frames as they go over the wire, byte for byte."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocppj.frames import BadFrame, Call, CallError, CallResult, UnknownMessageType, decode, encode


@pytest.mark.parametrize(
    "text",
    [
        '[2,"19223201","BootNotification",{"chargePointVendor":"VendorX"}]',
        '[3,"19223201",{"status":"Accepted"}]',
        '[4,"19223201","NotSupported","",{}]',
        '[4,"19223201","GenericError","why",{"a":[1.50,"ü"]}]',
    ],
)
def test_a_frame_is_written_as_it_was_read(text: str) -> None:
    assert encode(decode(text)).decode() == text
    assert encode(decode(text.encode())).decode() == text


def test_the_payload_is_kept_as_it_came() -> None:
    frame = decode('[2, "a", "MeterValues", {"x" : 1.500, "signed":"\\u0041" }]')
    assert isinstance(frame, Call)
    assert bytes(frame.payload) == b'{"x" : 1.500, "signed":"\\u0041" }'


def test_what_later_editions_append_is_ignored() -> None:
    assert isinstance(decode('[3,"a",{},"more"]'), CallResult)


def test_an_error_without_description_and_details_is_read() -> None:
    frame = decode('[4,"a","GenericError"]')
    assert isinstance(frame, CallError)
    assert (frame.description, bytes(frame.details)) == ("", b"{}")


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(st.text(max_size=60) | st.binary(max_size=60))
def test_any_input_is_a_frame_or_a_known_error(data: str | bytes) -> None:
    try:
        decode(data)
    except (BadFrame, UnknownMessageType):
        pass


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(st.data())
def test_a_damaged_call_is_a_frame_or_a_known_error(data: st.DataObject) -> None:
    whole = '[2,"19223201","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available"}]'
    cut = data.draw(st.integers(0, len(whole)))
    replacement = data.draw(st.text('[]{}",:\\\x000123eE-+.nulltrueNaN', max_size=5))
    damaged = whole[:cut] + replacement + whole[cut + data.draw(st.integers(0, 5)) :]
    answered: str | None = "19223201"
    try:
        decode(damaged)
    except BadFrame as bad:
        answered = bad.message_id
    except UnknownMessageType:
        pass
    if cut > len('[2,"19223201",'):
        assert answered == "19223201", damaged
