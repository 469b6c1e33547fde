"""What a StopTransaction tells of its transaction's course (OCPP 1.6 §3.16.5, errata 3.14, 3.91). Loaded for one use.

The values wait in one small file a connector, a line each: the transaction's number, the values at its begin, then
those between. When they are as many as StopTransactionMaxMeterValues allows, every second one between begin and end
goes, and from then on only every second new one is kept: the file is written a few times an hour at most, and what is
kept stays evenly spread however long it charges.
"""
import os

from micropython import const

from firmware.store.queue import WORDS, packed

_MAX_TEXT = const(3500)   # characters of transactionData: the Stop is sent as one text


def keep(transactions, connector, wanted, context, folder="/data"):
    """Keep the values of now; OSError if that cannot be. True when every second one went: keep half as many."""
    text = transactions.meter_value(connector, wanted, context)
    return text and _keep("%s/transaction_data_%d" % (folder, connector.connector_id), connector.transaction,
                          packed(text), context == "Transaction.Begin", transactions.most_values())


def _keep(path, transaction, text, is_begin, most):
    if is_begin:
        _write(path, [str(transaction), text])
        return False
    lines = _lines(path, transaction)
    if len(lines) < 2:
        lines = [str(transaction), ""]   # the Begin was not kept; the checkpoint knows enough of it
    elif len(lines) < most:   # begin and end are among the most, the number's line is not
        with open(path, "a") as file:
            file.write(text + "\n")
        return False
    lines.append(text)
    if len(lines) > most:
        lines[2:] = lines[3::2]
        _write(path, lines)
        return True
    _write(path, lines)
    return False


def whole(transactions, connector, wanted, meter_wh, stopped_s, folder="/data"):
    """`,"transactionData":[…]`, begin and end always in it, no longer than a Stop may be."""
    lines = []
    try:
        lines = _lines("%s/transaction_data_%d" % (folder, connector.connector_id), connector.transaction)
    except (OSError, ValueError) as error:
        print("transaction_data.lost error=%r" % error)
    begin, between = lines[1] if len(lines) > 1 else "", lines[2:]
    register = '{"timestamp":"%s","sampledValue":[{"context":"Transaction.%s",' \
        '"measurand":"Energy.Active.Import.Register","unit":"Wh","value":"%d"}]}'
    stamp = transactions.stamp
    if not begin and connector.started_s is not None:
        begin = packed(register % (stamp(connector.started_s), "Begin", connector.meter_start_wh))
    if connector.stop_reason in ("PowerLoss", "Reboot"):   # only the register tells today what it was then
        end = register % (stamp(stopped_s), "End", meter_wh)
    else:
        end = transactions.meter_value(connector, wanted, "Transaction.End", stopped_s)
    end = packed(end)
    while between and (
            len(between) + 2 > transactions.most_values()
            or _length(begin) + _length(end) + sum(_length(line) + 1 for line in between) > _MAX_TEXT):
        between = between[1::2]
    return ',"transactionData":[%s]' % ",".join([text for text in [begin] + between + [end] if text])


def _lines(path, transaction):
    """The file's lines, [] if it is another transaction's."""
    try:
        with open(path) as file:
            if file.readline() != "%d\n" % transaction:
                return []
            return [str(transaction)] + [line[:-1] for line in file]   # never as one piece of a crumbled heap
    except OSError:
        return []


def _write(path, lines):
    with open(path + ".new", "w") as file:
        for line in lines:
            file.write(line + "\n")
    os.rename(path + ".new", path)


def _length(text):
    """Of a packed text when it is unpacked."""
    return len(text) + sum(text.count(chr(14 + i)) * (len(word) - 1) for i, word in enumerate(WORDS.split("\n")))
