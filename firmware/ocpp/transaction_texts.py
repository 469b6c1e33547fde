"""StartTransaction, MeterValues and StopTransaction as texts for the queue (OCPP 1.6 §6.31, §6.45, §6.49), without the
transactionId, which is put in front when they are sent. Loaded for one text.
"""
import json

_REGISTER = "Energy.Active.Import.Register"
_UNITS = {_REGISTER: "Wh", "Power.Active.Import": "W", "Voltage": "V"}


def start(connector_id, id_tag, meter_wh, reservation_id, stamp):
    return '{"connectorId":%d,"idTag":%s,"meterStart":%d,%s"timestamp":"%s"}' % (
        connector_id, json.dumps(id_tag), meter_wh,
        "" if reservation_id is None else '"reservationId":%d,' % reservation_id, stamp)


def stop(id_tag, meter_wh, stamp, reason, data):
    """`data`: `,"transactionData":[…]` or nothing."""
    return '{%s"meterStop":%d,"timestamp":"%s","reason":"%s"%s}' % (
        '"idTag":%s,' % json.dumps(id_tag) if id_tag else "", meter_wh, stamp, reason, data)


def meter_values(connector, measurands, context, stamp):
    """"" when there is nothing to tell."""
    text = meter_value(connector, measurands, context, stamp)
    return text and '{"connectorId":%d,"meterValue":[%s]}' % (connector.connector_id, text)


def meter_value(connector, measurands, context, stamp):
    """One element of meterValue, "" when nothing is asked for or the meter was never read."""
    values = []   # type: list[str]
    if connector.meter.energy_wh is not None:
        for measurand in measurands.split(","):
            _add(values, measurand, connector, '"context":"%s",' % context)
    return values and '{"timestamp":"%s","sampledValue":[%s]}' % (stamp, ",".join(values)) or ""


def _add(values, measurand, connector, context):
    meter = connector.meter
    start = '{%s"measurand":"%s","unit":"%s",' % (context, measurand, _UNITS.get(measurand, "A"))
    if measurand == _REGISTER:
        values.append(start + '"value":"%d"}' % meter.energy_wh)
    elif measurand == "Power.Active.Import":
        values.append(start + '"value":"%d"}' % meter.power_w)
    elif measurand == "Current.Offered":
        offered_da = connector.controller.offered_da
        values.append(start + '"value":"%d.%d"}' % (offered_da // 10, offered_da % 10))
    elif measurand == "Current.Import":
        for phase, ma in enumerate(meter.current_ma):
            values.append(start + '"phase":"L%d","value":"%d.%02d"}' % (phase + 1, ma // 1000, ma % 1000 // 10))
    elif measurand == "Voltage":
        for phase, dv in enumerate(meter.voltage_dv):
            values.append(start + '"phase":"L%d-N","value":"%d.%d"}' % (phase + 1, dv // 10, dv % 10))
