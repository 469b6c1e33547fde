"""Soak: hand-made faults in pricing, booking and reservations, one at a time in a copy of the tree; is each seen?

    python docs/benchmarks/csms_mutations.py          options as of mutations.py beside it
"""
import sys

from mutations import Fault, main

PRICING, TARIFFS, LEDGER = "csms/domain/pricing.py", "csms/store/tariffs.py", "csms/domain/ledger.py"
TOP_UPS, CORRECTIONS, BUDGETS = "csms/store/top_ups.py", "csms/store/corrections.py", "csms/domain/budgets.py"
RESERVATIONS, RULES = "csms/store/reservations.py", "csms/domain/reservations.py"
FAULTS = (
    Fault("half a cent goes down", PRICING, "return int(exact + Fraction(1, 2))  # never", "return int(exact)  # never",
          "tests/csms/domain/test_pricing.py"),
    Fault("a price of an hour holds for the hour after it too", PRICING,
          "inside = start <= clock < end if", "inside = start <= clock <= end if", "tests/csms/domain/test_pricing.py"),
    Fault("each component is rounded to its step, not the whole", PRICING,
          "+= -whole % c.step_size", "+= -self.used[c, reservation] % c.step_size",
          "tests/csms/domain/test_pricing.py"),
    Fault("a full car pays within its grace time", PRICING, "elif piece.from_us >= paid_us and",
          "elif piece.from_us >= full_us and", "tests/csms/domain/test_pricing.py"),
    Fault("a flat fee is taken with each piece of a session", PRICING,
          "            account.add(flat, Fraction(1))\n            flat_due = False\n",
          "            account.add(flat, Fraction(1))\n", "tests/csms/domain/test_pricing.py"),
    Fault("a session told of late has today's price", TARIFFS,
          "at = started_at if received_at - _OLDEST_START <= started_at <= received_at else received_at",
          "at = received_at", "tests/csms/api/test_tariffs.py -k told_of_late"),
    Fault("more is held than there is", LEDGER, "return max(0, min(free_cents, most_cents))",
          "return max(0, most_cents)", "tests/csms/store/test_holds.py"),
    Fault("what was held is kept", LEDGER,
          "entries = [Entry(payer, held_cents - cost_cents), Entry(REVENUE, cost_cents)]",
          "entries = [Entry(payer, -cost_cents), Entry(REVENUE, cost_cents + held_cents)]",
          "tests/csms/api/test_wallet.py -k comes_back"),
    Fault("a payment counts each time it is told", TOP_UPS, "    if row.state == \"paid\" or (", "    if False or (",
          "tests/csms/api/test_wallet.py -k counts_once"),
    Fault("more is given back than was paid", CORRECTIONS, "    if amount_cents > paid_cents:",
          "    if amount_cents > row.cost_cents:", "tests/csms/api/test_wallet.py -k given_back"),
    Fault("a budget may be overdrawn by a session", BUDGETS, "so_far.cost_cents >= budget.most_cents",
          "so_far.cost_cents > budget.most_cents", "tests/csms/domain/test_budgets.py"),
    Fault("a charge point that was away never hears of a cancellation", RESERVATIONS,
          "values(state=state, told=False, ended_at=now)", "values(state=state, told=True, ended_at=now)",
          "tests/csms/api/test_stations.py -k was_away"),
    Fault("what the charge point refused is taken for kept", RULES,
          "return \"confirmed\" if answer == \"Accepted\" else \"refused\"", "return \"confirmed\"",
          "tests/csms/api/test_stations.py -k cannot_keep"),
    Fault("an expired fee is taken again with the session", RESERVATIONS,
          "    if was.cost_cents or rules", "    if rules", "tests/csms/api/test_stations.py -k ends_by_itself"),
)

if __name__ == "__main__":
    sys.exit(main(FAULTS))
