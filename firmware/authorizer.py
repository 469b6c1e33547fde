"""May this card charge? Asks upstream; with nobody to ask, the OCPP offline rules (OCPP 1.6 §3.5.4, §4.1).

The local list and the cache will answer here before upstream is asked.
"""


class Authorizer:
    def __init__(self, ask, configuration, clock):
        self._ask = ask   # async: IdTagInfo of an idTag, or None when nobody could be asked
        self._configuration = configuration
        self._clock = clock

    async def decide(self, id_tag):
        """(may charge, parent idTag or "", why: an AuthorizationStatus or "Offline")."""
        info = await self._ask(id_tag)
        if info is None:
            # Without a time the records of an offline charge would be worthless (§4.2.1, errata 3.11).
            unknown_may = self._configuration.is_true("AllowOfflineTxForUnknownId") and self._clock.trusted
            return unknown_may, "", "Offline"
        status = info.get("status")
        return status == "Accepted", parent_of(info), status


def parent_of(info):
    parent = info.get("parentIdTag")
    return parent if isinstance(parent, str) else ""

