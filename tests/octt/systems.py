"""The two central systems that the cases are played against: one made with the `ocpp` package, and our own CSMS.

Both know the same cards. `ask` sends one request, as wire names and values; what came of it the tap has seen. It gives
back what this central system did not like about the answer: a CALLERROR, or that it breaks its schema.
"""
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from ocpp.exceptions import OCPPError
from ocpp.routing import on
from ocpp.v16 import ChargePoint as OcppPeer
from ocpp.v16 import call, call_result
from ocpp.v16.enums import Action
from websockets.asyncio.server import Server, ServerConnection, serve

from csms.commands.call import call as command
from csms.domain.errors import CommandFailed
from csms.service import Service
from ocppj import v16
from tests.csms.running import CARD, Csms, make_people, settings_in

SCRIPTED, CSMS = "scripted", "csms"
BLOCKED, EXPIRED, STRANGER = "04B10C4ED00001", "04E8A1BED00002", "04DEADBEEF0102"
COLLEAGUE = "04C011EA90E003"   # another card that may charge
NO_NUMBER = 'Zoë\'s "\\" card #7'   # one that may charge too
LONG_AGO = "2020-01-01T00:00:00Z"
CARDS = {CARD: "Accepted", COLLEAGUE: "Accepted", NO_NUMBER: "Accepted", BLOCKED: "Blocked", EXPIRED: "Expired"}
_STATUSES = {id_tag.upper(): status for id_tag, status in CARDS.items()}
_SAID = (
    Action.authorize, Action.boot_notification, Action.data_transfer, Action.diagnostics_status_notification,
    Action.firmware_status_notification, Action.heartbeat, Action.meter_values, Action.security_event_notification,
    Action.start_transaction, Action.status_notification, Action.stop_transaction,
)


class NoOcpp(Exception):
    """What a charge point answered breaks the schema of its answer."""


def now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


class Scripted:
    """Does what the case says: `answers` holds, by action, the payload to answer with, or a function of the call's."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.parents: dict[str, str] = {}
        self._last_id = 100
        self._peer: OcppPeer | None = None
        self._server: Server | None = None

    @property
    def url(self) -> str:
        assert self._server
        return f"ws://127.0.0.1:{next(iter(self._server.sockets)).getsockname()[1]}/ocpp"

    async def open(self) -> None:
        self._server = await serve(
            self._serve, "127.0.0.1", 0, subprotocols=["ocpp1.6"], compression=None)   # type: ignore[list-item]

    async def close(self) -> None:
        if self._server:
            self._server.close()
            await self._server.wait_closed()

    async def register(self, identity: str, connectors: int) -> str:
        """The key of a charge point; this central system takes any."""
        return "00112233445566778899aabbccddeeff00112233"

    async def _serve(self, connection: ServerConnection) -> None:
        self._peer = _Peer(self, connection)
        try:
            await self._peer.start()
        except Exception:   # the connection's end
            pass

    async def ask(self, identity: str, action: str, payload: dict[str, Any]) -> Exception | None:
        assert self._peer
        request = getattr(call, action)(**{_snake(name): value for name, value in payload.items()})
        try:
            await self._peer.call(request, suppress=False)
        except OCPPError as error:
            return error
        return None

    def reply(self, action: str, payload: dict[str, Any]) -> Any:
        scripted = self.answers.get(action)
        if callable(scripted):
            scripted = scripted(payload)
        if scripted is None:
            scripted = self._usual(action, payload)
        return getattr(call_result, action)(**{_snake(name): value for name, value in scripted.items()})

    def _usual(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        if action == "BootNotification":
            return {"currentTime": now(), "interval": 3600, "status": "Accepted"}
        if action == "Heartbeat":
            return {"currentTime": now()}
        if action == "Authorize":
            return {"idTagInfo": self._judge(payload["id_tag"])}
        if action == "StartTransaction":
            self._last_id += 1
            return {"transactionId": self._last_id, "idTagInfo": self._judge(payload["id_tag"])}
        if action == "StopTransaction" and "id_tag" in payload:
            return {"idTagInfo": self._judge(payload["id_tag"])}
        if action == "DataTransfer":
            return {"status": "UnknownVendorId"}
        return {}

    def _judge(self, id_tag: str) -> dict[str, str]:
        info = {"status": _STATUSES.get(id_tag.upper(), "Invalid")}
        if info["status"] == "Expired":
            info["expiryDate"] = LONG_AGO
        if id_tag in self.parents:
            info["parentIdTag"] = self.parents[id_tag]
        return info


class _Peer(OcppPeer):
    def __init__(self, system: Scripted, connection: ServerConnection) -> None:
        super().__init__("CP", connection)
        self._system = system


def _handler(action: Action) -> Any:
    async def handle(self: _Peer, **payload: Any) -> Any:
        return self._system.reply(action.value, payload)

    handle.__name__ = f"on_{action.name}"   # the package looks its handlers up by this name
    return on(action)(handle)


for _action in _SAID:
    setattr(_Peer, f"on_{_action.name}", _handler(_action))


class Ours:
    """The csms package as it runs, with a database in `folder`; what it is to send goes over its own bus."""

    def __init__(self, folder: Path) -> None:
        self._settings = settings_in(folder)
        self._settings.meter_value_sample_interval_s = 0   # it leaves the keys of charge points to the cases
        self._settings.tell_emergency_number = False
        self._service = Service(self._settings)

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._service.ocpp_port}/ocpp"

    async def open(self) -> None:
        await make_people(self._settings)
        await self._service.open()
        self.csms = Csms(self._service, self._settings.data_dir)
        for card in CARDS:
            await self.csms.new(
                "/api/cards", id_tag=card, user_id=2, **({"expires_at": LONG_AGO} if card == EXPIRED else {}))
        with sqlite3.connect(self._settings.data_dir / "csms.sqlite3") as database:   # no page blocks a card yet
            database.execute("UPDATE card SET blocked = 1 WHERE id_tag = ?", (BLOCKED,))

    async def close(self) -> None:
        await self.csms.admin.aclose()
        await self._service.close()

    async def register(self, identity: str, connectors: int) -> str:
        return await self.csms.charge_point(identity, connectors)

    async def ask(self, identity: str, action: str, payload: dict[str, Any]) -> Exception | None:
        request = v16.decode_request(action, msgspec.Raw(msgspec.json.encode(payload)))
        try:
            await command(self._service.bus, identity, request)
        except CommandFailed as error:
            return error
        return None


def _snake(name: str) -> str:
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)
