"""Transaction messages on their way up, in one append-only file: first in, first out, each gone only when confirmed.

A transaction is known by the number of its Start record; the central system's id for it is stored with the Start's
confirmation and put into later messages when they are sent, so what was sent once is sent again byte for byte
(OCPP 1.6 §3.7, errata 3.18). Meter values may wait in RAM until flush(): with the link up they never wear the flash.
What a cut at each write leaves behind, and what happens when the file is full: NOTES.md.
"""
import binascii
import struct

from micropython import const

START = const(1)
METER_VALUES = const(2)
STOP = const(3)
DONE = const(4)      # the record of this number, and all before it, is confirmed
STARTED = const(5)   # the same for a Start; `transaction` is the id it was given
KNOWN = const(6)     # the id of a transaction whose Start is no longer in the file
STOPPED = const(7)   # as DONE, for the Stop of `transaction`
DROPPED = const(8)   # `transaction` meter values were dropped, ever; before here one in 2^`number` is left
ACTIONS = (None, "StartTransaction", "MeterValues", "StopTransaction")
NEVER_KNOWN = const(-1)

_HEADER = "<BBHiq"   # magic, kind, length of the payload, number, transaction
_HEADER_SIZE = const(16)
_MAGIC = const(0xB7)
_MAX_PAYLOAD = const(4096)
HIGH_WATER = const(262_144)      # bytes; beyond it meter values are thinned out. Twice this fits the smallest flash
FULL = const(294_912)            # beyond it new meter values are dropped, Start and Stop still kept
_COMPACT_FROM = const(8192)      # a file in which all is confirmed is begun anew beyond this size
_COMPACT_BEFORE = const(32_768)  # confirmed bytes at the front of a long queue worth a rewrite
_MAX_IN_RAM = const(8)
_LONG = const(300)               # characters as stored: as sent some 2 kB, which may not be had in one piece

# Each line is one byte in a stored payload, the first chr(14): JSON has none of these signs, and meter values shrink to
# a sixth. The order is part of the file's format: new ones go to the end, none beyond chr(31). One text takes less RAM.
WORDS = """{"context":"Sample.Periodic","measurand":"
{"context":"Sample.Clock","measurand":"
{"context":"Transaction.
Energy.Active.Import.Register","unit":"Wh","value":"
Power.Active.Import","unit":"W","value":"
Current.Import","unit":"A","phase":"L
Voltage","unit":"V","phase":"L
Current.Offered","unit":"A","value":"
","measurand":"
","value":"
"},
{"timestamp":"
","sampledValue":[
,"meterValue":["""


def packed(text):
    for i, word in enumerate(WORDS.split("\n")):
        text = text.replace(word, chr(14 + i))
    return text


def unpacked(text):
    for i, word in enumerate(WORDS.split("\n")):
        text = text.replace(chr(14 + i), word)
    return text


def _pieces(start, payload):
    yield start
    for at in range(1, len(payload), 32):
        yield unpacked(payload[at:at + 32])


class Queue:
    def __init__(self, on_due=None, path="/data/queue"):
        self._on_due = on_due   # called when the file should be rewritten: recovery.rewrite, at once or in pieces
        self.path = path
        self._ram = []         # meter values not on flash: (number, transaction, payload), newer than all in the file
        self._told = (0, 0, 0)   # number, kind and transaction of what head() told last
        self.head_at = 0      # file offset of the first record not confirmed
        self.size = 0
        self.last = 0         # number of the newest record ever
        self.last_done = 0
        self.last_on_file = 0
        self.ids = {}         # transaction -> id it was given, until its Stop is confirmed
        self.open = []        # transactions with a Start and no Stop yet
        self.dropped = 0      # meter values, ever
        self.thinned = 0      # of the meter values before thinned_at one in 2^thinned is left
        self.thinned_at = 0
        self.due_size = HIGH_WATER
        self.rewriting = False

    def __len__(self):
        return self.last - self.last_done

    # Writing

    def next_number(self):
        """The number the next record will get: a checkpoint must name its Start before that is written."""
        return self.last + 1

    def start(self, payload):
        """Put a StartTransaction on flash. Returns its number, the transaction's name from now on."""
        number = self.next_number()
        self._append(START, number, 0, payload)
        self.open.append(number)
        self._look()
        return number

    def meter_values(self, transaction, payload):
        """Queue a MeterValues without its transactionId (`transaction` 0: it has none); in RAM until flush()."""
        fits = self.size <= FULL
        if fits and len(self._ram) >= _MAX_IN_RAM:
            try:
                self.flush()
            except OSError:   # the flash is full, of whatever
                fits = False
        if not fits:
            self.dropped += 1
            print("queue.dropped messages=1 total=%d" % self.dropped)
            return
        self.last += 1
        self._ram.append((self.last, transaction, packed(payload)))

    def stop(self, transaction, payload):
        """Put a StopTransaction without its transactionId on flash."""
        self._append(STOP, self.last + 1, transaction, packed(payload))
        if transaction in self.open:
            self.open.remove(transaction)
        self._look()

    def flush(self):
        """Put what waits in RAM on flash."""
        if self._ram:
            self._append(0, 0, 0, None)
            self._look()

    def _append(self, kind, number, transaction, payload):
        records = [record(METER_VALUES, *waiting) for waiting in self._ram]
        if kind:
            records.append(record(kind, number, transaction, payload))
        data = b"".join(records)
        with open(self.path, "ab") as file:
            file.write(data)
        # closed: on flash. Only now is it so in RAM; an OSError above leaves both as they were.
        if self._ram:
            self.last_on_file = self._ram[-1][0]
            self._ram = []
        if kind:
            self.last = self.last_on_file = number
        self.size += len(data)

    def _look(self):
        """Is the file due to be rewritten? Never fails: what was to be written is written."""
        if not self.rewriting and (
                self.size > self.due_size or self.last_done >= self.last_on_file and self.size > _COMPACT_FROM
                or self.head_at > _COMPACT_BEFORE and 2 * self.head_at > self.size):
            self.rewriting = True
            try:
                self._on_due(self)
            except MemoryError:
                self.rewriting = False

    # Delivering

    def head(self):
        """(number, action, payload as sent) of the oldest message that is not confirmed, or None.

        A long payload comes as f() -> pieces of its text.
        """
        if self.last_done >= self.last_on_file:
            if not self._ram:
                return None
            number, transaction, payload = self._ram[0]
            self._told = number, METER_VALUES, transaction
            return number, ACTIONS[METER_VALUES], self._with_id(transaction, payload)
        with open(self.path, "rb") as file:
            while True:
                file.seek(self.head_at)
                kind, number, transaction, payload, size = read_record(file)
                if kind in (START, METER_VALUES, STOP) and number > self.last_done:
                    break
                if not size:
                    print("queue.lost messages=%d reason=damaged" % (self.last_on_file - self.last_done))
                    self.last_done = self.last_on_file
                    return None
                self.head_at += size
        self._told = number, kind, transaction
        return number, ACTIONS[kind], payload if kind == START else self._with_id(transaction, payload)

    def _with_id(self, transaction, payload):
        start = '{"transactionId":%d,' % self.ids.get(transaction, NEVER_KNOWN) if transaction else "{"
        if len(payload) > _LONG:
            return lambda: _pieces(start, payload)
        return start + unpacked(payload[1:])

    def confirm(self, number, transaction_id=NEVER_KNOWN):
        """The head was answered (or given up). For a Start, `transaction_id` is its transaction's name above."""
        kind, value = DONE, NEVER_KNOWN
        if self._told[0] == number:
            if self._told[1] == START:
                kind, value = STARTED, transaction_id
            elif self._told[1] == STOP:
                kind, value = STOPPED, self._told[2]
        if self._ram and self._ram[0][0] == number:
            self._ram.pop(0)
        else:
            try:
                data = record(kind, number, value, "")
                with open(self.path, "ab") as file:
                    file.write(data)
                self.size += len(data)
            except OSError as error:   # full: without this a queue that is full could never empty itself
                print("queue.unrecorded number=%d error=%s" % (number, error))
        self.done(kind, number, value)
        self._look()

    def done(self, kind, number, value):
        self.last_done = max(number, self.last_done)
        if kind == STARTED:
            self.ids[number] = value
        elif kind == STOPPED:
            self.ids.pop(value, None)

    # Asking

    def is_open(self, transaction):
        """A Start was recorded under this number and no Stop yet."""
        return transaction in self.open

    def id_of(self, transaction):
        """The central system's id of a transaction, None while it has not answered."""
        return self.ids.get(transaction)


def record(kind, number, transaction, payload):
    body = payload.encode()
    header = struct.pack(_HEADER, _MAGIC, kind, len(body), number, transaction)
    return header + body + struct.pack("<I", binascii.crc32(body, binascii.crc32(header)))


def read_record(file):
    """(kind, number, transaction, payload, size) of the record here. Kind None: damage, go one byte on; size 0: end."""
    header = file.read(_HEADER_SIZE)
    if len(header) == _HEADER_SIZE and header[0] == _MAGIC:
        _, kind, length, number, transaction = struct.unpack(_HEADER, header)
        if length <= _MAX_PAYLOAD:
            body = file.read(length)
            if binascii.crc32(body, binascii.crc32(header)) == int.from_bytes(file.read(4), "little"):
                return kind, number, transaction, body.decode(), _HEADER_SIZE + length + 4
    return None, 0, 0, "", 1 if header else 0
