"""Stands in for MicroPython's own module where CPython runs the firmware's pure logic."""


def const(value: int) -> int:
    return value
