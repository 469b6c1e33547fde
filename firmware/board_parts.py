"""Builds a board's parts from its data, coils and pilots made safe first of all. Runs once, then board.py drops it."""
from machine import ADC, PWM, UART, Pin
from micropython import const

from firmware.evse.contactor import Contactor
from firmware.evse.controller import Controller
from firmware.evse.limits import Limits
from firmware.evse.pilot import Pilot
from firmware.evse.safety import Line, Safety, Thermometer

_PILOT_HZ = const(1000)
_STEADY = const(65535)
_WATCHDOG_MS = const(30_000)


def build(board, data):
    """Fill `board` with the parts of `data`, a board file's dict."""
    connectors = data["connectors"]
    coils = [Pin(c["contactor"]["pin"], Pin.OUT, value=1 - c["contactor"]["active"]) for c in connectors]
    pilots = [PWM(Pin(c["pilot_pwm"]), freq=_PILOT_HZ, duty_u16=_STEADY) for c in connectors]
    board.name, board.profile, board.hardware_and = data["name"], data["profile"], data["hardware_and"]
    board.watchdog_ms = data.get("watchdog_ms", _WATCHDOG_MS)
    board.locks = [_lock(c["lock"]) if c.get("lock") else None for c in connectors]
    # By __import__, as below: on a board without such parts not even their names should stay.
    more = None
    if any(board.locks) or data.get("voltage") or any(
            "proximity" in c or "phase_contactor" in c or "test" in (c.get("residual_current") or ())
            for c in [data] + connectors):
        more = __import__("firmware.energy_parts", None, None, ("",)).build(data, _adc)
    board.controllers = [
        _controller(data, more, *parts) for parts in zip(connectors, coils, pilots, board.locks)]
    meter_bus = _bus(data["meter_bus"])
    board.meters = [_meter(data, c, meter_bus) for c in connectors]
    board.ev_links = _ev_links(data, meter_bus) if data.get("ev_link") else None
    board.shared_da = data.get("shared_max_a", 0) * 10
    board.evses = [c.get("evse", i) for i, c in enumerate(connectors)]
    # What few boards have. Not an import statement, as of the meters below.
    rare = lambda key: __import__("firmware.panel.parts", None, None, ("",)).build(data, key)   # noqa: E731
    reader, lamps = data.get("reader"), data.get("lamps")
    board.reader = reader and (_reader(reader) if "uart" in reader else rare("reader"))
    board.lamps = lamps and (_lamps(lamps, len(connectors)) if lamps["driver"] == "ws2812" else rare("lamps"))
    board.panel = rare("panel") if data.get("panel") else None
    return board


def _adc(pin):
    return ADC(Pin(pin), atten=ADC.ATTN_11DB)


def _uart(wires):
    return UART(wires["uart"], baudrate=wires["baud"], tx=wires["tx"], rx=wires["rx"], timeout=0)


def _line(data, key):
    return Line(Pin(data[key]["pin"], Pin.IN), data[key]["active"]) if data.get(key) else None


def _controller(data, more, connector, coil, pwm, lock):
    high, low = connector["pilot_high"], connector["pilot_low"]
    feedback, heat = connector["contactor_feedback"], data.get("temperature")
    guarded = connector if connector.get("residual_current") else data   # by a device of its own, or by the board's
    contactor = Contactor(
        coil,
        connector["contactor"]["active"],
        Pin(feedback["pin"], Pin.IN),
        feedback["active"],
        Pin(connector["heartbeat"], Pin.OUT, value=0),
    )
    limits = Limits(connector["max_a"] * 10)
    controller = Controller(
        Pilot(pwm, _adc(high["pin"]), high, _adc(low["pin"]), low),
        contactor,
        Safety(
            more and more.line(guarded) or _line(guarded, "residual_current"),
            _line(data, "earth_lost"),
            _line(data, "emergency_stop"),
            Thermometer(_adc(heat["pin"]), heat["mv_per_c"], heat["offset_mv"]) if heat else None,
        ),
        limits,
        data["heartbeat_hold_ms"],
        connector.get("ventilated", False),
        more.of(connector, contactor, lock) if more else (),
    )
    if more:
        controller.phases = more.phases
    return controller


def _lock(data):
    from firmware.drivers.lock import Lock

    feedback = data["feedback"]
    coil = Pin(data["pin"], Pin.OUT, value=1 - data["active"])
    return Lock(coil, data["active"], Pin(feedback["pin"], Pin.IN), feedback["active"])


def _bus(wires):
    from firmware.drivers.modbus_rtu import ModbusRtu

    return ModbusRtu(_uart(wires), None if wires["de"] is None else Pin(wires["de"], Pin.OUT, value=0))


def _meter(data, connector, bus):
    meter = connector["meter"]
    driver, unit = meter["driver"], meter["unit"]
    if driver[:3] == "sdm":
        from firmware.drivers.meter_sdm import Meter

        return Meter(bus, unit, driver)
    # Not an import statement: what one names stays in a small chip's RAM for ever, whether it is carried out or not.
    if driver == "s0":
        return __import__("firmware.drivers.meter_s0", None, None, ("",)).begin(connector)
    mapped = __import__("firmware.drivers.meter_map", None, None, ("",))
    return mapped.Meter(bus, unit, data["meter_map"] if driver == "map" else mapped.PZEM_004T)


def _ev_links(data, meter_bus):
    driver = __import__("firmware.drivers.ev_link", None, None, ("",))
    shared = data["ev_link"]
    bus = _bus(shared["bus"]) if shared.get("bus") else meter_bus
    return [
        driver.EvLink(bus, c["ev_link"]["unit"], shared) if c.get("ev_link") else None for c in data["connectors"]]


def _reader(wires):
    from firmware.drivers.pn532 import Pn532

    return Pn532(_uart(wires))


def _lamps(data, connectors):
    from neopixel import NeoPixel

    from firmware.drivers.lamps import Lamps

    count = data["per_connector"]
    return Lamps(NeoPixel(Pin(data["pin"], Pin.OUT), count * connectors), count)
