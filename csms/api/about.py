"""What pages must know of this installation before anybody has logged in."""

from dataclasses import dataclass

from fastapi import APIRouter

from csms.api.deps import Wired

router = APIRouter(tags=["about"])


@dataclass(frozen=True, slots=True)
class About:
    currency: str
    default_price_cents_per_kwh: int
    emergency_number: str
    registration: bool  # anybody may make an account
    password_reset: bool  # by mail
    start_credit_cents: int
    reservation_minutes: int  # of a reservation that says no other
    top_up: bool  # there is a payment provider
    map_tiles_url: str  # with {z}, {x} and {y}; empty: show no map
    map_attribution: str


@router.get("/api/about")
async def about(of: Wired) -> About:
    s = of.settings
    return About(
        currency=s.currency,
        default_price_cents_per_kwh=s.default_price_cents_per_kwh,
        emergency_number=s.emergency_number,
        registration=s.registration,
        password_reset=of.mailer is not None and bool(s.public_url),
        start_credit_cents=s.start_credit_cents,
        reservation_minutes=s.reservation_minutes,
        top_up=of.payments is not None,
        map_tiles_url=s.map_tiles_url,
        map_attribution=s.map_attribution if s.map_tiles_url else "",
    )
