"""The charging profiles' file: opaque records, one after the other, written whole and only when they differ.

Loaded for one reading or writing. The rename makes the new file the file at once: a cut leaves the old one or the new.
"""
import binascii
import os
import struct

from micropython import const

_PATH = "/data/profiles"
_VERSION = const(1)   # of the records: begins their CRC, so that no other version takes them for its own


def load(path=_PATH):
    """The records of the file; none if there is no such file, or none that is whole."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        return []
    records = []   # type: list[bytes]
    if len(data) < 4 or struct.unpack("<I", data[:4])[0] != binascii.crc32(data[4:], _VERSION):
        print("charging_profile.lost reason=damaged file")
        return records
    at = 4
    while at < len(data):
        end = at + 2 + struct.unpack_from("<H", data, at)[0]
        records.append(data[at + 2:end])
        at = end
    return records


def save(records, path=_PATH):
    """On flash when this returns; OSError if they cannot be."""
    data = b"".join([struct.pack("<H", len(record)) + record for record in records])
    data = struct.pack("<I", binascii.crc32(data, _VERSION)) + data
    try:
        with open(path, "rb") as file:
            if file.read() == data:
                return
    except OSError:
        if not records:
            return
    with open(path + ".new", "wb") as file:
        file.write(data)
    os.rename(path + ".new", path)
