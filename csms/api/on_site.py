"""The account that pays for charges started at the page of a site's controller."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api import etags
from csms.api.deps import Db, Managed, Operator, RowId, Wired, must_manage
from csms.api.forms import Form
from csms.store import on_site, sites
from csms.store.on_site import OnSiteAccount
from ocppj import log

_log = log.get(__name__)
router = APIRouter(prefix="/api/sites/{site_id}/on-site-account", tags=["sites"])


class OnSiteAccountForm(Form):
    """An operator of the site or an administrator; null: nobody, and the page starts no charge."""

    user_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None


@router.get("")
async def account(site_id: RowId, response: Response, db: Db, managed: Managed) -> OnSiteAccount | None:
    """At first who made the code with which the controller was adopted. Null: nobody pays."""
    must_manage(managed, site_id, f"site {site_id}")
    await sites.find(db, site_id)
    found = await on_site.of_site(db, site_id)
    response.headers["ETag"] = etags.tag(found)
    return found


@router.put("")
async def set_account(
    site_id: RowId,
    form: OnSiteAccountForm,
    response: Response,
    of: Wired,
    by: Operator,
    managed: Managed,
    if_match: etags.IfMatch = None,
) -> OnSiteAccount | None:
    """It gets a card of its own, which the controller is told at once or when it is back; the one before is blocked."""
    must_manage(managed, site_id, f"site {site_id}")

    async def work(db: AsyncConnection) -> OnSiteAccount | None:
        await sites.find(db, site_id)
        etags.must_match(if_match, etags.tag(await on_site.of_site(db, site_id)))
        return await on_site.put(db, site_id, form.user_id, of.clock())

    account = await of.writer.write(work)
    of.on_site_changed()
    _log.info("site.on_site_account_set", site=site_id, user=form.user_id, by=by.id)
    response.headers["ETag"] = etags.tag(account)
    return account
