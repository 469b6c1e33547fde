"""The virtual bench's one or three phases: a second contactor for two of them, a tested residual-current device, mains
that are watched. Data only; pins as in esp32_s3_devkitc_1, those of its second connector for the phases."""

BOARD = {
    "name": "bench_phases",
    "chip": "esp32s3",
    "psram": "octal",
    "profile": "full",
    "hardware_and": True,
    "heartbeat_hold_ms": 5000,
    "reader": {"driver": "pn532", "uart": 1, "tx": 11, "rx": 12, "baud": 115200},
    "meter_bus": {"uart": 2, "tx": 13, "rx": 14, "de": 10, "baud": 115200},
    "lamps": {"driver": "ws2812", "pin": 40, "per_connector": 8},
    "emergency_stop": {"pin": 41, "active": 1},
    # Longest times, of a world that other programs slow down; the bench's device takes 30 and 40 ms.
    "residual_current": {
        "pin": 42, "active": 1, "test": {"pin": 48, "active": 1, "trip_ms": 1000, "clear_ms": 1000}},
    "temperature": {"pin": 6, "mv_per_c": 10, "offset_mv": 500},
    "voltage": {"min_v": 196, "max_v": 264},  # 230 V and 15 % either way, at the meter
    "connectors": [
        {
            "pilot_pwm": 15,
            "pilot_high": {"pin": 1, "mv_per_v": 180, "offset_mv": 150},
            "pilot_low": {"pin": 2, "mv_per_v": 180, "offset_mv": 150},
            "contactor": {"pin": 16, "active": 1},
            "contactor_feedback": {"pin": 7, "active": 0},
            # Closed it feeds all three phases, open the first alone. The meter sits before both contactors.
            "phase_contactor": {"pin": 17, "active": 1, "feedback": {"pin": 8, "active": 0}, "pause_ms": 10_000},
            "heartbeat": 21,
            "max_a": 32,
            "phases": 3,
            "meter": {"driver": "sdm630", "unit": 1},
        },
    ],
}
