"""Remote Trigger profile (OCPP 1.6 §5.17): the central system asks for a message; the answer leaves first, then that.

Loaded for one request at a time, as core.py is.
"""
import asyncio

from firmware.ocpp.link import CallError, CallTimeout, LinkDown, field


def trigger(device, payload):
    message = field(payload, "requestedMessage")
    connector_id = field(payload, "connectorId", int) if payload.get("connectorId") is not None else None
    if connector_id is not None and not 0 <= connector_id <= len(device.charge_point.connectors):
        return {"status": "Rejected"}
    if message == "BootNotification":
        if device.link.registered:   # errata 3.35
            return {"status": "Rejected"}
        return {"status": "Accepted"}, device.registration.boot_now
    send = {"Heartbeat": _heartbeat, "StatusNotification": _statuses, "MeterValues": _meter_values,
            "DiagnosticsStatusNotification": _diagnostics, "FirmwareStatusNotification": _firmware}.get(message)
    if not send:
        return {"status": "NotImplemented"}
    return {"status": "Accepted"}, lambda: asyncio.create_task(_quietly(send(device, connector_id)))


async def _quietly(sending):
    try:
        await sending
    except (LinkDown, CallTimeout, CallError) as error:
        print("trigger.failed error=%r" % error)


async def _heartbeat(device, connector_id):
    await device.registration.heartbeat()


async def _statuses(device, connector_id):
    for shown in device.reports.shown:
        if connector_id in (None, shown.connector_id):
            if device.registration.pending:
                now = (shown.status, shown.error_code, shown.info, None, 0)
                await device.reports.send(shown.connector_id, now, True)
            else:
                shown.tell_again()


async def _meter_values(device, connector_id):
    for connector in device.charge_point.connectors:
        if connector_id in (None, 0, connector.connector_id):
            text = device.transactions.meter_values(connector, "Trigger")
            transaction_id = device.transactions.id_of(connector.transaction)
            if text and transaction_id is not None:
                text = '{"transactionId":%d,' % transaction_id + text[1:]
            if text:
                await device.link.call("MeterValues", text, device.registration.pending)


async def _diagnostics(device, connector_id):
    await _transfer(device, "DiagnosticsStatusNotification")


async def _firmware(device, connector_id):
    await _transfer(device, "FirmwareStatusNotification")


async def _transfer(device, action):
    transfer = device.transfers.get(action)
    await device.link.call(action, {"status": transfer.status if transfer else "Idle"}, device.registration.pending)


HANDLERS = {"TriggerMessage": trigger}
