"""Where a transaction turns: it begins, is confirmed, is interrupted, ends. Loaded for that moment only.

A transaction is on flash before its contactor may close, and its Stop before it is forgotten here.
"""
import time

from micropython import const

from firmware.authorizer import parent_of

_CHECKPOINT_S = const(60)


def begin(charge_point, connector):
    """The pilot offers already; OSError is dealt with here: no record, no energy."""
    controller, transactions = connector.controller, charge_point.transactions
    reservations = charge_point.reservations
    record = reservations.matching(connector.connector_id, connector.id_tag, connector.parent_id_tag)
    try:
        connector.transaction = transactions.start(
            connector.connector_id, connector.id_tag, connector.parent_id_tag, connector.meter.energy_wh,
            record and record[1])
    except OSError as error:
        print("transaction.unrecorded connector=%d error=%s" % (connector.connector_id, error))
        controller.offer(0)
        connector.phase, connector.turn_over = connector.FREE, True
        charge_point.forget(connector)
        return
    connector.meter_start_wh, connector.started_s = transactions.beginning(connector.connector_id)
    charge_point.profiles.settle(connector.connector_id, connector.transaction, connector.id_tag)
    if record:
        reservations.file().end(reservations, record, "used", charge_point.clock.now_s())
    transactions.keep_begin(connector)
    controller.permit(True)
    connector.phase = connector.RUNNING
    connector.suspended = False
    connector.refused_from_wh = None
    connector.stop_reason = ""
    connector.running_ms = connector.sampled_ms = time.ticks_ms()
    print("transaction.started connector=%d number=%d id_tag=%s meter_start_wh=%d" % (
        connector.connector_id, connector.transaction, connector.id_tag[-4:], connector.meter.energy_wh))


def confirmed(charge_point, connector, transaction_id, info):
    """StartTransaction was answered. A refusal ends it, or its energy (§4.8, errata 3.17)."""
    print("transaction.confirmed connector=%d transaction=%d status=%s" % (
        connector.connector_id, transaction_id, info.get("status")))
    connector.shown.transaction_id = transaction_id
    if info.get("status") == "Accepted":
        connector.parent_id_tag = parent_of(info) or connector.parent_id_tag
    elif charge_point.configuration.is_true("StopTransactionOnInvalidId"):
        charge_point.end(connector, "DeAuthorized")
    else:
        connector.refused_from_wh = connector.meter.energy_wh
        charge_point.hold_refused(connector)


def resume(charge_point, connector, record, power_lost):
    """It ran when the power went: it ends as soon as the meter has been read."""
    connector.transaction, connector.id_tag, connector.parent_id_tag, connector.stopped_s = record[:4]
    connector.meter_start_wh, connector.started_s = record[4:6]
    connector.stop_reason = "PowerLoss" if power_lost else "Reboot"
    connector.phase = connector.ENDING
    connector.open_ms = connector.running_ms = time.ticks_ms()
    print("transaction.interrupted connector=%d number=%d" % (connector.connector_id, connector.transaction))
    reservations = charge_point.reservations
    used = reservations.matching(connector.connector_id, connector.id_tag, connector.parent_id_tag)
    if used and used[0]:   # the power went between the writing of Start and of its end
        reservations.file().end(reservations, used, "used", charge_point.clock.now_s())


def finish(charge_point, connector):
    """The contactor is open and the register has come to rest: the Stop goes on record."""
    transactions, clock = charge_point.transactions, charge_point.clock
    stopped_s = connector.stopped_s
    if connector.stop_reason in ("PowerLoss", "Reboot"):   # it ran at most a minute past the last checkpoint
        stopped_s = min(stopped_s + _CHECKPOINT_S, clock.now_s())
    # A pulse meter may have lost its last pulses with the power: then it took nothing, never less than that.
    meter_wh = max(connector.meter.energy_wh, connector.meter_start_wh or 0)
    try:
        transactions.stop(
            connector.connector_id, connector.transaction, connector.stop_id_tag, meter_wh, stopped_s,
            connector.stop_reason, transactions.transaction_data(connector, meter_wh, stopped_s))
    except OSError as error:
        print("transaction.unrecorded connector=%d error=%s" % (connector.connector_id, error))
        connector.settled = False   # once more with the next reading
        return
    print("transaction.stopped connector=%d number=%d reason=%s meter_stop_wh=%d" % (
        connector.connector_id, connector.transaction, connector.stop_reason, meter_wh))
    connector.phase = connector.FREE
    connector.transaction = 0
    connector.meter_start_wh = connector.started_s = None
    charge_point.forget(connector)


def reset(charge_point, hard):
    """Asked for by the central system: what runs ends first."""
    reason = "HardReset" if hard else "SoftReset"
    print("charge_point.resets reason=%s" % reason)
    charge_point.resetting_ms = time.ticks_ms()
    for connector in charge_point.connectors:
        if connector.phase == connector.RUNNING:
            charge_point.end(connector, reason)
            if hard:
                connector.controller.open_now()
