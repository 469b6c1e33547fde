"""The house's settings as they hold now: those of the file, over them what administrators have changed since.

One table here says which can be changed while it runs; types and bounds are those of the file (config.py), once.
Whoever works by one reads it from `now` each time. What was changed is kept in the database (store/settings.py), read
at the start and held here; with several processes each would have to be told of a change.
"""

import json
import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from csms.config import Listen, MailServer, Settings
from csms.store.settings import Changed
from ocppj import log

_log = log.get(__name__)
Group = Literal["money", "charging", "people", "keeping"]
Unit = Literal["", "cents", "s", "min", "days", "%"]
Value = bool | int | str


@dataclass(frozen=True, slots=True)
class Changeable:
    group: Group
    unit: Unit = ""
    money: bool = False  # a mistake costs people money: the page asks again


CHANGEABLE: Mapping[str, Changeable] = {
    "default_price_cents_per_kwh": Changeable("money", "cents", money=True),
    "start_credit_cents": Changeable("money", "cents", money=True),
    "hold_cents": Changeable("money", "cents", money=True),
    "stop_when_credit_runs_out": Changeable("money", money=True),
    "stop_when_full": Changeable("charging"),
    "reservation_minutes": Changeable("charging", "min"),
    "usual_target_percent": Changeable("charging", "%"),
    "meter_value_sample_interval_s": Changeable("charging", "s"),
    "display_costs_every_s": Changeable("charging", "s"),
    "zombie_after_s": Changeable("charging", "s"),
    "registration": Changeable("people"),
    "emergency_number": Changeable("people"),
    "tell_emergency_number": Changeable("people"),
    "soc_notice_percent": Changeable("people", "%"),
    "mail_sender_name": Changeable("people"),
    "offline_notice_after_s": Changeable("people", "s"),
    "meter_values_raw_days": Changeable("keeping", "days"),
    "notices_kept_days": Changeable("keeping", "days"),
    "audit_kept_days": Changeable("keeping", "days"),
}
# Charge points that are connected are told of these at once.
TOLD_TO_CHARGE_POINTS = frozenset({"meter_value_sample_interval_s", "emergency_number", "tell_emergency_number"})

Why = Literal["restart", "secret", "books"]
# The others, and why not: used once at the start; not for pages; all that is booked is in it.
FIXED: Mapping[str, Why] = {
    "currency": "books",
    "payment_provider": "restart",
    "public_url": "restart",
    "public_ocpp_url": "restart",
    "http": "restart",
    "ocpp": "restart",
    "ocpp_tls": "restart",
    "cpo_name": "restart",
    "client_certificate_days": "restart",
    "mail": "restart",
    "push_contact": "restart",
    "push_hosts": "restart",
    "map_tiles_url": "restart",
    "map_attribution": "restart",
    "heartbeat_interval_s": "restart",
    "local_list_sync_s": "restart",
    "requests_per_minute": "restart",
    "data_dir": "restart",
    "log_level": "restart",
    "database_url": "secret",
    "metrics_token_file": "secret",
}


def _type_of(key: str) -> Any:
    field = Settings.model_fields[key]
    if not field.metadata:
        return field.annotation
    return operator.getitem(Annotated, (field.annotation, *field.metadata))


class _Exact(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)  # neither "15" nor true is a number


if TYPE_CHECKING:
    Changes = _Exact
else:
    # Each may be given, with the file's own bounds; null takes what was changed here back.
    Changes = create_model(
        "SettingsChanges", __base__=_Exact, **{key: (_type_of(key) | None, None) for key in CHANGEABLE}
    )


class House:
    """`now` is one object for as long as it runs; `file` is what the file, the environment and defaults say."""

    def __init__(self, file: Settings) -> None:
        self.file = file
        self.now = file.model_copy()
        self.changed: Mapping[str, Changed] = {}

    def hold(self, rows: Iterable[Changed]) -> frozenset[str]:
        """From now on these hold over the file's; which keys have another value than before. A row that this version
        does not know, or finds out of bounds, is left aside, and that is said.
        """
        held, values = {}, {}
        for row in rows:
            try:
                given = json.loads(row.value)
                Changes.model_validate({row.key: given})
                if given is None:
                    raise ValueError("no value")
            except (ValueError, ValidationError):
                _log.error("setting.left_aside", key=row.key, text="kept in the database, but not fit for this version")
                continue
            held[row.key], values[row.key] = row, given
        before = {key: getattr(self.now, key) for key in CHANGEABLE}
        for key in CHANGEABLE:
            setattr(self.now, key, values.get(key, getattr(self.file, key)))
        self.changed = held
        return frozenset(key for key in CHANGEABLE if getattr(self.now, key) != before[key])

    def source(self, key: str) -> Literal["default", "file", "here"]:
        if key in self.changed:
            return "here"
        return "file" if key in self.file.model_fields_set else "default"


def in_words(settings: Settings, key: str) -> str | None:
    """The value of one that is only shown; None for one that is secret."""
    if FIXED[key] == "secret":
        return None
    value = getattr(settings, key)
    if isinstance(value, MailServer):
        return f"{value.sender} by {value.host}:{value.port} ({value.tls})"
    if isinstance(value, Listen):
        return f"{value.host}:{value.port}{'' if value.certificate_file is None else ', TLS'}"
    return ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)
