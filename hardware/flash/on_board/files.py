"""Runs on the board, sent through the raw prompt: what lies in its flash, and moving it about there."""
import binascii
import hashlib
import os

_piece = bytearray(512)
_FOLDER = 0x4000


def each(folder):
    """All files below `folder`, "" being everything."""
    try:
        entries = list(os.ilistdir(folder or "/"))
    except OSError:
        return
    for entry in entries:
        path = folder + "/" + entry[0]
        if entry[1] == _FOLDER:
            yield from each(path)
        else:
            yield path


def digest(path):
    made = hashlib.sha256()
    with open(path, "rb") as file:
        while True:
            n = file.readinto(_piece)
            if not n:
                return made.digest().hex()
            made.update(memoryview(_piece)[:n])


def told(folder):
    for path in each(folder):
        print(digest(path), path)


def copied(old, new):
    with open(old, "rb") as source, open(new, "wb") as made:
        while True:
            n = source.readinto(_piece)
            if not n:
                return
            made.write(memoryview(_piece)[:n])


def put(path, text, begins):
    """A piece of a file, in base64: half as long on the line as what repr() makes of bytes."""
    with open(path, "wb" if begins else "ab") as file:
        file.write(binascii.a2b_base64(text))


def prepared(path):
    """The folders above `path` are there."""
    at = path.find("/", 1)
    while at > 0:
        try:
            os.mkdir(path[:at])
        except OSError:
            pass   # it is there
        at = path.find("/", at + 1)


def gone(path):
    """A file, or a folder with all that is in it."""
    try:
        entries = list(os.ilistdir(path))
    except OSError:
        try:
            os.remove(path)
        except OSError:
            pass   # it was gone
        return
    for entry in entries:
        gone(path + "/" + entry[0])
    os.rmdir(path)


def free():
    disk = os.statvfs("/")
    print(disk[0] * disk[3], disk[0] * disk[2])
