"""SendLocalList as it arrives: pieces of any size, fields in any order, bad lists, power cuts. On MicroPython."""
import asyncio
import contextlib
import json
import textwrap
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tests.firmware.on_micropython import run

PROLOGUE = """
    import asyncio, gc, json, os, time
    from tests.firmware.ram_flash import *
    from firmware.iso8601 import parse_iso
    from firmware.ocpp import local_auth_list
    from firmware.ocpp.link import CallError, Link
    from firmware.store import id_tag_files as files
    from firmware.store.id_tag_list import ListUpdate
    from firmware.store.id_tags import IdTags

    class Settings:
        def __init__(self, **numbers):
            self.numbers = {"LocalAuthListMaxLength": 10, "SendLocalListMaxLength": 6, "MessageTimeout": 5,
                            "WebSocketPingInterval": 0}
            self.numbers.update(numbers)
            self.enabled = True
        def number(self, name):
            return self.numbers[name]
        def is_true(self, name):
            return self.enabled

    class Bed:
        def __init__(self, **numbers):
            self.settings = Settings(**numbers)
            self.listed, self.cached = IdTags("/data/list", self.settings.number("LocalAuthListMaxLength")), IdTags(
                "/data/cache", 5)
            files.load(self.listed, True)
            files.load(self.cached)
            self.accepted = 0
        def receiver(self):
            update = ListUpdate(self.listed, self.cached, files, parse_iso)
            return local_auth_list.ListReceiver(self.settings, update, self.is_new)
        def is_new(self):
            self.accepted += 1
        async def take(self, text, size):
            receiver = self.receiver()
            data = memoryview(text if isinstance(text, bytes) else text.encode())
            try:
                for at in range(0, len(data), size):
                    await receiver.feed(data[at:at + size])
                return (await receiver.result())["status"]
            except CallError as error:
                return error.code
            finally:
                receiver.close()
        def send(self, payload, size=100):
            if not isinstance(payload, (str, bytes)):
                payload = json.dumps([2, "id", "SendLocalList", payload])
            return asyncio.run(self.take(payload, size))
        def tags(self):
            # what a new start finds on flash
            listed = IdTags("/data/list", 10)
            files.load(listed, True)
            assert (listed.index, listed.version) == (self.listed.index, self.listed.version)
            found = []
            with open("/data/list", "rb") as file:
                for _ in range(len(listed.index) // 2):
                    found.append(files.read_record(file)[0])
            assert all(listed.find(name) for name in found)
            assert not [name for name in os.listdir("/data") if "." in name]
            return found

    def tag(name, status="Accepted", **info):
        info["status"] = status
        return {"idTag": name, "idTagInfo": info}

    def full(version, *names):
        return {"listVersion": version, "updateType": "Full", "localAuthorizationList": [tag(n) for n in names]}

    def differential(version, *tags):
        return {"listVersion": version, "updateType": "Differential", "localAuthorizationList": list(tags)}
"""


def play(source: str, heap_kib: int = 4000) -> str:
    return run(textwrap.dedent(PROLOGUE) + textwrap.dedent(source), heap_kib=heap_kib, timeout_s=110)


def test_rule_39_a_full_list_replaces_the_old_one_and_survives() -> None:
    play("""
        flash = formatted()
        boot(flash)
        bed = Bed()
        assert bed.send(full(7, "a", "b", "c")) == "Accepted"
        assert bed.tags() == ["A", "B", "C"] and bed.listed.version == 7 and bed.accepted == 1
        assert bed.send(full(2, "X", "b")) == "Accepted"   # any version will do
        boot(flash)
        bed = Bed()
        assert bed.tags() == ["X", "B"] and bed.listed.version == 2
        assert bed.listed.find("b")[1:] == ("", 0, 0, "Accepted")
    """)


def test_rule_39_an_empty_list_has_version_0() -> None:
    play("""
        boot(formatted())
        bed = Bed()
        assert bed.listed.version == 0
        for empty in ({"localAuthorizationList": []}, {}, {"localAuthorizationList": None}):
            assert bed.send(full(7, "A")) == "Accepted" and bed.listed.version == 7
            empty.update({"listVersion": 9, "updateType": "Full"})
            assert bed.send(empty) == "Accepted"
            assert bed.listed.version == 0 and not os.listdir("/data") and not bed.listed.index
        assert bed.send(differential(1, tag("A"))) == "Accepted" and bed.tags() == ["A"]
        assert bed.send(differential(2, {"idTag": "a"})) == "Accepted" and bed.listed.version == 0
    """)


def test_rule_39_a_differential_list_adds_changes_and_deletes() -> None:
    play("""
        boot(formatted())
        bed = Bed()
        assert bed.send(full(3, "A", "B", "C", "D")) == "Accepted"
        assert bed.send(differential(4, {"idTag": "b"}, tag("C", "Blocked", parentIdTag="P"), tag("E"),
                                     {"idTag": "NEVER THERE"})) == "Accepted"
        assert bed.tags() == ["A", "D", "C", "E"] and bed.listed.version == 4
        assert bed.listed.find("c")[1:] == ("P", 0, 0, "Blocked")
        assert bed.send(differential(9)) == "Accepted" and bed.listed.version == 9 and len(bed.tags()) == 4
    """)


def test_rule_39_a_differential_list_must_be_newer_and_versions_positive() -> None:
    play("""
        boot(formatted())
        bed = Bed()
        assert bed.send(full(3, "A")) == "Accepted"
        for version in (3, 2, 1, 0, -1):
            assert bed.send(differential(version, tag("B"))) == "VersionMismatch"
        for version in (0, -1):
            assert bed.send(full(version, "B")) == "Failed"
        assert bed.tags() == ["A"] and bed.listed.version == 3 and bed.accepted == 1
        # with records lost nobody knows what the difference would be to
        with open("/data/list", "r+b") as file:
            file.write(b"x")
        bed = Bed()
        assert bed.send(differential(8, tag("B"))) == "VersionMismatch"
        assert bed.send(full(8, "B")) == "Accepted" and bed.tags() == ["B"]
    """)


def test_rule_39_a_switched_off_list_has_no_version_and_takes_none() -> None:
    play("""
        boot(formatted())
        bed = Bed()
        class Device:
            class charge_point:
                authorizer = bed
            configuration = bed.settings
        assert bed.send(full(3, "A")) == "Accepted"
        version = local_auth_list.HANDLERS["GetLocalListVersion"]
        assert version(Device, {}) == {"listVersion": 3}
        bed.settings.enabled = False
        assert version(Device, {}) == {"listVersion": -1}
        assert bed.send(full(4, "B")) == "NotSupported" and bed.tags() == ["A"]
    """)


def test_rule_40_more_than_there_is_room_for_fails_and_keeps_the_old_list() -> None:
    play("""
        boot(formatted())
        bed = Bed()
        assert bed.send(full(3, *"ABCDEF")) == "Accepted"
        assert bed.send(full(4, *"ABCDEFG")) == "Failed"                            # SendLocalListMaxLength
        assert bed.send(differential(4, *[tag(n) for n in "GHIJK"])) == "Failed"   # LocalAuthListMaxLength
        assert bed.tags() == list("ABCDEF") and bed.listed.version == 3
        assert bed.send(differential(4, {"idTag": "A"}, *[tag(n) for n in "GHIJK"])) == "Accepted"
        assert bed.tags() == list("BCDEFGHIJK")
        bed.settings.numbers["LocalAuthListMaxLength"] = 3
        assert bed.send(full(5, *"ABCD")) == "Failed" and len(bed.tags()) == 10
    """)


def test_rule_40_a_bad_list_is_answered_and_the_old_one_stays() -> None:
    play(r'''
        boot(formatted())
        bed = Bed()
        assert bed.send(full(3, "A")) == "Accepted"
        head, end = '[2,"id","SendLocalList",', ',"listVersion":4,"updateType":"Full"}]'
        def whole(listed):
            return head + '{"localAuthorizationList":' + listed + end
        good = '{"idTag":"B","idTagInfo":{"status":"Accepted"}}'
        whole_tag = "[%s]" % good
        for listed, code in (
                ("[%s,%s]" % (good, good.replace("B", "b")), "Failed"),   # twice the same
                ('[{"idTag":"B"}]', "Failed"),                            # a deletion in a full list
                ('[{"idTagInfo":{"status":"Accepted"}}]', "ProtocolError"),
                ('[{"idTag":"B","idTagInfo":{}}]', "ProtocolError"),
                ('[{"idTag":7,"idTagInfo":{"status":"Accepted"}}]', "TypeConstraintViolation"),
                ('[{"idTag":"B","idTagInfo":"Accepted"}]', "TypeConstraintViolation"),
                ('[{"idTag":"B","idTagInfo":{"status":1}}]', "TypeConstraintViolation"),
                ('[{"idTag":"B","idTagInfo":{"status":"Accepted","parentIdTag":1}}]', "TypeConstraintViolation"),
                ('[{"idTag":"","idTagInfo":{"status":"Accepted"}}]', "PropertyConstraintViolation"),
                ('[{"idTag":"%s","idTagInfo":{"status":"Accepted"}}]' % ("B" * 21), "PropertyConstraintViolation"),
                ('[{"idTag":"B","idTagInfo":{"status":"Fine"}}]', "PropertyConstraintViolation"),
                (whole_tag.replace("}}", ',"expiryDate":"soon"}}'), "PropertyConstraintViolation"),
                ('[{"idTag":"B\\u00e9","idTagInfo":{"status":"Accepted"}}]', "PropertyConstraintViolation"),
                ("[%s%s]" % (good, good.replace("B", "C")), "FormationViolation"),
                ("[%s,]" % good, "FormationViolation"),
                ("[,%s]" % good, "FormationViolation"), ("[%s}" % good, "FormationViolation"),
                ('["B"]', "FormationViolation"), ("[null]", "FormationViolation"), ("[[]]", "FormationViolation"),
                ('{"idTag":"B"}', "FormationViolation"), ("7", "FormationViolation"),
                ("[%s" % good, "FormationViolation"), ("[%s]]" % good, "FormationViolation"),
                ('[{"idTag":"B","idTagInfo":{"status":}}]', "ProtocolError"),
                ('[{"idTag":"B","x":%s}]' % ("[1]" * 300), "FormationViolation"),
                ("[%s" % ("{" * 9000), "FormationViolation")):
            answer = bed.send(whole(listed))
            assert answer == code or code == "ProtocolError" and answer == "FormationViolation", (listed[:90], answer)
            assert bed.tags() == ["A"] and bed.listed.version == 3
        for message, code in (
                (head + '{"updateType":"Full"}]', "ProtocolError"), (head + '{"listVersion":4}]', "ProtocolError"),
                (head + '{"listVersion":"4","updateType":"Full"}]', "TypeConstraintViolation"),
                (head + '{"listVersion":4,"updateType":"Half"}]', "PropertyConstraintViolation"),
                (head + "[]]", "FormationViolation"), (head[:-1] + "]", "FormationViolation"),
                (head + '{"listVersion":4,"updateType":"Full"', "FormationViolation"),
                (head + '{"x":"%s"' % ("y" * 3000), "FormationViolation"),
                (whole(whole_tag)[:-1].encode() + b"\xff\xfe", "FormationViolation"),
                (whole(whole_tag + ',"localAuthorizationList":[]'), "FormationViolation"),
                (head + '{"localAuthorization\\u004cist":[%s]' % good + end, "FormationViolation")):
            assert bed.send(message) == code, message[:90]
            assert bed.tags() == ["A"] and bed.listed.version == 3
    ''')


def test_pieces_of_any_size_and_fields_in_any_order_make_the_same_list() -> None:
    play(r'''
        boot(formatted())
        bed = Bed()
        def expect(text):
            for size in list(range(1, 40)) + [512, 100000]:
                bed.send(full(1))
                assert bed.send(text, size) == "Accepted", size
                assert bed.tags() == ['Q"\\]},{[', "B"], bed.tags()
                assert bed.listed.find('q"\\]},{[')[1:] == ("p:[", parse_iso("2030-01-01T00:00:00Z"), 0, "Accepted")
                assert bed.listed.find("B")[4] == "Blocked" and bed.listed.version == 5
        listed = """[ {"idTag" :"q\\"\\\\]},{[", "idTagInfo": {"expiryDate":"2030-01-01T00:00:00.000Z" ,
            "parentIdTag":"p:[", "status" : "\\u0041ccepted"}}\t,\r\n {"idTagInfo":{"status":"Blocked","x":[{}, [1]]},
            "idTag":"B","customData":{"localAuthorizationList":[1,2]}} ]"""
        first = ' [ 2 , "an id" , "SendLocalList" , { '
        expect(first + '"localAuthorizationList" : ' + listed + ' , "updateType":"Full" ,"listVersion" : 5 } ] ')
        expect(first + '"updateType":"Full" ,"listVersion" : 5,"x":[1,[2]],"localAuthorizationList":' + listed + "}]")
        expect(first + '"listVersion":5,"localAuthorizationList":\n' + listed + ',"updateType":"Full"}]')
    ''')


def test_a_version_that_no_record_holds_is_not_taken() -> None:
    play("""
        flash = formatted()
        boot(flash)
        bed = Bed()
        assert bed.send(full(0xFFFFFFFF, "A")) == "Accepted"
        for version in (0x100000000, 1 << 70, 0, -1):
            assert bed.send(full(version, "B")) == "Failed"
        boot(flash)
        bed = Bed()
        assert bed.tags() == ["A"] and bed.listed.version == 0xFFFFFFFF
    """)


def test_what_is_listed_leaves_the_cache() -> None:
    play("""
        flash = formatted()
        boot(flash)
        bed = Bed()
        for name in "ABC":
            files.put(bed.cached, name, "", 0, "Accepted", 0)
        assert bed.send(full(1, "B", "X")) == "Accepted"
        assert [bool(bed.cached.find(name)) for name in "ABC"] == [True, False, True]
        boot(flash)
        bed = Bed()
        assert [bool(bed.cached.find(name)) for name in "ABC"] == [True, False, True]
    """)


def test_rule_40_a_power_cut_at_each_write_leaves_the_old_list_or_the_new() -> None:
    printed = play("""
        full_names = ["T%d" % i for i in range(90)]   # more than one block of flash
        for kind in ("full", "differential", "deleted"):
            cuts = 0
            while True:
                flash = formatted(24)
                boot(flash)
                bed = Bed(LocalAuthListMaxLength=100, SendLocalListMaxLength=100)
                assert bed.send(full(1, *full_names), 512) == "Accepted"
                files.put(bed.cached, "NEW", "", 0, "Accepted", 0)
                old = (1, bytes(bed.listed.index))
                flash.cut_at = flash.writes + cuts
                try:
                    message = {"full": full(2, "NEW", *full_names[10:]), "deleted": full(2),
                               "differential": differential(2, {"idTag": "T5"}, tag("NEW"))}[kind]
                    done = bed.send(message, 512) == "Accepted"
                except PowerCut:
                    done = False
                new = (bed.listed.version, bytes(bed.listed.index))
                boot(flash)
                bed = Bed(LocalAuthListMaxLength=100, SendLocalListMaxLength=100)
                now = (bed.listed.version, bytes(bed.listed.index))
                if done:
                    assert now == new != old
                    break
                assert now == old or now[0] == {"full": 2, "deleted": 0, "differential": 2}[kind], now[0]
                assert bed.send(full(3, "AGAIN"), 512) == "Accepted" and bed.tags() == ["AGAIN"]
                assert bed.send(full(4, *full_names), 512) == "Accepted"
                cuts += 1
            print(kind, cuts)
    """)
    cuts = dict(line.split() for line in printed.splitlines() if line.split()[0] in ("full", "differential", "deleted"))
    assert int(cuts["full"]) > 20
    assert int(cuts["differential"]) > 20


# Over a real WebSocket and the link


@contextlib.asynccontextmanager
async def central(converse: Callable[[ServerConnection], Any]) -> AsyncIterator[Server]:
    async with serve(converse, "127.0.0.1", 0, subprotocols=["ocpp1.6"], compression=None) as server:  # type: ignore[list-item]
        yield server


async def converse(*works: Callable[[ServerConnection], Any], heap_kib: int = 1200, most: int = 500) -> str:
    """Play the firmware's link against `works`, one a connection; what it printed."""
    done = []

    async def serve_one(connection: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            await works[len(done)](connection)
            done.append(True)
        await connection.close()

    async with central(serve_one) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        program = textwrap.dedent(PROLOGUE) + textwrap.dedent("""
            from firmware.net import handshake
            boot(formatted(40))   # its 160 kB are in this heap too
            gc.collect()
            bed = Bed(LocalAuthListMaxLength=MOST, SendLocalListMaxLength=MOST)
            over, connections = asyncio.Event(), []
            async def connect():
                if len(connections) == WORKS:
                    over.set()
                    await asyncio.sleep(60)
                connections.append(None)
                return await handshake.connect("ws://127.0.0.1:PORT/ocpp", "CP1", b"CP1:secret", "ocpp1.6")
            async def watch():
                while True:   # the energy path must get its turn
                    began = time.ticks_ms()
                    await asyncio.sleep_ms(5)
                    global longest_ms
                    longest_ms = max(longest_ms, time.ticks_diff(time.ticks_ms(), began))
            def handle(action, payload):
                return {"tags": len(bed.listed.index) // 2, "version": bed.listed.version, "ms": longest_ms,
                        "files": os.listdir("/data")}
            longest_ms = 0
            async def main():
                asyncio.create_task(watch())
                class Nothing:
                    def head(self):
                        return None
                link = Link(lambda: True, Nothing(), bed.settings)
                running = asyncio.create_task(link.run(connect, handle, ("SendLocalList", bed.receiver)))
                await over.wait()
            asyncio.run(main())
        """).replace("PORT", str(port)).replace("MOST", str(most)).replace("WORKS", str(len(works)))
        printed = await asyncio.to_thread(run, program, heap_kib=heap_kib, timeout_s=20)
    assert len(done) == len(works), printed
    return printed


def send_list(version: int, count: int, **more: Any) -> str:
    listed = [{"idTag": f"04A1B2C3D4E5{i:04d}", "idTagInfo": {
        "status": "Accepted", "parentIdTag": f"FLEET{i:04d}", "expiryDate": "2030-01-01T00:00:00.000Z"}}
        for i in range(count)]
    return json.dumps([2, f"list-{version}", "SendLocalList", {
        "listVersion": version, "localAuthorizationList": listed, "updateType": "Full", **more}])


async def ask(connection: ServerConnection, message: Any = None) -> Any:
    if message is not None:
        await connection.send(message)
    return json.loads(await asyncio.wait_for(connection.recv(), 20))


WHAT = '[2,"what","What",{}]'


async def test_500_tags_in_80_kb_arrive_whole_and_in_fragments_beside_pings() -> None:
    async def work(connection: ServerConnection) -> None:
        text = send_list(3, 500)
        assert 65_536 < len(text) < 81_920
        assert await ask(connection, text) == [3, "list-3", {"status": "Accepted"}]
        now = (await ask(connection, WHAT))[2]
        assert (now["tags"], now["version"], now["files"]) == (500, 3, ["list"])
        assert now["ms"] < 100
        text = send_list(4, 400)
        parts = [text[:3], text[3:600], *[text[at:at + 1700] for at in range(600, len(text), 1700)]]

        async def slowly() -> AsyncIterator[str]:
            for part in parts:
                yield part
                await (await connection.ping())

        assert await ask(connection, slowly()) == [3, "list-4", {"status": "Accepted"}]
        assert (await ask(connection, WHAT))[2]["tags"] == 400

    await converse(work)


def test_500_tags_are_never_held_as_text_or_objects() -> None:
    printed = play("""
        boot(formatted(40))
        bed = Bed(LocalAuthListMaxLength=500, SendLocalListMaxLength=500)
        def pieces():
            yield '[2,"id","SendLocalList",{"listVersion":1,"updateType":"Full","localAuthorizationList":['
            for i in range(500):
                yield '%s{"idTag":"04A1B2C3D4E5%04d","idTagInfo":{"status":"Accepted","parentIdTag":"F%04d"}}' % (
                    "," if i else "", i, i)
            yield "]}]"
        async def main():
            most = 0
            gc.collect()
            before = gc.mem_alloc()
            receiver = bed.receiver()
            for i, piece in enumerate(pieces()):
                await receiver.feed(memoryview(piece.encode()))
                if i % 20 == 0:
                    gc.collect()
                    most = max(most, gc.mem_alloc() - before)
            assert (await receiver.result())["status"] == "Accepted"
            receiver.close()
            print("most", most)
        asyncio.run(main())
    """)
    most = int(printed.split("most")[1])
    assert most <= 7 * 1024   # the receiver, an open file and two bytes a tag


@pytest.mark.parametrize(("message", "code"), [
    (send_list(3, 5, padding="x" * 90_000), 1009),
    ('[2,"a","DataTransfer",{"vendorId":"v","data":"%s"}]' % ("x" * 9000), 1009),
    ('[2,"a","DataTransfer",{"vendorId":"SendLocalList","data":"\\"SendLocalList\\"%s"}]' % ("x" * 9000), 1009),
    ('[3,"a",{"x":"SendLocalList","y":"%s"}]' % ("x" * 9000), 1009),
])
async def test_what_is_too_long_ends_the_connection(message: str, code: int) -> None:
    codes = []

    async def work(connection: ServerConnection) -> None:
        await connection.send(message)
        with pytest.raises(ConnectionClosed):
            await connection.recv()
        codes.append(connection.close_code)

    await converse(work)
    assert codes == [code]


async def test_up_to_8_kb_any_other_message_is_still_held_whole() -> None:
    async def work(connection: ServerConnection) -> None:
        filler = "x" * 7000
        assert (await ask(connection, f'[2,"a","What",{{"x":"{filler}"}}]'))[:2] == [3, "a"]
        text = f'[2,"b","What",{{"x":"{filler}"}}]'

        async def parts() -> AsyncIterator[str]:
            for at in range(0, len(text), 700):
                yield text[at:at + 700]

        assert (await ask(connection, parts()))[:2] == [3, "b"]
        assert (await ask(connection, WHAT))[:2] == [3, "what"]

    await converse(work)


async def test_bad_lists_are_answered_under_their_id_and_the_link_lives() -> None:
    async def work(connection: ServerConnection) -> None:
        assert (await ask(connection, send_list(1, 3)))[2] == {"status": "Accepted"}
        text = send_list(2, 60)
        broken = text.replace('"idTag": "04A1B2C3D4E50050"', '"idTag": 7')
        assert (await ask(connection, broken))[:3] == [4, "list-2", "TypeConstraintViolation"]
        assert (await ask(connection, text[:-3]))[:3] == [4, "list-2", "FormationViolation"]
        assert (await ask(connection, text.replace("list-2", "x" * 37)))[2] == "FormationViolation"
        assert (await ask(connection, send_list(2, 501)))[2] == {"status": "Failed"}
        now = (await ask(connection, WHAT))[2]
        assert (now["tags"], now["version"], now["files"]) == (3, 1, ["list"])
        assert (await ask(connection, text))[2] == {"status": "Accepted"}
        text = send_list(3, 60).replace("list-3", "SendLocalList")   # an id may be anything
        assert await ask(connection, text) == [3, "SendLocalList", {"status": "Accepted"}]

    await converse(work)


async def test_a_connection_lost_midway_leaves_the_old_list() -> None:
    async def work(connection: ServerConnection) -> None:
        assert (await ask(connection, send_list(1, 3)))[2] == {"status": "Accepted"}
        text = send_list(2, 200)

        async def half() -> AsyncIterator[str]:
            yield text[:20_000]
            await (await connection.ping())   # it has taken what came before
            connection.transport.abort()
            yield ""

        with pytest.raises(ConnectionClosed):
            await connection.send(half())

    async def then(connection: ServerConnection) -> None:
        now = (await ask(connection, WHAT))[2]
        assert (now["tags"], now["version"], now["files"]) == (3, 1, ["list"])

    assert "link.down" in await converse(work, then)
