"""May this card charge? The local list, then the cache, then upstream; with nobody to ask, the OCPP offline rules
(OCPP 1.6 §3.5, §4.1).

Online the central system is asked each time, but for a card known as good with LocalPreAuthorize: one that is known
as no good may have become good. What it answers feeds the cache, unless the list has the card.
"""
import asyncio

from micropython import const

_KEEP_AFTER_MS = const(1000)   # a write may stall everything: the offer to the car comes first
_WAITING = const(4)
_VALID = ("Accepted", "ConcurrentTx")   # the latter is a good card in use elsewhere


class Authorizer:
    def __init__(self, ask, is_online, configuration, clock, listed, cached, files):
        """
        ask             async: IdTagInfo of an idTag, or None when nobody could be asked
        listed, cached  IdTags of store/id_tags.py
        files           gives the module that writes them, for one use
        """
        self._ask = ask
        self._is_online = is_online
        self._configuration = configuration
        self._clock = clock
        self.listed = listed
        self.cached = cached
        self._files = files
        for key in ("LocalAuthListEnabled", "AuthorizationCacheEnabled", "LocalPreAuthorize", "LocalAuthorizeOffline",
                    "AllowOfflineTxForUnknownId"):
            configuration.is_true(key)   # now, while the table is at hand: a card must not wait for it
        self._news = []         # (idTag, IdTagInfo) for the cache
        self.conflict = False   # the list and the central system disagree, until there is a new list (§3.5.2)

    async def decide(self, id_tag):
        """(may charge, parent idTag or "", why: an AuthorizationStatus or "Offline")."""
        is_true = self._configuration.is_true
        status, parent_id_tag = self.known(id_tag)
        good = status == "Accepted"
        if good and is_true("LocalPreAuthorize") and self._is_online():
            return True, parent_id_tag, status
        info = await self._ask(id_tag)
        if info is not None:
            self.heard(id_tag, info)
            status = info.get("status")
            return status == "Accepted", parent_of(info), status
        if status and not good:   # refused whatever unknown ones may (§3.5.4)
            return False, "", status
        # Without a time the records of an offline charge would be worthless (§4.2.1, errata 3.11).
        may = self._clock.trusted and (
            good and is_true("LocalAuthorizeOffline") or is_true("AllowOfflineTxForUnknownId"))
        return may, parent_id_tag, "Offline"

    def known(self, id_tag):
        """(AuthorizationStatus, parent idTag) by the local list, else by the cache; ("", "") when neither has it."""
        for tags, key in ((self.listed, "LocalAuthListEnabled"), (self.cached, "AuthorizationCacheEnabled")):
            found = self._configuration.is_true(key) and tags.find(id_tag)
            if found:
                _, parent_id_tag, expiry_s, _, status = found
                if status == "Accepted" and 0 < expiry_s <= self._clock.now_s():
                    status = "Expired"
                return status, parent_id_tag
        return "", ""

    def heard(self, id_tag, info):
        """The central system said this of it, in whichever answer."""
        status = info.get("status")
        if self._configuration.is_true("LocalAuthListEnabled") and self.listed.find(id_tag):
            if (self.known(id_tag)[0] in _VALID) != (status in _VALID):
                print("authorization.conflict id_tag=%s status=%s" % (id_tag[-4:], status))
                self.conflict = True
        # Phones make up a new UID of four bytes, the first one 08, each time.
        elif self._configuration.is_true("AuthorizationCacheEnabled") and not (
                len(id_tag) == 8 and id_tag.startswith("08")):
            self._news.append((id_tag, info))
            if len(self._news) == 1:
                asyncio.create_task(self._keep_soon())
            elif len(self._news) >= _WAITING:
                self._keep()

    async def _keep_soon(self):
        await asyncio.sleep_ms(_KEEP_AFTER_MS)
        self._keep()

    def _keep(self):
        news, self._news = self._news, []
        if news:
            self._files().remember(self.cached, news, self._clock)

    def list_is_new(self):
        self.conflict = False

    def clear_cache(self):
        """False if there is none (errata 3.23)."""
        if not self._configuration.is_true("AuthorizationCacheEnabled"):
            return False
        self._news = []
        self._files().clear(self.cached)
        return True


def parent_of(info):
    parent = info.get("parentIdTag")
    return parent if isinstance(parent, str) else ""
