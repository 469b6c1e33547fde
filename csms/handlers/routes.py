"""The protocol as one table: what a charge point may ask, who answers, and whether the answer waits for a commit."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.handlers import (
    authorize,
    boot_notification,
    data_transfer,
    diagnostics_status_notification,
    firmware_status_notification,
    heartbeat,
    log_status_notification,
    meter_values,
    security_event_notification,
    sign_certificate,
    signed_firmware_status_notification,
    start_transaction,
    status_notification,
    stop_transaction,
)
from csms.handlers.arrival import Arrival
from ocppj.v16 import IdTagInfo, MeterValuesResult, StartTransactionResult, StopTransactionResult

Handler = Callable[[Any, Arrival, AsyncConnection], Awaitable[Any]]
HandlerOfMany = Callable[[Sequence[tuple[Any, Arrival]], AsyncConnection], Awaitable[Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class Route:
    handle: Handler
    writes: bool
    writes_if: Callable[[Any], bool] | None = None  # for those of which some do
    handle_many: HandlerOfMany | None = None  # for messages that come so often that they share their statements
    # What to keep of one that was answered by reading alone, before its answer leaves; none: nothing of this one.
    keep: Callable[[Any, Arrival], Callable[[AsyncConnection], Awaitable[None]] | None] | None = None


ROUTES = {
    "Authorize": Route(authorize.handle, writes=False),
    "BootNotification": Route(boot_notification.handle, writes=True),
    "DataTransfer": Route(data_transfer.handle, writes=False, writes_if=data_transfer.writes, keep=data_transfer.keeps),
    "DiagnosticsStatusNotification": Route(diagnostics_status_notification.handle, writes=True),
    "FirmwareStatusNotification": Route(firmware_status_notification.handle, writes=True),
    "Heartbeat": Route(heartbeat.handle, writes=False),
    "LogStatusNotification": Route(log_status_notification.handle, writes=True),
    "MeterValues": Route(meter_values.handle, writes=True, handle_many=meter_values.handle_many),
    "SecurityEventNotification": Route(security_event_notification.handle, writes=True),
    "SignCertificate": Route(sign_certificate.handle, writes=False),
    "SignedFirmwareStatusNotification": Route(signed_firmware_status_notification.handle, writes=True),
    "StartTransaction": Route(start_transaction.handle, writes=True),
    "StatusNotification": Route(status_notification.handle, writes=True),
    "StopTransaction": Route(stop_transaction.handle, writes=True),
}

# What is answered when such a message had to go into quarantine, given the id it got there.
CONFIRMATIONS: dict[str, Callable[[int], Any]] = {
    "StartTransaction": lambda answer_id: StartTransactionResult(answer_id, IdTagInfo("Invalid")),
    "StopTransaction": lambda answer_id: StopTransactionResult(),
    "MeterValues": lambda answer_id: MeterValuesResult(),
}
