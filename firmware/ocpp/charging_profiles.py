"""Which limit the charging profiles set now (OCPP 1.6 §3.13): the part of Smart Charging that stays loaded.

Setting, clearing and telling them is smart_charging.py's, their file is store/charging_profiles.py. The rules, with an
example: NOTES.md.

A profile is one bytes object, a header and eight bytes a period:

header  id, transaction (its number here; 0: none, or the one that a remote start asked for), valid from, valid to,
        start of the schedule (0: the start of the transaction), duration; connector, what, stackLevel, periods
what    purpose, recurrence << 2 (none, daily, weekly), WATTS
period  start << 2 | numberPhases (0: not given), limit in tenths of an ampere or of a watt

Moments are seconds since 2000, all in UTC: a recurrence takes no notice of daylight saving (errata 3.56).
"""
from struct import pack, unpack_from

from micropython import const

HEADER = "<iIIIIIBBBB"
HEADER_SIZE = const(28)
MAX, DEFAULT, TX = const(0), const(1), const(2)
WATTS = const(16)
FOREVER = const(0xFFFFFFFF)
NO_LIMIT = const(0xFFFF)    # as evse/limits.py has it

_EVERY_S = (FOREVER, 86_400, 604_800)
_STORE = "store.charging_profiles"
_SHORT_S = const(300)       # a TxProfile that ends so soon is not worth the flash's wear


class ChargingProfiles:
    """`records`: the profiles, highest stackLevel first. `changed`: since somebody last set it False."""

    def __init__(self, clock, moment, on_demand, transactions=(), sharing=None):
        """moment        seconds since 2000 of an ISO 8601 text
        on_demand     gives a module by its name, for one use
        transactions  numbers of those that may go on after a power cut
        sharing       where there are several connectors: sharing.py's
        """
        self.clock = clock
        self.moment = moment
        self.on_demand = on_demand
        self._sharing = sharing
        self.waiting = {}    # connector id -> idTag of a remote start that brought a profile
        self.until_s = 0     # what was asked last holds until then if nobody changes the profiles
        self.records = [
            r for r in on_demand(_STORE).load() if of(r) != TX or unpack_from("<I", r, 4)[0] in transactions]
        self.changed = True

    def replace(self, records, save=True):
        """Keep these from now on; OSError, and all as before, if that cannot be on flash."""
        records.sort(key=lambda record: -record[26])
        if save:
            self._save(records)
        self.records = records
        self.changed = True

    def _save(self, records):
        self.on_demand(_STORE).save([r for r in records if _lasting(r)])

    def settle(self, connector_id, transaction=0, id_tag=""):
        """A transaction begins or goes on: what its remote start brought is its own now, what else waited is dropped.
        With 0 all is over, TxProfiles too."""
        awaited = self.waiting.pop(connector_id, None) == id_tag
        records = []
        for record in self.records:
            if of(record) == TX and record[24] == connector_id:
                owner, = unpack_from("<I", record, 4)
                if not transaction or owner not in (0, transaction) or not (owner or awaited):
                    continue
                record = record[:4] + pack("<I", transaction) + record[8:]
            records.append(record)
        if records != self.records:
            try:
                self._save(records)
            except (OSError, MemoryError) as error:   # one on flash whose transaction is over counts for nothing
                print("charging_profile.unsaved error=%s" % error)
            self.records = records
            self.changed = True

    def offer(self, connectors, now_ms):
        """Tell the controllers of those that may charge what the profiles leave; the board's limits stand besides."""
        self.changed = False
        now_s = self.clock.now_s()
        station_da = self.station(now_s)[0]
        connectors = [c for c in connectors if c.phase == c.OFFERED or c.phase == c.RUNNING and not c.suspended]
        limits = [self.connector(c.connector_id, c.transaction, now_s, c.started_s)[0] for c in connectors]
        if self._sharing and station_da != NO_LIMIT:
            self._sharing.offer(connectors, limits, station_da, now_ms)
        else:
            for c, limit_da in zip(connectors, limits):
                c.controller.offer(min(limit_da, station_da))

    def station(self, now_s):
        """As connector(), of the ChargePointMaxProfiles."""
        return self._in_force(((MAX, 0, 0),), now_s, now_s)

    def connector(self, connector_id, transaction, now_s, started_s):
        """A connector's own limit: (tenths of an ampere, profile, number of its period), or NO_LIMIT, None, 0."""
        places = (TX, connector_id, transaction), (DEFAULT, connector_id, 0), (DEFAULT, 0, 0)
        return self._in_force(places, now_s, started_s or now_s)

    def _in_force(self, places, now_s, started_s):
        trusted = self.clock.trusted
        lowest = NO_LIMIT, None, 0
        until_s = FOREVER
        for place in places:
            for record in self.records:
                (_, transaction, from_s, to_s, start_s, duration_s, connector_id, what, _, periods) = unpack_from(
                    HEADER, record)
                if (what & 3, connector_id, transaction) != place or now_s >= to_s:
                    continue
                if not trusted and (start_s or from_s or to_s != FOREVER):
                    # It may be any time later than now_s: whatever this profile could say is not exceeded.
                    for i in range(periods):
                        lowest = _lower(lowest, record, i)
                    continue
                until_s = min(until_s, to_s)
                start_s = start_s or min(started_s, now_s)
                if now_s < max(start_s, from_s):
                    until_s = min(until_s, max(start_s, from_s))
                    continue
                every_s = _EVERY_S[what >> 2 & 3]
                elapsed_s = (now_s - start_s) % every_s
                duration_s = min(duration_s, every_s)
                if elapsed_s >= duration_s:
                    until_s = min(until_s, now_s - elapsed_s + every_s)
                    continue
                i = 1
                while i < periods:
                    next_s = _period(record, i)[0] >> 2
                    if next_s > elapsed_s:
                        duration_s = min(duration_s, next_s)
                        break
                    i += 1
                self.until_s = min(until_s, now_s - elapsed_s + duration_s)
                return _lower(lowest, record, i - 1)
        self.until_s = until_s
        return lowest


def of(record):
    """Its purpose."""
    return record[25] & 3


def _period(record, i):
    return unpack_from("<II", record, HEADER_SIZE + 8 * i)


def _lower(lowest, record, i):
    phases, limit = _period(record, i)
    if record[25] & WATTS:
        # Rounded down to one decimal. More phases than there are change nothing (errata 3.71).
        limit //= 230 * (phases & 3 or 3)
    return (limit, record, i) if limit < lowest[0] else lowest


def _lasting(record):
    _, transaction, _, _, _, duration_s = unpack_from("<iIIIII", record)
    return of(record) != TX or transaction and duration_s > _SHORT_S
