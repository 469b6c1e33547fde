"""Wokwi's board-esp32-devkit-c-v4 with the simulated parts of a charge point: lean, one connector. Data only.

36 and 39 are left alone: Wokwi prints them as VP and VN, and not every version of its board agrees which is which.
21 and 22 stay free for a display. The meter's chip sits on the UART itself, so there is no transceiver to turn.
"""

BOARD = {
    "name": "wokwi_esp32_devkitc",
    "chip": "esp32",
    "psram": None,  # Wokwi gives this board 4 MB that the plain MicroPython image does not look for
    "profile": "lean",
    "hardware_and": True,
    "heartbeat_hold_ms": 5000,
    "reader": {"driver": "pn532", "uart": 1, "tx": 4, "rx": 23, "baud": 115200},
    "meter_bus": {"uart": 2, "tx": 17, "rx": 16, "de": None, "baud": 9600},
    "lamps": {"driver": "ws2812", "pin": 18, "per_connector": 8},
    "emergency_stop": {"pin": 13, "active": 1},
    "residual_current": {"pin": 14, "active": 1},
    "temperature": {"pin": 34, "mv_per_c": 10, "offset_mv": 500},
    "connectors": [
        {
            "pilot_pwm": 25,
            "pilot_high": {"pin": 32, "mv_per_v": 180, "offset_mv": 150},
            "pilot_low": {"pin": 33, "mv_per_v": 180, "offset_mv": 150},
            "contactor": {"pin": 26, "active": 1},
            "contactor_feedback": {"pin": 35, "active": 0},
            "heartbeat": 27,
            "max_a": 32,
            "phases": 3,
            "meter": {"driver": "sdm630", "unit": 1},
        },
    ],
}
