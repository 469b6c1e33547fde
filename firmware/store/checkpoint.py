"""What was running when the power went: one small file, overwritten whole (littlefs keeps the old until the close).

Written before the contactor may close, when a transaction ends, and else at most once a minute, to spare the flash.
"""
import json

from micropython import const

_LATEST_S = const(0x7FFFFFFF)   # the year 2068: later is damage, and no calendar of the chip reaches it


class Checkpoint:
    """`running`: connector_id -> [transaction, id_tag, parent_id_tag, when it last ran, meter_start_wh, started_s].

    Moments are seconds since 2000. The last two are None where a damaged file or an older firmware left them unknown.
    """

    def __init__(self, path="/data/checkpoint"):
        self._path = path
        self.running = {}
        self.saved_s = 0   # the newest moment known to have been
        try:
            with open(path) as file:
                saved = json.load(file)
            self.saved_s = _moment(saved["saved_s"])
            for record in saved["running"]:
                if len(record) == 5:   # as written up to version 0.1
                    record += [None, None]
                if len(record) == 7:
                    # Each as what it is: a wrong kind would end the task that meets it, now and after every start.
                    self.running[int(record[0])] = [
                        int(record[1]), record[2] + "", record[3] + "", _moment(record[4]),
                        None if record[5] is None else int(record[5]),
                        None if record[6] is None else _moment(record[6])]
        except OSError:
            pass   # nothing was ever saved
        except (ValueError, KeyError, TypeError, OverflowError):
            print("checkpoint.damaged")

    def save(self, now_s):
        """On flash when this returns; OSError if it cannot be."""
        text = json.dumps({"saved_s": now_s, "running": [[c] + self.running[c] for c in self.running]})
        with open(self._path, "w") as file:   # nothing in here may fail for want of RAM: it would be kept empty
            file.write(text)
        self.saved_s = now_s


def _moment(value):
    moment_s = int(value)
    if not 0 <= moment_s <= _LATEST_S:
        raise ValueError
    return moment_s
