"""DataTransfer (OCPP 1.6 §4.3): prices and costs for a display, and how long a charge still takes. Loaded for one.

Understood: `org.openchargealliance.costmsg` (OCPP and California Pricing Requirements): SetUserPrice, RunningCost,
FinalCost; `org.bollard`: TimeRemaining {"transactionId" or "connectorId", "minutes", and perhaps "soc" in percent, an
estimate}. `data` is JSON as text. What was told last is kept with the connector's shown status, for a display.
"""
import json

from firmware.ocpp.link import CallError, field

_LONGEST = 120   # of a text that is kept: more than a display of a charge point shows


def transfer(device, payload):
    vendor, message = field(payload, "vendorId"), payload.get("messageId")
    if len(vendor) > 255 or message is not None and (not isinstance(message, str) or len(message) > 50):
        raise CallError("PropertyConstraintViolation", "vendorId or messageId")
    messages = _VENDORS.get(vendor.lower())
    if messages is None:
        print("data_transfer.refused vendor=%s" % vendor[:50])
        return {"status": "UnknownVendorId"}
    take = messages.get(message or "")
    if take is None:
        print("data_transfer.refused vendor=%s message=%s" % (vendor, message))
        return {"status": "UnknownMessageId"}
    try:
        data = json.loads(payload.get("data"))
        told = take(device, data)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        print("data_transfer.rejected message=%s error=%s" % (message, error))
        return {"status": "Rejected"}
    print("data_transfer.accepted message=%s %s" % (message, told))
    return {"status": "Accepted"}


def _set_user_price(device, data):
    """Before a charge: what this card pays. Shown where the card is charging, else on the whole charge point."""
    id_tag, price = _text(data, "idToken"), _text(data, "priceText")
    shown = device.reports.shown[0]
    for connector in device.charge_point.connectors:
        if connector.id_tag and connector.id_tag.upper() == id_tag.upper():
            shown = connector.shown
    shown.price = price
    return "connector=%d id_tag=%s" % (shown.connector_id, id_tag[-4:])


def _running_cost(device, data):
    if data["state"] not in ("Charging", "Idle"):
        raise ValueError("state")
    shown = _of_transaction(device, data)
    shown.cost = (shown.transaction_id, _amount(data))
    return "connector=%d cost=%s" % (shown.connector_id, shown.cost[1])


def _final_cost(device, data):
    shown = _of_transaction(device, data)
    cost = _amount(data)
    shown.cost = (shown.transaction_id, _text(data, "priceText") if "priceText" in data else cost)
    return "connector=%d cost=%s" % (shown.connector_id, cost)


def _time_remaining(device, data):
    minutes = data["minutes"]
    if type(minutes) is not int or not 0 <= minutes <= 100_000:
        raise ValueError("minutes")
    soc = data.get("soc", 0)
    if type(soc) not in (int, float) or not 0 <= soc <= 100:
        raise ValueError("soc")
    if "transactionId" in data:
        shown = _of_transaction(device, data)
    else:
        connector_id = data["connectorId"]
        if type(connector_id) is not int or not 0 < connector_id < len(device.reports.shown):
            raise ValueError("connectorId")
        shown = device.reports.shown[connector_id]
    shown.minutes_left = minutes
    if "soc" in data:
        shown.soc = round(soc)
    return "connector=%d minutes=%d" % (shown.connector_id, minutes)


def _of_transaction(device, data):
    transaction_id = data["transactionId"]
    if type(transaction_id) is int:
        for shown in device.reports.shown[1:]:
            if shown.transaction_id == transaction_id:
                return shown
    raise ValueError("no such transaction")


def _amount(data):
    cost = data["cost"]
    if type(cost) not in (int, float) or not 0 <= cost < 1e6:
        raise ValueError("cost")
    return "%.2f" % cost


def _text(data, name):
    text = data[name]
    if not isinstance(text, str):
        raise ValueError(name)
    return text[:_LONGEST]


_VENDORS = {
    "org.openchargealliance.costmsg": {
        "SetUserPrice": _set_user_price, "RunningCost": _running_cost, "FinalCost": _final_cost,
    },
    "org.bollard": {"TimeRemaining": _time_remaining},
}
HANDLERS = {"DataTransfer": transfer}
