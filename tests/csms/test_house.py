"""The house's settings: which can be changed, with the file's own bounds, and whose value holds."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from csms.config import MailServer, Settings, load
from csms.house import CHANGEABLE, FIXED, Changes, House, in_words
from csms.store.settings import Changed

AT = datetime(2026, 3, 1, tzinfo=UTC)


def changed(**values: Any) -> list[Changed]:
    return [Changed(key, json.dumps(value), AT, "admin@example.org") for key, value in values.items()]


def test_every_setting_can_be_changed_or_has_a_reason_why_not() -> None:
    assert set(CHANGEABLE) | set(FIXED) == set(Settings.model_fields)
    assert not set(CHANGEABLE) & set(FIXED)


def test_what_was_changed_here_holds_over_the_file_until_it_is_taken_back(tmp_path: Path) -> None:
    file = tmp_path / "csms.toml"
    file.write_text("hold_cents = 700\n")
    house = House(load(file))
    now = house.now
    assert [house.source(key) for key in ("hold_cents", "reservation_minutes")] == ["file", "default"]
    assert house.hold(changed(hold_cents=900, reservation_minutes=15)) == {"hold_cents"}  # fifteen it was already
    assert (now.hold_cents, house.file.hold_cents, house.source("hold_cents")) == (900, 700, "here")
    assert house.source("reservation_minutes") == "here"
    assert house.hold(changed(reservation_minutes=20)) == {"hold_cents", "reservation_minutes"}
    assert (now.hold_cents, now.reservation_minutes, house.source("hold_cents")) == (700, 20, "file")
    assert house.now is now


@pytest.mark.parametrize("key", CHANGEABLE)
def test_each_takes_what_the_file_takes_and_nothing_else(key: str) -> None:
    Changes.model_validate({key: getattr(Settings(), key)})
    Changes.model_validate({key: None})
    right = type(getattr(Settings(), key))
    wrong = {bool: [1, "true"], int: [-1, 10**9, "15", 1.5, True], str: [5, "x" * 100, "two\nlines"]}[right]
    for value in wrong:
        with pytest.raises(ValidationError):
            Changes.model_validate({key: value})


@pytest.mark.parametrize("values", [{"hold_cents": -1}, {"colour": 1}, {"http": 5}, {"data_dir": "/"}])
def test_a_row_that_does_not_fit_is_left_aside_and_the_others_hold(values: dict[str, Any]) -> None:
    house = House(Settings())
    assert house.hold(changed(**values, reservation_minutes=30)) == {"reservation_minutes"}
    assert (house.now.hold_cents, house.now.reservation_minutes) == (2000, 30)
    house.hold([Changed("hold_cents", value, AT, "admin@example.org") for value in ("not JSON", "null", '"9"')])
    assert (house.changed, house.now.hold_cents) == ({}, 2000)


def test_no_secret_is_put_into_words(tmp_path: Path) -> None:
    mail = MailServer(host="mail.example", user="us", password_file=tmp_path / "password", sender="us@x.example")
    settings = Settings(database_url="postgresql+asyncpg://us:secret@db/x", mail=mail)
    assert in_words(settings, "database_url") is None
    assert in_words(settings, "mail") == "us@x.example by mail.example:587 (starttls)"
    assert in_words(settings, "http") == "127.0.0.1:8000"
    assert "secret" not in " ".join(in_words(settings, key) or "" for key in FIXED)
