"""Charge point to CSMS, one file a message. routes.py is the table, worker.py takes the messages off the bus."""
