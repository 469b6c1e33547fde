"""What is known of idTags, in a file of fixed records: the local list and the cache are one each (OCPP 1.6 §3.5).

In RAM only two bytes a tag, a hash: few wrong guesses, each is settled by the record itself. Lookups live here, for
every card; what writes is id_tag_files.py, loaded for that moment.
"""
import binascii
import struct

from micropython import const

RECORD_SIZE = const(52)
FORMAT = "<20s20sIIBB"   # idTag in capitals, parent, expiry (0: none), age, status, 0; a checksum of two bytes behind
STATUSES = ("", "Accepted", "Blocked", "Expired", "Invalid", "ConcurrentTx")


def key_of(id_tag):
    """Two bytes, never both zero: that is a free place. `id_tag` in capitals."""
    return (binascii.crc32(id_tag.encode()) & 0xFFFF or 1).to_bytes(2, "little")


def read_record(file):
    """(idTag in capitals, parent, expiry in seconds since 2000, age, status) of the next record; None: damage, end."""
    data = file.read(RECORD_SIZE)
    if len(data) != RECORD_SIZE or binascii.crc32(data[:-2]) & 0xFFFF != data[-2] | data[-1] << 8:
        return None
    id_tag, parent, expiry_s, age, status, _ = struct.unpack(FORMAT, data)
    return id_tag.rstrip(b"\0").decode(), parent.rstrip(b"\0").decode(), expiry_s, age, STATUSES[status]


class IdTags:
    def __init__(self, path, longest):
        self.path = path
        self.longest = longest
        self.index = bytearray()   # a key for each record of the file, zeros for a free place
        self.version = 0           # of a list
        self.newest = 0            # age of the record written last

    def find(self, id_tag, file=None):
        """(place, parent, expiry, age, status) or None. `file`: this one, instead of the one at path."""
        id_tag = id_tag.upper()
        key = key_of(id_tag)
        at = self.index.find(key)
        while at >= 0:
            if not at & 1:
                record = None
                try:
                    opened = file or open(self.path, "rb")
                    opened.seek(at // 2 * RECORD_SIZE)
                    record = read_record(opened)
                    if not file:
                        opened.close()
                except OSError as error:   # it is unknown then
                    print("id_tags.unread error=%s" % error)
                if record and record[0] == id_tag:
                    return (at // 2,) + record[1:]
            at = self.index.find(key, at + 1)
        return None
