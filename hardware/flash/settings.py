"""settings.json of a board on a cable: what it has, what the person says, what a local controller gives for a code."""
import base64
import importlib
import json
import re
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from hardware.flash.errors import FlashError

config: Any = importlib.import_module("firmware.config")   # the chip's own judge of its settings; it has no types
NEEDED = ("wifi_ssid", "url", "identity", "authorization_key")
_LOCAL_CONTROLLER_PORT = 8100
_TIMEOUT_S = 20.0
_LONGEST = 128


@dataclass(frozen=True)
class Wanted:
    """What shall be on the board. `settings` {}: nothing is known, the board opens its own WiFi to be set up."""
    settings: Mapping[str, str]
    ca_der: bytes | None = None      # None: what is there stays
    changed: bool = False

    @property
    def missing(self) -> list[str]:
        return [key for key in NEEDED if not self.settings.get(key)] if self.settings else []


def of_board(text: bytes | None) -> dict[str, str]:
    """What the board has; what cannot be read, or is not settings at all, counts as nothing."""
    try:
        told = json.loads(text or b"")
    except ValueError:
        return {}
    if not isinstance(told, dict):
        return {}
    return {key: value for key, value in told.items() if isinstance(value, str) and not config.problem(key, value)}


def of_file(path: Path) -> tuple[dict[str, str], bytes | None]:
    """Settings and CA of a JSON file, or of what `bollard-flash backup` wrote."""
    ca_der = None
    try:
        content = path.read_bytes()
        if tarfile.is_tarfile(path):
            with tarfile.open(path) as archive:
                inside = {member.name: member for member in archive.getmembers() if member.isfile()}
                if "settings.json" not in inside:
                    raise FlashError(f"{path} is a backup of a board that had no settings")
                content = _member(archive, inside["settings.json"])
                ca_der = _member(archive, inside["ca.der"]) if "ca.der" in inside else None
    except OSError as error:
        raise FlashError(f"{path}: {error.strerror or error}") from None
    except tarfile.TarError as error:
        raise FlashError(f"{path}: {error}") from None
    try:
        told = json.loads(content)
    except ValueError as error:
        raise FlashError(f"{path} is not JSON: {error}") from None
    if not isinstance(told, dict):
        raise FlashError(f"{path} is not a JSON object")
    return told, ca_der


def _member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    return file.read(1 << 20) if file else b""


def merged(before: Mapping[str, str], told: Mapping[str, str], board: str, *, ca_der: bytes | None = None,
           now: datetime | None = None) -> Wanted:
    """The board's settings with those on top that a person told; FlashError names the first that cannot be."""
    for key, value in told.items():
        if problem := wrong(key, value):
            raise FlashError(problem)
    if not before and not told:
        return Wanted({}, ca_der)
    settings = {**before, **told, "board": board}
    settings.setdefault("wifi_password", "")
    if settings == before:
        return Wanted(settings, ca_der)
    # The clock starts no earlier at the next start without a network, so that TLS can judge certificates.
    settings["written_at"] = told.get("written_at") or (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Wanted(settings, ca_der, changed=True)


def wrong(key: str, value: Any) -> str | None:
    """What is wrong with one setting, in words, or None: the firmware's own rules, and what only people get wrong."""
    found: str | None = config.problem(key, value)
    if found:
        return found
    if len(value) > _LONGEST or not value.isprintable():
        return f"{key} must be at most {_LONGEST} printable characters"
    if key == "wifi_ssid" and len(value.encode()) > 32:
        return "wifi_ssid must be at most 32 bytes"
    if key == "wifi_password" and value and not 8 <= len(value.encode()) <= 63:
        return "wifi_password must be 8 to 63 characters, or nothing for an open network"
    return None


def complete(wanted: Wanted, has_ca: bool) -> None:
    """FlashError if a board could not start with this."""
    if wanted.missing:
        raise FlashError(f"{', '.join(wanted.missing)} {'is' if len(wanted.missing) == 1 else 'are'} missing: in a "
                         "--settings file, by --wifi, or by --adopt and --code for identity, key and address")
    if wanted.settings.get("url", "").startswith("wss:") and wanted.ca_der is None and not has_ca:
        raise FlashError("the address is wss://, and there is no certificate to judge the server by: name it with --ca")


def key_of(path: Path) -> str:
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise FlashError(f"{path}: {getattr(error, 'strerror', None) or 'no text'}") from None


def ca_of(path: Path) -> bytes:
    """The first certificate of a PEM file, or a DER file as it is."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FlashError(f"{path}: {error.strerror}") from None
    return der(content, str(path))


def der(content: bytes, origin: str) -> bytes:
    if found := re.search(rb"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", content, re.DOTALL):
        try:
            return base64.b64decode(found[1])
        except ValueError:
            pass
    elif content[:1] == b"\x30" and len(content) > 100:
        return content
    raise FlashError(f"{origin} is no certificate, neither PEM nor DER")


def controller_url(text: str) -> str:
    """Where to ask, of what a person typed: a host, host:port, or http(s)://…, as on the board's own set-up page."""
    url = text.strip().rstrip("/")
    if "://" not in url:
        url = "http://" + (url if ":" in url else f"{url}:{_LOCAL_CONTROLLER_PORT}")
    if not re.fullmatch(r"https?://[^/@\s]+", url):
        raise FlashError(f"--adopt takes the local controller's HOST, HOST:PORT or http://HOST:PORT, not {text!r}")
    return url


def adopted(url: str, code: str, serial: str, ca: Path | None = None) -> tuple[dict[str, str], bytes | None]:
    """identity, authorization_key and url for a one-time code, and the CA to believe; FlashError says what to do."""
    asked = f"{url}/api/adopt"
    try:
        trust: Any = True
        if ca:
            import ssl

            trust = ssl.create_default_context(cafile=str(ca))
        answer = httpx.post(asked, json={"code": code, "serial": serial, "kind": "charge_point"}, timeout=_TIMEOUT_S,
                            verify=trust, follow_redirects=False)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise FlashError(f"{url} does not answer ({error}): is it the local controller's address, and is its "
                         "`bollard-site serve` running?") from None
    try:
        told = answer.json()
        if answer.is_error:
            reason = str(told.get("detail") or told.get("title") or answer.status_code)[:200]
            raise FlashError(f"the controller says: {reason} (`bollard-site adoption-code` prints a new one)")
        given = {"identity": str(told["identity"]), "authorization_key": str(told["authorization_key"]),
                 "url": str(told["ocpp_url"])}
        certificate = told.get("ca")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise FlashError(f"what answers at {url} is no local controller (HTTP status {answer.status_code})") from None
    for key, value in given.items():
        if problem := wrong(key, value):
            raise FlashError(f"the controller at {url} gave what cannot be: {problem}")
    return given, der(str(certificate).encode(), "the controller's CA") if certificate else None
