"""Builds what of the energy path only some boards have; board_parts.py asks, where a board file names any of it."""
from machine import Pin


def _evse(name):
    """Only what this board has: an import statement would keep the names of all."""
    return __import__("firmware.evse." + name, None, None, ("",))


def _out(wires):
    return Pin(wires["pin"], Pin.OUT, value=1 - wires["active"]), wires["active"]


def _in(wires):
    return Pin(wires["pin"], Pin.IN), wires["active"]


def build(data, adc):
    """`adc`: makes the ADC of a pin."""
    return EnergyParts(data, adc)


class EnergyParts:
    """line    the tested residual-current device's, for the next connector's Safety, or None
    phases     the last connector's phase contactor, or None
    """

    def __init__(self, data, adc):
        self._data, self._adc = data, adc
        self.phases = self._test = None
        wires = data.get("residual_current")
        if wires and "test" in wires:
            test = wires["test"]
            self._module = _evse("residual_test")
            self._test = self._module.ResidualTest(
                *_out(test), *_in(wires), test["trip_ms"], test["clear_ms"])

    @property
    def line(self):
        return self._test and self._module.TestedLine(
            _evse("safety").Line(*_in(self._data["residual_current"])), self._test)

    def of(self, connector, contactor, lock):
        """A connector's parts; the test comes last, as it is the last thing before closing."""
        parts = []
        if lock:
            parts.append(_evse("bolt").Bolt(lock))
        if "proximity" in connector:
            wires = connector["proximity"]
            parts.append(_evse("cable").Cable(self._adc(wires["pin"]), wires["pull_up_ohm"], wires["supply_mv"]))
        bounds = self._data.get("voltage")
        if bounds:
            parts.append(_evse("voltage").Voltage(bounds["min_v"], bounds["max_v"], connector["phases"]))
        self.phases = None
        if "phase_contactor" in connector:
            wires = connector["phase_contactor"]
            self.phases = _evse("phases").Phases(*_out(wires), *_in(wires["feedback"]), wires["pause_ms"])
            parts.append(self.phases)
        if self._test:
            self._test.guards(contactor)
            parts.append(self._test)
        return parts
