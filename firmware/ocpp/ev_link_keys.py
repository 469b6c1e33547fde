"""The configuration keys of a board with an EV link: as keys.py, but the lists of measurands know the car's too."""
from firmware.ocpp.keys import checked as _checked
from firmware.ocpp.keys import default, measurands, names  # noqa: F401  (as keys.py gives them)
from firmware.ocpp.keys import row as _row

_BY_DEFAULT = ",SoC,Temperature"
_BESIDES = ["Power.Offered"]   # known, but only told when somebody asks


def row(name):
    found = _row(name)
    if found[3] == "list:5":
        found[3] = "list:8"
    elif found[0].endswith("DataMaxLength"):
        found[4] = "8"
    if found[0] == "MeterValuesSampledData":
        found[4] += _BY_DEFAULT
    return found


def checked(text, row):
    return _checked(text, row, measurands() + _BY_DEFAULT[1:].split(",") + _BESIDES)
