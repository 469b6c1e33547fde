"""How the parts of the CSMS talk: subjects and bytes, so that it matters to nobody which process a part runs in.

in_process.py carries them within one process; messages.py says what the bytes are.
"""
