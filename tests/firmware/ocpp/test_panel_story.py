"""What people see, hear and press at a charge point with the whole firmware on the bench: displays as pixels and lines.

The pictures come from the parts, which know the wire and nothing of the firmware; the central system is the `ocpp`
package's.
"""
import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from ocpp.v16 import call, call_result
from PIL import Image

from hardware.bench.charge_point import ChargePoint, Plug
from hardware.bench.hd44780 import Hd44780
from hardware.bench.relay import Cut
from hardware.bench.ssd1306 import HEIGHT, WIDTH, Ssd1306
from tests.firmware.central_system import CARD, CentralSystem
from tests.firmware.ocpp.core_bench import SideBySide, on_the_bench
from tests.firmware.test_charge_point import STRANGER, closed, configure, said, tap, until
from tests.firmware.test_driver_displays import text_pixels

pytestmark = pytest.mark.story
play_side_by_side = SideBySide()

LINKS = ["HTTPS://CHARGE.EXAMPLE/C/7K3M9QXA", "HTTPS://CHARGE.EXAMPLE/C/0000000X"]


def display_of(charge_point: ChargePoint) -> Ssd1306 | Hd44780:
    assert charge_point.board.panel
    assert charge_point.board.panel.display
    return charge_point.board.panel.display


def codes(charge_point: ChargePoint) -> list[str]:
    """What a telephone reads from the display now."""
    display = display_of(charge_point)
    assert isinstance(display, Ssd1306)
    return list(_codes("".join(display.pixels())))


@functools.lru_cache(maxsize=8)
def _codes(pixels: str) -> list[str]:
    picture = Image.new("L", (WIDTH, HEIGHT))
    picture.putdata([255 * int(pixel) for pixel in pixels])
    found = zxingcpp.read_barcodes(picture.resize((3 * WIDTH, 3 * HEIGHT), Image.Resampling.NEAREST))
    return [code.text for code in found]


def lines(charge_point: ChargePoint) -> list[str]:
    display = display_of(charge_point)
    assert isinstance(display, Hd44780)
    assert display.lost == 0
    return [line.rstrip() for line in display.lines()]


async def reads(charge_point: ChargePoint, title: str, *below: str, within_s: float = 20) -> None:
    """The title, and below it each of these in whatever turn."""
    for line in below or ("",):
        def is_there(line: str = line) -> bool:
            above, below_it = lines(charge_point)
            return above == title and below_it.startswith(line)

        await until(f"the display says {title}, {line}", is_there, within_s)


def shows(charge_point: ChargePoint, text: str) -> Callable[[], bool]:
    """Whether this text stands anywhere on the pixels, light on dark or dark on light."""
    wanted = text_pixels(text)
    turned = [row.translate({48: 49, 49: 48}) for row in wanted]

    def found() -> bool:
        display = display_of(charge_point)
        assert isinstance(display, Ssd1306)
        rows = display.pixels()
        return any(
            rows[y + i][x : x + len(row)] == row for letters in (wanted, turned) for y in range(HEIGHT - 8)
            for x in _starts(rows[y], letters[0]) for i, row in [(7, letters[7])]
            if all(rows[y + k][x : x + len(letters[k])] == letters[k] for k in range(8)))

    return found


def _starts(row: str, piece: str) -> list[int]:
    return [x for x in range(len(row) - len(piece) + 1) if row.startswith(piece, x)]


async def tell(system: CentralSystem, message: str, data: dict[str, Any],
               vendor: str = "org.openchargealliance.costmsg") -> None:
    answer = await system.call(call.DataTransfer(vendor_id=vendor, message_id=message, data=json.dumps(data)))
    assert answer.status == "Accepted", message


@play_side_by_side
async def test_each_connectors_code_is_read_from_the_pixels_while_the_link_is_up(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path, board="esp32_s3_devkitc_1", gaps=True) as (system, charge_point):
        await configure(system, BollardConnectorLinks=",".join(LINKS))
        for link in reversed(LINKS):   # the second connector's screen is the newest
            await until(f"the code of {link}", lambda link=link: codes(charge_point) == [link], 40)
        charge_point.set_link(False, Cut.RESET)
        await until("no code leads nowhere", shows(charge_point, "cards only"), 60)
        assert codes(charge_point) == []


@play_side_by_side
async def test_a_charge_from_card_to_bill_on_two_lines(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path, board="bench_panel", time_factor=200, gaps=True) as (system, charge_point):
        await configure(system, BollardConnectorLinks=LINKS[0], BollardEmergencyNumber="+49 30 1234")
        await tell(system, "SetUserPrice", {"idToken": "SOMEBODY", "priceText": "0.45 \u20ac/kWh"})
        await reads(charge_point, "Free", "0.45 EUR/kWh")
        charge_point.plug(1, Plug(phases=1))
        await reads(charge_point, "Car connected", "Hold your card")
        await tap(charge_point)   # the MFRC522's card
        await until("contactor closed", lambda: closed(charge_point))
        assert system.all("StartTransaction")[0]["id_tag"] == CARD
        number = system.next_transaction_id
        await tell(system, "SetUserPrice", {"idToken": CARD, "priceText": "0.10 EUR/kWh"})   # this card's own
        await tell(system, "RunningCost", {"transactionId": number, "state": "Charging", "cost": 1.5})
        await tell(system, "TimeRemaining", {"transactionId": number, "minutes": 35, "soc": 64}, "org.bollard")
        await reads(charge_point, "Charging", "About 64 % full", "Cost 1.50")
        charge_point.set_fault(1, "estop", True)
        await reads(charge_point, "Fault", "Call +49 30 1234")
        charge_point.set_fault(1, "estop", False)
        await tell(system, "FinalCost", {"transactionId": number, "cost": 1.75})
        await reads(charge_point, "Finished", "Cost 1.75")
        charge_point.unplug(1)
        await reads(charge_point, "Free", "0.45 EUR/kWh")


@play_side_by_side
async def test_a_refused_card_reads_and_hears_why(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path, board="bench_panel", gaps=True) as (system, charge_point):
        system.answers["Authorize"] = lambda id_tag: call_result.Authorize({"status": "Blocked"})
        panel = charge_point.board.panel
        assert panel
        charge_point.plug(1, Plug())
        await tap(charge_point, STRANGER)
        await reads(charge_point, "Card refused", "Card is blocked")
        await until("four beeps", lambda: len([hz for _, hz in panel.sounds if hz]) == 4 and not panel.sounds[-1][1])
        assert not closed(charge_point)
        await reads(charge_point, "Car connected")   # it is a matter of seconds


@play_side_by_side
async def test_a_stop_button_ends_the_charge_once(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path, board="bench_panel", gaps=True) as (system, charge_point):
        charge_point.press_stop(1)   # nothing runs: nothing happens
        charge_point.plug(1, Plug())
        await tap(charge_point)
        await until("contactor closed", lambda: closed(charge_point))
        assert charge_point.board.lamps(1) in (["#000000", "#0000ff", "#000000"], ["#000000"] * 3)   # a rhythm in blue
        charge_point.press_stop(1)
        stop = await system.wait_for("StopTransaction")
        assert stop["reason"] == "Local"
        assert "id_tag" not in stop
        await until("contactor open", lambda: not closed(charge_point))
        await reads(charge_point, "Finished", "Unplug the car")
        assert len([line for line in charge_point.console if line.startswith("stop_button.pressed")]) == 1


@play_side_by_side
async def test_a_display_that_is_unplugged_disturbs_no_charge_and_comes_back(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path, board="esp32_s3_devkitc_1", gaps=True) as (_, charge_point):
        await until("it shows something", shows(charge_point, "1: Free"), 40)
        charge_point.set_fault(1, "display", True)   # or its two wires swapped
        await until("it is told", lambda: said(charge_point, "display.failed"))
        charge_point.plug(1, Plug())
        await tap(charge_point)
        await until("contactor closed", lambda: closed(charge_point))
        charge_point.set_fault(1, "display", False)
        await until("it is back", lambda: said(charge_point, "display.back"), 30)
        await until("it shows the charge", shows(charge_point, "1: Charging"), 30)
