"""A driver's money: what there is, how it moved, payments in; and what operators put right after a bill."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api import idempotency
from csms.api.deps import Anyone, Db, Limit, Managed, Offset, Operator, Parts, RowId, Wired
from csms.api.forms import Form, Name
from csms.api.pagination import Paged
from csms.domain.errors import Conflict, NotFound
from csms.payments.provider import Outcome
from csms.payments.sandbox import Sandbox
from csms.store import corrections, ledger, top_ups, transactions
from csms.store.ledger import Balance, Movement
from csms.store.top_ups import TopUp
from ocppj import log

_log = log.get(__name__)
router = APIRouter(tags=["wallet"])

_MOST_CENTS = 100_000
Reference = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


class NewTopUp(Form):
    amount_cents: Annotated[int, Field(ge=100, le=_MOST_CENTS)]


class SandboxPayment(Form):
    paid: bool


class Correction(Form):
    """Positive: back to the driver. Negative: charged in addition."""

    amount_cents: Annotated[int, Field(ge=-_MOST_CENTS, le=_MOST_CENTS)]
    reason: Name


@dataclass(frozen=True, slots=True)
class Corrected:
    cost_cents: int


@router.get("/api/wallet")
async def wallet(db: Db, by: Anyone) -> Balance:
    return await ledger.balance(db, by.id)


@router.get("/api/wallet/movements")
async def movements(paged: Paged, db: Db, by: Anyone, limit: Limit = 50, offset: Offset = 0) -> Sequence[Movement]:
    """Newest first. Together they are the balance."""
    page, total = await ledger.movements(db, by.id, limit, offset)
    paged(total, limit, offset)
    return page


@router.post("/api/top-ups", status_code=201)
async def begin(form: NewTopUp, of: Wired, by: Anyone, key: idempotency.Key = None) -> TopUp:
    """Ask for a payment. `pay_url` is where to pay; the credit is there when the provider has said so."""
    provider = of.payments
    if provider is None:
        raise Conflict("this installation takes no payments (setting payment_provider)")

    async def act() -> TopUp:
        reference = secrets.token_hex(16)
        url = await provider.begin(reference, form.amount_cents, of.settings.currency)

        async def work(db: AsyncConnection) -> TopUp:
            return await top_ups.add(db, by.id, form.amount_cents, provider.name, reference, url, of.clock())

        made = await of.writer.write(work)
        _log.info("top_up.begun", top_up=made.id, user=by.id, amount_cents=form.amount_cents)
        return made

    return await idempotency.once(of, by.id, key, ("top-up", form.amount_cents), TopUp, act)


@router.get("/api/top-ups")
async def everything(paged: Paged, db: Db, by: Anyone, limit: Limit = 50, offset: Offset = 0) -> Sequence[TopUp]:
    page, total = await top_ups.of_user(db, by.id, limit, offset)
    paged(total, limit, offset)
    return page


@router.get("/api/top-ups/{top_up_id}")
async def one(top_up_id: RowId, db: Db, by: Anyone) -> TopUp:
    return await top_ups.find(db, top_up_id, by.id)


@router.post("/api/payments/callback", status_code=204)
async def callback(request: Request, of: Wired) -> None:
    """For the payment provider: what became of a payment. Signed; the same word twice counts once."""
    if of.payments is None:
        raise NotFound("there is no payment provider here")
    await _settle(of, of.payments.name, of.payments.read_callback(request.headers, await request.body()))


@router.post("/api/sandbox/payments/{reference}", status_code=204)
async def sandbox(reference: Reference, form: SandboxPayment, of: Wired, by: Anyone) -> None:
    """In place of a bank's page, only with the sandbox: say how one's own payment ends."""
    if not isinstance(of.payments, Sandbox):
        raise NotFound("there is no sandbox here")
    async with of.database.read() as db:
        found = await top_ups.by_reference(db, reference, by.id)
    headers, body = of.payments.callback(Outcome(reference, found.amount_cents, form.paid))
    await _settle(of, of.payments.name, of.payments.read_callback(headers, body))


@router.post("/api/sessions/{transaction_id}/corrections", status_code=201)
async def correct(
    transaction_id: RowId, form: Correction, of: Wired, by: Operator, managed: Managed, key: idempotency.Key = None
) -> Corrected:
    """Give some of a bill back, or charge more, with a reason that the driver sees. Never back more than was paid."""
    if form.amount_cents == 0:
        raise Conflict("a correction by nothing is none")

    async def act() -> Corrected:
        async def work(db: AsyncConnection) -> int:
            if await transactions.session(db, transaction_id, sites=managed) is None:
                raise NotFound(f"there is no session {transaction_id}")
            return await corrections.book(db, transaction_id, form.amount_cents, form.reason, by.id, of.clock())

        cost_cents = await of.writer.write(work)
        _log.info("bill.corrected", transaction=transaction_id, amount_cents=form.amount_cents, by=by.id)
        return Corrected(cost_cents)

    asked = ("correction", transaction_id, form.amount_cents, form.reason)
    return await idempotency.once(of, by.id, key, asked, Corrected, act)


async def _settle(of: Parts, provider: str, outcome: Outcome) -> None:
    async def work(db: AsyncConnection) -> bool:
        return await top_ups.settle(
            db, provider, outcome.reference, outcome.amount_cents, paid=outcome.paid, at=of.clock()
        )

    news = await of.writer.write(work)
    _log.info("top_up.settled" if news else "top_up.known", reference=outcome.reference[:8], paid=outcome.paid)
