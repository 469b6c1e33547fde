"""How several connectors share what a ChargePointMaxProfile leaves to the station (OCPP 1.6 §3.13.3)."""
import time

from micropython import const

from firmware.evse.limits import PROFILE

_MIN_DA = const(60)       # no car may be offered less and still charge, IEC 61851-1 Annex A
_FOLLOW_MS = const(5000)  # a car may take as long to follow a lower offer; only then others get what it gave up


class Sharing:
    def __init__(self):
        self._lowered_ms = time.ticks_add(time.ticks_ms(), -_FOLLOW_MS)

    def offer(self, connectors, limits, station_da, now_ms):
        """Offer each of `connectors` its share; `limits` are their own, all in tenths of an ampere."""
        order = list(range(len(connectors)))
        order.sort(key=lambda i: time.ticks_diff(now_ms, connectors[i].running_ms) if _runs(connectors[i]) else 0)
        order.reverse()
        shares = share(station_da, [min(limits[i], _use_da(connectors[i])) for i in order])
        for i, share_da in zip(order, shares):
            now_da = connectors[i].controller.offered_da
            if share_da < now_da:
                self._lowered_ms = now_ms
        for i, share_da in zip(order, shares):
            controller = connectors[i].controller
            if share_da <= controller.offered_da or time.ticks_diff(now_ms, self._lowered_ms) >= _FOLLOW_MS:
                controller.offer(share_da)


def share(station_da, wishes):
    """Tenths of an ampere for each of `wishes`, oldest first: six amperes each while they last, the rest evenly."""
    shares = [0] * len(wishes)
    for i in range(len(wishes)):   # below six amperes a car stops, so an even split could stop them all
        if wishes[i] >= _MIN_DA <= station_da:
            shares[i] = _MIN_DA
            station_da -= _MIN_DA
    while True:
        hungry = [i for i in range(len(wishes)) if 0 < shares[i] < wishes[i]]
        if not hungry or station_da < len(hungry):
            return shares
        more_da = min([station_da // len(hungry)] + [wishes[i] - shares[i] for i in hungry])
        for i in hungry:
            shares[i] += more_da
            station_da -= more_da


def _runs(connector):
    return connector.phase == connector.RUNNING


def _use_da(connector):
    """The most it has a use for: a car that asks for nothing needs just enough to ask."""
    controller = connector.controller
    most_da = min([controller.limits.get(source) for source in range(5) if source != PROFILE])
    return most_da if controller.wants_energy else min(most_da, _MIN_DA)
