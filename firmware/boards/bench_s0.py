"""The virtual bench's charge point with a pulse meter and an SSD1306, one phase. Data only."""

BOARD = {
    "name": "bench_s0",
    "chip": "esp32s3",
    "psram": "octal",
    "profile": "full",
    "hardware_and": True,
    "heartbeat_hold_ms": 5000,
    # On the display's bus.
    "reader": {"driver": "pn532", "i2c": {"id": 0, "scl": 4, "sda": 5, "freq": 400_000}},
    "meter_bus": {"uart": 2, "tx": 13, "rx": 14, "de": 17, "baud": 9600},  # nothing is on it
    "lamps": {"driver": "leds", "active": 0, "pins": [[38]]},  # a single LED, to the supply
    "panel": {
        "display": {
            "driver": "ssd1306", "address": 0x3C, "i2c": {"id": 0, "scl": 4, "sda": 5, "freq": 400_000}},
    },
    "emergency_stop": {"pin": 41, "active": 1},
    "residual_current": {"pin": 42, "active": 1},
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
            "meter": {"driver": "s0", "unit": 1, "pin": 9, "pulses_per_kwh": 1000},
        },
    ],
}
