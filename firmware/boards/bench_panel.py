"""The virtual bench's charge point with all that is seldom: MFRC522, HD44780, plain LEDs, buzzer, stop button."""

BOARD = {
    "name": "bench_panel",
    "chip": "esp32s3",
    "psram": "octal",
    "profile": "full",
    "hardware_and": True,
    "heartbeat_hold_ms": 5000,
    "reader": {"driver": "mfrc522", "spi": {"id": 1, "sck": 12, "mosi": 11, "miso": 8, "cs": 10}},
    "meter_bus": {"uart": 2, "tx": 13, "rx": 14, "de": 17, "baud": 115200},
    "lamps": {"driver": "leds", "active": 1, "pins": [[38, 39, 40]]},
    "panel": {
        # A PCF8574 backpack hears no more than 100 kHz.
        "display": {
            "driver": "hd44780", "address": 0x27, "i2c": {"id": 0, "scl": 4, "sda": 5, "freq": 100_000}},
        "buzzer": {"pin": 9, "hz": 2700, "active": 1},
        "stop_buttons": [{"pin": 18, "active": 0}],  # to ground, with an external pull-up
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
            "max_a": 16,
            "phases": 1,
            "meter": {"driver": "sdm120", "unit": 1},
        },
    ],
}
