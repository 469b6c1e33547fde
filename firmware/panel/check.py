"""board_check.py's judgement of what hangs on I2C or SPI, of plain LEDs and of the panel. Loaded where there is any."""

_PANEL = ("display", "buzzer", "stop_buttons")
_SLOWEST_HZ, _FASTEST_HZ = 10_000, 400_000
_BACKPACK_HZ = 100_000   # PCF8574 datasheet: no faster


def _must(fits, text):
    if not fits:
        raise ValueError(text)


def pins(board):
    """(what for, pin, is it an output), each wire of a shared bus once."""
    found, shared = [], {}   # type: list, dict
    for what, wires in _buses(board):
        key = (what[0], wires["id"])
        if key in shared:
            _must(shared[key] == _lines(what[0], wires), "%s %d has other pins elsewhere" % (what[0], wires["id"]))
        else:
            shared[key] = _lines(what[0], wires)
            found += [("%s %d %s" % (what[0], wires["id"], name), wires[name], name != "miso")
                      for name in (("scl", "sda") if what[0] == "i2c" else ("sck", "mosi", "miso"))]
        if what[0] == "spi":
            found.append(("%s cs" % what[1], wires["cs"], True))
    lamps, panel = board.get("lamps"), board.get("panel") or {}
    if lamps and lamps["driver"] == "leds":
        for i, row in enumerate(lamps["pins"]):
            found += [("led %d" % (i + 1), pin, True) for pin in row]
    if panel.get("buzzer"):
        found.append(("buzzer", panel["buzzer"]["pin"], True))
    for i, button in enumerate(panel.get("stop_buttons") or ()):
        if button:
            found.append(("stop button %d" % (i + 1), button["pin"], False))
    return found


def check(board):
    """ValueError says what is impossible."""
    for (kind, what), wires in _buses(board):
        numbers = (0, 1) if kind == "i2c" else (1, 2)
        _must(wires["id"] in numbers, "%s: %s %d or %d" % (what, kind.upper(), numbers[0], numbers[1]))
        if kind == "i2c":
            fits = _SLOWEST_HZ <= wires["freq"] <= _FASTEST_HZ
            _must(fits, "%s: freq is %d to %d" % (what, _SLOWEST_HZ, _FASTEST_HZ))
    reader, lamps, panel = board.get("reader"), board.get("lamps"), board.get("panel") or {}
    if reader and "uart" not in reader:
        _must(reader["driver"] in ("pn532", "mfrc522"), "reader driver is unknown")
        _must(("i2c" in reader) != ("spi" in reader), "a reader is on a UART, on i2c or on spi")
        _must(reader["driver"] == "pn532" or "spi" in reader, "an mfrc522 is on spi")
    if lamps and lamps["driver"] != "ws2812":
        _must(lamps["driver"] == "leds", "lamps driver is unknown")
        _must(lamps["active"] in (0, 1), "lamps: active is 0 or 1")
        _must(len(lamps["pins"]) == len(board["connectors"]), "lamps: a row of pins for each connector")
        _must(all(len(row) in (1, 3) for row in lamps["pins"]), "lamps: one LED a connector, or green, blue and red")
    for key in panel:
        _must(key in _PANEL, "panel: %r is not among %s" % (key, ", ".join(_PANEL)))
    display, buzzer = panel.get("display"), panel.get("buzzer")
    if display:
        _must(display["driver"] in ("ssd1306", "hd44780"), "display driver is unknown")
        _must(type(display["address"]) is int and 8 <= display["address"] <= 0x77, "display: address is 8 to 119")
        _must(display["driver"] == "ssd1306" or display["i2c"]["freq"] <= _BACKPACK_HZ,
              "display: a PCF8574 hears at most %d Hz" % _BACKPACK_HZ)
        if reader and "i2c" in reader:
            _must(display["i2c"]["id"] != reader["i2c"]["id"] or display["i2c"]["freq"] == reader["i2c"]["freq"],
                  "display and reader want one I2C at two speeds")
    if buzzer:
        _must(buzzer["hz"] == 0 or 100 <= buzzer["hz"] <= 10_000, "buzzer: hz is 100 to 10000, or 0 for an active one")
        _must(buzzer["active"] in (0, 1), "buzzer: active is 0 or 1")
    _check_buttons(board, panel.get("stop_buttons"))


def _check_buttons(board, buttons):
    if buttons is None:
        return
    _must(len(buttons) == len(board["connectors"]), "stop_buttons: one for each connector, or None")
    for button, connector in zip(buttons, board["connectors"]):
        if button:
            _must(button["active"] in (0, 1), "stop button: active is 0 or 1")
            # It would hand anybody the cable of whoever charges there.
            _must(not connector.get("lock"), "a stop button on a connector that locks the cable would free it")


def _buses(board):
    """((kind, what it is for), its wires) of each part on a bus."""
    reader, display = board.get("reader"), (board.get("panel") or {}).get("display")
    found = []
    for kind in ("i2c", "spi"):
        if reader and "uart" not in reader and kind in reader:
            found.append(((kind, "reader"), reader[kind]))
    if display:
        found.append((("i2c", "display"), display["i2c"]))
    return found


def _lines(kind, wires):
    return [wires[name] for name in (("scl", "sda") if kind == "i2c" else ("sck", "mosi", "miso"))]
