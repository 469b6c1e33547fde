"""HTTPS and wss by settings; a renewed certificate is used without a restart."""

import contextlib
import ipaddress
import shutil
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import websockets
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from csms import tls
from csms.authority import Authority
from csms.config import BadSettings, Listen, Settings, load
from csms.domain.errors import CannotStart
from csms.service import Service
from csms.tls import Certificate
from ocppj import basic_auth
from tests.csms.running import settings_in


def make(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate of its own for 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / f"{name}.pem", folder / f"{name}.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    secret.write_bytes(key.private_bytes(*form))
    return pem, secret


def speaking(fresh: Path, tmp_path: Path, pem: Path, key: Path) -> Settings:
    shutil.copytree(fresh, tmp_path / "data")
    here = Listen(host="127.0.0.1", port=0, certificate_file=pem, key_file=key)
    return settings_in(tmp_path / "data").model_copy(update={"http": here, "ocpp": here})


async def test_pages_and_charge_points_come_by_tls_and_not_in_the_clear(fresh: Path, tmp_path: Path) -> None:
    pem, key = make(tmp_path, "first")
    trusting = ssl.create_default_context(cafile=str(pem))
    async with Service(speaking(fresh, tmp_path, pem, key)) as service:
        address = f"127.0.0.1:{service.http_port}"
        async with httpx.AsyncClient(verify=trusting) as client:
            assert (await client.get(f"https://{address}/healthz")).json() == {"status": "ok"}
            form = {"email": "dora@example.org", "password": "correct horse battery"}
            answer = await client.post(f"https://{address}/api/auth/login", json=form)
            assert "Secure" in answer.headers["set-cookie"]
            with pytest.raises(httpx.HTTPError):
                await client.get(f"http://{address}/healthz")
        async with httpx.AsyncClient() as stranger:
            with pytest.raises(httpx.ConnectError):
                await stranger.get(f"https://{address}/healthz")
        header = {"Authorization": basic_auth.header("CP1", "00" * 20)}
        with pytest.raises(websockets.InvalidStatus) as refused:  # by wss it gets as far as its name
            await websockets.connect(
                f"wss://127.0.0.1:{service.ocpp_port}/ocpp/CP1",
                ssl=trusting,
                subprotocols=["ocpp1.6"],  # type: ignore[list-item]
                additional_headers=header,
            )
        assert refused.value.response.status_code == 404  # nobody of that name


def offered(context: ssl.SSLContext, trusting: ssl.SSLContext) -> str:
    """Whose certificate a handshake in memory gives."""
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(to_client, to_server, server_hostname="127.0.0.1")
    server = context.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                pass
    found = client.getpeercert()
    assert found is not None
    return dict(pair[0] for pair in found["subject"])["commonName"]  # type: ignore[misc,arg-type]


def test_a_renewed_certificate_is_taken_and_half_of_one_is_not(tmp_path: Path) -> None:
    pem, key = make(tmp_path, "old")
    trusting = ssl.create_default_context(cafile=str(pem))
    used = Certificate("http", pem, key)
    assert offered(used.context, trusting) == "old"
    assert not used.look()
    new_pem, new_key = make(tmp_path, "new")
    trusting.load_verify_locations(new_pem)
    pem.write_bytes(new_pem.read_bytes())  # the key is still on its way
    assert not used.look()
    assert offered(used.context, trusting) == "old"
    key.write_bytes(new_key.read_bytes())
    assert used.look()
    assert offered(used.context, trusting) == "new"


async def test_a_door_that_requires_certificates_says_in_the_log_that_none_was_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem, key = make(tmp_path, "server")
    whys: list[str] = []
    monkeypatch.setattr(tls._log, "warning", lambda event, **facts: whys.append(facts["why"]), raising=False)
    door = Listen(host="127.0.0.1", port=0, certificate_file=pem, key_file=key, client_certificates="required")
    async with contextlib.AsyncExitStack() as stack:
        context = tls.of("ocpp", door, stack, Authority(tmp_path, 30).trust_in)
        assert context is not None
        with pytest.raises(ssl.SSLError, match="PEER_DID_NOT_RETURN"):
            offered(context, ssl.create_default_context(cafile=str(pem)))
    assert whys == ["none was shown"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[ocpp_tls]\nhost = "::"\nport = 1\n', "ocpp_tls: needs certificate_file"),
        ('[ocpp]\nclient_certificates = "required"\n', "need TLS"),
        ('[ocpp]\ncertificate_file = "a"\nkey_file = "b"\nclient_ca_file = "c"\n', "client_ca_file needs"),
        ('[http]\ncertificate_file = "a"\nkey_file = "b"\nclient_certificates = "optional"\n', "for ocpp and ocpp_tls"),
    ],
)
def test_doors_that_make_no_sense_are_no_settings(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "csms.toml"
    file.write_text(text)
    with pytest.raises(BadSettings, match=why):
        load(file)


async def test_files_that_are_of_no_use_are_named_at_the_start(fresh: Path, tmp_path: Path) -> None:
    pem, key = make(tmp_path, "a")
    key.write_text("no key")
    with pytest.raises(CannotStart, match="setting ocpp"):
        await Service(speaking(fresh, tmp_path, pem, key)).open()


def test_a_certificate_without_its_key_is_no_setting(tmp_path: Path) -> None:
    file = tmp_path / "csms.toml"
    file.write_text('[http]\ncertificate_file = "a.pem"\n')
    with pytest.raises(BadSettings, match="key_file"):
        load(file)
