"""What may be signed, believed and sent, judged on certificates that are made here."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from csms.domain import certificates
from csms.domain.certificates import Unfit
from tests.octt_csms import certificates as made

NOW = datetime.now(UTC)


@pytest.mark.parametrize("key", [ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)])
def test_a_request_in_its_own_name_by_a_strong_key_is_good(key: made.Key) -> None:
    for organization in ("Bollard", ""):
        csr = certificates.request(made.request(key, "CP1", "Bollard"), {"CP1"}, organization)
        assert csr.public_key() == key.public_key()


def test_a_request_of_another_or_by_a_weak_key_is_not() -> None:
    good = made.new_key()
    for pem, why in (
        (made.request(good, "CP2", "Bollard"), "'CP2' is not"),
        (made.request(good, "CP1", "Other"), "'Other' is not"),
        (made.request(good, "CP1"), "None is not"),
        (made.request(rsa.generate_private_key(65537, 1024), "CP1", "Bollard"), "1024 bits"),
        (made.request(ec.generate_private_key(ec.SECP256K1()), "CP1", "Bollard"), "neither RSA"),
        (made.request(good, "CP1", "Bollard").replace("A", "B"), "it is|its"),
        ("\x00", "no PKCS #10"),
    ):
        with pytest.raises(Unfit, match=why):
            certificates.request(pem, {"CP1", "S-1"}, "Bollard")


def test_a_request_whose_signature_is_not_its_keys_is_not_signed() -> None:
    csr = x509.load_pem_x509_csr(made.request(made.new_key(), "CP1").encode())
    der = bytearray(csr.public_bytes(made.serialization.Encoding.DER))
    der[-1] ^= 1
    body = base64.encodebytes(bytes(der)).decode()
    pem = f"-----BEGIN CERTIFICATE REQUEST-----\n{body}-----END CERTIFICATE REQUEST-----\n"
    with pytest.raises(Unfit, match="signature"):
        certificates.request(pem, {"CP1"}, "")


def test_two_names_are_no_name() -> None:
    key, one = made.new_key(), made.name("CP1")
    both = x509.Name([*one, *made.name("CP2")])
    csr = x509.CertificateSigningRequestBuilder().subject_name(both).sign(key, hashes.SHA256())
    with pytest.raises(Unfit, match="twice"):
        certificates.request(csr.public_bytes(made.serialization.Encoding.PEM).decode(), {"CP1", "CP2"}, "")


def test_a_signature_fits_the_key_of_its_certificate() -> None:
    key, elliptic = rsa.generate_private_key(65537, 2048), made.new_key()
    maker = made.Authority("Maker")
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.MAX_LENGTH)
    by_rsa = base64.b64encode(key.sign(b"firmware", pss, hashes.SHA256())).decode()
    by_ec = base64.b64encode(elliptic.sign(b"firmware", ec.ECDSA(hashes.SHA256()))).decode()
    of_rsa, of_ec = (made.pem(maker.issue("F", key=each)) for each in (key, elliptic))
    certificates.signer(of_rsa, by_rsa, NOW)
    certificates.signer(of_ec, by_ec, NOW)
    for certificate, signature in ((of_rsa, by_ec), (of_ec, by_rsa), (of_rsa, by_rsa[4:]), (of_rsa, "no base 64")):
        with pytest.raises(Unfit, match="signature"):
            certificates.signer(certificate, signature, NOW)
    with pytest.raises(Unfit, match="not now"):
        certificates.signer(of_ec, by_ec, NOW + timedelta(days=400))


def test_a_key_of_another_kind_is_none() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    name = made.name("CP1")
    csr = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, None)
    with pytest.raises(Unfit, match="neither RSA"):
        certificates.request(csr.public_bytes(made.serialization.Encoding.PEM).decode(), {"CP1"}, "")


def test_what_was_replaced_opens_for_a_while() -> None:
    later = NOW + timedelta(days=300)

    def trouble(status: str, days: int) -> str | None:
        return certificates.status_trouble(status, NOW, later, NOW + timedelta(days=days))

    assert trouble(certificates.ISSUED, 0) is None  # its answer may have been lost
    assert trouble(certificates.REPLACED, 29) is None
    assert trouble(certificates.REPLACED, 31) is not None
    assert trouble(certificates.ACCEPTED, 299) is None
    assert trouble(certificates.ACCEPTED, 301) is not None
    assert trouble(certificates.REVOKED, 0) is not None
    assert trouble(certificates.REJECTED, 0) is not None
