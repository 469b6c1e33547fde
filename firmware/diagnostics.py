"""What GetDiagnostics and GetLog send: one event or state a line, as on the console, no secrets. Loaded for one use.

It goes into a file, and this module with the table of keys is gone before anything is sent: a small chip has no room
for both. Thus each try sends the same bytes, too.
"""
import asyncio
import gc
import os
import sys

import esp32
import machine
from micropython import const

from firmware.evse.limits import NAMES, NO_LIMIT

_SECRET = ("AuthorizationKey",)
_MALLOC_CAP_8BIT = const(4)   # all heaps that Python, TLS and WiFi take from


async def collect(device, path, since_s=None, until_s=None):
    """Write the file; OSError. `since_s`, `until_s`: which lines of the log, seconds since 2000."""
    with open(path, "w") as file:
        for line in _lines(device, since_s, until_s):
            file.write(line)
            await asyncio.sleep_ms(0)   # the control tick's turn


def _lines(device, since_s, until_s):
    for name, read_only, value in device.configuration.rows(None):
        if name not in _SECRET:
            if value and name.endswith("IdTag"):
                value = "…" + value[-4:]
            yield "configuration %s=%s\n" % (name, value)
    yield _whole(device)
    yield _link(device)
    for record in device.charge_point.reservations.records:
        yield "reservation connector=%d reservation=%d expires=%s id_tag=%s\n" % (
            record[0], record[1], device.clock.stamp(record[2]), record[3][-4:])
    for connector in device.charge_point.connectors:
        yield _connector(connector)
        yield _limits(connector)
    if device.log is None:
        yield "log kept=no reason=no room on this board\n"
        return
    for moment_s, line in list(device.log):
        if (since_s is None or moment_s >= since_s) and (until_s is None or moment_s <= until_s):
            yield "log %s %s\n" % (device.clock.stamp(moment_s), line)


def _whole(device):
    clock = device.clock
    gc.collect()
    try:
        flash = os.statvfs("/")
        free, size = flash[0] * flash[3], flash[1] * flash[2]
    except OSError:
        free = size = -1
    # The chip's heaps, out of which Python's grows and TLS takes 17 kB in one piece. `lowest`: since the start.
    left = largest = lowest = 0
    for _, left_here, largest_here, lowest_here in esp32.idf_heap_info(_MALLOC_CAP_8BIT):
        left, largest, lowest = left + left_here, max(largest, largest_here), lowest + lowest_here
    about = device.registration.about
    return (
        "charge_point identity=%s firmware=%s vendor=%s model=%s board=%s at=%s trusted_clock=%s uptime_s=%d "
        "reset_cause=%d\n"
        "interpreter %s %s platform=%s\nheap used=%d free=%d\n"
        "ram free=%d largest=%d lowest=%d\nflash free=%d size=%d\n"
    ) % (
        about["chargePointSerialNumber"], about["firmwareVersion"], about["chargePointVendor"],
        about["chargePointModel"], device.board, clock.stamp(), clock.trusted, clock.now_s() - clock.started_s,
        machine.reset_cause(),
        sys.implementation.name, ".".join([str(n) for n in sys.implementation.version[:3]]), sys.platform,
        gc.mem_alloc(), gc.mem_free(), left, largest, lowest, free, size)


def _link(device):
    link, queue = device.link, device.queue
    return (
        "link connected=%s registered=%s connections=%d late_answers=%d\n"
        "queue waiting=%d bytes=%d last=%d dropped=%d\n"
    ) % (
        link.connected, link.registered, link.connections, link.late_answers,
        len(queue), queue.size, queue.last, queue.dropped)


def _connector(connector):
    controller, meter = connector.controller, connector.meter
    return (
        "connector id=%d status=%s error=%s info=%s phase=%d plugged=%s pilot=%s charging=%s transaction=%d id_tag=%s "
        "offered_da=%d energy_wh=%s current_ma=%s meter_failures=%d temperature_c=%s\n"
    ) % (
        connector.connector_id, connector.shown.status, connector.shown.error_code, connector.shown.info,
        connector.phase, connector.plugged, controller.state_text(), controller.charging, connector.transaction,
        connector.id_tag[-4:], controller.offered_da, meter.energy_wh,
        ",".join([str(ma) for ma in meter.current_ma]), connector.meter_failures, controller.temperature_c)


def _limits(connector):
    limits = connector.controller.limits
    controller = connector.controller
    told = ["limits connector=%d lowest_da=%d by=%s" % (
        connector.connector_id, limits.lowest_da, (controller.holds or controller.limit_reason).replace(" ", "_"))]
    for i, name in enumerate(NAMES):
        limit_da = limits.get(i)
        told.append("%s=%s" % (name, "none" if limit_da == NO_LIMIT else limit_da))
    return " ".join(told) + "\n"
