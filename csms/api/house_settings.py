"""The house's settings: seen, changed while it runs, and taken back to what the file says."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api import etags
from csms.api.deps import Admin, Db, Wired
from csms.api.etags import IfMatch
from csms.config import Settings
from csms.house import CHANGEABLE, FIXED, TOLD_TO_CHARGE_POINTS, Changes, Group, House, Unit, Value, Why, in_words
from csms.store import charge_points, settings
from csms.store.settings import Changed
from ocppj import log

_log = log.get(__name__)
router = APIRouter(tags=["settings"])


@dataclass(frozen=True, slots=True)
class HouseSetting:
    """One that can be changed here. `at_least`, `at_most`: of a number; `longest`: of text."""

    key: str
    group: Group
    unit: Unit
    money: bool
    value: Value
    file_value: Value  # what it is again when it is taken back
    source: Literal["default", "file", "here"]
    changed_at: datetime | None
    changed_by: str | None
    at_least: int | None
    at_most: int | None
    longest: int | None


@dataclass(frozen=True, slots=True)
class FixedSetting:
    """One that is only shown; `why`: it is read once at the start, secret, or all that is booked is in it."""

    key: str
    value: str | None
    source: Literal["default", "file", "here"]
    why: Why


@dataclass(frozen=True, slots=True)
class HouseSettings:
    changeable: Sequence[HouseSetting]
    fixed: Sequence[FixedSetting]


@router.get("/api/settings")
async def everything(response: Response, of: Wired, db: Db, by: Admin) -> HouseSettings:
    response.headers["ETag"] = _tag(await settings.everything(db))
    return _view(of.house)


@router.patch("/api/settings")
async def change(
    form: Changes, request: Request, response: Response, of: Wired, by: Admin, if_match: IfMatch = None
) -> HouseSettings:
    """From now on. What is left out stays as it is; null takes back what was changed here, to what the file says."""
    given = {key: getattr(form, key) for key in form.model_fields_set}
    put = {key: json.dumps(value) for key, value in given.items() if value is not None}
    take_back = [key for key, value in given.items() if value is None]

    async def work(db: AsyncConnection) -> Sequence[Changed]:
        etags.must_match(if_match, _tag(await settings.everything(db)))
        await settings.put(db, put, by.id, of.clock())
        await settings.take_back(db, take_back)
        return await settings.everything(db)

    before = {key: getattr(of.settings, key) for key in sorted(given)}
    rows = await of.writer.write(work)
    changed = of.house.hold(rows)
    said = []
    for key, was in before.items():
        now = getattr(of.settings, key)
        said.append(f"{key}: {_json(was)} → {_json(now)}{' (taken back)' if key in take_back else ''}")
        _log.info("setting.changed", key=key, was=was, now=now, by=by.id)
    request.state.audit_detail = "; ".join(said)
    if changed & TOLD_TO_CHARGE_POINTS:
        async with of.database.read() as db:
            identities = await charge_points.connected_identities(db)
        for identity in identities:
            of.tell_settings(identity)
    response.headers["ETag"] = _tag(rows)
    return _view(of.house)


def _json(value: Value) -> str:
    return json.dumps(value, ensure_ascii=False)


def _tag(rows: Sequence[Changed]) -> str:
    return etags.tag([(row.key, row.value, row.changed_at.isoformat()) for row in rows])


def _view(house: House) -> HouseSettings:
    fixed = [FixedSetting(key, in_words(house.file, key), house.source(key), why) for key, why in FIXED.items()]
    return HouseSettings([_one(house, key) for key in CHANGEABLE], fixed)


_BOUNDS = ("ge", "le", "max_length")  # as pydantic calls them


def _one(house: House, key: str) -> HouseSetting:
    kind, changed = CHANGEABLE[key], house.changed.get(key)
    bounds = Settings.model_fields[key].metadata
    return HouseSetting(
        key,
        kind.group,
        kind.unit,
        kind.money,
        getattr(house.now, key),
        getattr(house.file, key),
        house.source(key),
        None if changed is None else changed.changed_at,
        None if changed is None else changed.changed_by,
        *(next((getattr(each, name) for each in bounds if hasattr(each, name)), None) for name in _BOUNDS),
    )
