"""Runs on the board, sent through the raw prompt: one look or one deed a call, each printing one line of JSON.

Pins are worked directly, not through the controller: it is the wires and the hardware before the coil that are asked.
Whatever happens, a coil is off when a call has returned.
"""
import asyncio
import json
import time

import machine

_BEAT_MS = 10
_LOOK_MS = 2
_SETTLE_MS = 300
_CARD_MS = 800
_pin = machine.Pin
_held = {}   # what begin() has built


def begin(name):
    """Builds the board's parts, coils off first of all."""
    _held["board"] = __import__("firmware.board", None, None, ("",)).load(name)
    _held["data"] = __import__("firmware.boards." + name, None, None, ("",)).BOARD
    print("true")


def volts(index):
    """[the positive half's peak, the negative one's], in volts."""
    connector = _held["data"]["connectors"][index]
    time.sleep_ms(_SETTLE_MS)
    print(json.dumps([_peak(connector["pilot_high"]), _peak(connector["pilot_low"])]))


def modulated(index):
    """The same while 26 A are told, as then there is a negative half; steady again afterwards."""
    connector = _held["data"]["connectors"][index]
    pwm = machine.PWM(_pin(connector["pilot_pwm"]), freq=1000, duty_u16=28000)
    try:
        time.sleep_ms(_SETTLE_MS)
        print(json.dumps([_peak(connector["pilot_high"]), _peak(connector["pilot_low"])]))
    finally:
        pwm.duty_u16(65535)


def _peak(part):
    mv = machine.ADC(_pin(part["pin"]), atten=machine.ADC.ATTN_11DB).read_uv() // 1000
    return round((mv - part["offset_mv"]) / part["mv_per_v"], 1)


def _part(key, index):
    """A protection's wires: the connector's own, or those of the whole board."""
    return _held["data"]["connectors"][index].get(key) or _held["data"][key]


def line(key, index=0):
    """Whether a protection's input is active."""
    part = _part(key, index)
    print(json.dumps(_pin(part["pin"], _pin.IN).value() == part["active"]))


def lamps(index, status, ms):
    board = _held["board"]
    for tick in range(ms // 100):
        board.lamps.show(index, status, tick)
        time.sleep_ms(100)
    print("true")


def card(tries):
    """The last four characters of a card that is held to the reader, null if none is."""
    async def read():
        for _ in range(tries):
            uid = await _held["board"].reader.read_uid(_CARD_MS)
            if uid:
                return uid.hex().upper()[-4:]
        return None

    print(json.dumps(asyncio.run(read())))


def meter(index):
    """[Wh, W, volts by phase]."""
    part = _held["board"].meters[index]
    asyncio.run(part.read())
    print(json.dumps([part.energy_wh, part.power_w, [v // 10 for v in part.voltage_dv]]))


def feedback(index):
    print(json.dumps(_Coil(index).closed()))


class _Coil:
    def __init__(self, index):
        connector = _held["data"]["connectors"][index]
        part, aux = connector["contactor"], connector["contactor_feedback"]
        self.active = part["active"]
        self.pin = _pin(part["pin"], _pin.OUT, value=1 - self.active)
        self.aux, self.aux_active = _pin(aux["pin"], _pin.IN), aux["active"]
        self.beat, self.level = _pin(connector["heartbeat"], _pin.OUT, value=0), 0
        self.beat_at = time.ticks_ms()

    def closed(self):
        return self.aux.value() == self.aux_active

    def on(self, beating=True):
        """Coil driven for one look; the heartbeat too, where it is to beat."""
        self.pin.value(self.active)
        if beating and time.ticks_diff(time.ticks_ms(), self.beat_at) >= _BEAT_MS:
            self.beat_at = time.ticks_ms()
            self.level ^= 1
            self.beat.value(self.level)
        time.sleep_ms(_LOOK_MS)

    def off(self):
        self.pin.value(1 - self.active)

    def until(self, closed, most_ms, beating=True, drive=True):
        """ms until the contacts are so, None if they are not within that time."""
        began = time.ticks_ms()
        while self.closed() != closed:
            if time.ticks_diff(time.ticks_ms(), began) > most_ms:
                return None
            if drive:
                self.on(beating)
            else:
                time.sleep_ms(_LOOK_MS)
        return time.ticks_diff(time.ticks_ms(), began)


def closes(index, most_ms):
    """[ms to close, ms to open again], None for what did not happen."""
    coil = _Coil(index)
    try:
        closing = coil.until(True, most_ms)
        end = time.ticks_add(time.ticks_ms(), _SETTLE_MS)
        while closing is not None and time.ticks_diff(end, time.ticks_ms()) > 0:
            coil.on()
    finally:
        coil.off()
    print(json.dumps([closing, coil.until(False, most_ms, drive=False)]))


def drops(index, most_ms):
    """ms from the last heartbeat until the contacts open though the coil is still driven; null if they do not."""
    coil = _Coil(index)
    try:
        if coil.until(True, most_ms) is None:
            raise ValueError("the contactor does not close")
        print(json.dumps(coil.until(False, most_ms, beating=False)))
    finally:
        coil.off()


def trips(index, key, most_ms):
    """Coil driven and beating until a protection's input is active: ms from that until the contacts are open, or
    "nothing" if it was not within that time, or null if the contacts stayed closed."""
    part, coil = _part(key, index), _Coil(index)
    line_pin = _pin(part["pin"], _pin.IN)
    test = part.get("test")
    began = time.ticks_ms()
    try:
        if coil.until(True, most_ms) is None:
            raise ValueError("the contactor does not close")
        if test:
            _pin(test["pin"], _pin.OUT, value=test["active"])
        while line_pin.value() != part["active"]:
            if time.ticks_diff(time.ticks_ms(), began) > most_ms:
                print(json.dumps("nothing"))
                return
            coil.on()
        print(json.dumps(coil.until(False, 500)))
    finally:
        coil.off()
        if test:
            _pin(test["pin"], _pin.OUT, value=1 - test["active"])
