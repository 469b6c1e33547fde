"""A station whose connectors share less than each of them could take alone: for boards with shared_max_a.

To sharing.py and to the composite schedule it is one more ChargePointMaxProfile, which nobody can clear.
"""
from firmware.ocpp.charging_profiles import ChargingProfiles


class SharedStation(ChargingProfiles):
    """most_da  what all connectors share, tenths of an ampere per phase
    phases   of the board
    """
    most_da, phases = 0, 3

    def station(self, now_s):
        found = ChargingProfiles.station(self, now_s)
        return found if found[0] < self.most_da else (self.most_da, None, self.phases)


def station_of(board):
    SharedStation.most_da, SharedStation.phases = board.shared_da, len(board.meters[0].current_ma)
    return SharedStation
