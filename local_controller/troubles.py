"""What a person on site must know and mend, each in one line; the page shows them until they are gone."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from local_controller.backup import DATABASE

LOW_BYTES, LOW_SHARE = 300 * 2**20, 0.03  # free space below which there is little left, whichever is less


@dataclass(frozen=True, slots=True)
class Storage:
    """Of the disk that the data folder is on."""

    database_bytes: int
    free_bytes: int
    total_bytes: int

    @property
    def low(self) -> bool:
        return self.free_bytes < min(LOW_BYTES, LOW_SHARE * self.total_bytes)


def storage(data_dir: Path) -> Storage:
    disk = shutil.disk_usage(data_dir)
    files = [data_dir / f"{DATABASE}{end}" for end in ("", "-wal")]
    return Storage(sum(path.stat().st_size for path in files if path.exists()), disk.free, disk.total)


def lines(
    identity: str, *, failure: str | None, disk: Storage, rival: bool, meter_silent: str | None = None
) -> list[str]:
    """`failure`: why the database keeps nothing; `rival`: somebody else is this controller to the CSMS; `meter_silent`:
    why the site's meter tells nothing."""
    found = []
    if failure is not None:
        found.append(
            f"Nothing can be recorded ({failure}). Charge points keep what they have to say until it can: "
            "make room on the disk, or exchange it and restore the backup."
        )
    elif disk.low:
        found.append(f"The disk is nearly full: {disk.free_bytes // 2**20} MB are left. Make room.")
    if meter_silent is not None:
        found.append(
            f"The site’s meter does not answer ({meter_silent}). Charge points get only what is left beside the most "
            "that the building is set to draw. Look at its cable, its address and the settings of [meter]."
        )
    if rival:
        found.append(
            f"Another controller speaks to the central system as {identity}: a copy of this one’s disk, or the one it "
            "took the place of. Switch one of them off. This one keeps serving its charge points and calls there only "
            "now and then."
        )
    return found
