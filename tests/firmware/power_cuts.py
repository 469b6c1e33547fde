"""For MicroPython: the power goes at each write of some steps in turn, whole and in the middle of a write."""
from tests.firmware import ram_flash


def each(prepare, load, steps, state, blocks=24):
    """How many cuts were made; AssertionError when one leaves neither the state before the step it hit nor that after.

    prepare()    fills the fresh flash at /data
    load()       a life: what the firmware makes of the flash at boot
    steps        f(life), each of which promises on its return that its change is on flash
    state(life)  what counts, to be compared
    """
    flash = ram_flash.formatted(blocks)
    ram_flash.boot(flash)
    prepare()
    image = bytes(flash.data)
    ram_flash.boot(flash)
    life, images = load(), [image]
    for step in steps:
        step(life)
        images.append(bytes(flash.data))
    states = [told(kept, load, state, blocks) for kept in images]
    assert any(states[i] != states[i + 1] for i in range(len(steps))), "nothing changes"
    cuts = 0
    for torn in (False, True):
        cut, done = 0, -1
        while done < len(steps):
            flash = fresh(image, blocks)
            life = load()
            flash.cut_at, flash.torn = flash.writes + cut, torn
            done = 0
            try:
                for step in steps:
                    step(life)
                    done += 1
                    assert flash.writes <= flash.cut_at
            except (ram_flash.PowerCut, OSError):
                cuts += 1
            kept = bytes(flash.data)
            found = told(kept, load, state, blocks)
            allowed = states[done:done + 2]
            assert found in allowed, ("torn" if torn else "whole", cut, done, found, allowed)
            if done < len(steps) and found == allowed[0]:   # once more, on what the cut has left
                flash = fresh(kept, blocks)
                life = load()
                steps[done](life)
                found = told(bytes(flash.data), load, state, blocks)
                assert found == states[done + 1], ("again", cut, done, found, states[done + 1])
            cut += 1
    return cuts


def fresh(image, blocks):
    flash = ram_flash.Flash(blocks)
    flash.data[:] = image
    ram_flash.boot(flash)
    return flash


def told(image, load, state, blocks):
    fresh(image, blocks)
    return state(load())
