"""Runs on the board, sent through the raw prompt: looks at its parts through the firmware's own drivers, coils off.

`examined(settings)` prints one JSON list a line: [what, whether it is well (null: cannot be told), in words].
"""
import asyncio
import gc
import json
import os
import time

import machine

_JOIN_S = 15
_PART_S = 5


def tell(what, well, words):
    print(json.dumps([what, well, words]))


def examined(name, ssid, password):
    gc.collect()
    tell("memory", None, "%d kB of heap free" % (gc.mem_free() >> 10))
    disk = os.statvfs("/")
    free, size = disk[0] * disk[3] >> 10, disk[0] * disk[2] >> 10
    tell("flash", free >= 64, "%d of %d kB free" % (free, size))
    wifi(ssid, password)
    data = __import__("firmware.boards." + name, None, None, ("",)).BOARD
    wrong = __import__("firmware.board_check", None, None, ("",)).problem(data)
    if wrong:
        tell("board file", False, wrong)
        return
    stuck(data)
    board = __import__("firmware.board", None, None, ("",)).load(name)
    asyncio.run(parts(board))
    inputs(data)


def wifi(ssid, password):
    if not ssid:
        tell("WiFi", None, "no settings")
        return
    import network

    station = network.WLAN(network.STA_IF)
    station.active(True)
    try:
        if not station.isconnected():
            station.connect(ssid, password)
        for tenth in range(_JOIN_S * 10):
            if station.isconnected():
                break
            time.sleep_ms(100)
            if tenth % 10 == 9:
                print()   # mpremote takes a board that says nothing for 10 s for lost
        if station.isconnected():
            dbm = station.status("rssi")
            tell("WiFi", dbm > -80, "%s, %d dBm%s" % (ssid, dbm, "" if dbm > -80 else ": too weak to rely on"))
        else:
            tell("WiFi", False, "%s could not be joined (status %s)" % (ssid, station.status()))
    except OSError as error:
        tell("WiFi", False, "%s: %s" % (ssid, error))


def stuck(data):
    """Outputs that do not follow a weak pull one way and the other are shorted; before the board's parts take them.

    Coils are left alone: a pull-up there could close a contactor. So are buses, whose resistors are stronger.
    """
    pin = machine.Pin
    if not hasattr(pin, "PULL_UP"):
        tell("pins", None, "cannot be pulled here")
        return
    outputs = [("heartbeat %d" % (i + 1), c["heartbeat"]) for i, c in enumerate(data["connectors"])]
    lamps = data.get("lamps")
    if lamps and "pin" in lamps:
        outputs.append(("lamps", lamps["pin"]))
    for what, number in outputs:
        low = pin(number, pin.IN, pin.PULL_DOWN).value()
        high = pin(number, pin.IN, pin.PULL_UP).value()
        pin(number, pin.IN, None)
        if low == high:
            # A pull of what is wired there may be the stronger one: told, not judged.
            tell("pin %d, %s" % (number, what), None, "held %s by what is wired to it" % ("high" if high else "low"))


async def parts(board):
    if board.reader:
        try:
            await asyncio.wait_for(board.reader.init(), _PART_S)
            tell("reader", True, "answers")
        except Exception as error:
            tell("reader", False, str(error) or type(error).__name__)
    for i, meter in enumerate(board.meters):
        what = "meter %d" % (i + 1)
        try:
            await asyncio.wait_for(meter.read(), _PART_S)
            volts = [v // 10 for v in meter.voltage_dv]
            tell(what, True, "%d Wh, %d W, %s V" % (meter.energy_wh, meter.power_w, "/".join([str(v) for v in volts])))
        except Exception as error:
            tell(what, False, str(error) or type(error).__name__)


def inputs(data):
    """What the wires say while nobody does anything: a closed loop of protections, open contacts, +12 V or a car."""
    pin, adc = machine.Pin, machine.ADC
    for key, words in (("emergency_stop", "pressed"), ("residual_current", "tripped"), ("earth_lost", "earth is lost")):
        found = [(key.replace("_", " "), data.get(key))]
        for i, connector in enumerate(data["connectors"]):
            found.append(("%s %d" % (found[0][0], i + 1), connector.get(key)))
        for what, part in found:
            if part:
                active = pin(part["pin"], pin.IN).value() == part["active"]
                tell(what, not active, "%s, or its wire is off" % words if active else "well")
    heat = data.get("temperature")
    if heat:
        celsius = (_mv(adc, heat["pin"]) - heat["offset_mv"]) // heat["mv_per_c"]
        tell("temperature", -30 <= celsius <= 70, "%d Celsius" % celsius)
    for i, connector in enumerate(data["connectors"]):
        feedback = connector["contactor_feedback"]
        closed = pin(feedback["pin"], pin.IN).value() == feedback["active"]
        tell("contactor %d" % (i + 1), not closed,
             "closed though its coil is off: welded, or its auxiliary contact is shorted" if closed else "open")
        high, low = connector["pilot_high"], connector["pilot_low"]
        volts = (_mv(adc, high["pin"]) - high["offset_mv"]) / high["mv_per_v"]
        minus = (_mv(adc, low["pin"]) - low["offset_mv"]) / low["mv_per_v"]
        state = "no car" if volts > 10.5 else "a car" if volts > 1.5 else "shorted, or the front end has no supply"
        # Steady, as it is now: its negative half is not there.
        tell("pilot %d" % (i + 1), 1.5 < volts < 13.5, "%.1f V, -%.1f V: %s" % (volts, max(minus, 0), state))


def _mv(adc, number):
    return adc(machine.Pin(number), atten=adc.ATTN_11DB).read_uv() // 1000
