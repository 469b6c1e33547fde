"""The virtual bench's charge point: an ESP32-DevKitC whose meter bus is quick. Data only; pins as in esp32_devkitc."""

BOARD = {
    "name": "bench",
    "chip": "esp32",
    "psram": None,
    "profile": "lean",
    "hardware_and": True,
    "heartbeat_hold_ms": 5000,
    "reader": {"driver": "pn532", "uart": 1, "tx": 4, "rx": 23, "baud": 115200},
    "meter_bus": {"uart": 2, "tx": 17, "rx": 16, "de": 21, "baud": 115200},
    "lamps": {"driver": "ws2812", "pin": 18, "per_connector": 8},
    "emergency_stop": {"pin": 39, "active": 1},
    "residual_current": {"pin": 34, "active": 1},
    "temperature": {"pin": 36, "mv_per_c": 10, "offset_mv": 500},
    "connectors": [
        {
            "pilot_pwm": 25,
            "pilot_high": {"pin": 32, "mv_per_v": 180, "offset_mv": 150},
            "pilot_low": {"pin": 33, "mv_per_v": 180, "offset_mv": 150},
            "contactor": {"pin": 26, "active": 1},
            "contactor_feedback": {"pin": 35, "active": 1},
            "heartbeat": 27,
            "max_a": 32,
            "phases": 3,
            "meter": {"driver": "sdm630", "unit": 1},
        },
    ],
}
