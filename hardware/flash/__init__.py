"""Firmware onto a board, or into the image that a simulated one starts from."""
