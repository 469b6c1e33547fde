"""Budgets of cards, and what each card has taken since a moment, running transactions included."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.authorization import canonical
from csms.domain.budgets import Budget, Spent, begins_at, used_up
from csms.domain.tariffs import cost_cents
from csms.store.tables import card_budget, charge_point, site, transaction
from csms.store.zones import zone


async def of_card(db: AsyncConnection, id_tag: str) -> Sequence[Budget]:
    b = card_budget.c
    rows = await db.execute(select(b.period, b.most_wh, b.most_cents).where(b.id_tag == canonical(id_tag)))
    return sorted((Budget(*row) for row in rows), key=lambda budget: ("day", "week", "month").index(budget.period))


async def put(db: AsyncConnection, id_tag: str, budgets: Sequence[Budget]) -> None:
    """These and no others."""
    await db.execute(delete(card_budget).where(card_budget.c.id_tag == id_tag))
    for budget in budgets:
        row = {"period": budget.period, "most_wh": budget.most_wh, "most_cents": budget.most_cents}
        await db.execute(insert(card_budget).values(id_tag=id_tag, **row))


async def exceeded(
    db: AsyncConnection, id_tag: str, budgets: Sequence[Budget], at: datetime, charge_point_id: int
) -> Budget | None:
    """The first of `budgets` of which nothing is left, by the calendar of the charge point's site."""
    where: tzinfo = zone(
        (
            await db.execute(
                select(site.c.time_zone).join_from(charge_point, site).where(charge_point.c.id == charge_point_id)
            )
        ).scalar_one()
    )
    spent = {b: await _since(db, id_tag, begins_at(b.period, at, where)) for b in budgets}
    return used_up(budgets, spent.__getitem__)


async def _since(db: AsyncConnection, id_tag: str, begun_at: datetime) -> Spent:
    t = transaction.c
    columns = select(
        t.energy_wh,
        t.cost_cents,
        t.meter_start_wh,
        t.last_register_wh,
        t.price_cents_per_kwh,
        t.tariff.is_not(None),
        t.cost_so_far_cents,
    )
    mine = (t.id_tag == canonical(id_tag), t.received_at >= begun_at, t.user_id.is_not(None))
    energy, cost = 0, 0
    for wh, cents, start_wh, register_wh, price, by_tariff, so_far in await db.execute(columns.where(*mine)):
        if cents is None:  # still running
            wh = 0 if register_wh is None else register_wh - start_wh
            cents = (so_far or 0) if by_tariff else cost_cents(wh, price)
        energy, cost = energy + wh, cost + cents
    return Spent(energy, cost)
