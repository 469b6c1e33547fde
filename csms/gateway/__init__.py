"""Sockets of charge points: connections, keys, presence, and nothing else. What messages mean is decided elsewhere."""
