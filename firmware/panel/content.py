"""What a display says: pure functions of what is seen of a connector. Which display it is they do not know.

A screen is (title, big, lines, link, beside): a title, one figure to be drawn large or "", lines with the most
important first, a link to be drawn as a code or "", and the few words that fit beside a code. Words are ASCII, at most
16 signs a line and 7 beside a code, which is what the smallest display has; `lines` say all that `beside` says.
"""
from micropython import const

WIDTH = const(16)
BESIDE = const(7)
BESIDE_LINES = const(7)

_FAULTS = {   # what the energy path saw, evse/safety.py and evse/controller.py: in words for people
    "emergency stop": ("Emergency stop", "is pressed"),
    "residual current": ("Ground fault", "Do not touch"),
    "earth lost": ("Earth is lost", "Do not touch"),
    "contactor welded": ("Outlet may be", "live! Keep away"),
    "too hot": ("Too hot", "Please wait"),
    "over current": ("Car draws more", "than offered"),
}
_ERRORS = {   # OCPP errorCode, for what has no words of its own
    "GroundFailure": ("Ground fault", "Do not touch"),
    "HighTemperature": ("Too hot", "Please wait"),
    "EVCommunicationError": ("Car or cable", "not understood"),
    "PowerMeterFailure": ("Meter is silent",),
    "PowerSwitchFailure": ("Switch failed", "Do not touch"),
    "ConnectorLockFailure": ("Cable not locked", "Push plug fully"),
    "OverCurrentFailure": ("Car draws more", "than offered"),
    "OverVoltage": ("Mains voltage", "is too high"),
    "UnderVoltage": ("Mains voltage", "is too low"),
}
_REFUSALS = {   # OCPP AuthorizationStatus, and what cards.py decides itself
    "Blocked": ("Card is blocked",),
    "Expired": ("Card has expired",),
    "Invalid": ("Card not known",),
    "ConcurrentTx": ("Card is in use", "elsewhere"),
    "no free connector": ("No free place",),
    "Offline": ("No connection;", "card not known"),
}
_LIMITS = {   # evse/limits.py's, in words that fit behind the amperes
    "cable": "cable", "temperature": "too warm", "profile": "site", "hardware": "station", "failsafe": "no orders",
}
_SIGNS = {"\u20ac": "EUR", "\u00a3": "GBP", "\u00a0": " ", "\u2019": "'", "\u2013": "-", "\u2014": "-", "\u00b0": "deg"}


class Seen:
    """What one look sees of a connector.

    number        of the connector; 0 where there is only one, which needs no number
    status        as OCPP has it; error_code and info with Faulted
    plugged, authorized   a car is there; somebody may charge here
    wait_s        how long the plug, or the card, is still waited for; None if it is not
    wh, elapsed_s         of the session that runs or ran last; None without one
    power_w, offered_da, limit    now, and which limit decides the offer
    left_min      until the car is full, as told; None when it is not known
    soc, is_about         the battery in percent, None when it is not known; whether that is an estimate
    price, cost   texts, "" when they are not known
    link          of the connector, "" when it is not known
    locked_in     the cable waits for its owner
    """

    number = 0
    status = "Available"
    error_code, info = "NoError", None
    plugged = authorized = locked_in = is_about = False
    wait_s = wh = elapsed_s = left_min = soc = None
    power_w = offered_da = 0
    limit = price = cost = link = ""


def screens(seen, phone="", offline=False):
    """The screens of a connector, to be shown in turn: one, and one with the code where a code helps."""
    status = seen.status
    if status == "Faulted":
        found = _FAULTS.get(seen.info) or _ERRORS.get(seen.error_code) or (wrapped(seen.info or seen.error_code, 2))
        return [_screen(seen, "Fault", "", list(found) + _help(phone))]
    if status == "Unavailable":
        return [_screen(seen, "Out of service", "", _help(phone))]
    if status == "Reserved":
        return [_screen(seen, "Reserved", "", ["Hold the card", "it is kept for"])] + _code(
            seen, offline, "Reserved", "Kept")
    if status == "Available":
        lines = ["Hold your card"] + (["Offline: known", "cards only"] if offline else _or_code(seen))
        return [_screen(seen, "Free", "", lines + wrapped(seen.price, 2))] + _code(
            seen, offline, "Free", "Free")
    if status == "Preparing":
        return _preparing(seen, offline)
    if status == "Finishing":
        return [_screen(seen, "Finished", "", _ending(seen))]
    return [_running(seen)]


def _preparing(seen, offline):
    if seen.authorized and seen.plugged:
        return [_screen(seen, "Starting", "", ["Please wait"] + wrapped(seen.price, 2))]
    wait = ["within %d s" % seen.wait_s] if seen.wait_s is not None else []
    if seen.authorized:
        return [_screen(seen, "Welcome", "", ["Plug in the car"] + wait + wrapped(seen.price, 2))]
    lines = ["Hold your card"] + ([] if offline else _or_code(seen)) + wait + wrapped(seen.price, 2)
    return [_screen(seen, "Car connected", "", lines)] + _code(seen, offline, "Car connected", "Car", "is in")


def _running(seen):
    lines = []   # type: list[str]
    title, big = "Charging", kilowatts(seen.power_w)
    if seen.status == "SuspendedEV":
        title, big = "Car is waiting", ""
        lines.append("It takes nothing")
    elif seen.status == "SuspendedEVSE":
        title, big = "Paused", ""
        lines.append("Too warm" if seen.limit == "temperature" else "No power to give")
    if seen.soc is not None:
        lines.append(("About %d %% full" if seen.is_about else "Battery %d %%") % seen.soc)
    lines += _so_far(seen)
    if seen.cost:
        lines.append(fitted("Cost " + seen.cost))
    if seen.left_min is not None:
        lines.append(fitted(minutes(seen.left_min) + " left"))
    lines += wrapped(seen.price, 2)
    if seen.offered_da and seen.limit in _LIMITS:
        lines.append(fitted("%d A: %s" % (seen.offered_da // 10, _LIMITS[seen.limit])))
    return _screen(seen, title, big, lines)


def _so_far(seen):
    lines = [] if seen.wh is None else [energy(seen.wh)]
    if seen.elapsed_s is not None:
        if lines and len(lines[0]) + 1 + len(minutes(seen.elapsed_s // 60)) <= WIDTH:
            lines[0] += " " + minutes(seen.elapsed_s // 60)   # small displays turn less often
        else:
            lines.append(minutes(seen.elapsed_s // 60))
    return lines


def _ending(seen):
    lines = ["Card frees cable" if seen.locked_in else "Unplug the car"] if seen.plugged or seen.locked_in else []
    if seen.cost:
        lines += wrapped("Cost " + seen.cost, 3)
    return lines + _so_far(seen)


def news(accepted, why):
    """What a card has just brought, for some seconds: accepted, or refused and why."""
    if accepted:
        return ("Card accepted", "", ["Plug in the car"], "", [])
    return ("Card refused", "", list(_REFUSALS.get(why) or wrapped(why or "Not allowed", 2)), "", [])


def _screen(seen, title, big, lines):
    return (_title(seen, title), big, lines[: 4 if big else 5], "", [])


def _title(seen, title):
    return fitted("%d: %s" % (seen.number, title) if seen.number else title)


def _help(phone):
    return [fitted(phone) if len(phone) > 11 else "Call " + fitted(phone)] if phone else []


def _or_code(seen):
    code = short_code(seen.link)
    return [fitted("or code " + code)] if code else []


def _code(seen, offline, title, *words):
    """Nothing where it would lead nobody anywhere: a telephone starts a charge through the link that is down."""
    code = short_code(seen.link)
    if offline or not code:
        return []
    beside = ["No. %d" % seen.number] if seen.number else []
    beside += list(words) + ["Scan or", "type", code[:4], code[4:]]
    return [(_title(seen, title), "", ["Scan or type", code], seen.link, beside[:BESIDE_LINES])]


def short_code(link):
    """The last part of a connector's link, which a person can type; "" for what has none."""
    return plain(link.rsplit("/", 1)[-1])[:8] if "/" in link else ""


def link_of(links, connector_id):
    """The link of one connector in BollardConnectorLinks, "" without."""
    found = [link.strip() for link in links.split(",")]
    return found[connector_id - 1].upper() if connector_id <= len(found) else ""


def kilowatts(power_w):
    tenths = (max(power_w, 0) + 50) // 100
    return "%d.%d kW" % (tenths // 10, tenths % 10)


def energy(wh):
    """Cut, not rounded: never more than the bill says."""
    return "%d.%02d kWh" % (wh // 1000, wh % 1000 // 10)


def minutes(count):
    return "%d min" % count if count < 60 else "%d h %d min" % (count // 60, count % 60)


def plain(text):
    """Without what no display here can draw."""
    drawn = ""
    for sign in text:
        drawn += sign if " " <= sign <= "~" else _SIGNS.get(sign, "?")
    return drawn


def fitted(text):
    return plain(text)[:WIDTH]


def wrapped(text, most):
    """At most `most` lines, broken between words; what does not fit is cut."""
    lines = []   # type: list[str]
    for word in plain(text).split():
        word = word[:WIDTH]
        if lines and len(lines[-1]) + 1 + len(word) <= WIDTH:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines[:most]
