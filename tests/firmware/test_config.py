"""settings.json: what is wrong with it is told by name."""
import json
from pathlib import Path
from typing import Any

import pytest

from firmware.config import SettingsError, load

GOOD = {
    "identity": "demo-CP1", "url": "ws://10.0.0.2:9100/ocpp", "authorization_key": "AB" * 20, "board": "esp32_devkitc",
    "wifi_ssid": "yard", "wifi_password": "secret",
}


def written(folder: Path, settings: Any) -> str:
    path = folder / "settings.json"
    path.write_text(settings if isinstance(settings, str) else json.dumps(settings))
    return str(path)


def test_good_settings_come_with_their_defaults(tmp_path: Path) -> None:
    settings = load(written(tmp_path, GOOD))
    assert settings["authorization_key"] == "ab" * 20
    assert (settings["vendor"], settings["written_at"]) == ("Bollard", "")


@pytest.mark.parametrize(("change", "complaint"), [
    ({"identty": "x"}, "unknown key identty"), ({"identity": None}, "identity must be text"),
    ({"identity": "a/b"}, "identity must be"), ({"identity": ""}, "identity must be"),
    ({"identity": "x" * 49}, "identity must be"), ({"authorization_key": "xyz"}, "authorization_key must be"),
    ({"authorization_key": "ab" * 21}, "authorization_key must be"),
    ({"authorization_key": "abc" * 11}, "authorization_key must be"), ({"url": "http://x"}, "url must start"),
    ({"url": 5}, "url must be text"),
])
def test_a_wrong_value_is_refused_by_name(tmp_path: Path, change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        load(written(tmp_path, GOOD | change))


@pytest.mark.parametrize("missing", sorted(GOOD))
def test_a_missing_key_is_refused_by_name(tmp_path: Path, missing: str) -> None:
    with pytest.raises(SettingsError, match=f"{missing} is missing"):
        load(written(tmp_path, {name: value for name, value in GOOD.items() if name != missing}))


@pytest.mark.parametrize("text", ["", "{", "[]", "7"])
def test_what_is_no_object_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match="is not"):
        load(written(tmp_path, text))


def test_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is missing"):
        load(str(tmp_path / "nothing.json"))
