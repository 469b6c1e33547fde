"""Is what a board file says of the energy path's rarer parts possible? For board_check.py, where there are any."""

_OUT, _IN, _ADC, _COIL = 0, 1, 2, 3   # as in board_check.py


def _must(fits, text):
    if not fits:
        raise ValueError(text)


def _within(what, value, least, most):
    _must(type(value) is int and least <= value <= most, "%s is %d to %d" % (what, least, most))


def _level(data, what):
    _must(data["active"] in (0, 1), "%s: active is 0 or 1" % what)
    return data["pin"]


def pins(board):
    """Pins as (what for, pin, 0 output, 1 input, 2 ADC, 3 output of a coil)."""
    found = []
    for guarded in [board] + board["connectors"]:
        wires = guarded.get("residual_current")
        if wires and "test" in wires:
            found.append(("residual_current test", _level(wires["test"], "residual_current test"), _OUT))
    for i, connector in enumerate(board["connectors"]):
        if "proximity" in connector:
            found.append(("proximity %d" % (i + 1), connector["proximity"]["pin"], _ADC))
        if "phase_contactor" in connector:
            wires = connector["phase_contactor"]
            found.append(("phase_contactor %d" % (i + 1), _level(wires, "phase_contactor"), _COIL))
            found.append((
                "phase_contactor feedback %d" % (i + 1), _level(wires["feedback"], "phase_contactor feedback"), _IN))
    return found


def check(board):
    bounds = board.get("voltage")
    if bounds:
        _within("voltage: min_v", bounds["min_v"], 50, 300)
        _within("voltage: max_v", bounds["max_v"], bounds["min_v"] + 10, 350)
    for guarded in [board] + board["connectors"]:
        wires = guarded.get("residual_current")
        if not wires or "test" not in wires:
            continue
        _within("residual_current test: trip_ms", wires["test"]["trip_ms"], 20, 2000)
        _within("residual_current test: clear_ms", wires["test"]["clear_ms"], 20, 2000)
        # From the car's wish to energy are 3 s (IEC 61851-1 Table A.6), half of one of them gone before the test.
        _must(wires["test"]["trip_ms"] + wires["test"]["clear_ms"] <= 2000,
              "residual_current test: trip_ms and clear_ms are 2000 together, a car waits no longer")
        # Each closing has a test of its own, and a test would open whoever charges already.
        evses = {c.get("evse", -i) for i, c in enumerate(board["connectors"])}
        _must(guarded is not board or len(evses) == 1,
              "residual_current test: a tested device serves one evse, give each connector its own")
    for connector in board["connectors"]:
        if "proximity" in connector:
            wires = connector["proximity"]
            _within("proximity: pull_up_ohm", wires["pull_up_ohm"], 100, 10_000)
            _within("proximity: supply_mv", wires["supply_mv"], 1000, 5000)
            for ohm in (75, 1500):   # the least and the most that must be told apart
                mv = wires["supply_mv"] * ohm // (ohm + wires["pull_up_ohm"])
                _must(150 <= mv <= 2450, "proximity: %d ohm give %d mV, the ADC is linear from 150 to 2450" % (ohm, mv))
        if "phase_contactor" in connector:
            _must(connector["phases"] == 3, "phase_contactor: a connector of one phase has none to switch")
            _must("shared_max_a" not in board, "phase_contactor and shared_max_a: not both")
            _within("phase_contactor: pause_ms", connector["phase_contactor"]["pause_ms"], 2000, 120_000)
