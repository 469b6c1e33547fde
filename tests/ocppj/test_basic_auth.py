"""Keys, how they are stored and how they come over the wire."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocppj import basic_auth

KEY = "00112233445566778899aabbccddeeff00112233"
QUIETLY = settings(max_examples=100, deadline=None, database=None, derandomize=True)


def test_a_new_key_is_40_lower_case_hex_digits_and_never_the_same() -> None:
    keys = {basic_auth.new_key() for _ in range(100)}
    assert len(keys) == 100
    assert all(len(bytes.fromhex(key)) == 20 and key == key.lower() for key in keys)


@pytest.mark.parametrize("password", [KEY.encode(), KEY.upper().encode(), bytes.fromhex(KEY)])
def test_hex_text_and_raw_bytes_are_the_same_key(password: bytes) -> None:
    assert basic_auth.key_matches(password, basic_auth.hash_key(KEY))


@pytest.mark.parametrize(
    "password", [b"", b"x", KEY[:-2].encode(), KEY.encode() + b"0", KEY.encode() + b"\n", bytes(20), b"\xff" * 20]
)
def test_another_password_does_not_match(password: bytes) -> None:
    assert not basic_auth.key_matches(password, basic_auth.hash_key(KEY))


@pytest.mark.parametrize("stored", ["", "$", "zz$zz", "00", "00$", KEY])
def test_a_damaged_store_lets_nobody_in(stored: str) -> None:
    assert not basic_auth.key_matches(KEY.encode(), stored)
    assert not basic_auth.key_matches(b"", stored)


def test_the_store_does_not_hold_the_key_and_is_salted() -> None:
    stored = {basic_auth.hash_key(KEY) for _ in range(10)}
    assert len(stored) == 10
    assert not any(KEY in text for text in stored)


@QUIETLY
@given(st.binary(min_size=16, max_size=20))
def test_each_key_of_16_to_20_bytes_matches_itself(key: bytes) -> None:
    stored = basic_auth.hash_key(key.hex())
    assert basic_auth.key_matches(key.hex().encode(), stored)
    assert basic_auth.key_matches(key, stored)


@QUIETLY
@given(st.from_regex(r"[A-Za-z0-9*\-_=:+|@. ]{1,48}", fullmatch=True), st.binary(max_size=40))
def test_a_header_is_read_as_it_was_written(identity: str, password: bytes) -> None:
    assert basic_auth.parse(basic_auth.header(identity, password), identity) == (identity, password)


@QUIETLY
@given(st.text(st.characters(codec="latin-1"), max_size=60))
def test_any_header_is_read_or_none(text: str) -> None:
    result = basic_auth.parse(text)
    assert result is None or isinstance(result, tuple)


def test_without_knowing_better_the_user_ends_at_the_first_colon() -> None:
    assert basic_auth.parse(basic_auth.header("CP7", "a:b")) == ("CP7", b"a:b")
