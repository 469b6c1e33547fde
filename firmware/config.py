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
        if key not in _REQUIRED and key not in _OPTIONAL:
            raise SettingsError("unknown key %s" % key)
        if not isinstance(settings[key], str):
            raise SettingsError("%s must be text" % key)
    for key in _REQUIRED:
        if key not in settings:
            raise SettingsError("%s is missing" % key)
    for key in _OPTIONAL:
        settings.setdefault(key, _OPTIONAL[key])
    identity, key = settings["identity"], settings["authorization_key"].lower()
    if not 1 <= len(identity) <= 48 or not all(c.isalpha() or c.isdigit() or c in _IDENTITY_SIGNS for c in identity):
        raise SettingsError("identity must be 1 to 48 of A-Z a-z 0-9 %s" % _IDENTITY_SIGNS)
    if not 32 <= len(key) <= 40 or len(key) % 2 or not all(c in "0123456789abcdef" for c in key):
        raise SettingsError("authorization_key must be 32 to 40 hexadecimal digits")
    settings["authorization_key"] = key
    if not settings["url"].startswith(("ws://", "wss://")):
        raise SettingsError("url must start with ws:// or wss://")
    return settings
