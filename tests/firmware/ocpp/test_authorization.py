"""Who may charge: list, cache, upstream and the offline rules, on the real interpreter with power cuts and damage."""
import textwrap

from tests.firmware.on_micropython import run

PROLOGUE = """
    import asyncio, os
    from tests.firmware.ram_flash import *
    from firmware import authorization
    from firmware.authorizer import Authorizer
    from firmware.iso8601 import parse_iso
    from firmware.store import id_tag_files as files
    from firmware.store.id_tags import RECORD_SIZE, IdTags

    class Settings:
        def __init__(self):
            self.on = {"LocalAuthListEnabled": True, "AuthorizationCacheEnabled": True, "LocalPreAuthorize": False,
                       "LocalAuthorizeOffline": True, "AllowOfflineTxForUnknownId": False}
        def is_true(self, name):
            return self.on[name]

    class Clock:
        trusted, now = True, parse_iso("2026-06-01T12:00:00Z")
        def now_s(self):
            return self.now
        def parse(self, text):
            return parse_iso(text)

    class Bed:
        def __init__(self, longest=5):
            self.settings, self.clock, self.online, self.asked = Settings(), Clock(), True, []
            self.upstream = {}
            self.listed, self.cached = IdTags("/data/list", 10), IdTags("/data/cache", longest)
            files.load(self.listed, True)
            files.load(self.cached)
            self.authorizer = Authorizer(lambda: authorization, lambda: files, self.ask, lambda: self.online,
                                         self.settings, self.clock, self.listed, self.cached)
        async def ask(self, id_tag):
            if not self.online:
                return None
            self.asked.append(id_tag)
            return self.upstream.get(id_tag, {"status": "Invalid"})
        def decide(self, id_tag):
            decision = asyncio.run(self.authorizer.decide(id_tag))
            authorization.keep(self.authorizer)
            return decision
        def hear(self, id_tag, status="Accepted", **info):
            info["status"] = status
            async def hear():
                self.authorizer.heard(id_tag, info)
            asyncio.run(hear())
            authorization.keep(self.authorizer)
        def status(self, id_tag):
            return self.authorizer.known(id_tag)[0]

    def write_list(version, *tags):
        # (idTag, status, parent, expiry)
        with open("/data/list", "wb") as file:
            for tag in tags:
                id_tag, status, parent, expiry_s = (tag + ("Accepted", "", 0)[len(tag) - 1:])[:4]
                file.write(files.record(id_tag.upper(), parent, expiry_s, 0, status))
            file.write(files.record("", "", version, len(tags), ""))

    def full(name="cache"):
        return os.stat("/data/" + name)[6] // RECORD_SIZE
"""


def play(source: str, heap_kib: int = 4000) -> str:
    return run(textwrap.dedent(PROLOGUE) + textwrap.dedent(source), heap_kib=heap_kib, timeout_s=110)


def test_rule_31_every_answer_feeds_the_cache_and_it_survives_a_power_cut() -> None:
    play("""
        flash = formatted()
        boot(flash)
        bed = Bed()
        bed.upstream["CARD"] = {"status": "Accepted", "parentIdTag": "Fleet", "expiryDate": "2026-07-01T00:00:00Z"}
        assert bed.decide("CARD") == (True, "Fleet", "Accepted")
        bed.hear("other", "Blocked")   # of StartTransaction or StopTransaction
        boot(flash)
        bed = Bed()
        bed.online = False
        assert bed.decide("card") == (True, "Fleet", "Offline")   # an idTag knows no case
        assert bed.decide("OTHER") == (False, "", "Blocked")
        assert bed.decide("NEVER SEEN") == (False, "", "Offline")
        assert not bed.asked
    """)


def test_rule_31_a_cached_entry_expires_with_time() -> None:
    play("""
        boot(formatted())
        bed = Bed()
        bed.hear("A", expiryDate="2026-06-01T12:00:10+00:00")
        bed.hear("B", expiryDate="2026-06-01T13:00:10+01:00")
        bed.online = False
        assert bed.decide("A")[0] and bed.decide("B")[0]
        bed.clock.now += 10
        assert bed.decide("A") == (False, "", "Expired") == bed.decide("B")
        bed.settings.on["AllowOfflineTxForUnknownId"] = True
        assert bed.decide("A") == (False, "", "Expired")
    """)


def test_rule_31_a_full_cache_drops_what_is_not_valid_then_the_oldest() -> None:
    play("""
        boot(formatted())
        bed = Bed()
        for name in "ABCDE":
            bed.hear(name, "Blocked" if name == "D" else "Accepted", **(
                {"expiryDate": "2026-06-01T12:00:10Z"} if name == "B" else {}))
        bed.clock.now += 20   # now B is over
        bed.hear("F")
        assert bed.status("B") == "" and full() == 5   # no good, and older than D
        bed.hear("G")
        assert bed.status("D") == ""
        bed.hear("A")   # used: no longer the oldest, as half of the cache is younger
        bed.hear("H")
        assert [bed.status(name) for name in "ABCDEFGH"] == [
            "Accepted", "", "", "", "Accepted", "Accepted", "Accepted", "Accepted"]
        assert full() == 5
        bed = Bed()   # as after a restart
        bed.hear("I")
        assert bed.status("E") == "" and bed.status("A") == "Accepted"
    """)


def test_the_cache_is_written_only_when_something_changed() -> None:
    play("""
        flash = formatted()
        boot(flash)
        bed = Bed(50)
        bed.upstream["CARD"] = {"status": "Accepted"}
        bed.decide("CARD")
        before = flash.writes
        for _ in range(100):
            assert bed.decide("CARD")[0]
        assert flash.writes == before
        bed.upstream["CARD"] = {"status": "Blocked"}
        bed.decide("CARD")
        assert flash.writes > before and full() == 1
    """)


def test_a_made_up_uid_of_a_phone_is_never_cached() -> None:
    play("""
        boot(formatted())
        bed = Bed()
        for name in ("08A1B2C3", "08A1B2C3D4E5F6", "18A1B2C3"):
            bed.upstream[name] = {"status": "Accepted"}
            assert bed.decide(name)[0]
        assert [bed.status(name) for name in bed.upstream] == [
            "" if name == "08A1B2C3" else "Accepted" for name in bed.upstream]
    """)


def test_what_no_id_tag_can_be_is_not_kept() -> None:
    play("""
        boot(formatted())
        bed = Bed()
        bed.hear("X" * 21)
        bed.hear("ZÜRICH")
        bed.hear("A", parentIdTag="P" * 21)
        bed.hear("B", expiryDate="tomorrow")
        bed.hear("C", 7)
        bed.hear("D", None)
        bed.hear("E", "Splendid")
        assert not bed.cached.index
        bed.hear("F", parentIdTag=None, expiryDate=None)
        bed.hear("G", expiryDate="9999-12-31T23:59:59Z")
        assert bed.status("F") == bed.status("G") == "Accepted"
    """)


def test_rule_32_a_cached_refusal_is_asked_again_while_online() -> None:
    play("""
        boot(formatted())
        for pre in (False, True):
            bed = Bed()
            bed.settings.on["LocalPreAuthorize"] = pre
            bed.hear("CARD", "Invalid")
            bed.upstream["CARD"] = {"status": "Accepted"}
            assert bed.decide("CARD") == (True, "", "Accepted") and bed.asked == ["CARD"]
            assert bed.status("CARD") == "Accepted"
    """)


def test_rule_33_the_list_beats_the_cache_and_its_tags_never_enter_it() -> None:
    play("""
        boot(formatted())
        bed = Bed()
        bed.hear("CARD", "Accepted")
        write_list(3, ("CARD", "Blocked"), ("GOOD",))
        bed = Bed()
        bed.upstream["CARD"] = bed.upstream["GOOD"] = {"status": "Accepted"}
        assert bed.decide("GOOD")[0] and bed.decide("CARD")[0]
        bed.hear("good", "Accepted")
        assert bed.cached.find("GOOD") is None and bed.listed.version == 3
        bed.online = False
        assert bed.decide("CARD") == (False, "", "Blocked")
        bed.settings.on["LocalAuthListEnabled"] = False
        assert bed.decide("CARD")[0]   # the cache is asked then
        bed.settings.on["AuthorizationCacheEnabled"] = False
        assert not bed.decide("CARD")[0]
    """)


def test_rule_34_offline_and_pre_authorization_are_two_switches() -> None:
    play("""
        boot(formatted())
        write_list(1, ("LISTED", "Accepted", "GROUP"))
        bed = Bed()
        bed.hear("CACHED")
        seen = {}
        for pre in (False, True):
            for offline in (False, True):
                bed.settings.on.update({"LocalPreAuthorize": pre, "LocalAuthorizeOffline": offline})
                for online in (False, True):
                    for name in ("LISTED", "CACHED"):
                        bed.online, bed.asked = online, []
                        bed.upstream[name] = {"status": "Accepted"}
                        may = bed.decide(name)[0]
                        assert may == (online or offline), (pre, offline, online)
                        assert bed.asked == ([name] if online and not pre else [])
        assert bed.decide("LISTED") == (True, "GROUP", "Accepted")
    """)


def test_rule_35_unknown_ones_may_offline_but_not_those_known_as_no_good() -> None:
    play("""
        boot(formatted())
        write_list(1, ("OVER", "Accepted", "", Clock.now), ("BLOCKED", "Blocked"), ("GOOD",))
        bed = Bed()
        bed.hear("CACHED", "Invalid")
        bed.settings.on["AllowOfflineTxForUnknownId"] = True
        bed.online = False
        assert bed.decide("STRANGER") == (True, "", "Offline")
        assert bed.decide("GOOD")[0]
        for name, status in (("OVER", "Expired"), ("BLOCKED", "Blocked"), ("CACHED", "Invalid")):
            assert bed.decide(name) == (False, "", status)
        bed.settings.on["LocalAuthorizeOffline"] = False
        assert bed.decide("GOOD")[0]   # at least as welcome as a stranger
        bed.settings.on["AllowOfflineTxForUnknownId"] = False
        assert not bed.decide("STRANGER")[0] and not bed.decide("GOOD")[0]
    """)


def test_rule_29_nothing_is_decided_offline_without_the_time() -> None:
    play("""
        boot(formatted())
        bed = Bed()
        bed.hear("CARD")
        bed.settings.on["AllowOfflineTxForUnknownId"] = True
        bed.online, bed.clock.trusted = False, False
        assert not bed.decide("CARD")[0] and not bed.decide("STRANGER")[0]
    """)


def test_rule_38_list_and_central_system_disagree() -> None:
    play("""
        boot(formatted())
        write_list(1, ("GOOD",), ("BLOCKED", "Blocked"), ("OVER", "Accepted", "", Clock.now))
        for name, status, conflict in (
                ("GOOD", "Accepted", False), ("GOOD", "ConcurrentTx", False), ("BLOCKED", "Invalid", False),
                ("UNLISTED", "Blocked", False), ("OVER", "Expired", False),
                ("GOOD", "Blocked", True), ("BLOCKED", "Accepted", True), ("OVER", "Accepted", True)):
            bed = Bed()
            bed.hear(name, status)
            assert bed.authorizer.conflict == conflict, (name, status)
        bed.authorizer.list_is_new()
        assert not bed.authorizer.conflict
    """)


def test_rule_41_clearing_forgets_on_flash_too_and_needs_a_cache() -> None:
    play("""
        flash = formatted()
        boot(flash)
        bed = Bed()
        bed.hear("CARD")
        bed.settings.on["AuthorizationCacheEnabled"] = False
        assert not bed.authorizer.clear_cache()
        bed.settings.on["AuthorizationCacheEnabled"] = True
        assert bed.status("CARD") == "Accepted"
        assert bed.authorizer.clear_cache() and bed.authorizer.clear_cache()
        assert bed.status("CARD") == ""
        bed.hear("NEXT")
        boot(flash)
        bed = Bed()
        assert (bed.status("CARD"), bed.status("NEXT")) == ("", "Accepted")
    """)


def test_a_power_cut_at_each_write_of_the_cache_leaves_the_old_or_the_new() -> None:
    play("""
        for last in ("new", "same place", "full", "clear"):
            cut = 0
            while True:
                flash = formatted(24)
                boot(flash)
                bed = Bed(3)
                for name in "AB" + ("C" if last == "full" else ""):
                    bed.hear(name)
                flash.cut_at = flash.writes + cut
                try:
                    if last == "clear":
                        bed.authorizer.clear_cache()
                    else:
                        bed.hear(*("A", "Blocked") if last == "same place" else ("D",))
                    done = True
                except PowerCut:
                    done = False
                boot(flash)
                bed = Bed(3)
                now = {name: bed.status(name) for name in "ABCD" if bed.status(name)}
                old = {"A": "Accepted", "B": "Accepted"}
                if last == "full":
                    old["C"] = "Accepted"
                new = {"new": {"A": "Accepted", "B": "Accepted", "D": "Accepted"},
                       "same place": {"A": "Blocked", "B": "Accepted"},
                       "full": {"B": "Accepted", "C": "Accepted", "D": "Accepted"}, "clear": {}}[last]
                assert now == new if done else now in (old, new), (last, cut, now)
                bed.hear("E")
                assert bed.status("E") == "Accepted"
                if done:
                    break
                cut += 1
            assert cut >= (1 if last == "clear" else 2), last
    """)


def test_rubbish_in_the_files_is_no_card_and_can_be_written_over() -> None:
    printed = play("""
        rubbish = bytes(range(256)) * 3
        for size in (1, RECORD_SIZE - 1, RECORD_SIZE, RECORD_SIZE * 3 + 7, 768):
            for kind in (rubbish[:size], bytes(size), b"\\xff" * size):
                boot(formatted())
                for name in ("list", "cache", "list.part", "list.new"):
                    with open("/data/" + name, "wb") as file:
                        file.write(kind)
                bed = Bed()
                assert bed.listed.version == 0 and sorted(os.listdir("/data")) == ["cache", "list"]
                for name in "ABCDEFG":
                    bed.hear(name)
                assert [bed.status(name) for name in "CDEFG"] == ["Accepted"] * 5
                assert len(bed.cached.index) == 10
        # one damaged record costs that card alone, but the list is to be sent anew
        boot(formatted())
        write_list(4, ("A",), ("B",), ("C",))
        with open("/data/list", "r+b") as file:
            file.seek(RECORD_SIZE + 5)
            file.write(b"x")
        bed = Bed()
        assert [bed.status(name) for name in "ABC"] == ["Accepted", "", "Accepted"] and bed.listed.version == 0
    """)
    assert "id_tags.damaged file=/data/list known=2" in printed


def test_the_indexes_of_list_and_cache_take_less_than_1_kb_in_the_lean_profile() -> None:
    printed = play("""
        import gc
        boot(formatted())
        write_list(1, *[("T%d" % i,) for i in range(100)])
        with open("/data/cache", "wb") as file:
            for i in range(50):
                file.write(files.record("C%d" % i, "", 0, i + 1, "Accepted"))
        gc.collect()
        before = gc.mem_alloc()
        listed, cached = IdTags("/data/list", 100), IdTags("/data/cache", 50)
        files.load(listed, True)
        files.load(cached)
        gc.collect()
        print(gc.mem_alloc() - before)
        assert all(listed.find("t%d" % i)[0] == i for i in range(100))
        assert all(cached.find("c%d" % i)[0] == i for i in range(50))
        assert listed.version == 1 and listed.find("T100") is None
    """)
    assert int(printed) <= 1024


def test_an_answer_is_told_with_the_id_tag_of_its_message() -> None:
    play("""
        import json
        from firmware.ocpp.transactions import Transactions
        class Queue:
            def head(self):
                return 1, "", self.text
        queue = Queue()
        transactions = Transactions(queue, None, None, None, None, None)
        answer = {"idTagInfo": {"status": "Accepted"}}
        for id_tag, told in (("CARD", "CARD"), ("a b,}", "a b,}"), ('quote"d', ""), ("back\\\\slash", "")):
            queue.text = '{"connectorId":1,"idTag":%s,"meterStart":5}' % json.dumps(id_tag)
            assert transactions.id_tag_of(answer) == told, id_tag
        queue.text = '{"transactionId":1,"meterStop":5}'
        assert transactions.id_tag_of(answer) == ""
        queue.text = '{"idTag":"CARD"}'
        assert transactions.id_tag_of({}) == transactions.id_tag_of({"idTagInfo": 7}) == ""
    """)
