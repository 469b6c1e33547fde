"""Modules for one use: most of the firmware is needed seldom, and a small chip's RAM holds no more than the rest."""
import sys


def drop(name):
    """Let go of an imported module: its package holds it too."""
    # First of all, since it needs no RAM: an import that failed for want of some leaves an entry without a module, and
    # the next import to find that ends the program, not in an exception but in the interpreter itself.
    sys.modules.pop(name, None)
    package, _, module = name.rpartition(".")
    if hasattr(sys.modules[package], module):
        delattr(sys.modules[package], module)


def on_demand(name):
    """firmware.`name` for one use: whoever holds nothing of it afterwards has its RAM back."""
    name = "firmware." + name
    try:
        return __import__(name, None, None, ("",))
    finally:
        drop(name)


def later(name):
    """What gives that module each time it is called."""
    return lambda: on_demand(name)
