"""Links that fit a small QR code, and what an NFC sticker holds."""

import pytest

from csms.domain.links import link, ndef


def test_a_link_is_upper_case_and_short() -> None:
    assert link("https://charge.example/", "7K3M9QXA") == "HTTPS://CHARGE.EXAMPLE/C/7K3M9QXA"
    assert link("https://charge.example:8443", "7K3M9QXA") == "HTTPS://CHARGE.EXAMPLE:8443/C/7K3M9QXA"


@pytest.mark.parametrize("url", ["", "http://charge.example", "charge.example"])
def test_without_a_public_https_address_there_is_none(url: str) -> None:
    assert link(url, "7K3M9QXA") is None


def test_a_host_that_is_too_long_is_named() -> None:
    host = "c" * 28
    assert len(link(f"https://{host}", "7K3M9QXA") or "") == 47
    with pytest.raises(ValueError, match="47"):
        link(f"https://{host}c", "7K3M9QXA")


def test_the_sticker_holds_one_uri_record() -> None:
    message = ndef("HTTPS://A.B/C/7K3M9QXA")
    assert message == bytes([0xD1, 1, 15]) + b"U" + bytes([4]) + b"A.B/C/7K3M9QXA"
    assert message[2] == len(message) - 4
