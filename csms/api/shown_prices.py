"""What each connector costs now, as a number and in words: looked up for many charge points at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api.deps import Parts
from csms.domain import price_words
from csms.domain.tariffs import Tariff
from csms.store import tariffs
from csms.store.charge_points import ChargePointView


@dataclass(frozen=True, slots=True)
class Shown:
    cents_per_kwh: int
    text: str


@dataclass(frozen=True, slots=True)
class Prices:
    currency: str
    in_force: Mapping[tuple[str, int], Tariff]

    def of(self, view: ChargePointView, connector_id: int = 0) -> Shown:
        """The connector's own tariff, or the charge point's (connector 0), or its plain price."""
        tariff = self.in_force.get((view.identity, connector_id)) or self.in_force.get((view.identity, 0))
        if tariff is None:
            cents = view.price_cents_per_kwh
            return Shown(cents, price_words.per_kwh(cents, self.currency))
        return Shown(tariff.energy_price_cents, price_words.in_words(tariff, self.currency))


async def look_up(of: Parts, db: AsyncConnection, views: Sequence[ChargePointView]) -> Prices:
    found = await tariffs.in_force(db, [view.identity for view in views], of.clock())
    return Prices(of.settings.currency, found)
