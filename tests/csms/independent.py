"""A charge point built on the `ocpp` package: answers every request of a central system, and keeps what came."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import websockets
from ocpp.routing import after, on
from ocpp.v16 import ChargePoint, call, call_result

from ocppj import basic_auth
from tests.csms.running import Csms

_ACTIONS = (
    "CancelReservation",
    "ChangeAvailability",
    "ChangeConfiguration",
    "ClearCache",
    "ClearChargingProfile",
    "DataTransfer",
    "ExtendedTriggerMessage",
    "GetCompositeSchedule",
    "GetConfiguration",
    "GetDiagnostics",
    "GetLocalListVersion",
    "GetLog",
    "RemoteStartTransaction",
    "RemoteStopTransaction",
    "ReserveNow",
    "Reset",
    "SendLocalList",
    "SetChargingProfile",
    "TriggerMessage",
    "UnlockConnector",
    "UpdateFirmware",
)
_ANSWERS: dict[str, dict[str, Any]] = {
    "GetConfiguration": {"configuration_key": [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}]},
    "GetDiagnostics": {"file_name": "diagnostics.txt"},
    "GetLocalListVersion": {"list_version": 0},
    "UnlockConnector": {"status": "Unlocked"},
    "UpdateFirmware": {},
}


class Independent(ChargePoint):
    """`asked`: (action, payload in snake_case), in order. `answers`: payload by action, or a function of the request.
    `then`: what it does after its answer, by action.
    """

    def __init__(self, identity: str, socket: Any) -> None:
        super().__init__(identity, socket)
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, Any] = dict(_ANSWERS)
        self.then: dict[str, Callable[..., Any]] = {}

    async def boot(self) -> None:
        await self.call(call.BootNotification(charge_point_model="M", charge_point_vendor="V"))
        await self.call(call.StatusNotification(connector_id=1, error_code="NoError", status="Available"))

    def of(self, action: str) -> list[dict[str, Any]]:
        return [payload for name, payload in self.asked if name == action]


def _answering(action: str) -> Any:
    async def answer(self: Independent, **payload: Any) -> Any:
        self.asked.append((action, payload))
        told = self.answers.get(action, {"status": "Accepted"})
        return getattr(call_result, action)(**(told(payload) if callable(told) else told))

    answer.__name__ = f"on_{action}"  # the package finds its routes by the functions' names
    return on(action)(answer)


def _following(action: str) -> Any:
    async def follow(self: Independent, **payload: Any) -> None:
        if action in self.then:
            await self.then[action](**payload)

    follow.__name__ = f"after_{action}"
    return after(action)(follow)


for _name in _ACTIONS:
    setattr(Independent, f"on_{_name}", _answering(_name))
    setattr(Independent, f"after_{_name}", _following(_name))


@asynccontextmanager
async def independent(csms: Csms, identity: str, key: str) -> AsyncIterator[Independent]:
    headers = {"Authorization": basic_auth.header(identity, key)}
    url = f"{csms.ocpp_url}/{identity}"
    async with websockets.connect(url, subprotocols=["ocpp1.6"], additional_headers=headers) as socket:  # type: ignore[list-item]
        point = Independent(identity, socket)
        running = asyncio.create_task(point.start())
        try:
            yield point
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
