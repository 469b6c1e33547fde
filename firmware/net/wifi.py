"""WiFi as a station: joins the network and never gives up. Loaded while there is none."""
import asyncio
import time

import network
from micropython import const

_JOIN_TIMEOUT_MS = const(20_000)   # a join that hangs longer has failed without a word (weak signal, wrong channel)
_LOOK_EVERY_MS = const(20)


def begin(ssid, password):
    """(the station, whether it is joining by now): the program goes on building its parts meanwhile."""
    station = network.WLAN(network.STA_IF)
    try:
        if not station.isconnected():
            station.active(True)
            station.connect(ssid, password)
        return station, True
    except OSError as error:
        print("wifi.failed error=%s" % error)
        return station, False


async def join(station, ssid, password, begun=False):
    """Returns once the network is joined, be it for the first time or again. `begun`: begin() was the first step."""
    station.active(True)
    while not station.isconnected():
        began_ms = time.ticks_ms()
        try:
            if not begun:
                station.connect(ssid, password)
            begun = False
            while not station.isconnected() and time.ticks_diff(time.ticks_ms(), began_ms) < _JOIN_TIMEOUT_MS:
                await asyncio.sleep_ms(_LOOK_EVERY_MS)
            if not station.isconnected():
                print("wifi.absent")
                station.disconnect()   # a join still under way refuses the next one
        except OSError as error:
            print("wifi.failed error=%s" % error)
            await asyncio.sleep(1)
    print("wifi.up address=%s" % station.ifconfig()[0])
