"""One connector between its car, its card and its transaction: what the charge point knows of it."""
import time


class Connector:
    FREE = 0      # no transaction
    OFFERED = 1   # authorized and plugged: the pilot offers already, the record comes next
    RUNNING = 2   # on record; the contactor may close
    ENDING = 3    # no more energy; waiting for the final reading

    def __init__(self, shown, controller, meter, lock, evse):
        self.connector_id = shown.connector_id
        self.shown = shown
        self.controller = controller
        self.meter = meter
        self.lock = lock         # cable_lock.CableLock where the board has one
        self.evse = evse         # of one EVSE's connectors one is in use at a time
        self.in_use = False
        self.phase = self.FREE
        self.plugged = False
        self.turn_over = False   # this car has had its turn: the next card must not start it (errata 3.20)
        self.waiting_ms = 0      # since when a plug waits for a card or a card for a plug
        self.id_tag = ""         # who may charge, or charges, here
        self.parent_id_tag = ""
        self.transaction = 0     # its number in the queue
        self.meter_start_wh = None   # of the transaction; None also where a power cut left it unknown
        self.started_s = None        # seconds since 2000
        self.suspended = False   # refused afterwards, with StopTransactionOnInvalidId false
        self.refused_from_wh = None   # the same, but MaxEnergyOnInvalidId lets some energy flow yet
        self.running_ms = time.ticks_ms()
        self.sampled_ms = 0
        self.stop_reason = ""
        self.stop_id_tag = ""
        self.stopped_s = None
        self.open_ms = None      # since when the contactor is open, while ending
        self.meter_failures = 0
        self.last_wh = None      # reading before the newest, while ending
        self.limit_reason = None   # what decides the current, as told last
        self.settled = False     # the newest reading holds all energy that flowed
