"""What a charging profile must keep to before it is sent (OCPP 1.6 §3.13, §5.16; errata 3.43, 3.44, 3.71).

Charge points refuse some of this, each in its own way, and misunderstand the rest; so nothing wrong leaves here.
"""

import itertools
from collections.abc import Sequence


def trouble(*, connector_id: int, purpose: str, transaction_id: int | None) -> str:
    """What is wrong with where it is to go, in words for the one who made it; "" if nothing is."""
    if purpose == "ChargePointMaxProfile" and connector_id != 0:
        return "a ChargePointMaxProfile is for connector 0"
    if purpose == "TxProfile" and (connector_id == 0 or transaction_id is None):
        return "a TxProfile is for one connector and the transaction that runs there"
    if purpose != "TxProfile" and transaction_id is not None:
        return "only a TxProfile names a transaction"
    return ""


def trouble_of_times(*, kind: str, recurrency: str | None, has_start: bool, starts_s: Sequence[int]) -> str:
    """What is wrong with when it holds; "" if nothing is.

    starts_s    when each period begins, in seconds from the schedule's start
    has_start   whether the schedule says when it starts
    """
    if (kind == "Recurring") != (recurrency is not None):
        return "a Recurring profile, and no other, is Daily or Weekly"
    if kind == "Relative" and has_start:
        return "a Relative profile starts with the charge and has no start of its own"
    if kind != "Relative" and not has_start:
        return f"a profile of kind {kind} needs a start"
    if not starts_s or starts_s[0] != 0:
        return "the first period starts at 0"
    if any(later <= earlier for earlier, later in itertools.pairwise(starts_s)):
        return "periods come in the order of their starts"
    return ""
