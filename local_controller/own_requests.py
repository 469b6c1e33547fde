"""What the CSMS may ask of the controller itself, on its own connection: it answers as a charge point that has no
connectors. One table by action; what is not in it gets a CALLERROR.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Raw

from local_controller.authorization import Authorization
from local_controller.local_list import MOST_A_MESSAGE, MOST_TAGS, LocalList
from ocppj import list_digest, payloads, v16
from ocppj.errors import NotImplementedAction, NotSupported
from ocppj.frames import Call
from ocppj.v16 import KeyValue

Handler = Callable[[Any], Awaitable[Any]]
_PROFILES = "Core,LocalAuthListManagement"


class OwnRequests:
    def __init__(self, local_list: LocalList, authorization: Authorization) -> None:
        self._list, self._authorization = local_list, authorization
        self._handlers: dict[str, Handler] = {
            "GetConfiguration": self.configuration,
            "ChangeConfiguration": self.change_configuration,
            "ClearCache": self.clear_cache,
            "GetLocalListVersion": self.list_version,
            "SendLocalList": self.send_list,
        }

    async def answer(self, call: Call) -> Raw:
        handler = self._handlers.get(call.action)
        if handler is None:
            if call.action in v16.ACTIONS:
                raise NotSupported("the controller has no connectors of its own")
            raise NotImplementedAction(call.action[:50])
        return payloads.encode(await handler(v16.decode_request(call.action, call.payload)))

    async def configuration(self, asked: v16.GetConfiguration) -> v16.GetConfigurationResult:
        """All of them are read-only: they tell what the controller is."""
        values = {
            "NumberOfConnectors": "0",
            "SupportedFeatureProfiles": _PROFILES,
            "LocalAuthListEnabled": "true",
            "LocalAuthListMaxLength": str(MOST_TAGS),
            "SendLocalListMaxLength": str(MOST_A_MESSAGE),
            list_digest.KEY: await self._list.digest(),
        }
        names = {name.lower(): name for name in values}
        wanted = asked.key if asked.key else list(values)
        known = dict.fromkeys(names[key.lower()] for key in wanted if key.lower() in names)
        unknown = [key for key in wanted if key.lower() not in names]
        return v16.GetConfigurationResult([KeyValue(name, True, values[name]) for name in known], unknown or None)

    async def change_configuration(self, asked: v16.ChangeConfiguration) -> v16.ChangeConfigurationResult:
        told = await self.configuration(v16.GetConfiguration([asked.key]))
        return v16.ChangeConfigurationResult("Rejected" if told.configuration_key else "NotSupported")

    async def clear_cache(self, asked: v16.ClearCache) -> v16.ClearCacheResult:
        await self._authorization.clear()
        return v16.ClearCacheResult("Accepted")

    async def list_version(self, asked: v16.GetLocalListVersion) -> v16.GetLocalListVersionResult:
        return v16.GetLocalListVersionResult(self._list.version)

    async def send_list(self, asked: v16.SendLocalList) -> v16.SendLocalListResult:
        return v16.SendLocalListResult(await self._list.send(asked))  # type: ignore[arg-type]
