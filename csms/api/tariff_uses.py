"""Where which tariff holds."""

from collections.abc import Sequence

from fastapi import APIRouter

from csms.api.deps import Db, Managed
from csms.store import tariff_uses
from csms.store.tariff_uses import TariffUse

router = APIRouter(tags=["tariffs"])


@router.get("/api/tariff-uses")
async def everything(db: Db, managed: Managed) -> Sequence[TariffUse]:
    """At the charge points that one manages."""
    return await tariff_uses.now(db, managed)
