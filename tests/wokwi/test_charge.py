"""The firmware with a Wokwi board file, on the real interpreter, among the chips of that project: whole charges.

The judge of the energy is what the car's chip told on its wire to the meter, added up here, not the meter.
"""
import asyncio
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from hardware.bench.mains import Mains
from hardware.bench.world import CACHE
from hardware.flash import image
from hardware.wokwi import check
from tests.firmware.central_system import CARD, CentralSystem, central_system
from tests.firmware.on_micropython import interpreter
from tests.wokwi.chip_board import PROJECTS, WokwiChargePoint
from tests.wokwi.simulation import Simulation

pytestmark = pytest.mark.story

KNOWN = 1   # of the cards of the reader's chip
SHARED = sorted((check.WOKWI / "scenarios").glob("*.test.yaml"))
CHARGE = check.WOKWI / "scenarios" / "charge.test.yaml"   # played by those that have only themselves to talk to
TAP_TO_STOP = CHARGE.with_name("tap-to-stop.test.yaml")   # played with a judge of the energy


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


class Judge:
    """Adds up what flows through one current transformer."""

    def __init__(self, simulation: Simulation, pin: str) -> None:
        self._simulation, self._frame = simulation, bytearray()
        self._watts, self._factor, self._since_ns, self._wh = 0.0, 1, 0, 0.0
        simulation.add_uart("judge", pin, None, 38400, self._hear)

    def _hear(self, byte: int) -> None:
        self._frame.append(byte)
        if len(self._frame) == 10:
            self._count()
            amperes = tuple(int.from_bytes(self._frame[at : at + 2], "big") / 1000 for at in (1, 3, 5))
            self._watts = sum(v * a for v, a in zip(Mains().voltage_v(amperes), amperes, strict=True))
            self._factor = int.from_bytes(self._frame[7:9], "big")
            self._frame.clear()

    def _count(self) -> None:
        now_ns = self._simulation.now_ns
        self._wh += self._watts * self._factor * (now_ns - self._since_ns) / 3.6e12
        self._since_ns = now_ns

    @property
    def wh(self) -> float:
        self._count()
        return self._wh


class Story:
    def __init__(self, charge_point: WokwiChargePoint, system: CentralSystem | None = None) -> None:
        self.charge_point, self.simulation = charge_point, charge_point.simulation
        if system:
            self.system = system
        self._to_reader = bytearray()
        if "reader" in self.simulation.chips:
            self.simulation.add_uart("judge", "reader:RX", None, 115200, self._to_reader.append)

    @property
    def vain_looks(self) -> int:
        """Looks for a card that the program gave up, as it does when none came."""
        return self._to_reader.count(b"\x00\x00\xff\x00\xff\x00")

    def set(self, part: str, **values: int) -> None:
        self.simulation.control(part, **values)

    @property
    def lines(self) -> int:
        return len(self.charge_point.console)

    def told_since(self, text: str, line: int) -> bool:
        return any(text in each for each in list(self.charge_point.console)[line:])

    def said(self, text: str) -> int:
        return sum(text in line for line in self.charge_point.console)

    async def until(self, what: str, fact: Callable[[], object], within_s: float = 40) -> None:
        try:
            async with asyncio.timeout(within_s):
                while not fact():   # noqa: ASYNC110  (the chips have no event to wait on)
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"not within {within_s} s: {what}\n" + "\n".join(self.charge_point.console)) from None

    async def tap(self, card: int, line: str) -> None:
        """Hold a card to the reader until the program has told `line`, then take it away."""
        before = self.said(line)
        self.set("reader", card=card)
        await self.until(f"a tap brings {line}", lambda: self.said(line) > before)
        self.set("reader", card=0)
        await self.looked_in_vain()

    async def looked_in_vain(self) -> None:
        """Until then a card that comes again is still the same one."""
        looks = self.vain_looks
        await self.until("two looks without a card: one may have begun with it", lambda: self.vain_looks >= looks + 2)

    async def closed(self, live: bool) -> None:
        await self.until(f"contacts closed: {live}", lambda: self.simulation.level("chain:LIVE1") == int(live))


@asynccontextmanager
async def story(project: str, board: str, folder: Path, **controls: dict[str, int]) -> AsyncIterator[Story]:
    interpreter()   # skips where there is none
    async with central_system() as system:
        charge_point = WokwiChargePoint(project, board, system.url, folder, CACHE, controls=controls)
        try:
            await charge_point.start()
            await system.wait_for("StatusNotification", connector_id=1, status="Available")
            yield Story(charge_point, system)
        finally:
            await charge_point.close()


@pytest.fixture
async def lean(tmp_path: Path) -> AsyncIterator[Story]:
    async with story("esp32-devkitc", "wokwi_esp32_devkitc", tmp_path, ev1={"timeFactor": 60}) as playing:
        yield playing


def steps(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load(path.read_text())["steps"])


async def play(playing: Story, path: Path) -> None:
    """As wokwi-cli does, in its strictest reading: a line counts only if it comes while it is waited for.

    But a pin may be late: what the delay before it is enough for in a simulator, a busy machine may need longer for.
    """
    for step in steps(path):
        (kind, value), = step.items()
        if kind == "wait-serial":
            seen = 0 if value.startswith("boot.") else playing.lines
            await playing.until(f"{step}", lambda value=value, seen=seen: playing.told_since(value, seen))
        elif kind == "delay":
            end_ns = playing.simulation.now_ns + int(float(re.sub("ms|s", "", value)) * (1e6 if "ms" in value else 1e9))
            await playing.until(f"{step}", lambda end_ns=end_ns: playing.simulation.now_ns >= end_ns)
        elif kind == "set-control":
            playing.set(value["part-id"], **{value["control"]: value["value"]})
            if (value["part-id"], value["control"], value["value"]) == ("reader", "card", 0):
                await playing.looked_in_vain()
        else:
            assert kind == "expect-pin"
            pin = f"{value['part-id']}:{value['pin']}"
            await playing.until(f"{step}", lambda pin=pin, value=value: playing.simulation.level(pin) == value["value"])


async def begin(playing: Story) -> dict[str, Any]:
    playing.set("ev1", car=1)
    await playing.tap(KNOWN, "card.accepted")
    started = await playing.system.wait_for("StartTransaction")
    await playing.closed(True)
    return started


async def test_a_plug_a_tap_and_a_tap_are_a_charge_to_the_watt_hour(lean: Story) -> None:
    judge = Judge(lean.simulation, "meter:CT1")
    await play(lean, TAP_TO_STOP)
    started = await lean.system.wait_for("StartTransaction", connector_id=1, id_tag=CARD)
    stopped = await lean.system.wait_for("StopTransaction", reason="Local")
    assert judge.wh > 10
    assert any(lean.charge_point.board.pixels)
    assert stopped["meter_stop"] - started["meter_start"] == int(judge.wh + 1e-6)


async def test_the_emergency_stop_opens_and_is_reported(lean: Story) -> None:
    await begin(lean)
    lean.simulation.throw("estop", True)
    await lean.closed(False)
    await lean.system.wait_for("StatusNotification", connector_id=1, status="Faulted", info="emergency stop")


async def test_a_reader_and_a_meter_that_fail_are_told_and_found_again(lean: Story) -> None:
    lean.set("reader", fault=1)
    lean.set("meter", fault=1)
    for part in ("reader", "meter"):
        await lean.until(f"the {part} is missed", lambda part=part: lean.said(f"{part}.failed"))
    lean.set("reader", fault=0)
    lean.set("meter", fault=0)
    for part in ("reader", "meter"):
        await lean.until(f"the {part} is back", lambda part=part: lean.said(f"{part}.back"))


@pytest.mark.parametrize("path", [path for path in SHARED if path not in (CHARGE, TAP_TO_STOP)],
                         ids=lambda path: path.name)
async def test_the_scenario_plays_here_as_on_wokwi(lean: Story, path: Path) -> None:
    assert path in check.scenarios(PROJECTS / "esp32-devkitc")
    await play(lean, path)


async def test_the_second_connector_of_the_s3_has_its_own_car_contactor_and_meter(tmp_path: Path) -> None:
    async with story("esp32-s3", "wokwi_esp32_s3", tmp_path, ev2={"timeFactor": 60, "phases": 1}) as full:
        judge = Judge(full.simulation, "meter:CT2")
        await play(full, PROJECTS / "esp32-s3" / "scenarios" / "second-connector.test.yaml")
        started = await full.system.wait_for("StartTransaction", connector_id=2)
        stopped = await full.system.wait_for("StopTransaction")
        assert judge.wh > 10
        assert stopped["meter_stop"] - started["meter_start"] == int(judge.wh + 1e-6)


@pytest.mark.parametrize(("project", "board"), [
    ("esp32-devkitc", "wokwi_esp32_devkitc"), ("esp32-s3", "wokwi_esp32_s3")])
async def test_a_stand_alone_image_charges_with_nobody_to_talk_to(project: str, board: str, tmp_path: Path) -> None:
    interpreter()
    files = image.files_for(board, None, CACHE, stand_alone=True)
    charge_point = WokwiChargePoint(project, board, f"ws://127.0.0.1:{free_port()}/ocpp", tmp_path, CACHE,
                                    controls={"ev1": {"timeFactor": 60}}, firmware=files)
    judge = Judge(charge_point.simulation, "meter:CT1")
    try:
        await charge_point.start()
        alone = Story(charge_point)
        await play(alone, CHARGE)
        told = f"central_system.charged transaction=1 wh={int(judge.wh + 1e-6)}"
        await alone.until(told, lambda: alone.said(told))
    finally:
        await charge_point.close()


async def test_the_stop_button_of_the_s3_ends_the_charge(tmp_path: Path) -> None:
    async with story("esp32-s3", "wokwi_esp32_s3", tmp_path) as full:
        await play(full, PROJECTS / "esp32-s3" / "scenarios" / "stop-button.test.yaml")


async def test_wokwis_own_reader_starts_a_charge(tmp_path: Path) -> None:
    """The reader is the bench's here: Wokwi's is no chip of ours."""
    async with story("esp32-s3-mfrc522", "wokwi_esp32_s3_mfrc522", tmp_path) as own:
        own.set("ev1", car=1)
        await own.until("plugged", lambda: own.said("connector.plugged"))
        own.charge_point.tap(CARD)
        await own.system.wait_for("StartTransaction", id_tag=CARD)
        await own.closed(True)
