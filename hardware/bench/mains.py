"""The supply of the bench: three phases against neutral, with the sag that a charging car causes in its own cable."""

NOMINAL_V = 230.0
SUPPLY_OHM = 0.2      # house connection and cable, a phase
STATION_OHM = 0.02    # what feeds a station of direct current


class Mains:
    def __init__(self, nominal_v: float = NOMINAL_V, supply_ohm: float = SUPPLY_OHM) -> None:
        self.nominal_v = nominal_v
        self._supply_ohm = supply_ohm
        self.fault_v: float | None = None   # what they have instead, while they are off their voltage

    def voltage_v(self, current_a: tuple[float, ...]) -> tuple[float, ...]:
        """Per phase, at the meter."""
        return tuple((self.fault_v or self.nominal_v) - self._supply_ohm * amperes for amperes in current_a)
