"""The site: its parts put together, started in order and ended in order, and what its page may ask of it."""

import asyncio
import secrets
import ssl
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from local_controller import adoption, backup, certificates, charge_point, keeping, login, queue, troubles
from local_controller.adoption import Adopted
from local_controller.announcement import Announcement
from local_controller.audit import Audit, Result
from local_controller.authorization import Authorization
from local_controller.backup import DATABASE
from local_controller.charge_point import ChargePoint
from local_controller.clock import Clock
from local_controller.config import Settings
from local_controller.delivery import Delivery
from local_controller.downstream import Downstream
from local_controller.errors import SiteError
from local_controller.identity import Identity, northbound_passwords
from local_controller.local_list import LocalList
from local_controller.notes import Notes
from local_controller.on_site import OnSite
from local_controller.on_site_account import OnSiteAccount
from local_controller.own_link import OwnLink
from local_controller.own_reports import OwnReports
from local_controller.own_requests import OwnRequests
from local_controller.relay import Relay
from local_controller.site_availability import SiteAvailability
from local_controller.site_limit import SiteLimit
from local_controller.site_meter import SiteMeter
from local_controller.site_state import SiteState
from local_controller.store import Store
from local_controller.transaction_messages import TransactionMessages
from local_controller.upstream import Upstream
from ocppj import log
from ocppj.client import Client
from ocppj.peer import Peer

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 15.0  # between two tries of one connection to reach the CSMS
TIDY_S = 3600.0
WATCH_S = 5.0
_log = log.get(__name__)


class Site:
    def __init__(self, settings: Settings, identity: Identity, store: Store, clock: Clock) -> None:
        self._settings, self._identity, self._store, self._clock = settings, identity, store, clock
        self._passwords = northbound_passwords(settings)
        self.state = SiteState()
        self.tls = certificates.ServerTls(settings) if settings.tls.ocpp or settings.tls.web else None
        self._list = LocalList(store, clock)
        self._list.changed = lambda: self.state.publish("Cards", {})
        authorization = Authorization(store, self._list, accept_unknown=settings.cards.unknown == "accept")
        notes = Notes(store, self.state, authorization, clock)
        self._authorization = authorization
        self._delivery = Delivery(store, notes.verdict, self.state.queue_moved, clock)
        kept = TransactionMessages(store, self.state, authorization, self._delivery, clock)
        transparent = settings.mode == "transparent"
        self._charge_points: dict[str, ChargePoint] = {}
        self._meter = SiteMeter(settings.meter, clock) if settings.meter is not None else None
        self.state.keeps_currents = self._meter is not None
        self.limit = SiteLimit(store, self._charge_points, self.state, settings.power, clock, self._meter)
        notes.profiles_cleared = self.limit.disturbed
        self._relay = Relay(
            store, notes, kept, clock, settings.csms.answer_within_s,
            transparent=transparent, limited=lambda: self.limit.limit_a is not None,
        )  # fmt: skip
        self._uplinks: dict[str, Upstream] = {}
        self._downstream = Downstream(store, self._charge_points, self._relay, self.state, clock)
        self._availability = SiteAvailability(store, self._charge_points, self._opened_or_closed)
        self._account = OnSiteAccount(
            store, authorization, clock, changed=lambda: self.state.publish("OnSiteAccount", {})
        )
        self.on_site = OnSite(self._account, self.state, self._ours, clock, transparent=transparent)
        own = OwnRequests(
            self._list, authorization, self.limit, self._availability, self._trigger, clock, self._account
        )
        self._own_link = OwnLink(self._csms_came, self._csms_went, clock.heard, own.answer, clock)
        self._reports = OwnReports(self._own_link, self._availability, self.limit, self.state, clock, self._meter)
        self._trust = certificates.trust(identity.ca, settings.csms.ca_file)
        self._announcement = Announcement(store, identity, self._hurry, self._trust)
        self.audit = Audit(store, settings.data_dir / DATABASE, self._charge_points, self.state.audited, clock)
        self._tasks: list[asyncio.Task[None]] = []
        self._ocpp_port = 0

    async def start(self) -> int:
        """Begin with what the store knows; the port charge points connect to."""
        await self._clock.start(self._store)
        await self._list.load()
        await self._authorization.load()
        await self.state.load(self._store)
        await self._downstream.load()
        await self.audit.load()
        for known in (await charge_point.load(self._store)).values():
            self._open_lane(known)
        await self.limit.load()
        await self._availability.load()
        await self._account.load()
        self._ocpp_port = await self._downstream.listen(self._settings.ocpp, self._tls_of(self._settings.tls.ocpp))
        self._announcement.make()
        self._run(self._announcement.run(), "announcement")
        self._run(self._client(self._identity.identity, self._own_link.converse).run(), "own link")
        self._run(self._reports.run(), "own reports")
        if self._meter is not None:
            self._run(self._meter.run(), "site meter")
        self._run(self.limit.run(), "site limit")
        self._run(self._availability.run(), "availability")
        self._run(self._tidy(), "tidy")
        self._run(self._watch(), "watch")
        self._run(self._clock.run(), "clock")
        self._run(self.audit.run(), "audit")
        return self._ocpp_port

    async def close(self) -> None:
        """South first: what it still sends would find nobody."""
        self.state.close()
        await self._downstream.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1)
        await asyncio.gather(*(uplink.close() for uplink in self._uplinks.values()))
        await self._list.close()

    def ocpp_url(self, host: str) -> str:
        """For a charge point that reached us as `host`."""
        if self._settings.ocpp.public_url is not None:
            return self._settings.ocpp.public_url
        scheme = "wss" if self._settings.tls.ocpp else "ws"
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{self._ocpp_port}/ocpp"

    @property
    def commits(self) -> int:
        return self._store.commits

    async def alive(self) -> None:
        """Returns once the database has answered."""
        await self._store.read("SELECT 1")

    @property
    def ca(self) -> str | None:
        """What a charge point needs to believe us."""
        return self.tls.ca if self.tls is not None and self._settings.tls.ocpp else None

    def _tls_of(self, wanted: bool) -> ssl.SSLContext | None:
        return self.tls.context if wanted and self.tls is not None else None

    @property
    def web_tls(self) -> ssl.SSLContext | None:
        return self._tls_of(self._settings.tls.web)

    async def new_code(self) -> tuple[str, datetime]:
        return await adoption.new_code(self._store, self._clock())

    async def adopt(self, code: str, serial: str) -> Adopted:
        adopted = await adoption.redeem(self._store, code, serial, self._identity.site_name, self._clock())
        known = self._charge_points.get(adopted.identity)
        if known is not None and known.retired:
            known.retired = False
            self.state.kept(adopted.identity, name=self.state.views[adopted.identity].name, retired=False)
        if known is None:
            self.state.adopted(adopted.identity, adopted.serial)
            self._open_lane(ChargePoint(adopted.identity))
        await self._downstream.new_key(adopted.identity, adopted.key_hash)
        self._announcement.make()
        _log.info("charge_point.adopted", charge_point=adopted.identity, serial=adopted.serial, again=adopted.again)
        return adopted

    async def rename(self, identity: str, name: str) -> None:
        self._ours(identity)
        self.state.kept(identity, name=await keeping.rename(self._store, identity, name), retired=False)

    async def new_key(self, identity: str) -> None:
        charge_point = self._ours(identity)
        await keeping.new_key(self._store, charge_point, lambda key: self._downstream.told_key(identity, key))

    async def retire(self, identity: str) -> None:
        charge_point, view = self._ours(identity), self.state.views[identity]
        await keeping.retire(self._store, charge_point, len(view.transactions), self._clock())
        charge_point.retired = True
        await self._downstream.send_off(identity)
        self.state.kept(identity, name=view.name, retired=True)

    def _ours(self, identity: str) -> ChargePoint:
        found = self._charge_points.get(identity)
        if found is None or found.retired:
            raise keeping.Unknown(f"{identity[:60]} is no charge point of this site")
        return found

    async def roles(self) -> set[str]:
        return await login.roles(self._store)

    async def set_password(self, password: str, role: login.Role, *, first: bool = False) -> None:
        await login.set_password(self._store, password, role, first=first)

    async def forget_viewer(self) -> None:
        await login.forget_viewer(self._store)

    async def status(self) -> dict[str, Any]:
        waiting, oldest_at = await queue.waiting(self._store)
        northbound = sum(view.northbound for view in self.state.views.values())
        return {
            "site": {
                "name": self._identity.site_name,
                "identity": self._identity.identity,
                "time_zone": self._identity.time_zone,
            },
            "csms": {"connected": self._own_link.connected or northbound > 0, "since": self._own_link.since},
            "queue": {"messages": waiting, "oldest_at": oldest_at},
            "quarantined": await queue.quarantined(self._store),
            "mode": self._settings.mode,
            "clock": {"trusted": self._clock.trusted, "now": self._clock()},
            "strangers": self._downstream.strangers.newest_first(),
            "viewer": "viewer" in await login.roles(self._store),
            "troubles": self.troubles(),
            "certificate_ends_s": self.tls.ends_at.timestamp() if self.tls is not None else None,
            "storage": troubles.storage(self._settings.data_dir),
            "backed_up_at": backup.last(await self._setting("backed_up")),
            "audit": _audit_json(self.audit.result),
            "power": self.limit.view(),
            "operative": self._availability.operative,
            "on_site": self.on_site.json(),
            "cards": {
                "version": self._list.version,
                "entries": len(self._list),
                "at": self._list.at,
                "cached": len(self._authorization),
                "unknown": self._settings.cards.unknown,
            },
        }

    async def back_up(self) -> Path:
        """A file in the data folder, for whoever asked to take away and delete."""
        to = self._settings.data_dir / f"backup-{secrets.token_hex(8)}.tar"
        await asyncio.to_thread(backup.make, self._settings.data_dir, to)
        self.state.publish("BackedUp", {})
        return to

    async def _setting(self, name: str) -> str | None:
        rows = await self._store.read("SELECT value FROM settings WHERE name = ?", (name,))
        return rows[0][0] if rows else None

    def _open_lane(self, known: ChargePoint) -> None:
        self._charge_points[known.identity] = known
        uplink = Upstream(known, self._client, self._relay, self.state, self._announcement.tried)
        self._uplinks[known.identity] = uplink
        self._run(self._delivery.run(known, uplink), f"lane {known.identity}")

    def _client(self, identity: str, on_connect: Callable[[Peer], Awaitable[None]]) -> Client:
        return Client(
            self._identity.ocpp_url,
            identity,
            self._passwords.get(identity, self._identity.site_key),
            on_connect=on_connect,
            ssl=self._trust if self._identity.ocpp_url.startswith("wss:") else None,
            first_wait_s=FIRST_WAIT_S,
            longest_wait_s=LONGEST_WAIT_S,
            call_timeout_s=self._settings.csms.answer_within_s,
        )

    def _csms_came(self) -> None:
        self._announcement.make()
        self._hurry()
        self.state.publish("Upstream", {"connected": True})

    def _csms_went(self) -> None:
        self._list.interrupted()
        self.state.publish("Upstream", {"connected": False})

    def _opened_or_closed(self) -> None:
        self._reports.trigger("StatusNotification")
        self.state.publish("Availability", {})

    def _trigger(self, message: str) -> bool:
        return self._reports.trigger(message)

    def _hurry(self) -> None:
        for uplink in self._uplinks.values():
            uplink.hurry()

    def troubles(self) -> list[str]:
        disk = troubles.storage(self._settings.data_dir)
        rival, failure = self._own_link.rival, self._store.failure
        meter = self._meter
        silent = meter.failure or "no answer yet" if meter is not None and meter.reading is None else None
        return troubles.lines(self._identity.identity, failure=failure, disk=disk, rival=rival, meter_silent=silent)

    async def _watch(self) -> None:
        """A disk fills and a rival comes without a word: look, and tell the page."""
        known: list[str] = []
        while True:
            if self._store.failure is not None:
                await self._store.recovered()
            try:
                found = self.troubles()
            except OSError as problem:  # the disk does not even tell how full it is
                found = [f"The disk cannot be read: {problem}"]
            if found != known:
                known = found
                self.state.publish("Troubles", {})
            await asyncio.sleep(WATCH_S)

    async def _tidy(self) -> None:
        while True:
            now = self._clock()
            self._renew()
            self._store.write_soon(lambda db, now=now: queue.forget_delivered(db, now))  # type: ignore[misc]
            await asyncio.sleep(TIDY_S)

    def _renew(self) -> None:
        """Not with a time that may be years off: a certificate would be made that nobody believes."""
        if self.tls is not None and self._clock.trusted:
            try:
                self.tls.look(self._clock())
            except (SiteError, OSError) as problem:
                _log.error("tls.not_renewed", error=problem)

    def _run(self, work: Any, name: str) -> None:
        self._tasks.append(asyncio.create_task(work, name=name))


def _audit_json(result: Result | None) -> dict[str, Any] | None:
    if result is None:
        return None
    return {
        "at": result.at,
        "messages": result.messages,
        "transactions": result.transactions,
        "not_compared": result.not_compared,
        "findings": result.findings,
    }
