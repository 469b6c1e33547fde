"""What a request on the bus can end in but an answer.

BusError
├── NoResponders     nobody answers this subject: a charge point that is offline, say
└── RequestTimeout   somebody does, but not in time
"""


class BusError(Exception):
    pass


class NoResponders(BusError):
    pass


class RequestTimeout(BusError):
    pass
