"""The CSMS's own authority for charge points' certificates (OCPP 1.6 security whitepaper A02, RFC 5280).

EC P-256, made at its first need. The key stays in the data folder (mode 0600) and its backup, and is in no answer.
"""

import os
import ssl
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from csms.domain import certificates
from csms.domain.errors import CannotStart
from ocppj import log

_log = log.get(__name__)

ROOT, ROOT_KEY = "charge-point-ca.pem", "charge-point-ca-key.pem"
_ROOT_LIFE = timedelta(days=20 * 365)
_BACK_DATED = timedelta(days=2)  # charge points' clocks are not all in step


@dataclass(frozen=True, slots=True)
class IssuedCertificate:
    pem: str
    fingerprint: str
    serial_number: str
    subject: str
    not_before: datetime
    not_after: datetime


class Authority:
    def __init__(self, data_dir: Path, days: int) -> None:
        self._root, self._key, self._life = data_dir / ROOT, data_dir / ROOT_KEY, timedelta(days=days)
        self._making = threading.Lock()  # two that need it first make it once

    def root(self) -> x509.Certificate:
        """Its own certificate; made if there is none. CannotStart if its files are of no use."""
        return self._open()[0]

    def root_if_made(self) -> x509.Certificate | None:
        return self._open()[0] if self._root.exists() else None

    def trust_in(self, context: ssl.SSLContext) -> None:
        pem = self.root().public_bytes(serialization.Encoding.PEM)
        context.load_verify_locations(cadata=pem.decode())

    def issue(self, csr: x509.CertificateSigningRequest, now: datetime) -> IssuedCertificate:
        """A client's certificate with the request's key and names; what else it asks for is left out."""
        root, key = self._open()
        names = [
            x509.NameAttribute(oid, attribute.value)
            for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)
            for attribute in csr.subject.get_attributes_for_oid(oid)
        ]
        identifier = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        issuer = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
        ends_at = min(now + self._life, root.not_valid_after_utc)
        made = (
            _builder(x509.Name(names), root.subject, now, ends_at)
            .public_key(csr.public_key())
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(csr.public_key()), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(sign=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
            .add_extension(issuer, critical=False)
            .sign(key, hashes.SHA256())
        )
        return IssuedCertificate(
            made.public_bytes(serialization.Encoding.PEM).decode(),
            certificates.fingerprint(made.public_bytes(serialization.Encoding.DER)),
            f"{made.serial_number:X}",
            certificates.subject(made),
            made.not_valid_before_utc,
            made.not_valid_after_utc,
        )

    def _open(self) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        with self._making:
            if not self._root.exists():
                self._make()
            try:
                root = x509.load_pem_x509_certificate(self._root.read_bytes())
                key = serialization.load_pem_private_key(self._key.read_bytes(), None)
            except (OSError, ValueError, TypeError) as error:
                raise CannotStart(f"cannot use {self._root} with {self._key}: {error}") from None
            if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != root.public_key():
                raise CannotStart(f"{self._key} is not the key of {self._root}")
            return root, key

    def _make(self) -> None:
        now, key = datetime.now(UTC), ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Bollard charge points {os.urandom(4).hex()}")])
        made = (
            _builder(name, name, now, now + _ROOT_LIFE)
            .public_key(key.public_key())
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(sign=False), critical=True)
            .sign(key, hashes.SHA256())
        )
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        # The key first: without the certificate beside it, it has signed nothing and is made anew.
        _write(self._key, key.private_bytes(*form))
        _write(self._root, made.public_bytes(serialization.Encoding.PEM))
        _log.info("authority.made", file=str(self._root))


def _builder(subject: x509.Name, issuer: x509.Name, now: datetime, ends_at: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACK_DATED)
        .not_valid_after(ends_at)
    )


def _usage(*, sign: bool) -> x509.KeyUsage:
    """To sign handshakes with, or certificates."""
    return x509.KeyUsage(
        digital_signature=sign, key_cert_sign=not sign, crl_sign=not sign, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _write(path: Path, content: bytes) -> None:
    """Mode 0600; a power cut leaves the old file or the new one."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
