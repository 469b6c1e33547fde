"""What a charge point has for people beside its reader and lamps: a display, a buzzer, buttons that stop a charge."""
from collections.abc import Mapping
from typing import Any

from hardware.bench.buses import Buses
from hardware.bench.hd44780 import Hd44780
from hardware.bench.ssd1306 import Ssd1306
from hardware.bench.wire import Frame, Kind

PRESSED_S = 0.3


class Panel:
    def __init__(self, data: Mapping[str, Any], buses: Buses) -> None:
        self._data, self._buses = data, buses
        self.display: Ssd1306 | Hd44780 | None = None
        display = data.get("display")
        if display:
            self.display = (Ssd1306 if display["driver"] == "ssd1306" else Hd44780)(display["address"])
            buses.on_i2c(display["i2c"], display["address"], self.display)
        self.buttons = data.get("stop_buttons") or []
        self.sounds: list[tuple[float, int]] = []    # when the buzzer began or ended, and its Hz; 0 is silence
        self._pressed: dict[int, float] = {}         # button by connector, until when
        self._told = -1
        self._frequency = 0

    def power_on(self) -> None:
        if self.display:
            self.display.power_on()
        self.sounds.clear()

    def plug(self, on: bool) -> None:
        """Its display: unplugged, or with its wires swapped, it acknowledges nothing; back again it begins anew."""
        if self.display:
            self.display.power_on()
            self._buses.plug(self.display, on)

    def press(self, connector_id: int, now_s: float) -> bool:
        """False where that connector has no button."""
        if not 1 <= connector_id <= len(self.buttons) or not self.buttons[connector_id - 1]:
            return False
        self._pressed[connector_id] = now_s + PRESSED_S
        return True

    def due_s(self) -> float | None:
        return min(self._pressed.values(), default=None)

    def advance(self, now_s: float) -> None:
        self._pressed = {number: until_s for number, until_s in self._pressed.items() if until_s > now_s}

    def signals(self) -> dict[int, int]:
        return {
            button["pin"]: button["active"] if number in self._pressed else 1 - button["active"]
            for number, button in enumerate(self.buttons, 1) if button
        }

    def apply(self, frame: Frame) -> None:
        buzzer = self._data.get("buzzer")
        if not buzzer or buzzer["pin"] != frame.index:
            return
        if frame.kind is Kind.FREQ:
            self._frequency = frame.value
        elif frame.kind is Kind.DUTY:
            self.sounds.append((frame.at_s, self._frequency if frame.value else 0))
            del self.sounds[:-64]

    def has_news(self) -> bool:
        """Whether the display shows something else than when this was asked last."""
        revision = self.display.revision if self.display else 0
        changed, self._told = revision != self._told, revision
        return changed

    def as_json(self) -> dict[str, Any]:
        """`display`: its rows as text, for the SSD1306 a 0 or 1 a pixel; None without one."""
        display = self.display
        shown: dict[str, Any] | None = None
        if isinstance(display, Ssd1306):
            shown = {"driver": "ssd1306", "rows": display.pixels()}
        elif display:
            shown = {"driver": "hd44780", "rows": display.lines(), "light": display.light}
        return {
            "display": shown,
            "buzzer": bool(self.sounds and self.sounds[-1][1]) if self._data.get("buzzer") else None,
            "stop_buttons": [bool(button) for button in self.buttons],
        }
