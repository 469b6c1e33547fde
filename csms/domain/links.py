"""A connector's own address: short enough for a small QR code, and as an NFC sticker carries it."""

from urllib.parse import urlsplit

MAX_LENGTH = 47  # alphanumeric characters of a version-2 QR code
_HTTPS = 0x04  # "https://" in NDEF's table of prefixes (NFC Forum, URI record type)


def link(public_url: str, code: str) -> str | None:
    """HTTPS://HOST/C/CODE, all in QR's alphanumeric characters; None without a public https address.

    ValueError if the host is so long that the code would need a larger QR than the stickers have.
    """
    parts = urlsplit(public_url)
    if parts.scheme != "https" or not parts.netloc:
        return None
    made = f"HTTPS://{parts.netloc}/C/{code}".upper()
    if len(made) > MAX_LENGTH:
        raise ValueError(f"{made} has {len(made)} characters, and a connector's link at most {MAX_LENGTH}")
    return made


def ndef(address: str) -> bytes:
    """The NDEF message of an NFC sticker: one short URI record."""
    rest = address[len("https://") :].encode()
    payload = bytes([_HTTPS]) + rest
    return bytes([0xD1, 0x01, len(payload)]) + b"U" + payload
