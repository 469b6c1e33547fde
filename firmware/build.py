"""Wires all parts, once; then main.py lets go of it. The one file that knows everyone."""
import gc
import os
import sys

import machine

from firmware.modules import drop, later, on_demand

VERSION = "0.1.0"
_MADE_AGAIN = ("firmware.net.websocket", "firmware.store.id_tags")   # a connection's, a list's that is to come


def begin():
    """(board, settings); ValueError with the reason when one is no good."""
    _settle()
    from firmware.board import BoardError, load
    from firmware.config import SettingsError
    from firmware.config import load as load_settings
    from firmware.iso8601 import parse_iso
    try:
        settings = load_settings()
        settings["written_s"] = parse_iso(settings["written_at"]) if settings["written_at"] else 0
        return load(settings["board"]), settings
    except (SettingsError, BoardError) as error:
        raise ValueError(str(error))
    finally:
        drop("firmware.config")
        drop("firmware.board")


def _settle():
    """Settings that were installed together with this version lie in its folder until its first start: so both begin
    at once, whatever happened in between (hardware/flash/NOTES.md)."""
    if os.getcwd() != "/":
        for name in ("ca.der", "settings.json"):
            try:
                os.rename(name, "/" + name)
            except OSError:
                pass   # there are none


def build(board, settings):
    """All parts, wired; the tasks to run, as tuples of a function and its arguments.

    Imports come one by one, so that each finds the heap in order.
    """
    try:
        os.mkdir("/data")
    except OSError:
        pass   # it is there
    gc.collect()
    station, begun = on_demand("net.wifi").begin(settings["wifi_ssid"], settings["wifi_password"])
    gc.collect()
    from firmware.clock import Clock
    from firmware.store.checkpoint import Checkpoint
    from firmware.store.configuration import Configuration
    from firmware.store.id_tags import IdTags
    from firmware.store.queue import Queue
    clock = Clock(machine.RTC())
    full = board.profile == "full"
    log = on_demand("log_lines").keep(clock) if full else None
    wiring = on_demand("ev_link_wiring") if board.ev_links else None
    keys = wiring.KEYS if wiring else "ocpp.keys"
    table = on_demand(keys)   # held until all parts have asked
    fixed = {"NumberOfConnectors": str(len(board.controllers))}
    switched = any(controller.phases for controller in board.controllers)
    if switched:
        fixed["ConnectorSwitch3to1PhaseSupported"] = "true"
    configuration = Configuration(lambda: table, fixed, full, any(board.locks))
    gc.collect()
    from firmware.device import Device, tidy_soon
    checkpoint = Checkpoint()
    queue = Queue(tidy_soon)
    recovery = on_demand("store.recovery")
    recovery.load(queue)
    interrupted = recovery.resume(queue, checkpoint, range(1, len(board.controllers) + 1))
    del recovery
    from firmware.store.reservations import Reservations
    reservations = Reservations(later("store.reservation_file"))
    reservations.file().load(reservations)
    listed = IdTags("/data/id_list", configuration.number("LocalAuthListMaxLength"))
    cached = IdTags("/data/id_cache", 200 if full else 50)
    id_tag_files = on_demand("store.id_tag_files")
    id_tag_files.load(listed, True)
    id_tag_files.load(cached)
    del id_tag_files
    clock.at_least(max(checkpoint.saved_s, reservations.saved_s, settings["written_s"]))
    gc.collect()
    import firmware.net.websocket  # noqa: F401  (now, while the heap is in order; handshake.py wants it later)
    gc.collect()
    from firmware.ocpp.charging_profiles import ChargingProfiles
    from firmware.ocpp.link import Link
    from firmware.ocpp.registration import Registration
    from firmware.ocpp.status import Shown, StatusReports
    from firmware.ocpp.transactions import Transactions
    gc.collect()
    from firmware.authorizer import Authorizer
    from firmware.charge_point import ChargePoint
    gc.collect()

    link = Link(station.isconnected, queue, configuration)
    texts = later("ocpp.transaction_texts")
    if wiring:
        car_texts = wiring.texts(texts)
        texts = lambda: car_texts   # noqa: E731
    transactions = Transactions(
        queue, checkpoint, configuration, clock, link, texts, later("store.transaction_data"))
    shown = [Shown(connector_id, clock) for connector_id in range(len(board.controllers) + 1)]
    reports = StatusReports(link, configuration, clock, shown)
    about = {
        "chargePointVendor": settings["vendor"][:20], "chargePointModel": settings["model"][:20],
        "chargePointSerialNumber": settings["identity"][:25], "firmwareVersion": VERSION,
    }
    registration = Registration(link, configuration, clock, about)
    authorizer = Authorizer(
        later("authorization"), later("store.id_tag_files"), transactions.authorize, link.is_ready, configuration,
        clock, listed, cached)
    if any(board.locks):
        from firmware.cable_lock import CableLock
        board.locks = [part and CableLock(part, configuration) for part in board.locks]
    shared = on_demand("ocpp.shared_station").station_of(board) if board.shared_da else None
    if switched:
        shared = on_demand("ocpp.switched_phases").station_of(board)
    profiles = (shared or ChargingProfiles)(
        clock, clock.parse, on_demand, [record[0] for record in interrupted.values()],
        on_demand("sharing").Sharing() if len(board.controllers) > 1 else None)
    charge_point = ChargePoint(
        board, shown, on_demand, authorizer, transactions, configuration, clock, interrupted,
        machine.reset, profiles, reservations, machine.reset_cause() == machine.PWRON_RESET)
    if machine.reset_cause() == machine.PWRON_RESET and configuration.number("BollardStartDelay"):
        import random

        on_demand("evse.start_delay").begin(
            board.controllers, configuration.number("BollardStartDelay"), random.getrandbits)
    device = Device(charge_point, registration, link, reports, transactions, queue, board, settings, station, begun)
    device.log = log
    registration.on_accepted = device.accepted
    configuration.keys = later(keys)
    tasks = [   # type: list[tuple]
        (device.hear,), (device.drain,), (registration.run,), (reports.run,), (charge_point.watch_connectors,),
        (charge_point.watch_reader,)]
    for connector in charge_point.connectors:
        tasks.append((charge_point.watch_meter, connector))
    if wiring:
        tasks += wiring.tasks(charge_point.connectors, board.ev_links, link, car_texts, later("ocpp.ev_needs"))
    if board.panel:
        tasks += on_demand("panel.wiring").tasks(
            board.panel, charge_point, shown[0], link, wiring and car_texts)
    _forget_constructors()
    return tasks, shown


def _forget_constructors():
    """Of all that is made once: they are a twentieth of the code that stays."""
    for name, module in sys.modules.items():
        if name.startswith("firmware.") and name not in _MADE_AGAIN:
            for part in module.__dict__.values():
                if isinstance(part, type) and not issubclass(part, Exception) and "__init__" in part.__dict__:
                    setattr(part, "__init__", None)   # deleted, it would stay in its place
