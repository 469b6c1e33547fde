"""Joining the network, as the charge point does it before each connection."""
from tests.firmware.on_micropython import run

PROLOGUE = """
import asyncio, sys, time
import micropython

class Station:
    def __init__(self, joined):
        self.joined, self.joins = joined, 0
    def isconnected(self):
        return self.joined
    def active(self, on=None):
        pass
    def connect(self, ssid, password):
        self.joins += 1
        self.joined = True
    def ifconfig(self):
        return ("192.168.4.2",)

class Network:
    STA_IF = 0
sys.modules["network"] = Network()
from firmware.device import Device

class Bed:
    hardware_and, link_tls, _url, _identity, _user_password = True, False, "ws://127.0.0.1:1/", "CP1", b"CP1:key"
    _wifi = "yard", "secret"
    def __init__(self, joined):
        self._station, self._is_joining = Station(joined), True   # build.py has begun to join
    async def connect(self):
        try:
            await asyncio.wait_for(Device.connect(self), 5)
        except OSError:
            return   # nobody listens there: the network was joined
        raise AssertionError("connected to nobody")
"""


def test_a_join_that_is_over_before_the_first_look_is_none_of_the_next() -> None:
    run(PROLOGUE + """
async def main():
    bed = Bed(joined=True)
    await bed.connect()
    assert bed._station.joins == 0
    bed._station.joined = False        # the network is lost
    await bed.connect()                # not 20 s of waiting for a join that nobody has begun
    assert bed._station.joins == 1, bed._station.joins
asyncio.run(main())
""")


def test_a_join_under_way_is_waited_for_and_not_begun_again() -> None:
    run(PROLOGUE + """
async def main():
    bed = Bed(joined=False)
    joining = asyncio.create_task(bed.connect())
    await asyncio.sleep_ms(100)
    assert bed._station.joins == 0
    bed._station.joined = True
    await joining
    assert bed._station.joins == 0
asyncio.run(main())
""")
