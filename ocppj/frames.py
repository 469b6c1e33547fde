"""The three frames of OCPP-J 1.6 §4.2: CALL, CALLRESULT and CALLERROR. Payloads stay as they came (`msgspec.Raw`),
so that what a relay passes on is byte for byte what it was given; v16.py gives them types.
"""

import re

import msgspec

from ocppj.errors import FormationViolation, OcppjError, ProtocolError, RpcError

MAX_ID_LENGTH = 36  # J4.1.4
EMPTY = msgspec.Raw(b"{}")


class Call(msgspec.Struct, array_like=True, tag=2, gc=False):
    """[2, messageId, action, payload]"""

    message_id: str
    action: str
    payload: msgspec.Raw


class CallResult(msgspec.Struct, array_like=True, tag=3, gc=False):
    """[3, messageId, payload]"""

    message_id: str
    payload: msgspec.Raw


class CallError(msgspec.Struct, array_like=True, tag=4, gc=False):
    """[4, messageId, errorCode, errorDescription, errorDetails]; some peers leave out the last two."""

    message_id: str
    code: str
    description: str = ""
    details: msgspec.Raw = EMPTY


Frame = Call | CallResult | CallError


class BadFrame(OcppjError):
    """Not a frame. `message_id` is set when a CALL with a readable id came: it must get `error` for an answer."""

    def __init__(self, error: RpcError, message_id: str | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.message_id = message_id


class UnknownMessageType(OcppjError):
    """A well-formed frame of a type we do not know: to be ignored (J4.1.3)."""


_decoder: msgspec.json.Decoder[Frame] = msgspec.json.Decoder(Call | CallResult | CallError)
_encoder = msgspec.json.Encoder()
_any_array = msgspec.json.Decoder(list[msgspec.Raw])
_text = msgspec.json.Decoder(str)
# Finds the id of a CALL in text that is no JSON further on.
_CALL_HEAD = re.compile(r'\s*\[\s*2\s*,\s*"([^"\\]{1,255})"')


def decode(data: str | bytes) -> Frame:
    """Read one frame; BadFrame or UnknownMessageType if it is none."""
    try:
        return _decoder.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as problem:
        raise _diagnose(data, problem) from None


def encode(frame: Frame) -> bytes:
    return _encoder.encode(frame)


def _diagnose(data: str | bytes, problem: Exception) -> OcppjError:
    """Tell what is wrong with `data`, and whom to answer."""
    if isinstance(problem, RecursionError):
        problem = msgspec.DecodeError("nested too deeply")
    try:
        parts = _any_array.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        text = data if isinstance(data, str) else data[:512].decode(errors="replace")
        head = _CALL_HEAD.match(text)
        return BadFrame(FormationViolation(str(problem)), head[1] if head else None)
    try:
        message_type = msgspec.json.decode(parts[0], type=int)
    except (IndexError, msgspec.MsgspecError):
        return BadFrame(FormationViolation(str(problem)))
    if message_type not in (2, 3, 4):
        return UnknownMessageType(f"message type {message_type}")
    message_id = None
    if message_type == 2 and len(parts) > 1:
        try:
            message_id = _text.decode(parts[1])
        except (msgspec.MsgspecError, UnicodeError):
            message_id = None
    if len(parts) < 4:
        return BadFrame(ProtocolError(str(problem)), message_id)
    return BadFrame(FormationViolation(str(problem)), message_id)
