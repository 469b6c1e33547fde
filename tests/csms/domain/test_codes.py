import pytest
from hypothesis import given
from hypothesis import strategies as st

from csms.domain import codes

bodies = st.text(codes.ALPHABET, min_size=7, max_size=7)


@given(bodies, st.integers(0, 7), st.sampled_from(codes.ALPHABET))
def test_a_single_wrong_character_is_found(body: str, position: int, letter: str) -> None:
    code = body + codes.check_character(body)
    wrong = code[:position] + letter + code[position + 1 :]
    assert codes.is_connector_code(wrong) == (wrong == code)


@given(bodies)
def test_a_code_is_read_as_people_write_it(body: str) -> None:
    code = body + codes.check_character(body)
    written = f"{code[:4]}-{code[4:]}".lower().replace("0", "o").replace("1", "l")
    assert codes.normalise(written) == code


def test_new_codes_are_right_and_differ() -> None:
    made = {codes.new_connector_code() for _ in range(1000)}
    assert len(made) == 1000
    assert all(codes.is_connector_code(code) for code in made)
    assert all(len(codes.new_adoption_code()) == codes.ADOPTION_CODE_LENGTH for _ in range(10))


@pytest.mark.parametrize("text", ["ÄÖ", "U", "1' OR 1=1", "\x00"])
def test_what_is_in_no_code_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="in no code"):
        codes.normalise(text)
