"""Wokwi's board-esp32-s3-devkitc-1 with the simulated parts of a charge point: full, two connectors. Data only.

Pins as in esp32_s3_devkitc_1, but that the meters' chip sits on the UART itself, and one residual-current device that
nobody tests guards both connectors. 38 is the board's own lamp in Wokwi and stays free.
"""

BOARD = {
    "name": "wokwi_esp32_s3",
    "chip": "esp32s3",
    "psram": "quad",  # what Wokwi gives unless the diagram says psramType octal; 33 to 37 are left alone for both
    "profile": "full",
    "hardware_and": True,
    "heartbeat_hold_ms": 5000,
    "reader": {"driver": "pn532", "uart": 1, "tx": 11, "rx": 12, "baud": 115200},
    "meter_bus": {"uart": 2, "tx": 13, "rx": 14, "de": None, "baud": 9600},
    "lamps": {"driver": "ws2812", "pin": 40, "per_connector": 8},
    "panel": {
        "display": {
            "driver": "ssd1306", "address": 0x3C, "i2c": {"id": 0, "scl": 9, "sda": 39, "freq": 400_000}},
        "stop_buttons": [{"pin": 10, "active": 0}, {"pin": 48, "active": 0}],  # to ground, with pull-ups outside
    },
    "emergency_stop": {"pin": 41, "active": 1},
    "residual_current": {"pin": 42, "active": 1},
    "temperature": {"pin": 6, "mv_per_c": 10, "offset_mv": 500},
    "connectors": [
        {
            "pilot_pwm": 15,
            "pilot_high": {"pin": 1, "mv_per_v": 180, "offset_mv": 150},
            "pilot_low": {"pin": 2, "mv_per_v": 180, "offset_mv": 150},
            "contactor": {"pin": 16, "active": 1},
            "contactor_feedback": {"pin": 7, "active": 0},
            "heartbeat": 21,
            "max_a": 32,
            "phases": 3,
            "meter": {"driver": "sdm630", "unit": 1},
        },
        {
            "pilot_pwm": 18,
            "pilot_high": {"pin": 4, "mv_per_v": 180, "offset_mv": 150},
            "pilot_low": {"pin": 5, "mv_per_v": 180, "offset_mv": 150},
            "contactor": {"pin": 17, "active": 1},
            "contactor_feedback": {"pin": 8, "active": 0},
            "heartbeat": 47,
            "max_a": 32,
            "phases": 3,
            "meter": {"driver": "sdm630", "unit": 2},
        },
    ],
}
