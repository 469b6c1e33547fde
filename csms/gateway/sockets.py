"""Holds the sockets: passes what a charge point says to the bus, and commands from the bus to the charge point."""

import asyncio
import functools
import secrets
import ssl
import time
from datetime import UTC, datetime

import msgspec

from csms.bus import messages
from csms.bus.errors import BusError
from csms.bus.in_process import InProcessBus
from csms.gateway.auth import CLEAR, ENCRYPTED, Gatekeeper, Principal
from ocppj import errors, frames, log, server
from ocppj.peer import Peer

_log = log.get(__name__)
_ANSWER_WITHIN_S = 25.0  # a charge point gives up after 30 s
_NOTE_WITHIN_S = 10.0

_ERRORS: dict[str, type[errors.RpcError]] = {
    kind.code: kind
    for kind in (
        errors.NotImplementedAction,
        errors.NotSupported,
        errors.InternalError,
        errors.ProtocolError,
        errors.SecurityError,
        errors.FormationViolation,
        errors.PropertyConstraintViolation,
        errors.OccurenceConstraintViolation,
        errors.TypeConstraintViolation,
        errors.GenericError,
    )
}


class Gateway:
    def __init__(self, bus: InProcessBus, gatekeeper: Gatekeeper) -> None:
        self._bus = bus
        self._gatekeeper = gatekeeper
        self._server: server.Server | None = None

    @property
    def port(self) -> int:
        return self._server.port if self._server else 0

    async def listen(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> int:
        """The port it listens on. Called again it listens at a second door to the same house."""
        keeper = self._gatekeeper
        profile = CLEAR if tls is None else ENCRYPTED
        door = server.Door(functools.partial(keeper.authenticate, profile), keeper.by_certificate)
        if self._server is None:
            self._server = server.Server(self._own, server.Limits(), "/ocpp")
        return await self._server.listen(host, port, tls, door)

    async def close(self) -> None:
        if self._server is not None:
            await self._server.close()

    async def _own(self, peer: Peer) -> None:
        """The life of one connection."""
        principal = self._gatekeeper.principal(peer.identity)
        connection = secrets.token_hex(16)

        async def answer(call: frames.Call) -> msgspec.Raw:
            return await self._ask(peer, principal, call)

        async def command(data: bytes) -> bytes:
            return await self._command(peer, data)

        leave = self._bus.answer(messages.command_subject(peer.identity), command)
        # Before the first message: what it says of itself must find the charge point connected.
        await self._note(peer.identity, principal, connection, connected=True)
        try:
            await peer.serve(answer)
        finally:
            leave()
            await self._note(peer.identity, principal, connection, connected=False)

    async def _ask(self, peer: Peer, principal: Principal, call: frames.Call) -> msgspec.Raw:
        _log.debug("call.received", charge_point=peer.identity, action=call.action, payload=bytes(call.payload))
        question = messages.Call(peer.identity, principal.charge_point_id, datetime.now(UTC), call.action, call.payload)
        began_s = time.monotonic()
        try:
            data = await self._bus.request(messages.CALLS, messages.encode(question), _ANSWER_WITHIN_S)
        except BusError as error:
            at = question.received_at
            self._tell(peer.identity, call.action, call.payload, began_s, error="nobody could decide", at=at)
            raise errors.InternalError("nobody could decide this, please try again") from error
        reply = messages.decode(messages.Reply, data)
        wrong = reply.error_code and f"{reply.error_code}: {reply.description}"
        self._tell(peer.identity, call.action, call.payload, began_s, reply.payload, wrong, at=question.received_at)
        if reply.error_code is not None:
            raise _ERRORS.get(reply.error_code, errors.GenericError)(reply.description)
        return reply.payload

    async def _note(self, identity: str, principal: Principal, connection: str, *, connected: bool) -> None:
        now = datetime.now(UTC)
        p = principal
        proof = (p.profile, p.key, p.certificate)
        note = messages.Presence(identity, p.charge_point_id, connection, p.via, connected, now, *proof)
        try:
            await asyncio.shield(self._bus.request(messages.PRESENCE, messages.encode(note), _NOTE_WITHIN_S))
        except BusError as error:
            _log.warning("presence.not_noted", charge_point=identity, connected=connected, error=repr(error))

    async def _command(self, peer: Peer, data: bytes) -> bytes:
        command = messages.decode(messages.Command, data)
        began_s, at = time.monotonic(), datetime.now(UTC)
        try:
            reply = messages.CommandReply(await peer.call_raw(command.action, command.payload, command.timeout_s))
        except errors.CallErrorReceived as error:
            reply = messages.CommandReply(error_code=error.code, description=error.description)
        except errors.CallTimeout:
            reply = messages.CommandReply(failure="timeout")
        except errors.ConnectionLost:
            reply = messages.CommandReply(failure="lost")
        wrong = reply.failure or (reply.error_code and f"{reply.error_code}: {reply.description}")
        payload, answer = command.payload, reply.payload
        self._tell(peer.identity, command.action, payload, began_s, answer, wrong, at=at, from_charge_point=False)
        return messages.encode(reply)

    def _tell(
        self,
        identity: str,
        action: str,
        request: msgspec.Raw,
        began_s: float,
        answer: msgspec.Raw | None = None,
        error: str | None = None,
        *,
        at: datetime,
        from_charge_point: bool = True,
    ) -> None:
        took_ms = round((time.monotonic() - began_s) * 1000)
        answered = msgspec.Raw(b"null") if answer is None else answer
        told = messages.Exchange(identity, at, from_charge_point, action, request, answered, error, took_ms)
        self._bus.publish(messages.EXCHANGES, messages.encode(told))
