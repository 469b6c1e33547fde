"""TLS for a site without an administrator: a CA of its own, and a server certificate under it that renews itself.

EC P-256, which a small chip verifies in reasonable time. The CA's key stays in the data folder (mode 0600) and is in no
answer; charge points get the CA at their adoption, browsers by hand. RFC 5280; RFC 6125 for names.
"""

import ipaddress
import os
import socket
import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from local_controller.config import Settings
from local_controller.errors import ConfigError
from ocppj import log

CA, CA_KEY, SERVER = "ca.pem", "ca-key.pem", "server.pem"
CA_LIFE, SERVER_LIFE = timedelta(days=20 * 365), timedelta(days=397)
RENEW_BEFORE = timedelta(days=60)
BACK_DATED = timedelta(days=2)  # charge points' clocks are not all in step
MOST_HOSTS = 50
_log = log.get(__name__)


def make_ca(data_dir: Path, hosts: Sequence[str], now: datetime) -> list[str]:
    """A CA, unless there is one, and a server certificate for these names and addresses; which they are.
    The same CA again means that no charge point must be told anything new."""
    names = sorted(set(hosts) or set(local_names()))
    if len(names) > MOST_HOSTS:
        raise ConfigError(f"--host: at most {MOST_HOSTS}")
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        if not (data_dir / CA).exists() or not (data_dir / CA_KEY).exists():
            _make_authority(data_dir, now)
        _issue(data_dir, [_general_name(name) for name in names], now)
    except OSError as problem:
        raise ConfigError(f"{data_dir}: {problem.strerror or problem}") from None
    return names


def local_names() -> list[str]:
    """What this machine is called, and the addresses it has in its network."""
    name = socket.gethostname()
    names = {name, f"{name.partition('.')[0]}.local", "localhost", "127.0.0.1"}
    for family, probe in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with socket.socket(family, socket.SOCK_DGRAM) as out:
            try:
                out.connect((probe, 9))  # nothing is sent: the system only chooses the address
                names.add(out.getsockname()[0])
            except OSError:
                pass
    return [name for name in names if len(name) <= 64]


class ServerTls:
    """The certificate that charge points and browsers are shown. One context for all, renewed in place:
    connections that stand go on, new ones get the new certificate."""

    def __init__(self, settings: Settings) -> None:
        self._data_dir, own = settings.data_dir, settings.tls
        self._ours = own.certificate is None
        self._certificate = own.certificate or self._data_dir / SERVER
        # Ours has its key in the same file: at no moment is one new and the other old.
        self._key = own.key or self._data_dir / SERVER
        self._loaded = 0
        if (own.certificate is None) != (own.key is None):
            raise ConfigError("tls.certificate and tls.key belong together")
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._load()

    @property
    def ca(self) -> str | None:
        """What a charge point needs to believe us; None if the certificate is not ours."""
        return (self._data_dir / CA).read_text() if self._ours else None

    @property
    def ends_at(self) -> datetime:
        return _read(self._certificate).not_valid_after_utc

    def look(self, now: datetime) -> None:
        """Renew what is ours and due; take over what somebody else has renewed."""
        if self._ours and _read(self._certificate).not_valid_after_utc - now < RENEW_BEFORE:
            names = _read(self._certificate).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
            _issue(self._data_dir, list(names), now)
        if self._certificate.stat().st_mtime_ns != self._loaded:
            self._load()
            _log.info("tls.renewed", ends_at=self.ends_at.isoformat())

    def _load(self) -> None:
        try:
            self._loaded = self._certificate.stat().st_mtime_ns
            self.context.load_cert_chain(self._certificate, self._key)
        except FileNotFoundError as problem:
            hint = "; bollard-site make-ca makes it" if self._ours else ""
            raise ConfigError(f"tls: {problem.filename or self._certificate}: no such file{hint}") from None
        except (OSError, ssl.SSLError) as problem:
            raise ConfigError(f"tls: {self._certificate}: {problem}") from None


def trust(ca: str | None, ca_file: Path | None) -> ssl.SSLContext:
    """To verify the CSMS with: by this CA alone if there is one, else by the system's. Always with its name."""
    try:
        if ca_file is not None:
            return ssl.create_default_context(cafile=str(ca_file))
        return ssl.create_default_context(cadata=ca) if ca else ssl.create_default_context()
    except (OSError, ssl.SSLError) as problem:
        raise ConfigError(f"csms.ca_file: {ca_file or 'the CA from the adoption'}: {problem}") from None


def _make_authority(data_dir: Path, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Bollard site {socket.gethostname()[:40]}")])
    usage = _usage(sign=False)
    made = (
        _builder(name, name, key.public_key(), now, CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    _write(data_dir / CA_KEY, _pem(key))
    _write(data_dir / CA, made.public_bytes(serialization.Encoding.PEM))


def _issue(data_dir: Path, names: Sequence[x509.GeneralName], now: datetime) -> None:
    authority = _read(data_dir / CA)
    signing = serialization.load_pem_private_key((data_dir / CA_KEY).read_bytes(), None)
    assert isinstance(signing, ec.EllipticCurvePrivateKey)  # we made it
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Bollard local controller")])
    identifier = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    issuer = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
    made = (
        _builder(subject, authority.subject, key.public_key(), now, SERVER_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(issuer, critical=False)
        .sign(signing, hashes.SHA256())
    )
    _write(data_dir / SERVER, _pem(key) + made.public_bytes(serialization.Encoding.PEM))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACK_DATED)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, sign: bool) -> x509.KeyUsage:
    """To sign handshakes with, or certificates."""
    return x509.KeyUsage(
        digital_signature=sign, key_cert_sign=not sign, crl_sign=not sign, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        return x509.DNSName(name)
    except ValueError:
        raise ConfigError(f"--host: {name!r} is neither a name nor an address") from None


def _read(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as problem:
        raise ConfigError(f"tls: {path}: {problem}") from None


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption())


def _write(path: Path, content: bytes) -> None:
    """Mode 0600; a power cut leaves the old file or the new one."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
