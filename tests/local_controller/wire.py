"""A charge point of a few lines on a bare WebSocket: shares no code with the product."""

import asyncio
import base64
import itertools
import json
from collections.abc import Callable
from ssl import SSLContext
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

_numbers = itertools.count(1)


class CallError(Exception):
    """The other side answered CALLERROR."""

    def __init__(self, code: str, description: str, details: Any) -> None:
        super().__init__(f"{code}: {description}")
        self.code, self.description, self.details = code, description, details


class ChargePoint:
    """Use as `async with ChargePoint(url, identity, key) as charge_point`. Calls from above are in `asked` and answered
    by `answers` (action: payload, or a function of the payload; None: not before catch_up())."""

    def __init__(self, url: str, identity: str, key: str, ssl: SSLContext | None = None) -> None:
        self.url, self.identity, self.key, self.ssl = url, identity, key, ssl
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, Any] = {}
        self._owed: list[str] = []
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "ChargePoint":
        credentials = base64.b64encode(f"{self.identity}:{self.key}".encode()).decode()
        self._socket = await connect(
            f"{self.url}/{self.identity}", subprotocols=["ocpp1.6"],  # type: ignore[list-item]
            additional_headers={"Authorization": f"Basic {credentials}"}, proxy=None, compression=None, ssl=self.ssl,
        )  # fmt: skip
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._socket is not None
        assert self._reader is not None
        await self._socket.close()
        await self._reader

    async def call(self, action: str, payload: Any = None, message_id: str | None = None, **fields: Any) -> Any:
        """The payload of the CALLRESULT; CallError if a CALLERROR came."""
        message_id = message_id or f"wire-{next(_numbers)}"
        body = fields if payload is None else payload
        return await self.call_text(message_id, json.dumps([2, message_id, action, body]))

    async def call_text(self, message_id: str, text: str) -> Any:
        assert self._socket is not None
        answer = self._waiting[message_id] = asyncio.get_running_loop().create_future()
        await self._socket.send(text)
        return await asyncio.wait_for(answer, 15)

    async def boot(self) -> Any:
        return await self.call("BootNotification", chargePointVendor="Wire", chargePointModel="One")

    async def catch_up(self) -> None:
        """Accepts all that it has not answered, and what comes from now on."""
        assert self._socket is not None
        self.answers = {action: answer for action, answer in self.answers.items() if answer is not None}
        owed, self._owed = self._owed, []
        for message_id in owed:
            await self._socket.send(json.dumps([3, message_id, {"status": "Accepted"}]))

    async def _read(self) -> None:
        assert self._socket is not None
        try:
            async for text in self._socket:
                frame = json.loads(text)
                if frame[0] == 2:
                    self.asked.append((frame[2], frame[3]))
                    answer = self.answers.get(frame[2], {"status": "Accepted"})
                    answer = answer(frame[3]) if isinstance(answer, Callable) else answer  # type: ignore[arg-type]
                    if answer is None:
                        self._owed.append(frame[1])
                        continue
                    reply = [4, frame[1], *answer] if isinstance(answer, list) else [3, frame[1], answer]
                    await self._socket.send(json.dumps(reply))
                elif frame[0] == 3:
                    self._waiting.pop(frame[1]).set_result(frame[2])
                else:
                    self._waiting.pop(frame[1]).set_exception(CallError(*frame[2:5]))
        except ConnectionClosed:
            pass
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(ConnectionError("the connection ended"))


def start_of(connector_id: int = 1, *, id_tag: str = "04A1B2C3", at: str = "2026-03-01T10:00:00Z", meter_wh: int = 1000,
             **more: Any) -> dict[str, Any]:  # fmt: skip
    return {"connectorId": connector_id, "idTag": id_tag, "timestamp": at, "meterStart": meter_wh, **more}


def stop_of(transaction_id: int, *, at: str = "2026-03-01T11:00:00Z", meter_wh: int = 5000,
            **more: Any) -> dict[str, Any]:  # fmt: skip
    return {"transactionId": transaction_id, "timestamp": at, "meterStop": meter_wh, **more}


def values_of(transaction_id: int | None, register_wh: int, *, at: str = "2026-03-01T10:30:00Z",
              connector_id: int = 1) -> dict[str, Any]:  # fmt: skip
    sample = {"value": str(register_wh), "measurand": "Energy.Active.Import.Register", "unit": "Wh"}
    payload: dict[str, Any] = {"connectorId": connector_id, "meterValue": [{"timestamp": at, "sampledValue": [sample]}]}
    return payload if transaction_id is None else {**payload, "transactionId": transaction_id}
