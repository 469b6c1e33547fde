"""What cards and transactions tell the central system: Authorize at once; StartTransaction, MeterValues and
StopTransaction through the queue, spelt by transaction_texts.py.

Keeps the checkpoint in step with the queue, so that a power cut between any two writes leaves neither a Start without
its Stop nor the other way round: store/NOTES.md.
"""
import time

from micropython import const

from firmware.ocpp.link import CallError, CallTimeout, LinkDown

_FIRST_FIELDS = const(150)
_CHECKPOINT_MS = const(60_000)   # not more often, for the flash's sake


class Transactions:
    def __init__(self, queue, checkpoint, configuration, clock, link, texts, data=None):
        """texts  gives the module transaction_texts.py for one use
        data   the same of store/transaction_data.py; without it no Stop carries transactionData
        """
        self._queue = queue
        self._checkpoint = checkpoint
        self._configuration = configuration
        self._clock = clock
        self._link = link
        self._texts = texts
        self._data = data
        self._strides = {}   # connector_id -> [samples seen, every how manieth is kept for the Stop]
        self._saved_ms = time.ticks_ms()

    async def authorize(self, id_tag):
        """The central system's IdTagInfo for a card; None when it could not be asked or does not know itself now."""
        try:
            info = (await self._link.call("Authorize", {"idTag": id_tag})).get("idTagInfo")
        except (LinkDown, CallTimeout, CallError) as error:
            print("authorize.failed error=%r" % error)
            return None
        return info if isinstance(info, dict) else None

    def start(self, connector_id, id_tag, parent_id_tag, meter_wh, reservation_id=None):
        """The transaction's number here. On flash when this returns; OSError when it cannot be."""
        now_s = self._clock.now_s()
        running = self._checkpoint.running
        text = self._texts().start(connector_id, id_tag, meter_wh, reservation_id, self._clock.stamp(now_s))
        # The checkpoint first: without its Start it is void, but a Start without it would never get its Stop.
        running[connector_id] = [self._queue.next_number(), id_tag, parent_id_tag, now_s, meter_wh, now_s]
        try:
            self._checkpoint.save(now_s)
            number = self._queue.start(text)
        except OSError:
            del running[connector_id]
            raise
        self._saved_ms = time.ticks_ms()
        self._link.poke()
        return number

    def beginning(self, connector_id):
        """(meter_start_wh, started_s) of the transaction that runs there."""
        return self._checkpoint.running[connector_id][4:6]

    def keep_begin(self, connector):
        """The values at the begin of the transaction that has just started, if its Stop will want them."""
        self._strides[connector.connector_id] = [0, 1]
        if self.stop_measurands():
            self._keep(connector, self.stop_measurands(), "Transaction.Begin")

    def stop_measurands(self):
        """Of the values at begin and end; "" when a Stop carries no transactionData (§3.16.5, errata 3.91)."""
        text = self._configuration.text
        return self._data and (text("StopTxnSampledData") or text("StopTxnAlignedData")) or ""

    def stop(self, connector_id, transaction, id_tag, meter_wh, stopped_s, reason, data=""):
        """On flash when this returns; OSError when it cannot be. `data`: what transaction_data() gave."""
        self._queue.stop(
            transaction, self._texts().stop(id_tag, meter_wh, self._clock.stamp(stopped_s), reason, data))
        self._link.poke()
        self._checkpoint.running.pop(connector_id, None)
        self._save()

    def id_tag_of(self, answer):
        """The idTag that the answer to the head of the queue tells about, or ""."""
        if not isinstance(answer.get("idTagInfo"), dict):
            return ""
        text = self._queue.head()[2]
        if callable(text):   # a long Stop; its idTag is among its first fields
            pieces, text = text(), ""
            for piece in pieces:
                text += piece
                if len(text) > _FIRST_FIELDS:
                    break
        _, found, rest = text.partition('"idTag":"')
        id_tag = rest[:rest.find('"')] if found else ""
        return "" if "\\" in id_tag else id_tag

    def delivered(self, action, number, answer):
        """A queued message is confirmed; (transaction, transactionId, IdTagInfo) of a Start. CallError if it is not."""
        if action != "StartTransaction":
            self._queue.confirm(number)
            return None
        transaction_id, info = answer.get("transactionId"), answer.get("idTagInfo")
        if not isinstance(transaction_id, int) or not isinstance(info, dict):
            raise CallError("FormationViolation", "answer to StartTransaction")
        self._queue.confirm(number, transaction_id)
        return number, transaction_id, info

    def sample(self, connector, aligned=False):
        """Queue a MeterValues with the configured measurands, and keep what the Stop will want."""
        context = "Sample.Clock" if aligned else "Sample.Periodic"
        text = self.meter_values(connector, context)
        if text:
            self._queue.meter_values(0 if connector.stop_reason else connector.transaction, text)
            self._link.poke()
        stride = self._strides.get(connector.connector_id)
        wanted = self._data and self._configuration.text("StopTxnAlignedData" if aligned else "StopTxnSampledData")
        if wanted and stride and connector.transaction and not connector.stop_reason:
            stride[0] += 1
            if stride[0] % stride[1] == 0 and self._keep(connector, wanted, context):
                stride[1] *= 2

    def _keep(self, connector, wanted, context):
        try:
            return self._data().keep(self, connector, wanted, context)
        except (OSError, MemoryError) as error:   # the Stop will have fewer values
            print("transaction_data.dropped error=%r" % error)

    def transaction_data(self, connector, meter_wh, stopped_s):
        """The transactionData of a Stop, ready to be put into its text. Never fails: the Stop comes first."""
        wanted = self.stop_measurands()
        if not wanted:
            return ""
        try:
            return self._data().whole(self, connector, wanted, meter_wh, stopped_s)
        except (OSError, ValueError, MemoryError) as error:
            print("transaction_data.dropped error=%r" % error)
            return ""

    def meter_values(self, connector, context):
        """The text of a MeterValues without transactionId; "" when nothing is configured or was read."""
        name = "MeterValuesAlignedData" if context == "Sample.Clock" else "MeterValuesSampledData"
        return self._texts().meter_values(
            connector, self._configuration.text(name), context, self._clock.stamp())

    def meter_value(self, connector, measurands, context, moment_s=None):
        """The text of one element of meterValue, "" when there is nothing to tell."""
        return self._texts().meter_value(connector, measurands, context, self._clock.stamp(moment_s))

    def stamp(self, moment_s):
        return self._clock.stamp(moment_s)

    def most_values(self):
        return self._configuration.number("StopTransactionMaxMeterValues")

    def still_runs(self, connector_id):
        self._checkpoint.running[connector_id][3] = self._clock.now_s()

    def id_of(self, transaction):
        return self._queue.id_of(transaction)

    def ever_accepted(self):
        """Whether any central system has: until then nothing may be charged (§4.2.1). Each acceptance is saved."""
        return self._checkpoint.saved_s > 0

    def all_delivered(self):
        return not len(self._queue)

    def keep_checkpoint(self, force=False):
        """Once a minute while something runs, and when asked: what is only in RAM goes to flash."""
        if force or self._checkpoint.running and time.ticks_diff(time.ticks_ms(), self._saved_ms) >= _CHECKPOINT_MS:
            self._save()

    def _save(self):
        self._saved_ms = time.ticks_ms()
        try:
            self._queue.flush()
            self._checkpoint.save(self._clock.now_s())
        except OSError as error:   # the next minute tries again; Start and Stop are in the queue regardless
            print("checkpoint.failed error=%s" % error)
