"""The whole CSMS in one process: gateway, worker and API over the in-process bus, from open to close."""

import asyncio
import contextlib
import errno
import json
import os
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping

import uvicorn

from csms import tls
from csms.api.app import create_app
from csms.api.deps import Parts
from csms.api.live import Live
from csms.api.passwords import Passwords
from csms.api.public_changes import PublicChanges, look_up
from csms.api.tokens import Tokens, load_secrets
from csms.authority import Authority
from csms.bus.in_process import InProcessBus
from csms.certificate_signing import CertificateSigning
from csms.commands.after_boot import AfterBoot
from csms.config import Listen, MailServer, Settings
from csms.controller_lists import ControllerLists
from csms.display_teller import DisplayTeller
from csms.domain import codes, links
from csms.domain.errors import CannotStart
from csms.gateway.auth import Gatekeeper
from csms.gateway.sockets import Gateway
from csms.handlers.arrival import Terms
from csms.handlers.worker import Worker
from csms.house import House
from csms.keeping import Days, Keeping
from csms.local_lists import LocalLists
from csms.message_log import MessageLog
from csms.metrics import Metrics
from csms.notify import push_hosts
from csms.notify.mailer import Mailer
from csms.notify.notifier import Notifier
from csms.notify.pusher import Pusher
from csms.notify.smtp import Smtp
from csms.notify.web_push import Vapid
from csms.on_site_teller import OnSiteTeller
from csms.outbox_relay import OutboxRelay
from csms.payments.credit_guard import CreditGuard
from csms.payments.sandbox import Sandbox
from csms.registrar import Registrar
from csms.reservation_keeper import ReservationKeeper
from csms.running_sessions import RunningSessions
from csms.store import charge_points, connectors, registrations, sites
from csms.store import settings as changed_settings
from csms.store.database import Database
from csms.store.migrate import migrate
from csms.store.writer import Writer
from csms.zombies import Zombies
from ocppj import log

_log = log.get(__name__)
_STREAMS_END_WITHIN_S = 1


class Service:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._ports_file = settings.data_dir / "ports.json"
        self._closing = contextlib.AsyncExitStack()
        self._http: _HttpServer | None = None
        self.http_port = 0
        self.ocpp_port = 0
        self.ocpp_tls_port = 0  # 0: there is no second door

    async def open(self) -> None:
        """Everything runs and listens when this returns; if it raises, nothing does."""
        async with contextlib.AsyncExitStack() as closing:
            self._settings.make_data_dir()
            self._ports_file.unlink(missing_ok=True)
            # Ends with what is opened here first: whoever still writes at the end finds the writer there.
            database = Database(self._settings.sqlalchemy_url)
            closing.push_async_callback(database.close)
            await migrate(database)
            house = House(self._settings)
            settings = house.now  # as they hold: some are changed while it runs, and asked for each time
            async with database.read() as db:
                house.hold(await changed_settings.everything(db))
            writer = Writer(database.writing)
            writer.start()
            closing.push_async_callback(writer.close)
            bus = self.bus = InProcessBus()

            def terms() -> Terms:
                return Terms(
                    settings.default_price_cents_per_kwh,
                    settings.heartbeat_interval_s,
                    settings.hold_cents,
                    settings.stop_when_credit_runs_out,
                    settings.stop_when_full,
                    settings.cpo_name,
                )

            after_boot = AfterBoot(bus, lambda: _configuration(settings), _own_configuration(settings, database))
            closing.push_async_callback(after_boot.close)
            lists = LocalLists(bus, database, writer, settings.local_list_sync_s)
            closing.push_async_callback(lists.close)

            def booted(identity: str) -> None:
                after_boot.booted(identity)
                lists.booted(identity)

            controllers = self._controllers = ControllerLists(bus, database, settings.local_list_sync_s)
            closing.push_async_callback(controllers.close)
            on_site = OnSiteTeller(bus, database, settings.local_list_sync_s)
            closing.push_async_callback(on_site.close)

            def controller_booted(identity: str) -> None:
                controllers.booted(identity)
                on_site.booted(identity)

            def on_site_changed() -> None:
                controllers.changed()
                on_site.changed()

            registrar = Registrar(bus, database, writer)
            closing.push_async_callback(registrar.close)
            metrics = Metrics()
            message_log = MessageLog(bus)
            closing.callback(message_log.close)
            display = DisplayTeller(
                bus,
                database,
                settings.currency,
                lambda: settings.display_costs_every_s,
                lambda: settings.default_price_cents_per_kwh,
                lambda: settings.usual_target_percent,
            )
            closing.push_async_callback(display.close)
            authority = Authority(settings.data_dir, settings.client_certificate_days)
            signing = CertificateSigning(bus, database, writer, authority)
            signing.start()
            closing.push_async_callback(signing.close)
            worker = Worker(
                bus,
                database,
                writer,
                terms,
                booted,
                controller_booted,
                metrics.message,
                display.authorized,
                pending=registrar.pending,
                certificate_asked=signing.asked,
            )
            await worker.start()
            closing.push_async_callback(worker.close)
            zombies = Zombies(database, writer, terms, lambda: settings.zombie_after_s)
            zombies.start()
            closing.push_async_callback(zombies.close)
            keeping = Keeping(database, writer, lambda: _days(settings))
            keeping.start()
            closing.push_async_callback(keeping.close)
            async def must_be_accepted(identity: str) -> None:
                async with database.ask() as db:
                    await registrations.must_be_accepted(db, identity)

            guard = CreditGuard(bus, must_be_accepted)
            closing.push_async_callback(guard.close)
            keeper = ReservationKeeper(bus, database, writer)
            keeper.start()
            closing.push_async_callback(keeper.close)
            mailer = None
            if settings.mail is not None:
                mailer = Mailer(_smtp(settings.mail, lambda: settings.mail_sender_name), database, writer)
                mailer.start()
                closing.push_async_callback(mailer.close)
            pusher = Pusher(_vapid(settings), database, writer, (*push_hosts.KNOWN, *settings.push_hosts))
            pusher.start()
            closing.push_async_callback(pusher.close)
            notifier = Notifier(
                database,
                writer,
                settings.currency,
                settings.public_url,
                mailer,
                pusher,
                lambda: settings.offline_notice_after_s,
                lambda: settings.soc_notice_percent,
            )
            notifier.start()
            closing.push_async_callback(notifier.close)
            relay = OutboxRelay(bus, database, writer, [notifier])
            running = RunningSessions(database, writer)
            running.start()
            closing.push_async_callback(running.close)
            relay.start()
            lists.start()
            controllers.start()
            on_site.start()
            closing.push_async_callback(relay.close)

            http_socket = closing.enter_context(_listening("http", settings.http))
            gateway = Gateway(bus, Gatekeeper(database, authority.root_if_made, settings.cpo_name))
            closing.push_async_callback(gateway.close)
            self.http_port = http_socket.getsockname()[1]
            self.ocpp_port = await _open_door(gateway, "ocpp", settings.ocpp, closing, authority)
            if settings.ocpp_tls is not None:
                self.ocpp_tls_port = await _open_door(gateway, "ocpp_tls", settings.ocpp_tls, closing, authority)
            live = Live(bus)
            secret, *older = load_secrets(settings.data_dir / "secret.key")
            parts = Parts(
                settings=settings,
                house=house,
                database=database,
                writer=writer,
                bus=bus,
                live=live,
                tokens=Tokens(secret, *older),
                passwords=Passwords(),
                ocpp_port=self.ocpp_port,
                metrics=metrics,
                relays=lambda: relay.running,
                sync_local_list=lists.sync,
                reservations=keeper,
                message_log=message_log,
                tell_settings=after_boot.connected,
                on_site_changed=on_site_changed,
                mailer=mailer,
                pusher=pusher,
                registration_changed=registrar.pending,
                payments=Sandbox(secret) if settings.payment_provider == "sandbox" else None,
            )
            changes = PublicChanges(bus, live, look_up(parts), lambda: parts.settings.heartbeat_interval_s)
            changes.start()
            closing.push_async_callback(changes.close)
            self._http = _HttpServer(parts, http_socket, tls.of("http", settings.http, closing))
            await self._http.start()
            closing.push_async_callback(self._http.stop)
            closing.callback(live.close)

            self._write_ports()
            closing.callback(self._ports_file.unlink, missing_ok=True)
            self._closing = closing.pop_all()
        _log.info("csms.listening", http=self.http_port, ocpp=self.ocpp_port, data_dir=str(settings.data_dir))

    async def close(self) -> None:
        await self._closing.aclose()
        _log.info("csms.stopped")

    async def __aenter__(self) -> "Service":
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _write_ports(self) -> None:
        """Whoever waits for this file never reads half of it."""
        draft = self._ports_file.with_suffix(".tmp")
        ports = {"http": self.http_port, "ocpp": self.ocpp_port}
        draft.write_text(json.dumps(ports | ({"ocpp_tls": self.ocpp_tls_port} if self.ocpp_tls_port else {})))
        draft.replace(self._ports_file)


def _days(settings: Settings) -> Days:
    return Days(settings.meter_values_raw_days, settings.notices_kept_days, settings.audit_kept_days)


async def _open_door(
    gateway: Gateway, setting: str, at: Listen, closing: contextlib.AsyncExitStack, authority: Authority
) -> int:
    try:
        return await gateway.listen(at.host, at.port, tls.of(setting, at, closing, authority.trust_in))
    except OSError as error:
        raise _cannot_listen(setting, at, error) from error


def _smtp(at: MailServer, sender_name: Callable[[], str]) -> Smtp:
    password = at.password_file.read_text().strip() if at.password_file is not None else ""
    ca_file = None if at.ca_file is None else str(at.ca_file)
    return Smtp(at.host, at.port, at.tls, at.user, password, at.sender, ca_file, sender_name)


def _vapid(settings: Settings) -> Vapid:
    contact = settings.push_contact or settings.public_url
    if not contact:
        contact = "mailto:" + ("nobody@bollard.invalid" if settings.mail is None else settings.mail.sender)
    try:
        return Vapid(settings.data_dir / "push.key", contact)
    except ValueError as error:
        raise CannotStart(str(error)) from None


def _configuration(settings: Settings) -> dict[str, str]:
    """The configuration keys of charge points that are the house's to set."""
    interval_s = settings.meter_value_sample_interval_s
    return {"MeterValueSampleInterval": str(interval_s)} if interval_s else {}


_MOST_OF_A_KEY = 500  # OCPP's bound for a value
_MOST_OF_A_NUMBER = 16  # of BollardEmergencyNumber: what a display has room for


def _own_configuration(settings: Settings, database: Database) -> Callable[[str], Awaitable[Mapping[str, str]]]:
    """What each charge point is told of itself: its connectors' links, if there is an https address to begin them
    with, and whom to call at its site.
    """
    try:
        has_links = links.link(settings.public_url, "0" * codes.CONNECTOR_CODE_LENGTH) is not None
    except ValueError as error:
        raise CannotStart(f"public_url: {error}") from None

    async def of(identity: str) -> Mapping[str, str]:
        async with database.ask() as db:
            point = await charge_points.find(db, identity)
            have = await connectors.of_charge_point(db, point.id) if has_links else []
            number = await sites.emergency_number(db, identity)
        told = {}
        value = ",".join(links.link(settings.public_url, c.code) or "" for c in have)
        if 0 < len(value) <= _MOST_OF_A_KEY:
            told["BollardConnectorLinks"] = value
        if settings.tell_emergency_number:
            shown = (settings.emergency_number if number is None else number).replace(" ", "")
            # Said even if there is none: a display that is told nothing goes on showing the one before.
            told["BollardEmergencyNumber"] = shown if len(shown) <= _MOST_OF_A_NUMBER else ""
        return told

    return of


class _HttpServer:
    def __init__(self, parts: Parts, listening: socket.socket, context: ssl.SSLContext | None) -> None:
        config = uvicorn.Config(
            create_app(parts),
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=_STREAMS_END_WITHIN_S,
        )
        config.load()
        config.ssl = context  # ours, which follows its files
        self._socket = listening
        self._server = _Uvicorn(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._server.serve([self._socket]), name="http")
        while not self._server.started:
            if self._task.done():
                await self._task
                raise CannotStart("the HTTP server ended at once")
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        self._server.should_exit = True
        if self._task is not None:
            await self._task


class _Uvicorn(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are main.py's: it ends the sockets of charge points too, and in order."""
        yield


def _listening(key: str, at: Listen) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in at.host else socket.AF_INET
        return socket.create_server((at.host, at.port), family=family, backlog=2048)
    except OSError as error:
        raise _cannot_listen(key, at, error) from error


def _cannot_listen(key: str, at: Listen, error: OSError) -> CannotStart:
    why = "in use by another program" if error.errno == errno.EADDRINUSE else os.strerror(error.errno or 0)
    return CannotStart(f"cannot listen on {at.host} port {at.port} (setting {key}.port): {why}")
