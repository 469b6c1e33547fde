"""OCPP configuration keys: one table of what each is, and the changed values in one file, written only on change."""
import json
import os

# name, type and range, default; "r" marks what only the charge point itself sets. One text: objects take six times it.
_TABLE = """
AllowOfflineTxForUnknownId bool false
AuthorizeRemoteTxRequests bool false
BollardConnectorLinks text 500
ClockAlignedDataInterval 0 86400 0
ConnectionTimeOut 1 3600 60
ConnectorPhaseRotation text 500 NotApplicable
GetConfigurationMaxKeys r 50
HeartbeatInterval 1 86400 300
LocalAuthorizeOffline bool true
LocalPreAuthorize bool false
MessageTimeout 5 300 30
MeterValueSampleInterval 0 86400 10
MeterValuesAlignedData list Energy.Active.Import.Register
MeterValuesSampledData list Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,Current.Offered
MinimumStatusDuration 0 3600 0
NumberOfConnectors r 1
ResetRetries 0 10 0
StopTransactionOnEVSideDisconnect r true
StopTransactionOnInvalidId bool true
StopTxnAlignedData r
StopTxnSampledData r
SupportedFeatureProfiles r Core,RemoteTrigger
TransactionMessageAttempts 1 100 3
TransactionMessageRetryInterval 1 3600 60
UnlockConnectorOnEVSideDisconnect r true
WebSocketPingInterval 0 3600 30
"""
# StopTransactionOnEVSideDisconnect: without a lock another car could take a cable that stays alive.
# BollardConnectorLinks: comma-separated, one a connector; what its QR code and sticker say.


class Configuration:
    def __init__(self, number_of_connectors, path="/data/configuration.json"):
        self._path = path
        self._changed = {}
        self._for_now = {"NumberOfConnectors": str(number_of_connectors)}
        self._numbers = {}   # of keys asked for as numbers: the look at the connectors asks every 50 ms
        self.unavailable = []   # connector ids an operator took out of service; it survives a power cut (§5.2)
        try:
            with open(path) as file:
                saved = json.load(file)
            self.unavailable = [int(c) for c in saved.pop("unavailable", [])]
            for name in saved:
                kind = _row(name)
                self._changed[name] = _checked(str(saved[name]), kind)
        except OSError:
            pass   # nothing was ever changed
        except (ValueError, TypeError, AttributeError):
            print("configuration.damaged")

    def text(self, name):
        for values in (self._for_now, self._changed):
            if name in values:
                return values[name]
        return _row(name)[-1]

    def number(self, name):
        if name not in self._numbers:
            self._numbers[name] = int(self.text(name))
        return self._numbers[name]

    def is_true(self, name):
        return self.text(name) == "true"

    def change(self, name, text):
        """The status of a ChangeConfiguration (OCPP 1.6 §5.3). An Accepted value is on flash."""
        try:
            row = _row(name)
        except ValueError:
            return "NotSupported"
        try:
            text = _checked(text, row)
        except ValueError:
            return "Rejected"
        self._for_now.pop(name, None)
        if self.text(name) != text:
            self._changed[name] = text
            self.save()
        self._numbers = {}
        return "Accepted"

    def set_for_now(self, name, number):
        """Until the power goes: what a BootNotification.conf says needs no wear of the flash."""
        self._for_now[name] = str(number)
        self._numbers = {}

    def save(self):
        saved = {"unavailable": self.unavailable}   # type: dict[str, object]
        saved.update(self._changed)
        with open(self._path + ".new", "w") as file:
            json.dump(saved, file)
        os.rename(self._path + ".new", self._path)

    def rows(self, names):
        """(name, is read-only, text) of each of `names`, or of all; text None for a name that is unknown."""
        for name in names or (line.split(" ")[0] for line in _TABLE.strip().split("\n")):
            try:
                yield name, _row(name)[1] == "r", self.text(name)
            except ValueError:
                yield name, True, None


def _row(name):
    """The words of a key's line, the default last; ValueError for a name that is none."""
    at = _TABLE.find("\n%s " % name) + 1
    if not at or " " in name:
        raise ValueError("unknown key")
    row = _TABLE[at:_TABLE.find("\n", at)].split(" ")
    if len(row) == 2 or row[1] == "text" and len(row) == 3:
        row.append("")
    return row


def _checked(text, row):
    """`text` as it is kept; ValueError if the key cannot take it."""
    kind = row[1]
    if kind == "bool":
        text = text.lower()
        fits = text in ("true", "false")
    elif kind == "text":
        fits = len(text) <= int(row[2])
    elif kind == "list":
        text = ",".join([word.strip() for word in text.split(",") if word.strip()])
        known = _row("MeterValuesSampledData")[-1].split(",")
        fits = all(word in known for word in text.split(",")) if text else True
    elif kind == "r":
        fits = False
    else:
        fits = int(row[1]) <= int(text) <= int(row[2])
    if not fits:
        raise ValueError("does not fit")
    return text
