"""Addresses that charge points fetch from and send to, without what opens them."""

import re

_LOGIN = re.compile(r'(?<=://)[^/?#"\s]*@')
_TOKEN = re.compile(r'(?<=/api/)(firmware|uploads)/[^/?#"\s]+')


def without_password(text: str) -> str:
    """An address, or a text with addresses in it, without the names and passwords in front of hosts."""
    return _LOGIN.sub("", text)


def without_secrets(text: str) -> str:
    """The same, and without the tokens that open images and uploads here."""
    return _TOKEN.sub(r"\1/…", without_password(text))
