"""What a session costs, line by line, and a receipt to keep. A driver sees only their own."""

import asyncio
from html import escape

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api.bill_words import LINE_NAMES
from csms.api.deps import Db, RowId, Wired
from csms.api.sessions import MaySee, Visible
from csms.domain.errors import Conflict, NotFound
from csms.domain.pricing import Bill
from csms.domain.transactions import Session
from csms.store import bills, charge_points, corrections, transactions

router = APIRouter(prefix="/api/sessions", tags=["sessions"])


@router.get("/{transaction_id}/bill")
async def bill(transaction_id: RowId, of: Wired, db: Db, see: MaySee) -> Bill:
    """Of a running session: what it comes to now."""
    session = await _seen(db, transaction_id, see)
    return await bills.find(db, transaction_id, session.energy_wh, of.clock())


@router.get("/{transaction_id}/receipt", response_class=HTMLResponse)
async def receipt(transaction_id: RowId, of: Wired, db: Db, see: MaySee) -> HTMLResponse:
    """A page to print or keep, of a session that has ended."""
    session = await _seen(db, transaction_id, see)
    if session.ended_at is None:
        raise Conflict(f"session {transaction_id} is still running: there is a receipt when it has ended")
    found = await bills.find(db, transaction_id, session.energy_wh, of.clock())
    return HTMLResponse(render(session, found, of.settings.currency))


@router.get("/{transaction_id}/receipt.pdf", response_class=Response)
async def receipt_pdf(transaction_id: RowId, of: Wired, db: Db, see: MaySee) -> Response:
    """The same to keep, with what was given back since."""
    from csms.api import pdf

    session = await _seen(db, transaction_id, see)
    if session.ended_at is None:
        raise Conflict(f"session {transaction_id} is still running: there is a receipt when it has ended")
    found = await bills.find(db, transaction_id, session.energy_wh, of.clock())
    back_cents = await corrections.given_back_cents(db, transaction_id)
    site = await charge_points.site_name(db, session.charge_point)
    made = await asyncio.to_thread(pdf.receipt, session, found, of.settings.currency, site, back_cents)
    headers = {"Content-Disposition": f'attachment; filename="receipt-{transaction_id}.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers)


def render(session: Session, found: Bill, currency: str) -> str:
    rows = "".join(
        f"<tr><td>{'Reservation: ' if line.reservation else ''}{LINE_NAMES[line.type]}</td>"
        f"<td>{line.quantity} {line.unit}</td><td>{line.vat_percent} %</td><td>{line.amount_cents / 100:.4f}</td></tr>"
        for line in found.lines
    )
    # No script and no style: it shows the same anywhere, and the policy of the pages allows neither inline.
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>Receipt {session.transaction_id}</title></head><body><main><h1>Receipt {session.transaction_id}</h1>"
        f"<p>{escape(session.charge_point)}, connector {session.connector_id}</p>"
        f"<p>{session.started_at:%Y-%m-%d %H:%M} to {session.ended_at:%Y-%m-%d %H:%M} UTC, "
        f"meter {session.meter_start_wh} to {session.meter_stop_wh} Wh</p>"
        f"<table><thead><tr><th>What</th><th>How much</th><th>VAT</th><th>{currency}</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
        f"<p>Total <strong>{found.total_cents / 100:.2f} {currency}</strong>, of which VAT "
        f"{found.vat_cents / 100:.2f}</p></main></body></html>\n"
    )


async def _seen(db: AsyncConnection, transaction_id: int, see: Visible) -> Session:
    found = await transactions.session(db, transaction_id, owned_by=see.owned_by, sites=see.sites)
    if found is None:
        raise NotFound(f"there is no session {transaction_id}")
    return found
