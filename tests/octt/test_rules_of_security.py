"""The rules of the security extension, which this firmware does not offer: each of its requests is refused in words,
changes nothing, and nothing is said that would promise it."""
import json
import ssl

from tests.octt.cases import on_both, scripted_only
from tests.octt.script import Script
from tests.octt.stage import Stage
from tests.octt.systems import SCRIPTED
from tests.octt.test_rules import whole
from tests.octt.test_security import new, tls  # noqa: F401  (a fixture)

ONE_SYSTEM = "what is refused is no matter of who asks"
PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
HASHES = {"hashAlgorithm": "SHA256", "issuerNameHash": "a", "issuerKeyHash": "b", "serialNumber": "1"}
UPDATE = {"location": "http://127.0.0.1:9/image", "retrieveDateTime": "2020-01-01T00:00:00Z",
          "signingCertificate": PEM, "signature": "c2ln"}


@on_both
async def test_rule_76_no_value_is_said_to_be_signed(script: Script) -> None:
    await script.configures(StopTxnSampledData="Energy.Active.Import.Register", MeterValueSampleInterval=1)
    script.leaves_free("MeterValues")
    await script.starts_charging()
    await script.has_seen("MeterValues", 2)
    await script.configures(MeterValueSampleInterval=0)
    stop = await script.stops_charging()
    values = [value for told in [*script.all("MeterValues"), stop]
              for record in told.payload.get("meterValue") or told.payload["transactionData"]
              for value in record["sampledValue"]]
    contexts = {value.get("context") for value in values}
    assert {"Transaction.Begin", "Transaction.End"} <= contexts
    assert {value.get("format", "Raw") for value in values} == {"Raw"}
    assert all(float(value["value"]) >= 0 for value in values)
    await script.ends(status="Finishing")


@scripted_only(ONE_SYSTEM)
async def test_rules_94_and_95_a_signed_update_is_refused_and_nothing_is_fetched(script: Script) -> None:
    assert await script.asks("SignedUpdateFirmware", request_id=7, firmware=UPDATE) == "NotSupported"
    assert await script.asks("TriggerMessage", requested_message="FirmwareStatusNotification") == "Accepted"
    await script.sees("FirmwareStatusNotification", status="Idle")
    await script.ends(status="Available")


@whole
async def test_rule_97_who_was_told_to_use_tls_says_nothing_in_the_clear(
    stage: Stage, tls: tuple[ssl.SSLContext, bytes],  # noqa: F811
) -> None:
    async with new(stage, SCRIPTED) as plain:   # whose server speaks ws, not wss
        await plain.begin().boots()
        secure_url = plain.charge_point.options.url.replace("ws://", "wss://", 1)
        async with new(stage, SCRIPTED, authority=tls[1], url=secure_url) as player:
            script = player.begin()
            await script.until("refused twice", lambda: script.told("link.failed") >= 2, 20)
            assert script.told("link.up") == 0
        assert plain.tap.connections == 1
        assert not plain.tap.refusals


@on_both
async def test_rule_98_no_message_lowers_or_raises_the_security_profile(script: Script) -> None:
    assert await script.reads("SecurityProfile") is None
    for value in ("0", "1", "2", "3"):
        assert await script.asks("ChangeConfiguration", key="SecurityProfile", value=value) == "NotSupported"
    answer = await script.asks(
        "DataTransfer", vendor_id="org.openchargealliance", message_id="SecurityProfile", data="0")
    assert answer in ("UnknownVendorId", "UnknownMessageId")
    await script.power_cycle()
    await script.boots()   # as before, with the same key
    await script.ends(status="Available")


@scripted_only(ONE_SYSTEM)
async def test_rule_102_nobody_else_brings_it_a_certificate(script: Script) -> None:
    assert await script.asks("CertificateSigned", certificate_chain=PEM) == "NotSupported"
    assert await script.asks(
        "ExtendedTriggerMessage", requested_message="SignChargePointCertificate") == "NotSupported"
    await script.ends(status="Available")   # no SignCertificate has left


@scripted_only(ONE_SYSTEM)
async def test_rule_103_roots_come_with_the_settings_only(script: Script) -> None:
    assert await script.asks(
        "InstallCertificate", certificate_type="CentralSystemRootCertificate", certificate=PEM) == "NotSupported"
    assert await script.asks("DeleteCertificate", certificate_hash_data=HASHES) == "NotSupported"
    assert await script.asks(
        "GetInstalledCertificateIds", certificate_type="CentralSystemRootCertificate") == "NotSupported"
    await script.ends(status="Available")


@on_both
async def test_rule_104_no_security_event_is_told_and_none_waits(script: Script) -> None:
    """What would be events elsewhere: a reset, a start, a change of settings, a message that is none."""
    await script.configures(MeterValueSampleInterval=5)
    await script.starts_charging()
    await script.stops_charging()
    assert await script.asks("Reset", answer_first=False, type="Soft") == "Accepted"
    await script.boots({0: "Available", 1: lambda shown: shown in ("Preparing", "Finishing")})
    told = json.dumps([e.action for e in script.player.tap.record])
    assert "SecurityEventNotification" not in told
    await script.ends()
