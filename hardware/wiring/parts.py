"""Bill of materials: each part of the sheets, a real one that can be bought, and what it may be replaced by.

Counts are for one connector (`each`) or for the whole charge point (`once`).
"""
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from hardware.wiring import front_end
from hardware.wiring.pins import pin, residual
from hardware.wiring.sheets.common import ohm


@dataclass(frozen=True, slots=True)
class Part:
    marks: str          # as on the sheets, with commas
    what: str
    part: str           # maker and type
    must: str           # what a replacement has to be able to
    per: Literal["each", "once"] = "each"
    only: str = ""      # a path in the board file: without it the board has no such part


GROUPS: dict[str, tuple[Part, ...]] = {
    "Mains": (
        Part("Q0", "isolator, 4 poles", "Schneider iSW, 4P 63 A", "can be locked off", "once"),
        Part("F1", "breaker, 4 poles", "Schneider iC60N, 4P C40",
             "for the cable and the outlet; 6 kA or what the house needs"),
        Part("F2", "residual-current breaker, type A", "Schneider iID, 4P 40 A 30 mA type A",
             "type A with B1 beside it, or type B without B1"),
        Part("B1", "monitor of smooth residual current", "Littelfuse (Western Automation) RCM14-03",
             "IEC 62955, 6 mA DC; 12 V; FAULT conducts while well, at most 100 mA, 24 V; TEST input"),
        Part("P1", "meter", "Eastron SDM630-Modbus V2 MID",
             "MID; Modbus RTU in the firmware's list (firmware/README.md)"),
        Part("Q1", "contactor, 4 poles", "Schneider TeSys LC1DT40P7",
             "40 A AC-1; coil 230 V AC, opens within 19 ms; mirror contact 21-22"),
        Part("RC 1", "suppressor of the coil", "Schneider LAD4RCU", "RC, not a diode"),
        Part("F3", "breaker of supplies and coil", "Schneider iC60N, 1P+N B6", "6 A or less", "once"),
        Part("S1", "emergency stop", "Schneider XB4BS84 with two ZBE102",
             "opens by force; two break contacts, one at 230 V, one for the chip", "once"),
        Part("X1", "outlet or cable", "Phoenix Contact CHARX, Type 2, 32 A, with cable",
             "IEC 62196-2; a cable that stays needs neither lock nor proximity input"),
    ),
    "Supplies": (
        Part("T1", "12 V supply", "Mean Well HDR-30-12", "12 V, 2 A, output free of earth", "once"),
        Part("F4", "fuse", "5 × 20 mm, 2 A slow", "", "once"),
        Part("T2", "5 V converter", "Traco TSR 2-2450", "5 V, 2 A", "once"),
        Part("T3", "±15 V converter", "Traco TMR 2-1223", "from 12 V; ±15 V, 60 mA each for two connectors", "once"),
        Part("U7", "regulator +12 V", "TI LM317LZ", "with R31, R32, RV1; 2 % once it is set", "once"),
        Part("U8", "regulator −12 V", "onsemi MC79L12ACP", "5 %", "once"),
        Part("R31, R32, RV1", "", "240 Ω, 1.8 kΩ 1 %, Bourns 3296W 500 Ω", "", "once"),
        Part("C31, C32, C33", "", "470 µF 16 V, 2 × 10 µF 25 V", "", "once"),
    ),
    "Pilot front end": (
        Part("U1", "analog switch", "Analog Devices ADG419BNZ, Vishay DG419DJ",
             "±12 V, logic at 2.4 V, at most 54 Ω"),
        Part("U2", "amplifier, 4 in one", "Microchip MCP6294-E/P",
             "10 MHz, input and output to both rails at 3.3 V, 10 mA"),
        Part("U3", "comparator, 2 in one", "TI LM393P", "open collector; at 5 V its inputs reach 3 V"),
        Part("R1", "", "1 kΩ 0.6 W beside 27 kΩ", "metal film 1 %"),
        Part("R2, R5", "", "{r2_ohm}", "metal film 1 %"),
        Part("R3", "", "{r3_ohm}", "metal film 1 %"),
        Part("R4", "", "{r4_ohm}", "metal film 1 %"),
        Part("R6", "", "{r6_ohm}", "metal film 1 %"),
        Part("R7", "", "{r7_ohm}", "metal film 1 %"),
        Part("R8", "", "{r8_ohm}", "metal film 1 %"),
        Part("R9, R16", "", "47 Ω", ""),
        Part("R10, R17", "", "{hold_ohm}", "metal film 1 %"),
        Part("R11", "", "{ref_high_ohm}", "metal film 1 %"),
        Part("R12", "", "{ref_mid_ohm}", "metal film 1 %"),
        Part("R13", "", "{ref_low_ohm}", "metal film 1 %"),
        Part("R0, R14", "", "10 kΩ", ""),
        Part("R15, R18", "", "1 kΩ", ""),
        Part("C1", "", "330 pF 100 V C0G", "with D1 and the cable within IEC's 1.6 nF"),
        Part("C2, C3", "", "{hold_f} WIMA MKS2, 5 %", "film, 5 %: no ceramic"),
        Part("C4, C5", "", "10 nF X7R", ""),
        Part("D1", "suppressor", "P6KE16CA", "both ways, 16 V"),
        Part("D2 to D6", "", "1N4148", ""),
    ),
    "Safety chain": (
        Part("U4", "one-shot, 2 in one", "Nexperia 74HC4538N", "0.7 R C, at 3.3 V; one serves two connectors",
             "once", "+hardware_and"),
        Part("R21, C21", "", "1.05 MΩ 1 %, 6.8 µF WIMA MKS2 5 %", "film: an electrolytic leaks",
             "each", "+hardware_and"),
        Part("U5", "AND, 3 in one", "74HC11", "at 3.3 V", "once", "+hardware_and"),
        Part("U6", "driver", "TI ULN2003AN", "inputs with their own resistors", "once", "+hardware_and"),
        Part("V1", "zener diode", "1N4749A (24 V, 1 W)", "", "once", "+hardware_and"),
        Part("K1, K2", "relays", "Finder 40.52.9.012 on sockets 95.05",
             "2 change-over, 12 V, at most 100 mA; coil and contacts safely apart"),
        Part("V2", "", "BC557 with 2 × 10 kΩ", "", "each", "test"),
        Part("V3", "", "1N4007", ""),
        Part("R22, R24", "", "10 kΩ", "at U5 and U4: cut wires are low", "each", "+hardware_and"),
        Part("R33", "", "100 kΩ", "at U5; R14 outweighs it", "each", "+hardware_and"),
        Part("R23, R25, R26", "", "10 kΩ", ""),
    ),
    "Chip and panel": (
        Part("N0", "the board", "", "", "once"),
        Part("N1", "card reader", "PN532 module (Elechouse V3), switched to HSU", "3.3 V, UART", "once", "reader.tx"),
        Part("U10", "RS-485 transceiver", "Analog Devices MAX3485ECPA", "3.3 V", "once", "meter_bus.de"),
        Part("U10", "RS-485 transceiver that turns itself", "Analog Devices MAX13487EESA",
             "5 V part: its RO goes to the chip by R29 and R30",
             "once", "-meter_bus.de"),
        Part("R29, R30", "", "1 kΩ, 2 kΩ", "5 V become 3.3 V", "once", "-meter_bus.de"),
        Part("U9", "level shifter", "TI SN74AHCT125N", "5 V, TTL inputs", "once", "lamps.pin"),
        Part("E1, R27", "lamps", "ring of 8 WS2812B with 1000 µF; 330 Ω", "", "each", "lamps.pin"),
        Part("N2", "display", "SSD1306, 128 × 64, I²C", "3.3 V, address 0x3C", "once", "panel.display.i2c.scl"),
        Part("B2, C6", "thermometer", "Microchip MCP9700A-E/TO; 100 nF", "500 mV + 10 mV/°C", "once",
             "temperature.pin"),
        Part("S2, R28", "stop button", "any make contact; 10 kΩ", "", "each", "panel.stop_buttons.1.pin"),
        Part("", "line ends", "2 × 120 Ω", "", "once"),
    ),
}
_BOARDS = {
    "esp32_devkitc": "Espressif ESP32-DevKitC-32E",
    "esp32_s3_devkitc_1": "Espressif ESP32-S3-DevKitC-1-N8R8",
    "esp32_s3_dc": "Espressif ESP32-S3-DevKitC-1-N8R8",
    "esp32_relay_x4": "LC Technology ESP32_Relay X4",
}


def parts(board: Mapping[str, Any]) -> dict[str, list[tuple[int, Part]]]:
    """How many of which, for a board."""
    connectors = len(board["connectors"])
    values = {name: ohm(quantity.nominal) for name, quantity in front_end.CIRCUIT.items()}
    values["hold_f"] = f"{front_end.NOMINAL['hold_f'] * 1e9:.0f} nF"
    found = {}
    for group, listed in GROUPS.items():
        rows = []
        for one in listed:
            if not _has(board, one.only):
                continue
            name = _BOARDS[board["name"]] if one.marks == "N0" else one.part.format(**values)
            count = connectors if one.per == "each" else 1
            rows.append((count, Part(one.marks, one.what, name, one.must, one.per, one.only)))
        found[group] = rows
    return found


def _has(board: Mapping[str, Any], only: str) -> bool:
    if only == "test":
        return residual(board, "test.pin") is not None
    if only.startswith("+"):
        return bool(board[only[1:]])
    if only.startswith("-"):
        return pin(board, only[1:]) is None
    return not only or pin(board, only) is not None
