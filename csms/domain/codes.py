"""Codes that people read, type and print: Crockford base 32 (no I, L, O, U), upper case.

A connector's code is 7 random characters and a check character (Luhn modulo 32: finds every single wrong character).
An adoption code is 8 random ones.
"""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE = {c: i for i, c in enumerate(ALPHABET)} | {"I": 1, "L": 1, "O": 0}
CONNECTOR_CODE_LENGTH = 8
ADOPTION_CODE_LENGTH = 8


def normalise(code: str) -> str:
    """As a person may type it: any case, blanks and hyphens, I and L for 1, O for 0. ValueError for anything else."""
    letters = code.upper().replace("-", "").replace(" ", "")
    try:
        return "".join(ALPHABET[_VALUE[c]] for c in letters)
    except KeyError as missing:
        raise ValueError(f"{missing.args[0]!r} is in no code") from None


def check_character(body: str) -> str:
    total = 0
    for position, letter in enumerate(reversed(body)):
        value = _VALUE[letter] * (2 - position % 2)  # the character next to the check counts double
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]


def new_connector_code() -> str:
    body = "".join(secrets.choice(ALPHABET) for _ in range(CONNECTOR_CODE_LENGTH - 1))
    return body + check_character(body)


def is_connector_code(code: str) -> bool:
    """True for a normalised code whose check character fits."""
    return len(code) == CONNECTOR_CODE_LENGTH and check_character(code[:-1]) == code[-1]


def new_on_site_id_tag() -> str:
    """For the page of a site's controller. No reader can yield it: it is no hexadecimal number, and nobody guesses
    it."""
    return "SITE" + "".join(secrets.choice(ALPHABET) for _ in range(16))


def new_adoption_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(ADOPTION_CODE_LENGTH))
