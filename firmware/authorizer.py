"""What stays of authorization between two cards: list, cache and what they need. The rules are authorization.py's,
loaded for one card or one answer.
"""


class Authorizer:
    def __init__(self, rules, files, ask, is_online, configuration, clock, listed, cached):
        """
        rules, files    give authorization.py and store/id_tag_files.py, for one use
        ask             async: IdTagInfo of an idTag, or None when nobody could be asked
        listed, cached  IdTags of store/id_tags.py
        """
        self._rules = rules
        self.files = files
        self.ask = ask
        self.is_online = is_online
        self.configuration = configuration
        self.clock = clock
        self.listed = listed
        self.cached = cached
        self.news = []          # (idTag, IdTagInfo) for the cache
        self.conflict = False   # the list and the central system disagree, until there is a new list (§3.5.2)
        for key in ("LocalAuthListEnabled", "AuthorizationCacheEnabled", "LocalPreAuthorize", "LocalAuthorizeOffline",
                    "AllowOfflineTxForUnknownId"):
            configuration.is_true(key)   # now, while the table is at hand: a card must not wait for it

    def decide(self, id_tag):
        """To be awaited: (may charge, parent idTag or "", why: an AuthorizationStatus or "Offline")."""
        return self._rules().decide(self, id_tag)

    def known(self, id_tag):
        """(AuthorizationStatus, parent idTag) by the local list, else by the cache; ("", "") when neither has it."""
        return self._rules().known(self, id_tag)

    def heard(self, id_tag, info):
        """The central system said this of it, in whichever answer."""
        self._rules().heard(self, id_tag, info)

    def clear_cache(self):
        """False if there is none (errata 3.23)."""
        return self._rules().clear_cache(self)

    def list_is_new(self):
        self.conflict = False


def parent_of(info):
    parent = info.get("parentIdTag")
    return parent if isinstance(parent, str) else ""
