"""What a certificate, or a request for one, must be like (OCPP 1.6 security whitepaper A00, A02, L01, M05; RFC 5280).

A certificate that was issued is Issued until its charge point has answered, then Accepted or Rejected; Replaced once a
newer one is in use, Revoked when an operator said so.
"""

import base64
import binascii
import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils
from cryptography.x509.oid import NameOID

ISSUED, ACCEPTED, REJECTED, REPLACED, REVOKED = "Issued", "Accepted", "Rejected", "Replaced", "Revoked"
REPLACED_OPENS_FOR = timedelta(days=30)  # a charge point may fall back on the one before
MOST_PER_DAY = 10  # of one charge point
RENEWED_BEFORE = timedelta(days=30)  # a charge point should do so itself (A03); one that does not is asked

_LEAST_RSA_BITS = 2048
_CURVES = ("secp256r1", "secp384r1", "secp521r1")
_HASHES = ("sha256", "sha384", "sha512")


class Unfit(ValueError):
    """The text says why it is of no use."""


def request(text: str, names: Collection[str], organization: str) -> x509.CertificateSigningRequest:
    """A request for a certificate that may be signed: well made, and in one of these names. `organization` empty: any.

    Unfit if it may not.
    """
    try:
        csr = x509.load_pem_x509_csr(text.encode())
        good = csr.is_signature_valid
        name = _only(csr.subject, NameOID.COMMON_NAME)
        of = _only(csr.subject, NameOID.ORGANIZATION_NAME)
        hash_name = "none" if csr.signature_hash_algorithm is None else csr.signature_hash_algorithm.name
        _must_be_strong(csr.public_key())
    except Unfit:
        raise
    except Exception as error:  # whatever a parser makes of bytes from outside
        raise Unfit(f"it is no PKCS #10 request in PEM: {_brief(error)}") from None
    if not good or hash_name not in _HASHES:
        raise Unfit("its signature is wrong, or by a weak hash")
    if name not in names:
        raise Unfit(f"its common name {name!r} is not the charge point's")
    if organization and of != organization:
        raise Unfit(f"its organization {of!r} is not {organization!r}")
    return csr


def one(text: str) -> x509.Certificate:
    """The one certificate in a PEM text. Unfit if there is none, or are more, or its key is weak."""
    try:
        found = x509.load_pem_x509_certificates(text.encode())
        if len(found) != 1:
            raise Unfit("one certificate is wanted, not several")
        _must_be_strong(found[0].public_key())
        subject(found[0])
    except Unfit:
        raise
    except Exception as error:
        raise Unfit(f"it is no certificate in PEM: {_brief(error)}") from None
    return found[0]


def root(text: str, now: datetime) -> x509.Certificate:
    """One that others may be verified by. Unfit if it is not an authority's, or not valid now."""
    found = one(text)
    try:
        authority = found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        authority = False
    if not authority:
        raise Unfit("it is no authority's certificate: its basic constraints do not say CA")
    _must_be_valid(found, now)
    return found


def signer(text: str, signature: str, now: datetime) -> x509.Certificate:
    """The one that firmware is signed with. Unfit if it may sign nothing, is not valid now, or if `signature` (base64)
    cannot be one by its key. Whether it is the firmware's signature the charge point finds out.
    """
    found = one(text)
    try:
        if not found.extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature:
            raise Unfit("its key usage does not allow signatures")
    except x509.ExtensionNotFound:
        pass
    except ValueError as error:
        raise Unfit(f"its extensions cannot be read: {_brief(error)}") from None
    _must_be_valid(found, now)
    try:
        raw = base64.b64decode("".join(signature.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Unfit("the signature is not base64") from None
    key = found.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        if len(raw) != (key.key_size + 7) // 8:
            raise Unfit(f"the signature has {len(raw)} bytes, the certificate's key makes {(key.key_size + 7) // 8}")
    else:
        try:
            utils.decode_dss_signature(raw)
        except ValueError:
            raise Unfit("the signature is none by the certificate's key") from None
    return found


def belongs(certificate: x509.Certificate, names: Collection[str], organization: str) -> str | None:
    """Why a foreign authority's certificate does not speak for who has these names; None if it does (A00.FR.404f)."""
    try:
        name = _only(certificate.subject, NameOID.COMMON_NAME)
        of = _only(certificate.subject, NameOID.ORGANIZATION_NAME)
    except Unfit as wrong:
        return str(wrong)
    if name not in names:
        return f"the certificate is for {name!r}"
    if organization and of != organization:
        return f"the certificate is of {of!r}, not of {organization!r}"
    return None


def foreign_trouble(der: bytes, names: Collection[str], organization: str, root: x509.Certificate | None) -> str | None:
    """As `belongs`, of what a handshake has verified and we have not on record; `root`: our own authority's."""
    try:
        shown = x509.load_der_x509_certificate(der)
        if root is not None and shown.issuer == root.subject:
            return "the certificate is ours, but not on record"
        return belongs(shown, names, organization)
    except ValueError as error:  # OpenSSL takes some that are not read here
        return f"the certificate cannot be read: {_brief(error)}"


def status_trouble(status: str, status_at: datetime, not_after: datetime, now: datetime) -> str | None:
    """Why a certificate of ours opens nothing; None if it does."""
    if status in (REVOKED, REJECTED):
        return f"the certificate was {status.lower()}"
    if not_after < now:
        return "the certificate has expired"
    if status == REPLACED and status_at + REPLACED_OPENS_FOR < now:
        return "the certificate was replaced long ago"
    return None


def fingerprint(der: bytes) -> str:
    return hashlib.sha256(der).hexdigest()


def pem(certificate: x509.Certificate) -> str:
    """As it is sent: the certificate alone, without what a file had around it."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def subject(certificate: x509.Certificate) -> str:
    return certificate.subject.rfc4514_string()[:200]


def _only(name: x509.Name, oid: x509.ObjectIdentifier) -> str | None:
    found = name.get_attributes_for_oid(oid)
    if len(found) > 1:
        raise Unfit("its subject names somebody twice")
    return str(found[0].value) if found else None


def _must_be_strong(key: object) -> None:
    if isinstance(key, rsa.RSAPublicKey):
        if key.key_size < _LEAST_RSA_BITS:
            raise Unfit(f"its RSA key has {key.key_size} bits, {_LEAST_RSA_BITS} are the least")
    elif not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name not in _CURVES:
        raise Unfit("its key is neither RSA nor on one of the curves P-256, P-384, P-521")


def _must_be_valid(certificate: x509.Certificate, now: datetime) -> None:
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        from_, to = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        raise Unfit(f"it is valid from {from_:%Y-%m-%d} to {to:%Y-%m-%d}, not now")


def _brief(error: Exception) -> str:
    return str(error).partition("\n")[0][:100] or type(error).__name__
