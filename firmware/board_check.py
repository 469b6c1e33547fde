"""Is a board file possible? Compared with the chip and with itself, once at start; board.py drops this module then.

Pins: ESP32 datasheet v4 §2 and §2.4 (strapping), ESP32-S3 datasheet v2 §2 and §2.6; ADC2 is not there while WiFi is on.
"""

_CHIPS = {  # highest pin; pins that are no pins, read at reset, flash and console, inputs only, ADC1, PSRAM
    "esp32": (
        39,
        b"\x14\x18\x1c\x1d\x1e\x1f",
        b"\x00\x02\x05\x0c\x0f",
        b"\x01\x03\x06\x07\x08\x09\x0a\x0b",
        b"\x22\x23\x24\x25\x26\x27",
        b"\x20\x21\x22\x23\x24\x25\x26\x27",
        {"quad": b"\x10\x11"},
    ),
    "esp32s3": (
        48,
        b"\x16\x17\x18\x19",
        b"\x00\x03\x2d\x2e",
        b"\x13\x14\x1a\x1b\x1c\x1d\x1e\x1f\x20\x2b\x2c",
        b"",
        b"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a",
        {"quad": b"", "octal": b"\x21\x22\x23\x24\x25"},
    ),
}
_OUT, _IN, _ADC = 0, 1, 2
_EV_UNITS = {  # what an EV link may tell, in which units; scaled to the first of each by drivers/ev_link.py
    "soc": ("%",),
    "battery_capacity": ("Wh", "kWh"),
    "voltage": ("V",),
    "current": ("A",),
    "temperature": ("Celsius",),
    "power_request": ("W", "kW"),
}
_EV_ENTRY = ("address", "type", "scale", "unit", "words")


def problem(board):
    """What is wrong with a board's data, in words, or None."""
    try:
        _check(board)
    except KeyError as error:
        return "lacks %s" % error.args[0]
    except (TypeError, AttributeError):
        return "has a value of the wrong kind"
    except ValueError as error:
        return str(error)
    return None


def _must(fits, text):
    if not fits:
        raise ValueError(text)


def _check(board):
    _must(board["chip"] in _CHIPS, "chip %r is unknown" % board["chip"])
    _must(board["profile"] in ("lean", "full"), "profile %r is unknown" % board["profile"])
    _must(board["hardware_and"] in (True, False), "hardware_and is yes or no")
    _must(board["heartbeat_hold_ms"] >= 100, "heartbeat_hold_ms must be 100 or more: a tick may come late")
    _must(board["connectors"], "no connectors")
    used: dict = {}
    for what, pin, kind in _pins(board):
        _check_pin(board, what, pin, kind)
        _must(pin not in used, "pin %r is both %s and %s" % (pin, used.get(pin), what))
        used[pin] = what
    _check_uarts(board)
    units = []
    for connector in board["connectors"]:
        _check_connector(connector)
        units.append(connector["meter"]["unit"])
    _must(len(set(units)) == len(units), "two meters with the same unit number")
    if board.get("ev_link") or any(connector.get("ev_link") for connector in board["connectors"]):
        _check_ev_link(board, units)
    if "shared_max_a" in board:
        _must(len(board["connectors"]) > 1, "shared_max_a needs connectors to share it")
        _must(type(board["shared_max_a"]) is int and board["shared_max_a"] >= 6, "shared_max_a is 6 or more")
    evses = [connector.get("evse") for connector in board["connectors"]]
    named = [evse for evse in evses if evse is not None]
    _must(not named or len(named) == len(evses), "all connectors name their evse, or none does")
    _must(all(type(evse) is int and evse > 0 for evse in named), "an evse is a number from 1")


def _pins(board):
    """Every pin of the board as (what for, pin, kind)."""
    bus, lamps, heat = board["meter_bus"], board.get("lamps"), board.get("temperature")
    found = [("meter_bus tx", bus["tx"], _OUT), ("meter_bus rx", bus["rx"], _IN)]
    if bus["de"] is not None:
        found.append(("meter_bus de", bus["de"], _OUT))
    if _ev_bus(board):
        bus = _ev_bus(board)
        found.append(("ev_link tx", bus["tx"], _OUT))
        found.append(("ev_link rx", bus["rx"], _IN))
        if bus["de"] is not None:
            found.append(("ev_link de", bus["de"], _OUT))
    if board.get("reader"):
        found.append(("reader tx", board["reader"]["tx"], _OUT))
        found.append(("reader rx", board["reader"]["rx"], _IN))
    if lamps:
        found.append(("lamps", lamps["pin"], _OUT))
    if heat:
        found.append(("temperature", heat["pin"], _ADC))
    for key in ("emergency_stop", "residual_current", "earth_lost"):
        if board.get(key):
            found.append((key, _level(board, key), _IN))
    for i, connector in enumerate(board["connectors"]):
        for key, kind in (("pilot_pwm", _OUT), ("heartbeat", _OUT)):
            found.append(("%s %d" % (key, i + 1), connector[key], kind))
        for key in ("pilot_high", "pilot_low"):
            found.append(("%s %d" % (key, i + 1), connector[key]["pin"], _ADC))
        for key, kind in (("contactor", _OUT), ("contactor_feedback", _IN)):
            found.append(("%s %d" % (key, i + 1), _level(connector, key), kind))
        lock = connector.get("lock")
        if lock:
            found.append(("lock %d" % (i + 1), _level(connector, "lock"), _OUT))
            found.append(("lock feedback %d" % (i + 1), _level(lock, "feedback"), _IN))
    return found


def _level(data, key):
    _must(data[key]["active"] in (0, 1), "%s: active is 0 or 1" % key)
    return data[key]["pin"]


def _check_pin(board, what, pin, kind):
    highest, gaps, strapping, busy, inputs, adc1, psram = _CHIPS[board["chip"]]
    _must(type(pin) is int, "%s: a pin is a number" % what)
    _must(0 <= pin <= highest and pin not in gaps, "%s: the chip has no pin %d" % (what, pin))
    _must(pin not in busy, "%s: pin %d belongs to flash, console or USB" % (what, pin))
    _must(pin not in strapping, "%s: the chip reads pin %d at reset to choose how it starts" % (what, pin))
    kind_of_psram = board.get("psram")
    _must(kind_of_psram is None or kind_of_psram in psram, "psram %r is unknown" % kind_of_psram)
    _must(not kind_of_psram or pin not in psram[kind_of_psram], "%s: pin %d belongs to the PSRAM" % (what, pin))
    _must(kind != _OUT or pin not in inputs, "%s: pin %d is an input only" % (what, pin))
    _must(kind != _ADC or pin in adc1, "%s: pin %d is not on ADC1" % (what, pin))


def _check_uarts(board):
    bus, reader, link = board["meter_bus"], board.get("reader"), _ev_bus(board)
    for wires in (bus, reader, link):
        _must(not wires or wires["uart"] in (1, 2), "UART 1 or 2: 0 is the console")
        _must(not wires or 1200 <= wires["baud"] <= 921600, "baud is 1200 to 921600")
    _must(not reader or bus["uart"] != reader["uart"], "meter bus and reader share a UART")
    _must(not link or link["uart"] != bus["uart"], "ev_link and meter bus share a UART: leave out the ev_link's bus")
    _must(not link or not reader or link["uart"] != reader["uart"], "ev_link and reader share a UART")
    _must(not reader or reader["driver"] == "pn532", "reader driver is unknown")
    lamps = board.get("lamps")
    _must(not lamps or lamps["driver"] == "ws2812", "lamps driver is unknown")
    _must(not lamps or 1 <= lamps["per_connector"] <= 15, "lamps: 1 to 15 per connector")


def _check_connector(connector):
    for key in ("pilot_high", "pilot_low"):
        high_mv = connector[key]["offset_mv"] + 12 * connector[key]["mv_per_v"]
        _must(connector[key]["offset_mv"] >= 0 and connector[key]["mv_per_v"] >= 50, "%s: too coarse" % key)
        _must(high_mv <= 2450, "%s: 12 V gives %d mV, the ADC is linear to 2450" % (key, high_mv))
    _must(6 <= connector["max_a"] <= 80, "max_a is 6 to 80")
    _must(connector["phases"] in (1, 3), "phases are 1 or 3")
    meter = connector["meter"]
    _must(meter["driver"] in ("sdm120", "sdm630"), "meter driver %r is unknown" % meter["driver"])
    _must(meter["driver"] == "sdm630" or connector["phases"] == 1, "sdm120 measures one phase")
    _must(1 <= meter["unit"] <= 247, "meter unit is 1 to 247")


def _ev_bus(board):
    """The wires of an EV link that is not on the meters' bus, or None."""
    return (board.get("ev_link") or {}).get("bus")


def _check_ev_link(board, meter_units):
    """The register map is one for all connectors, the unit number each one's own."""
    data, units = board.get("ev_link"), []
    _must(data, "a connector has an ev_link, the board has no map for it")
    for connector in board["connectors"]:
        if connector.get("ev_link"):
            unit = connector["ev_link"]["unit"]
            _must(type(unit) is int and 1 <= unit <= 247, "ev_link unit is 1 to 247")
            _must(unit not in units, "two EV links with the same unit number")
            _must(data.get("bus") or unit not in meter_units, "an EV link has the unit number of a meter on its bus")
            units.append(unit)
    _must(units, "the board has an ev_link, no connector has")
    _must(data["read"] in ("input", "holding"), "ev_link reads input or holding registers")
    _must(data["registers"], "ev_link has no registers")
    taken: dict = {}
    for name, entry in data["registers"].items():
        _must(name in _EV_UNITS, "ev_link: %r is not among %s" % (name, ", ".join(sorted(_EV_UNITS))))
        for address in _addresses("ev_link " + name, _EV_UNITS[name], entry):
            _must(address not in taken, "ev_link: %s and %s share register %d" % (taken.get(address), name, address))
            taken[address] = name


def _addresses(what, units, entry):
    """The registers of one value."""
    for key in entry:
        _must(key in _EV_ENTRY, "%s: %r is not among %s" % (what, key, ", ".join(_EV_ENTRY)))
    first, kind = entry["address"], entry["type"]
    _must(kind in ("u16", "s16", "u32", "s32", "f32"), "%s: type %r is not u16, s16, u32, s32 or f32" % (what, kind))
    count = 1 if kind[1:] == "16" else 2
    _must(type(first) is int and 0 <= first <= 0x10000 - count, "%s: address is 0 to 65535" % what)
    _must(entry["unit"] in units, "%s: unit %r is not %s" % (what, entry["unit"], " or ".join(units)))
    scale = entry.get("scale", 1)
    _must(type(scale) in (int, float) and scale and abs(scale) <= 1000000, "%s: scale is a number, not 0" % what)
    if "words" in entry:
        _must(count == 2, "%s: one register has no order of words" % what)
        _must(entry["words"] in ("high_first", "low_first"), "%s: words are high_first or low_first" % what)
    return range(first, first + count)
