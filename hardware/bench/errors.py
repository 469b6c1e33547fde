"""What the bench refuses, and how the API says so.

BenchError
├── UnknownPart       there is no such charge point or connector (404)
├── BadRequest        the request makes no sense (400)
└── Conflict          it makes sense, but not now (409)
"""


class BenchError(Exception):
    pass


class UnknownPart(BenchError):
    pass


class BadRequest(BenchError):
    pass


class Conflict(BenchError):
    pass
