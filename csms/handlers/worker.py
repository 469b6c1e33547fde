"""Takes messages of charge points off the bus, has them handled and committed, and gives the answers back.

Also keeps who is connected and when each was last heard of: presence is a message like any other.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.exc import DataError, StatementError
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.bus import messages
from csms.bus.in_process import InProcessBus, Leave
from csms.domain.events import ChargePointConnected, ChargePointDisconnected
from csms.handlers import controller, quarantine
from csms.handlers.arrival import Arrival, Terms
from csms.handlers.routes import CONFIRMATIONS, ROUTES
from csms.store import certificates, charge_points, controllers, outbox, security
from csms.store.database import Database
from csms.store.writer import Writer
from ocppj import log, v16
from ocppj.errors import InternalError, NotImplementedAction, NotSupported, RpcError

_log = log.get(__name__)
_SEEN_EVERY_S = 5.0


class Worker:
    """`terms` are asked for at each message. `booted` is called with the identity of each charge point whose
    BootNotification has been accepted, `pending` of each that is to wait, `controller_booted` with that of each
    controller, `authorized` with that of a charge point and the idTag it asked for and may serve, `certificate_asked`
    with identity, row and request of one that is to get a certificate."""

    def __init__(
        self,
        bus: InProcessBus,
        database: Database,
        writer: Writer,
        terms: Callable[[], Terms],
        booted: Callable[[str], None],
        controller_booted: Callable[[str], None] = lambda identity: None,
        count: Callable[[str, str, float], None] = lambda action, outcome, took_s: None,
        authorized: Callable[[str, str], None] = lambda identity, id_tag: None,
        pending: Callable[[str], None] = lambda identity: None,
        certificate_asked: Callable[[str, int, str], None] = lambda identity, charge_point_id, csr: None,
    ) -> None:
        self._pending = pending
        self._certificate_asked = certificate_asked
        self._authorized = authorized
        self._controller_booted = controller_booted
        self._count = count
        self._bus = bus
        self._database = database
        self._writer = writer
        self._terms = terms
        self._booted = booted
        self._seen: dict[int, datetime] = {}
        self._controllers_seen: dict[str, datetime] = {}
        self._leave: list[Leave] = []
        self._note_seen: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self._writer.write(charge_points.nobody_is_connected)
        await self._writer.write(controllers.nobody_is_connected)
        self._leave = [
            self._bus.answer(messages.CALLS, self._call),
            self._bus.answer(messages.PRESENCE, self._presence),
        ]
        self._note_seen = asyncio.create_task(self._note_seen_for_ever(), name="last seen")

    async def close(self) -> None:
        for leave in self._leave:
            leave()
        if self._note_seen is not None:
            self._note_seen.cancel()
            await asyncio.gather(self._note_seen, return_exceptions=True)
            await self._write_seen()

    async def _call(self, data: bytes) -> bytes:
        call = messages.decode(messages.Call, data)
        began_s, outcome = time.monotonic(), "answered"
        try:
            answer = await self._answer(call)
            reply = messages.Reply(v16.encode_payload(answer))
        except RpcError as error:
            outcome = "refused"
            _log.warning("message.refused", charge_point=call.identity, action=call.action[:50], error=str(error))
            reply = messages.Reply(error_code=error.code, description=error.description)
        except Exception as error:  # one bad message ends neither the socket nor the worker
            outcome = "failed"
            _log.error("message.failed", charge_point=call.identity, action=call.action[:50], error=repr(error))
            reply = messages.Reply(error_code=InternalError.code, description="not recorded, please try again")
        else:
            if isinstance(answer, v16.BootNotificationResult):
                told = {"Accepted": self._booted, "Pending": self._pending}
                if call.charge_point_id is None:
                    self._controller_booted(call.identity)
                elif (tell := told.get(answer.status)) is not None:
                    tell(call.identity)
            elif isinstance(answer, v16.AuthorizeResult) and answer.id_tag_info.status == "Accepted":
                asked: Any = v16.decode_request(call.action, call.payload)
                self._authorized(call.identity, asked.id_tag)
            elif isinstance(answer, v16.SignCertificateResult) and answer.status == "Accepted":
                asked = v16.decode_request(call.action, call.payload)
                self._certificate_asked(call.identity, call.charge_point_id or 0, asked.csr)
        self._count(call.action if call.action in ROUTES else "unknown", outcome, time.monotonic() - began_s)
        return messages.encode(reply)

    async def _answer(self, call: messages.Call) -> Any:
        route = ROUTES.get(call.action)
        if route is None:
            # Known actions that only the CSMS may ask are not offered to a charge point.
            known = call.action in v16.ACTIONS
            raise NotSupported(call.action) if known else NotImplementedAction(call.action[:50])
        if call.charge_point_id is None:
            self._controllers_seen[call.identity] = call.received_at
            return await controller.answer(call, self._terms(), self._writer)

        self._seen[call.charge_point_id] = call.received_at
        arrival = Arrival(call.identity, call.charge_point_id, call.received_at, bytes(call.payload), self._terms())
        try:
            message = v16.decode_request(call.action, call.payload)
        except RpcError as error:
            if call.action not in CONFIRMATIONS:
                raise
            return await self._quarantine(arrival, call.action, str(error))

        if not (route.writes or (route.writes_if is not None and route.writes_if(message))):
            async with self._database.ask() as db:
                answer = await route.handle(message, arrival, db)
            if route.keep is not None and (kept := route.keep(message, arrival)) is not None:
                await self._writer.write(kept)
            return answer
        try:
            if route.handle_many is not None:
                return await self._writer.write_together(route.handle_many, (message, arrival))
            return await self._writer.write(lambda db: route.handle(message, arrival, db))
        except (ValueError, ArithmeticError, DataError, StatementError) as error:
            # Not the disk's fault but the message's: it would fail for ever, and those behind it would never be sent.
            if call.action not in CONFIRMATIONS or not _caused_by_data(error):
                raise
            return await self._quarantine(arrival, call.action, repr(error))

    async def _quarantine(self, arrival: Arrival, action: str, reason: str) -> Any:
        async def keep(db: AsyncConnection) -> int:
            return await quarantine.keep(db, arrival, action, reason)

        return CONFIRMATIONS[action](await self._writer.write(keep))

    async def _presence(self, data: bytes) -> bytes:
        p = messages.decode(messages.Presence, data)

        async def note(db: AsyncConnection) -> None:
            if p.charge_point_id is None:
                change = controllers.connected if p.connected else controllers.disconnected
                await change(db, p.identity, p.connection, p.at)
            elif p.connected:
                await charge_points.connected(db, p.charge_point_id, p.connection, p.via, p.at)
                if p.via == "direct":
                    await security.connected(db, p.charge_point_id, p.profile, p.key, p.at)
                if p.certificate is not None:
                    await certificates.used(db, p.charge_point_id, p.certificate, p.at)
                await outbox.add(db, ChargePointConnected(p.identity, p.via, p.at))
            elif await charge_points.disconnected(db, p.charge_point_id, p.connection, p.at):
                await outbox.add(db, ChargePointDisconnected(p.identity, p.at))

        await self._writer.write(note)
        who = "controller" if p.charge_point_id is None else "charge_point"
        _log.info(f"{who}.{'connected' if p.connected else 'disconnected'}", **{who: p.identity}, via=p.via)
        return b"{}"

    async def _note_seen_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_SEEN_EVERY_S)
            await self._write_seen()

    async def _write_seen(self) -> None:
        times, self._seen = self._seen, {}
        of_controllers, self._controllers_seen = self._controllers_seen, {}

        async def note(db: AsyncConnection) -> None:
            if times:
                await charge_points.seen(db, times)
            if of_controllers:
                await controllers.seen(db, of_controllers)

        if times or of_controllers:
            try:
                await self._writer.write(note)
            except Exception as error:  # a hint, not a record: the next ones say it again
                _log.warning("last_seen.not_written", charge_points=len(times), error=repr(error))


def _caused_by_data(error: Exception) -> bool:
    """True if the same message would fail again; a disk that is full today may not be tomorrow."""
    cause = error.orig if isinstance(error, StatementError) else error
    return isinstance(cause, ValueError | ArithmeticError | TypeError) or isinstance(error, DataError)
