"""How several connectors share what a ChargePointMaxProfile leaves to the station (OCPP 1.6 §3.13.3)."""
import time

from micropython import const

from firmware.evse.limits import PROFILE

_MIN_DA = const(60)       # no car may be offered less and still charge, IEC 61851-1 Annex A
_FOLLOW_MS = const(5000)  # a car may take as long to follow a lower offer; only then others get what it gave up


class Sharing:
    def __init__(self):
        self._lowered_ms = None   # when an offer fell last

    def offer(self, connectors, limits, station_da, now_ms):
        """Offer each of `connectors` its share; `limits` are their own, all in tenths of an ampere."""
        order = list(range(len(connectors)))
        order.sort(key=lambda i: _age_ms(connectors[i], now_ms), reverse=True)
        wishes = [min(limits[i], _possible_da(connectors[i])) for i in order]
        # A car that asks for nothing needs no more than what it can ask with.
        needs = [
            wish if connectors[i].controller.wants_energy else min(wish, _MIN_DA) for i, wish in zip(order, wishes)]
        shares = share(station_da, wishes, needs)
        if self._lowered_ms is not None and time.ticks_diff(now_ms, self._lowered_ms) >= _FOLLOW_MS:
            self._lowered_ms = None
        for i, share_da in zip(order, shares):
            if share_da < connectors[i].controller.offered_da:
                self._lowered_ms = now_ms
        for i, share_da in zip(order, shares):
            controller = connectors[i].controller
            if self._lowered_ms is None or share_da < controller.limits.get(PROFILE):
                controller.offer(share_da)


def share(station_da, wishes, needs):
    """Tenths of an ampere for each, oldest first: six amperes while they last, then evenly what those who charge can
    use (`needs`), at last what the others could (`wishes`, never less)."""
    shares = [0] * len(wishes)
    for i in range(len(wishes)):   # below six amperes a car stops, so an even split could stop them all
        if wishes[i] >= _MIN_DA <= station_da:
            shares[i] = _MIN_DA
            station_da -= _MIN_DA
    for most in (needs, wishes):
        hungry = [i for i in range(len(most)) if 0 < shares[i] < most[i]]
        while hungry and station_da >= len(hungry):
            more_da = min([station_da // len(hungry)] + [most[i] - shares[i] for i in hungry])
            for i in hungry:
                shares[i] += more_da
                station_da -= more_da
            hungry = [i for i in hungry if shares[i] < most[i]]
    return shares


def _age_ms(connector, now_ms):
    return time.ticks_diff(now_ms, connector.running_ms) if connector.phase == connector.RUNNING else 0


def _possible_da(connector):
    limits = connector.controller.limits
    return min([limits.get(source) for source in range(5) if source != PROFILE])
