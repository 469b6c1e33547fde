"""settings.json: what a charge point must know before it can ask anybody. Read once at start, then dropped.

Everything a central system may change later lives in store/configuration.py instead.
"""
import json

_REQUIRED = ("identity", "url", "authorization_key", "board", "wifi_ssid", "wifi_password")
_OPTIONAL = {
    "vendor": "Bollard",
    "model": "Bollard",
    "written_at": "",   # when the settings were made, ISO 8601: the clock starts no earlier, so that TLS can verify
}
_IDENTITY_SIGNS = "*-_=:+|@."


class SettingsError(Exception):
    pass


def load(path="/settings.json"):
    """The settings as a dict with every key present; SettingsError names what is wrong."""
    try:
        with open(path) as file:
            settings = json.load(file)
    except OSError:
        raise SettingsError("%s is missing" % path)
    except ValueError:
        raise SettingsError("%s is not JSON" % path)
    if not isinstance(settings, dict):
        raise SettingsError("%s is not a JSON object" % path)
    for key in settings:
        found = problem(key, settings[key])
        if found:
            raise SettingsError(found)
    for key in _REQUIRED:
        if key not in settings:
            raise SettingsError("%s is missing" % key)
    for key in _OPTIONAL:
        settings.setdefault(key, _OPTIONAL[key])
    settings["authorization_key"] = settings["authorization_key"].lower()
    return settings


def problem(key, value):
    """What is wrong with one setting, in words, or None."""
    if key not in _REQUIRED and key not in _OPTIONAL:
        return "unknown key %s" % key
    if not isinstance(value, str):
        return "%s must be text" % key
    if key == "identity":
        if not 1 <= len(value) <= 48 or not all(c.isalpha() or c.isdigit() or c in _IDENTITY_SIGNS for c in value):
            return "identity must be 1 to 48 of A-Z a-z 0-9 %s" % _IDENTITY_SIGNS
    elif key == "authorization_key":
        if not 32 <= len(value) <= 40 or len(value) % 2 or not all(c in "0123456789abcdef" for c in value.lower()):
            return "authorization_key must be 32 to 40 hexadecimal digits"
    elif key == "url":
        if not value.startswith(("ws://", "wss://")):
            return "url must start with ws:// or wss://"
    elif key == "wifi_ssid" and not value:
        return "wifi_ssid is empty"
    return None
