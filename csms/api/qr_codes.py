"""Connectors' codes to print: one as SVG, and sheets of them as PDF for operators."""

import asyncio
from collections.abc import Sequence

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api.charge_points import Named, look, own
from csms.api.deps import Db, Managed, Parts, RowId, Wired, must_manage
from csms.api.places import Code, emergency_number, look_up
from csms.domain import links
from csms.domain.errors import NotFound
from csms.store import charge_points, sites
from csms.store.charge_points import ChargePointView

router = APIRouter(tags=["codes to print"])

_NO_LINKS = "links need the setting public_url, an https address"
_MOST_ON_A_SHEET = 1000


@router.get("/api/connectors/{code}/qr.svg", response_class=Response)
async def svg(code: Code, of: Wired, db: Db) -> Response:
    """The connector's link as a QR code."""
    from csms.api import pdf

    found = await look_up(of, db, code)
    if found.link is None:
        raise NotFound(_NO_LINKS)
    return Response(pdf.qr_svg(found.link), media_type="image/svg+xml")


@router.get("/api/charge-points/{identity}/qr-sheet.pdf", response_class=Response)
async def of_charge_point(identity: Named, of: Wired, db: Db, managed: Managed) -> Response:
    """All connectors of a charge point, on A4."""
    await own(db, managed, identity)
    return await _sheet(of, identity, await _views(db, of, identities=[identity]))


@router.get("/api/sites/{site_id}/qr-sheet.pdf", response_class=Response)
async def of_site(site_id: RowId, of: Wired, db: Db, managed: Managed) -> Response:
    """All connectors of a site, fifteen to a page."""
    must_manage(managed, site_id, f"site {site_id}")
    site = await sites.find(db, site_id)
    return await _sheet(of, site.slug, await _views(db, of, site_id=site_id))


async def _views(
    db: AsyncConnection, of: Parts, *, identities: list[str] | None = None, site_id: int | None = None
) -> Sequence[ChargePointView]:
    price = of.settings.default_price_cents_per_kwh
    only = None if site_id is None else frozenset({site_id})
    found = await charge_points.views(db, price, identities=identities, sites=only, **look(of))
    return [view for view in found if not view.dismissed]


async def _sheet(of: Parts, name: str, views: Sequence[ChargePointView]) -> Response:
    from csms.api import pdf

    try:
        labels = [
            pdf.Label(view.name, c.connector_id, c.code, links.link(of.settings.public_url, c.code) or "")
            for view in views
            for c in view.connectors
        ][:_MOST_ON_A_SHEET]
    except ValueError:
        raise NotFound(_NO_LINKS) from None
    if any(not label.link for label in labels):
        raise NotFound(_NO_LINKS)
    if not labels:
        raise NotFound("there is no connector here")
    number = emergency_number(of, next(iter(views)))  # a sheet is of one site
    made = await asyncio.to_thread(pdf.qr_sheet, labels, number)
    headers = {"Content-Disposition": f'attachment; filename="codes-{pdf.text(name)}.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers)
