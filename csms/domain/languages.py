"""The languages in which people are told things, and how each writes numbers, money and moments."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum


class Language(StrEnum):
    ENGLISH = "en"
    ITALIAN = "it"
    SWEDISH = "sv"


@dataclass(frozen=True, slots=True)
class _Style:
    point: str  # between whole and parts
    thousands: str
    moment: str  # for strftime
    minutes: tuple[str, str]  # one, many
    about: str


_STYLES = {
    Language.ENGLISH: _Style(".", ",", "%Y-%m-%d %H:%M", ("minute", "minutes"), "about"),
    Language.ITALIAN: _Style(",", ".", "%d/%m/%Y %H:%M", ("minuto", "minuti"), "circa"),
    Language.SWEDISH: _Style(",", "\u00a0", "%Y-%m-%d %H:%M", ("minut", "minuter"), "cirka"),
}


def of(text: str | None) -> Language:
    """What somebody has chosen; English for who has not."""
    return Language(text) if text in set(Language) else Language.ENGLISH


def number(value: Decimal | int, places: int, language: Language) -> str:
    """Halves are rounded up, as the app rounds them."""
    style = _STYLES[language]
    swap = {",": style.thousands, ".": style.point}
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return "".join(swap.get(c, c) for c in f"{rounded:,f}")


def money(cents: int, currency: str, language: Language) -> str:
    return f"{number(Decimal(cents) / 100, 2, language)} {currency}"


def energy(wh: int, language: Language) -> str:
    return f"{number(Decimal(wh) / 1000, 2, language)} kWh"


def whole_energy(wh: int, language: Language) -> str:
    """As people say it: "10 kWh", "7.5 kWh"."""
    places = next(n for n in range(4) if wh % 10 ** (3 - n) == 0)
    return f"{number(Decimal(wh) / 1000, places, language)} kWh"


def percent(value: int, language: Language, *, measured: bool = True) -> str:
    return f"{value} %" if measured else f"{_STYLES[language].about} {value} %"


def minutes(count: int, language: Language) -> str:
    one, many = _STYLES[language].minutes
    return f"{number(count, 0, language)} {one if count == 1 else many}"


def moment(at: datetime, zone: tzinfo, language: Language) -> str:
    """On the clock of the place, which is named."""
    local = at.astimezone(zone)
    return f"{local.strftime(_STYLES[language].moment)} {local.tzname()}"
