"""An authority of nobody we know, and what charge points make for themselves: keys, and requests for certificates."""

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
_DAY = timedelta(days=1)


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def name(common: str, organization: str | None = None) -> x509.Name:
    names = [] if organization is None else [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization)]
    return x509.Name([*names, x509.NameAttribute(NameOID.COMMON_NAME, common)])


def request(key: Key, common: str, organization: str | None = None) -> str:
    made = x509.CertificateSigningRequestBuilder().subject_name(name(common, organization)).sign(key, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.PEM).decode()


@dataclass
class Authority:
    """Its own certificate is as good as any root's."""

    common: str = "Somebody"

    def __post_init__(self) -> None:
        self.key = new_key()
        self.root = self.issue(self.common, key=self.key, authority=True)

    def issue(
        self,
        common: str,
        *,
        organization: str | None = None,
        key: Key | None = None,
        authority: bool = False,
        expired: bool = False,
        server: bool = False,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        usage = ExtendedKeyUsageOID.SERVER_AUTH if server else ExtendedKeyUsageOID.CLIENT_AUTH
        made = (
            x509.CertificateBuilder()
            .subject_name(name(common, organization))
            .issuer_name(name(self.common))
            .public_key((key or new_key()).public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 9 * _DAY)
            .not_valid_after(now - _DAY if expired else now + 9 * _DAY)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if not authority:
            made = made.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        if server:
            here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
            made = made.add_extension(x509.SubjectAlternativeName([here]), critical=False)
        return made.sign(self.key, hashes.SHA256())


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def write(folder: Path, called: str, certificate: str, key: Key) -> tuple[Path, Path]:
    files = folder / f"{called}.pem", folder / f"{called}.key"
    files[0].write_text(certificate)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    files[1].write_bytes(key.private_bytes(*form))
    return files


def client(root: Path, certificate: tuple[Path, Path] | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(root))
    if certificate is not None:
        context.load_cert_chain(*certificate)
    return context
