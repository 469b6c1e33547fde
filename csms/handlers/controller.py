"""What a site's controller says on its own connection: that it is there, how its site is, what the site's meter shows.

It is no charge point and has nothing to book: its connector 0 is the whole site (OCPP 1.6 §3.13.4).
"""

from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.bus import messages
from csms.domain import site_metering
from csms.handlers.arrival import Terms
from csms.store import controllers, site_meter_values
from csms.store.writer import Writer
from ocppj import log, v16
from ocppj.errors import SecurityError

_log = log.get(__name__)
_ACTIONS = frozenset({"BootNotification", "Heartbeat", "DataTransfer", "StatusNotification", "MeterValues"})
_MOST_READINGS = 100  # of one message
_CLOCKS_DIFFER = timedelta(minutes=5)


async def answer(call: messages.Call, terms: Terms, writer: Writer) -> Any:
    """Answered once what it says is committed. Raises an RpcError."""
    if call.action not in _ACTIONS:
        raise SecurityError(f"{call.identity} is a controller, not a charge point")
    message = v16.decode_request(call.action, call.payload)
    if isinstance(message, v16.StatusNotification):
        return await _status(call, message, writer)
    if isinstance(message, v16.MeterValues):
        return await _meter_values(call, message, writer)
    if call.action == "BootNotification":
        return v16.BootNotificationResult("Accepted", call.received_at, terms.heartbeat_interval_s)
    if call.action == "Heartbeat":
        return v16.HeartbeatResult(call.received_at)
    return v16.DataTransferResult("UnknownVendorId")


async def _status(call: messages.Call, message: v16.StatusNotification, writer: Writer) -> v16.StatusNotificationResult:
    if message.connector_id == 0:
        at = message.timestamp or call.received_at

        async def keep(db: AsyncConnection) -> None:
            await controllers.set_status(db, call.identity, message.status, at)

        await writer.write(keep)
    _log.info("site.status", controller=call.identity, connector=message.connector_id, status=message.status)
    return v16.StatusNotificationResult()


async def _meter_values(call: messages.Call, message: v16.MeterValues, writer: Writer) -> v16.MeterValuesResult:
    found = [site_metering.read(value.timestamp, value.sampled_value) for value in message.meter_value]
    until = call.received_at + _CLOCKS_DIFFER  # of the future: it would be the newest for as long as that is to come
    readings = [reading for reading, _ in found if reading.at <= until][:_MOST_READINGS]
    useless = sum(count for _, count in found) + sum(reading.at > until for reading, _ in found)
    if message.connector_id != 0 or useless or len(found) > _MOST_READINGS:
        _log.warning("site.meter_values_useless", controller=call.identity, connector=message.connector_id,
                     values=useless, readings=len(found))  # fmt: skip
    if message.connector_id == 0:

        async def keep(db: AsyncConnection) -> None:
            await site_meter_values.add(db, call.identity, readings)

        await writer.write(keep)
    return v16.MeterValuesResult()
