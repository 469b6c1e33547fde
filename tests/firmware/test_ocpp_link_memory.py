"""The OCPP-J peer in a heap with little room left: what is too large is refused in words, and the link goes on."""
import textwrap

from tests.firmware.on_micropython import run
from tests.firmware.test_ocpp_link import PROLOGUE

HEAP_KIB = 160


def play(source: str) -> str:
    body = "async def main():\n" + textwrap.indent(textwrap.dedent(source), "    ") + "\nasyncio.run(main())\n"
    return run(textwrap.dedent(PROLOGUE) + body, heap_kib=HEAP_KIB)


def test_a_request_that_finds_no_room_is_refused_and_the_next_is_answered() -> None:
    play("""
        bed = Bed(handle=lambda action, payload: {"n": len(payload)})
        socket = await bed.socket()
        for start in (b'[2,"a","X",{"k":[', b'[2, "a\\\\",b" ,"X",{"k":['):
            socket.sent.clear()
            socket._come.append(start + b"[]," * 2500 + b"[]]}]")   # 8 kB of text, 160 kB and more of objects
            socket._news.set()
            await asyncio.sleep_ms(100)
            answer = socket.sent[0]
            assert answer[0] == 4 and answer[1][0] == "a" and answer[2] == "InternalError", answer
        socket.come([2, "b", "X", {"k": 1}])
        await asyncio.sleep_ms(50)
        assert socket.sent[1:] == [[3, "b", {"n": 1}]] and bed.link.connected
    """)


def test_an_answer_that_finds_no_room_is_a_failure_and_not_a_silence() -> None:
    play("""
        bed = Bed()
        socket = await bed.socket()
        asked = asyncio.create_task(bed.link.call("A", {}))
        message_id = (await socket.calls(1))[1]
        socket._come.append(b'[3,"%s",{"k":[' % message_id.encode() + b"[]," * 2500 + b"[]]}]")
        socket._news.set()
        assert (await fails(asked)).code == "InternalError"
        assert bed.link.connected
    """)


def test_the_objects_of_a_request_are_gone_while_its_answer_waits_for_the_network() -> None:
    play("""
        import gc
        held = []
        async def send(pieces):
            gc.collect()
            held.append(gc.mem_alloc())
        def handle(action, payload):
            gc.collect()
            held.append(gc.mem_alloc())
            return {}
        bed = Bed(handle=handle)
        socket = await bed.socket()
        socket.send = send
        socket._come.append(b'[2,"a","X",{"k":[' + b"[]," * 800 + b"[]]}]")
        socket._news.set()
        await asyncio.sleep_ms(100)
        assert held[0] - held[1] > 40_000, held
    """)
