"""Writes the files of id_tags.py. A cut leaves the old file or the new: NOTES.md. Loaded for that moment only.

A list's file ends with a record without idTag: its version and how many there are, so that half a list is none.
"""
import binascii
import os
import struct

from firmware.store.id_tags import FORMAT, RECORD_SIZE, STATUSES, key_of, read_record


def fields(id_tag, info, moment_s):
    """(idTag in capitals, parent, expiry, status) of an IdTagInfo as they are kept.

    `moment_s`: seconds since 2000 of an ISO 8601 text. ValueError for what OCPP does not allow, TypeError for the wrong
    type: the text names the field.
    """
    status, parent, expiry = info.get("status"), info.get("parentIdTag"), info.get("expiryDate")
    for name, value in (("idTag", id_tag), ("status", status), ("parentIdTag", parent), ("expiryDate", expiry)):
        if not isinstance(value, str) and (name in ("idTag", "status") or value is not None):
            raise TypeError(name)
    if not 0 < len(id_tag) <= 20 or not _is_plain(id_tag):
        raise ValueError("idTag")
    if parent and (len(parent) > 20 or not _is_plain(parent)):
        raise ValueError("parentIdTag")
    if status not in STATUSES[1:]:
        raise ValueError("status")
    expiry_s = 0
    if expiry:
        try:
            expiry_s = min(max(moment_s(expiry), 1), 0xFFFFFFFF)
        except (ValueError, IndexError):
            raise ValueError("expiryDate")
    return id_tag.upper(), parent or "", expiry_s, status


def _is_plain(text):
    return all(" " <= c <= "~" for c in text)   # what a CiString may hold


def record(id_tag, parent, expiry_s, age, status):
    data = struct.pack(FORMAT, id_tag.encode(), parent.encode(), expiry_s, age, STATUSES.index(status), 0)
    return data + (binascii.crc32(data) & 0xFFFF).to_bytes(2, "little")


def load(tags, is_list=False):
    """Fill the index from the file. Damaged records are free places, and make a list's version unknown: 0."""
    for leftover in (".new", ".part"):
        remove(tags.path + leftover)
    try:
        places = os.stat(tags.path)[6] // RECORD_SIZE
    except OSError:
        return
    damaged = count = 0
    end = None
    with open(tags.path, "rb") as file:
        for _ in range(min(places, tags.longest + is_list)):
            found = read_record(file)
            if found and found[0]:
                count += 1
                tags.newest = max(tags.newest, found[3])
                tags.index.extend(key_of(found[0]))
            else:
                if is_list and found:
                    end = found
                    break
                damaged += not found
                tags.index.extend(b"\0\0")
    if is_list:
        tags.version = end[2] if end and end[3] == count and not damaged else 0
        damaged = not tags.version
    if damaged:
        print("id_tags.damaged file=%s known=%d" % (tags.path, count))


def remember(tags, news, clock):
    """Put each (idTag, IdTagInfo) of the central system into a cache, as far as it can be kept."""
    for id_tag, info in news:
        try:
            if put(tags, *fields(id_tag, info, clock.parse) + (clock.now_s(),)):
                print("cache.kept id_tag=%s status=%s" % (id_tag[-4:], info.get("status")))
        except (ValueError, TypeError, OSError) as error:
            print("cache.failed id_tag=%s error=%s" % (id_tag[-4:], error))


def put(tags, id_tag, parent, expiry_s, status, now_s):
    """Keep it in a cache; False if nothing had to be written. OSError when it cannot be.

    A full cache drops what is not valid first, then the oldest (§3.5.1). To be used makes young, but is written only
    once half of the cache has become younger: the same card every day must not wear the flash.
    """
    id_tag = id_tag.upper()
    found = tags.find(id_tag)
    if found:
        place, known, age = found[0], (found[1], found[2], found[4]), found[3]
        if known == (parent, expiry_s, status) and tags.newest - age < tags.longest // 2:
            return False
    else:
        place = _place(tags, now_s)
    with open(tags.path, "r+b" if tags.index else "wb") as file:
        file.seek(place * RECORD_SIZE)
        file.write(record(id_tag, parent, expiry_s, tags.newest + 1, status))
    tags.newest += 1
    tags.index[2 * place:2 * place + 2] = key_of(id_tag)
    return True


def _place(tags, now_s):
    """Where one more can go."""
    places = len(tags.index) // 2
    for place in range(places):
        if not tags.index[2 * place] and not tags.index[2 * place + 1]:
            return place
    if places < tags.longest:
        return places
    chosen, chosen_rank = 0, None
    with open(tags.path, "rb") as file:
        for place in range(places):
            found = read_record(file)
            if not found:
                return place
            _, _, expiry_s, age, status = found
            rank = (status == "Accepted" and not 0 < expiry_s <= now_s, age)
            if chosen_rank is None or rank < chosen_rank:
                chosen, chosen_rank = place, rank
    return chosen


def clear(tags):
    """Forget all of a cache, on flash too."""
    tags.index = bytearray()
    remove(tags.path)


def drop_listed(tags, listed):
    """What the list says needs no place in the cache, and must not come back from there later (§3.5.3)."""
    chosen = []
    try:
        if tags.index:
            with open(tags.path, "rb") as file:
                for place in range(len(tags.index) // 2):
                    found = read_record(file)
                    if found and found[0] and listed.find(found[0]):
                        chosen.append(place)
        if chosen:
            with open(tags.path, "r+b") as file:
                for place in chosen:
                    file.seek(place * RECORD_SIZE)
                    file.write(record("", "", 0, 0, ""))   # a free place; of zeros it would pass for damage
                    tags.index[2 * place:2 * place + 2] = b"\0\0"
    except OSError as error:   # the list has the last word anyway
        print("cache.failed error=%s" % error)


def remove(path):
    try:
        os.remove(path)
    except OSError:
        pass   # it is not there
