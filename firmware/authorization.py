"""May this card charge? The local list, then the cache, then upstream; with nobody to ask, the OCPP offline rules
(OCPP 1.6 §3.5, §4.1). What it remembers is in authorizer.py.

Online the central system is asked each time, but for a card known as good with LocalPreAuthorize: one that is known
as no good may have become good. What it answers feeds the cache, unless the list has the card.
"""
import asyncio

from micropython import const

_KEEP_AFTER_MS = const(1000)   # a write may stall everything: the offer to the car comes first
_WAITING = const(4)
_VALID = ("Accepted", "ConcurrentTx")   # the latter is a good card in use elsewhere


async def decide(authorizer, id_tag):
    is_true = authorizer.configuration.is_true
    status, parent_id_tag = known(authorizer, id_tag)
    good = status == "Accepted"
    if good and is_true("LocalPreAuthorize") and authorizer.is_online():
        return True, parent_id_tag, status
    info = await authorizer.ask(id_tag)
    if info is not None:
        heard(authorizer, id_tag, info)
        status, parent_id_tag = info.get("status"), info.get("parentIdTag")
        return status == "Accepted", parent_id_tag if isinstance(parent_id_tag, str) else "", status
    if status and not good:   # refused whatever unknown ones may (§3.5.4)
        return False, "", status
    # Without a time the records of an offline charge would be worthless (§4.2.1, errata 3.11).
    may = authorizer.clock.trusted and (
        good and is_true("LocalAuthorizeOffline") or is_true("AllowOfflineTxForUnknownId"))
    return may, parent_id_tag, "Offline"


def known(authorizer, id_tag):
    for tags, key in ((authorizer.listed, "LocalAuthListEnabled"), (authorizer.cached, "AuthorizationCacheEnabled")):
        found = authorizer.configuration.is_true(key) and tags.find(id_tag)
        if found:
            _, parent_id_tag, expiry_s, _, status = found
            if status == "Accepted" and 0 < expiry_s <= authorizer.clock.now_s():
                status = "Expired"
            return status, parent_id_tag
    return "", ""


def heard(authorizer, id_tag, info):
    is_true, status = authorizer.configuration.is_true, info.get("status")
    if is_true("LocalAuthListEnabled") and authorizer.listed.find(id_tag):
        if (known(authorizer, id_tag)[0] in _VALID) != (status in _VALID):
            print("authorization.conflict id_tag=%s status=%s" % (id_tag[-4:], status))
            authorizer.conflict = True
    # Phones make up a new UID of four bytes, the first one 08, each time.
    elif is_true("AuthorizationCacheEnabled") and not (len(id_tag) == 8 and id_tag.startswith("08")):
        authorizer.news.append((id_tag, info))
        if len(authorizer.news) == 1:
            asyncio.create_task(_keep_soon(authorizer))
        elif len(authorizer.news) >= _WAITING:
            keep(authorizer)


async def _keep_soon(authorizer):
    await asyncio.sleep_ms(_KEEP_AFTER_MS)
    keep(authorizer)


def keep(authorizer):
    """What is new goes to the cache's file."""
    news, authorizer.news = authorizer.news, []
    if news:
        authorizer.files().remember(authorizer.cached, news, authorizer.clock)


def clear_cache(authorizer):
    if not authorizer.configuration.is_true("AuthorizationCacheEnabled"):
        return False
    authorizer.news = []
    authorizer.files().clear(authorizer.cached)
    return True
