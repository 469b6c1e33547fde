"""One's own cars: what the estimate of their charge and the fitting connectors are reckoned from."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api import etags
from csms.api.deps import Anyone, Db, RowId, Wired
from csms.api.forms import Form, Name
from csms.store import vehicles
from csms.store.vehicles import Vehicle

router = APIRouter(prefix="/api/vehicles", tags=["account"])

BatteryWh = Annotated[int, Field(ge=1_000, le=2_000_000)]
ConnectorType = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_ -]{1,30}$")]
Plate = Annotated[str, StringConstraints(pattern=r"^[\w .-]{1,20}$", to_upper=True)]
Mac = Annotated[str, StringConstraints(pattern=r"^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$", to_upper=True)]


class NewVehicle(Form):
    name: Name
    battery_wh: BatteryWh | None = None
    connector_type: ConnectorType | None = None
    plate: Plate | None = None
    mac: Mac | None = None


@router.get("")
async def everything(db: Db, by: Anyone) -> Sequence[Vehicle]:
    return await vehicles.of_user(db, by.id)


@router.get("/{vehicle_id}")
async def one(vehicle_id: RowId, response: Response, db: Db, by: Anyone) -> Vehicle:
    found = await vehicles.find(db, vehicle_id, by.id)
    response.headers["ETag"] = etags.tag(found)
    return found


@router.post("", status_code=201)
async def create(form: NewVehicle, response: Response, of: Wired, by: Anyone) -> Vehicle:
    async def work(db: AsyncConnection) -> Vehicle:
        return await vehicles.create(db, by.id, form.model_dump())

    made = await of.writer.write(work)
    response.headers["ETag"] = etags.tag(made)
    return made


@router.put("/{vehicle_id}")
async def change(
    vehicle_id: RowId, form: NewVehicle, response: Response, of: Wired, by: Anyone, if_match: etags.IfMatch = None
) -> Vehicle:
    async def work(db: AsyncConnection) -> Vehicle:
        etags.must_match(if_match, etags.tag(await vehicles.find(db, vehicle_id, by.id)))
        return await vehicles.change(db, vehicle_id, by.id, form.model_dump())

    changed = await of.writer.write(work)
    response.headers["ETag"] = etags.tag(changed)
    return changed


@router.delete("/{vehicle_id}", status_code=204)
async def remove(vehicle_id: RowId, of: Wired, by: Anyone, if_match: etags.IfMatch = None) -> None:
    async def work(db: AsyncConnection) -> None:
        etags.must_match(if_match, etags.tag(await vehicles.find(db, vehicle_id, by.id)))
        await vehicles.remove(db, vehicle_id, by.id)

    await of.writer.write(work)
