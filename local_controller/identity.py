"""Who this controller is to its CSMS: what `bollard-site adopt` was given, kept in site-key.json (mode 0600)."""

import json
import os
import stat
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from local_controller.config import Settings
from local_controller.errors import ConfigError, NotAdopted

FILE_NAME = "site-key.json"


@dataclass(frozen=True, slots=True)
class Identity:
    identity: str
    site_key: str
    site_name: str
    time_zone: str
    ocpp_url: str  # without the identity
    api_url: str
    ca: str | None = None


def load(settings: Settings) -> Identity:
    """The saved identity with what the settings override; NotAdopted if there is none."""
    path, csms = settings.data_dir / FILE_NAME, settings.csms
    given = {
        "identity": csms.identity,
        "site_key": csms.site_key.get_secret_value() if csms.site_key else None,
        "ocpp_url": csms.ocpp_url,
        "api_url": csms.api_url,
    }
    given = {name: value for name, value in given.items() if value is not None}
    if path.exists():
        saved = _read(path)
    elif {"identity", "site_key", "ocpp_url", "api_url"} <= given.keys():
        saved = Identity("", "", site_name=str(given["identity"]), time_zone="UTC", ocpp_url="", api_url="")
    else:
        raise NotAdopted(
            "no site key: adopt first: bollard-site adopt --csms http://<its address>:8000 --code <code from its page>"
        )
    return replace(saved, **{name: str(value) for name, value in given.items()})


def save(data_dir: Path, identity: Identity) -> Path:
    """Write it so that nobody else can read it, and so that a power cut leaves the old file or the new one."""
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / FILE_NAME
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(identity), file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return path


def _read(path: Path) -> Identity:
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(f"{path}: others may read the site key; run: chmod 600 {path}")
    try:
        return Identity(**json.loads(path.read_text()))
    except (ValueError, TypeError) as problem:
        raise ConfigError(f"{path}: damaged ({problem}); adopt again") from None


def northbound_passwords(settings: Settings) -> dict[str, str]:
    """Passwords of single charge points at a foreign CSMS; the site key serves all others."""
    path = settings.csms.passwords_file
    if path is None:
        return {}
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigError(f"{path}: others may read these passwords; run: chmod 600 {path}")
        passwords = json.loads(path.read_text())
    except (OSError, ValueError) as problem:
        raise ConfigError(f"csms.passwords_file: {path}: {problem}") from None
    if not isinstance(passwords, dict) or not all(isinstance(value, str) for value in passwords.values()):
        raise ConfigError(f"csms.passwords_file: {path}: must be one JSON object of identity: password")
    return passwords
