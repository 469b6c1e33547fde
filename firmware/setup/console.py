"""Settings over the serial line: one command a line, one line of answer, secrets never shown. Loaded by hand:

    >>> from firmware.setup import console; console.run()

Typed characters come back, but for those of a password or key. Nothing is written before `save`; Ctrl-C leaves.
"""
import select
import sys

import machine

from firmware.setup import settings

HELP = "set KEY VALUE, show, save, forget, reset, quit; KEY is one of " + " ".join(settings.ASKED)
_WATCHDOG_MS = 30_000   # main.py's: it cannot be stopped once it runs
_LONGEST = 300
_LOOK_MS = 1000


def run():
    """Until quit; "ok …" or "refused …" after each line."""
    values = settings.read()
    print("ok " + HELP)
    while True:
        word, _, rest = _line().strip().partition(" ")
        if word == "quit":
            print("ok")
            return
        if word:
            print(_respond(word, rest.strip(), values))


def _respond(word, rest, values):
    if word == "show":
        for key in settings.ASKED:
            value = values.get(key, "")
            print("%s=%s" % (key, ("(set)" if value else "") if key in settings.SECRET else value))
        return "ok"
    if word == "set":
        key, _, value = rest.partition(" ")
        if key not in settings.ASKED:
            return "refused unknown key %s" % key
        found = settings.change(values, key, value)
        return "refused %s" % found if found else "ok %s" % key
    if word == "save":
        found = settings.write(values)
        return "refused %s" % found if found else "ok saved, reset to use it"
    if word == "forget":
        values.clear()
        settings.forget()
        return "ok nothing is set any more, reset to set it up anew"
    if word == "reset":
        print("ok")
        machine.reset()
    return "refused unknown command %s; %s" % (word, HELP)


def _line():
    """What was typed until Enter, without what was deleted again. The watchdog is kept quiet meanwhile."""
    watchdog = machine.WDT(timeout=_WATCHDOG_MS)
    source, told = sys.stdin.buffer, sys.stdout.buffer
    poller = select.poll()
    poller.register(source, select.POLLIN)
    line = bytearray()
    while True:
        watchdog.feed()
        if not poller.poll(_LOOK_MS):
            continue
        typed = source.read(1)
        if not typed or typed == b"\x04":   # the line is dead, or Ctrl-D
            told.write(b"\n")
            return "quit"
        c = typed[0]
        if c == 3:   # where the terminal is raw, Ctrl-C is a character as any other
            raise KeyboardInterrupt
        if c in (10, 13):
            if line or c == 13:
                told.write(b"\n")
            if line:
                try:
                    return bytes(line).decode()
                except ValueError:
                    return "set ?"   # no UTF-8
        elif c in (8, 127):
            end = len(line) - 1
            while end > 0 and line[end] & 0xC0 == 0x80:   # a character of several bytes goes whole
                end -= 1
            line = line[:max(end, 0)]
            told.write(b"\x08 \x08")
        elif c >= 32 and len(line) < _LONGEST:
            told.write(b"*" if _is_secret(line) else typed)
            line.append(c)


def _is_secret(line):
    """Whether what comes next belongs to a password or key."""
    words = bytes(line).split(None, 2)
    if len(words) < 2 or words[0] != b"set" or (len(words) == 2 and line[-1] != 32):
        return False
    return words[1] in [key.encode() for key in settings.SECRET]


def stay():
    """For long work at the prompt, such as copying files: nothing restarts this board any more until its power is cut
    or it is reset. Otherwise the watchdog does, half a minute after the firmware was stopped."""
    watchdog = machine.WDT(timeout=_WATCHDOG_MS)
    machine.Timer(0).init(freq=1, callback=lambda timer: watchdog.feed())
