"""Firmware management (OCPP 1.6 §4.3, §4.5, §5.9, §5.19; rules 93, 96): the order of statuses on the real interpreter
with real file servers, and the whole firmware on the bench."""
import asyncio
import base64
import re
import ssl
import textwrap
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ocpp.v16 import call

from hardware.bench.world import World
from tests.firmware.central_system import CARD, CentralSystem, central_system
from tests.firmware.file_server import FileServer, file_server
from tests.firmware.on_micropython import run
from tests.firmware.test_charge_point import KEY, charge, closed, configure, options, said, tap, until
from tests.firmware.test_net_websocket import certificate

pytestmark = pytest.mark.slow

PROLOGUE = """
    import asyncio, os, time
    from firmware.clock import Clock
    from firmware.net import handshake, http
    from firmware.ocpp import firmware_management as fm, remote_trigger
    from firmware.ocpp.link import CallError, CallTimeout, LinkDown
    from tests.firmware.ram_flash import *
    boot(formatted())
    http._STEP_TIMEOUT_S = 1
    fm._TELL_AGAIN_S = 0.02

    class Part: pass

    class Clock(Clock):
        def __init__(self): self.s, self.trusted = 800_000_000, True
        def now_s(self): return self.s

    class Link:
        def __init__(self): self.said, self.failures = [], []
        async def call(self, action, payload, early=False):
            await asyncio.sleep(0)
            if self.failures:
                raise self.failures.pop(0)
            request_id = (payload["requestId"],) if "requestId" in payload else ()
            self.said.append((action[:3], payload["status"]) + request_id)
            return {}

    class Diagnostics:
        @staticmethod
        async def collect(device, path, since_s, until_s):
            device.windows.append((since_s, until_s))
            with open(path, "w") as file:
                file.write("diagnostics of %s\\n" % device.registration.about["chargePointSerialNumber"] + "é" * 2000)

    class Installer:
        "Takes what it gets; `says` None or what goes wrong."
        says, got, begun = None, b"", 0
        def begin(self):
            self.begun += 1
            self.got = b""
        def write(self, piece): self.got += bytes(piece)
        async def install(self):
            if self.says: raise ValueError(self.says)

    def device():
        d = Part()
        d.clock, d.link, d.transfers, d.installer, d.windows = Clock(), Link(), {}, None, []
        d.registration, d.charge_point, connector = Part(), Part(), Part()
        d.registration.about, d.registration.pending = {"chargePointSerialNumber": "CP|1"}, False
        connector.FREE = connector.phase = 0
        d.charge_point.connectors = [connector]
        d.charge_point.is_charging = lambda: connector.phase != 0
        d.link_tls = d.hardware_and = d.full = False
        d.authority = lambda: CA
        d.load = lambda name: {"net.http": http, "net.handshake": handshake,
                               "diagnostics": Diagnostics}[name]
        return d

    CA = None

    def ask(d, action, **payload):
        "The answer; what follows it has begun."
        if action == "UpdateFirmware" and "retrieveDate" not in payload:
            payload["retrieveDate"] = d.clock.stamp()
        answer, then = fm.HANDLERS[action](d, payload)
        then()
        return answer

    async def done(d):
        for _ in range(2000):
            if not d.transfers:
                assert os.listdir("/data") == []   # what was collected is gone
                return [said[1:] if len(said) > 2 else said[1] for said in d.link.said]
            await asyncio.sleep_ms(5)
        raise AssertionError("it does not end: %r" % d.link.said)

    async def until(true):
        for _ in range(1000):
            if true():
                return
            await asyncio.sleep_ms(5)
        raise AssertionError("never so")
"""


async def play(source: str, prologue: str = "") -> str:
    program = textwrap.dedent(PROLOGUE) + prologue
    program += "async def main():\n" + textwrap.indent(textwrap.dedent(source), "    ") + "\nasyncio.run(main())\n"
    return await asyncio.to_thread(run, program, heap_kib=1000, timeout_s=60)


@pytest.fixture
async def server() -> AsyncIterator[FileServer]:
    async with file_server() as running:
        yield running


DIAGNOSTICS = b"diagnostics of CP|1\n" + "é".encode() * 2000


# Diagnostics and logs


async def test_rule_96_diagnostics_go_up_under_the_name_that_was_answered(server: FileServer) -> None:
    """OCTT 045_1."""
    printed = await play(f"""
        d = device()
        answer = ask(d, "GetDiagnostics", location="{server.url('/in/')}", startTime=d.clock.stamp(5))
        assert await done(d) == ["Uploading", "Uploaded"] and d.link.said[0][0] == "Dia"
        assert d.windows == [(5, None)]
        name = answer["fileName"]
        d = device()
        assert ask(d, "GetDiagnostics", location="{server.url('/signed/x.txt?sig=1')}")["fileName"] == "x.txt"
        await done(d)
        print(name)
    """)
    name = printed.split()[-1]
    assert name == "CP-1-20250508T061320Z.txt"
    assert [request.path for request in server.requests] == [f"/in/{name}", "/signed/x.txt?sig=1"]
    assert server.received == [DIAGNOSTICS] * 2


async def test_rule_96_a_failing_upload_is_tried_as_often_as_asked_and_told_once(server: FileServer) -> None:
    """OCTT 045_2."""
    server.habits = ["500", "close", "silent", "ok"]
    await play(f"""
        d = device()
        began_ms = time.ticks_ms()
        ask(d, "GetDiagnostics", location="{server.url()}", retries=4, retryInterval=1)
        assert await done(d) == ["Uploading", "Uploaded"]
        assert time.ticks_diff(time.ticks_ms(), began_ms) >= 3000
        d = device()
        ask(d, "GetDiagnostics", location="http://127.0.0.1:1/", retries=2, retryInterval=0)
        assert await done(d) == ["Uploading", "UploadFailed"]
    """)
    assert server.connections == 4
    assert server.received[-1] == DIAGNOSTICS


async def test_rule_96_where_nothing_can_go_there_is_no_file_name(server: FileServer) -> None:
    printed = await play("""
        for location, status in (("ftp://u:secret@h/x", "NotSupportedOperation"), ("nonsense", "BadMessage"),
                                 ("http://h/a b", "BadMessage")):
            d = device()
            assert ask(d, "GetDiagnostics", location=location) == {}
            assert await done(d) == ["UploadFailed"]
            log = {"remoteLocation": location}
            assert ask(d, "GetLog", logType="DiagnosticsLog", requestId=3, log=log) == {"status": "Accepted"}
            assert (await done(d))[1:] == [(status, 3)]
    """)
    assert "secret" not in printed


async def test_rule_96_a_log_is_told_with_its_request_id(server: FileServer) -> None:
    server.habits = ["ok", "403", "500"]
    await play(f"""
        d = device()
        log = {{"remoteLocation": "{server.url()}", "oldestTimestamp": d.clock.stamp(7),
                "latestTimestamp": d.clock.stamp(9)}}
        def get_log(request_id):
            return ask(d, "GetLog", logType="DiagnosticsLog", requestId=request_id, retries=1, log=log)
        answer = get_log(11)
        assert answer["status"] == "Accepted" and answer["filename"].endswith("Z.txt")
        assert await done(d) == [("Uploading", 11), ("Uploaded", 11)] and d.link.said[0][0] == "Log"
        get_log(12)
        assert (await done(d))[2:] == [("Uploading", 12), ("PermissionDenied", 12)]
        get_log(13)
        assert (await done(d))[4:] == [("Uploading", 13), ("UploadFailure", 13)]
        assert d.windows == [(7, 9)] * 3
        request = {{"logType": "SecurityLog", "requestId": 1, "log": log}}
        assert fm.HANDLERS["GetLog"](d, request) == {{"status": "Rejected"}}
    """)


async def test_rule_96_a_new_request_cancels_the_old(server: FileServer) -> None:
    server.habits = ["silent", "silent", "ok"]
    await play(f"""
        d = device()
        http._STEP_TIMEOUT_S = 20
        log = {{"remoteLocation": "{server.url()}"}}
        get_log = lambda i: ask(d, "GetLog", logType="DiagnosticsLog", requestId=i, log=log)["status"]
        ask(d, "GetDiagnostics", location="{server.url()}")
        await until(lambda: d.link.said)
        await asyncio.sleep_ms(100)
        old = d.transfers["DiagnosticsStatusNotification"].task
        assert get_log(1) == "AcceptedCanceled"
        await until(old.done)
        await until(lambda: len(d.link.said) == 2)
        await asyncio.sleep_ms(100)
        assert get_log(2) == "AcceptedCanceled"
        assert await done(d) == ["Uploading", ("Uploading", 1), ("Uploading", 2), ("Uploaded", 2)]
    """)
    assert len(server.received) == 1


async def test_rule_96_a_server_that_takes_no_put_gets_a_post(server: FileServer) -> None:
    server.habits = ["only-post"]
    await play(f"""
        d = device()
        ask(d, "GetDiagnostics", location="{server.url()}", retries=1)
        assert await done(d) == ["Uploading", "Uploaded"]
    """)
    assert [request.method for request in server.requests] == ["PUT", "POST"]
    assert server.received[1] == DIAGNOSTICS
    server.habits = ["405", "500", "ok"]   # a try is one that could have been taken
    await play(f"""
        d = device()
        ask(d, "GetDiagnostics", location="{server.url()}", retries=2, retryInterval=0)
        assert await done(d) == ["Uploading", "Uploaded"]
    """)


async def test_rule_96_a_status_waits_for_the_link_and_a_call_error_ends_the_telling(server: FileServer) -> None:
    await play(f"""
        d = device()
        d.link.failures = [LinkDown("x"), CallTimeout("x"), LinkDown("x")]
        ask(d, "GetDiagnostics", location="{server.url()}")
        assert await done(d) == ["Uploading", "Uploaded"]
        d = device()
        d.link.failures = [CallError("InternalError")]
        ask(d, "GetDiagnostics", location="{server.url()}")
        assert await done(d) == ["Uploaded"]
    """)


async def test_rule_96_tls_waits_its_turn_and_is_refused_where_there_is_no_room_for_two(tmp_path: Path) -> None:
    pem, authority = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    async with file_server(context) as server:
        printed = await play(f"""
            d = device()
            connector = d.charge_point.connectors[0]
            connector.phase = 2   # charging, and no hardware that guards the coil during a handshake
            ask(d, "GetDiagnostics", location="{server.url()}", retries=1)
            await until(lambda: d.link.said)
            await asyncio.sleep_ms(300)
            assert d.link.said == [("Dia", "Uploading")]
            connector.phase = 0
            assert await done(d) == ["Uploading", "Uploaded"]
            d = device()
            d.link_tls = True
            ask(d, "GetDiagnostics", location="{server.url()}", retries=1)
            assert await done(d) == ["Uploading", "UploadFailed"]
            d.full = True
            ask(d, "GetDiagnostics", location="{server.url()}", retries=1)
            assert (await done(d))[2:] == ["Uploading", "Uploaded"]
        """, prologue=f"CA = {authority!r}\n")
        assert "no room for a second TLS connection" in printed
        assert len(server.received) == 2


async def test_what_is_no_request_is_a_call_error() -> None:
    await play("""
        d = device()
        good = {"GetDiagnostics": {"location": "http://h/"},
                "UpdateFirmware": {"location": "http://h/", "retrieveDate": d.clock.stamp()},
                "GetLog": {"logType": "DiagnosticsLog", "requestId": 1, "log": {"remoteLocation": "http://h/"}}}
        for action, change, code in (
            ("GetDiagnostics", {"location": None}, "TypeConstraintViolation"),
            ("GetDiagnostics", {"retries": "1"}, "TypeConstraintViolation"),
            ("GetDiagnostics", {"retryInterval": -1}, "PropertyConstraintViolation"),
            ("GetDiagnostics", {"startTime": "yesterday"}, "TypeConstraintViolation"),
            ("GetLog", {"logType": "Gossip"}, "PropertyConstraintViolation"),
            ("GetLog", {"log": {}}, "ProtocolError"), ("GetLog", {"requestId": True}, "TypeConstraintViolation"),
            ("UpdateFirmware", {"retrieveDate": "soon"}, "TypeConstraintViolation"),
            ("UpdateFirmware", {"retrieveDate": None}, "ProtocolError"),
        ):
            payload = dict(good[action])
            payload.update(change)
            try:
                fm.HANDLERS[action](d, payload)
            except CallError as error:
                assert error.code == code, (change, error)
            else:
                raise AssertionError(change)
        assert not d.transfers
    """)


# Firmware


async def test_rule_93_without_an_installer_the_image_is_fetched_and_the_installation_fails(server: FileServer) -> None:
    """OCTT 044_3; and never a success that is none."""
    server.image = b"i" * 50_000
    printed = await play(f"""
        d = device()
        assert ask(d, "UpdateFirmware", location="{server.url()}") == {{}}
        assert await done(d) == ["Downloading", "Downloaded", "InstallationFailed"] and d.link.said[0][0] == "Fir"
    """)
    assert "firmware.downloaded bytes=50000" in printed
    assert printed.count("firmware.not_installed reason=no installer on this board") == 1


async def test_rule_93_a_download_that_fails_is_tried_as_often_as_asked(server: FileServer) -> None:
    """OCTT 044_2."""
    server.image = b"i" * 5_000
    server.habits = ["404", "short", "ok", "500"]
    await play(f"""
        d = device()
        ask(d, "UpdateFirmware", location="{server.url()}", retries=3, retryInterval=0)
        assert await done(d) == ["Downloading", "Downloaded", "InstallationFailed"]
        d = device()
        ask(d, "UpdateFirmware", location="{server.url()}", retries=2, retryInterval=0)
        assert await done(d) == ["Downloading", "DownloadFailed"]
        d = device()
        ask(d, "UpdateFirmware", location="ftp://h/x", retries=1)
        assert await done(d) == ["Downloading", "DownloadFailed"]
    """)
    assert server.connections == 5


async def test_rule_93_it_waits_for_its_date_and_for_the_session_and_then_installs(server: FileServer) -> None:
    """OCTT 044_1, with an installer that a board may have one day."""
    server.image = bytes(range(256)) * 20
    server.habits = ["short", "ok"]
    await play(f"""
        d = device()
        d.installer = Installer()
        connector = d.charge_point.connectors[0]
        connector.phase = 2
        ask(d, "UpdateFirmware", location="{server.url()}", retrieveDate=d.clock.stamp(d.clock.s + 1), retryInterval=0)
        await asyncio.sleep_ms(300)
        assert d.link.said == [] and d.transfers["FirmwareStatusNotification"].status == "Idle"
        d.clock.s += 1
        await until(lambda: len(d.link.said) == 2)
        await asyncio.sleep_ms(300)
        assert d.link.said == [("Fir", "Downloading"), ("Fir", "Downloaded")]
        assert d.installer.begun == 2 and d.installer.got == bytes(range(256)) * 20
        connector.phase = 0
        assert await done(d) == ["Downloading", "Downloaded", "Installing", "Installed"]
        d.installer.says = "no image of ours"
        ask(d, "UpdateFirmware", location="{server.url()}")
        assert (await done(d))[4:] == ["Downloading", "Downloaded", "Installing", "InstallationFailed"]
    """)


async def test_rule_93_idle_is_told_only_when_triggered(server: FileServer) -> None:
    server.habits = ["silent"]
    await play(f"""
        d = device()
        d.charge_point.connectors = []
        async def trigger(message):
            before = len(d.link.said)
            answer, then = remote_trigger.HANDLERS["TriggerMessage"](d, {{"requestedMessage": message}})
            then()
            await until(lambda: len(d.link.said) > before)
            return answer["status"], d.link.said[-1]
        for message in ("FirmwareStatusNotification", "DiagnosticsStatusNotification"):
            assert await trigger(message) == ("Accepted", (message[:3], "Idle"))
        http._STEP_TIMEOUT_S = 20
        ask(d, "UpdateFirmware", location="{server.url()}")
        ask(d, "GetDiagnostics", location="{server.url()}")
        await until(lambda: len(d.link.said) == 4)
        assert await trigger("FirmwareStatusNotification") == ("Accepted", ("Fir", "Downloading"))
        assert await trigger("DiagnosticsStatusNotification") == ("Accepted", ("Dia", "Uploading"))
    """)


async def test_rule_93_a_new_update_cancels_the_old(server: FileServer) -> None:
    server.image = b"new"
    await play(f"""
        d = device()
        ask(d, "UpdateFirmware", location="http://127.0.0.1:1/", retrieveDate=d.clock.stamp(d.clock.s + 3600))
        await asyncio.sleep_ms(50)
        old = d.transfers["FirmwareStatusNotification"].task
        ask(d, "UpdateFirmware", location="{server.url()}")
        await until(old.done)
        assert await done(d) == ["Downloading", "Downloaded", "InstallationFailed"]
    """)


# On the bench


@pytest.fixture
async def system() -> AsyncIterator[CentralSystem]:
    async with central_system() as running:
        yield running


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path) as running:
        yield running


def lines(body: bytes, kind: str) -> list[str]:
    return [line for line in body.decode().splitlines() if line.startswith(kind + " ")]


@pytest.mark.story
async def test_rule_96_a_small_board_sends_its_diagnostics_while_it_charges(
    system: CentralSystem, world: World, server: FileServer,
) -> None:
    charge_point = await world.add(options(system.url))
    await system.wait_for("StatusNotification", connector_id=1, status="Available")
    await configure(system, BollardFreeVendIdTag="FREE-FOR-ALL")
    await charge(system, charge_point)
    await system.wait_for("StatusNotification", status="Charging")
    await system.call(call.GetConfiguration())
    live = await charge_point.live_heap_bytes()
    server.habits = ["silent", "500", "ok"]
    await system.call(call.GetDiagnostics(location=server.url("/logs")))
    await server.arrived.wait()
    assert await charge_point.live_heap_bytes() <= live + 20 * 1024   # half of it on the chip
    answer = await system.call(call.GetDiagnostics(location=server.url("/logs"), retries=2, retry_interval=0))
    await system.wait_for("DiagnosticsStatusNotification", status="Uploaded")
    statuses = [p["status"] for p in system.all("DiagnosticsStatusNotification")]
    assert statuses == ["Uploading", "Uploading", "Uploaded"]
    assert server.requests[1].path == f"/logs/{answer.file_name}"
    body = server.received[1]
    assert "identity=CP1 firmware=0.1.0" in body.decode()
    assert "board=bench/lean" in body.decode()
    assert "reset_cause=1" in lines(body, "charge_point")[0]
    free, largest, lowest = (int(word.partition("=")[2]) for word in lines(body, "ram")[0].split()[1:])
    assert 0 < largest <= free
    assert 0 < lowest <= free
    assert lines(body, "link") == ["link connected=True registered=True connections=1 late_answers=0"]
    assert re.fullmatch(r"queue waiting=\d bytes=\d+ last=\d+ dropped=0", lines(body, "queue")[0])
    assert " id=1 status=Charging " in lines(body, "connector")[0]
    assert "by=hardware" in lines(body, "limits")[0]
    assert "configuration HeartbeatInterval=300" in body.decode()
    assert "log kept=no reason=no room on this board" in body.decode()
    assert CARD not in body.decode()
    assert "FREE-FOR-ALL" not in body.decode()
    assert KEY not in body.decode()
    await system.call(call.UpdateFirmware(
        location=server.url("/image"), retrieve_date=datetime.now(UTC).isoformat(), retries=1))
    await system.wait_for("FirmwareStatusNotification", status="DownloadFailed")   # an empty image is none
    assert closed(charge_point)
    assert charge_point.boots == 1
    async with asyncio.timeout(10):   # all of it is gone again
        while await charge_point.live_heap_bytes() > live + 1024:   # noqa: ASYNC110  (nothing tells when)
            await asyncio.sleep(0.1)


@pytest.mark.story
async def test_rule_96_a_large_board_sends_its_last_lines_too(
    system: CentralSystem, world: World, tmp_path: Path,
) -> None:
    pem, authority = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    async with file_server(context) as server:
        charge_point = await world.add(options(
            system.url, board="esp32_s3_devkitc_1", ca_der_base64=base64.b64encode(authority).decode()))
        await system.wait_for("StatusNotification", connector_id=2, status="Available")
        await system.call(call.ReserveNow(
            connector_id=2, expiry_date=(datetime.now(UTC) + timedelta(hours=1)).isoformat(), id_tag=CARD,
            reservation_id=31))
        await tap(charge_point, "04DEADBEEF0102")
        await until("refused", lambda: said(charge_point, "card.refused"))
        answer = await system.call(call.GetLog(
            log={"remoteLocation": server.url()}, log_type="DiagnosticsLog", request_id=5))  # type: ignore[arg-type]
        assert (answer.status, answer.filename) == ("Accepted", server_name(answer))
        await system.wait_for("LogStatusNotification", status="Uploaded", request_id=5)
        body = server.received[0]
        assert [line for line in lines(body, "log") if "card.refused id_tag=0102" in line]
        assert [line for line in lines(body, "reservation") if "reservation=31" in line]
        assert CARD not in body.decode()
        assert "board=esp32_s3_devkitc_1/full" in body.decode()
        await system.call(call.TriggerMessage(requested_message="FirmwareStatusNotification"))
        await system.wait_for("FirmwareStatusNotification", status="Idle")
        server.image = b"x" * 70_000
        await system.call(call.UpdateFirmware(
            location=server.url("/image"), retrieve_date=datetime.now(UTC).isoformat()))
        await system.wait_for("FirmwareStatusNotification", status="InstallationFailed")
        assert [p["status"] for p in system.all("FirmwareStatusNotification")] == [
            "Idle", "Downloading", "Downloaded", "InstallationFailed"]
        assert said(charge_point, "firmware.downloaded bytes=70000")


def server_name(answer: Any) -> str:
    assert answer.filename.startswith("CP1-")
    assert answer.filename.endswith("Z.txt")
    return str(answer.filename)


def test_tries_and_pauses_without_end_are_cut_short() -> None:
    printed = run("""
        from firmware.ocpp.firmware_management import _tries
        long = {"retries": 1 << 40, "retryInterval": 1 << 40}
        print(_tries({}), _tries({"retries": 0, "retryInterval": 0}), _tries(long))
    """)
    assert printed.strip() == "(3, 30) (1, 1) (100, 86400)"   # no ticks tell a pause of more than six days
