"""Files up and down by HTTP on the real interpreter, against a server that also breaks in the ways that servers do."""
import asyncio
import ssl
import textwrap
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.firmware.file_server import FileServer, file_server
from tests.firmware.on_micropython import run
from tests.firmware.test_net_websocket import certificate

PROLOGUE = """
    import asyncio, gc
    from firmware.net import handshake, http
    CA = None
    async def open_stream(secure, host, port):
        return await asyncio.wait_for(handshake.opened(secure, host, port, CA), 5)
    async def fails(call):
        try:
            await call
        except (http.HttpError, OSError, ValueError) as error:
            return error
        raise AssertionError("no error")
    LINES = ["line %d é\\n" % i for i in range(500)]
    got = bytearray()
"""


async def play(source: str, heap_kib: int = 400, prologue: str = "") -> str:
    program = textwrap.dedent(PROLOGUE) + prologue
    program += "async def main():\n" + textwrap.indent(textwrap.dedent(source), "    ") + "\nasyncio.run(main())\n"
    return await asyncio.to_thread(run, program, heap_kib=heap_kib, timeout_s=60)


@pytest.fixture
async def server() -> AsyncIterator[FileServer]:
    async with file_server() as running:
        yield running


LINES = "".join(f"line {i} é\n" for i in range(500)).encode()


async def test_a_file_goes_up_in_pieces_and_arrives_byte_for_byte(server: FileServer) -> None:
    await play(f"""
        size, status = await http.send(open_stream, "PUT", "{server.url('/a%20b?c=d', 'me:se%40cret@')}", lambda: LINES)
        assert status == 201 and size == {len(LINES)}
        size, status = await http.send(open_stream, "POST", "{server.url('')}", lambda: ())
        assert status == 201 and size == 0
    """)
    assert server.received == [LINES, b""]
    first, second = server.requests
    assert (first.method, first.path, first.user) == ("PUT", "/a%20b?c=d", "me:se@cret")
    assert (second.method, second.path) == ("POST", "/")


async def test_a_file_larger_than_the_heap_goes_up_and_comes_down(server: FileServer) -> None:
    server.image = b"y" * 400_000
    await play(f"""
        text = lambda: ("x" * 99 for _ in range(4000))
        assert await http.send(open_stream, "PUT", "{server.url()}", text) == (396_000, 201)
        assert await http.fetch(open_stream, "{server.url()}", lambda view: None, 500_000) == 400_000
    """, heap_kib=160)
    assert server.received[0] == b"x" * 396_000


async def test_what_changes_between_counting_and_sending_never_breaks_the_length(server: FileServer) -> None:
    await play(f"""
        for texts in (["abcdef", "abc"], ["abc", "abcdef"]):
            left = list(texts)
            assert await http.send(open_stream, "PUT", "{server.url()}", lambda: (left.pop(0),)) == (len(texts[0]), 201)
    """)
    assert server.received == [b"abc\n\n\n", b"abc"]


async def test_a_refusal_before_the_body_was_read_is_heard(server: FileServer) -> None:
    server.habits = ["early-403"]
    await play(f"""
        _, status = await http.send(open_stream, "PUT", "{server.url()}", lambda: LINES * 40)
        assert status == 403
    """)


@pytest.mark.parametrize("habit", ["close", "silent"])
async def test_a_server_that_fails_midway_is_an_error_and_the_socket_is_let_go(server: FileServer, habit: str) -> None:
    server.habits = [habit]
    await play(f"""
        error = await fails(http.send(open_stream, "PUT", "{server.url()}", lambda: LINES))
        assert isinstance(error, (http.HttpError, OSError)), error
    """, prologue="http._STEP_TIMEOUT_S = 1\n")
    server.never.set()
    assert server.connections == 1


async def test_a_slow_server_is_waited_for(server: FileServer) -> None:
    server.habits = ["slow"]
    await play(f"""
        assert (await http.send(open_stream, "PUT", "{server.url()}", lambda: LINES))[1] == 201
    """)
    assert server.received == [LINES]


async def test_a_file_comes_down_byte_for_byte_also_after_a_redirect(server: FileServer) -> None:
    server.image = bytes(range(256)) * 300
    server.habits = ["slow", server.url("/elsewhere"), "ok"]
    printed = await play(f"""
        import binascii
        for i in range(2):
            crc = [0]
            def take(view): crc[0] = binascii.crc32(view, crc[0])
            print(await http.fetch(open_stream, "{server.url('/image')}", take, 100_000), crc[0])
    """)
    import binascii
    assert printed.split() == ["76800", str(binascii.crc32(server.image))] * 2
    assert [request.path for request in server.requests] == ["/image", "/image", "/elsewhere"]


@pytest.mark.parametrize("habit", ["404", "close", "no-length", "chunked", "long", "rubbish", "silent", "loop"])
async def test_what_is_no_whole_file_is_an_error(server: FileServer, habit: str) -> None:
    server.image = b"x" * 3000
    server.habits = [server.url() if habit == "loop" else habit]
    await play(f"""
        await fails(http.fetch(open_stream, "{server.url()}", got.extend, 100_000))
    """, prologue="http._STEP_TIMEOUT_S = 1\n")


async def test_what_takes_the_pieces_may_end_it(server: FileServer) -> None:
    server.image = b"x" * 30_000
    await play(f"""
        def take(view): raise OSError(28)
        assert (await fails(http.fetch(open_stream, "{server.url()}", take, 100_000))).errno == 28
    """)


async def test_the_host_is_named_as_signed_urls_expect_it() -> None:
    """Signatures of object stores cover the Host header, and leave the usual port out."""
    printed = await play("""
        class Nobody(Exception): pass
        class Wire:
            def write(self, text): print(text.split(chr(13))[1].strip())
            def drain(self): raise Nobody
            def close(self): pass
        async def open_stream(secure, host, port): return Wire(), Wire()
        asyncio.StreamReader = lambda connection: connection
        for url in ("http://a/", "https://b/", "http://c:443/", "https://d:80/", "http://e:80/"):
            try:
                await http.fetch(open_stream, url, None, 1)
            except Nobody:
                pass
    """)
    assert printed.split("\n")[:-1] == ["Host: a", "Host: b", "Host: c:443", "Host: d:80", "Host: e"]


async def test_urls() -> None:
    await play("""
        assert http.parts("http://h/p?q=1#f") == (False, "h", 80, "/p?q=1", "")
        assert http.parts("HTTPS://u:p@h:8443") == (True, "h", 8443, "/", "u:p")
        assert http.parts("https://h?q") == (True, "h", 443, "/?q", "")
        assert http.parts("ftp://h/p") is None and http.parts("file:///etc") is None
        for bad in ("", "h/p", "http://", "http:///p", "http://h:secret/", "http://h:0/", "http://h:99999/", "://h",
                    "http://h/a b", "http://h/a\\r\\nX: y", "http://h/é"):
            try:
                http.parts(bad)
            except ValueError as error:
                assert str(error) == "no URL"   # this is printed: no part of a password may be in it
                continue
            raise AssertionError(bad)
        assert str(await fails(http.fetch(open_stream, "http://u:p%zz@h/", None, 1))) == "no URL"
    """)


async def test_tls_verifies_the_server_as_the_link_does(tmp_path: Path) -> None:
    pem, authority = certificate(tmp_path)
    (tmp_path / "other").mkdir()
    _, stranger = certificate(tmp_path / "other")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    async with file_server(context) as server:
        await play(f"""
            assert (await http.send(open_stream, "PUT", "{server.url()}", lambda: LINES))[1] == 201
            error = await fails(http.fetch(open_stream, "{server.url()}", got.extend, 10))
        """, prologue=f"CA = {authority!r}\n")
        assert server.received[0] == LINES
        await play(f"""
            error = await fails(http.send(open_stream, "PUT", "{server.url()}", lambda: LINES))
            assert isinstance(error, (OSError, ValueError))
        """, prologue=f"CA = {stranger!r}\n")
        await play(f"""
            error = await fails(http.send(open_stream, "PUT", "{server.url()}", lambda: LINES))
            assert "certificate" in str(error)
        """)
        assert len(server.requests) == 2
