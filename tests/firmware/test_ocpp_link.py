"""The OCPP-J peer on the real interpreter, over a socket in memory: calls each way, timeouts, late answers, tries."""
import textwrap

from tests.firmware.on_micropython import run

PROLOGUE = """
    import asyncio, json, time
    from firmware.ocpp.link import CallError, CallTimeout, Link, LinkDown

    class Socket:
        def __init__(self):
            self.sent, self._come, self._news, self.pings, self.closed = [], [], asyncio.Event(), 0, False
            self.last_received_ms = time.ticks_ms()
        async def receive(self):
            while not self._come:
                self._news.clear()
                await self._news.wait()
            self.last_received_ms = time.ticks_ms()
            item = self._come.pop(0)
            if isinstance(item, Exception):
                raise item
            return item
        def come(self, item):
            self._come.append(item if isinstance(item, Exception) else json.dumps(item).encode())
            self._news.set()
        async def send(self, pieces):
            text = "".join(piece if isinstance(piece, str) else piece.decode() for piece in pieces())
            self.sent.append(json.loads(text))
            await asyncio.sleep_ms(0)
        async def send_ping(self):
            self.pings += 1
        def close(self):
            self.closed = True
        async def calls(self, count):
            for _ in range(300):
                found = [f for f in self.sent if f[0] == 2]
                if len(found) >= count:
                    return found[count - 1]
                await asyncio.sleep_ms(10)
            raise AssertionError("no call %d: %s" % (count, self.sent))

    class Settings:
        def __init__(self, **numbers):
            self.numbers = {"MessageTimeout": 1, "WebSocketPingInterval": 0, "TransactionMessageAttempts": 3,
                            "TransactionMessageRetryInterval": 1}
            self.numbers.update(numbers)
        def number(self, name):
            return self.numbers[name]

    class Queue:
        def __init__(self, *messages):
            self.messages, self.confirmed, self.skipped = list(messages), [], []
        def head(self):
            return self.messages[0] if self.messages else None
        def confirm(self, number):
            self.skipped.append(self.messages.pop(0)[0])
        def delivered(self, action, number, answer):
            self.confirmed.append(number)
            self.messages.pop(0)

    class Bed:
        def __init__(self, *messages, handle=lambda action, payload: None, **numbers):
            self.sockets, self.queue = [], Queue(*messages)
            self.link = Link(lambda: True, self.queue, Settings(**numbers))
            self.link.registered = True
            asyncio.create_task(self.link.run(self.connect, handle))
            asyncio.create_task(self.link.drain(self.queue.delivered))
            asyncio.create_task(self.watch())
        async def connect(self):
            self.sockets.append(Socket())
            return self.sockets[-1]
        async def watch(self):
            while True:
                await asyncio.sleep_ms(100)
                await self.link.watch()
        async def socket(self, count=1):
            for _ in range(500):
                if len(self.sockets) >= count and self.link.connected:
                    return self.sockets[count - 1]
                await asyncio.sleep_ms(10)
            raise AssertionError("no connection %d" % count)

    async def fails(call):
        try:
            await call
        except (LinkDown, CallTimeout, CallError) as error:
            return error
        raise AssertionError("no error")
"""


def play(source: str) -> str:
    body = "async def main():\n" + textwrap.indent(textwrap.dedent(source), "    ") + "\nasyncio.run(main())\n"
    return run(textwrap.dedent(PROLOGUE) + body)


def test_one_call_is_in_flight_and_the_next_waits_for_its_answer() -> None:
    play("""
        bed = Bed()
        socket = await bed.socket()
        first = asyncio.create_task(bed.link.call("A", {}))
        second = asyncio.create_task(bed.link.call("B", {}))
        message_id = (await socket.calls(1))[1]
        await asyncio.sleep_ms(50)
        assert len(socket.sent) == 1
        socket.come([3, message_id, {"n": 1}])
        assert await first == {"n": 1}
        other = await socket.calls(2)
        assert other[2] == "B" and other[1] != message_id and len(other[1]) <= 36
        socket.come([4, other[1], "InternalError", "no", {}])
        assert (await fails(second)).code == "InternalError"
    """)


def test_calls_that_wait_are_few_whoever_asks_for_them() -> None:
    play("""
        bed = Bed(MessageTimeout=60)
        socket = await bed.socket()
        ended = []
        async def one():
            try:
                ended.append(await bed.link.call("Heartbeat", {}))
            except LinkDown as error:
                ended.append(error)
        for _ in range(50):
            asyncio.create_task(one())
        await asyncio.sleep_ms(100)
        assert len(ended) == 40 and all(isinstance(error, LinkDown) for error in ended), ended
        for i in range(10):   # the others come, one after the other, and then there is room again
            socket.come([3, (await socket.calls(i + 1))[1], {}])
        await asyncio.sleep_ms(100)
        assert ended[40:] == [{}] * 10, ended
        asyncio.create_task(one())
        await socket.calls(11)
    """)


def test_a_late_answer_is_dropped_without_effect() -> None:
    play("""
        bed = Bed()
        socket = await bed.socket()
        late = asyncio.create_task(bed.link.call("A", {}))
        await socket.calls(1)
        await asyncio.sleep_ms(200)
        socket.come([3, "another", {}])   # something came: the link itself lives
        assert isinstance(await fails(late), CallTimeout)
        next = asyncio.create_task(bed.link.call("B", {}))
        call = await socket.calls(2)
        socket.come([3, socket.sent[0][1], {"late": True}])
        socket.come([3, call[1], {"late": False}])
        assert await next == {"late": False}
        assert bed.link.late_answers == 2
        assert len(bed.sockets) == 1
    """)


def test_a_call_from_the_other_side_is_answered_while_ours_is_open() -> None:
    play("""
        bed = Bed(handle=lambda action, payload: {"echo": payload} if action == "X" else None)
        socket = await bed.socket()
        ours = asyncio.create_task(bed.link.call("A", {}))
        call = await socket.calls(1)
        socket.come([2, "theirs", "X", {"v": 1}])
        await asyncio.sleep_ms(50)
        assert socket.sent[-1] == [3, "theirs", {"echo": {"v": 1}}]
        socket.come([3, call[1], {}])
        assert await ours == {}
    """)


def test_what_a_handler_wants_done_happens_after_its_answer() -> None:
    play("""
        done = []
        def handle(action, payload):
            return {"status": "Accepted"}, lambda: done.append(len(bed.sockets[0].sent))
        bed = Bed(handle=handle)
        socket = await bed.socket()
        socket.come([2, "a", "X", None])
        await asyncio.sleep_ms(50)
        assert done == [1] and socket.sent == [[3, "a", {"status": "Accepted"}]]
    """)


def test_a_failing_handler_is_an_internal_error_and_no_end() -> None:
    play("""
        def handle(action, payload):
            raise ValueError("inside")
        bed = Bed(handle=handle)
        socket = await bed.socket()
        socket.come([2, "a", "X", {}])
        await asyncio.sleep_ms(50)
        assert socket.sent[0][:3] == [4, "a", "InternalError"] and len(socket.sent[0]) == 5
        assert bed.link.connected
    """)


def test_without_registration_only_boot_leaves_and_rejected_hears_nothing() -> None:
    play("""
        bed = Bed((1, "StartTransaction", "{}"), handle=lambda action, payload: {})
        bed.link.registered = False
        socket = await bed.socket()
        assert isinstance(await fails(bed.link.call("StatusNotification", {})), LinkDown)
        asyncio.create_task(bed.link.call("BootNotification", {}, early=True))
        assert (await socket.calls(1))[2] == "BootNotification"
        bed.link.deaf = True
        socket.come([2, "a", "X", {}])
        await asyncio.sleep_ms(100)
        assert len(socket.sent) == 1
    """)


def test_a_silent_server_is_left_and_the_connection_made_again() -> None:
    play("""
        bed = Bed()
        socket = await bed.socket()
        assert isinstance(await fails(bed.link.call("A", {})), CallTimeout)
        again = await bed.socket(2)
        assert socket.closed and not again.closed
    """)


def test_a_missing_pong_ends_the_connection() -> None:
    play("""
        from firmware.ocpp import link
        bed = Bed(WebSocketPingInterval=1)
        socket = await bed.socket()
        await asyncio.sleep_ms(1400)
        assert socket.pings == 1
        socket.come([3, "a sign of life", {}])
        await asyncio.sleep_ms(1400)
        assert socket.pings == 2 and bed.link.connected
        socket.last_received_ms = time.ticks_add(time.ticks_ms(), -12_000)
        await bed.socket(2)
        assert socket.closed
    """)


def test_a_lost_link_is_no_try_and_the_same_message_comes_again() -> None:
    play("""
        bed = Bed((1, "StartTransaction", '{"n":1}'), (2, "StopTransaction", '{"n":2}'), TransactionMessageAttempts=1)
        for count in range(1, 4):
            socket = await bed.socket(count)
            call = await socket.calls(1)
            assert call[2:] == ["StartTransaction", {"n": 1}]
            if count < 3:
                socket.come(OSError(104))
        socket.come([3, call[1], {}])
        call = await socket.calls(2)
        assert call[2:] == ["StopTransaction", {"n": 2}]
        socket.come([3, call[1], {}])
        await asyncio.sleep_ms(50)
        assert bed.queue.confirmed == [1, 2] and not bed.queue.skipped
    """)


def test_failures_to_process_wait_longer_each_time_and_are_given_up_in_the_end() -> None:
    play("""
        bed = Bed((1, "StartTransaction", "{}"), (2, "StopTransaction", "{}"), TransactionMessageAttempts=3)
        socket = await bed.socket()
        at_ms = []
        for count in range(1, 4):
            call = await socket.calls(count)
            at_ms.append(time.ticks_ms())
            socket.come([4, call[1], "InternalError", "", {}])
        call = await socket.calls(4)
        assert call[2] == "StopTransaction" and bed.queue.skipped == [1]
        first, second = time.ticks_diff(at_ms[1], at_ms[0]), time.ticks_diff(at_ms[2], at_ms[1])
        assert 950 <= first <= 1500 and 1950 <= second <= 2500, (first, second)
    """)


def test_a_message_without_an_answer_is_sent_again_and_never_given_up() -> None:
    play("""
        bed = Bed((1, "StopTransaction", "{}"), TransactionMessageAttempts=1)
        socket = await bed.socket()
        for count in range(1, 3):
            call = await socket.calls(count)
            await asyncio.sleep_ms(200)
            socket.come([3, "a sign of life", {}])
        assert not bed.queue.skipped and bed.link.connected
    """)


def test_other_calls_may_overtake_a_message_that_waits_for_its_retry() -> None:
    play("""
        bed = Bed((1, "StartTransaction", "{}"))
        socket = await bed.socket()
        call = await socket.calls(1)
        socket.come([4, call[1], "InternalError", "", {}])
        begun = time.ticks_ms()
        heartbeat = asyncio.create_task(bed.link.call("Heartbeat", {}))
        call = await socket.calls(2)
        assert call[2] == "Heartbeat" and time.ticks_diff(time.ticks_ms(), begun) < 500
    """)
