"""What the controller tells the CSMS of the site as its connector 0: is it open, what do its charge points draw
together, how much may they, and what does the site's meter show (location Inlet).
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from local_controller.own_link import OwnLink
from local_controller.site_availability import SiteAvailability
from local_controller.site_limit import SiteLimit
from local_controller.site_meter import Reading, SiteMeter
from local_controller.site_state import SiteState
from ocppj import log
from ocppj.errors import BadAnswer, CallErrorReceived, CallTimeout, ConnectionLost
from ocppj.payloads import Request
from ocppj.v16 import Heartbeat, MeterValue, MeterValues, Phase, SampledValue, StatusNotification

EVERY_S = 60.0
_log = log.get(__name__)


class OwnReports:
    def __init__(
        self,
        link: OwnLink,
        availability: SiteAvailability,
        limit: SiteLimit,
        state: SiteState,
        clock: Callable[[], datetime],
        meter: SiteMeter | None = None,
    ) -> None:
        self._meter = meter
        self._link, self._availability, self._limit = link, availability, limit
        self._state, self._clock = state, clock
        self._due: list[str] = []
        self._wake = asyncio.Event()

    def trigger(self, message: str) -> bool:
        """Say this as soon as what is going on is answered (§5.17); False for what is not ours to say."""
        if message not in ("Heartbeat", "MeterValues", "StatusNotification"):
            return False
        self._due.append(message)
        self._wake.set()
        return True

    async def run(self) -> None:
        """While there is a CSMS to tell; runs until cancelled. What nobody heard is not repeated: it is past."""
        told_on = None
        while True:
            await self._link.introduced.wait()
            if told_on is not self._link.peer:
                told_on = self._link.peer
                self._due.append("StatusNotification")
            while self._due:
                await self._say(self._due.pop(0))
            try:
                await asyncio.wait_for(self._wake.wait(), EVERY_S)
            except TimeoutError:
                self._due.append("MeterValues")
            self._wake.clear()

    async def _say(self, message: str) -> None:
        peer = self._link.peer
        if peer is None:
            return
        try:
            await peer.call(self._made(message))
        except (CallErrorReceived, CallTimeout, ConnectionLost, BadAnswer) as problem:
            _log.debug("own_report.unheard", action=message, why=str(problem))

    def _made(self, message: str) -> Request[Any]:
        now = self._clock()
        if message == "Heartbeat":
            return Heartbeat()
        if message == "StatusNotification":
            operative = self._availability.operative
            return StatusNotification(0, "NoError", "Available" if operative else "Unavailable", timestamp=now)
        sessions = [t for view in self._state.views.values() for t in view.transactions.values()]
        power_w = sum(transaction.power_w or 0 for transaction in sessions)
        samples = [SampledValue(str(power_w), measurand="Power.Active.Import", unit="W")]
        if (limit_a := self._limit.limit_a) is not None:
            samples.append(SampledValue(str(limit_a), measurand="Current.Offered", unit="A"))
        reading = self._meter.reading if self._meter is not None else None
        if reading is not None:
            samples += _of_the_grid(reading)
            now = reading.at
        return MeterValues(0, [MeterValue(now, samples)])


def _of_the_grid(reading: Reading) -> list[SampledValue]:
    phases: tuple[Phase, ...] = ("L1", "L2", "L3")
    found = [
        SampledValue(f"{current_a:.2f}", measurand="Current.Import", phase=phase, location="Inlet", unit="A")
        for phase, current_a in zip(phases, reading.currents_a, strict=False)
    ]
    if reading.power_w is not None:
        power = f"{reading.power_w:.0f}"
        found.append(SampledValue(power, measurand="Power.Active.Import", location="Inlet", unit="W"))
    if reading.import_wh is not None:
        energy = str(reading.import_wh)
        found.append(SampledValue(energy, measurand="Energy.Active.Import.Register", location="Inlet", unit="Wh"))
    return found
