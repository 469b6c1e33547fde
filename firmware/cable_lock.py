"""When a socket holds its cable and when it lets go (OCPP 1.6 §4.8, §4.9, §5.18, errata 3.80). For boards with a lock.

Locked from authorization, before the pilot offers anything, until the contactor is open for certain. What cannot be
locked does not charge (ConnectorLockFailure); the failure ends when the bolt is back and the car has left.
"""
import asyncio
import time

from micropython import const

from firmware.evse.contactor import WELDED

_MOVE_MS = const(1000)    # a bolt that has not arrived by then is pulled back for one look and pushed again
_TRIES = const(3)         # a plug that is not quite in its place
_SURE_OPEN_MS = const(1200)   # a welded contactor is known a second after it should have opened
_PATIENCE_MS = const(12_000)  # the car has 6 s to stop drawing, then the above, then the tries
_LOOK_MS = const(50)


class CableLock:
    """owner     (idTag, parent) for whom the cable stays locked after the end, or None
    failed    the bolt would not move
    """

    def __init__(self, part, configuration):
        self._part = part
        self._configuration = configuration
        self._wanted = False
        self._since_ms = time.ticks_ms()
        self._tries = 0
        self._was_running = False
        self.owner = None
        self.failed = False

    def holds(self):
        """Whether the cable is locked, and meant to be."""
        return self._wanted and self._part.is_locked()

    def stays(self):
        """Whether a transaction outlives the car's departure at its own end of the cable."""
        return not self._configuration.is_true("StopTransactionOnEVSideDisconnect")

    def follow(self, connector, now_ms):
        """One look, every 50 ms: move the bolt to where it belongs now."""
        running = connector.phase == connector.RUNNING
        if self._was_running and not running:
            self._keep_for_owner(connector)
        self._was_running = running
        wanted = self._is_wanted(connector, now_ms)
        if wanted != self._wanted:
            self._wanted, self._since_ms, self._tries = wanted, now_ms, 0
        self._part.drive(wanted)
        if self._part.is_locked() == wanted:
            self._since_ms, self._tries = now_ms, 0
            if self.failed and not wanted and not connector.plugged:
                self.failed = False
                print("lock.back connector=%d" % connector.connector_id)
        elif time.ticks_diff(now_ms, self._since_ms) >= _MOVE_MS:
            self._since_ms = now_ms
            self._tries += 1
            self._part.drive(not wanted)
            if self._tries >= _TRIES and not self.failed:
                self.failed = True
                print("lock.failed connector=%d to=%s" % (connector.connector_id, "lock" if wanted else "unlock"))

    def _keep_for_owner(self, connector):
        """A refused card's cable waits for its owner (§4.8); so does one whose car left, where so configured."""
        if (connector.stop_reason == "DeAuthorized" or connector.stop_reason == "EVDisconnected"
                and not self._configuration.is_true("UnlockConnectorOnEVSideDisconnect")):
            self.owner = (connector.id_tag.upper(), connector.parent_id_tag.upper())

    def _is_wanted(self, connector, now_ms):
        if self.owner or self._wanted and connector.controller.fault_info == WELDED:   # nobody may touch live pins
            return True
        if connector.phase == connector.FREE:
            return bool(connector.id_tag) and connector.plugged and not self.failed
        if connector.phase == connector.ENDING:
            return self._wanted and (
                connector.open_ms is None or time.ticks_diff(now_ms, connector.open_ms) < _SURE_OPEN_MS)
        return True

    def give_back(self, id_tag, parent_id_tag=""):
        """True if this card's owner, or one of the same group, had a cable waiting here; it comes free."""
        if not self.owner or not (id_tag.upper() == self.owner[0] or parent_id_tag and
                                  parent_id_tag.upper() == self.owner[1]):
            return False
        self.owner = None
        return True

    async def unlock(self, charge_point, connector):
        """For UnlockConnector: a charge ends first. True once the bolt is back, False if it will not come."""
        if connector.phase == connector.RUNNING:
            charge_point.end(connector, "UnlockCommand")
        elif connector.phase == connector.OFFERED:
            connector.controller.offer(0)
            connector.phase = connector.FREE
        if connector.phase == connector.FREE:
            connector.id_tag = connector.parent_id_tag = ""
            connector.turn_over = connector.plugged   # or the next card would lock it again
        self.failed = False
        began_ms = time.ticks_ms()
        while not self.failed and time.ticks_diff(time.ticks_ms(), began_ms) < _PATIENCE_MS:
            await asyncio.sleep_ms(_LOOK_MS)
            self.owner = None
            if not self._wanted and not self._part.is_locked():
                return True
        return False
