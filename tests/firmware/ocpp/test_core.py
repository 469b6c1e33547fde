"""Core's requests, rules 52 to 54, 57 to 59 and 90 to 92: handlers on the real interpreter, behaviour on the bench."""
import asyncio
import json
import textwrap
from pathlib import Path

from ocpp.v16 import call

from hardware.bench.charge_point import ChargePoint, Plug
from tests.firmware.central_system import CARD, CentralSystem, now
from tests.firmware.ocpp.core_bench import SideBySide, on_the_bench, statuses, wait_for_status
from tests.firmware.on_micropython import REPOSITORY, run
from tests.firmware.test_charge_point import charge, closed, configure, register_wh, said, tap, until

PROLOGUE = """
    import os
    from firmware.clock import Clock
    from firmware.ocpp import core, data_transfer, keys
    from firmware.ocpp.link import CallError
    from firmware.ocpp.status import Shown
    from firmware.store.configuration import Configuration

    class Connector:
        FREE, OFFERED, RUNNING, ENDING = range(4)
        def __init__(self, shown):
            self.shown, self.connector_id = shown, shown.connector_id
            self.phase, self.lock, self.id_tag = self.FREE, None, ""
    class Device:
        def __init__(self, path="/nothing/there", connectors=2):
            self.configuration = Configuration(lambda: keys, {"NumberOfConnectors": str(connectors)}, path=path)
            self.reports = self.link = self.charge_point = self.registration = self
            self.registered, self.pending = True, False
            self.shown = [Shown(n, Clock(None)) for n in range(connectors + 1)]
            self.connectors = [Connector(shown) for shown in self.shown[1:]]
    def ask(action, **payload):
        return core.HANDLERS[action](device, payload)
    def refused(action, **payload):
        try:
            answer = ask(action, **payload)
        except CallError as error:
            return error.code
        raise AssertionError(answer)
"""


def play(source: str) -> None:
    run(textwrap.dedent(PROLOGUE) + "device = Device()\n" + textwrap.dedent(source))


def play_on_flash(source: str) -> None:
    """With `flash` mounted at /data; `Device("/data/configuration.json")` keeps its keys there."""
    run("import ram_flash\nflash = ram_flash.formatted(16)\nram_flash.boot(flash)\n" + textwrap.dedent(PROLOGUE)
        + textwrap.dedent(source), heap_kib=1000, extra_path=str(REPOSITORY / "tests" / "firmware"))


# Rules 52 to 54: how a charge ends. UnlockCommand: test_lock.py; the others: test_charge_point.py


side_by_side = SideBySide()


@side_by_side
async def test_rule_52_ends_that_nobody_asked_for_have_their_reasons(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path, gaps=True) as (system, charge_point):
        async def ends(reason: str) -> None:
            count = len(system.all("StopTransaction"))
            stop = await system.wait_for("StopTransaction", count=count + 1)
            assert stop["reason"] == reason
            assert stop["meter_stop"] == register_wh(charge_point)
            if charge_point.board.connector(1).car:
                charge_point.unplug(1)
            await wait_for_status(system, "Available")

        await charge(system, charge_point)
        charge_point.unplug(1)
        told = await system.wait_for("StatusNotification", status="Finishing", info="EV side disconnected")
        assert told["error_code"] == "NoError"
        await ends("EVDisconnected")
        await charge_again(system, charge_point)
        await charge_point.power(False)
        await charge_point.power(True)
        await ends("PowerLoss")
        await charge_again(system, charge_point)
        await charge_point._restart(3)   # the watchdog bites; nobody cut the power
        await ends("Reboot")


async def charge_again(system: CentralSystem, charge_point: ChargePoint) -> int:
    charge_point.plug(1, Plug())
    starts = len(system.all("StartTransaction"))
    await tap(charge_point)
    await system.wait_for("StartTransaction", count=starts + 1)
    await until("contactor closed", lambda: closed(charge_point))
    return system.next_transaction_id


@side_by_side
async def test_rule_53_reset_stops_first_and_a_stop_without_its_confirmation_crosses_it(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path, gaps=True) as (system, charge_point):
        transaction_id = await charge(system, charge_point)
        known = system.answers["StopTransaction"]
        never = asyncio.Event()
        system.answers["StopTransaction"] = lambda **_: never.wait()
        assert (await system.call(call.Reset(type="Soft"))).status == "Accepted"
        first = await system.wait_for("StopTransaction")
        assert (first["reason"], first["transaction_id"]) == ("SoftReset", transaction_id)
        charge_point.tap(CARD)   # nothing begins on the way down
        await until("rebooted", lambda: charge_point.boots == 2)
        system.answers["StopTransaction"] = known
        assert await system.wait_for("StopTransaction", count=2) == first
        actions = [action for action, _ in system.said]
        again = len(actions) - 1 - actions[::-1].index("StopTransaction")
        assert actions.index("BootNotification", 1) < again
        assert len(system.all("StartTransaction")) == 1
        never.set()


@side_by_side
async def test_rule_54_unavailable_survives_a_power_cut_and_takes_no_card(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path, gaps=True) as (system, charge_point):
        assert (await system.call(call.ChangeAvailability(connector_id=1, type="Inoperative"))).status == "Accepted"
        await wait_for_status(system, "Unavailable")
        await charge_point.power(False)
        await charge_point.power(True)
        await system.wait_for("BootNotification", count=2)
        await system.wait_for("StatusNotification", connector_id=1, count=3)
        assert statuses(system) == ["Available", "Unavailable", "Unavailable"]
        charge_point.plug(1, Plug())
        charge_point.tap(CARD)
        await until("the card is ignored", lambda: said(charge_point, "card.ignored"))


# Rules 57 to 59


async def start(system: CentralSystem, **payload: object) -> str:
    return str((await system.call(call.RemoteStartTransaction(id_tag="APP", **payload))).status)


@side_by_side
async def test_rule_57_a_remote_start_needs_a_free_connector_that_exists(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path) as (system, charge_point):
        assert [await start(system, connector_id=n) for n in (0, 2, -1)] == ["Rejected"] * 3
        await configure(system, ConnectionTimeOut=1)
        assert await start(system) == "Accepted"
        await wait_for_status(system, "Preparing")
        await wait_for_status(system, "Available")   # nobody came
        await configure(system, ConnectionTimeOut=60)
        assert await start(system) == "Accepted"   # first the card, then the car
        await wait_for_status(system, "Preparing")
        assert await start(system, connector_id=1) == "Rejected"
        charge_point.plug(1, Plug())
        await wait_for_status(system, "Charging")
        assert (await system.wait_for("StartTransaction"))["id_tag"] == "APP"
        assert await start(system, connector_id=1) == "Rejected"


@side_by_side
async def test_rule_58_a_remote_stop_needs_the_transaction_that_runs(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path) as (system, charge_point):
        async def stop(transaction_id: int) -> str:
            return str((await system.call(call.RemoteStopTransaction(transaction_id=transaction_id))).status)

        assert await stop(-1) == await stop(0) == await stop(42) == "Rejected"
        transaction_id = await charge(system, charge_point)
        await until("confirmed", lambda: said(charge_point, "transaction.confirmed"))
        assert await stop(transaction_id + 1) == await stop(-1) == "Rejected"
        assert closed(charge_point)
        assert await stop(transaction_id) == "Accepted"
        told = await system.wait_for("StopTransaction")
        assert (told["reason"], told["transaction_id"]) == ("Remote", transaction_id)


@side_by_side
async def test_rule_59_going_out_of_service_waits_for_a_charge_and_outlives_no_authorization(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path) as (system, charge_point):
        async def service(connector_id: int, kind: str) -> str:
            answer = await system.call(call.ChangeAvailability(connector_id=connector_id, type=kind))
            return str(answer.status)

        transaction_id = await charge(system, charge_point)
        await wait_for_status(system, "Charging")
        # while it charges going out of service waits, and can be taken back
        assert await service(1, "Operative") == "Accepted"
        assert await service(1, "Inoperative") == "Scheduled"
        assert await service(0, "Inoperative") == "Scheduled"
        assert closed(charge_point)
        assert await service(0, "Operative") == "Accepted"
        assert await service(1, "Inoperative") == "Scheduled"
        assert statuses(system)[-1] == "Charging"
        assert (await system.call(call.RemoteStopTransaction(transaction_id=transaction_id))).status == "Accepted"
        assert (await system.wait_for("StopTransaction"))["reason"] == "Remote"
        await wait_for_status(system, "Unavailable")
        assert statuses(system)[-2:] == ["Finishing", "Unavailable"]
        assert await start(system, connector_id=1) == "Rejected"
        # an authorization that waits for its car does not outlive going out of service
        charge_point.unplug(1)
        assert await service(1, "Operative") == "Accepted"
        await wait_for_status(system, "Available")
        assert await start(system, connector_id=1) == "Accepted"
        await wait_for_status(system, "Preparing")
        assert await service(1, "Inoperative") == "Accepted"
        await wait_for_status(system, "Unavailable")
        assert await service(1, "Operative") == "Accepted"
        await wait_for_status(system, "Available")
        charge_point.plug(1, Plug())
        await wait_for_status(system, "Preparing")
        assert len(system.all("StartTransaction")) == 1


def test_rule_11_a_bad_result_is_an_answer_and_no_error() -> None:
    play("""
        device.remote_start = device.remote_stop = lambda *what: False
        assert ask("ChangeConfiguration", key="HeartbeatInterval", value="x") == {"status": "Rejected"}
        assert ask("RemoteStartTransaction", idTag="A", connectorId=9) == {"status": "Rejected"}
        assert ask("RemoteStopTransaction", transactionId=9) == {"status": "Rejected"}
        assert ask("ChangeAvailability", connectorId=9, type="Operative") == {"status": "Rejected"}
        assert ask("UnlockConnector", connectorId=9) == {"status": "NotSupported"}
    """)


def test_rule_19_texts_may_be_as_long_as_ocpp_says_and_no_longer() -> None:
    play("""
        started = []
        device.remote_start = lambda id_tag, connector_id: not started.append(id_tag)
        for id_tag in ("x" * 20, "04a1B2c3d4e5f6", 'a "\\\\" b', "Zoë's card", " "):   # no format, not even hexadecimal
            assert ask("RemoteStartTransaction", idTag=id_tag) == {"status": "Accepted"}
            assert started[-1] == id_tag
        refused_as = "PropertyConstraintViolation"
        assert ask("RemoteStartTransaction", idTag="") == {"status": "Rejected"}   # nobody's
        assert refused("RemoteStartTransaction", idTag="x" * 21) == refused_as and len(started) == 5
        assert ask("ChangeConfiguration", key="k" * 50, value="v" * 500) == {"status": "NotSupported"}
        assert refused("ChangeConfiguration", key="k" * 51, value="v") == refused_as
        assert refused("ChangeConfiguration", key="k", value="v" * 501) == refused_as
        def transfer(**payload):
            try:
                return data_transfer.transfer(device, payload)["status"]
            except CallError as error:
                return error.code
        assert transfer(vendorId="v" * 255, messageId="m" * 50) == "UnknownVendorId"
        assert transfer(vendorId="v" * 256) == transfer(vendorId="v", messageId="m" * 51) == refused_as
    """)


def test_rule_59_change_availability_answers_and_persists() -> None:
    play_on_flash("""
        PATH = "/data/configuration.json"
        device = Device(PATH)
        def change(connector_id, kind):
            return ask("ChangeAvailability", connectorId=connector_id, type=kind)["status"]
        def after_a_power_cut():
            ram_flash.boot(flash)
            return Configuration(lambda: keys, {}, path=PATH).unavailable
        assert change(3, "Inoperative") == change(-1, "Inoperative") == "Rejected"
        assert change(1, "Inoperative") == "Accepted" and after_a_power_cut() == [1]
        writes = flash.writes
        assert change(1, "Inoperative") == change(2, "Operative") == "Accepted"
        assert flash.writes == writes   # it is so already: no wear
        device.connectors[1].phase = Connector.RUNNING
        assert change(1, "Inoperative") == change(2, "Operative") == "Accepted"
        assert change(0, "Inoperative") == "Scheduled" and after_a_power_cut() == [0, 1, 2]
        assert change(0, "Operative") == "Accepted" and after_a_power_cut() == []
        def full():
            raise OSError(28)
        device.configuration.save = full
        assert change(1, "Inoperative") == "Rejected" and device.configuration.unavailable == []
        assert refused("ChangeAvailability", connectorId=1, type="Broken") == "PropertyConstraintViolation"
        assert refused("ChangeAvailability", connectorId="1", type="Operative") == "TypeConstraintViolation"
        assert refused("ChangeAvailability", type="Operative") == "ProtocolError"
    """)


def test_rule_59_a_power_cut_while_it_is_written_leaves_the_old_or_the_new_state() -> None:
    play_on_flash("""
        PATH = "/data/configuration.json"
        outcomes = set()
        for cut in range(60):
            flash = ram_flash.formatted(16)
            ram_flash.boot(flash)
            device = Device(PATH)
            ask("ChangeAvailability", connectorId=1, type="Inoperative")
            flash.cut_at = flash.writes + cut
            try:
                status = ask("ChangeAvailability", connectorId=2, type="Inoperative")["status"]
            except ram_flash.PowerCut:
                status = "cut"
            whole = flash.cut_at is None or flash.writes < flash.cut_at
            ram_flash.boot(flash)
            kept = tuple(Configuration(lambda: keys, {}, path=PATH).unavailable)
            assert kept in ((1,), (1, 2)), kept
            assert status != "Accepted" or kept == (1, 2)
            assert status != "Rejected" or kept == (1,) and device.configuration.unavailable == [1]
            outcomes.add(kept)
            if whole:
                break
        assert whole and len(outcomes) == 2
    """)


# Rules 90 to 92


def test_rule_90_what_cannot_be_written_is_rejected_and_changes_nothing() -> None:
    play_on_flash("""
        device = Device("/data/configuration.json")
        configuration = device.configuration
        configuration.set_for_now("HeartbeatInterval", 60)
        save = configuration.save
        def full():
            raise OSError(28)
        configuration.save = full
        assert ask("ChangeConfiguration", key="HeartbeatInterval", value="120")["status"] == "Rejected"
        assert configuration.number("HeartbeatInterval") == 60
        configuration.save = save
        assert ask("ChangeConfiguration", key="HeartbeatInterval", value="120")["status"] == "Accepted"
        assert configuration.number("HeartbeatInterval") == 120
    """)


def test_rule_90_configuration_is_read_and_changed_by_the_four_answers() -> None:
    play_on_flash("""
        import json
        device = Device("/data/configuration.json")
        def change(key, value):
            return ask("ChangeConfiguration", key=key, value=value)["status"]
        def told(*names):
            return json.loads("".join(ask("GetConfiguration", key=list(names))()))
        assert change("heartbeatinterval", "120") == "Accepted"
        assert told("HeartbeatInterval")["configurationKey"] == [
            {"key": "HeartbeatInterval", "readonly": False, "value": "120"}]
        for key, value in (("HeartbeatInterval", "soon"), ("HeartbeatInterval", ""), ("NumberOfConnectors", "9"),
                           ("WebSocketPingInterval", "-1"), ("LocalPreAuthorize", "maybe"),
                           ("StopTransactionOnEVSideDisconnect", "false")):   # rule 15, and a board without a lock
            assert change(key, value) == "Rejected", key
        assert change("WebSocketPingInterval", "0") == "Accepted"
        def full():
            raise OSError(28)
        save, device.configuration.save = device.configuration.save, full
        assert change("WebSocketPingInterval", "7") == "Rejected"   # no room on flash: nothing has changed
        device.configuration.save = save
        assert device.configuration.number("WebSocketPingInterval") == 0
        assert told("WebSocketPingInterval")["configurationKey"][0]["value"] == "0"
        assert change("WebSocketPingInterval", "7") == "Accepted"
        assert device.configuration.number("WebSocketPingInterval") == 7
        assert change("NoSuchKey", "1") == "NotSupported"
        assert told("NoSuchKey", "ResetRetries", "other")["unknownKey"] == ["NoSuchKey", "other"]
        everything = told()
        assert len(everything["configurationKey"]) > 30 and everything["unknownKey"] == []
        assert ask("GetConfiguration", key=None)   # as empty
        assert refused("GetConfiguration", key=["a"] * 99) == "OccurenceConstraintViolation"
        assert refused("GetConfiguration", key=[7]) == "TypeConstraintViolation"
        assert refused("ChangeConfiguration", key="k" * 51, value="") == "PropertyConstraintViolation"
        assert refused("ChangeConfiguration", key="k", value="v" * 501) == "PropertyConstraintViolation"
        assert refused("ChangeConfiguration", key="k") == "ProtocolError"
    """)


def test_rule_91_the_required_keys_are_there_with_values_of_their_kind() -> None:
    play("""
        import json
        rows = json.loads("".join(ask("GetConfiguration")()))["configurationKey"]
        values = {row["key"]: row for row in rows}
        for key in '''AuthorizeRemoteTxRequests LocalAuthorizeOffline LocalPreAuthorize StopTransactionOnInvalidId
                StopTransactionOnEVSideDisconnect UnlockConnectorOnEVSideDisconnect'''.split():
            assert values[key]["value"] in ("true", "false"), key
        for key in '''ClockAlignedDataInterval ConnectionTimeOut GetConfigurationMaxKeys HeartbeatInterval
                MeterValueSampleInterval NumberOfConnectors ResetRetries TransactionMessageAttempts
                TransactionMessageRetryInterval MinimumStatusDuration WebSocketPingInterval'''.split():
            assert int(values[key]["value"]) >= 0, key
        for key in '''ConnectorPhaseRotation MeterValuesAlignedData MeterValuesSampledData StopTxnAlignedData
                StopTxnSampledData SupportedFeatureProfiles'''.split():
            assert isinstance(values[key]["value"], str), key
        assert "Core" in values["SupportedFeatureProfiles"]["value"].split(",")
        assert len(rows) <= int(values["GetConfigurationMaxKeys"]["value"])
        assert len(rows) == len(values)
        for key in ("NumberOfConnectors", "SupportedFeatureProfiles", "GetConfigurationMaxKeys"):
            assert values[key]["readonly"]
        lockable = Configuration(lambda: keys, {}, locks=True, path="/nothing/there")
        assert [row[1] for row in lockable.rows(["UnlockConnectorOnEVSideDisconnect", "ResetRetries"])] == [False] * 2
    """)


def test_rule_92_data_transfer_names_what_it_does_not_know_and_gives_no_data() -> None:
    play("""
        transfer = lambda **payload: data_transfer.HANDLERS["DataTransfer"](device, payload)
        assert transfer(vendorId="nobody") == {"status": "UnknownVendorId"}
        for message in ({}, {"messageId": None}, {"messageId": "Nothing"}):
            for vendor in ("org.openchargealliance.costmsg", "org.bollard"):
                assert transfer(vendorId=vendor, **message) == {"status": "UnknownMessageId"}
        for payload, code in (({}, "ProtocolError"), ({"vendorId": 7}, "TypeConstraintViolation"),
                              ({"vendorId": "v" * 256}, "PropertyConstraintViolation"),
                              ({"vendorId": "v", "messageId": "m" * 51}, "PropertyConstraintViolation")):
            try:
                transfer(**payload)
            except CallError as error:
                assert error.code == code
            else:
                raise AssertionError(payload)
    """)


def test_rule_92_prices_costs_and_the_time_left_are_checked_and_kept_for_a_display() -> None:
    play("""
        import json
        def transfer(message, data, vendor="org.openchargealliance.costmsg"):
            text = data if isinstance(data, (str, type(None))) else json.dumps(data)
            payload = {"vendorId": vendor, "messageId": message, "data": text}
            return data_transfer.HANDLERS["DataTransfer"](device, payload)["status"]
        whole, one, two = device.shown
        two.transaction_id = 42
        device.connectors[0].id_tag = "04AB"
        assert transfer("SetUserPrice", {"idToken": "04ab", "priceText": "0.40 EUR/kWh"}) == "Accepted"
        assert one.price == "0.40 EUR/kWh" and whole.price == ""
        assert transfer("SetUserPrice", {"idToken": "SOMEONE", "priceText": "x" * 900}) == "Accepted"
        assert 0 < len(whole.price) < 200
        running = {"transactionId": 42, "timestamp": "2031-01-01T00:00:00Z", "meterValue": 5000, "cost": 3.456,
                   "state": "Charging", "chargingPrice": {"kWhPrice": 0.4}}
        assert transfer("RunningCost", running) == "Accepted" and two.cost == (42, "3.46")
        assert transfer("FinalCost", {"transactionId": 42, "cost": 7}) == "Accepted" and two.cost == (42, "7.00")
        assert transfer("FinalCost", {"transactionId": 42, "cost": 7, "priceText": "7 EUR, thank you"}) == "Accepted"
        assert two.cost == (42, "7 EUR, thank you") and one.cost == (None, "")
        for bad in ({"cost": 1}, {"transactionId": 41, "cost": 1}, {"transactionId": "42", "cost": 1}, [], 7, None,
                    "no json", "", {"transactionId": 42, "cost": "1"}, {"transactionId": 42, "cost": -1},
                    {"transactionId": 42, "cost": True}, {"transactionId": None, "cost": 1}):
            assert transfer("FinalCost", bad) == "Rejected", bad
        assert transfer("RunningCost", {"transactionId": 42, "cost": 1, "state": "Resting"}) == "Rejected"
        assert transfer("SetUserPrice", {"idToken": 4, "priceText": "x"}) == "Rejected"
        assert two.cost == (42, "7 EUR, thank you")
        assert transfer("TimeRemaining", {"connectorId": 1, "minutes": 35}, "org.bollard") == "Accepted"
        assert transfer("TimeRemaining", {"transactionId": 42, "minutes": 0}, "org.bollard") == "Accepted"
        assert transfer("TimeRemaining", {"connectorId": 1, "minutes": 35, "soc": 63.7}, "org.bollard") == "Accepted"
        assert one.soc == 64
        for soc in (-1, 101, "64", None, True):
            bad = {"connectorId": 1, "minutes": 9, "soc": soc}
            assert transfer("TimeRemaining", bad, "org.bollard") == "Rejected", bad
        assert (one.minutes_left, two.minutes_left, whole.minutes_left) == (35, 0, None)
        for bad in ({"connectorId": 0, "minutes": 1}, {"connectorId": 3, "minutes": 1}, {"connectorId": 1},
                    {"minutes": 1}, {"connectorId": 1, "minutes": -1}, {"connectorId": 1, "minutes": 1.5},
                    {"connectorId": 1, "minutes": True}, {"transactionId": 7, "minutes": 1}):
            assert transfer("TimeRemaining", bad, "org.bollard") == "Rejected", bad
    """)


@side_by_side
async def test_rule_27_no_energy_before_the_first_acceptance_ever_and_rule_92_as_a_whole(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path, ready=False) as (system, charge_point):
        accepted = system.answers["BootNotification"]

        def pending(**payload: object) -> object:
            answer = accepted(**payload)
            answer.status = "Pending"
            return answer

        system.answers["BootNotification"] = pending
        await system.wait_for("BootNotification")
        # the time is known and strangers would be welcome: still, nobody has ever accepted this charge point
        await configure(system, AllowOfflineTxForUnknownId="true")
        charge_point.plug(1, Plug())
        charge_point.tap(CARD)
        await until("the card is ignored", lambda: said(charge_point, "card.ignored"))
        assert [action for action, _ in system.said] == ["BootNotification"]
        system.answers["BootNotification"] = accepted
        await system.call(call.TriggerMessage(requested_message="BootNotification"))
        await wait_for_status(system, "Preparing")
        await tap(charge_point)
        await wait_for_status(system, "Charging")
        cost = json.dumps({"transactionId": system.next_transaction_id, "timestamp": now(), "meterValue": 1000,
                           "cost": 0.5, "state": "Charging"})
        for message, data, status in (("RunningCost", cost, "Accepted"), ("RunningCost", "{}", "Rejected"),
                                      ("Nothing", None, "UnknownMessageId")):
            answer = await system.call(call.DataTransfer(
                vendor_id="org.openchargealliance.costmsg", message_id=message, data=data))
            assert (answer.status, answer.data) == (status, None)
        assert said(charge_point, "data_transfer.accepted message=RunningCost connector=1 cost=0.50")
