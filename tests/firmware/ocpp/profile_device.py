"""A charge point as the Smart Charging handlers see it, without a pilot or a file; runs on MicroPython and CPython."""
import time

from firmware.clock import iso
from firmware.evse.limits import PROFILE
from firmware.iso8601 import parse_iso
from firmware.ocpp import smart_charging
from firmware.ocpp.charging_profiles import ChargingProfiles
from firmware.sharing import Sharing

if not hasattr(time, "ticks_diff"):   # CPython
    time.ticks_diff = lambda later, earlier: later - earlier
MAXIMA = {"ChargeProfileMaxStackLevel": 7, "ChargingScheduleMaxPeriods": 24, "MaxChargingProfilesInstalled": 16}
HARDWARE_DA = 320


class Clock:
    def __init__(self, moment):
        self.moment_s = parse_iso(moment)
        self.trusted = True

    def now_s(self):
        return self.moment_s

    def stamp(self, moment_s):
        return iso(moment_s)


class Controller:
    """Its limits and its pilot."""

    def __init__(self):
        self.limits = self
        self.profile_da = self.offered_da = 0
        self.wants_energy = True

    def get(self, source):
        return self.profile_da if source == PROFILE else HARDWARE_DA

    def offer(self, limit_da):
        self.profile_da = limit_da
        self.offered_da = min(limit_da, HARDWARE_DA) if limit_da >= 60 else 0


class Meter:
    current_ma = (0, 0, 0)


class Connector:
    FREE, OFFERED, RUNNING, ENDING = range(4)
    meter = Meter()

    def __init__(self, connector_id):
        self.connector_id = connector_id
        self.controller = Controller()
        self.phase = self.FREE
        self.transaction = self.started_s = self.running_ms = 0
        self.suspended = False


class Device:
    """It is charge point, configuration and transactions in one; a transaction's id is its number + 1000."""

    def __init__(self, connectors=2, now="2026-03-28T12:00:00Z", saved=(), full=True):
        self.charge_point = self.configuration = self.transactions = self
        self.connectors = [Connector(i + 1) for i in range(connectors)]
        self.clock = Clock(now)
        self.saved = list(saved)
        self.saves = 0
        self.broken = False
        self.maxima = MAXIMA if full else {
            "ChargeProfileMaxStackLevel": 3, "ChargingScheduleMaxPeriods": 8, "MaxChargingProfilesInstalled": 4}
        self.remote_starts = []
        self.profiles = self.loaded()

    def loaded(self, transactions=()):
        return ChargingProfiles(
            self.clock, parse_iso, self.on_demand, transactions, Sharing() if len(self.connectors) > 1 else None)

    def on_demand(self, name):
        return smart_charging if name.endswith("smart_charging") else self

    def load(self):
        return list(self.saved)

    def save(self, records):
        if self.broken:
            raise OSError(28)
        self.saves += records != self.saved
        self.saved = list(records)

    def number(self, name):
        return self.maxima[name]

    def id_of(self, transaction):
        return transaction + 1000 if transaction else None

    def remote_start(self, id_tag, connector_id):
        self.remote_starts.append(id_tag)
        connector = self.connectors[(connector_id or 1) - 1]
        return connector if connector.phase == connector.FREE else False

    # What tests do with it

    def begin(self, connector_id, transaction, id_tag="A"):
        connector = self.connectors[connector_id - 1]
        connector.transaction = transaction
        connector.started_s = self.clock.now_s()
        self.profiles.settle(connector_id, transaction, id_tag)
        connector.phase = connector.RUNNING

    def end(self, connector_id):
        connector = self.connectors[connector_id - 1]
        connector.phase, connector.transaction = connector.FREE, 0
        self.profiles.settle(connector_id)

    def set(self, connector_id, profile):
        payload = {"connectorId": connector_id, "csChargingProfiles": profile}
        return smart_charging.set_charging_profile(self, payload)["status"]

    def clear(self, **fields):
        return smart_charging.clear_charging_profile(self, fields)["status"]

    def composite(self, connector_id, duration, **unit):
        answer = smart_charging.get_composite_schedule(
            self, dict(unit, connectorId=connector_id, duration=duration))
        return answer if isinstance(answer, dict) else "".join(answer())

    def limit_da(self, connector_id):
        """What its profiles and the station's leave to a connector now; None without a limit."""
        connector = self.connectors[connector_id - 1]
        own = self.profiles.connector(
            connector_id, connector.transaction, self.clock.now_s(), connector.started_s or self.clock.now_s())
        da = min(own[0], self.profiles.station(self.clock.now_s())[0])
        return None if da == 0xFFFF else da
