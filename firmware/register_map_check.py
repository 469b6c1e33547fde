"""Can a board's register maps be read, the EV link's and the meters'? The part of board_check.py that only boards with
one load."""

_UNITS = {  # what an EV link may tell, in which units; scaled to the first of each by drivers/ev_link.py
    "soc": ("%",),
    "battery_capacity": ("Wh", "kWh"),
    "voltage": ("V",),
    "current": ("A",),
    "temperature": ("Celsius",),
    "power_request": ("W", "kW"),
}
_METER_UNITS = {"energy": ("Wh", "kWh"), "power": ("W", "kW"), "voltage": ("V",), "current": ("A",)}
_METER_TIMES = {"energy": 1, "power": 1, "voltage": 10, "current": 1000}   # as meter_map.py keeps them
_ENTRY = ("address", "type", "scale", "unit", "words")



def check(board, meter_units):
    connectors = board["connectors"]
    if board.get("ev_link") or any(connector.get("ev_link") for connector in connectors):
        _check_ev_link(board, meter_units)
    if board.get("meter_map") or any(connector["meter"]["driver"] == "map" for connector in connectors):
        _check_meters(board)


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
    bus, reader = data.get("bus"), board.get("reader")
    if bus:
        _must(bus["uart"] in (1, 2), "ev_link: UART 1 or 2: 0 is the console")
        _must(1200 <= bus["baud"] <= 921600, "ev_link: baud is 1200 to 921600")
        _must(bus["uart"] != board["meter_bus"]["uart"], "ev_link and meter bus share a UART: leave out its bus")
        _must(not reader or bus["uart"] != reader["uart"], "ev_link and reader share a UART")
    _check_map("ev_link", data, _UNITS)
    limit = data.get("limit")
    if limit:
        _addresses("ev_link limit", ("W", "kW"), limit)
        _must(limit["type"] == "u16" and limit.get("scale", 1) > 0, "ev_link limit: type is u16, scale above 0")
        for connector in board["connectors"]:
            # What the part may draw is reckoned with the phases that the meter tells.
            fits = not connector.get("ev_link") or connector["phases"] == 3 or connector["meter"]["driver"] != "sdm630"
            _must(fits, "ev_link limit: the meter has three phases, the connector one")


def _check_meters(board):
    """A connector whose meter's driver is `map` needs all that a meter tells, for as many phases as it has."""
    data = board.get("meter_map")
    _must(data, "a meter's driver is map, the board has no meter_map")
    phases = max([c["phases"] for c in board["connectors"] if c["meter"]["driver"] == "map"] or [0])
    _must(phases, "the board has a meter_map, no meter's driver is map")
    names = ["energy", "power"] + ["%s_l%d" % (kind, i + 1) for i in range(phases) for kind in ("voltage", "current")]
    for name in names:
        _must(name in data["registers"], "meter_map lacks %s" % name)
    _check_map("meter_map", data, {name: _METER_UNITS[name.partition("_l")[0]] for name in names})
    for name, entry in data["registers"].items():
        kilo = 1000 if entry["unit"][0] == "k" else 1
        times = entry.get("scale", 1) * kilo * _METER_TIMES[name.partition("_l")[0]]
        exact = times if abs(times) >= 1 or entry["type"] == "f32" else 1 / times
        fits = round(exact) and abs(exact - round(exact)) < 1e-6 * abs(exact)
        _must(fits, "meter_map %s: scale is no fraction" % name)


def _check_map(what, data, units):
    _must(data["read"] in ("input", "holding"), "%s reads input or holding registers" % what)
    _must(data["registers"], "%s has no registers" % what)
    taken: dict = {}
    for name, entry in data["registers"].items():
        _must(name in units, "%s: %r is not among %s" % (what, name, ", ".join(sorted(units))))
        for address in _addresses("%s %s" % (what, name), units[name], entry):
            _must(address not in taken, "%s: %s and %s share register %d" % (what, taken.get(address), name, address))
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
