"""OCPP-J peer (OCPP-J 1.6 §4): one CALL in flight each way, answers matched by id, the durable queue drained in order.

Holds the connection for ever: connects, notices when it is dead, waits a jittered while, connects again. What the
messages mean is for the handlers it is given; how bytes travel is for the socket that `connect` brings.
"""
import asyncio
import json
import random
import time

from micropython import const

_CALL = const(2)
_CALL_RESULT = const(3)
_CALL_ERROR = const(4)
_MAX_ID = const(36)
_HEAD = const(192)            # kind, id and action are within as many bytes
_FIRST_PAUSE_S = const(1)
_LONGEST_PAUSE_S = const(30)
_PONG_TIMEOUT_S = const(10)
_LONGEST_LINE = const(10)     # calls that wait for their turn, each with RAM of its own


class LinkDown(Exception):
    """Nothing can be sent now, or the connection ended before the answer."""


class CallTimeout(Exception):
    pass


class CallError(Exception):
    """A CALLERROR, received or (raised by a handler) to be sent; `code` as OCPP 1.6 spells it."""

    def __init__(self, code, description=""):
        super().__init__("%s %s" % (code, description))
        self.code = code
        self.description = description


def field(payload, name, kind=str):
    """A required field of a request, or the CallError for it."""
    if name not in payload:
        raise CallError("ProtocolError", name + " is missing")
    value = payload[name]
    if not isinstance(value, kind) or isinstance(value, bool):
        raise CallError("TypeConstraintViolation", name)
    return value


class Link:
    def __init__(self, is_reachable, queue, configuration):
        self._is_reachable = is_reachable  # False: no use in waiting for the connection to find out itself
        self._queue = queue
        self._configuration = configuration
        self.connected = False
        self.registered = False            # BootNotification accepted: until then nothing else leaves (§4.2)
        self.deaf = False                  # registration rejected: nothing is answered either
        self.last_sent_ms = time.ticks_ms()
        self.late_answers = 0
        self.connections = 0   # since the start
        self._turn = asyncio.Lock()        # one outstanding CALL
        self._in_line = 0
        self._calls = 0
        self._prefix = "%08x" % random.getrandbits(30)
        self._waiting_id = ""
        self._answer = LinkDown("")        # what call() waits for: a payload, or the error to raise
        self._answered = asyncio.Event()
        self._work = asyncio.Event()
        self._down_reason = ""
        self._pinged = False
        self._open_id = None               # of a CALL whose answer takes its time

    def is_ready(self):
        return self.connected and self.registered

    def poke(self):
        """There may be something in the queue that can go."""
        self._work.set()

    # Calls

    async def call(self, action, payload, early=False):
        """Send a request, a dict, JSON text or f() -> pieces of it; its answer. LinkDown, CallTimeout, CallError.

        early  before BootNotification is accepted
        """
        if self._in_line >= _LONGEST_LINE:   # who asks for messages without end and answers none
            raise LinkDown("too many calls wait")
        self._in_line += 1
        try:
            return await self._call(action, payload, early)
        finally:
            self._in_line -= 1

    async def _call(self, action, payload, early):
        async with self._turn:
            if not self.connected or not (early or self.registered):
                raise LinkDown("not connected")
            socket = self._socket
            self._calls += 1
            message_id = "%s-%x" % (self._prefix, self._calls)
            head = '[%d,"%s","%s",' % (_CALL, message_id, action)
            if callable(payload):
                pieces = payload
            else:
                text = payload if isinstance(payload, str) else json.dumps(payload)
                pieces = lambda: (text,)   # noqa: E731
            self._waiting_id = message_id
            self._answered.clear()
            try:
                await self._send(lambda: _framed(head, pieces))
                sent_ms = time.ticks_ms()
                try:
                    await asyncio.wait_for(self._answered.wait(), self._configuration.number("MessageTimeout"))
                except asyncio.TimeoutError:
                    if time.ticks_diff(socket.last_received_ms, sent_ms) < 0:
                        self._fall("silent")   # not a byte since: half open, and not every server answers pings
                    raise CallTimeout(action)
            finally:
                self._waiting_id = ""
            answer = self._answer
            self._answer = LinkDown("")   # a long answer's objects are not kept
            if isinstance(answer, dict):
                return answer
            raise answer

    async def _send(self, pieces):
        try:
            await self._socket.send(pieces)
        except Exception as error:
            self._fall(error)
            raise LinkDown(str(error))
        self.last_sent_ms = time.ticks_ms()

    # The connection's life

    async def run(self, connect, handle, long=None):
        """For ever: connect, hear, connect again.

        connect  async: a socket with receive, send, send_ping, close and last_received_ms
        handle   (action, payload): the answer as dict, as f() -> pieces of its text or as a coroutine that returns
                 the dict; or (one of the first two, f to call once it is sent); None: no such action here
        long     (action, f() -> receiver) of the one request that is taken while it arrives, as it may be 80 kB: an
                 object with async feed(view), async result(), which is an answer as above, and close()
        """
        self._runner = asyncio.current_task()
        self._handle = handle
        self._long = long
        pause_s = _FIRST_PAUSE_S
        while True:
            wait_s = 0
            try:
                socket = await connect()
            except Exception as error:
                wait_s = getattr(error, "retry_after_s", 0)
                print("link.failed error=%s" % (error or type(error).__name__))
            else:
                began_ms = time.ticks_ms()
                await self._live(socket)
                if self.registered and time.ticks_diff(time.ticks_ms(), began_ms) > 10_000:
                    pause_s = _FIRST_PAUSE_S
            # Jitter: after a power cut in the street all charge points come back at once.
            await asyncio.sleep(max(wait_s, pause_s * (0.5 + random.getrandbits(10) / 1024)))
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    async def _live(self, socket):
        self._socket = socket
        self.connected = True
        self.connections += 1
        self._pinged = False
        self._down_reason = ""
        socket.take = self._take
        print("link.up")
        self._work.set()
        try:
            while True:
                await self._hear(socket)
        except asyncio.CancelledError:
            if not self._down_reason:   # not by _fall
                raise
        except Exception as error:
            self._down_reason = self._down_reason or str(error) or repr(error)
        finally:
            self.connected = False
            self._finish(LinkDown(self._down_reason))
            socket.close()
            print("link.down reason=%s" % self._down_reason)

    def _fall(self, reason):
        """The connection is no good: end it, whatever run() waits for."""
        if self.connected:
            self.connected = False
            self._down_reason = str(reason) or repr(reason)
            runner = self._runner
            if runner and runner is not asyncio.current_task():
                runner.cancel()

    async def watch(self):
        """To be called each second: finds a dead link within WebSocketPingInterval and the pong's deadline (J §5.3)."""
        if self.connected and not self._is_reachable():
            self._fall("network lost")
        interval_s = self._configuration.number("WebSocketPingInterval")
        if not interval_s or not self.connected:
            return
        silent_s = time.ticks_diff(time.ticks_ms(), self._socket.last_received_ms) // 1000
        if silent_s < interval_s:
            self._pinged = False
        elif silent_s >= interval_s + _PONG_TIMEOUT_S:
            self._fall("no pong")
        elif not self._pinged:
            self._pinged = True
            try:
                await self._socket.send_ping()
            except Exception as error:
                self._fall(error)

    # Frames

    async def _hear(self, socket):
        """One message. A coroutine of its own: while it waits, the frame of a waiting one keeps all it ever held."""
        message = await socket.receive()
        if hasattr(message, "result"):
            await self._on_call(message.message_id, None, message)
        else:
            await self._on_frame(message)

    def _take(self, head):
        """The receiver of a message that begins so, or None if it is held whole."""
        if not self._long:
            return None
        head = bytes(head[:_HEAD])
        name = ('"%s"' % self._long[0]).encode()
        at = head.find(name)
        while at >= 0:
            try:
                call = json.loads(head[:at] + b"0]")   # with another value in place of the action it is whole
            except ValueError:
                call = None
            if isinstance(call, list) and len(call) == 3 and call[0] == _CALL and isinstance(call[1], str):
                receiver = self._long[1]()
                receiver.message_id = call[1]
                return receiver
            at = head.find(name, at + 1)   # that was the id
        return None

    async def _on_frame(self, data):
        try:
            frame = json.load(data) if hasattr(data, "readinto") else json.loads(data)
            kind = frame[0]
            message_id = frame[1]
            if not isinstance(kind, int) or not isinstance(message_id, str):
                raise ValueError
        except MemoryError:
            await self._on_too_large(data)
            return
        except (ValueError, TypeError, IndexError, KeyError):   # no JSON, no list, no id: whom to answer?
            print("frame.malformed bytes=%d" % len(data))
            return
        if kind == _CALL:
            await self._on_call(message_id, frame)
        elif kind == _CALL_RESULT or kind == _CALL_ERROR:
            if message_id != self._waiting_id:
                self.late_answers += 1
                print("answer.dropped count=%d" % self.late_answers)
            elif kind == _CALL_ERROR:
                self._finish(CallError(*[str(part) for part in frame[2:4]] or ("GenericError",)))
            elif len(frame) > 2 and isinstance(frame[2], dict):
                self._finish(frame[2])
            else:
                self._finish({} if len(frame) > 2 and frame[2] is None else CallError("FormationViolation"))

    async def _on_too_large(self, data):
        """A frame whose objects find no room: whoever asked shall know that nothing comes of it."""
        print("frame.too_large bytes=%d" % len(data))
        head = bytes(data[:_HEAD])
        at = head.find(b'",')
        while at > 0:
            try:
                kind, message_id = json.loads(head[:at + 1] + b"]")[:2]
                break
            except (ValueError, TypeError):
                at = head.find(b'",', at + 1)   # that was within the id
        else:
            return
        if kind == _CALL and isinstance(message_id, str) and not self.deaf:
            text = json.dumps(message_id)
            await self._send(lambda: ("[4,", text, ',"InternalError","too large",{}]'))
        elif message_id == self._waiting_id:
            self._finish(CallError("InternalError", "too large"))

    def _finish(self, answer):
        if self._waiting_id:
            self._waiting_id = ""
            self._answer = answer
            self._answered.set()

    async def _on_call(self, message_id, frame, receiver=None):
        if self.deaf:
            if receiver:
                receiver.close()
            return
        then = None
        try:
            answer = await self._result_of(receiver) if receiver else self._answer_to(message_id, frame)
            if frame:
                del frame[3:]   # a long request's objects must not be there while the answer waits for the network
            if hasattr(answer, "send"):   # a coroutine: what it waits for must not keep other frames waiting
                asyncio.create_task(self._answer_later(self._socket, message_id, answer))
                return
            if isinstance(answer, tuple):
                answer, then = answer
            head = "[%d,%s," % (_CALL_RESULT, json.dumps(message_id))
            if callable(answer):
                pieces = answer
            else:
                text = json.dumps(answer)
                pieces = lambda: (text,)   # noqa: E731
        except CallError as error:
            text = json.dumps([_CALL_ERROR, message_id, error.code, error.description, {}])[1:-1]
            pieces, head = lambda: (text,), "["
            print("call.refused code=%s description=%s" % (error.code, error.description))
        await self._send(lambda: _framed(head, pieces))
        if then:
            then()

    async def _answer_later(self, socket, message_id, work):
        self._open_id = message_id
        try:
            text = "[%d,%s,%s]" % (_CALL_RESULT, json.dumps(message_id), json.dumps(await work))
        except Exception as error:
            print("call.failed error=%r" % error)
            text = json.dumps([_CALL_ERROR, message_id, "InternalError", "", {}])
        self._open_id = None
        if self.connected and socket is self._socket:
            try:
                await self._send(lambda: (text,))
            except LinkDown:
                pass   # who asked is gone

    async def _result_of(self, receiver):
        try:
            if len(receiver.message_id) > _MAX_ID:
                raise CallError("FormationViolation", "not a CALL")
            return await receiver.result()
        except CallError:
            raise
        except Exception as error:
            print("call.failed action=%s error=%r" % (self._long[0], error))
            raise CallError("InternalError")
        finally:
            receiver.close()

    def _answer_to(self, message_id, frame):
        if len(message_id) > _MAX_ID or message_id == self._open_id or len(frame) < 4 or not isinstance(frame[2], str):
            raise CallError("FormationViolation", "not a CALL")
        payload = {} if frame[3] is None else frame[3]
        if not isinstance(payload, dict):
            raise CallError("FormationViolation", "payload is no object")
        try:
            answer = self._handle(frame[2], payload)
        except CallError:
            raise
        except Exception as error:
            print("call.failed action=%s error=%r" % (frame[2], error))
            raise CallError("InternalError")
        if answer is None:
            raise CallError("NotImplemented", frame[2][:40])
        return answer

    # The queue

    async def drain(self, on_delivered):
        """Deliver the queue for ever, oldest first; calls of others may come between (OCPP 1.6 §3.7).

        `on_delivered`: (action, number, answer) of each; it confirms the message, or CallError if that is no answer.
        """
        failures = failing = 0
        while True:
            head = self._queue.head() if self.connected and self.registered else None
            if not head:
                await self._work.wait()
                self._work.clear()
                continue
            number, action, payload = head
            head = None   # while the answer is awaited one copy of the text is enough
            if number != failing:
                failures, failing = 0, number
            interval_s = self._configuration.number("TransactionMessageRetryInterval")
            try:
                on_delivered(action, number, await self.call(action, payload))
            except LinkDown:   # never a try: the message waits for the next connection
                await asyncio.sleep_ms(100)
            except CallTimeout:
                print("queue.timeout action=%s" % action)
                await asyncio.sleep(interval_s)
            except CallError as error:   # failure to process: the only ground to give up (§3.7.1)
                failures += 1
                print("queue.failed action=%s tries=%d code=%s" % (action, failures, error.code))
                if failures >= self._configuration.number("TransactionMessageAttempts"):
                    print("queue.skipped action=%s" % action)
                    self._queue.confirm(number)
                else:
                    await asyncio.sleep(interval_s * failures)


def _framed(head, pieces):
    yield head
    for piece in pieces():
        yield piece
    yield "]"
