"""Starts all, then keeps it going: the energy path's tick, the lamps, the tasks. build.py wires the parts."""
import asyncio
import gc
import sys
import time

import machine
from micropython import const

from firmware.modules import on_demand

_TICK_MS = const(10)           # the energy path wants its turn every 20 ms
_LAMP_MS = const(100)
_RESTART_MS = const(1000)
_COLLECT_BYTES = const(8192)


def run():
    controllers = []   # type: list
    try:
        asyncio.run(main(controllers))
    finally:   # Ctrl-C at the console, or what nobody foresaw: at the prompt all contactors are open
        for controller in controllers:
            controller.open_now()


async def main(controllers):
    once = on_demand("build")
    try:
        board, settings = once.begin()
    except ValueError as error:
        print("settings.refused %s" % error)   # nothing can be guessed: outputs stay off until a person mends it
        once = None
        await on_demand("setup.access_point").run()
        return
    watchdog = machine.WDT(timeout=board.watchdog_ms)
    tasks, shown = once.build(board, settings)
    if board.lamps:
        tasks.append((show_lamps, board.lamps, shown))   # not the board itself: a task would keep all of it
    start(tasks)
    controllers += board.controllers
    if board.profile == "lean":
        # Often, as it takes 2 ms of a small heap. If garbage filled it first, what lives long would come to lie high up
        # and all over, and soon no place be left for a message of 4 kB. In PSRAM a collection takes 100 ms and more.
        gc.threshold(_COLLECT_BYTES)
    version = once.VERSION
    # What ran once takes a quarter of a small chip's RAM if it stays.
    once = board = settings = tasks = shown = None
    gc.collect()
    print("charge_point.up version=%s heap_used=%d heap_free=%d" % (version, gc.mem_alloc(), gc.mem_free()))
    while True:   # the energy path's tick; nothing else feeds the watchdog
        now_ms = time.ticks_ms()
        for controller in controllers:
            controller.step(now_ms)
        watchdog.feed()
        await asyncio.sleep_ms(_TICK_MS)


def start(tasks):
    """Run them, each (function, arguments …), as tasks that must not end: whatever one fails with is told, and it
    begins anew."""
    running = [asyncio.create_task(function(*arguments)) for function, *arguments in tasks]

    def failed(loop, context):
        print("task.failed error=%r" % context["exception"])
        sys.print_exception(context["exception"])
        if context["future"] in running:
            i = running.index(context["future"])
            running[i] = asyncio.create_task(again(*tasks[i]))

    asyncio.get_event_loop().set_exception_handler(failed)


async def again(function, *arguments):
    gc.collect()
    await asyncio.sleep_ms(_RESTART_MS)
    await function(*arguments)


async def show_lamps(lamps, shown):
    tick = 0
    while True:
        for i in range(1, len(shown)):
            lamps.show(i - 1, shown[i].status, tick)
        tick = (tick + 1) & 0xFFFF
        await asyncio.sleep_ms(_LAMP_MS)
