"""Every name leads to the set-up page, and no packet ends the board that is being set up."""
import socket
import struct
import subprocess
from collections.abc import Iterator

import pytest

from tests.firmware.on_micropython import REPOSITORY, interpreter, run

ADDRESS = bytes((192, 168, 4, 1))


def question(name: str, kind: int = 1, number: int = 0xBEEF) -> bytes:
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".") if part)
    return struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", kind, 1)


@pytest.fixture
def port() -> Iterator[int]:
    """The responder on a port of its own, on the real interpreter."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    program = f"""
import time
from firmware.setup.dns import Responder
responder = Responder("127.0.0.1", {number})
responder._address = {ADDRESS!r}
print("ready")
while True:
    responder.step()
    time.sleep_ms(5)
"""
    with subprocess.Popen([interpreter(), "-c", program], stdout=subprocess.PIPE,
                          env={"MICROPYPATH": f"{REPOSITORY}:.frozen"}) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        yield number
        process.kill()


def test_a_phones_questions_are_answered_and_garbage_is_not(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.settimeout(20)
        for garbage in (b"", b"x", b"\0" * 12, b"\xff" * 512, question("a")[:-1], b"\0" * 600):
            phone.sendto(garbage, ("127.0.0.1", port))
        asked = question("connectivitycheck.gstatic.com")
        phone.sendto(asked, ("127.0.0.1", port))
        reply = phone.recv(600)   # the first that comes: none of the others got one
        assert reply[:2] == asked[:2]
        assert struct.unpack(">HHHHH", reply[2:12]) == (0x8580, 1, 1, 0, 0)
        assert reply[12:] == asked[12:] + b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4" + ADDRESS
        phone.sendto(question("connectivitycheck.gstatic.com", kind=28), ("127.0.0.1", port))   # AAAA
        assert struct.unpack(">HHHHH", phone.recv(600)[2:12]) == (0x8580, 1, 0, 0, 0)


def test_no_packet_raises_and_only_a_whole_question_is_answered() -> None:
    out = run(f"""
        import random
        from firmware.setup.dns import replied
        random.seed(7)
        whole = {question("a.example.org")!r}
        for _ in range(20000):
            packet = bytearray(whole)
            for _ in range(random.getrandbits(2)):
                packet[random.randrange(len(packet))] = random.getrandbits(8)
            packet = bytes(packet[:random.randrange(len(packet) + 1)])
            reply = replied(packet, {ADDRESS!r})
            assert reply is None or (len(reply) <= len(packet) + 16 and reply[:2] == packet[:2])
        for broken in (whole[:-1], whole[:2] + b"\\x81" + whole[3:], whole[:12] + b"\\xc0\\x0c" + whole[14:]):
            assert replied(broken, {ADDRESS!r}) is None
        print(len(replied(whole, {ADDRESS!r})) - len(whole))
    """)
    assert out == "16\n"
