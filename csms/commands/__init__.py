"""CSMS to charge point, one file a message. call.py carries them."""
