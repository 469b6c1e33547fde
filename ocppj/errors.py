"""What can go wrong between two OCPP-J peers, and the error codes of OCPP-J 1.6 §4.2.3.

OcppjError
├── CallErrorReceived        the other side answered CALLERROR
├── CallTimeout              the other side did not answer in time
├── ConnectionLost           the connection ended before the answer came
├── BadAnswer                the answer to our call broke its schema
└── RpcError                 raise it in a handler: it becomes the CALLERROR we answer
    ├── NotImplementedAction, NotSupported, InternalError, ProtocolError, SecurityError, GenericError
    └── FormationViolation, PropertyConstraintViolation, OccurenceConstraintViolation, TypeConstraintViolation
"""

from typing import Any


class OcppjError(Exception):
    """The root of all errors of this package."""


class CallErrorReceived(OcppjError):
    """The other side answered CALLERROR. `code` is spelt the 1.6 way, whichever spelling arrived."""

    def __init__(self, code: str, description: str = "", details: Any = None) -> None:
        super().__init__(f"{code}: {description}" if description else code)
        self.code = spelt_for_16(code)
        self.description = description
        self.details = {} if details is None else details

    def as_answer(self) -> "RpcError":
        """The same error as one to raise in a handler: what a relay does with it."""
        return RpcError(self.description, self.details, code=self.code)


class CallTimeout(OcppjError):
    """No answer in time. `sent` is false when the call was still waiting for an earlier one to end."""

    def __init__(self, action: str, timeout_s: float, *, sent: bool = True) -> None:
        super().__init__(f"no answer to {action} within {timeout_s:g} s" + ("" if sent else ", not even sent"))
        self.action = action
        self.sent = sent


class ConnectionLost(OcppjError):
    """The connection is gone; whether the other side acted on the call is unknown."""


class BadAnswer(OcppjError):
    """The answer to our call is not what its action promises; `error` names the fault."""

    def __init__(self, action: str, error: "RpcError") -> None:
        super().__init__(f"answer to {action}: {error}")
        self.action = action
        self.error = error


class RpcError(OcppjError):
    """Base of the answers that are errors; `code` is what goes on the wire."""

    code: str = "GenericError"

    def __init__(self, description: str = "", details: Any = None, *, code: str | None = None) -> None:
        self.code = code or type(self).code
        super().__init__(f"{self.code}: {description}" if description else self.code)
        self.description = description
        self.details = {} if details is None else details


class NotImplementedAction(RpcError):
    """The action is unknown."""

    code = "NotImplemented"


class NotSupported(RpcError):
    """The action is known, but not offered here."""

    code = "NotSupported"


class InternalError(RpcError):
    """We failed; the request may have been right."""

    code = "InternalError"


class ProtocolError(RpcError):
    """The payload is incomplete."""

    code = "ProtocolError"


class SecurityError(RpcError):
    """A security issue keeps us from acting."""

    code = "SecurityError"


class FormationViolation(RpcError):
    """The payload does not have the form of its action. OCPP 2.0.1 spells it FormatViolation."""

    code = "FormationViolation"


class PropertyConstraintViolation(RpcError):
    """A field holds a value that is not allowed."""

    code = "PropertyConstraintViolation"


class OccurenceConstraintViolation(RpcError):
    """A field occurs too seldom or too often. The single r is how 1.6 spells it."""

    code = "OccurenceConstraintViolation"


class TypeConstraintViolation(RpcError):
    """A field holds a value of another type."""

    code = "TypeConstraintViolation"


class GenericError(RpcError):
    """Anything else."""

    code = "GenericError"


# Later editions corrected the spelling; peers of either kind are met in the field (OCPP-J errata 5.1, 5.2).
_LATER_SPELLINGS = {
    "FormatViolation": "FormationViolation",
    "OccurrenceConstraintViolation": "OccurenceConstraintViolation",
}


def spelt_for_16(code: str) -> str:
    """The 1.6 spelling of an error code."""
    return _LATER_SPELLINGS.get(code, code)
