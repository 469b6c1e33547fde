"""Reservation profile (OCPP 1.6 §5.1, §5.13): who may have a connector until when. Loaded for one request at a time.

What is accepted is on flash before the answer leaves. Who is let through is charge_point.py's and cards.py's part.
"""
from firmware.ocpp.link import CallError, field


def reserve(device, payload):
    charge_point, now_s = device.charge_point, device.clock.now_s()
    record = (field(payload, "connectorId", int), field(payload, "reservationId", int),
              _moment(device.clock, field(payload, "expiryDate")), _id_tag(payload, "idTag"),
              _id_tag(payload, "parentIdTag") if payload.get("parentIdTag") not in (None, "") else "")
    reservations = charge_point.reservations
    before = reservations.records
    others = [other for other in before if other[1] != record[1]]   # the same id replaces
    reservations.records = others
    status = _status(device, record, now_s)
    reservations.records = before
    if status == "Accepted" and not _saved(device, others + [record]):
        status = "Rejected"
    print("reservation.%s connector=%d reservation=%d id_tag=%s" % (
        status.lower(), record[0], record[1], record[3][-4:]))
    return {"status": status}


def _status(device, record, now_s):
    """The answer, with all other reservations in force."""
    charge_point, connector_id = device.charge_point, record[0]
    connectors = charge_point.connectors
    if not 0 <= connector_id <= len(connectors) or record[2] <= now_s:
        return "Rejected"
    if not connector_id and not device.configuration.is_true("ReserveConnectorZeroSupported"):
        return "Rejected"
    chosen = [c for c in connectors if connector_id in (0, c.connector_id)]
    unavailable = device.configuration.unavailable
    working = [c for c in chosen if c.connector_id not in unavailable and c.shown.status != "Faulted"]
    if not working:
        faulted = any(c.shown.status == "Faulted" for c in chosen)
        return "Faulted" if faulted else "Unavailable"
    # What is promised must be there: a connector with a car before it is none.
    free = [c.connector_id for c in connectors
            if c.phase == c.FREE and not c.id_tag and not c.plugged and charge_point.usable(c)]
    keeping = charge_point.reservations.keeping
    if not any(c.connector_id in free and not keeping(c.connector_id, free) for c in working):
        return "Occupied"
    return "Accepted"


def cancel(device, payload):
    reservation_id = field(payload, "reservationId", int)
    reservations = device.charge_point.reservations
    others = [other for other in reservations.records if other[1] != reservation_id]
    known = len(others) < len(reservations.records)
    return {"status": "Accepted" if known and _saved(device, others) else "Rejected"}


def _saved(device, records):
    try:
        reservations = device.charge_point.reservations
        reservations.file().save(reservations, records, device.clock.now_s())
    except OSError as error:   # what a power cut could undo must not be promised
        print("reservations.unsaved error=%s" % error)
        return False
    return True


def _moment(clock, text):
    """Seconds since 2000; what is no moment is the wrong type (OCPP-J §4.2.3)."""
    try:
        return clock.parse(text)
    except ValueError:
        raise CallError("TypeConstraintViolation", "expiryDate")


def _id_tag(payload, name):
    id_tag = field(payload, name)
    if not 0 < len(id_tag) <= 20:
        raise CallError("PropertyConstraintViolation", name)
    return id_tag.upper()   # compared without regard to case (errata 3.58)


HANDLERS = {"CancelReservation": cancel, "ReserveNow": reserve}
