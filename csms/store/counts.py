"""How much there is of what an operator watches."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.store.tables import charge_point, mail, outbox, problem, push_message, quarantine, reservation, transaction


async def now(db: AsyncConnection) -> dict[str, int]:
    wanted = {
        "charge_points": select(func.count()).select_from(charge_point).where(charge_point.c.dismissed.is_(False)),
        "charge_points_connected": select(func.count())
        .select_from(charge_point)
        .where(charge_point.c.connected_via.is_not(None)),
        "transactions_running": select(func.count()).select_from(transaction).where(transaction.c.ended_at.is_(None)),
        "reservations_standing": select(func.count())
        .select_from(reservation)
        .where(reservation.c.state.in_(("pending", "confirmed"))),
        "outbox_rows": select(func.count()).select_from(outbox),
        "mails_waiting": select(func.count()).select_from(mail),
        "pushes_waiting": select(func.count()).select_from(push_message),
        "problems_open": select(func.count()).select_from(problem).where(problem.c.closed_at.is_(None)),
        "messages_quarantined": select(func.coalesce(func.sum(quarantine.c.times), 0)),
    }
    return {name: int((await db.execute(query)).scalar_one()) for name, query in wanted.items()}
