"""A charge point of bare frames. Each step names the whole next frame of the CSMS; any other one fails the case.

    await cp.says("Authorize", {"idTag": CARD}, {"idTagInfo": {"status": "Accepted"}})
    await cp.asked_by("POST", "reset", {"type": "Hard"}, "Reset", {"type": "Hard"}, {"status": "Accepted"})
"""

import asyncio
import itertools
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import websockets

from ocppj import basic_auth
from tests.csms.running import CARD, Csms
from tests.ocppj.schemas import parse, validator

BOOT = {"chargePointVendor": "Octt", "chargePointModel": "Frames"}
AT = "2026-03-01T09:00:00Z"
WITHIN_S = 10


class Moment:
    """Equals every time that is written as OCPP wants it."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and datetime.fromisoformat(other).tzinfo is not None

    __hash__ = None  # type: ignore[assignment]


class Number:
    """Equals every positive whole number; `value` is the one it met."""

    value = 0

    def __eq__(self, other: object) -> bool:
        self.value = other if isinstance(other, int) else 0
        return self.value > 0

    __hash__ = None  # type: ignore[assignment]


class Any_:
    """Equals everything; `value` is what it met."""

    value: Any = None

    def __eq__(self, other: object) -> bool:
        self.value = other
        return True

    __hash__ = None  # type: ignore[assignment]


class ChargePoint:
    def __init__(self, csms: Csms, identity: str, socket: Any) -> None:
        self.csms, self.identity = csms, identity
        self._socket = socket
        self._ids = (f"octt-{n}" for n in itertools.count(1))

    async def _next(self) -> Any:
        async with asyncio.timeout(WITHIN_S):
            return json.loads(await self._socket.recv())

    async def says(self, action: str, payload: dict[str, Any], answer: dict[str, Any]) -> Any:
        """Send a CALL; the CSMS's next frame is this answer to it, whole. Returns what came."""
        message_id = next(self._ids)
        await self._socket.send(json.dumps([2, message_id, action, payload]))
        frame = await self._next()
        assert [3, message_id, answer] == frame, f"{action}: {frame}"
        return frame[2]

    async def is_refused(self, action: str, payload: Any, code: str) -> None:
        """The same, but the next frame is a CALLERROR with this code."""
        message_id = next(self._ids)
        await self._socket.send(json.dumps([2, message_id, action, payload]))
        frame = await self._next()
        assert (frame[:3], len(frame)) == ([4, message_id, code], 5), f"{action}: {frame}"

    async def hears(self, action: str, payload: dict[str, Any], answer: dict[str, Any]) -> None:
        """The CSMS's next frame is this CALL, whole; it gets this answer."""
        kind, message_id, *rest = await self._next()
        assert [kind, *rest] == [2, action, payload], rest
        assert 0 < len(message_id) <= 36
        validator(action).validate(parse(json.dumps(rest[1])))  # by the official schema
        await self._socket.send(json.dumps([3, message_id, answer]))

    async def refuses(self, action: str, code: str) -> None:
        """The CSMS's next frame is a CALL of this action; it gets a CALLERROR."""
        kind, message_id, asked, _ = await self._next()
        assert (kind, asked) == (2, action)
        await self._socket.send(json.dumps([4, message_id, code, "", {}]))

    async def nothing_between(self, action: str, payload: dict[str, Any], answer: dict[str, Any]) -> None:
        """The CSMS's next frame is this CALL; until it has its answer no other CALL comes."""
        kind, message_id, *rest = await self._next()
        assert [kind, *rest] == [2, action, payload], rest
        await self.nothing_more()
        await self._socket.send(json.dumps([3, message_id, answer]))

    async def heard_and_left(self) -> Any:
        """The CSMS's next frame, whole; it gets no answer, and nothing is heard from here any more."""
        frame = await self._next()
        await self.close()
        return frame

    async def asked_by(
        self,
        method: str,
        path: str,
        body: Any,
        action: str,
        payload: dict[str, Any],
        answer: dict[str, Any],
        shown: Any = None,
    ) -> Any:
        """An operator's request becomes this CALL; its answer is shown: `shown`, or the answer itself."""
        request = self.csms.admin.request(method, f"/api/charge-points/{self.identity}/{path}", json=body)
        asking = asyncio.create_task(request)
        await self.hears(action, payload, answer)
        told = await asking
        assert told.is_success, told.text
        expected = answer if shown is None else shown
        assert told.json() == expected
        return told.json()

    async def boots(self) -> None:
        accepted = {"status": "Accepted", "currentTime": Moment(), "interval": 300}
        await self.says("BootNotification", BOOT, accepted)
        for connector_id in (0, 1, 2):
            await self.shows("Available", connector_id)

    async def shows(self, status: str, connector_id: int = 1, error_code: str = "NoError", **more: Any) -> None:
        payload = {"connectorId": connector_id, "errorCode": error_code, "status": status, "timestamp": AT, **more}
        await self.says("StatusNotification", payload, {})

    async def authorizes(self, verdict: str = "Accepted", id_tag: str = CARD, **more: Any) -> None:
        await self.says("Authorize", {"idTag": id_tag}, {"idTagInfo": {"status": verdict, **more}})

    async def starts(self, id_tag: str = CARD, verdict: str = "Accepted", at: str = AT, **more: Any) -> int:
        number = Number()
        payload = {"connectorId": 1, "idTag": id_tag, "meterStart": 1000, "timestamp": at, **more}
        await self.says(
            "StartTransaction", payload, {"transactionId": number, "idTagInfo": {"status": verdict}}
        )
        return number.value

    async def stops(self, transaction_id: int, meter_stop: int = 2000, reason: str | None = None, **more: Any) -> None:
        payload = {"transactionId": transaction_id, "meterStop": meter_stop, "timestamp": "2026-03-01T10:00:00Z"}
        payload |= {"reason": reason} if reason else {}
        answer = {"idTagInfo": {"status": "Accepted"}} if "idTag" in more else {}
        await self.says("StopTransaction", {**payload, **more}, answer)

    async def session(self, transaction_id: int) -> dict[str, Any]:
        return await self.csms.session(transaction_id)

    async def connector(self, connector_id: int = 1) -> dict[str, Any]:
        """As the operator sees it."""
        point = await self.csms.get(f"/api/charge-points/{self.identity}")
        found: dict[str, Any] = point["connectors"][connector_id - 1]
        return found

    async def nothing_more(self) -> None:
        """The CSMS has said nothing else: the next frame is the answer to what is asked now."""
        await self.says("Heartbeat", {}, {"currentTime": Moment()})

    async def close(self) -> None:
        await self._socket.close()


@asynccontextmanager
async def plugged_in(
    csms: Csms, identity: str, key: str | None, url: str = "", context: ssl.SSLContext | None = None
) -> AsyncIterator[ChargePoint]:
    """`url` and `context`: another door, by TLS; `key` none: the context's certificate speaks for it."""
    headers = {} if key is None else {"Authorization": basic_auth.header(identity, key)}
    async with websockets.connect(
        f"{url or csms.ocpp_url}/{identity}",
        subprotocols=["ocpp1.6"],  # type: ignore[list-item]
        additional_headers=headers,
        ssl=context,
    ) as socket:
        yield ChargePoint(csms, identity, socket)
