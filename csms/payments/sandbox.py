"""A provider without a bank, to try and to test: the driver says how the payment ends, its callback is signed as any.

Whoever may use it makes their own credit, so it is on only where the settings say so.
"""

import hashlib
import hmac
from collections.abc import Mapping

import msgspec

from csms.domain.errors import NotAuthenticated, Unusable
from csms.payments.provider import Outcome

SIGNATURE = "x-signature"
PAY_PATH = "/api/sandbox/payments/"


class _Callback(msgspec.Struct, forbid_unknown_fields=True):
    reference: str
    amount_cents: int
    paid: bool


class Sandbox:
    name = "sandbox"

    def __init__(self, secret: bytes) -> None:
        self._secret = hashlib.sha256(b"sandbox payments" + secret).digest()

    async def begin(self, reference: str, amount_cents: int, currency: str) -> str:
        return PAY_PATH + reference

    def callback(self, outcome: Outcome) -> tuple[dict[str, str], bytes]:
        """Headers and body, as the provider posts them."""
        body = msgspec.json.encode(_Callback(outcome.reference, outcome.amount_cents, outcome.paid))
        return {SIGNATURE: self._sign(body)}, body

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Outcome:
        given = headers.get(SIGNATURE, "")
        if not hmac.compare_digest(given.encode(), self._sign(body).encode()):
            raise NotAuthenticated("this callback is not signed by the provider")
        try:
            said = msgspec.json.decode(body, type=_Callback)
        except msgspec.MsgspecError as error:
            raise Unusable(f"the callback cannot be read: {error}") from None
        return Outcome(said.reference, said.amount_cents, said.paid)

    def _sign(self, body: bytes) -> str:
        return hmac.new(self._secret, body, "sha256").hexdigest()
