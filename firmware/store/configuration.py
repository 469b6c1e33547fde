"""OCPP configuration keys: their values. The changed ones are in one file, written only on change.

What a key is (type, range, default) the table of ocpp/keys.py says, which is loaded for the lookup only; values that
were asked for once stay known here.
"""
import json
import os


class Configuration:
    def __init__(self, keys, own, full=False, locks=False, path="/data/configuration.json"):
        """`keys`: gives the module with the table. `own`: fixed values this board has, name -> text."""
        self._read_only = "r" if locks else "rl"   # these accesses of the table
        self.keys = keys
        self._own = own
        self._full = full
        self._path = path
        self._changed = {}
        self._for_now = {}
        self._numbers = {}   # of keys asked for as numbers: the look at the connectors asks every 50 ms
        self._known = {}     # default texts asked for
        self.unavailable = []   # connector ids an operator took out of service; it survives a power cut (§5.2)
        try:
            with open(path) as file:
                saved = json.load(file)
            self.unavailable = [int(c) for c in saved.pop("unavailable", [])]
            self._take(saved)
        except OSError:
            pass   # nothing was ever changed
        except (ValueError, TypeError, AttributeError, OverflowError):
            print("configuration.damaged")

    def _take(self, saved):
        table = self.keys()
        for name, text in saved.items():
            try:
                self._changed[name] = table.checked(str(text), table.row(name))
            except ValueError:   # of another version of the firmware; the others still count
                print("configuration.dropped key=%s" % name)

    def text(self, name):
        for values in (self._for_now, self._changed, self._own, self._known):
            if name in values:
                return values[name]
        table = self.keys()
        text = self._known[name] = table.default(table.row(name), self._full)
        return text

    def number(self, name):
        if name not in self._numbers:
            self._numbers[name] = int(self.text(name))
            self._known.pop(name, None)
        return self._numbers[name]

    def is_true(self, name):
        return self.text(name) == "true"

    def change(self, name, text):
        """The status of a ChangeConfiguration (OCPP 1.6 §5.3). An Accepted value is on flash; OSError when it cannot
        be, and then nothing has changed."""
        table = self.keys()
        try:
            row = table.row(name)
        except ValueError:
            return "NotSupported"
        name = row[0]
        try:
            if row[1] in self._read_only:
                return "Rejected"
            text = table.checked(text, row)
        except ValueError:
            return "Rejected"
        before = self._changed
        if before.get(name, table.default(row, self._full)) != text:
            self._changed = dict(before)
            self._changed[name] = text
            try:
                self.save()
            except OSError:
                self._changed = before
                raise
        self._for_now.pop(name, None)
        self._numbers.pop(name, None)
        return "Accepted"

    def set_for_now(self, name, number):
        """Until the power goes: what a BootNotification.conf says needs no wear of the flash."""
        self._for_now[name] = str(number)
        self._numbers.pop(name, None)

    def save(self):
        saved = {"unavailable": self.unavailable}   # type: dict[str, object]
        saved.update(self._changed)
        with open(self._path + ".new", "w") as file:
            json.dump(saved, file)
        os.rename(self._path + ".new", self._path)

    def rows(self, names):
        """(name, is read-only, text) of each of `names`, or of all; text None for a name that is unknown."""
        table = self.keys()
        for name in names or table.names():
            try:
                row = table.row(name)
            except ValueError:
                yield name, True, None
                continue
            name = row[0]
            text = table.default(row, self._full)
            for values in (self._own, self._changed, self._for_now):
                text = values.get(name, text)
            yield name, row[1] in self._read_only, text
