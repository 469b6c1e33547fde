"""Builds board, charge point and link and starts the tasks: the one file that knows everyone."""
import asyncio
import gc
import os
import sys
import time

import machine
from micropython import const

_VERSION = "0.1.0"
_TICK_MS = const(10)           # the energy path wants its turn every 20 ms
_WATCHDOG_MS = const(30_000)   # longer than the longest stall, a TLS handshake
_LAMP_MS = const(100)
_RESTART_MS = const(1000)
_COLLECT_BYTES = const(8192)
_PROFILES = {   # which module of ocpp/ answers; the others are Core's
    "CancelReservation": "reservation",
    "ClearChargingProfile": "smart_charging",
    "DataTransfer": "data_transfer",
    "GetCompositeSchedule": "smart_charging",
    "GetDiagnostics": "firmware_management",
    "GetLocalListVersion": "local_auth_list",
    "GetLog": "firmware_management",
    "ReserveNow": "reservation",
    "SendLocalList": "local_auth_list",   # short or long, it is taken while it arrives
    "SetChargingProfile": "smart_charging",
    "TriggerMessage": "remote_trigger",
    "UpdateFirmware": "firmware_management",
}


def run():
    asyncio.run(main())


async def main():
    try:
        board, settings = begin()
    except ValueError as error:
        print("settings.refused %s" % error)   # nothing can be guessed: outputs stay off until a person mends it
        return
    watchdog = machine.WDT(timeout=_WATCHDOG_MS)
    start(build(board, settings))
    controllers = board.controllers
    # What ran once takes a quarter of a small chip's RAM if it stays.
    for once in ("firmware.config", "firmware.board", "firmware.board_check", "firmware.boards." + board.name):
        drop(once)
    for once in ("begin", "build", "start", "metering", "Device"):
        del globals()[once]
    if board.profile == "lean":
        # Often, as it takes 2 ms of a small heap. If garbage filled it first, what lives long would come to lie high up
        # and all over, and soon no place be left for a message of 4 kB. In PSRAM a collection takes 100 ms and more.
        gc.threshold(_COLLECT_BYTES)
    del board, settings
    gc.collect()
    print("charge_point.up version=%s heap_used=%d heap_free=%d" % (_VERSION, gc.mem_alloc(), gc.mem_free()))
    while True:   # the energy path's tick; nothing else feeds the watchdog
        now_ms = time.ticks_ms()
        for controller in controllers:
            controller.step(now_ms)
        watchdog.feed()
        await asyncio.sleep_ms(_TICK_MS)


def start(functions):
    """Run them as tasks that must not end: whatever one fails with is told, and it begins anew."""
    tasks = [asyncio.create_task(function()) for function in functions]

    def failed(loop, context):
        print("task.failed error=%r" % context["exception"])
        sys.print_exception(context["exception"])
        if context["future"] in tasks:
            i = tasks.index(context["future"])
            tasks[i] = asyncio.create_task(again(functions[i]))

    asyncio.get_event_loop().set_exception_handler(failed)


async def again(function):
    gc.collect()
    await asyncio.sleep_ms(_RESTART_MS)
    await function()


def drop(name):
    """Let go of an imported module: its package holds it too."""
    # First of all, since it needs no RAM: an import that failed for want of some leaves an entry without a module, and
    # the next import to find that ends the program, not in an exception but in the interpreter itself.
    sys.modules.pop(name, None)
    package, _, module = name.rpartition(".")
    if hasattr(sys.modules[package], module):
        delattr(sys.modules[package], module)


def on_demand(name):
    """A module for one use: whoever holds nothing of it afterwards has its RAM back."""
    try:
        return __import__(name, None, None, ("",))
    finally:
        drop(name)


def begin():
    """(board, settings); ValueError with the reason when one is no good."""
    from firmware.board import BoardError, load
    from firmware.clock import parse_iso
    from firmware.config import SettingsError
    from firmware.config import load as load_settings
    try:
        settings = load_settings()
        settings["written_s"] = parse_iso(settings["written_at"]) if settings["written_at"] else 0
        return load(settings["board"]), settings
    except (SettingsError, BoardError) as error:
        raise ValueError(str(error))


def build(board, settings):
    """All parts, wired; the tasks to run. Imports come one by one, so that each finds the heap in order."""
    try:
        os.mkdir("/data")
    except OSError:
        pass   # it is there
    gc.collect()
    from firmware.clock import Clock, parse_iso
    from firmware.store.checkpoint import Checkpoint
    from firmware.store.configuration import Configuration
    from firmware.store.id_tags import IdTags
    from firmware.store.queue import Queue
    clock = Clock(machine.RTC())
    full = board.profile == "full"
    log = on_demand("firmware.log_lines").keep(clock) if full else None
    wiring = on_demand("firmware.ev_link_wiring") if board.ev_links else None
    table = wiring.KEYS if wiring else "firmware.ocpp.keys"
    keys = [on_demand(table)]   # held until all parts have asked
    configuration = Configuration(
        lambda: keys[0] if keys else on_demand(table),
        {"NumberOfConnectors": str(len(board.controllers))}, full, any(board.locks))
    checkpoint = Checkpoint()
    queue = Queue(lambda due: asyncio.create_task(tidy(due)))
    recovery = on_demand("firmware.store.recovery")
    recovery.load(queue)
    interrupted = recovery.resume(queue, checkpoint, range(1, len(board.controllers) + 1))
    del recovery
    from firmware.store.reservations import Reservations
    reservations = Reservations(lambda: on_demand("firmware.store.reservation_file"))
    reservations.file().load(reservations)
    listed = IdTags("/data/id_list", configuration.number("LocalAuthListMaxLength"))
    cached = IdTags("/data/id_cache", 200 if full else 50)
    id_tag_files = on_demand("firmware.store.id_tag_files")
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

    station = on_demand("firmware.net.wifi").station()
    ssid, wifi_password = settings["wifi_ssid"], settings["wifi_password"]
    url, identity = settings["url"], settings["identity"]
    user_password = ("%s:%s" % (identity, settings["authorization_key"])).encode()
    hardware_and, tls = board.hardware_and, url.startswith("wss:")

    link = Link(station.isconnected, queue, configuration)
    transactions = (wiring.Transactions if wiring else Transactions)(
        queue, checkpoint, configuration, clock, link, lambda: on_demand("firmware.store.transaction_data"))
    shown = [Shown(connector_id, clock) for connector_id in range(len(board.controllers) + 1)]
    reports = StatusReports(link, configuration, clock, shown)

    def accepted():
        transactions.keep_checkpoint(True)   # the time is known now: after a power cut the clock starts from here
        reports.tell_all()

    about = {
        "chargePointVendor": settings["vendor"][:20], "chargePointModel": settings["model"][:20],
        "chargePointSerialNumber": identity[:25], "firmwareVersion": _VERSION,
    }
    registration = Registration(link, configuration, clock, about, accepted)
    authorizer = Authorizer(
        lambda: on_demand("firmware.authorization"), lambda: on_demand("firmware.store.id_tag_files"),
        transactions.authorize, lambda: link.connected and link.registered, configuration, clock, listed, cached)
    if any(board.locks):
        from firmware.cable_lock import CableLock
        board.locks = [part and CableLock(part, configuration) for part in board.locks]
    shared = on_demand("firmware.ocpp.shared_station").station_of(board) if board.shared_da else None
    profiles = (shared or ChargingProfiles)(
        clock, parse_iso, on_demand, [record[0] for record in interrupted.values()],
        on_demand("firmware.sharing").Sharing() if len(board.controllers) > 1 else None)
    charge_point = ChargePoint(
        board, shown, lambda: on_demand("firmware.cards"), authorizer, transactions, configuration, clock, interrupted,
        machine.reset, profiles, reservations, machine.reset_cause() == machine.PWRON_RESET)
    device = Device(charge_point, configuration, registration, link, reports, transactions, profiles, clock)

    def authority():
        if not clock.trusted:
            clock.ask_network()
        with open("/ca.der", "rb") as file:
            return file.read()

    device.queue, device.log, device.board = queue, log, "%s/%s" % (board.name, board.profile)
    device.full, device.link_tls, device.hardware_and, device.authority = full, tls, hardware_and, authority

    async def connect():
        if not station.isconnected():
            await on_demand("firmware.net.wifi").join(station, ssid, wifi_password)
        # A TLS handshake stops everything for seconds: while charging only where hardware guards the coil meanwhile.
        while not hardware_and and charge_point.is_charging():
            await asyncio.sleep_ms(_RESTART_MS)
        ca_der = authority() if tls else None
        return await on_demand("firmware.net.handshake").connect(url, identity, user_password, "ocpp1.6", ca_der)

    def handle(action, payload):
        handler = on_demand("firmware.ocpp." + _PROFILES.get(action, "core")).HANDLERS.get(action)
        return handler and handler(device, payload)

    def receive_list():
        update = on_demand("firmware.store.id_tag_list").ListUpdate(
            listed, cached, authorizer.files(), clock.moment_s)
        return on_demand("firmware.ocpp.local_auth_list").ListReceiver(configuration, update, authorizer.list_is_new)

    def delivered(action, number, answer):
        id_tag = transactions.id_tag_of(answer)   # before it is confirmed, and gone
        started = transactions.delivered(action, number, answer)
        if started:
            charge_point.started(*started)
        if id_tag:
            authorizer.heard(id_tag, answer["idTagInfo"])

    tasks = [
        lambda: link.run(connect, handle, ("SendLocalList", receive_list)), lambda: link.drain(delivered),
        registration.run, reports.run, charge_point.watch_connectors, charge_point.watch_reader,
    ]
    for connector in charge_point.connectors:
        tasks.append(metering(charge_point, connector))
    if wiring:
        tasks += wiring.tasks(charge_point.connectors, board.ev_links, link, on_demand)
    keys.clear()
    lamps = board.lamps   # not the board itself: a task would keep all of it
    if lamps:
        tasks.append(lambda: show_lamps(lamps, shown))
    return tasks


def metering(charge_point, connector):
    return lambda: charge_point.watch_meter(connector)


async def tidy(queue):
    try:
        await on_demand("firmware.store.recovery").rewrite_in_pieces(queue)
    finally:
        queue.rewriting = False   # also when there was no room for the module


class Device:
    """What request handlers may reach."""

    def __init__(self, charge_point, configuration, registration, link, reports, transactions, profiles, clock):
        self.charge_point = charge_point
        self.configuration = configuration
        self.registration = registration
        self.link = link
        self.reports = reports
        self.transactions = transactions
        self.profiles = profiles
        self.clock = clock
        self.load = on_demand
        # What files are about, and whether TLS may carry them.
        self.queue = self.log = self.authority = None
        self.board, self.full, self.link_tls, self.hardware_and = "", False, False, False
        self.transfers = {}     # name of its notification -> what of ocpp/firmware_management.py is under way
        self.installer = None   # begin(), write(piece), async install(): no board has one


async def show_lamps(lamps, shown):
    tick = 0
    while True:
        for i in range(1, len(shown)):
            lamps.show(i - 1, shown[i].status, tick)
        tick = (tick + 1) & 0xFFFF
        await asyncio.sleep_ms(_LAMP_MS)
