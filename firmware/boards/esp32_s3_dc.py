"""ESP32-S3-DevKitC-1-N8R8 before two DC power modules that tell of their cars over RS-485. Data only.

Pins as in esp32_s3_devkitc_1. The chip has three UARTs: console, reader, and one Modbus line for meters and modules,
told apart by their unit numbers. The registers are an example: write down those of your module.

Amperes are those that a module draws from each phase of the mains: 150 are 103 kW, and the two connectors share 181,
which are 125 kW. No pilot can say more than 80 A: the modules are told by their `limit` register.
"""

BOARD = {
    "name": "esp32_s3_dc",
    "chip": "esp32s3",
    "psram": "octal",  # takes 33 to 37
    "profile": "full",
    "hardware_and": True,
    "heartbeat_hold_ms": 5000,
    "reader": {"driver": "pn532", "uart": 1, "tx": 11, "rx": 12, "baud": 115200},
    # Twice what the meters are delivered with (their menu sets it): two meters and two modules share the line.
    "meter_bus": {"uart": 2, "tx": 13, "rx": 14, "de": 10, "baud": 19200},
    "lamps": {"driver": "ws2812", "pin": 40, "per_connector": 8},
    "emergency_stop": {"pin": 41, "active": 1},
    "residual_current": {"pin": 42, "active": 1},
    "temperature": {"pin": 6, "mv_per_c": 10, "offset_mv": 500},
    "shared_max_a": 181,  # 125 kW
    "ev_link": {
        "read": "holding",
        # The most it may draw from the mains.
        "limit": {"address": 0x0200, "type": "u16", "scale": 0.1, "unit": "kW"},
        "registers": {
            "soc": {"address": 0x0100, "type": "u16", "scale": 0.1, "unit": "%"},
            "battery_capacity": {"address": 0x0101, "type": "u32", "unit": "Wh"},
            "voltage": {"address": 0x0103, "type": "u16", "scale": 0.1, "unit": "V"},
            "current": {"address": 0x0104, "type": "s16", "scale": 0.1, "unit": "A"},
            "temperature": {"address": 0x0105, "type": "s16", "scale": 0.1, "unit": "Celsius"},
            "power_request": {"address": 0x0106, "type": "u16", "scale": 0.1, "unit": "kW"},
        },
    },
    "connectors": [
        {
            "pilot_pwm": 15,
            "pilot_high": {"pin": 1, "mv_per_v": 180, "offset_mv": 150},
            "pilot_low": {"pin": 2, "mv_per_v": 180, "offset_mv": 150},
            "contactor": {"pin": 16, "active": 1},  # on the mains side of the module
            "contactor_feedback": {"pin": 7, "active": 1},  # mirror contacts, as in esp32_s3_devkitc_1
            "heartbeat": 21,
            "max_a": 150,
            "phases": 3,
            "meter": {"driver": "sdm630", "unit": 1},
            "ev_link": {"unit": 11},
        },
        {
            "pilot_pwm": 18,
            "pilot_high": {"pin": 4, "mv_per_v": 180, "offset_mv": 150},
            "pilot_low": {"pin": 5, "mv_per_v": 180, "offset_mv": 150},
            "contactor": {"pin": 17, "active": 1},
            "contactor_feedback": {"pin": 8, "active": 1},
            "heartbeat": 47,
            "max_a": 150,
            "phases": 3,
            "meter": {"driver": "sdm630", "unit": 2},
            "ev_link": {"unit": 12},
        },
    ],
}
