"""The virtual bench: charge points as processes of the real MicroPython, and the world around their pins.

How a world and a chip meet: NOTES.md.
"""
