"""What can go wrong in the CSMS, in words of the trade. csms/api/errors.py gives each its HTTP status.

CsmsError
├── NotFound          no such thing, or none that this caller may know of
├── Conflict          the thing is there, but not in a state that allows this
├── Changed           somebody has edited it since the caller looked
├── Unusable          well-formed, but it makes no sense
├── NotAuthenticated  nobody, or with the wrong word
├── Forbidden         known, but not allowed to do this
├── TooMany           too often; come back after retry_after_s
├── CannotStart       one line for the person who started it
├── PaymentFailed     the payment provider cannot take this payment
└── CommandFailed
    ├── Offline       no gateway holds a socket of this charge point
    ├── NoAnswer      it did not answer in time, or the link went down meanwhile: it may have done it
    │   └── Unreadable  what it answered cannot be read: it may have done it
    └── CallRefused   it answered with an OCPP error
"""


class CsmsError(Exception):
    """Root of the tree; the text is for people."""


class NotFound(CsmsError):
    pass


class Conflict(CsmsError):
    pass


class Changed(CsmsError):
    pass


class Unusable(CsmsError):
    pass


class NotAuthenticated(CsmsError):
    pass


class Forbidden(CsmsError):
    pass


class TooMany(CsmsError):
    def __init__(self, text: str, retry_after_s: int) -> None:
        super().__init__(text)
        self.retry_after_s = retry_after_s


class CannotStart(CsmsError):
    pass


class PaymentFailed(CsmsError):
    pass


class CommandFailed(CsmsError):
    pass


class Offline(CommandFailed):
    pass


class NoAnswer(CommandFailed):
    pass


class Unreadable(NoAnswer):
    pass


class CallRefused(CommandFailed):
    pass
