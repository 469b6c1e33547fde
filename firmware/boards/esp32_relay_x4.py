"""LC Technology "ESP32_Relay X4" as sold (AC/DC or 7-30 V DC version): ESP32-WROOM-32E, four 10 A relays. Data only.

Wired on the board: relays on 32, 33, 25 and 26, driven by transistors, high is on; a lamp on 23; a button on 0. The
other pins are on its headers. Source: devices.esphome.io/devices/ESP32-Relay-x4.

Relay 1 switches the coil of the contactor, never the car: 10 A is too little, and no relay of this kind may break a
charge. Residual-current device, emergency stop and the contactor's coil go in series behind it. Nothing of this board
stops the coil when the program does, so there is no hardware AND: it opens no TLS connection while a car charges.
"""

BOARD = {
    "name": "esp32_relay_x4",
    "chip": "esp32",
    "psram": None,
    "profile": "lean",
    "hardware_and": False,
    "heartbeat_hold_ms": 5000,
    "reader": {"driver": "pn532", "uart": 1, "tx": 4, "rx": 22, "baud": 115200},
    # A transceiver that turns itself round (MAX13487 and its kin), as those on small modules do.
    "meter_bus": {"uart": 2, "tx": 17, "rx": 16, "de": None, "baud": 9600},
    "lamps": {"driver": "ws2812", "pin": 18, "per_connector": 8},
    # Second contacts of the same devices, normally closed, to ground; pull-ups outside.
    "emergency_stop": {"pin": 13, "active": 1},
    "residual_current": {"pin": 14, "active": 1},
    "temperature": {"pin": 36, "mv_per_c": 10, "offset_mv": 500},
    "connectors": [
        {
            "pilot_pwm": 27,
            # The relays have taken 32 and 33: the inputs without pull-ups are what ADC1 has left.
            "pilot_high": {"pin": 34, "mv_per_v": 180, "offset_mv": 150},
            "pilot_low": {"pin": 35, "mv_per_v": 180, "offset_mv": 150},
            "contactor": {"pin": 32, "active": 1},
            "contactor_feedback": {"pin": 19, "active": 1},  # mirror contact, to ground while the main ones are open
            "heartbeat": 21,  # on a header, for those who add the hardware
            "max_a": 32,
            "phases": 3,
            "meter": {"driver": "sdm630", "unit": 1},
        },
    ],
}
