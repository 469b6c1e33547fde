"""settings.json as a person fills it in, value by value; the file is replaced whole. Only while a board is set up.

What must hold for the firmware to start is config.py's; what only a person may get wrong is caught here besides.
"""
import json
import os

from firmware.modules import on_demand

PATH = "/settings.json"
CA_PATH = "/ca.der"
SECRET = ("wifi_password", "authorization_key")
ASKED = ("wifi_ssid", "wifi_password", "url", "identity", "authorization_key", "board", "vendor", "model")
_BOARDS = "firmware/boards"   # from the folder of the version that runs
_LONGEST = 128


def read():
    """What is set by now, {} where nothing is, or nothing that could be read."""
    try:
        with open(PATH) as file:
            settings = json.load(file)
    except (OSError, ValueError):
        return {}
    return settings if isinstance(settings, dict) else {}


def boards():
    """The board files that are here; usually one."""
    try:
        return sorted([name.rsplit(".", 1)[0] for name in os.listdir(_BOARDS) if name[0] not in "_."])
    except OSError:
        return []


def problem(key, value):
    """What is wrong with one setting, in words, or None."""
    found = on_demand("config").problem(key, value)
    if found:
        return found
    if len(value) > _LONGEST or not all(ord(c) >= 32 and ord(c) != 127 for c in value):
        return "%s must be at most %d printable characters" % (key, _LONGEST)
    if key == "wifi_ssid" and len(value.encode()) > 32:
        return "wifi_ssid must be at most 32 bytes"
    if key == "wifi_password" and value and not 8 <= len(value.encode()) <= 63:
        return "wifi_password must be 8 to 63 characters, or nothing for an open network"
    if key == "url":
        try:
            # as http.py reads it: wss is to https what ws is to http
            if on_demand("net.http").parts("http" + value[2:])[4]:
                return "url must have no user"
        except ValueError:
            return "url must be ws://HOST:PORT/PATH or wss://HOST:PORT/PATH"
    if key == "board" and value not in boards():
        return "board must be one of %s" % ", ".join(boards())
    if key == "board":
        found = on_demand("board_check").problem(on_demand("boards." + value).BOARD)
        return found and "board %s: %s" % (value, found)
    return None


def change(settings, key, value):
    """Put one value into `settings`; what is wrong with it, in words, or None."""
    value = value.strip()
    found = problem(key, value)
    if not found:
        settings[key] = value
    return found


def missing(settings):
    """The first key without which the firmware cannot start, or None. The board need not be said where one is here."""
    for key in ("wifi_ssid", "url", "identity", "authorization_key"):
        if not settings.get(key):
            return key
    return None


def write(settings):
    """Make these the settings, whole or not at all; what keeps them from being that, in words, or None."""
    settings = dict(settings)
    settings.setdefault("wifi_password", "")
    here = boards()
    if len(here) == 1:
        settings.setdefault("board", here[0])
    for key in ("board", missing(settings)):
        if key and not settings.get(key):
            return "%s is missing" % key
    for key in settings:
        found = problem(key, settings[key])
        if found:
            return found
    if settings["url"].startswith("wss:") and not _is_there(CA_PATH):
        return "url is wss://, and there is no %s to judge the server by" % CA_PATH
    replace(PATH, json.dumps(settings).encode())
    return None


def forget():
    """At the next start the board opens its own WiFi again. Its records and the password of that WiFi stay."""
    if _is_there(PATH):
        os.remove(PATH)


def replace(path, content):
    """A power cut leaves the old file or the new one."""
    with open(path + ".new", "wb") as file:
        file.write(content)
    os.rename(path + ".new", path)


def _is_there(path):
    try:
        os.stat(path)
    except OSError:
        return False
    return True
