"""Charging profiles that say on how many phases (numberPhases, OCPP 1.6 §7.16): for boards with a phase contactor."""
from firmware.ocpp.charging_profiles import HEADER_SIZE, ChargingProfiles, unpack_from


class SwitchedPhases(ChargingProfiles):
    def offer(self, connectors, now_ms):
        now_s = self.clock.now_s()
        for c in connectors:
            if c.phase != c.FREE and c.controller.phases:
                _, record, period = self.connector(c.connector_id, c.transaction, now_s, c.started_s)
                # Not given means three (§7.16); two are more than one contactor can do.
                phases = record and unpack_from("<I", record, HEADER_SIZE + 8 * period)[0] & 3
                c.controller.phases.want(1 if phases == 1 else 3)
        ChargingProfiles.offer(self, connectors, now_ms)


def station_of(board):
    return SwitchedPhases
