"""Which reservation keeps which connector. What is rare, its file and its end, is reservation_file.py's."""


class Reservations:
    """`records`: (connector_id or 0, reservation_id, expires_s, idTag, parent idTag), both in capitals; seconds since
    2000, as `saved_s`, when they had been written at boot, and `next_s`, when the first of them expires."""

    def __init__(self, file):
        self.file = file   # gives the module reservation_file.py for one use
        self.records = []
        self.saved_s = self.next_s = 0

    def keeping(self, connector_id, free):
        """The record that keeps a connector, or None. One for connector 0 keeps it when fewer than all such need
        would be left; `free`: ids of the connectors that could serve them."""
        spare, whole = len(free) - (connector_id in free), None
        for record in self.records:
            if record[0] == connector_id:
                return record
            if not record[0]:
                whole = record
                spare -= 1
            elif record[0] in free:
                spare -= 1
        return whole if spare < 0 else None

    def matching(self, connector_id, id_tag, parent_id_tag):
        """The record that this idTag would use at a connector, or None; parent None: not known, it may be any."""
        found = None
        for record in self.records:
            if record[0] in (0, connector_id) and (found is None or record[0]) and (
                    record[3] == id_tag.upper()
                    or record[4] and (parent_id_tag is None or record[4] == parent_id_tag.upper())):
                found = record
        return found
