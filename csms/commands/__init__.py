"""CSMS to charge point, one file a message. call.py carries them; after_boot.py sends what each is told at boot."""
