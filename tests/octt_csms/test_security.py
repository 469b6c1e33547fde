"""Keys, certificates, security profiles and signed firmware: the CSMS's half of the cases 073 to 078, 080 to 088.

Where TLS is asked for, the CSMS has a second door by TLS beside the one in the clear, which may ask for a certificate.
"""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import websockets
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from csms import tls
from csms.config import Listen, Settings
from csms.service import Service
from ocppj import basic_auth
from ocppj import server as ocpp_server
from tests.csms.running import Csms, until
from tests.csms.tells import tells
from tests.octt_csms import certificates as made
from tests.octt_csms.charge_point import AT, Any_, ChargePoint, plugged_in

ACCEPTED = {"status": "Accepted"}
REJECTED = {"status": "Rejected"}
POINT = "/api/charge-points/CP1"
HASHES = {"hashAlgorithm": "SHA256", "issuerNameHash": "aa01", "issuerKeyHash": "bb02", "serialNumber": "0c"}
SHOWN = {"hash_algorithm": "SHA256", "issuer_name_hash": "aa01", "issuer_key_hash": "bb02", "serial_number": "0c"}


async def opens(csms: Csms, key: str, url: str = "", context: ssl.SSLContext | None = None) -> bool:
    headers = {"Authorization": basic_auth.header("CP1", key)}
    try:
        await (
            await websockets.connect(
                f"{url or csms.ocpp_url}/CP1",
                subprotocols=["ocpp1.6"],  # type: ignore[list-item]
                additional_headers=headers,
                ssl=context,
            )
        ).close()
    except websockets.InvalidStatus as refused:
        if refused.response.status_code == 401:
            return False
        raise
    return True


# The key


async def send_key(csms: Csms, cp: ChargePoint, status: str) -> str:
    """The operator asks for a new one, and this is what the charge point answers; the key that it was sent."""
    key = Any_()
    call = {"key": "AuthorizationKey", "value": key}
    path = "authorization-key"
    await cp.asked_by("POST", path, None, "ChangeConfiguration", call, {"status": status})
    assert len(bytes.fromhex(key.value)) == 20
    return str(key.value)


@tells("POST /api/charge-points/{identity}/authorization-key", "GET /api/charge-points/{identity}/security")
async def test_tc_073_a_new_key(csms: Csms) -> None:
    old = await csms.charge_point("CP1", connectors=2)
    async with plugged_in(csms, "CP1", old) as cp:
        await cp.boots()
        new = await send_key(csms, cp, "Accepted")
        messages = await csms.get(f"{POINT}/messages")
    assert new not in str(messages)
    assert (await csms.get(f"{POINT}/security"))["new_key"] is None
    assert not await opens(csms, old)
    async with plugged_in(csms, "CP1", new) as cp:
        await cp.boots()


async def test_tc_073_a_new_key_that_is_not_taken(csms: Csms) -> None:
    old = await csms.charge_point("CP1", connectors=2)
    async with plugged_in(csms, "CP1", old) as cp:
        await cp.boots()
        new = await send_key(csms, cp, "Rejected")
    assert not await opens(csms, new)
    assert await opens(csms, old)


@pytest.mark.parametrize("has_it", [True, False])
async def test_tc_073_without_an_answer_the_next_connection_shows_the_key(csms: Csms, has_it: bool) -> None:
    old = await csms.charge_point("CP1", connectors=2)
    key = Any_()
    async with plugged_in(csms, "CP1", old) as cp:
        await cp.boots()
        asking = asyncio.create_task(csms.admin.post(f"{POINT}/authorization-key"))
        frame = await cp.heard_and_left()
        assert frame[2:] == ["ChangeConfiguration", {"key": "AuthorizationKey", "value": key}]
    assert (await asking).status_code == 504
    security = await csms.get(f"{POINT}/security")
    assert security["new_key"] == "in doubt"
    again = await csms.admin.post(f"{POINT}/authorization-key")
    assert again.status_code == 409  # it may have the one: no other is made meanwhile
    used, other = (key.value, old) if has_it else (old, key.value)
    assert await opens(csms, used)

    async def shown() -> bool:
        return (await csms.get(f"{POINT}/security"))["new_key"] is None

    await until(shown)
    assert not await opens(csms, other)
    assert await opens(csms, used)


async def test_tc_073_after_reboot_required_the_old_key_lasts_until_the_new_one_comes(csms: Csms) -> None:
    old = await csms.charge_point("CP1", connectors=2)
    async with plugged_in(csms, "CP1", old) as cp:
        await cp.boots()
        new = await send_key(csms, cp, "RebootRequired")
    assert (await csms.get(f"{POINT}/security"))["new_key"] == "after reboot"
    assert await opens(csms, old)
    assert await opens(csms, new)

    async def settled() -> bool:
        return not await opens(csms, old)

    await until(settled)


async def answered_with_nonsense(csms: Csms, cp: ChargePoint, path: str, body: Any, call: dict[str, Any]) -> None:
    asking = asyncio.create_task(csms.admin.post(f"{POINT}/{path}", json=body))
    await cp.hears("ChangeConfiguration", call, {"status": "ACCEPTED", "vendorExtra": 1})
    told = await asking
    assert told.status_code == 502
    assert "unknown" in told.json()["detail"]


async def test_after_an_answer_that_cannot_be_read_both_keys_open(csms: Csms) -> None:
    old, key = await csms.charge_point("CP1", connectors=2), Any_()
    async with plugged_in(csms, "CP1", old) as cp:
        await cp.boots()
        call = {"key": "AuthorizationKey", "value": key}
        await answered_with_nonsense(csms, cp, "authorization-key", None, call)
    assert (await csms.get(f"{POINT}/security"))["new_key"] == "in doubt"
    assert await opens(csms, key.value)


@tells("POST /api/charge-points/{identity}/key")
async def test_a_key_by_hand_lets_one_in_again_that_was_locked_out(secure: "Secure") -> None:
    csms, old = secure.csms, secure.key
    call = {"key": "SecurityProfile", "value": "2"}
    async with plugged_in(csms, "CP1", old) as cp:
        await cp.boots()
        await cp.asked_by("POST", "security-profile", {"profile": 2}, "ChangeConfiguration", call, ACCEPTED)
    async with plugged_in(csms, "CP1", old, secure.url, secure.client()) as cp:
        await cp.boots()
        sent = await send_key(csms, cp, "RebootRequired")
        await cp.asked_by(  # and on to the next, which it will never come by
            "POST", "security-profile", {"profile": 3}, "ChangeConfiguration", {**call, "value": "3"}, ACCEPTED
        )
    assert not await opens(csms, old)
    made_by_hand = await csms.new(f"{POINT}/key")
    assert made_by_hand.keys() == {"authorization_key"}
    new = made_by_hand["authorization_key"]
    for lost in (old, sent):
        assert not await opens(csms, lost, secure.url, secure.client())
    security = await csms.get(f"{POINT}/security")
    assert (security["least_profile"], security["asked_profile"], security["new_key"]) == (1, None, None)
    assert new not in str(await csms.get("/api/audit/changes"))
    assert "/api/charge-points/CP1/key" in str(await csms.get("/api/audit/changes"))
    async with plugged_in(csms, "CP1", new) as cp:  # in the clear, as it left the factory
        await cp.boots()


# Certificates


async def sign(cp: ChargePoint, key: made.Key, answer: dict[str, str], common: str = "CP1") -> x509.Certificate:
    """The operator has it ask; it gets a certificate and answers so."""
    call = {"requestedMessage": "SignChargePointCertificate"}
    body = {"message": "SignChargePointCertificate"}
    await cp.asked_by("POST", "trigger", body, "ExtendedTriggerMessage", call, ACCEPTED)
    await cp.says("SignCertificate", {"csr": made.request(key, common, "Bollard")}, ACCEPTED)
    chain = Any_()
    await cp.hears("CertificateSigned", {"certificateChain": chain}, answer)
    return x509.load_pem_x509_certificate(chain.value.encode())


async def statuses(csms: Csms, *wanted: str) -> None:
    """Of its certificates, newest first; the answer is written down just after it came."""

    async def told() -> bool:
        return [row["status"] for row in await csms.get(f"{POINT}/certificates")] == list(wanted)

    await until(told)


async def test_tc_074_a_certificate_is_renewed(csms: Csms, cp: ChargePoint) -> None:
    key = made.new_key()
    found = await sign(cp, key, ACCEPTED)
    root = x509.load_pem_x509_certificate((csms.data_dir / "charge-point-ca.pem").read_bytes())
    found.verify_directly_issued_by(root)
    assert found.public_key() == key.public_key()
    assert found.subject == made.name("CP1", "Bollard")
    usage = found.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert not found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert (found.not_valid_after_utc - found.not_valid_before_utc).days == 367  # two of them before today
    for file in ("charge-point-ca.pem", "charge-point-ca-key.pem"):
        assert (csms.data_dir / file).stat().st_mode & 0o777 == 0o600
    await statuses(csms, "Accepted")
    (row,) = await csms.get(f"{POINT}/certificates")
    assert (row["serial_number"], row["subject"]) == (f"{found.serial_number:X}", "CN=CP1,O=Bollard")


async def test_tc_074_what_is_signed_is_the_charge_points_own(csms: Csms, new: ChargePoint) -> None:
    await csms.charge_point("CP2")
    boot = {"chargePointVendor": "Octt", "chargePointModel": "Frames", "chargePointSerialNumber": "S-77"}
    accepted = {"status": "Accepted", "currentTime": Any_(), "interval": 300}
    await new.says("BootNotification", boot, accepted)
    await new.says("SignCertificate", {"csr": made.request(made.new_key(), "CP2")}, REJECTED)
    await new.says("SignCertificate", {"csr": made.request(made.new_key(), "cp1")}, REJECTED)
    weak = rsa.generate_private_key(65537, 1024)
    await new.says("SignCertificate", {"csr": made.request(weak, "CP1")}, REJECTED)
    await new.says("SignCertificate", {"csr": "no request"}, REJECTED)
    # Its serial number is a name of its own (A00.FR.404), but not where it is another's identity.
    await new.says("SignCertificate", {"csr": made.request(made.new_key(), "S-77")}, ACCEPTED)
    await new.hears("CertificateSigned", {"certificateChain": Any_()}, ACCEPTED)
    await new.says("BootNotification", {**boot, "chargePointSerialNumber": "CP2"}, accepted)
    await new.says("SignCertificate", {"csr": made.request(made.new_key(), "CP2")}, REJECTED)
    await statuses(csms, "Accepted")


async def test_tc_077_an_invalid_certificate_of_its_own(csms: Csms, cp: ChargePoint) -> None:
    await sign(cp, made.new_key(), REJECTED)
    event = {"type": "InvalidChargePointCertificate", "timestamp": AT, "techInfo": "not mine"}
    async with csms.events() as heard:
        await cp.says("SecurityEventNotification", event, {})
        assert (await heard.next("Alert"))["text"] == "InvalidChargePointCertificate: not mine"
        await cp.says("SecurityEventNotification", event, {})  # its answer was lost: it is the same one
        await cp.says("SecurityEventNotification", {"type": "SettingSystemTime", "timestamp": AT}, {})
        assert (await heard.next("Alert"))["text"] == "SettingSystemTime"
    await statuses(csms, "Rejected")
    _, row = await csms.get(f"{POINT}/security-events")
    assert (row["type"], row["tech_info"], row["at"]) == ("InvalidChargePointCertificate", "not mine", AT)


async def install(cp: ChargePoint, use: str, status: str) -> None:
    root = made.pem(made.Authority().root)
    call = {"certificateType": use, "certificate": root}
    body = {"type": use, "certificate": f"Made today\n{root}"}  # what stands around it stays here
    await cp.asked_by("POST", "installed-certificates", body, "InstallCertificate", call, {"status": status})


async def test_tc_075_1_a_manufacturers_root_is_installed(cp: ChargePoint) -> None:
    await install(cp, "ManufacturerRootCertificate", "Accepted")


@tells("POST /api/charge-points/{identity}/installed-certificates")
async def test_tc_075_2_a_central_systems_root_is_installed(cp: ChargePoint) -> None:
    await install(cp, "CentralSystemRootCertificate", "Accepted")


async def test_what_is_no_root_is_not_sent(csms: Csms, cp: ChargePoint) -> None:
    authority = made.Authority()
    for useless in ("nothing", made.pem(authority.issue("leaf")), made.pem(authority.root) * 2):
        answer = await csms.admin.post(f"{POINT}/installed-certificates", json={"certificate": useless})
        assert answer.status_code == 422, answer.text
    expired = authority.issue("old", authority=True, expired=True)
    answer = await csms.admin.post(f"{POINT}/installed-certificates", json={"certificate": made.pem(expired)})
    assert "not now" in answer.json()["detail"]


@tells(
    "GET /api/charge-points/{identity}/installed-certificates",
    "POST /api/charge-points/{identity}/installed-certificates/delete",
)
async def test_tc_076_a_certificate_is_deleted(cp: ChargePoint) -> None:
    path, call = "installed-certificates", {"certificateType": "CentralSystemRootCertificate"}
    told = {"status": "Accepted", "certificateHashData": [HASHES]}
    shown = {"status": "Accepted", "roots": [SHOWN]}
    await cp.asked_by("GET", path, None, "GetInstalledCertificateIds", call, told, shown)
    for status in ("Accepted", "Failed"):
        call = {"certificateHashData": HASHES}
        await cp.asked_by("POST", f"{path}/delete", SHOWN, "DeleteCertificate", call, {"status": status})
    call, path = {"certificateType": "ManufacturerRootCertificate"}, f"{path}?type=ManufacturerRootCertificate"
    none = {"status": "NotFound", "roots": []}
    await cp.asked_by("GET", path, None, "GetInstalledCertificateIds", call, {"status": "NotFound"}, none)


@tells("GET /api/charge-points/{identity}/security-events")
async def test_tc_078_an_invalid_root_of_the_central_system(csms: Csms, cp: ChargePoint) -> None:
    await install(cp, "CentralSystemRootCertificate", "Rejected")
    event = {"type": "InvalidCentralSystemCertificate", "timestamp": AT}
    await cp.says("SecurityEventNotification", event, {})
    (row,) = await csms.get(f"{POINT}/security-events")
    assert (row["type"], row["tech_info"]) == ("InvalidCentralSystemCertificate", None)


# Signed firmware


def signed() -> tuple[dict[str, Any], dict[str, Any]]:
    """As the operator says it, and as it goes out."""
    key = made.new_key()
    certificate = made.pem(made.Authority("Maker").issue("Firmware", key=key))
    signature = base64.b64encode(key.sign(b"firmware", ec.ECDSA(hashes.SHA256()))).decode()
    location, when = "https://firmware.example.org/v2.bin", "2026-03-01T09:00:00Z"
    body = {"location": location, "signing_certificate": certificate, "signature": signature, "retrieve_at": when}
    firmware = {
        "location": location,
        "retrieveDateTime": when,
        "signingCertificate": certificate,
        "signature": signature,
    }
    return body, {"requestId": 1, "firmware": firmware, "retries": 3, "retryInterval": 60}


async def update(csms: Csms, cp: ChargePoint, answer: str, *told: str) -> str:
    """What is shown of it in the end."""
    body, call = signed()
    shown = {"update_id": 1, "status": answer}
    await cp.asked_by("POST", "signed-updates", body, "SignedUpdateFirmware", call, {"status": answer}, shown)
    for status in told:
        await cp.says("SignedFirmwareStatusNotification", {"status": status, "requestId": 1}, {})
    (row,) = await csms.get(f"{POINT}/signed-updates")
    assert (row["signer"], row["location"]) == ("CN=Firmware", body["location"])
    return str(row["status"])


@tells("POST /api/charge-points/{identity}/signed-updates", "GET /api/charge-points/{identity}/signed-updates")
async def test_tc_080_a_signed_update(csms: Csms, cp: ChargePoint) -> None:
    way = ("Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallRebooting", "Installed")
    assert await update(csms, cp, "Accepted", *way) == "Installed"
    await cp.boots()
    await cp.says("SignedFirmwareStatusNotification", {"status": "Idle"}, {})
    await cp.says("SignedFirmwareStatusNotification", {"status": "Idle", "requestId": 1}, {})
    await cp.says("SignedFirmwareStatusNotification", {"status": "DownloadFailed", "requestId": 7}, {})
    assert [row["status"] for row in await csms.get(f"{POINT}/signed-updates")] == ["Installed"]


async def test_tc_081_an_update_with_a_wrong_signature(csms: Csms, cp: ChargePoint) -> None:
    assert await update(csms, cp, "Accepted", "Downloading", "Downloaded", "InvalidSignature") == "InvalidSignature"
    event = {"type": "InvalidFirmwareSignature", "timestamp": AT}
    await cp.says("SecurityEventNotification", event, {})


async def test_the_password_of_an_address_goes_to_the_charge_point_alone(csms: Csms, cp: ChargePoint) -> None:
    body, call = signed()
    body["location"] = call["firmware"]["location"] = "https://me:secret@firmware.example.org/v2.bin"
    shown = {"update_id": 1, "status": "Accepted"}
    await cp.asked_by("POST", "signed-updates", body, "SignedUpdateFirmware", call, ACCEPTED, shown)
    for path in ("signed-updates", "messages"):
        told = str(await csms.get(f"{POINT}/{path}"))
        assert "https://firmware.example.org/v2.bin" in told
        assert "secret" not in told


async def test_tc_081_a_certificate_that_the_charge_point_does_not_believe(csms: Csms, cp: ChargePoint) -> None:
    assert await update(csms, cp, "InvalidCertificate") == "InvalidCertificate"


async def test_an_update_that_cannot_be_right_is_not_sent(csms: Csms, cp: ChargePoint) -> None:
    body, _ = signed()
    old = made.pem(made.Authority().issue("old", expired=True))
    for wrong in (
        {"signature": base64.b64encode(b"no signature").decode()},
        {"signature": "?"},
        {"signing_certificate": old},
        {"location": "file:///etc/passwd"},
        {"install_at": "2026-02-28T00:00:00Z"},
    ):
        assert (await csms.admin.post(f"{POINT}/signed-updates", json={**body, **wrong})).status_code == 422, wrong


# Security profiles


class Lines:
    """Stands in for a log."""

    def __init__(self) -> None:
        self.warnings: list[dict[str, Any]] = []

    def warning(self, event: str, **facts: Any) -> None:
        self.warnings.append({"event": event, **facts})

    def info(self, event: str, **facts: Any) -> None:
        pass


@dataclass
class Secure:
    """A CSMS with a door by TLS that may ask for certificates, also for those of `maker`."""

    csms: Csms
    url: str
    root: Path  # by which the CSMS is verified
    maker: made.Authority
    folder: Path
    key: str  # of CP1

    def client(self, certificate: x509.Certificate | None = None, key: made.Key | None = None) -> ssl.SSLContext:
        if certificate is None or key is None:
            return made.client(self.root)
        files = made.write(self.folder, "client", made.pem(certificate), key)
        return made.client(self.root, files)

    async def refuses(self, identity: str, context: ssl.SSLContext) -> bool:
        """True if the door does not open to this certificate."""
        try:
            async with plugged_in(self.csms, identity, None, self.url, context) as cp:
                await cp.nothing_more()
        except (websockets.InvalidStatus, websockets.InvalidMessage, OSError, EOFError, websockets.ConnectionClosed):
            return True
        return False


@pytest.fixture
async def secure(settings: Settings, tmp_path: Path) -> AsyncIterator[Secure]:
    somebody, maker, key = made.Authority("Trusted by charge points"), made.Authority("Maker"), made.new_key()
    pem, secret = made.write(tmp_path, "server", made.pem(somebody.issue("csms", key=key, server=True)), key)
    root, maker_root = tmp_path / "root.pem", tmp_path / "maker.pem"
    root.write_text(made.pem(somebody.root))
    maker_root.write_text(made.pem(maker.root))
    door = Listen(
        host="127.0.0.1",
        port=0,
        certificate_file=pem,
        key_file=secret,
        client_certificates="optional",
        client_ca_file=maker_root,
    )
    changes = {"ocpp_tls": door, "cpo_name": "Bollard", "meter_value_sample_interval_s": 0}
    async with AsyncExitStack() as stack:
        changed = settings.model_copy(update={**changes, "tell_emergency_number": False})
        service = await stack.enter_async_context(Service(changed))
        csms = Csms(service, settings.data_dir)
        stack.push_async_callback(csms.admin.aclose)
        cp1 = await csms.charge_point("CP1", connectors=2)
        url = f"wss://127.0.0.1:{service.ocpp_tls_port}/ocpp"
        yield Secure(csms, url, root, maker, tmp_path, cp1)


@tells("POST /api/charge-points/{identity}/security-profile")
async def test_tc_083_the_security_profile_is_raised(secure: Secure) -> None:
    csms, key = secure.csms, secure.key
    call = {"key": "SecurityProfile", "value": "2"}
    async with plugged_in(csms, "CP1", key) as cp:
        await cp.boots()
        await cp.asked_by("POST", "security-profile", {"profile": 2}, "ChangeConfiguration", call, ACCEPTED)
        await cp.asked_by("POST", "reset", {"type": "Hard"}, "Reset", {"type": "Hard"}, ACCEPTED)
        assert (await csms.get(f"{POINT}/security"))["asked_profile"] == 2
    assert await opens(csms, key)  # it falls back where the new one fails
    async with plugged_in(csms, "CP1", key, secure.url, secure.client()) as cp:
        await cp.boots()
        security = await csms.get(f"{POINT}/security")
        assert (security["profile"], security["least_profile"], security["asked_profile"]) == (2, 2, None)
    assert not await opens(csms, key)  # and never again after it went well
    assert await opens(csms, key, secure.url, secure.client())


async def test_tc_083_a_profile_by_which_nobody_could_come_is_not_asked_for(csms: Csms, cp: ChargePoint) -> None:
    for profile in (2, 3):
        answer = await csms.admin.post(f"{POINT}/security-profile", json={"profile": profile})
        assert answer.status_code == 409
        assert "nobody could come by it" in answer.json()["detail"]
    for value in ("2", " 2", "+2", "2.0", "0x2", "²", "1e1", ""):
        as_setting = {"key": "securityProfile", "value": value}
        answer = await csms.admin.patch(f"{POINT}/configuration", json=as_setting)
        assert answer.status_code == 409, value
        answer = await csms.admin.put(f"{POINT}/registration", json={"settings": [as_setting]})
        assert answer.status_code == 422, value


async def test_tc_083_a_profile_that_is_refused_is_left(secure: Secure) -> None:
    csms, key = secure.csms, secure.key
    call = {"key": "SecurityProfile", "value": "3"}
    async with plugged_in(csms, "CP1", key) as cp:
        await cp.boots()
        await cp.asked_by("POST", "security-profile", {"profile": 3}, "ChangeConfiguration", call, REJECTED)
    assert (await csms.get(f"{POINT}/security"))["asked_profile"] is None


async def test_a_profile_whose_answer_cannot_be_read_may_have_been_taken(secure: Secure) -> None:
    csms, key = secure.csms, secure.key
    async with plugged_in(csms, "CP1", key) as cp:
        await cp.boots()
        call = {"key": "SecurityProfile", "value": "2"}
        await answered_with_nonsense(csms, cp, "security-profile", {"profile": 2}, call)
    assert (await csms.get(f"{POINT}/security"))["asked_profile"] == 2


async def test_tc_084_a_downgrade_is_refused_and_shown(secure: Secure) -> None:
    csms = secure.csms
    call = {"key": "SecurityProfile", "value": "1"}
    async with plugged_in(csms, "CP1", secure.key, secure.url, secure.client()) as cp:
        await cp.boots()
        await cp.asked_by("PATCH", "configuration", call, "ChangeConfiguration", call, REJECTED)
        for profile, status in ((1, 422), (2, 409)):  # no operation of ours asks for less, or for the same
            answer = await csms.admin.post(f"{POINT}/security-profile", json={"profile": profile})
            assert answer.status_code == status
        await cp.nothing_more()


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
async def test_tc_086_tls_with_the_servers_certificate(secure: Secure) -> None:
    csms, key = secure.csms, secure.key
    for cipher in ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"):
        context = secure.client()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(cipher)
        async with plugged_in(csms, "CP1", key, secure.url, context) as cp:
            await cp.boots()
    assert not await opens(csms, "00" * 20, secure.url, secure.client())
    stranger = ssl.create_default_context(cadata=made.pem(made.Authority().root))
    with pytest.raises(ssl.SSLCertVerificationError):
        await opens(csms, key, secure.url, stranger)
    old = secure.client()
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = ssl.TLSVersion.TLSv1
    assert await opens(csms, key, secure.url, old)  # by 1.2 or 1.3
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(OSError):  # noqa: PT011 (an alert, or the end of the connection before it is read)
        await opens(csms, key, secure.url, old)


@tells(
    "GET /api/charge-points/{identity}/certificates",
    "POST /api/charge-points/{identity}/certificates/{certificate_id}/revoke",
)
async def test_tc_087_a_clients_certificate(secure: Secure, monkeypatch: pytest.MonkeyPatch) -> None:
    csms, key = secure.csms, made.new_key()
    await csms.charge_point("CP2")
    call = {"key": "SecurityProfile", "value": "3"}
    async with plugged_in(csms, "CP1", secure.key, secure.url, secure.client()) as cp:
        await cp.boots()
        first = await sign(cp, key, ACCEPTED)
        await cp.asked_by("POST", "security-profile", {"profile": 3}, "ChangeConfiguration", call, ACCEPTED)
    async with plugged_in(csms, "CP1", None, secure.url, secure.client(first, key)) as cp:
        await cp.boots()
        point = await csms.get(f"{POINT}/security")
        assert (point["profile"], point["least_profile"]) == (3, 3)
        second = await sign(cp, key, ACCEPTED)
    assert not await opens(csms, secure.key, secure.url, secure.client())  # nor in the clear
    async with plugged_in(csms, "CP1", None, secure.url, secure.client(second, key)) as cp:
        await cp.boots()
    await statuses(csms, "Accepted", "Replaced")
    lines = Lines()
    monkeypatch.setattr(ocpp_server, "_log", lines)
    assert not await secure.refuses("CP1", secure.client(first, key))  # to fall back on, for a time
    assert await secure.refuses("CP2", secure.client(second, key))
    newest, _ = await csms.get(f"{POINT}/certificates")
    await csms.new(f"{POINT}/certificates/{newest['id']}/revoke")
    assert await secure.refuses("CP1", secure.client(second, key))
    why = ["the certificate is another charge point's", "the certificate was revoked"]
    assert [line["why"] for line in lines.warnings] == why


async def test_tc_087_certificates_that_open_nothing(secure: Secure, monkeypatch: pytest.MonkeyPatch) -> None:
    csms, key, maker = secure.csms, made.new_key(), secure.maker
    handshakes, refusals = Lines(), Lines()
    monkeypatch.setattr(tls, "_log", handshakes)
    monkeypatch.setattr(ocpp_server, "_log", refusals)

    async def refused(certificate: x509.Certificate) -> bool:
        return await secure.refuses("CP1", secure.client(certificate, key))

    # Those of the maker's authority are good where they are the charge point's and name the operator.
    assert not await refused(maker.issue("CP1", organization="Bollard", key=key))
    assert refusals.warnings == handshakes.warnings == []
    assert await refused(maker.issue("CP1", organization="Somebody else", key=key))
    assert await refused(maker.issue("CP9", organization="Bollard", key=key))
    whys = [line["why"] for line in refusals.warnings]
    assert whys == ["the certificate is of 'Somebody else', not of 'Bollard'", "the certificate is for 'CP9'"]
    # What the handshake does not believe gets no further, and is one line each.
    assert await refused(maker.issue("CP1", organization="Bollard", key=key, expired=True))
    assert await refused(made.Authority("Maker").issue("CP1", organization="Bollard", key=key))
    assert await refused(made.Authority("Nobody").issue("CP1", organization="Bollard", key=key))
    assert await refused(maker.issue("CP1", organization="Bollard", key=key, server=True))

    async def told() -> bool:
        return len(handshakes.warnings) >= 4

    await until(told)
    assert [line["event"] for line in handshakes.warnings] == ["certificate.refused"] * 4
    assert handshakes.warnings[0]["why"] == "certificate has expired"
    assert len(refusals.warnings) == 2
    assert await opens(csms, secure.key, secure.url, secure.client())  # a key still does


async def test_tc_088_the_sub_protocol_is_chosen(csms: Csms) -> None:
    key = await csms.charge_point("CP1", connectors=2)
    headers = {"Authorization": basic_auth.header("CP1", key)}
    url = f"{csms.ocpp_url}/CP1"
    async with websockets.connect(url, subprotocols=["ocpp0.1"], additional_headers=headers) as socket:  # type: ignore[list-item]
        assert socket.subprotocol is None
        with pytest.raises(websockets.ConnectionClosed):
            await socket.recv()
    both: Any = ["ocpp0.1", "ocpp1.6"]
    async with websockets.connect(url, subprotocols=both, additional_headers=headers) as socket:
        assert socket.subprotocol == "ocpp1.6"
        await ChargePoint(csms, "CP1", socket).boots()
