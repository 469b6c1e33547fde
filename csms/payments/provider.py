"""What a payment provider must do for us: take a payment, and tell what became of it in words nobody else can say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Outcome:
    reference: str
    amount_cents: int
    paid: bool


class PaymentProvider(Protocol):
    @property
    def name(self) -> str: ...

    async def begin(self, reference: str, amount_cents: int, currency: str) -> str:
        """Make the provider expect this payment; return where the driver goes to pay. PaymentFailed if it cannot."""
        ...

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Outcome:
        """What the provider posts to us. NotAuthenticated unless it is signed, Unusable if it says nothing."""
        ...
