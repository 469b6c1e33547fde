"""Can a board's EV link be read? The part of board_check.py that only boards with one load."""

_UNITS = {  # what an EV link may tell, in which units; scaled to the first of each by drivers/ev_link.py
    "soc": ("%",),
    "battery_capacity": ("Wh", "kWh"),
    "voltage": ("V",),
    "current": ("A",),
    "temperature": ("Celsius",),
    "power_request": ("W", "kW"),
}
_ENTRY = ("address", "type", "scale", "unit", "words")



def pins(board):
    """Those of a bus of its own, as (what for, pin, is an output)."""
    bus = (board.get("ev_link") or {}).get("bus")
    if not bus:
        return []
    found = [("ev_link tx", bus["tx"], True), ("ev_link rx", bus["rx"], False)]
    return found if bus["de"] is None else found + [("ev_link de", bus["de"], True)]


def _must(fits, text):
    if not fits:
        raise ValueError(text)


def check(board, meter_units):
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
    bus, reader = data.get("bus"), board.get("reader")
    if bus:
        _must(bus["uart"] in (1, 2), "ev_link: UART 1 or 2: 0 is the console")
        _must(1200 <= bus["baud"] <= 921600, "ev_link: baud is 1200 to 921600")
        _must(bus["uart"] != board["meter_bus"]["uart"], "ev_link and meter bus share a UART: leave out its bus")
        _must(not reader or bus["uart"] != reader["uart"], "ev_link and reader share a UART")
    _must(data["read"] in ("input", "holding"), "ev_link reads input or holding registers")
    _must(data["registers"], "ev_link has no registers")
    taken: dict = {}
    for name, entry in data["registers"].items():
        _must(name in _UNITS, "ev_link: %r is not among %s" % (name, ", ".join(sorted(_UNITS))))
        for address in _addresses("ev_link " + name, _UNITS[name], entry):
            _must(address not in taken, "ev_link: %s and %s share register %d" % (taken.get(address), name, address))
            taken[address] = name


def _addresses(what, units, entry):
    """The registers of one value."""
    for key in entry:
        _must(key in _ENTRY, "%s: %r is not among %s" % (what, key, ", ".join(_ENTRY)))
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
