"""As wokwi_esp32_s3 with one connector, and with the card reader that Wokwi has a part for. Data only."""

BOARD = {
    "name": "wokwi_esp32_s3_mfrc522",
    "chip": "esp32s3",
    "psram": "quad",  # what Wokwi gives unless the diagram says psramType octal; 33 to 37 are left alone for both
    "profile": "full",
    "hardware_and": True,
    "heartbeat_hold_ms": 5000,
    "reader": {"driver": "mfrc522", "spi": {"id": 1, "sck": 12, "mosi": 11, "miso": 8, "cs": 17}},
    "meter_bus": {"uart": 2, "tx": 13, "rx": 14, "de": None, "baud": 9600},
    "lamps": {"driver": "ws2812", "pin": 40, "per_connector": 8},
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
    ],
}
