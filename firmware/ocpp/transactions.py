"""What cards and transactions tell the central system: Authorize at once; StartTransaction, MeterValues and
StopTransaction as texts for the queue.

Keeps the checkpoint in step with the queue, so that a power cut between any two writes leaves neither a Start without
its Stop nor the other way round: store/NOTES.md.
"""
import json
import time

from micropython import const

from firmware.ocpp.link import CallError, CallTimeout, LinkDown

_CHECKPOINT_MS = const(60_000)   # not more often, for the flash's sake
_UNITS = {"Energy.Active.Import.Register": "Wh", "Power.Active.Import": "W", "Voltage": "V"}


class Transactions:
    def __init__(self, queue, checkpoint, configuration, clock, link):
        self._queue = queue
        self._checkpoint = checkpoint
        self._configuration = configuration
        self._clock = clock
        self._link = link
        self._saved_ms = time.ticks_ms()

    async def authorize(self, id_tag):
        """The central system's IdTagInfo for a card; None when it could not be asked or does not know itself now."""
        try:
            info = (await self._link.call("Authorize", {"idTag": id_tag})).get("idTagInfo")
        except (LinkDown, CallTimeout, CallError) as error:
            print("authorize.failed error=%r" % error)
            return None
        return info if isinstance(info, dict) else None

    def start(self, connector_id, id_tag, parent_id_tag, meter_wh):
        """The transaction's number here. On flash when this returns; OSError when it cannot be."""
        now_s = self._clock.now_s()
        running = self._checkpoint.running
        # The checkpoint first: without its Start it is void, but a Start without it would never get its Stop.
        running[connector_id] = [self._queue.next_number(), id_tag, parent_id_tag, now_s]
        try:
            self._checkpoint.save(now_s)
            number = self._queue.start('{"connectorId":%d,"idTag":%s,"meterStart":%d,"timestamp":"%s"}' % (
                connector_id, json.dumps(id_tag), meter_wh, self._clock.stamp(now_s)))
        except OSError:
            del running[connector_id]
            raise
        self._saved_ms = time.ticks_ms()
        self._link.poke()
        return number

    def stop(self, connector_id, transaction, id_tag, meter_wh, stopped_s, reason):
        """On flash when this returns; OSError when it cannot be."""
        self._queue.stop(transaction, '{%s"meterStop":%d,"timestamp":"%s","reason":"%s"}' % (
            '"idTag":%s,' % json.dumps(id_tag) if id_tag else "", meter_wh, self._clock.stamp(stopped_s), reason))
        self._link.poke()
        self._checkpoint.running.pop(connector_id, None)
        self._save()

    def id_tag_of(self, answer):
        """The idTag that the answer to the head of the queue tells about, or ""."""
        if not isinstance(answer.get("idTagInfo"), dict):
            return ""
        _, found, rest = self._queue.head()[2].partition('"idTag":"')
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
        """Queue a MeterValues with the configured measurands."""
        text = self.meter_values(connector, "Sample.Clock" if aligned else "Sample.Periodic")
        if text:
            self._queue.meter_values(connector.transaction, text)
            self._link.poke()

    def meter_values(self, connector, context):
        """The text of a MeterValues without transactionId; "" when nothing is configured or was read."""
        name = "MeterValuesAlignedData" if context == "Sample.Clock" else "MeterValuesSampledData"
        values = []   # type: list[str]
        if connector.meter.energy_wh is not None:
            for measurand in self._configuration.text(name).split(","):
                _add(values, measurand, connector, '"context":"%s",' % context)
        if not values:
            return ""
        return '{"connectorId":%d,"meterValue":[{"timestamp":"%s","sampledValue":[%s]}]}' % (
            connector.connector_id, self._clock.stamp(), ",".join(values))

    def still_runs(self, connector_id):
        self._checkpoint.running[connector_id][3] = self._clock.now_s()

    def id_of(self, transaction):
        return self._queue.id_of(transaction)

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


def _add(values, measurand, connector, context):
    meter = connector.meter
    start = '{%s"measurand":"%s","unit":"%s",' % (context, measurand, _UNITS.get(measurand, "A"))
    if measurand == "Energy.Active.Import.Register":
        values.append(start + '"value":"%d"}' % meter.energy_wh)
    elif measurand == "Power.Active.Import":
        values.append(start + '"value":"%d"}' % meter.power_w)
    elif measurand == "Current.Offered":
        offered_da = connector.controller.offered_da
        values.append(start + '"value":"%d.%d"}' % (offered_da // 10, offered_da % 10))
    elif measurand == "Current.Import":
        for phase, ma in enumerate(meter.current_ma):
            values.append(start + '"phase":"L%d","value":"%d.%02d"}' % (phase + 1, ma // 1000, ma % 1000 // 10))
    elif measurand == "Voltage":
        for phase, dv in enumerate(meter.voltage_dv):
            values.append(start + '"phase":"L%d-N","value":"%d.%d"}' % (phase + 1, dv // 10, dv % 10))
