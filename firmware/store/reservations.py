"""Which reservation keeps which connector, on flash: a power cut gives no promised place away, nor keeps one too long.

One small file, overwritten whole (littlefs keeps the old until the close). ReserveNow itself: ocpp/reservation.py.
"""
import json


class Reservations:
    """`records`: (connector_id or 0, reservation_id, expires_s, idTag, parent idTag), both in capitals; seconds since
    2000. `saved_s`: the newest moment the file knows of."""

    def __init__(self, path="/data/reservations"):
        self._path = path
        self.records = []
        self.saved_s = 0
        try:
            with open(path) as file:
                saved = json.load(file)
            self.records = [(int(c), int(i), int(e), str(t), str(p)) for c, i, e, t, p in saved[1:]]
            self.saved_s = int(saved[0])
        except OSError:
            pass   # nothing was ever reserved
        except (ValueError, TypeError, IndexError, KeyError):
            print("reservations.damaged")

    def save(self, records, now_s):
        """These are the reservations from now on; OSError, and no change, if they cannot be written."""
        with open(self._path, "w") as file:
            json.dump([now_s] + records, file)
        self.records = records
        self.saved_s = now_s

    def end(self, record, why, now_s):
        print("reservation.ended connector=%d reservation=%d reason=%s" % (record[0], record[1], why))
        self.records = [r for r in self.records if r is not record]   # even where that cannot be written
        try:
            self.save(self.records, now_s)
        except OSError as error:
            print("reservations.unsaved error=%s" % error)

    def end_due(self, now_s, out_of_order):
        """End what expired, and what waits for connectors that are Faulted or Unavailable (OCPP 1.6 §5.13)."""
        for record in self.records:
            if record[2] <= now_s:
                self.end(record, "expired", now_s)
            elif record[0] in out_of_order:
                self.end(record, "out of order", now_s)

    def keeping(self, connector_id, free):
        """The record that keeps a connector, or None. One for connector 0 keeps it when fewer than all such need
        would be left; `free`: ids of the connectors that anybody could use now."""
        spare, whole = 0, None
        for record in self.records:
            if record[0] == connector_id:
                return record
            if not record[0]:
                whole = record
                spare -= 1
            elif record[0] in free:
                spare -= 1
        if whole and spare + len(free) - (connector_id in free) < 0:
            return whole
        return None

    def matching(self, connector_id, id_tag, parent_id_tag):
        """The record that this idTag would use at a connector, or None; parent None: not known, it may be any."""
        found = None
        for record in self.records:
            if record[0] in (0, connector_id) and (found is None or record[0]) and (
                    record[3] == id_tag.upper()
                    or record[4] and (parent_id_tag is None or record[4] == parent_id_tag.upper())):
                found = record
        return found
