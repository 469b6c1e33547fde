"""Smart Charging profile (OCPP 1.6 §3.13, §5.5, §5.7, §5.16): profiles are judged, packed and told.

Loaded for one request; what holds now is charging_profiles.py's. What breaks the message's form is a CALLERROR
(errata 3.38); what this charge point cannot do is Rejected, with the reason on the console.
"""
from struct import pack, unpack_from

from firmware.ocpp.charging_profiles import FOREVER, HEADER, HEADER_SIZE, MAX, TX, WATTS, of
from firmware.ocpp.link import CallError, field

_PURPOSES = ("ChargePointMaxProfile", "TxDefaultProfile", "TxProfile")   # in the order of their numbers
_KINDS = ("Absolute", "Recurring", "Relative")
_RECURRENCES = ("Daily", "Weekly")
_UNITS = ("A", "W")
_MOST = 2_000_000        # tenths: as good as no limit, and it fits
_LONGEST_S = 0x3FFFFFFF  # of a startPeriod: 34 years


class Refused(Exception):
    pass


def set_charging_profile(device, payload):
    connector_id = field(payload, "connectorId", int)
    profile = field(payload, "csChargingProfiles", dict)
    if not 0 <= connector_id <= len(device.charge_point.connectors):
        raise CallError("PropertyConstraintViolation", "connectorId")   # errata 3.39
    try:
        record = _packed(device, profile)
        if of(record) == TX:
            record = _owned(device, connector_id, profile.get("transactionId"), record)
        elif of(record) == MAX and connector_id:
            raise Refused("ChargePointMaxProfile is for connector 0")
        _put(device, connector_id, record)
    except (Refused, OSError) as error:
        return _rejected(profile, error)
    return {"status": "Accepted"}


def remote_start(device, id_tag, connector_id, profile):
    """Start remotely with a profile for that transaction alone; False if either cannot be (errata 3.41)."""
    if not isinstance(profile, dict):
        raise CallError("TypeConstraintViolation", "chargingProfile")
    profiles = device.profiles
    try:
        record = _packed(device, profile)
        if of(record) != TX or profile.get("transactionId") is not None:
            raise Refused("not a TxProfile without transactionId")
        _room(device, profiles.records)
        connector = device.charge_point.remote_start(id_tag, connector_id)
        if connector:
            profiles.settle(connector.connector_id)
            _put(device, connector.connector_id, record, False)   # nothing to keep before it has a transaction
            profiles.waiting[connector.connector_id] = id_tag
    except Refused as error:
        _rejected(profile, error)
        return False
    return connector


def clear_charging_profile(device, payload):
    wanted_id = _optional(payload, "id", int)
    connector_id = _optional(payload, "connectorId", int)
    purpose = _one_of(payload, "chargingProfilePurpose", _PURPOSES, None)
    level = _optional(payload, "stackLevel", int)

    def meant(record):
        if wanted_id is not None:   # the id alone decides (errata 3.25)
            return unpack_from("<i", record)[0] == wanted_id
        return connector_id in (None, record[24]) and purpose in (None, of(record)) and level in (None, record[26])

    profiles = device.profiles
    kept = [record for record in profiles.records if not meant(record)]
    if len(kept) == len(profiles.records):
        return {"status": "Unknown"}
    print("charging_profile.cleared count=%d" % (len(profiles.records) - len(kept)))
    try:
        profiles.replace(kept)
    except OSError as error:
        print("charging_profile.unsaved error=%s" % error)
        raise CallError("InternalError", "not on flash")
    return {"status": "Accepted"}


def get_composite_schedule(device, payload):
    connector_id = field(payload, "connectorId", int)
    duration_s = field(payload, "duration", int)
    watts = _one_of(payload, "chargingRateUnit", _UNITS, 0)
    connectors = device.charge_point.connectors
    if duration_s < 0:
        raise CallError("PropertyConstraintViolation", "duration")
    if not 0 <= connector_id <= len(connectors):
        return {"status": "Rejected"}
    profiles = device.profiles
    start_s = now_s = profiles.clock.now_s()
    end_s = start_s + duration_s
    most = device.configuration.number("ChargingScheduleMaxPeriods")
    chosen = [c for c in connectors if connector_id in (0, c.connector_id)]
    periods = []   # type: list[str]
    last = ""
    for _ in range(2 * most):   # what does not change would be searched for ever
        limit, phases, until_s = _expected(profiles, chosen, start_s, now_s, watts)
        text = '"limit":%d.%d%s}' % (limit // 10, limit % 10, ',"numberPhases":%d' % phases if phases else "")
        if text != last:
            if len(periods) == most:   # told as far as it fits: `duration` says so
                break
            periods.append('{"startPeriod":%d,' % (now_s - start_s) + text)
            last = text
        now_s = until_s
        if now_s >= end_s:
            break
    text = '{"status":"Accepted","connectorId":%d,"scheduleStart":"%s","chargingSchedule":{"duration":%d,' \
        '"chargingRateUnit":"%s","chargingSchedulePeriod":[%s]}}' % (
            connector_id, profiles.clock.stamp(start_s), min(now_s, end_s) - start_s, _UNITS[watts], ",".join(periods))
    return lambda: (text,)


def _expected(profiles, connectors, start_s, now_s, watts):
    """(limit in tenths of the unit, numberPhases or 0, until when) of these connectors together, within what the board
    can give and all profiles allow. A connector without a transaction is told as if one began at `start_s`."""
    found = profiles.station(now_s)
    until_s = profiles.until_s
    total = 0
    best = None
    for connector in connectors:
        running = connector.transaction and connector.phase == connector.RUNNING
        one = profiles.connector(
            connector.connector_id, connector.transaction, now_s, connector.started_s if running else start_s)
        until_s = min(until_s, profiles.until_s)
        hardware_da = connector.controller.limits.get(0)
        if hardware_da < one[0]:
            one = hardware_da, None, len(connector.meter.current_ma)
        total += one[0]
        best = one
    if found[0] < total or best is None:
        total, best = found[0], found
    da, record, i = total, best[1], best[2]
    if record is None:
        phases = i if watts else 0
        return (da * 230 * i if watts else da), phases, until_s
    word, limit = unpack_from("<II", record, HEADER_SIZE + 8 * i)
    phases = word & 3
    if watts:
        exact = record[25] & WATTS and da == best[0]
        return (limit if exact else da * 230 * (phases or 3)), phases, until_s
    return da, phases, until_s


# Judging


def _packed(device, profile):
    """A profile as charging_profiles.py keeps it, of connector 0 and no transaction yet."""
    profile_id = field(profile, "chargingProfileId", int)
    level = field(profile, "stackLevel", int)
    purpose = _one_of(profile, "chargingProfilePurpose", _PURPOSES)
    kind = _one_of(profile, "chargingProfileKind", _KINDS)
    recurrence = _one_of(profile, "recurrencyKind", _RECURRENCES, None)
    from_s = _moment(device, profile, "validFrom", 0)
    to_s = _moment(device, profile, "validTo", FOREVER)
    schedule = field(profile, "chargingSchedule", dict)
    duration_s = _optional(schedule, "duration", int)
    start_s = _moment(device, schedule, "startSchedule", 0)
    watts = _one_of(schedule, "chargingRateUnit", _UNITS)
    _optional(schedule, "minChargingRate", (int, float))   # advice: what is not reached pauses, nothing is exceeded
    given = field(schedule, "chargingSchedulePeriod", list)
    if not given:
        raise CallError("OccurenceConstraintViolation", "chargingSchedulePeriod")
    if level < 0 or duration_s is not None and duration_s < 0 or not -0x80000000 <= profile_id <= 0x7FFFFFFF:
        raise CallError("PropertyConstraintViolation", "negative or too large")
    periods = b"".join([_packed_period(period) for period in given])

    number = device.configuration.number
    if level > number("ChargeProfileMaxStackLevel") or len(given) > number("ChargingScheduleMaxPeriods"):
        raise Refused("stackLevel or periods beyond the maximum")
    starts = [unpack_from("<I", periods, i)[0] >> 2 for i in range(0, len(periods), 8)]
    if starts[0] or any(starts[i] >= starts[i + 1] for i in range(len(starts) - 1)):
        raise Refused("periods must start at 0 and rise")
    if (kind == 1) != (recurrence is not None) or kind == 1 and not start_s:
        raise Refused("recurrencyKind and Recurring belong together, with startSchedule")
    now_s = device.profiles.clock.now_s()
    if to_s <= max(from_s, now_s):
        raise Refused("validTo is past")
    if profile.get("transactionId") is not None and purpose != TX:
        raise Refused("transactionId is for a TxProfile")
    if kind == 2:
        start_s = 0
    if purpose == MAX and not start_s:
        start_s = now_s   # a station has no start of charging: it counts from now
    what = purpose | (0 if recurrence is None else recurrence + 1) << 2 | (WATTS if watts else 0)
    duration_s = FOREVER if duration_s is None else min(duration_s, FOREVER)
    return pack(HEADER, profile_id, 0, from_s, to_s, start_s, duration_s, 0, what, level, len(given)) + periods


def _packed_period(period):
    if not isinstance(period, dict):
        raise CallError("TypeConstraintViolation", "chargingSchedulePeriod")
    start_s = field(period, "startPeriod", int)
    limit = field(period, "limit", (int, float))
    phases = _optional(period, "numberPhases", int)
    if not 0 <= start_s <= _LONGEST_S or not 0 <= limit or phases not in (None, 1, 2, 3):
        raise CallError("PropertyConstraintViolation", "chargingSchedulePeriod")
    # One decimal (errata 3.34), down; a hundredth forgives what 16.1 is in few binary digits.
    limit = _MOST if limit * 10 >= _MOST else int(limit * 10 + 0.01)
    return pack("<II", start_s << 2 | (phases or 0), limit)


def _owned(device, connector_id, transaction_id, record):
    """`record` with the number of the transaction that runs on that connector."""
    if transaction_id is not None and (not isinstance(transaction_id, int) or isinstance(transaction_id, bool)):
        raise CallError("TypeConstraintViolation", "transactionId")
    if not connector_id:
        raise Refused("TxProfile is for one connector")
    connector = device.charge_point.connectors[connector_id - 1]
    if connector.phase != connector.RUNNING:
        raise Refused("no transaction")
    if transaction_id not in (None, device.transactions.id_of(connector.transaction)):
        raise Refused("another transaction")
    return record[:4] + pack("<I", connector.transaction) + record[8:]


def _put(device, connector_id, record, save=True):
    """Take the place of what has its id, or its purpose and stackLevel on the same connector (§3.13.2)."""
    record = record[:24] + bytes((connector_id,)) + record[25:]

    def replaced(other):
        return other[:4] == record[:4] or (
            other[24] == connector_id and of(other) == of(record) and other[26] == record[26])

    kept = _room(device, [other for other in device.profiles.records if not replaced(other)])
    device.profiles.replace(kept + [record], save)
    print("charging_profile.set connector=%d id=%d purpose=%s level=%d" % (
        connector_id, unpack_from("<i", record)[0], _PURPOSES[of(record)], record[26]))


def _room(device, records):
    """`records` with a place free for one more: if need be without those that can never hold again."""
    most = device.configuration.number("MaxChargingProfilesInstalled")
    clock = device.profiles.clock
    if len(records) >= most and clock.trusted:
        records = [record for record in records if not _over(record, clock.now_s())]
    if len(records) >= most:
        raise Refused("as many as fit are installed")
    return records


def _over(record, now_s):
    _, _, _, to_s, start_s, duration_s = unpack_from("<iIIIII", record)
    return to_s <= now_s or start_s and not record[25] & 12 and start_s + duration_s <= now_s


def _rejected(profile, error):
    print("charging_profile.rejected id=%s reason=%s" % (profile.get("chargingProfileId"), error))
    return {"status": "Rejected"}


def _optional(payload, name, kind):
    return None if payload.get(name) is None else field(payload, name, kind)


def _one_of(payload, name, words, *default):
    """Number of the word; the default, where there is one, if it is not given."""
    if default and payload.get(name) is None:
        return default[0]
    word = field(payload, name)
    if word not in words:
        raise CallError("PropertyConstraintViolation", name)
    return words.index(word)


def _moment(device, payload, name, default):
    if payload.get(name) is None:
        return default
    try:
        return min(max(device.profiles.moment(field(payload, name)), 1), FOREVER - 1)
    except ValueError:
        raise CallError("PropertyConstraintViolation", name)


HANDLERS = {
    "ClearChargingProfile": clear_charging_profile,
    "GetCompositeSchedule": get_composite_schedule,
    "SetChargingProfile": set_charging_profile,
}
