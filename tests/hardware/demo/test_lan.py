"""The demo on the LAN: a CA that vouches for local machines alone, kept from one start to the next, and its page."""
import ipaddress
import socket
import ssl
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from hardware.demo.lan import TrustPage, local_address, prepare
from hardware.demo.processes import DemoError

HERE = ipaddress.ip_address("127.0.0.1")


def connects(ca_pem: Path, certificate: Path, key: Path, host: str) -> bool:
    """Whether somebody who trusts the CA believes that this certificate is `host`."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        def answer() -> None:
            taken, _ = listening.accept()
            try:
                with serving.wrap_socket(taken, server_side=True) as secured:
                    secured.sendall(b"x")
            except OSError:
                pass   # the other side did not believe us

        answering = threading.Thread(target=answer)
        answering.start()
        trusting = ssl.create_default_context(cafile=str(ca_pem))
        try:
            with socket.create_connection(listening.getsockname(), timeout=10) as plain, \
                    trusting.wrap_socket(plain, server_hostname=host) as secured:
                return secured.recv(1) == b"x"
        except ssl.SSLCertVerificationError:
            return False
        finally:
            answering.join(10)


def test_who_trusts_the_ca_believes_this_machine(tmp_path: Path) -> None:
    trust = prepare(tmp_path / "ca", HERE)
    assert connects(trust.ca_pem, trust.certificate, trust.key, "127.0.0.1")
    assert connects(trust.ca_pem, trust.certificate, trust.key, "localhost")
    assert not connects(trust.ca_pem, trust.certificate, trust.key, "192.168.1.5")
    for secret in ("ca.key", "server.key"):
        assert stat.S_IMODE((tmp_path / "ca" / secret).stat().st_mode) == 0o600


def test_its_ca_cannot_vouch_for_a_machine_of_the_internet(tmp_path: Path) -> None:
    trust = prepare(tmp_path / "ca", HERE)
    ca = x509.load_pem_x509_certificate(trust.ca_pem.read_bytes())
    ca_key = load_pem_private_key((tmp_path / "ca" / "ca.key").read_bytes(), None)
    assert isinstance(ca_key, ec.EllipticCurvePrivateKey)
    now, own = datetime.now(UTC), load_pem_private_key(trust.key.read_bytes(), None)
    assert isinstance(own, ec.EllipticCurvePrivateKey)
    forged = tmp_path / "forged.pem"
    names = x509.SubjectAlternativeName([x509.DNSName("bank.example")])
    forged.write_bytes(
        x509.CertificateBuilder().subject_name(x509.Name([])).issuer_name(ca.subject).public_key(own.public_key())
        .serial_number(1).not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=True).sign(ca_key, hashes.SHA256()).public_bytes(Encoding.PEM)
    )
    assert not connects(trust.ca_pem, forged, trust.key, "bank.example")


def test_the_ca_stays_until_it_grows_old(tmp_path: Path) -> None:
    first = prepare(tmp_path, HERE)
    assert prepare(tmp_path, ipaddress.ip_address("192.168.1.5")).fingerprint == first.fingerprint
    later = datetime.now(UTC) + timedelta(days=700)
    assert prepare(tmp_path, HERE, later).fingerprint != first.fingerprint
    (tmp_path / "ca.pem").write_text("no certificate")
    with pytest.raises(DemoError, match="delete the folder"):
        prepare(tmp_path, HERE)


def test_the_page_hands_out_the_ca_and_nothing_else(tmp_path: Path) -> None:
    trust = prepare(tmp_path, HERE)
    with TrustPage(trust, "https://127.0.0.1:8000/app/", 0) as page, httpx.Client(base_url=page.url) as phone:
        shown = phone.get("/")
        assert trust.fingerprint in shown.text
        assert 'href="https://127.0.0.1:8000/app/"' in shown.text
        assert "<script" not in shown.text
        loaded = phone.get("/bollard-ca.crt")
        assert loaded.headers["content-type"] == "application/x-x509-ca-cert"
        assert x509.load_der_x509_certificate(loaded.content).fingerprint(hashes.SHA256()).hex(":").upper() == (
            trust.fingerprint)
        assert phone.get("/app.svg").text.startswith("<?xml")
        for path in ("/ca.key", "/../ca.key", "/server.key", "/favicon.ico"):
            assert phone.get(path).status_code == 404
        assert phone.post("/").status_code == 501
        assert "█" in page.terminal_code()


@pytest.mark.parametrize("wrong", ["8.8.8.8", "my-laptop", "2001:4860::1"])
def test_an_address_that_is_not_local_is_refused(wrong: str) -> None:
    with pytest.raises(DemoError, match="--lan"):
        local_address(wrong)
    assert local_address("192.168.1.5") == ipaddress.ip_address("192.168.1.5")
