"""One event, one line, whatever a charge point puts into it."""

import logging
import re

import pytest
import structlog

from ocppj import log

events = log.get("tests")


def line(capsys: pytest.CaptureFixture[str]) -> str:
    text = capsys.readouterr().err
    assert text.endswith("\n")
    assert text.count("\n") == 1
    return text.rstrip("\n")


def test_an_event_is_time_level_name_and_keys(capsys: pytest.CaptureFixture[str]) -> None:
    events.info("transaction.opened", charge_point="CP7", connector=1, transaction=42)
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info transaction.opened charge_point=CP7 connector=1 transaction=42",
        line(capsys),
    )


@pytest.mark.parametrize(
    "evil", ["a\nb", "a\r\nb", "\x1b[31mred", "a b=c", 'quo"te', "\ud800", "\u2028", "", "\x00", "ü", "‮"]
)
def test_an_odd_value_stays_one_line_of_plain_text(capsys: pytest.CaptureFixture[str], evil: str) -> None:
    events.info("card.refused", id_tag=evil, next="x")
    text = line(capsys)
    assert text.isascii()
    assert text.isprintable()
    assert text.endswith(" next=x")


def test_a_long_value_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    events.info("frame.bad", error="x" * 100_000)
    assert len(line(capsys)) < 1000


def test_debug_is_silent_at_info(capsys: pytest.CaptureFixture[str]) -> None:
    events.debug("frame.sent")
    assert capsys.readouterr().err == ""


def test_libraries_write_one_line_without_a_trace(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logging.getLogger("some.library").exception("it failed")
    text = line(capsys)
    assert "error some.library" in text
    assert "ValueError" in text


@pytest.mark.parametrize(("id_tag", "shown"), [("04A1B2C3D4E5F6", "…E5F6"), ("A1B2", "A1B2"), ("", "")])
def test_an_id_tag_is_shortened(id_tag: str, shown: str) -> None:
    assert log.short(id_tag) == shown


def test_frames_are_told_only_at_debug_level() -> None:
    assert not log.wants_debug()
    before = structlog.get_config()
    log.configure("debug")
    assert log.wants_debug()
    structlog.configure(**before)
