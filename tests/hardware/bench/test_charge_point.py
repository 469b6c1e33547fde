"""A charge point as a whole: its life, what people do to it, and the firmware itself on it."""
import asyncio
import json
from datetime import UTC, datetime
from typing import Any, Literal

import pytest
import websockets

from hardware.bench import board as boards
from hardware.bench import image
from hardware.bench.board import BOARD_FAULTS, CONNECTOR_FAULTS
from hardware.bench.charge_point import ChargePoint
from hardware.bench.errors import BadRequest, Conflict, UnknownPart
from hardware.bench.orders import Options, Plug, SetCar
from tests.hardware.bench.chips import KEY, Bench
from tests.hardware.bench.waiting import Until

CHARGER = """
    import time
    from machine import ADC, PWM, Pin
    high, pwm = ADC(Pin(32)), PWM(Pin(25), freq=1000, duty_u16=17476)
    coil, beat, warmth = Pin(26, Pin.OUT, value=0), Pin(27, Pin.OUT, value=0), ADC(Pin(36))
    print("boot")
    while True:
        beat.toggle()
        coil.value(900_000 < high.read_uv() < 1_500_000)
        while warmth.read_uv() > 1_200_000:   # heat makes this program stand still
            time.sleep_ms(5)
        time.sleep_ms(5)
"""


async def charging(bench: Bench, until: Until, **options: Any) -> ChargePoint:
    chip = await bench.run(CHARGER, **options)
    await until(lambda: "boot" in chip.console)
    chip.plug(1, Plug(reaction_ms=50))
    await until(lambda: chip.board.connectors[0].as_json()["car"]["power_w"] > 0)
    return chip


async def test_energy_flows_and_the_log_tells_it(bench: Bench, until: Until) -> None:
    chip = await charging(bench, until, time_factor=600, meter_wh=1000)
    await until(lambda: chip.board.connectors[0].meter.register_wh > 3000)
    chip.unplug(1)
    await until(lambda: chip.meter_log(1)[-1].power_w == 0)
    log = chip.meter_log(1)
    assert log[0].register_wh == 1000
    assert log[-1].register_wh == chip.as_json()["connectors"][0]["meter"]["register_wh"]
    assert (datetime.now(UTC) - datetime.fromisoformat(log[-1].at)).total_seconds() < 5


async def test_the_state_shows_the_pins_as_a_probe_would(bench: Bench, until: Until) -> None:
    chip = await charging(bench, until, time_factor=600)
    data = boards.load("bench")["connectors"][0]
    pins = chip.as_json()["pins"]
    assert pins["levels"][str(data["contactor"]["pin"])] == data["contactor"]["active"]
    assert pins["levels"][str(data["contactor_feedback"]["pin"])] == data["contactor_feedback"]["active"]
    high = data["pilot_high"]
    state_c_mv = high["offset_mv"] + 6 * high["mv_per_v"]
    assert pins["millivolts"][str(high["pin"])] == pytest.approx(state_c_mv, abs=5)
    await chip.power(False)
    assert str(data["contactor"]["pin"]) not in chip.as_json()["pins"]["levels"], "a dead chip drives nothing"


async def test_a_power_cut_stops_everything_and_the_register_stays(bench: Bench, until: Until) -> None:
    chip = await charging(bench, until, time_factor=600)
    await until(lambda: chip.board.connectors[0].meter.register_wh > 500)
    await chip.power(False)
    state = chip.as_json()
    assert (state["powered"], state["process"], state["pid"]) == (False, "stopped", None)
    await until(lambda: not chip.board.connectors[0].contactor.closed)
    await until(lambda: chip.meter_log(1)[-1].power_w == 0)
    register_wh = chip.board.connectors[0].meter.register_wh
    chip.unplug(1)
    await chip.power(True)
    await until(lambda: list(chip.console).count("boot") == 2)
    assert chip.board.connectors[0].meter.register_wh == register_wh
    assert chip.boots == 2


async def test_a_charge_point_made_again_finds_its_flash_and_its_register(bench: Bench, until: Until) -> None:
    chip = await charging(bench, until, time_factor=600)
    await until(lambda: chip.board.connectors[0].meter.register_wh > 500)
    await bench.world.remove("CP1")
    energy_wh = chip.board.connectors[0].meter.energy_wh
    again = await bench.run(CHARGER)
    assert again.board.connectors[0].meter.energy_wh == pytest.approx(energy_wh, abs=2000)
    assert again.board.connectors[0].meter.register_wh >= 500


async def test_a_program_that_stands_still_loses_its_contactor(bench: Bench, until: Until) -> None:
    chip = await charging(bench, until)
    hold_s = chip.board.data["heartbeat_hold_ms"] / 1000
    chain = chip.board.connectors[0].chain
    chip.set_fault(1, "overtemp", True)
    await until(lambda: not chip.board.connectors[0].contactor.closed, within_s=hold_s + 3)
    moved_s, beat_s = chip.board.connectors[0].contactor.changed_s, chain.heartbeat_s
    assert moved_s is not None
    assert beat_s is not None
    assert moved_s - beat_s == pytest.approx(hold_s + 0.015, abs=0.002)


async def test_a_program_that_ends_leaves_its_pins_as_they_were(bench: Bench, until: Until) -> None:
    chip = await bench.run("""
        from machine import PWM, Pin
        PWM(Pin(25), freq=1000, duty_u16=17476)
        raise ValueError("no reason")
    """)
    await until(lambda: chip.as_json()["process"] == "stopped")
    assert chip.as_json()["connectors"][0]["pilot"]["offered_a"] == pytest.approx(16, abs=0.1)
    assert any("ValueError: no reason" in line for line in chip.console)


async def test_all_faults_can_be_set_and_cleared(bench: Bench) -> None:
    chip = await bench.run(CHARGER)
    possible = chip.as_json()["connectors"][0]["possible_faults"]
    lacking = {"earth", "lock", "ev_link", "display"}
    assert set(BOARD_FAULTS | CONNECTOR_FAULTS) - set(possible) == lacking
    for kind in sorted(lacking):
        with pytest.raises(BadRequest, match="here"):
            chip.set_fault(1, kind, True)
    for kind in possible:
        chip.set_fault(1, kind, True)
        assert kind in chip.as_json()["connectors"][0]["faults"]
    chip.clear_all(1)
    state = chip.as_json()
    assert state["connectors"][0]["faults"] == []
    assert state["reader"]["connected"]
    assert state["connectors"][0]["meter"]["connected"]


async def test_a_car_can_be_held_in_a_state_and_swapped(bench: Bench, until: Until) -> None:
    chip = await bench.run(CHARGER)
    states: tuple[Literal["B", "C", "D", "E"], ...] = ("B", "C", "D", "E")
    for state in states:
        chip.set_car(1, SetCar(state=state))
        assert chip.as_json()["connectors"][0]["pilot"]["state"] == state
    chip.set_car(1, SetCar(state="auto", soc=99.5, phases=1))
    assert chip.as_json()["connectors"][0]["car"]["phases"] == 1
    chip.set_car(1, SetCar(state="A"))
    assert not chip.as_json()["connectors"][0]["plugged"]


async def test_nonsense_is_refused(bench: Bench) -> None:
    chip = await bench.run(CHARGER)
    with pytest.raises(Conflict):
        chip.unplug(1)
    with pytest.raises(UnknownPart):
        chip.plug(2, Plug())
    with pytest.raises(BadRequest):
        chip.tap("04A1B2")
    with pytest.raises(BadRequest):
        chip.set_fault(1, "gremlins", True)
    with pytest.raises(Conflict):
        await bench.run(CHARGER)


async def test_five_chips_run_side_by_side(bench: Bench, until: Until) -> None:
    chips = [await bench.run(CHARGER, identity=f"CP{number}") for number in range(5)]
    await until(lambda: all("boot" in chip.console for chip in chips))
    for chip in chips:
        chip.plug(1, Plug(reaction_ms=50))
    await until(lambda: all(chip.board.connectors[0].contactor.closed for chip in chips))
    assert len({chip.as_json()["pid"] for chip in chips}) == 5


async def test_the_firmware_itself_charges_a_car_after_a_tap(bench: Bench, until: Until) -> None:
    if not (image.FIRMWARE / "main.py").exists():
        pytest.skip("no firmware yet")
    heard: list[tuple[str, dict[str, Any]]] = []

    async def central_system(socket: websockets.ServerConnection) -> None:
        async for message in socket:
            frame = json.loads(message)
            if frame[0] != 2:
                continue
            heard.append((frame[2], frame[3]))
            now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
            accepted: dict[str, Any] = {"idTagInfo": {"status": "Accepted"}}
            answers: dict[str, dict[str, Any]] = {
                "BootNotification": {"status": "Accepted", "currentTime": now, "interval": 300},
                "Heartbeat": {"currentTime": now}, "Authorize": accepted, "StopTransaction": accepted,
                "StartTransaction": {"transactionId": 7, **accepted},
            }
            await socket.send(json.dumps([3, frame[1], answers.get(frame[2], {})]))

    def told(action: str, **fields: Any) -> list[dict[str, Any]]:
        return [payload for name, payload in heard if name == action and fields.items() <= payload.items()]

    sub_protocols = [websockets.Subprotocol("ocpp1.6")]
    async with websockets.serve(central_system, "127.0.0.1", 0, subprotocols=sub_protocols) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        chip = await bench.world.add(Options(
            identity="CP1", url=f"ws://127.0.0.1:{port}/ocpp", authorization_key=KEY, time_factor=60))
        await until(lambda: told("StatusNotification", connectorId=1, status="Available"), within_s=20,
                    evidence=lambda: "\n".join(chip.console))
        chip.plug(1, Plug())
        chip.tap("04A1B2C3D4E5F6")
        await until(lambda: chip.board.connectors[0].meter.register_wh > 100, within_s=30)
        assert told("StartTransaction")[0]["idTag"] == "04A1B2C3D4E5F6"
        chip.tap("04A1B2C3D4E5F6")
        await until(lambda: told("StopTransaction"), within_s=20)
        chip.unplug(1)
        await asyncio.wait_for(bench.world.remove("CP1"), 5)
    assert told("StopTransaction")[0]["meterStop"] == chip.meter_log(1)[-1].register_wh
