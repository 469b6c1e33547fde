"""What the controller itself reads in messages: as little as it needs, so that it refuses as little as it can.
Everything else in them stays as it came (`msgspec.Raw`), unknown fields and signed values too.
"""

import hashlib
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Raw

from ocppj.errors import OcppjError

# Bound every number a charge point sends: a bad one once claimed 1,634,030,126 connectors and took its server with it.
MAX_CONNECTOR = 255
ConnectorId = Annotated[int, Meta(ge=0, le=MAX_CONNECTOR)]
RegisterWh = Annotated[int, Meta(ge=-(2**62), le=2**62)]  # what a row can hold; sense is for the CSMS to judge
TransactionId = Annotated[int, Meta(ge=-(2**62), le=2**62)]
IdTag = Annotated[str, Meta(max_length=255)]  # over 20 is wrong, but the CSMS shall see and judge it


class Malformed(OcppjError):
    """A transaction message that cannot be read; the text says why."""


class Wire(msgspec.Struct, rename="camel"):
    """Base: camelCase on the wire, unknown fields ignored."""


class Start(Wire):
    connector_id: ConnectorId
    id_tag: IdTag
    meter_start: RegisterWh
    timestamp: datetime


class Stop(Wire):
    transaction_id: TransactionId
    meter_stop: RegisterWh
    timestamp: datetime
    id_tag: IdTag | None = None
    reason: str | None = None


class MeterValues(Wire):
    connector_id: ConnectorId
    meter_value: list[Raw]
    transaction_id: TransactionId | None = None


class Status(Wire):
    connector_id: ConnectorId
    status: str
    error_code: str = "NoError"
    timestamp: datetime | None = None


class IdTagInfo(Wire):
    status: str
    expiry_date: datetime | None = None
    parent_id_tag: IdTag | None = None


class AuthorizeRequest(Wire):
    id_tag: IdTag


class IdTagAnswer(Wire):
    """The part that the answers to Authorize, StartTransaction and StopTransaction have in common."""

    id_tag_info: IdTagInfo | None = None


class StartAnswer(Wire):
    transaction_id: TransactionId
    id_tag_info: IdTagInfo


class BootAnswer(Wire):
    status: str
    interval: int


W = TypeVar("W", bound=Wire)


def read(form: type[W], payload: Raw | bytes) -> W:
    """Malformed, with the reason, if `payload` does not have this form."""
    try:
        return msgspec.json.decode(payload, type=form, strict=True)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as problem:
        raise Malformed(str(problem)) from None


def try_read(form: type[W], payload: Raw | bytes) -> W | None:
    """For what is only looked at while it passes."""
    try:
        return read(form, payload)
    except Malformed:
        return None


def utc(at: datetime) -> datetime:
    """OCPP times without a zone are met in the field and mean UTC."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def digest(*parts: Any) -> bytes:
    """A name for what may come twice: equal parts, equal name."""
    text = "\x1f".join(part.decode("latin-1") if isinstance(part, bytes) else str(part) for part in parts)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def with_field(payload: Raw | bytes, name: str, value: object) -> Raw:
    """`payload` with another value of one field, all else byte for byte as it was."""
    fields = _fields.decode(payload)
    fields[name] = Raw(msgspec.json.encode(value))
    return Raw(msgspec.json.encode(fields))


def with_transaction_id(payload: Raw | bytes, transaction_id: int) -> Raw:
    return with_field(payload, "transactionId", transaction_id)


def with_profile_transaction_id(payload: Raw | bytes, key: str, transaction_id: int) -> Raw:
    """The same for a charging profile that `payload` holds under `key`."""
    fields = _fields.decode(payload)
    fields[key] = with_transaction_id(fields[key], transaction_id)
    return Raw(msgspec.json.encode(fields))


_fields = msgspec.json.Decoder(dict[str, Raw])
