"""Board files against the chip and against themselves, and the parts that are built from them."""
import copy
import importlib
from pathlib import Path
from typing import Any

import pytest

from firmware.board_check import problem
from tests.firmware.on_micropython import REPOSITORY, run

CHIP = str(REPOSITORY / "tests" / "firmware" / "chip")
OWN_BUS = {"uart": 1, "tx": 38, "rx": 39, "de": None, "baud": 9600}   # of an EV link
NAMES = sorted(path.stem for path in (REPOSITORY / "firmware" / "boards").glob("*.py"))


def board(name: str) -> dict[str, Any]:
    data: dict[str, Any] = copy.deepcopy(importlib.import_module(f"firmware.boards.{name}").BOARD)
    return data


def changed(name: str, /, **changes: object) -> dict[str, Any]:
    """A board with values changed at paths: connectors__0__max_a=5."""
    data = board(name)
    for path, value in changes.items():
        *parents, last = path.split("__")
        place: Any = data
        for key in parents:
            place = place[int(key) if key.isdigit() else key]
        place[last] = value
    return data


@pytest.mark.parametrize("name", NAMES)
def test_the_board_files_are_possible(name: str) -> None:
    assert problem(board(name)) is None
    assert board(name)["name"] == name


@pytest.mark.parametrize("name", NAMES)
def test_a_board_file_is_one_plain_dict(name: str) -> None:
    module = importlib.import_module(f"firmware.boards.{name}")
    assert [key for key in vars(module) if not key.startswith("__")] == ["BOARD"]
    assert "import" not in Path(str(module.__file__)).read_text()


def test_the_bench_has_the_devkits_pins() -> None:
    bench, devkit = board("bench"), board("esp32_devkitc")
    assert changed("bench", name="esp32_devkitc", meter_bus=devkit["meter_bus"]) == devkit
    assert bench["meter_bus"]["baud"] > devkit["meter_bus"]["baud"]


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_wire_to_a_protection_reads_as_tripped(name: str) -> None:
    """Closed contacts pull the inputs low: an open one, or a wire that fell off, is high and active."""
    assert board(name)["emergency_stop"]["active"] == 1
    data = board(name)
    devices = [each["residual_current"] for each in [data, *data["connectors"]] if each.get("residual_current")]
    assert [each["active"] for each in devices] in ([1], [1] * len(data["connectors"]))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"chip": "esp8266"}, "chip 'esp8266' is unknown"),
        ({"profile": "fat"}, "profile 'fat' is unknown"),
        ({"hardware_and": None}, "hardware_and is yes or no"),
        ({"heartbeat_hold_ms": 20}, "heartbeat_hold_ms"),
        ({"watchdog_ms": 5000}, "watchdog_ms is 8000 to 120000"),
        ({"connectors": []}, "no connectors"),
        ({"lamps__pin": 24}, "lamps: the chip has no pin 24"),
        ({"lamps__pin": 40}, "lamps: the chip has no pin 40"),
        ({"lamps__pin": -1}, "lamps: the chip has no pin -1"),
        ({"lamps__pin": "18"}, "lamps: a pin is a number"),
        ({"lamps__pin": 6}, "lamps: pin 6 belongs to flash, console or USB"),
        ({"lamps__pin": 1}, "lamps: pin 1 belongs to flash, console or USB"),
        ({"lamps__pin": 12}, "lamps: the chip reads pin 12 at reset to choose how it starts"),
        ({"lamps__pin": 34}, "lamps: pin 34 is an input only"),
        ({"lamps__pin": 17}, "pin 17 is both meter_bus tx and lamps"),
        ({"lamps__per_connector": 0}, "lamps: 1 to 15 per connector"),
        ({"psram": "quad"}, "meter_bus tx: pin 17 belongs to the PSRAM"),
        ({"psram": "octal"}, "psram 'octal' is unknown"),
        ({"reader__uart": 2}, "meter bus and reader share a UART"),
        ({"reader__uart": 0}, "reader: UART 1 or 2: 0 is the console"),
        ({"meter_bus__uart": 3}, "meter_bus: UART 1 or 2: 0 is the console, there are no more"),
        ({"reader__driver": "rc522"}, "reader driver is unknown"),
        ({"meter_bus__baud": 300}, "baud is 1200 to 921600"),
        ({"meter_bus__de": 35}, "meter_bus de: pin 35 is an input only"),
        ({"temperature__pin": 27}, "temperature: pin 27 is not on ADC1, and ADC2 is not there beside WiFi"),
        ({"connectors__0__contactor__pin": 14}, "contactor 1: pin 14 is high for a moment at reset"),
        ({"emergency_stop__active": 2}, "emergency_stop: active is 0 or 1"),
        ({"connectors__0__pilot_high__pin": 4}, "pilot_high 1: pin 4 is not on ADC1"),
        ({"connectors__0__pilot_high__mv_per_v": 250}, "pilot_high: 12 V gives 3150 mV, the ADC is linear to 2450"),
        ({"connectors__0__pilot_low__mv_per_v": 10}, "pilot_low: too coarse"),
        ({"connectors__0__max_a": 5}, "max_a is 6 to 80"),
        ({"connectors__0__phases": 2}, "phases are 1 or 3"),
        ({"connectors__0__meter__driver": "abb"}, "meter driver 'abb' is unknown"),
        ({"connectors__0__meter__driver": "sdm120"}, "sdm120 measures one phase"),
        ({"connectors__0__meter__unit": 0}, "meter unit is 1 to 247"),
        ({"connectors__0__meter": None}, "has a value of the wrong kind"),
        ({"connectors": [{}]}, "lacks pilot_pwm"),
    ],
)
def test_an_impossible_board_is_refused_in_words(changes: dict[str, object], words: str) -> None:
    found = problem(changed("esp32_devkitc", **changes))
    assert found is not None
    assert words in found


def test_two_meters_on_one_bus_need_two_numbers() -> None:
    found = problem(changed("esp32_s3_devkitc_1", connectors__1__meter__unit=1))
    assert found == "two meters with the same unit number"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ev_link": None}, "a connector has an ev_link, the board has no map for it"),
        ({"connectors__0__ev_link": None, "connectors__1__ev_link": None}, "has an ev_link, no connector has"),
        ({"connectors__0__ev_link__unit": 248}, "ev_link unit is 1 to 247"),
        ({"connectors__0__ev_link__unit": 12}, "two EV links with the same unit number"),
        ({"connectors__0__ev_link__unit": 2}, "an EV link has the unit number of a meter on its bus"),
        ({"ev_link__read": "coils"}, "ev_link reads input or holding registers"),
        ({"ev_link__registers": {}}, "ev_link has no registers"),
        ({"ev_link__registers__range": {}}, "ev_link: 'range' is not among battery_capacity, current, power_request"),
        ({"ev_link__registers__soc__adress": 1}, "ev_link soc: 'adress' is not among address, type"),
        ({"ev_link__registers__soc__type": "u8"}, "ev_link soc: type 'u8' is not u16"),
        ({"ev_link__registers__soc__address": 65536}, "ev_link soc: address is 0 to 65535"),
        ({"ev_link__registers__battery_capacity__address": 65535}, "battery_capacity: address is 0 to 65535"),
        ({"ev_link__registers__soc__unit": "kWh"}, "ev_link soc: unit 'kWh' is not %"),
        ({"ev_link__registers__power_request__unit": "MW"}, "ev_link power_request: unit 'MW' is not W or kW"),
        ({"ev_link__registers__soc__scale": 0}, "ev_link soc: scale is a number, not 0"),
        ({"ev_link__registers__soc__scale": "0.1"}, "ev_link soc: scale is a number, not 0"),
        ({"ev_link__registers__soc__words": "low_first"}, "ev_link soc: one register has no order of words"),
        ({"ev_link__registers__power_request__words": "middle"}, "ev_link power_request: words are high_first or"),
        ({"ev_link__registers__soc__address": 0x0102}, "ev_link: soc and battery_capacity share register 258"),
        ({"ev_link__registers__soc": {"address": 0, "type": "u16"}}, "lacks unit"),
        ({"ev_link__registers__soc": 5}, "has a value of the wrong kind"),
        ({"ev_link__bus": OWN_BUS | {"tx": 4}}, "pin 4 is both"),
        ({"ev_link__bus": OWN_BUS | {"uart": 2}}, "ev_link and meter bus share a UART"),
        ({"ev_link__bus": OWN_BUS}, "ev_link and reader share a UART"),
        ({"ev_link__bus": OWN_BUS | {"de": 26}}, "ev_link de: pin 26 belongs to"),
        ({"shared_max_a": 5}, "shared_max_a is 6 or more"),
        ({"connectors__0__max_a": 251}, "max_a is 6 to 250"),
        ({"ev_link__limit": None}, "max_a is 6 to 80"),
        ({"connectors__1__ev_link": None}, "max_a is 6 to 80"),
        ({"ev_link__limit__type": "u32"}, "ev_link limit: type is u16"),
        ({"ev_link__limit__unit": "A"}, "ev_link limit: unit 'A' is not W or kW"),
        ({"ev_link__limit__scale": -1}, "ev_link limit: type is u16, scale above 0"),
        ({"ev_link__limit__address": -1}, "ev_link limit: address is 0 to 65535"),
        ({"connectors__1__phases": 1}, "ev_link limit: the meter has three phases, the connector one"),
    ],
)
def test_an_impossible_ev_link_is_refused_in_words(changes: dict[str, object], words: str) -> None:
    found = problem(changed("bench_dc", **changes))
    assert found is not None
    assert words in found


METER = {
    "read": "holding",
    "registers": {
        "energy": {"address": 0, "type": "u32", "scale": 0.01, "unit": "kWh"},
        "power": {"address": 2, "type": "s32", "scale": 0.1, "unit": "W"},
        "voltage_l1": {"address": 10, "type": "u16", "scale": 0.1, "unit": "V"},
        "current_l1": {"address": 11, "type": "u16", "scale": 0.01, "unit": "A"},
    },
}


def mapped(**changes: object) -> dict[str, Any]:
    data = changed("esp32_devkitc", connectors__0__meter__driver="map", connectors__0__phases=1)
    data["meter_map"] = copy.deepcopy(METER)
    for path, value in changes.items():
        *parents, last = path.split("__")
        place: Any = data["meter_map"]
        for key in parents:
            place = place[key]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return data


def test_a_meter_may_be_any_whose_registers_are_laid_out() -> None:
    assert problem(mapped()) is None
    pzem = {"driver": "pzem004t", "unit": 1}
    assert problem(changed("esp32_devkitc", connectors__0__meter=pzem, connectors__0__phases=1)) is None
    assert problem(changed("esp32_devkitc", connectors__0__meter=pzem)) == "pzem004t measures one phase"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"registers__energy": None}, "meter_map lacks energy"),
        ({"registers__power": None}, "meter_map lacks power"),
        ({"registers__voltage_l1": None}, "meter_map lacks voltage_l1"),
        ({"registers__frequency": {}}, "meter_map: 'frequency' is not among current_l1, energy"),
        ({"registers__energy__unit": "MWh"}, "meter_map energy: unit 'MWh' is not Wh or kWh"),
        ({"registers__energy__scale": 0.0003}, "meter_map energy: scale is no fraction"),
        ({"registers__power__type": "f32"}, "meter_map power: scale is no fraction"),
        ({"registers__energy__address": 1}, "meter_map: energy and power share register 2"),
        ({"read": "coils"}, "meter_map reads input or holding registers"),
    ],
)
def test_an_impossible_meter_map_is_refused_in_words(changes: dict[str, object], words: str) -> None:
    found = problem(mapped(**changes))
    assert found is not None
    assert words in found


def test_a_meter_map_is_there_for_its_meters_and_for_all_their_phases() -> None:
    data = mapped()
    data["connectors"][0]["phases"] = 3
    assert problem(data) == "meter_map lacks voltage_l2"
    data = mapped()
    data["connectors"][0]["meter"]["driver"] = "sdm120"
    assert problem(data) == "the board has a meter_map, no meter's driver is map"
    assert problem(changed("esp32_devkitc", connectors__0__meter__driver="map")) == \
        "a meter's driver is map, the board has no meter_map"


def test_an_ev_link_may_have_a_bus_of_its_own_and_then_any_unit_number() -> None:
    assert problem(changed("bench_dc", reader=None, ev_link__bus=OWN_BUS, connectors__0__ev_link__unit=1)) is None


def test_an_ev_link_may_tell_less_and_only_of_one_connector() -> None:
    one = {"soc": {"address": 0, "type": "f32", "unit": "%"}}
    fewer = changed("bench_dc", ev_link__registers=one, connectors__1__ev_link=None, connectors__1__max_a=80)
    assert problem(fewer) is None


def test_what_is_shared_needs_two_to_share_it() -> None:
    assert problem(changed("bench", shared_max_a=32)) == "shared_max_a needs connectors to share it"


def test_a_board_with_ev_links_has_them_on_the_wires_it_says() -> None:
    out = run(
        """
        from firmware import board
        from firmware.boards.bench_dc import BOARD
        from machine import log
        b = board.load("bench_dc")
        assert len(b.ev_links) == 2 and b.shared_da == 1810 and b.ev_links[0]._bus is b.meters[0]._bus
        BOARD["reader"], BOARD["connectors"][1]["ev_link"] = None, None
        BOARD["connectors"][1]["max_a"] = 80
        BOARD["ev_link"]["bus"] = {"uart": 1, "tx": 38, "rx": 39, "de": 11, "baud": 9600}
        import sys
        import firmware.boards
        sys.modules["firmware.boards.bench_dc"] = type("Module", (), {"BOARD": BOARD})
        del log[:]
        b = board.load("bench_dc")
        assert b.ev_links[1] is None and b.ev_links[0]._bus is not b.meters[0]._bus
        print([entry for entry in log if entry[0] == "uart"], ("out", 11, 0) in log)
        """,
        extra_path=CHIP,
    )
    assert out == "[('uart', 2, 115200, 13, 14), ('uart', 1, 9600, 38, 39)] True\n"


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("bench_socket", {"connectors__0__proximity__pin": 48}, "proximity 1: pin 48 is not on ADC1"),
        ("bench_socket", {"connectors__0__proximity__pull_up_ohm": 10}, "pull_up_ohm is 100 to 10000"),
        ("bench_socket", {"connectors__0__proximity__supply_mv": 5000}, "1500 ohm give 3000 mV"),
        ("bench_socket", {"connectors__0__proximity__pull_up_ohm": 9000}, "75 ohm give 27 mV"),
        ("bench_socket", {"connectors__0__proximity": {"pin": 9}}, "lacks pull_up_ohm"),
        ("bench_socket", {"residual_current__test__pin": 42}, "pin 42 is both"),
        ("bench_socket", {"residual_current__test__trip_ms": 5}, "trip_ms is 20 to 2000"),
        ("bench_socket", {"residual_current__test__clear_ms": 1500}, "2000 together, a car waits no longer"),
        ("bench_phases", {"residual_current__test__active": 3}, "residual_current test: active is 0 or 1"),
        ("bench_socket", {"connectors__1__evse": 2}, "a tested device serves one evse, give each connector its own"),
        ("esp32_s3_devkitc_1", {"residual_current": {"pin": 3, "active": 1}}, "one of the board, or one of each"),
        ("esp32_s3_devkitc_1", {"connectors__0__residual_current": None}, "one of the board, or one of each"),
        ("esp32_s3_devkitc_1", {"connectors__1__residual_current__pin": 42}, "pin 42 is both residual_current 1 and"),
        ("esp32_s3_devkitc_1", {"connectors__1__residual_current__test__clear_ms": 1600}, "2000 together"),
        ("bench_phases", {"voltage__min_v": 0}, "voltage: min_v is 50 to 300"),
        ("bench_phases", {"voltage__max_v": 200}, "voltage: max_v is 206 to 350"),
        ("bench_phases", {"connectors__0__phase_contactor__feedback": None}, "has a value of the wrong kind"),
        ("bench_phases", {"connectors__0__phase_contactor__pin": 8}, "pin 8 is both"),
        ("bench_phases", {"connectors__0__phase_contactor__pause_ms": 100}, "pause_ms is 2000 to 120000"),
        ("bench_phases", {"connectors__0__phases": 1}, "a connector of one phase has none to switch"),
    ],
)
def test_an_impossible_part_of_the_energy_path_is_refused_in_words(
        name: str, changes: dict[str, object], words: str) -> None:
    found = problem(changed(name, **changes))
    assert found is not None
    assert words in found


def test_the_octal_psram_of_an_s3_keeps_its_pins() -> None:
    assert problem(changed("esp32_s3_devkitc_1", lamps__pin=35)) == "lamps: pin 35 belongs to the PSRAM"
    assert problem(changed("esp32_s3_devkitc_1", psram=None, lamps__pin=35)) is None


@pytest.mark.parametrize(
    ("name", "count", "profile"), [
        ("esp32_devkitc", 1, "lean"), ("esp32_s3_devkitc_1", 2, "full"), ("bench_socket", 2, "full"),
        ("bench_phases", 1, "full")]
)
def test_a_board_has_its_parts(name: str, count: int, profile: str) -> None:
    run(
        f"""
        from firmware import board
        from machine import log
        b = board.load("{name}")
        assert len(b.controllers) == len(b.meters) == {count}
        assert b.profile == "{profile}" and b.hardware_and and b.reader and b.lamps
        for now_ms in range(0, 200, 20):   # with all parts that the file names
            for controller in b.controllers:
                controller.step(now_ms)
        """,
        extra_path=CHIP,
    )


def test_every_board_file_can_be_built_and_ticks() -> None:
    out = run(
        f"""
        from firmware import board
        for name in {NAMES}:
            b = board.load(name)
            for now_ms in range(0, 200, 20):
                for controller in b.controllers:
                    controller.step(now_ms)
                    assert not controller.charging
            print(b.name)
        """,
        extra_path=CHIP, heap_kib=4096,
    )
    assert out.split() == NAMES


def test_coils_are_off_and_pilots_steady_before_anything_else() -> None:
    run(
        """
        from firmware import board
        from machine import log
        board.load("esp32_s3_devkitc_1")
        assert log[:4] == [("out", 16, 0), ("out", 17, 0), ("pwm", 15, 1000, 65535), ("pwm", 18, 1000, 65535)], log
        """,
        extra_path=CHIP,
    )


def test_what_ran_once_is_not_kept() -> None:
    run(
        """
        import gc, sys
        from firmware import board
        b = board.load("bench")
        assert "firmware.boards.bench" not in sys.modules and "firmware.board_check" not in sys.modules
        assert board.load("bench").name == "bench"   # and may be loaded again
        """,
        extra_path=CHIP,
    )


@pytest.mark.parametrize("name", ["nowhere", "", "../bench", "bench.BOARD"])
def test_an_unknown_board_is_an_error_in_words(name: str) -> None:
    out = run(
        f"""
        from firmware import board
        try:
            board.load("{name}")
        except board.BoardError as error:
            print(error)
        """,
        extra_path=CHIP,
    )
    assert out == f"no board file for {name!r}\n"


def test_an_impossible_board_touches_no_pin() -> None:
    out = run(
        """
        from firmware import board
        from firmware.boards.bench import BOARD
        from machine import log
        BOARD["connectors"][0]["contactor"]["pin"] = 6
        try:
            board.load("bench")
        except board.BoardError as error:
            print(error)
        assert log == []
        """,
        extra_path=CHIP,
    )
    assert out == "board bench: contactor 1: pin 6 belongs to flash, console or USB\n"
