"""What people are told is there in every language, and says the same things in each."""

from collections.abc import Mapping
from datetime import UTC, datetime
from string import Formatter
from zoneinfo import ZoneInfo

import pytest

from csms.api.problems import KINDS
from csms.domain import languages, notices
from csms.domain.charge_limits import ChargeLimit, LimitKind
from csms.domain.languages import Language
from csms.domain.notice_words import ALERTS, FOOTER, PROBLEMS, REASONS, TOLD, Occasion
from csms.domain.notices import Notice, NoticeKind
from csms.domain.transactions import Session

AT = datetime(2026, 7, 1, 22, 5, tzinfo=UTC)
ROME = ZoneInfo("Europe/Rome")


def session(reason: str | None = "Local", limit: ChargeLimit | None = None) -> Session:
    return Session(
        7, "CP1", 2, "CARD", None, AT, AT, 0, 12_340, 12_340, None, 45, 123_456, reason, "ended", "Accepted", [], limit
    )


ALL_NOTICES: list[Notice] = [
    notices.started(session()),
    notices.ended(session(), "EUR"),
    notices.ended(session("PowerLoss"), "EUR"),
    notices.ended(session("Remote", ChargeLimit(LimitKind.ENERGY, 10_000, AT)), "EUR"),
    notices.soc_reached("CP1", 2, 7, 80),
    notices.low_balance(7, "CP1", 1234, "EUR"),
    notices.credit_used_up(7, "CP1", 2),
    notices.reservation_expiring(3, "CP1", 2, AT, AT),
    notices.reservation_expiring(4, "CP1", 0, AT, AT),
    notices.faulted("CP1", 0, "GroundFailure", AT),
    notices.faulted("CP1", 2, "GroundFailure", AT),
    notices.offline("CP1", AT, ROME),
    notices.site_offline("Yard", 1, 12, AT, ROME),
    notices.problem(5, "CP1", None, "unsafe", "a wire hangs out"),
    notices.problem(5, "CP1", 2, "unsafe", "a wire hangs out"),
    notices.alert(9, "CP1", "quarantine", "no such transaction"),
]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_occasion_has_every_language_and_the_same_placeholders_in_each() -> None:
    assert set(TOLD) == set(Occasion)
    for occasion, by_language in TOLD.items():
        assert set(by_language) == set(Language), occasion
        for part in (0, 1):
            named = {frozenset(placeholders(words[part])) for words in by_language.values()}
            assert len(named) == 1, (occasion, named)
    for table in (REASONS, PROBLEMS, ALERTS):
        assert all(set(by_language) == set(Language) for by_language in table.values())
    assert set(FOOTER) == set(Language)
    assert set(PROBLEMS) == set(KINDS)


def test_every_kind_is_told_on_some_occasion_and_nothing_is_left_to_fill_in() -> None:
    assert {notice.kind for notice in ALL_NOTICES} == set(NoticeKind)
    assert {notice.occasion for notice in ALL_NOTICES} == set(Occasion) - {Occasion.PASSWORD_RESET}
    for notice in ALL_NOTICES:
        by_language = {language: notice.told(language) for language in Language}
        for told in by_language.values():
            assert told.title
            assert told.text
            assert "{" not in told.title + told.text
            assert "_" not in told.text  # no function's or unit's name
        if notice.occasion is not Occasion.ALERT:
            assert len({told.text for told in by_language.values()}) == len(Language)


@pytest.mark.parametrize(
    ("language", "money", "amount", "minutes", "moment"),
    [
        (Language.ENGLISH, "1,234.56 EUR", "7.5 kWh", "1 minute", "2026-07-02 00:05 CEST"),
        (Language.ITALIAN, "1.234,56 EUR", "7,5 kWh", "1 minuto", "02/07/2026 00:05 CEST"),
        (Language.SWEDISH, "1\u00a0234,56 EUR", "7,5 kWh", "1 minut", "2026-07-02 00:05 CEST"),
    ],
)
def test_numbers_and_moments_are_written_as_the_language_does(
    language: Language, money: str, amount: str, minutes: str, moment: str
) -> None:
    assert languages.money(123_456, "EUR", language) == money
    assert languages.whole_energy(7500, language) == amount
    assert languages.minutes(1, language) == minutes
    assert languages.moment(AT, ROME, language) == moment


def test_energy_is_rounded_as_the_app_does() -> None:
    assert languages.energy(1605, Language.ENGLISH) == "1.61 kWh"
    assert languages.money(-1234, "EUR", Language.SWEDISH) == "-12,34 EUR"


LIMITS: Mapping[ChargeLimit, str] = {
    ChargeLimit(LimitKind.ENERGY, 10_000, AT): "10 kWh",
    ChargeLimit(LimitKind.COST, 1050, AT): "10.50 EUR",
    ChargeLimit(LimitKind.SOC, 80, AT): "80 %",
    ChargeLimit(LimitKind.SOC, 80, AT, estimated=True): "about 80 %",
    ChargeLimit(LimitKind.TIME, 45, AT): "45 minutes",
}


@pytest.mark.parametrize("limit", LIMITS)
def test_who_charged_to_the_limit_is_told_which_it_was(limit: ChargeLimit) -> None:
    told = notices.ended(session("Remote", limit), "EUR")
    assert told.kind is NoticeKind.SESSION_ENDED
    assert f"at your limit of {LIMITS[limit]}:" in told.told(Language.ENGLISH).text


def test_a_limit_that_was_not_what_ended_it_is_not_blamed() -> None:
    reached = ChargeLimit(LimitKind.ENERGY, 10_000, AT)
    not_reached = ChargeLimit(LimitKind.ENERGY, 10_000)
    for one in (session("Remote", not_reached), session("EVDisconnected", reached), session("Remote")):
        assert notices.ended(one, "EUR").occasion is Occasion.ENDED
    assert notices.ended(session("PowerLoss", reached), "EUR").occasion is Occasion.INTERRUPTED
    assert notices.ended(session("Something new"), "EUR").told(Language.ENGLISH).text.count("the charge point ended it")


def test_who_has_chosen_no_language_is_told_in_english() -> None:
    assert languages.of(None) is Language.ENGLISH
    assert languages.of("sv") is Language.SWEDISH
    assert languages.of("xx") is Language.ENGLISH
