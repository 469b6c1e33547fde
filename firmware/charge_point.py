"""Connectors and transactions: joins what cards, cars and faults do with what OCPP says of it.

Decides who may charge where and when a transaction begins and ends. The pilot and the contactor are evse/'s, the
spelling of messages is ocpp/'s; a transaction is on flash before its contactor may close. States: OCPP 1.6 §4.9.
"""
import asyncio
import binascii
import time

from micropython import const

from firmware.connector import Connector
from firmware.evse.safety import EMERGENCY_STOP

_LOOK_EVERY_MS = const(50)
_METER_EVERY_MS = const(1000)
_METER_FAILURES = const(4)          # in a row, each after the driver's own retries
_READER_FAILURES = const(10)        # some five seconds: a frame lost now and then is no broken reader
_REFRESH_MS = const(1300)           # an SDM meter renews its registers once a second
_WELDED_AFTER_MS = const(15_000)    # a contactor that will not open must not keep a transaction open for ever
_METER_PATIENCE_MS = const(600_000)
_ANSWER_OF_CAR_MS = const(3000)     # a car takes its time from the offer to state C: not yet worth a status
_READER_POLL_MS = const(300)
_TICK_MS = const(20)
_RESET_AFTER_MS = const(500)
_RESET_PATIENCE_MS = const(10_000)
_OFFER_EVERY_MS = const(1000)       # charging profiles change by the second


class ChargePoint:
    def __init__(self, board, shown, load, authorizer, transactions, configuration, clock, interrupted, restart,
                 profiles, reservations, power_lost=True):
        self._reader = board.reader
        self._load = load   # gives a module for one use
        self.authorizer = authorizer
        self.transactions = transactions
        self.configuration = configuration
        self.clock = clock
        self._restart = restart
        self.profiles = profiles
        self._offered_ms = time.ticks_ms()
        self.reservations = reservations
        self._whole = shown[0]
        self.connectors = [
            Connector(shown[i + 1], controller, board.meters[i], board.locks[i], board.evses[i])
            for i, controller in enumerate(board.controllers)
        ]
        self.next_plug = None   # (idTag, parent, since ms): authorized with no car yet and more than one place for it
        self._reader_failures = 0
        self.resetting_ms = None
        self._aligned_slot = -1
        configuration.is_true("BollardFreeVendActive")   # now, while the table is at hand
        for connector in self.connectors:
            connector.controller.offer(0)
        for connector in self.connectors:
            if connector.connector_id in interrupted:   # the power went; the meter kept its register
                load("turning_points").resume(self, connector, interrupted[connector.connector_id], power_lost)

    def is_charging(self):
        return any(c.controller.charging for c in self.connectors)

    # Cards

    async def watch_reader(self):
        last = None
        while self._reader:
            try:
                uid = await self._reader.read_uid(_READER_POLL_MS)
                if self._reader_failures >= _READER_FAILURES:
                    print("reader.back")
                self._reader_failures = 0
            except Exception as error:   # the driver's ReaderError; anything else must not end card reading either
                self._reader_failures += 1
                if self._reader_failures == _READER_FAILURES:
                    print("reader.failed error=%s" % error)
                    last = None
                await asyncio.sleep_ms(_READER_POLL_MS)
                continue   # nobody knows whether the card was taken away: seen again, it is still the same tap
            if uid is not None and uid != last:   # a card that is held is one tap
                await self._load("cards").tap(self, binascii.hexlify(uid).decode().upper())
            last = uid
            await asyncio.sleep_ms(20)

    def usable(self, connector):
        return (self.resetting_ms is None and not self._fault(connector) and not self._is_unavailable(connector)
                and not (connector.lock and connector.lock.owner) and self.transactions.ever_accepted())

    def _is_unavailable(self, connector):
        """Taken out of service, or another connector of its EVSE is in use."""
        return connector.connector_id in self.configuration.unavailable or any(
            c.in_use for c in self.connectors if c.evse == connector.evse and c is not connector)

    # Reservations

    def reservation_on(self, connector):
        """The record of store/reservations.py that keeps this connector for somebody, or None."""
        if not self.reservations.records:
            return None
        # Not yet taken from who has reserved any: nobody was let through, or he was.
        open_ids = [c.connector_id for c in self.connectors
                    if c.phase <= c.OFFERED and not c.turn_over and self.usable(c) and (
                        not c.id_tag or self.reservations.matching(c.connector_id, c.id_tag, c.parent_id_tag))]
        return self.reservations.keeping(connector.connector_id, open_ids)

    def is_kept_from(self, connector, id_tag, parent_id_tag):
        """Reserved for another. Parent None: not known yet, it may turn out to be the right one."""
        record = self.reservation_on(connector)
        if not record:
            return False
        own = self.reservations.matching(connector.connector_id, id_tag, parent_id_tag)
        return not own or own[0] != record[0]

    # What the central system asks

    def remote_start(self, id_tag, connector_id):
        return self._load("cards").remote_start(self, id_tag, connector_id)

    def remote_stop(self, transaction_id):
        for connector in self.connectors:
            known = self.transactions.id_of(connector.transaction)
            if connector.phase == connector.RUNNING and known == transaction_id:
                self.end(connector, "Remote")
                return True
        return False

    def reset(self, hard):
        if self.resetting_ms is None:   # asked again and again it would never come
            self._load("turning_points").reset(self, hard)

    def started(self, turning_points, transaction, transaction_id, info):
        """StartTransaction was answered."""
        for connector in self.connectors:
            if connector.transaction == transaction and connector.phase == connector.RUNNING:
                turning_points.confirmed(self, connector, transaction_id, info)

    def hold_refused(self, connector):
        """Suspend it once MaxEnergyOnInvalidId has flowed since the refusal (§9.1.14). A car stops in seconds, and the
        meter is read once a second: five seconds' worth is counted ahead."""
        meter = connector.meter
        flowed_wh = meter.energy_wh - connector.refused_from_wh + max(meter.power_w, 0) // 720
        if flowed_wh >= self.configuration.number("MaxEnergyOnInvalidId"):
            connector.refused_from_wh = None
            connector.suspended = True
            connector.controller.offer(0)
            print("transaction.suspended connector=%d" % connector.connector_id)

    # The look at the connectors, every 50 ms

    async def watch_connectors(self):
        while True:
            now_ms = time.ticks_ms()
            # Told, but no reason to be Faulted: a broken reader leaves remote starts possible.
            reader_error = "ReaderFailure" if self._reader_failures >= _READER_FAILURES else "NoError"
            if self.profiles.changed or time.ticks_diff(now_ms, self._offered_ms) >= _OFFER_EVERY_MS:
                self._offered_ms = now_ms
                self.profiles.offer(self.connectors, now_ms)
            changed = False
            for connector in self.connectors:
                self.follow(connector, now_ms)
                fault, shown = self._fault(connector), connector.shown
                info = connector.controller.fault_info
                reason = connector.controller.holds or connector.controller.limit_reason
                if reason is not connector.limit_reason:
                    connector.limit_reason = reason
                    print("limit.decided connector=%d by=%s" % (connector.connector_id, reason))
                if connector.phase >= connector.RUNNING and not connector.plugged:
                    info = info or "EV side disconnected"
                if shown.show(self._status(connector, fault), fault or reader_error, info):
                    print("connector.status connector=%d status=%s error=%s" % (
                        connector.connector_id, shown.status, shown.error_code))
                    changed = True
            reservations = self.reservations
            if reservations.records and (changed or self.clock.now_s() >= reservations.next_s):
                reservations.file().end_due(self, self.clock.now_s())
            self._whole.show(
                "Unavailable" if 0 in self.configuration.unavailable else "Available",
                "LocalListConflict" if self.authorizer.conflict else reader_error)
            self.transactions.keep_checkpoint()
            self._sample_aligned()
            if self.resetting_ms is not None:
                self._reset_when_done(now_ms)
            await asyncio.sleep_ms(_LOOK_EVERY_MS)

    def _fault(self, connector):
        """The OCPP errorCode of what keeps this connector from charging, or None."""
        fault = connector.controller.fault
        if not fault and connector.lock and connector.lock.failed:
            return "ConnectorLockFailure"
        return "PowerMeterFailure" if not fault and connector.meter_failures >= _METER_FAILURES else fault

    def _status(self, connector, fault):
        if fault:
            return "Faulted"
        if connector.phase == connector.RUNNING:
            return self._running_status(connector)
        if connector.phase == connector.ENDING:
            return "Finishing"
        if self._is_unavailable(connector):
            return "Unavailable"
        if connector.lock and connector.lock.owner:
            return "Finishing"
        # §4.9 knows no other ways to Reserved than from Available; a car that anybody plugs changes nothing of it.
        before = connector.shown.status
        if (not connector.id_tag and (before == "Reserved" or before == "Available" and not connector.plugged)
                and self.reservation_on(connector)):
            return "Reserved"
        if connector.plugged:
            return "Finishing" if connector.turn_over else "Preparing"
        return "Preparing" if connector.id_tag else "Available"

    def _running_status(self, connector):
        controller = connector.controller
        # A car that is pulled: the contactor is open at once, the pilot debounced a moment later.
        leaving = connector.shown.status == "Charging" and controller.wants_energy and controller.offered_da
        if controller.charging or leaving and not connector.suspended:
            return "Charging"
        if connector.suspended or connector.plugged and not controller.offered_da:
            status = "SuspendedEVSE"   # also when both sides do (errata 3.55)
        else:
            status = "SuspendedEV"
        if (connector.shown.status == "Preparing"
                and time.ticks_diff(time.ticks_ms(), connector.running_ms) < _ANSWER_OF_CAR_MS):
            return "Preparing"
        return status

    def follow(self, connector, now_ms):
        controller, lock = connector.controller, connector.lock
        if lock:
            lock.follow(connector, now_ms)
        fault = self._fault(connector)
        stop = fault or self.resetting_ms is not None
        if controller.plugged != connector.plugged:
            self._plug_moved(connector, now_ms)
        if not connector.phase and (connector.connector_id in self.configuration.unavailable
                                    or not (connector.plugged or connector.id_tag)):
            connector.in_use = False
        elif not connector.in_use and not self._is_unavailable(connector):
            connector.in_use = True
            connector.waiting_ms = now_ms
        waited = time.ticks_diff(now_ms, connector.waiting_ms) >= self.configuration.number("ConnectionTimeOut") * 1000
        if connector.phase == connector.FREE:
            self._take_next_plug(connector, now_ms)
            if connector.plugged and not connector.id_tag:
                self._vend_freely(connector)
            if connector.id_tag and (stop or self._is_unavailable(connector)):
                self.forget(connector)   # nothing may begin by itself later
            elif connector.id_tag and connector.plugged and (not lock or lock.holds()):
                if connector.meter.energy_wh is not None:
                    connector.phase = connector.OFFERED
                    connector.started_s = self.clock.now_s()
                    self.profiles.offer(self.connectors, now_ms)
            elif connector.id_tag and waited:
                print("authorization.expired connector=%d" % connector.connector_id)
                self.forget(connector)
            elif connector.plugged and connector.shown.status == "Reserved":
                connector.waiting_ms = now_ms   # its time runs from the reservation's end, which makes it Preparing
            elif connector.plugged and waited:
                connector.turn_over = True
        elif connector.phase == connector.OFFERED:
            if stop or not connector.plugged:
                controller.offer(0)
                connector.phase = connector.FREE
                if not connector.plugged:
                    self.forget(connector)
            elif time.ticks_diff(now_ms, connector.waiting_ms) > _TICK_MS:   # the pilot offers: now writing may stall
                self._load("turning_points").begin(self, connector)
        elif connector.phase == connector.RUNNING:
            if fault:
                self.end(connector, "EmergencyStop" if controller.fault_info == EMERGENCY_STOP else "Other")
            elif not connector.plugged and not (lock and lock.stays()):
                self.end(connector, "EVDisconnected")
            else:
                if lock and connector.plugged and not controller.permitted:   # it was unplugged, and is back
                    controller.permit(True)
                if connector.refused_from_wh is not None:
                    self.hold_refused(connector)
                self.transactions.still_runs(connector.connector_id)
                self._sample(connector, now_ms)
        else:
            self._finish(connector, now_ms)

    def _plug_moved(self, connector, now_ms):
        connector.plugged = connector.controller.plugged
        connector.turn_over = False
        print("connector.%s connector=%d" % ("plugged" if connector.plugged else "unplugged", connector.connector_id))
        if connector.plugged:
            if not connector.id_tag or connector.phase == connector.ENDING:
                connector.waiting_ms = now_ms

    def _take_next_plug(self, connector, now_ms):
        if not self.next_plug:
            return
        id_tag, parent_id_tag, since_ms = self.next_plug
        if time.ticks_diff(now_ms, since_ms) >= self.configuration.number("ConnectionTimeOut") * 1000:
            print("authorization.expired")
            self.next_plug = None
        elif (connector.plugged and not connector.id_tag and not connector.turn_over and self.usable(connector)
                and not self.is_kept_from(connector, id_tag, parent_id_tag)):
            self.next_plug = None
            connector.id_tag, connector.parent_id_tag = id_tag, parent_id_tag

    def _vend_freely(self, connector):
        """Free vend: with BollardFreeVendActive and an idTag in BollardFreeVendIdTag a plug is all it takes.

        The decision is the operator's, made in advance: it stands for an authorization and the Start records it. The
        central system still judges the idTag in StartTransaction. One charge a plug; no card can end it, the car can.
        As with any local decision there must be a time to record (§4.2.1).
        """
        if (self.configuration.is_true("BollardFreeVendActive") and not connector.turn_over and self.clock.trusted
                and self.usable(connector)):
            id_tag = self.configuration.text("BollardFreeVendIdTag")
            if id_tag and not self.is_kept_from(connector, id_tag, ""):
                connector.id_tag = id_tag

    def forget(self, connector):
        self.profiles.settle(connector.connector_id)
        connector.id_tag = connector.parent_id_tag = ""
        connector.waiting_ms = time.ticks_ms()

    def end(self, connector, reason, id_tag=""):
        """No more energy; the transaction ends when the meter has counted it all."""
        connector.controller.permit(False)
        connector.controller.offer(0)
        connector.phase = connector.ENDING
        connector.stop_reason = reason
        connector.stop_id_tag = id_tag
        connector.stopped_s = self.clock.now_s()
        connector.turn_over = connector.plugged
        connector.running_ms = time.ticks_ms()
        connector.open_ms = connector.last_wh = None
        connector.settled = False
        print("transaction.stopping connector=%d reason=%s" % (connector.connector_id, reason))

    def _finish(self, connector, now_ms):
        """Ends the transaction once the contactor is open and the register has come to rest."""
        ending_ms = time.ticks_diff(now_ms, connector.running_ms)
        if connector.controller.charging:
            if ending_ms < _WELDED_AFTER_MS:
                connector.open_ms = None
                return
            connector.settled = True   # welded: what flows from here on is on nobody's bill, and the fault says so
        elif connector.open_ms is None:
            connector.open_ms, connector.last_wh = now_ms, None
        if not connector.settled and (ending_ms < _METER_PATIENCE_MS or connector.meter.energy_wh is None):
            return
        if connector.stop_reason in ("PowerLoss", "Reboot") and not self.clock.trusted:
            return   # until the time is known it cannot be said when; nothing is lost meanwhile
        self._load("turning_points").finish(self, connector)

    def _reset_when_done(self, now_ms):
        waited_ms = time.ticks_diff(now_ms, self.resetting_ms)
        # Not at once: what was answered to the Reset must have left the chip.
        idle = waited_ms >= _RESET_AFTER_MS and all(c.phase == c.FREE for c in self.connectors)
        # A Stop that is not confirmed in time stays in the queue across the reset (errata 3.36).
        if idle and self.transactions.all_delivered() or waited_ms >= _RESET_PATIENCE_MS:
            if self.transactions.ever_accepted():   # a saved moment says so
                self.transactions.keep_checkpoint(True)
            self._restart()

    # The meter

    async def watch_meter(self, connector):
        meter = connector.meter
        while True:
            try:
                await meter.read()
            except Exception as error:   # the driver's MeterError; anything else must not end metering either
                connector.meter_failures += 1
                if connector.meter_failures == _METER_FAILURES:
                    print("meter.failed connector=%d error=%s" % (connector.connector_id, error))
            else:
                if connector.meter_failures >= _METER_FAILURES:
                    print("meter.back connector=%d" % connector.connector_id)
                connector.meter_failures = 0
                connector.controller.measured(max(meter.current_ma), meter.voltage_dv)
                if connector.open_ms is not None and not connector.settled:
                    age_ms = time.ticks_diff(meter.read_at_ms, connector.open_ms)
                    connector.settled = age_ms >= _REFRESH_MS and connector.last_wh == meter.energy_wh
                    connector.last_wh = meter.energy_wh
            await asyncio.sleep_ms(_METER_EVERY_MS)

    def _sample(self, connector, now_ms):
        interval_s = self.configuration.number("MeterValueSampleInterval")
        if interval_s and time.ticks_diff(now_ms, connector.sampled_ms) >= interval_s * 1000:
            connector.sampled_ms = now_ms
            self.transactions.sample(connector)

    def _sample_aligned(self):
        interval_s = self.configuration.number("ClockAlignedDataInterval")
        if not interval_s or not self.clock.trusted:
            self._aligned_slot = -1
            return
        slot = self.clock.now_s() % 86400 // interval_s   # slots count from midnight (errata 3.15)
        if slot != self._aligned_slot:
            if self._aligned_slot >= 0:
                for connector in self.connectors:
                    self.transactions.sample(connector, True)
            self._aligned_slot = slot
