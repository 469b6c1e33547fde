"""Puts the routers together."""

from urllib.parse import urlsplit

from fastapi import FastAPI

from csms.api import (
    about,
    account,
    adoption,
    auth,
    bills,
    cards,
    cars,
    charge_points,
    charging,
    controllers,
    docs,
    errors,
    events,
    examples,
    exports,
    firmware_updates,
    health,
    house_settings,
    landing,
    limits,
    message_log,
    notifications,
    on_site,
    one_user,
    operations,
    overview,
    pages,
    places,
    problems,
    qr_codes,
    quarantine,
    registrations,
    remote_switches,
    reports,
    reservations_of_all,
    security,
    session_corrections,
    sessions,
    sites,
    stations,
    stations_admin,
    system,
    tariff_uses,
    tariffs,
    uploads,
    users,
    vehicles,
    wallet,
)
from csms.api.deps import Parts
from csms.api.shield import Shield
from csms.api.watch import Watch


def create_app(parts: Parts) -> FastAPI:
    app = FastAPI(
        title="Bollard CSMS",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        responses={"default": errors.DOCUMENTED},
    )
    app.state.parts = parts
    public = urlsplit(parts.settings.public_url)
    # A browser that is told so asks every port of the host by TLS: with a port in the address there are others.
    https_only = public.scheme == "https" and ":" not in public.netloc
    app.add_middleware(Shield, parts.settings.map_tiles_url, https_only=https_only)
    app.add_middleware(Watch, parts.metrics, parts.writer, parts.clock, parts.settings.requests_per_minute)
    errors.install(app)
    app.include_router(reports.router)  # before /api/station/{identity}
    operating = (sites, on_site, controllers, adoption, charge_points, places, operations, security, uploads)
    for resource in (auth, users, cards, *operating, sessions, exports, quarantine, events):
        app.include_router(resource.router)
    for resource in (registrations, firmware_updates):
        app.include_router(resource.router)
    for resource in (about, account, cars, charging, limits, vehicles, tariffs, bills, wallet, stations, notifications):
        app.include_router(resource.router)
    for resource in (stations_admin, remote_switches, problems, landing, qr_codes):
        app.include_router(resource.router)
    # the dashboard's own
    for resource in (overview, message_log, reservations_of_all, session_corrections, tariff_uses, one_user, system):
        app.include_router(resource.router)
    app.include_router(house_settings.router)
    app.include_router(health.router)
    examples.install(app)
    docs.install(app)
    pages.mount(app)
    return app
