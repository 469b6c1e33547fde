"""The HTTP API: one router a resource. errors.py gives errors their HTTP form, deps.py hands in the parts."""
