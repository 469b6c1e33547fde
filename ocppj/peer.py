"""One side of an OCPP-J conversation over anything that can send and receive (OCPP-J 1.6 §4.1).
One call of ours is open at a time; theirs are handled one at a time and in order, also while ours is open.
"""

import asyncio
import itertools
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from ocppj import frames, log, payloads
from ocppj.errors import (
    BadAnswer,
    CallErrorReceived,
    CallTimeout,
    ConnectionLost,
    FormationViolation,
    InternalError,
    ProtocolError,
    RpcError,
)
from ocppj.frames import BadFrame, Call, CallError, CallResult, UnknownMessageType
from ocppj.payloads import Payload, Request, ResultT
from ocppj.throttle import Throttle

DEFAULT_TIMEOUT_S = 30.0
HANDLER_GRACE_S = 10.0  # a handler that is at work when the connection ends may finish what it has begun
MAX_WAITING_CALLS = 16  # a peer that does not wait for our answers is read no further than this
MAX_BAD_FRAMES = 20  # in a row, then the connection is closed
_MAX_DESCRIPTION = 255

_log = log.get("ocppj.peer")
_connection_ids = itertools.count(1)
_encoder = msgspec.json.Encoder()

Handler = Callable[[Call], Awaitable[msgspec.Raw | Payload]]


class Socket(Protocol):
    """What a Peer talks over; each method raises ConnectionLost once the connection has ended."""

    async def receive(self) -> str | bytes:
        """The next message: str, or bytes for a binary one."""

    async def send(self, data: bytes) -> None:
        """Send one text message, given in UTF-8."""

    async def close(self, code: int, reason: str) -> None: ...


@dataclass(slots=True)
class Counts:
    """What a peer dropped or refused, for people to look at."""

    late_answers: int = 0  # answers to a call that nobody waits for (any more)
    bad_frames: int = 0
    unknown_types: int = 0
    dropped_calls: int = 0  # arrived, but the connection ended before their turn


class Peer:
    """The other side of one connection.

    identity        who it is, as authenticated
    connection_id   grows with each connection of this process, so that an old one can be told from a new one
    timeout         how a wait is bounded; tests hand in their own
    new_id          makes message ids, unique in this connection
    """

    def __init__(
        self,
        socket: Socket,
        identity: str,
        *,
        remote: str = "",
        timeout_s: float = DEFAULT_TIMEOUT_S,
        throttle: Throttle | None = None,
        new_id: Callable[[], str] | None = None,
        timeout: Callable[[float], AbstractAsyncContextManager[Any]] = asyncio.timeout,
    ) -> None:
        self.identity = identity
        self.remote = remote
        self.connection_id = next(_connection_ids)
        self.counts = Counts()
        self._socket = socket
        self._timeout_s = timeout_s
        self._timeout = timeout
        self._throttle = throttle
        self._new_id = new_id or _ids()
        self._turn = asyncio.Lock()  # at most one call of ours is open (J4.1.1)
        self._open: tuple[str, asyncio.Future[CallResult | CallError]] | None = None
        self._waiting: deque[Call] = deque()
        self._live_ids: set[str] = set()  # calls of theirs not answered yet
        self._idle: asyncio.Future[None] | None = None  # the answerer, waiting for work
        self._full: asyncio.Future[None] | None = None  # the reader, waiting for room
        self._bad_in_a_row = 0
        self._tells_frames = log.wants_debug()
        self._serving = False
        self._ended = asyncio.Event()
        self.end_reason = ""

    @property
    def ended(self) -> bool:
        return self._ended.is_set()

    async def call(self, request: Request[ResultT], timeout_s: float | None = None) -> ResultT:
        """Ask, and wait for the typed result. Raises as `call_raw`, and BadAnswer if it breaks its schema."""
        action = payloads.action_of(request)
        result_type: type[ResultT] = payloads.result_type_of(type(request))
        raw = await self.call_raw(action, payloads.encode(request), timeout_s)
        try:
            return payloads.decode(result_type, raw)
        except RpcError as error:
            _log.warning("answer.bad", peer=self.identity, action=action, error=str(error))
            raise BadAnswer(action, error) from None

    async def call_raw(self, action: str, payload: msgspec.Raw, timeout_s: float | None = None) -> msgspec.Raw:
        """Ask, and wait for the result as it came. Needs `serve` to be running.

        timeout_s   for everything: waiting for our turn, sending, and the answer
        raises      CallErrorReceived, CallTimeout, ConnectionLost
        """
        limit_s = self._timeout_s if timeout_s is None else timeout_s
        sent = False
        try:
            async with self._timeout(limit_s), self._turn:
                if self._ended.is_set():
                    raise ConnectionLost(self.end_reason)
                message_id = self._new_id()
                answer: asyncio.Future[CallResult | CallError] = asyncio.get_running_loop().create_future()
                self._open = (message_id, answer)
                try:
                    sent = True
                    await self._socket.send(_encoder.encode((2, message_id, action, payload)))
                    frame = await answer
                finally:
                    self._open = None  # what comes from now on is late
        except TimeoutError:
            _log.info("call.timeout", peer=self.identity, action=action, timeout_s=limit_s, sent=sent)
            raise CallTimeout(action, limit_s, sent=sent) from None
        if isinstance(frame, CallError):
            raise CallErrorReceived(frame.code, frame.description, _loose(frame.details))
        return frame.payload

    async def serve(self, handler: Handler) -> None:
        """Read until the connection ends; `handler` answers each CALL with a payload, or raises an RpcError."""
        if self._serving:
            raise RuntimeError("serve() is already running")
        self._serving = True
        reader = asyncio.create_task(self._read(), name=f"read {self.identity}")
        answerer = asyncio.create_task(self._answer(handler), name=f"answer {self.identity}")
        try:
            await self._ended.wait()
            reader.cancel()
            _wake(self._idle)
            await asyncio.wait({answerer}, timeout=HANDLER_GRACE_S)
        finally:
            self.end("no longer served")
            reader.cancel()
            answerer.cancel()
            await asyncio.gather(reader, answerer, return_exceptions=True)
            self.counts.dropped_calls += len(self._waiting)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """End the conversation: open calls fail at once, then the connection is closed."""
        self.end(reason or "closed here")
        await self._socket.close(code, reason)

    def end(self, reason: str) -> None:
        """Nothing of this connection counts from now on; calls that wait fail with ConnectionLost."""
        if self._ended.is_set():
            return
        self.end_reason = reason
        self._ended.set()
        if self._open and not self._open[1].done():
            self._open[1].set_exception(ConnectionLost(reason))

    async def _read(self) -> None:
        receive, decode, waiting, live_ids = self._socket.receive, frames.decode, self._waiting, self._live_ids
        loop, throttle = asyncio.get_running_loop(), self._throttle
        try:
            while True:
                data = await receive()
                if throttle is not None and (pause_s := throttle.wait_s(loop.time())):
                    await asyncio.sleep(pause_s)
                try:
                    if type(data) is bytes:
                        raise BadFrame(FormationViolation("binary frame"))
                    frame = decode(data)
                except UnknownMessageType as unknown:
                    self.counts.unknown_types += 1
                    _log.debug("frame.ignored", peer=self.identity, why=str(unknown))
                    continue
                except BadFrame as bad:
                    await self._refuse(bad)
                    continue
                self._bad_in_a_row = 0
                if self._tells_frames:
                    self._tell("frame.received", frame, len(data))
                if not isinstance(frame, Call):
                    self._settle(frame)
                    continue
                message_id = frame.message_id
                if len(message_id) > frames.MAX_ID_LENGTH or message_id in live_ids:
                    fault = "messageId is too long" if message_id not in live_ids else "messageId is in use"
                    await self._refuse(BadFrame(ProtocolError(fault), message_id))
                    continue
                live_ids.add(message_id)
                waiting.append(frame)
                _wake(self._idle)
                if len(waiting) >= MAX_WAITING_CALLS:
                    self._full = loop.create_future()
                    await self._full
        except ConnectionLost as lost:
            self.end(str(lost))
        except Exception as error:
            _log.error("peer.failed", peer=self.identity, error=repr(error))
            self.end("internal error")

    async def _answer(self, handler: Handler) -> None:
        waiting, live_ids, send, loop = self._waiting, self._live_ids, self._socket.send, asyncio.get_running_loop()
        try:
            while not self._ended.is_set():
                if not waiting:
                    self._idle = loop.create_future()
                    await self._idle
                    continue
                call = waiting.popleft()
                _wake(self._full)
                data = await self._reply(handler, call)
                live_ids.discard(call.message_id)
                if not self._ended.is_set():
                    await send(data)
        except ConnectionLost as lost:
            self.end(str(lost))

    async def _reply(self, handler: Handler, call: Call) -> bytes:
        try:
            return _encoder.encode((3, call.message_id, await handler(call)))
        except RpcError as error:
            refusal = error
        except (Exception, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and _is_being_cancelled():
                raise
            # A CancelledError that nobody asked for comes from a future the handler waited on: a failure like any other
            _log.error("call.failed", peer=self.identity, action=call.action, error=repr(error), where=_where(error))
            refusal = InternalError()
        return _call_error(call.message_id, refusal)

    def _tell(self, event: str, frame: frames.Frame, size: int) -> None:
        """Frames are told without what is in them: payloads carry keys and idTags."""
        what = frame.action if isinstance(frame, Call) else type(frame).__name__
        _log.debug(event, peer=self.identity, what=what, message_id=frame.message_id, size=size)

    def _settle(self, frame: CallResult | CallError) -> None:
        if self._open and self._open[0] == frame.message_id and not self._open[1].done():
            self._open[1].set_result(frame)
        else:
            self.counts.late_answers = count = self.counts.late_answers + 1
            if count & (count - 1) == 0:  # the 1st, 2nd, 4th, 8th ...: a peer that goes wild does not fill the log
                _log.info("answer.dropped", peer=self.identity, message_id=frame.message_id, count=count)

    async def _refuse(self, bad: BadFrame) -> None:
        """A bad frame costs one line and, where its id is known, a CALLERROR; only many cost the connection."""
        self.counts.bad_frames += 1
        self._bad_in_a_row += 1
        _log.warning("frame.bad", peer=self.identity, error=str(bad), count=self.counts.bad_frames)
        if bad.message_id is not None:
            await self._socket.send(_call_error(bad.message_id, bad.error))
        if self._bad_in_a_row >= MAX_BAD_FRAMES:
            await self.close(1008, "too many bad frames")
            raise ConnectionLost("too many bad frames")


def _wake(sleeper: asyncio.Future[None] | None) -> None:
    if sleeper is not None and not sleeper.done():
        sleeper.set_result(None)


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _call_error(message_id: str, error: RpcError) -> bytes:
    description = error.description[:_MAX_DESCRIPTION].encode(errors="replace").decode()
    try:
        return _encoder.encode((4, message_id, error.code, description, error.details))
    except (TypeError, ValueError, RecursionError):  # details are for people, the answer is for the protocol
        return _encoder.encode((4, message_id, error.code, description, {}))


def _ids() -> Callable[[], str]:
    """Ids that differ between connections too: it makes logs readable."""
    prefix, numbers = secrets.token_hex(4), itertools.count(1)
    return lambda: f"{prefix}-{next(numbers)}"


def _loose(details: msgspec.Raw) -> Any:
    try:
        return msgspec.json.decode(details)
    except (msgspec.MsgspecError, RecursionError):
        return {}


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "unknown"
