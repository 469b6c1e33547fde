"""What a driver says of the car that charges: which one of theirs, how full it is, how full it shall be."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, model_validator
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api.deps import Anyone, RowId, Wired
from csms.api.forms import Form
from csms.domain.battery import Battery
from csms.domain.errors import Conflict, NotFound, Unusable
from csms.store import car_words, charge_points, ev_needs, transactions, vehicles
from csms.store.car_words import CarWord
from csms.store.users import User

router = APIRouter(prefix="/api/user/charging", tags=["account"])

Percent = Annotated[int, Field(ge=0, le=100)]


class CarForm(Form):
    vehicle_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None  # none: one's only one
    soc_percent: Percent | None = None  # as the car shows it now
    target_soc_percent: Annotated[int, Field(ge=1, le=100)] | None = None


class CarNow(CarForm):
    @model_validator(mode="after")
    def _says_something(self) -> "CarNow":
        if self.vehicle_id is None and self.soc_percent is None and self.target_soc_percent is None:
            raise ValueError("say vehicle_id, soc_percent or target_soc_percent")
        return self


async def car_word(db: AsyncConnection, form: CarForm, by: User) -> CarWord | None:
    """What it comes to; None if nothing is said. NotFound for somebody else's vehicle."""
    if form.vehicle_id is None and form.soc_percent is None and form.target_soc_percent is None:
        return None
    return _usable(form, await _said(db, form, by))


async def _said(db: AsyncConnection, form: CarForm, by: User) -> CarWord:
    if form.vehicle_id is not None:
        capacity_wh = (await vehicles.find(db, form.vehicle_id, by.id)).battery_wh
    else:
        own = await vehicles.of_user(db, by.id)
        capacity_wh = own[0].battery_wh if len(own) == 1 else None
    return CarWord(capacity_wh, form.soc_percent, form.target_soc_percent)


def _usable(form: CarForm, word: CarWord) -> CarWord:
    if form.soc_percent is not None and word.capacity_wh is None:
        raise Unusable("how full it is says nothing without a vehicle whose battery_wh is known (/api/vehicles)")
    return word


@router.put("/{transaction_id}/car")
async def say(transaction_id: RowId, form: CarNow, of: Wired, by: Anyone) -> Battery | None:
    """Of one's running session, from now on; null if the battery cannot be told from it either."""

    async def work(db: AsyncConnection) -> Battery | None:
        session = await transactions.session(db, transaction_id, owned_by=by.id)
        if session is None:
            raise NotFound(f"there is no session {transaction_id}")
        if session.state != "active":
            raise Conflict(f"session {transaction_id} has ended")
        word = await _said(db, form, by)
        energy_wh, said = session.energy_wh, await car_words.of(db, transaction_id)
        if said is not None:  # what is left out stays
            needs, target = said
            if word.soc_percent is None:
                energy_wh = needs.energy_wh
            word = CarWord(
                needs.capacity_wh if word.capacity_wh is None and form.vehicle_id is None else word.capacity_wh,
                needs.soc_percent if word.soc_percent is None else word.soc_percent,
                target if word.target_soc_percent is None else word.target_soc_percent,
            )
        word = _usable(form, word)
        row_id = (await charge_points.find(db, session.charge_point)).id
        await car_words.keep(
            db,
            row_id,
            session.connector_id,
            by.id,
            word,
            of.clock(),
            transaction_id=transaction_id,
            energy_wh=energy_wh,
        )
        return await ev_needs.battery(db, transaction_id, of.settings.usual_target_percent)

    return await of.writer.write(work)
