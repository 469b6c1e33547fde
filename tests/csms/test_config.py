from pathlib import Path

import pytest

from csms.config import BadSettings, load


def settings_file(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "csms.toml"
    file.write_text(text)
    return file


def test_a_file_gives_what_it_gives_and_the_rest_is_default(tmp_path: Path) -> None:
    settings = load(settings_file(tmp_path, 'data_dir = "/tmp/x"\n[http]\nport = 0\n'))
    assert (settings.http.host, settings.http.port, settings.ocpp.port) == ("127.0.0.1", 0, 9000)
    assert settings.sqlalchemy_url == "sqlite+aiosqlite:////tmp/x/csms.sqlite3"


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOLLARD_CSMS__HTTP__PORT", "8765")
    monkeypatch.setenv("BOLLARD_CSMS__CURRENCY", "CHF")
    settings = load(settings_file(tmp_path, '[http]\nhost = "0.0.0.0"\nport = 1\n'))
    assert (settings.http.host, settings.http.port, settings.currency) == ("0.0.0.0", 8765, "CHF")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("colour = 1", "colour: unknown key"),
        ("[http]\nprot = 1", "http.prot: unknown key"),
        ('[http]\nport = "many"', "http.port"),
        ("[ocpp]\nport = 70000", "ocpp.port"),
        ("default_price_cents_per_kwh = -1", "default_price_cents_per_kwh"),
        ('currency = "euro"', "currency"),
        ("not toml at all", ""),
    ],
)
def test_a_wrong_key_is_named_in_one_line(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(BadSettings) as caught:
        load(settings_file(tmp_path, text))
    assert key in str(caught.value)
    assert "csms.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["BOLLARD_CSMS__COLOUR", "BOLLARD_CSMS__HTTP__PROT"])
def test_an_unknown_key_in_the_environment_is_named_too(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(BadSettings, match=r"(?i)colour|prot"):
        load(None)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="no such file"):
        load(tmp_path / "none.toml")
