"""What goes over the bus, and on which subject. Payloads of charge points travel as the bytes they are."""

from datetime import datetime
from typing import TypeVar

import msgspec

EVENTS = "events"  # published by the outbox relay
CALLS = "ocpp.calls"  # answered by the worker
PRESENCE = "ocpp.presence"  # answered by the worker
EXCHANGES = "ocpp.exchanges"  # published by the gateway, for those who look on


def command_subject(identity: str) -> str:
    """Where the gateway that holds its socket answers. In hex: identities may hold a carrier's wildcards."""
    return f"ocpp.command.{identity.encode().hex()}"


_NONE = msgspec.Raw(b"null")


class Event(msgspec.Struct):
    id: int  # grows; an event that is told twice has the same
    type: str
    data: msgspec.Raw  # JSON
    user_id: int | None  # the driver it concerns


class Call(msgspec.Struct):
    """A CALL that arrived. `charge_point_id` is None on the socket of a site's controller itself."""

    identity: str
    charge_point_id: int | None
    received_at: datetime
    action: str
    payload: msgspec.Raw


class Reply(msgspec.Struct):
    """Either a payload or the OCPP error to answer with."""

    payload: msgspec.Raw = _NONE
    error_code: str | None = None
    description: str = ""


class Presence(msgspec.Struct):
    """A socket came or went. `connection` tells it from an older one of the same identity; `charge_point_id` is None
    for a site's controller on its own."""

    identity: str
    charge_point_id: int | None
    connection: str
    via: str
    connected: bool
    at: datetime
    # How it proved who it is: OCPP's security profile, which of its keys ("own", "next"), which certificate.
    profile: int = 1
    key: str | None = None
    certificate: str | None = None


class Command(msgspec.Struct):
    """A CALL to send to the charge point."""

    action: str
    payload: msgspec.Raw
    timeout_s: float


class CommandReply(msgspec.Struct):
    """A payload, or the charge point's own error, or why there is neither: "timeout" or "lost"."""

    payload: msgspec.Raw = _NONE
    error_code: str | None = None
    description: str = ""
    failure: str | None = None


class Exchange(msgspec.Struct):
    """A request that was answered, or was not: `error` then says why."""

    identity: str
    at: datetime
    from_charge_point: bool
    action: str
    request: msgspec.Raw
    answer: msgspec.Raw = _NONE
    error: str | None = None
    took_ms: int = 0


M = TypeVar("M", bound=msgspec.Struct)


def encode(message: msgspec.Struct) -> bytes:
    return msgspec.json.encode(message)


def decode(message_type: type[M], data: bytes) -> M:
    return msgspec.json.decode(data, type=message_type)
