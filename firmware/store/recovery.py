"""The queue's file as a whole: read at start, rewritten when much of it is confirmed or it grows too long.

Loaded for that moment only.
"""
import asyncio
import os

from micropython import const

from firmware.store.queue import (
    DONE,
    DROPPED,
    FULL,
    HIGH_WATER,
    KNOWN,
    METER_VALUES,
    NEVER_KNOWN,
    START,
    STARTED,
    STOP,
    STOPPED,
    read_record,
    record,
)

_PIECE = const(2048)        # bytes read between two pauses: never more than one erase
_PAUSE_MS = const(20)       # the control tick's turn
_SPARE = const(32_768)      # bytes of flash a rewrite leaves to others
_MAX_THINNED = const(10)
_TRANSACTION = "\x10"       # queue.WORDS: what marks the values at the begin and the end of a transaction


def load(queue):
    """Fill a fresh queue from its file; whole records are found again behind a damaged place."""
    _remove(queue.path + ".new")   # a rewrite that was cut short; the old file is whole
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
            if kind == DROPPED:
                queue.dropped, queue.thinned, queue.thinned_at = max(queue.dropped, transaction), number, at
                continue
            queue.last = max(queue.last, number)
            if kind == KNOWN:
                queue.ids[number] = transaction
                queue.open.append(number)
            elif kind in (DONE, STARTED, STOPPED):
                queue.done(kind, number, transaction)
            else:
                queue.last_on_file = number
                if kind == START:
                    queue.open.append(number)
                elif kind == STOP and transaction in queue.open:
                    queue.open.remove(transaction)
    if damaged:
        print("queue.damaged bytes=%d" % damaged)


def rewrite(queue):
    """Keep what is not confirmed and the ids still needed, in a new file that takes the old one's place at once.

    Above the high water every second meter value between begin and end of its transaction goes, evenly: NOTES.md.
    """
    for _ in _steps(queue):
        pass


async def rewrite_in_pieces(queue):
    """The same with pauses; messages may be queued and confirmed meanwhile."""
    for _ in _steps(queue):
        await asyncio.sleep_ms(_PAUSE_MS)


def _steps(queue):
    done = False
    try:
        done = yield from _copy(queue)
    except OSError as error:
        print("queue.not_rewritten error=%s" % error)
    finally:
        queue.rewriting = False
        if not done:
            _remove(queue.path + ".new")
            queue.due_size = queue.size + FULL - HIGH_WATER   # not again at once


def _copy(queue):
    path = queue.path
    volume = os.statvfs(path)
    if volume[0] * volume[3] < queue.size - queue.head_at + _SPARE:
        raise OSError("no room")
    end, done_before = os.stat(path)[6], queue.last_done
    at = paused_at = queue.head_at if done_before < queue.last_on_file else end
    fresh_at = max(at, queue.thinned_at)
    thinned = queue.thinned if fresh_at > at else 0
    old_step = fresh_step = 1   # of how many meter values one is kept, before and from fresh_at on
    if end - at > HIGH_WATER:
        if not thinned or end - fresh_at < HIGH_WATER // 4:   # the fresh ones alone would not be worth it
            old_step = 2
            thinned = min(thinned + 1, _MAX_THINNED)
        fresh_step = 1 << thinned
    thinned_at = dropped = old_values = fresh_values = 0
    with open(path + ".new", "wb") as new:
        for number, transaction_id in queue.ids.items():
            new.write(record(KNOWN, number, transaction_id, ""))
        new.write(record(DONE, done_before, NEVER_KNOWN, ""))
        head_at = new.tell()
        size = 1
        while size:   # to the end as it is then: the file may grow meanwhile
            # Opened for each record: an append elsewhere moves the file's last block under an open reader.
            with open(path, "rb") as old:
                while True:
                    old.seek(at)
                    kind, number, transaction, payload, size = read_record(old)
                    if not size:
                        break
                    at += size
                    if kind is None or at <= end and (kind not in (START, METER_VALUES, STOP) or number <= done_before):
                        continue   # damage, or what the new file's first records say already
                    if kind == METER_VALUES and at <= end and number > queue.last_done + 1 \
                            and _TRANSACTION not in payload:
                        if at <= fresh_at:
                            old_values += 1
                            drop = old_values % old_step
                        else:
                            fresh_values += 1
                            drop = fresh_values % fresh_step
                        if drop:
                            dropped += 1
                            continue
                    new.write(record(kind, number, transaction, payload))
                    if at <= fresh_at or fresh_step > 1:
                        thinned_at = new.tell()
                    if at - paused_at >= _PIECE:
                        break
            paused_at = at
            if size:   # at the end no pause: what came after it would be lost
                yield
        total = queue.dropped + dropped
        if total:
            new.write(record(DROPPED, thinned, total, ""))
        size = new.tell()
    os.rename(path + ".new", path)
    queue.size, queue.head_at, queue.dropped = size, head_at, total
    queue.thinned, queue.thinned_at = thinned, thinned_at
    queue.due_size = max(HIGH_WATER, size + FULL - HIGH_WATER)
    if dropped:
        print("queue.thinned messages=%d total=%d bytes=%d" % (dropped, total, size))
    return True


def _remove(path):
    try:
        os.remove(path)
    except OSError:
        pass


def resume(queue, checkpoint, connector_ids):
    """What ran when the power went: the checkpoint's records, without those whose Start or end is another story."""
    running = checkpoint.running
    for connector_id in list(running):
        if connector_id not in connector_ids or not queue.is_open(running[connector_id][0]):
            del running[connector_id]   # its Start was never recorded, or its Stop was
    named = [kept[0] for kept in running.values()]
    for transaction in queue.open:
        if transaction not in named:   # the checkpoint was damaged
            for connector_id in connector_ids:   # the first connector it can be of
                if connector_id not in running:
                    running[connector_id] = [transaction, "", "", checkpoint.saved_s, None, None]
                    break
    return running
