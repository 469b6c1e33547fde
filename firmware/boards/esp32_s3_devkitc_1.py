"""ESP32-S3-DevKitC-1-N8R8: 8 MB flash, 8 MB octal PSRAM, two connectors. The reference board. Data only."""

BOARD = {
    "name": "esp32_s3_devkitc_1",
    "chip": "esp32s3",
    "psram": "octal",  # takes 33 to 37
    "profile": "full",
    # Longer than a TLS handshake, which stops the control tick; pilot, RCD and emergency stop open the coils at once.
    "hardware_and": True,
    "heartbeat_hold_ms": 5000,
    "reader": {"driver": "pn532", "uart": 1, "tx": 11, "rx": 12, "baud": 115200},
    # Both meters on one bus, told apart by their unit number, behind a transceiver that turns by itself.
    "meter_bus": {"uart": 2, "tx": 13, "rx": 14, "de": None, "baud": 9600},
    # One chain of two rings.
    "lamps": {"driver": "ws2812", "pin": 40, "per_connector": 8},
    # SSD1306 of 128 x 64. On revision 1.0 of the board 48 is its own lamp, which then flickers along.
    "panel": {
        "display": {
            "driver": "ssd1306", "address": 0x3C, "i2c": {"id": 0, "scl": 9, "sda": 48, "freq": 400_000}},
    },
    # Normally closed contacts to ground with an external pull-up: a broken wire reads 1 too. 39 to 42 are JTAG pins,
    # free because this board debugs over USB (19, 20).
    "emergency_stop": {"pin": 41, "active": 1},
    "voltage": {"min_v": 196, "max_v": 264},  # 230 V and 15 % either way, at the meters
    "temperature": {"pin": 6, "mv_per_c": 10, "offset_mv": 500},  # MCP9700A between the contactors
    "connectors": [
        {
            # Peaks of the positive half and of the negative half's magnitude: adc_mv = offset_mv + mv_per_v * volts.
            "pilot_pwm": 15,
            "pilot_high": {"pin": 1, "mv_per_v": 180, "offset_mv": 150},
            "pilot_low": {"pin": 2, "mv_per_v": 180, "offset_mv": 150},
            "contactor": {"pin": 16, "active": 1},
            # Mirror contact, to ground while the main ones are open: a weld and a broken wire both read 1, closed.
            "contactor_feedback": {"pin": 7, "active": 1},
            "heartbeat": 21,
            # Its own: a test would open the other connector. Longest times by its data sheet: its test input driven,
            # the device must trip; released, it must be well again.
            "residual_current": {
                "pin": 42, "active": 1, "test": {"pin": 39, "active": 1, "trip_ms": 500, "clear_ms": 500}},
            "max_a": 32,
            "phases": 3,
            "meter": {"driver": "sdm630", "unit": 1},
        },
        {
            "pilot_pwm": 18,  # this pin gives a 60 us high pulse at power-up: harmless on a pilot, wrong for a coil
            "pilot_high": {"pin": 4, "mv_per_v": 180, "offset_mv": 150},
            "pilot_low": {"pin": 5, "mv_per_v": 180, "offset_mv": 150},
            "contactor": {"pin": 17, "active": 1},
            "contactor_feedback": {"pin": 8, "active": 1},
            "heartbeat": 47,
            "residual_current": {   # 38: the board's own lamp listens there too, which harms nobody
                "pin": 38, "active": 1, "test": {"pin": 10, "active": 1, "trip_ms": 500, "clear_ms": 500}},
            "max_a": 32,
            "phases": 3,
            "meter": {"driver": "sdm630", "unit": 2},
        },
    ],
}
