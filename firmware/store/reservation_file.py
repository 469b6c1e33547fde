"""Reservations on flash: a power cut gives no promised place away, nor keeps one too long. Loaded for one change only.

One small file, overwritten whole (littlefs keeps the old until the close). Ends as OCPP 1.6 §5.13 wants them.
"""
import json

PATH = "/data/reservations"


def load(reservations):
    try:
        with open(PATH) as file:
            saved = json.load(file)
        records = [(int(c), int(i), int(e), str(t), str(p)) for c, i, e, t, p in saved[1:]]
        reservations.saved_s = int(saved[0])
        _take(reservations, records)
    except OSError:
        pass   # nothing was ever reserved
    except (ValueError, TypeError, IndexError, KeyError):
        print("reservations.damaged")


def save(reservations, records, now_s):
    """These are the reservations from now on; OSError, and no change, if they cannot be written."""
    text = json.dumps([now_s] + records)
    with open(PATH, "w") as file:   # nothing in here may fail for want of RAM: it would be kept empty
        file.write(text)
    _take(reservations, records)


def _take(reservations, records):
    reservations.records = records
    reservations.next_s = min([record[2] for record in records] or [0])


def end(reservations, record, why, now_s):
    print("reservation.ended connector=%d reservation=%d reason=%s" % (record[0], record[1], why))
    others = [other for other in reservations.records if other is not record]
    try:
        save(reservations, others, now_s)
    except OSError as error:   # it is over all the same
        print("reservations.unsaved error=%s" % error)
        _take(reservations, others)


def end_due(charge_point, now_s):
    """End what expired and what waits for connectors that are Faulted or Unavailable."""
    out_of_order = [c.connector_id for c in charge_point.connectors if c.shown.status in ("Faulted", "Unavailable")]
    if len(out_of_order) == len(charge_point.connectors):
        out_of_order.append(0)
    for record in charge_point.reservations.records:
        if record[2] <= now_s:
            end(charge_point.reservations, record, "expired", now_s)
        elif record[0] in out_of_order:
            end(charge_point.reservations, record, "out of order", now_s)
