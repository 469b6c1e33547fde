"""`esp32`: the firmware uses nothing of it yet, but its import must not fail."""
