"""Wiring, parts and pins for people who build a charge point: data, the drawings and tables made from it."""
