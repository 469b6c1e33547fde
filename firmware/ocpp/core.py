"""Core profile: what the central system asks of the charge point (OCPP 1.6 §5.2–5.18). Loaded for one request only.

Each handler gets the device (charge_point, configuration, registration, link, reports, transactions) and the payload.
"""
import json

from firmware.ocpp.link import CallError, field


def change_availability(device, payload):
    connector_id = field(payload, "connectorId", int)
    operative = _one_of(payload, "type", ("Inoperative", "Operative")) == "Operative"
    connectors = device.charge_point.connectors
    if not 0 <= connector_id <= len(connectors):
        return {"status": "Rejected"}
    configuration = device.configuration
    chosen = [c for c in connectors if connector_id in (0, c.connector_id)]
    changed = [c.connector_id for c in chosen] + [connector_id]
    unavailable = [i for i in configuration.unavailable if i not in changed]
    configuration.unavailable = unavailable if operative else sorted(set(unavailable + changed))
    configuration.save()
    return {"status": "Scheduled" if not operative and any(c.transaction for c in chosen) else "Accepted"}


def change_configuration(device, payload):
    name, value = field(payload, "key"), field(payload, "value")
    status = device.configuration.change(name, value)
    print("configuration.%s key=%s" % (status.lower(), name[:50]))
    return {"status": status}


def get_configuration(device, payload):
    names = payload.get("key") or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise CallError("TypeConstraintViolation", "key")
    if len(names) > device.configuration.number("GetConfigurationMaxKeys"):
        raise CallError("PropertyConstraintViolation", "key")
    return lambda: _configuration_text(device.configuration, names)


def _configuration_text(configuration, names):
    """In pieces: as one text and as objects it would take 12 kB."""
    before = '{"configurationKey":['
    unknown = []
    for name, read_only, value in configuration.rows(names):
        if value is None:
            unknown.append(name)
        else:
            yield '%s{"key":"%s","readonly":%s,"value":%s}' % (
                before, name, "true" if read_only else "false", json.dumps(value))
            before = ","
    yield ("" if before == "," else before) + '],"unknownKey":%s}' % json.dumps(unknown)


def clear_cache(device, payload):
    return {"status": "Accepted" if device.charge_point.authorizer.clear_cache() else "Rejected"}


def data_transfer(device, payload):
    print("data_transfer.refused vendor=%s" % field(payload, "vendorId")[:50])
    return {"status": "UnknownVendorId"}


def remote_start(device, payload):
    id_tag = field(payload, "idTag")
    connector_id = field(payload, "connectorId", int) if payload.get("connectorId") is not None else None
    if len(id_tag) > 20:
        raise CallError("PropertyConstraintViolation", "idTag")
    # A charging profile could not be kept without smart charging; while pending nothing starts (§4.2).
    accepted = not device.registration.pending and "chargingProfile" not in payload and \
        device.charge_point.remote_start(id_tag, connector_id)
    return {"status": "Accepted" if accepted else "Rejected"}


def remote_stop(device, payload):
    transaction_id = field(payload, "transactionId", int)
    accepted = not device.registration.pending and device.charge_point.remote_stop(transaction_id)
    return {"status": "Accepted" if accepted else "Rejected"}


def reset(device, payload):
    hard = _one_of(payload, "type", ("Soft", "Hard")) == "Hard"
    return {"status": "Accepted"}, lambda: device.charge_point.reset(hard)


def unlock(device, payload):
    field(payload, "connectorId", int)
    return {"status": "NotSupported"}   # fixed cable or no lock (errata 3.87)


def _one_of(payload, name, words):
    value = field(payload, name)
    if value not in words:
        raise CallError("PropertyConstraintViolation", name)
    return value


HANDLERS = {
    "ChangeAvailability": change_availability,
    "ChangeConfiguration": change_configuration,
    "ClearCache": clear_cache,
    "DataTransfer": data_transfer,
    "GetConfiguration": get_configuration,
    "RemoteStartTransaction": remote_start,
    "RemoteStopTransaction": remote_stop,
    "Reset": reset,
    "UnlockConnector": unlock,
}
