"""What typed payloads share: base classes, reading, writing, and which error code a fault gets.
snake_case here, camelCase on the wire; an absent optional field is None, and so is an explicit null.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any, Generic, TypeVar, cast, get_args, get_origin

import msgspec

from ocppj.errors import (
    FormationViolation,
    OccurenceConstraintViolation,
    PropertyConstraintViolation,
    ProtocolError,
    RpcError,
    TypeConstraintViolation,
)


class Payload(msgspec.Struct, rename="camel", omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """Base of every payload and of every object inside one. gc=False: payloads are trees, they never form a cycle."""


RawJson = msgspec.Raw | bytes | str
P = TypeVar("P", bound=Payload)
ResultT = TypeVar("ResultT", bound=Payload)


class Request(Payload, Generic[ResultT]):
    """A payload of a CALL. The class is named as its action and names the type of its result."""


def utc(at: datetime) -> datetime:
    """A moment as aware UTC. Without a zone it is taken as UTC, which is what such charge points mean."""
    if at.tzinfo is UTC:
        return at
    if at.tzinfo is None:
        return at.replace(tzinfo=UTC)
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("time out of range") from None


def optional_utc(at: datetime | None) -> datetime | None:
    return at if at is None else utc(at)


def action_of(payload: Payload) -> str:
    """The OCPP action a request or a result belongs to."""
    return type(payload).__name__.removesuffix("Result")


@cache
def result_type_of(request_type: type[Request[ResultT]]) -> type[ResultT]:
    for base in cast(Any, request_type).__orig_bases__:
        if get_origin(base) is Request:
            return cast(type[ResultT], get_args(base)[0])
    raise TypeError(f"{request_type.__name__} names no result")


_encoder = msgspec.json.Encoder()


def encode(payload: Payload) -> msgspec.Raw:
    return msgspec.Raw(_encoder.encode(payload))


def decode(payload_type: type[P], raw: RawJson) -> P:
    """Read a payload, or raise the RpcError that tells the sender what is wrong with it."""
    return cast(P, reader(payload_type)(raw))


@cache
def reader(payload_type: type[P]) -> Callable[[RawJson], P]:
    """`decode` for one type, made once."""
    decode_json = cast(Callable[[RawJson], P], msgspec.json.Decoder(payload_type).decode)

    def read(raw: RawJson) -> P:
        try:
            return decode_json(raw)
        except (msgspec.MsgspecError, RecursionError, UnicodeError) as problem:
            if _is_null(raw):  # some peers send null for an empty payload (J4.2.1)
                return read(b"{}")
            raise error_for(problem) from None

    return read


def _is_null(raw: RawJson) -> bool:
    return (raw.encode(errors="replace") if isinstance(raw, str) else bytes(raw)).strip() == b"null"


# msgspec says what is wrong in words only. First match wins; a test holds each row against the real text.
_CODES: tuple[tuple[re.Pattern[str], type[RpcError]], ...] = (
    (re.compile(r"Object missing required field"), ProtocolError),
    (re.compile(r"Object contains unknown field"), FormationViolation),
    (re.compile(r"Expected `array` of (at least )?length"), OccurenceConstraintViolation),
    (re.compile(r"Expected `object[^`]*`, got `\w+`$"), FormationViolation),  # no path: the payload itself
    (re.compile(r"Expected `[^`]+`, got `"), TypeConstraintViolation),
    (re.compile(r""), PropertyConstraintViolation),  # length, range, enum, time
)


def error_for(problem: Exception) -> RpcError:
    """The OCPP error that fits a fault msgspec found."""
    text = str(problem)
    if not isinstance(problem, msgspec.ValidationError):
        return FormationViolation("nested too deeply" if isinstance(problem, RecursionError) else text)
    error_type = next(error_type for pattern, error_type in _CODES if pattern.match(text))
    return error_type(text)
