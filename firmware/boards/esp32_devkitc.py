"""ESP32-DevKitC with an ESP32-WROOM-32 module: 4 MB flash, no PSRAM, one connector. Data only."""

BOARD = {
    "name": "esp32_devkitc",
    "chip": "esp32",
    "psram": None,  # a WROVER module would take 16 and 17
    "profile": "lean",
    # Longer than a TLS handshake, which stops the control tick; pilot, RCD and emergency stop open the coil at once.
    "hardware_and": True,
    "heartbeat_hold_ms": 5000,
    "reader": {"driver": "pn532", "uart": 1, "tx": 4, "rx": 23, "baud": 115200},
    # 9600 baud is what Eastron meters are delivered with; the transceiver's DE and /RE are tied together.
    "meter_bus": {"uart": 2, "tx": 17, "rx": 16, "de": 21, "baud": 9600},
    "lamps": {"driver": "ws2812", "pin": 18, "per_connector": 8},
    # Normally closed contacts to ground with a pull-up outside (34 to 39 have none inside): a broken wire reads 1 too.
    # On 36 and 39 the chip pulls the input low for 80 ns when its ADC wakes (ESP32 errata): low means "well" here.
    "emergency_stop": {"pin": 39, "active": 1},
    "residual_current": {"pin": 34, "active": 1},
    "temperature": {"pin": 36, "mv_per_c": 10, "offset_mv": 500},  # MCP9700A at the contactor's terminals
    "connectors": [
        {
            "pilot_pwm": 25,
            # Peaks of the positive half and of the negative half's magnitude: adc_mv = offset_mv + mv_per_v * volts,
            # within the 150 to 2450 mV where the ADC is linear at 11 dB.
            "pilot_high": {"pin": 32, "mv_per_v": 180, "offset_mv": 150},
            "pilot_low": {"pin": 33, "mv_per_v": 180, "offset_mv": 150},
            "contactor": {"pin": 26, "active": 1},  # no pull-up at reset; the driver has its own pull-down
            # Mirror contact, to ground while the main ones are open: a weld and a broken wire both read 1, closed.
            "contactor_feedback": {"pin": 35, "active": 1},
            "heartbeat": 27,
            "max_a": 32,
            "phases": 3,
            "meter": {"driver": "sdm630", "unit": 1},
        },
    ],
}
