"""Meter values of the car itself, beside those of the meter: on boards with an EV link. Which and why: NOTES.md."""

_SAMPLES = (   # measurand, unit, field of drivers/ev_link.py
    ("SoC", "Percent", "soc_percent"),
    ("Temperature", "Celsius", "temperature_c"),
    ("Voltage", "V", "voltage_v"),
    ("Current.Import", "A", "current_a"),
)


class CarTexts:
    """As transaction_texts.py, in whose place it is given, but with the car's values too.

    cars  connector_id -> ev_link.LinkedCar, where there is one
    """

    def __init__(self, plain):
        """`plain`: gives transaction_texts.py for one use."""
        self._plain = plain
        self.cars = {}

    def start(self, connector_id, id_tag, meter_wh, reservation_id, stamp):
        return self._plain().start(connector_id, id_tag, meter_wh, reservation_id, stamp)

    def stop(self, id_tag, meter_wh, stamp, reason, data):
        return self._plain().stop(id_tag, meter_wh, stamp, reason, data)

    def meter_value(self, connector, measurands, context, stamp):
        text = self._plain().meter_value(connector, measurands, context, stamp)
        values = ",".join(_values(self.cars.get(connector.connector_id), connector, measurands.split(","), context))
        if not values:
            return text
        if text:
            return text[:-2] + "," + values + "]}"   # into the meter's own list
        return '{"timestamp":"%s","sampledValue":[%s]}' % (stamp, values)


def _values(linked, connector, wanted, context):
    if "Power.Offered" in wanted and connector.meter.energy_wh is not None:
        # What the offer is worth at the voltage of now; the pilot knows amperes only.
        offered_w = connector.controller.offered_da * sum(connector.meter.voltage_dv) // 100
        yield '{"context":"%s","measurand":"Power.Offered","unit":"W","value":"%d"}' % (context, offered_w)
    car = linked and linked.told()
    for measurand, unit, name in _SAMPLES:
        value = getattr(car, name) if car and measurand in wanted else None
        if value is not None:
            yield '{"context":"%s","measurand":"%s","unit":"%s","location":"EV","value":"%.1f"}' % (
                context, measurand, unit, value)
