"""Is a board file possible? Compared with the chip and with itself, once at start; board.py drops this module then.

Pins: ESP32 datasheet v4 §2 and §2.4 (strapping), ESP32-S3 datasheet v2 §2 and §2.6; ADC2 is not there while WiFi is on.
"""

_CHIPS = {  # highest pin; no pins, read at reset, flash and console, inputs only, ADC1, high as it resets, PSRAM
    "esp32": (
        39,
        b"\x14\x18\x1c\x1d\x1e\x1f",
        b"\x00\x02\x05\x0c\x0f",
        b"\x01\x03\x06\x07\x08\x09\x0a\x0b",
        b"\x22\x23\x24\x25\x26\x27",
        b"\x20\x21\x22\x23\x24\x25\x26\x27",
        b"\x0e",
        {"quad": b"\x10\x11"},
    ),
    "esp32s3": (
        48,
        b"\x16\x17\x18\x19",
        b"\x00\x03\x2d\x2e",
        b"\x13\x14\x1a\x1b\x1c\x1d\x1e\x1f\x20\x2b\x2c",
        b"",
        b"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a",
        b"\x12",
        {"quad": b"", "octal": b"\x21\x22\x23\x24\x25"},
    ),
}
_OUT, _IN, _ADC = 0, 1, 2   # 3: an output for a coil


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
    _must(8000 <= board.get("watchdog_ms", 8000) <= 120_000, "watchdog_ms is 8000 to 120000: TLS stalls for 5000")
    _must(board["connectors"], "no connectors")
    own = [c for c in board["connectors"] if c.get("residual_current")]
    _must(not own or len(own) == len(board["connectors"]) and not board.get("residual_current"),
          "residual_current is one of the board, or one of each connector")
    used: dict = {}
    found = _pins(board)
    evses = [connector.get("evse") for connector in board["connectors"]]
    named = [evse for evse in evses if evse is not None]
    _must(not named or len(named) == len(evses), "all connectors name their evse, or none does")
    _must(all(type(evse) is int and evse > 0 for evse in named), "an evse is a number from 1")
    maps = _map_check(board)
    if board.get("voltage") or any(
            ["proximity" in c or "phase_contactor" in c or "test" in (c.get("residual_current") or ())
             for c in [board] + board["connectors"]]):
        # The energy path's parts that not all boards have: as _map_check, by __import__.
        energy = __import__("firmware.energy_check", None, None, ("",))
        energy.check(board)
        found += energy.pins(board)
    if maps:
        found += [(what, pin, _OUT if out else _IN) for what, pin, out in maps.pins(board)]
    reader, lamps = board.get("reader"), board.get("lamps")
    if board.get("panel") or reader and "uart" not in reader or lamps and lamps["driver"] != "ws2812":
        more = __import__("firmware.panel.check", None, None, ("",))   # as the module of register maps
        found += [(what, pin, _OUT if out else _IN) for what, pin, out in more.pins(board)]
        more.check(board)
    for what, pin, kind in found:
        _check_pin(board, what, pin, kind)
        _must(pin not in used, "pin %r is both %s and %s" % (pin, used.get(pin), what))
        used[pin] = what
    _check_uarts(board)
    units = [connector["meter"]["unit"] for connector in board["connectors"]]
    if maps:
        maps.check(board, units)
    for connector in board["connectors"]:
        # What no pilot can say, a part that takes its limit over the EV link is told.
        told = connector.get("ev_link") and (board.get("ev_link") or {}).get("limit")
        _check_connector(connector, 250 if told else 80)
    _must(len(set(units)) == len(units), "two meters with the same unit number")
    if "shared_max_a" in board:
        _must(len(board["connectors"]) > 1, "shared_max_a needs connectors to share it")
        _must(type(board["shared_max_a"]) is int and board["shared_max_a"] >= 6, "shared_max_a is 6 or more")


def _map_check(board):
    """The module that judges register maps, where there is one: its names would stay in a small chip's RAM for ever."""
    for part in [board] + board["connectors"]:
        meter = part.get("meter")
        if part.get("ev_link") or part.get("meter_map") or meter and meter["driver"] == "map":
            return __import__("firmware.register_map_check", None, None, ("",))
    return None


def _pins(board):
    """Every pin of the board as (what for, pin, kind)."""
    bus, lamps, heat = board["meter_bus"], board.get("lamps"), board.get("temperature")
    found = [("meter_bus tx", bus["tx"], _OUT), ("meter_bus rx", bus["rx"], _IN)]
    if bus["de"] is not None:
        found.append(("meter_bus de", bus["de"], _OUT))
    if "uart" in (board.get("reader") or ""):
        found.append(("reader tx", board["reader"]["tx"], _OUT))
        found.append(("reader rx", board["reader"]["rx"], _IN))
    if lamps and lamps["driver"] == "ws2812":
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
        for key, kind in (("contactor", 3), ("contactor_feedback", _IN)):
            found.append(("%s %d" % (key, i + 1), _level(connector, key), kind))
        if connector["meter"]["driver"] == "s0":
            found.append(("meter %d" % (i + 1), connector["meter"]["pin"], _IN))
        if connector.get("residual_current"):
            found.append(("residual_current %d" % (i + 1), _level(connector, "residual_current"), _IN))
        lock = connector.get("lock")
        if lock:
            found.append(("lock %d" % (i + 1), _level(connector, "lock"), 3))
            found.append(("lock feedback %d" % (i + 1), _level(lock, "feedback"), _IN))
    return found


def _level(data, key):
    _must(data[key]["active"] in (0, 1), "%s: active is 0 or 1" % key)
    return data[key]["pin"]


def _check_pin(board, what, pin, kind):
    highest, gaps, strapping, busy, inputs, adc1, high, psram = _CHIPS[board["chip"]]
    _must(type(pin) is int, "%s: a pin is a number" % what)
    _must(0 <= pin <= highest and pin not in gaps, "%s: the chip has no pin %d" % (what, pin))
    _must(pin not in busy, "%s: pin %d belongs to flash, console or USB" % (what, pin))
    _must(pin not in strapping, "%s: the chip reads pin %d at reset to choose how it starts" % (what, pin))
    kind_of_psram = board.get("psram")
    _must(kind_of_psram is None or kind_of_psram in psram, "psram %r is unknown" % kind_of_psram)
    _must(not kind_of_psram or pin not in psram[kind_of_psram], "%s: pin %d belongs to the PSRAM" % (what, pin))
    _must(kind not in (_OUT, 3) or pin not in inputs, "%s: pin %d is an input only" % (what, pin))
    _must(kind != 3 or pin not in high, "%s: pin %d is high for a moment at reset" % (what, pin))
    _must(kind != _ADC or pin in adc1, "%s: pin %d is not on ADC1, and ADC2 is not there beside WiFi" % (what, pin))


def _check_uarts(board):
    bus, reader = board["meter_bus"], board.get("reader")
    if reader and "uart" not in reader:
        reader = None   # panel/check.py judges it
    for what, wires in (("meter_bus", bus), ("reader", reader)):
        _must(not wires or wires["uart"] in (1, 2), "%s: UART 1 or 2: 0 is the console, there are no more" % what)
        _must(not wires or 1200 <= wires["baud"] <= 921600, "%s: baud is 1200 to 921600" % what)
    _must(not reader or bus["uart"] != reader["uart"], "meter bus and reader share a UART")
    _must(not reader or reader["driver"] == "pn532", "reader driver is unknown")
    lamps = board.get("lamps")
    if lamps and lamps["driver"] != "ws2812":
        return
    _must(not lamps or 1 <= lamps["per_connector"] <= 15, "lamps: 1 to 15 per connector")


def _check_connector(connector, most_a):
    for key in ("pilot_high", "pilot_low"):
        high_mv = connector[key]["offset_mv"] + 12 * connector[key]["mv_per_v"]
        _must(connector[key]["offset_mv"] >= 0 and connector[key]["mv_per_v"] >= 50, "%s: too coarse" % key)
        _must(high_mv <= 2450, "%s: 12 V gives %d mV, the ADC is linear to 2450" % (key, high_mv))
    _must(6 <= connector["max_a"] <= most_a, "max_a is 6 to %d" % most_a)
    _must(connector["phases"] in (1, 3), "phases are 1 or 3")
    meter = connector["meter"]
    driver = meter["driver"]
    _must(driver in ("sdm120", "sdm230", "sdm630", "pzem004t", "map", "s0"), "meter driver %r is unknown" % driver)
    _must(driver in ("sdm630", "map", "s0") or connector["phases"] == 1, "%s measures one phase" % driver)
    _must(1 <= meter["unit"] <= (4 if driver == "s0" else 247), "meter unit is 1 to 247, of pulse counters 1 to 4")
    if driver == "s0":
        per_kwh = meter["pulses_per_kwh"]
        _must(type(per_kwh) is int and 10 <= per_kwh <= 10_000, "pulses_per_kwh is 10 to 10000")
