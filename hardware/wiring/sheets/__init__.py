"""The sheets of one board's wiring: what is drawn comes from its board file, front_end.py and the parts' data."""
from collections.abc import Callable

from hardware.wiring.drawing import Sheet
from hardware.wiring.sheets.common import Board
from hardware.wiring.sheets.mains import mains
from hardware.wiring.sheets.panel import panel
from hardware.wiring.sheets.pilot import pilot
from hardware.wiring.sheets.safety_chain import safety_chain
from hardware.wiring.sheets.supplies import supplies

SHEETS: dict[str, Callable[[Board], Sheet]] = {
    "mains": mains, "supplies": supplies, "safety-chain": safety_chain, "pilot": pilot, "panel": panel,
}
