"""A new local list while it arrives: its elements go to a file of their own, and that takes the old one's place at once
when all are there (OCPP 1.6 §5.15, §9.2). Loaded for one update.
"""
import asyncio
import os

from micropython import const

from firmware.store.id_tags import IdTags, key_of, read_record

_AT_ONCE = const(8)   # records between two turns of the energy path


class ListUpdate:
    def __init__(self, listed, cached, files, moment_s):
        """`files`: the module id_tag_files."""
        self._listed = listed
        self._cached = cached
        self._files = files
        self._moment_s = moment_s
        self._part = IdTags(listed.path + ".part", 0)
        self._file = None
        self._deletions = 0

    def __len__(self):
        return len(self._part.index) // 2

    def add(self, element):
        """One AuthorizationData; False if its idTag came before. KeyError, TypeError, ValueError name what is wrong."""
        if not isinstance(element["idTag"], str):
            raise TypeError("idTag")
        info = element.get("idTagInfo")
        if info is None:   # to be deleted
            self._deletions += 1
            kept = self._files.fields(element["idTag"], {"status": "Invalid"}, None)[0], "", 0, ""
        elif not isinstance(info, dict):
            raise TypeError("idTagInfo")
        else:
            info["status"]   # else a KeyError
            kept = self._files.fields(element["idTag"], info, self._moment_s)
        if self._file is None:
            self._file = open(self._part.path, "w+b")
        elif self._part.find(kept[0], self._file):
            return False
        id_tag, parent, expiry_s, status = kept
        self._file.seek(0, 2)
        self._file.write(self._files.record(id_tag, parent, expiry_s, 0, status))
        self._part.index.extend(key_of(id_tag))
        return True

    async def commit(self, version, full, longest):
        """The status of a SendLocalList; on flash when Accepted. OSError when it cannot be: the old list stays."""
        listed, part = self._listed, self._part
        # A list of which records were lost has no version: only a full one mends it.
        if not full and (version <= listed.version or listed.index and not listed.version):
            return "VersionMismatch"
        if not 0 < version <= 0xFFFFFFFF or full and self._deletions:   # what a record can hold
            return "Failed"
        if full:
            path, index = part.path, part.index
            if len(index) // 2 > longest:
                return "Failed"
            if self._file:
                self._end(self._file, version, index)
        else:
            self._shut()
            path, index = listed.path + ".new", bytearray()
            with open(path, "wb") as new:
                await self._copy(listed, new, index, lambda found: not part.find(found[0]))
                await self._copy(part, new, index, lambda found: found[4])
                if len(index) // 2 <= longest:
                    self._end(new, version, index)
        self._shut()
        if len(index) // 2 > longest:
            return "Failed"
        if index:
            os.rename(path, listed.path)
        else:
            version = 0   # empty (§5.10)
            self._files.remove(listed.path)
        listed.index, listed.version = index, version
        self._files.drop_listed(self._cached, listed)
        return "Accepted"

    async def _copy(self, tags, new, index, is_wanted):
        if not tags.index:
            return
        with open(tags.path, "rb") as old:
            for place in range(len(tags.index) // 2):
                found = read_record(old)
                if found and found[0] and is_wanted(found):
                    new.write(self._files.record(*found))
                    index.extend(key_of(found[0]))
                if place % _AT_ONCE == 0:
                    await asyncio.sleep_ms(0)

    def _end(self, file, version, index):
        file.seek(0, 2)
        file.write(self._files.record("", "", version, len(index) // 2, ""))

    def _shut(self):
        if self._file:
            self._file.close()
            self._file = None

    def close(self):
        """Nothing is left of what was not committed."""
        self._shut()
        for leftover in (".part", ".new"):
            self._files.remove(self._listed.path + leftover)
