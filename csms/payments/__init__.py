"""Money from outside: one provider a file behind the same two methods. credit_guard.py ends what cannot be paid."""
