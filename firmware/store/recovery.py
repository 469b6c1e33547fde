"""The queue's file as a whole: read at start, rewritten when most of it is confirmed. Loaded for that moment only."""
import os

from firmware.store.queue import DONE, KNOWN, NEVER_KNOWN, START, STARTED, STOP, read_record, write_record


def load(queue):
    """Fill a fresh queue from its file; whole records are found again behind a damaged place."""
    try:
        os.remove(queue.path + ".new")   # a rewrite that was cut short; the old file is whole
    except OSError:
        pass
    try:
        queue.size = os.stat(queue.path)[6]
    except OSError:
        return
    damaged = at = 0
    with open(queue.path, "rb") as file:
        while at < queue.size:
            file.seek(at)
            kind, number, transaction, _, size = read_record(file)
            at += size
            if kind is None:
                damaged += 1
                continue
            queue.last = max(queue.last, number)
            if kind == KNOWN:
                queue.ids[number] = transaction
            elif kind in (DONE, STARTED):
                queue.done(kind, number, transaction)
            else:
                queue.last_on_file = number
                if kind == START:
                    queue.ids[number] = None
                elif kind == STOP:
                    queue.stopped[number] = transaction
    if damaged:
        print("queue.damaged bytes=%d" % damaged)


def rewrite(queue):
    """Keep what is not confirmed and the ids still needed, in a new file that takes the old one's place at once."""
    size = 0
    with open(queue.path + ".new", "wb") as new:
        for number, transaction_id in queue.ids.items():
            if transaction_id is not None:
                size += write_record(new, KNOWN, number, transaction_id, "")
        size += write_record(new, DONE, queue.last_done, NEVER_KNOWN, "")
        head_at = size
        with open(queue.path, "rb") as old:
            old.seek(queue.head_at)
            while queue.last_done < queue.last_on_file:
                piece = old.read(256)
                if not piece:
                    break
                size += new.write(piece)
    os.rename(queue.path + ".new", queue.path)
    queue.size, queue.head_at = size, head_at


def resume(queue, checkpoint, connector_ids):
    """What ran when the power went: the checkpoint's records, without those whose Start or end is another story."""
    running = checkpoint.running
    for connector_id in list(running):
        if connector_id not in connector_ids or not queue.is_open(running[connector_id][0]):
            del running[connector_id]   # its Start was never recorded, or its Stop was
    named = [record[0] for record in running.values()]
    for transaction in queue.ids:
        if queue.is_open(transaction) and transaction not in named:   # the checkpoint was damaged
            for connector_id in connector_ids:   # the first connector it can be of
                if connector_id not in running:
                    running[connector_id] = [transaction, "", "", checkpoint.saved_s]
                    break
    return running
