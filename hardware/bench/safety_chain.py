"""The hardware AND before the coil: the firmware may ask, but only all of these together close the contactor.

Pilot comparator (C or D), residual-current device, emergency stop, and heartbeat edges no older than the board's
heartbeat_hold_ms. It is what keeps the promise of 100 ms while a TLS handshake or a flash erase stalls the program.
"""
from dataclasses import dataclass

PILOT_LOW_V, PILOT_HIGH_V = 1.5, 7.5   # C and D


@dataclass(slots=True)
class SafetyChain:
    hold_s: float
    present: bool = True                # False: a board without it, the firmware's pin drives the coil alone
    commanded: bool = False
    heartbeat_s: float | None = None    # moment of the last edge
    pilot_high_v: float = 12.0
    residual_current: bool = False
    emergency_stop: bool = False
    powered: bool = False

    def coil(self, now_s: float) -> bool:
        if not (self.powered and self.commanded):
            return False
        if not self.present:
            return True
        return (
            PILOT_LOW_V < self.pilot_high_v < PILOT_HIGH_V
            and not self.residual_current
            and not self.emergency_stop
            and self.heartbeat_s is not None
            and now_s < self.heartbeat_s + self.hold_s   # the very sum of due_s: a rounding must not part them
        )

    def due_s(self) -> float | None:
        """When the heartbeat will have been silent for too long; None where that opens nothing."""
        if not self.present or self.heartbeat_s is None or not self.commanded:
            return None
        return self.heartbeat_s + self.hold_s
