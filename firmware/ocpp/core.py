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
    before = configuration.unavailable
    unavailable = [i for i in before if i not in changed]
    if not operative:
        unavailable = sorted(set(unavailable + changed))
    if unavailable != before:
        configuration.unavailable = unavailable
        try:
            configuration.save()
        except OSError as error:   # what a power cut would forget was not accepted
            configuration.unavailable = before
            print("availability.unsaved error=%s" % error)
            return {"status": "Rejected"}
    # The statuses follow by themselves: now, or when the charge is over.
    return {"status": "Scheduled" if not operative and any(c.phase != c.FREE for c in chosen) else "Accepted"}


def change_configuration(device, payload):
    name, value = _limited(payload, "key", 50), _limited(payload, "value", 500)
    try:
        status = device.configuration.change(name, value)
    except OSError as error:   # what a power cut would forget was not accepted
        print("configuration.unsaved key=%s error=%s" % (name[:50], error))
        return {"status": "Rejected"}
    print("configuration.%s key=%s" % (status.lower(), name[:50]))
    return {"status": status}


def get_configuration(device, payload):
    names = payload.get("key") or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise CallError("TypeConstraintViolation", "key")
    if len(names) > device.configuration.number("GetConfigurationMaxKeys"):
        raise CallError("OccurenceConstraintViolation", "key")
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
    yield "" if before == "," else before
    before = '],"unknownKey":['
    for name in unknown:
        yield before
        yield json.dumps(name)
        before = ","
    yield "]}" if unknown else before + "]}"


def clear_cache(device, payload):
    return {"status": "Accepted" if device.charge_point.authorizer.clear_cache() else "Rejected"}

def remote_start(device, payload):
    id_tag = _limited(payload, "idTag", 20)
    connector_id = field(payload, "connectorId", int) if payload.get("connectorId") is not None else None
    profile = payload.get("chargingProfile")
    if not id_tag or not device.link.registered:   # for nobody; or before acceptance, when nothing starts (§4.2)
        accepted = False
    elif profile is None:
        accepted = device.charge_point.remote_start(id_tag, connector_id)
    else:
        judging = device.profiles.on_demand("ocpp.smart_charging")
        accepted = judging.remote_start(device, id_tag, connector_id, profile)
    return {"status": "Accepted" if accepted else "Rejected"}


def remote_stop(device, payload):
    transaction_id = field(payload, "transactionId", int)
    accepted = device.link.registered and device.charge_point.remote_stop(transaction_id)
    return {"status": "Accepted" if accepted else "Rejected"}


def reset(device, payload):
    hard = _one_of(payload, "type", ("Soft", "Hard")) == "Hard"
    return {"status": "Accepted"}, lambda: device.charge_point.reset(hard)


def unlock(device, payload):
    connector_id = field(payload, "connectorId", int)
    for connector in device.charge_point.connectors:
        if connector.connector_id == connector_id and connector.lock:
            return _unlock(device.charge_point, connector)
    return {"status": "NotSupported"}   # no such connector, a fixed cable, or no lock (errata 3.87)


async def _unlock(charge_point, connector):
    unlocked = await connector.lock.unlock(charge_point, connector)
    print("connector.%s connector=%d" % ("unlocked" if unlocked else "stuck", connector.connector_id))
    return {"status": "Unlocked" if unlocked else "UnlockFailed"}


def _limited(payload, name, longest):
    value = field(payload, name)
    if len(value) > longest:
        raise CallError("PropertyConstraintViolation", name)
    return value


def _one_of(payload, name, words):
    value = field(payload, name)
    if value not in words:
        raise CallError("PropertyConstraintViolation", name)
    return value


HANDLERS = {
    "ChangeAvailability": change_availability,
    "ChangeConfiguration": change_configuration,
    "ClearCache": clear_cache,
    "GetConfiguration": get_configuration,
    "RemoteStartTransaction": remote_start,
    "RemoteStopTransaction": remote_stop,
    "Reset": reset,
    "UnlockConnector": unlock,
}


def _not_offered(device, payload):
    raise CallError("NotSupported")


for _action in ("CertificateSigned", "DeleteCertificate", "ExtendedTriggerMessage", "GetInstalledCertificateIds",
                "InstallCertificate", "SignedUpdateFirmware"):
    HANDLERS[_action] = _not_offered   # OCPP knows them, this firmware does not do them (J §4.2.3)
