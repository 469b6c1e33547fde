"""What routes are handed: the parts wired in main.py, a reading connection, and who is asking."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Path, Query, Request
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api.attempts import Attempts
from csms.api.live import Live
from csms.api.passwords import Passwords
from csms.api.tokens import Claims, Tokens, cookie_lifetime
from csms.bus.in_process import InProcessBus
from csms.config import Settings
from csms.domain.errors import Forbidden, NotAuthenticated, NotFound
from csms.house import House
from csms.message_log import MessageLog
from csms.metrics import Metrics
from csms.notify.mailer import Mailer
from csms.notify.pusher import Pusher
from csms.payments.provider import PaymentProvider
from csms.reservation_keeper import ReservationKeeper
from csms.store import controllers, logins, site_operators
from csms.store.database import Database
from csms.store.local_lists import LocalListView
from csms.store.site_operators import Sites
from csms.store.users import User
from csms.store.writer import Writer
from ocppj import basic_auth

COOKIE = "bollard_session"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_CLOCKS_DIFFER = timedelta(minutes=5)  # ours, from before a correction
_NOBODYS_HASH = basic_auth.hash_key(basic_auth.new_key())


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Parts:
    settings: Settings  # as they hold now
    house: House  # whose they are, and what was changed
    database: Database
    writer: Writer
    bus: InProcessBus
    live: Live
    tokens: Tokens
    passwords: Passwords
    ocpp_port: int
    metrics: Metrics
    relays: Callable[[], bool]  # events are on their way
    sync_local_list: Callable[[str], Awaitable[LocalListView]]
    reservations: ReservationKeeper
    message_log: MessageLog
    tell_settings: Callable[[str], None] = lambda identity: None  # to a charge point, if it is connected
    on_site_changed: Callable[[], None] = lambda: None  # who pays for charges started at a site has changed
    mailer: Mailer | None = None  # none: no mail goes out
    pusher: Pusher | None = None  # none: no push messages
    registration_changed: Callable[[str], None] = lambda identity: None  # of one that waits
    payments: PaymentProvider | None = None  # none: nobody can top up
    clock: Callable[[], datetime] = _now
    ticks_s: Callable[[], float] = time.monotonic
    # Wrong passwords: per person and address, and per address, since one guesser tries many names.
    login_pairs: Attempts = field(default_factory=lambda: Attempts(5, 300))
    login_addresses: Attempts = field(default_factory=lambda: Attempts(30, 300))
    registration_addresses: Attempts = field(default_factory=lambda: Attempts(20, 3600))
    reset_addresses: Attempts = field(default_factory=lambda: Attempts(10, 900))
    reset_people: Attempts = field(default_factory=lambda: Attempts(3, 3600))
    problem_addresses: Attempts = field(default_factory=lambda: Attempts(10, 3600))
    adoption_addresses: Attempts = field(default_factory=lambda: Attempts(10, 900))
    controller_addresses: Attempts = field(default_factory=lambda: Attempts(20, 300))


def parts(request: Request) -> Parts:
    found: Parts = request.app.state.parts
    return found


async def db(of: Annotated[Parts, Depends(parts)]) -> AsyncIterator[AsyncConnection]:
    async with of.database.read() as connection:
        yield connection


Wired = Annotated[Parts, Depends(parts)]
# Given back when the route's function returns: a stream must not keep a connection as long as it runs.
Db = Annotated[AsyncConnection, Depends(db, scope="function")]


def remote_address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


RemoteAddress = Annotated[str, Depends(remote_address)]


@dataclass(frozen=True, slots=True)
class Login:
    user: User
    claims: Claims
    by_cookie: bool = False

    @property
    def expires_at(self) -> datetime:
        return self.claims.expires_at


async def login(request: Request, of: Wired) -> Login:
    """By bearer token, or by cookie: then a write needs a header that no foreign page can send."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    by_cookie = scheme.lower() != "bearer" or not token
    if by_cookie:
        token = request.cookies.get(COOKIE, "")
        if not token:
            raise NotAuthenticated("please log in")
        if request.method not in _SAFE_METHODS and request.headers.get("x-requested-with") != "bollard":
            raise Forbidden("a write with a cookie needs the header X-Requested-With: bollard")
    claims = of.tokens.read(token.strip(), of.clock())
    async with of.database.ask() as connection:
        user = await logins.holder(connection, claims.user_id, claims.version, claims.login_id)
    # A driver's cookie, who looks after things since: it would open more than it was given for. As a bearer token too.
    if claims.expires_at - of.clock() > cookie_lifetime(user.role) + _CLOCKS_DIFFER:
        raise NotAuthenticated("what you may do here has changed, please log in again")
    request.state.user = user  # for the one who notes changes
    return Login(user, claims, by_cookie)


async def anyone(by: Annotated[Login, Depends(login)]) -> User:
    return by.user


async def operator(user: Annotated[User, Depends(anyone)]) -> User:
    if user.role not in ("operator", "admin"):
        raise Forbidden("only operators may do this")
    return user


async def admin(user: Annotated[User, Depends(anyone)]) -> User:
    if user.role != "admin":
        raise Forbidden("only administrators may do this")
    return user


async def managed(user: Annotated[User, Depends(operator)], of: Wired) -> Sites:
    """The sites whose things this operator may see and touch; None for all."""
    async with of.database.ask() as connection:
        return await site_operators.sites_of(connection, user.id, user.role)


def must_manage(sites: Sites, site_id: int, what: str) -> None:
    """NotFound, as for one that does not exist: other people's sites are none of an operator's business."""
    if sites is not None and site_id not in sites:
        raise NotFound(f"there is no {what}")


async def controller(request: Request, of: Wired, remote: RemoteAddress) -> controllers.Controller:
    """A local controller, by its identity and site key."""
    of.controller_addresses.must_be_allowed(remote, of.ticks_s())
    given = basic_auth.parse(request.headers.get("authorization", ""))
    if given is None:
        raise NotAuthenticated("this needs the controller's identity and site key")
    async with of.database.ask() as connection:
        found = await controllers.find(connection, given[0])
    right = basic_auth.key_matches(given[1], found.key_hash if found else _NOBODYS_HASH)
    if found is None or not right:
        of.controller_addresses.failed(remote, of.ticks_s())
        raise NotAuthenticated("wrong identity or site key")
    return found


CurrentLogin = Annotated[Login, Depends(login)]
Anyone = Annotated[User, Depends(anyone)]
Operator = Annotated[User, Depends(operator)]
Managed = Annotated[Sites, Depends(managed)]
Admin = Annotated[User, Depends(admin)]
OfController = Annotated[controllers.Controller, Depends(controller)]

RowId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Limit = Annotated[int, Query(ge=1, le=1000)]
Offset = Annotated[int, Query(ge=0, le=2**31)]
