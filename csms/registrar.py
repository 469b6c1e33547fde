"""Gives charge points that wait to be accepted the settings they must have first, and lets them boot anew then.

OCPP 1.6 §4.2: one that is Pending may be asked and set, and says what it is triggered to. One that refuses a setting
stays Pending, which operators see; it is told the settings again each time it tries.
"""

import asyncio
from collections.abc import Mapping

from csms.bus.in_process import InProcessBus
from csms.commands.change_configuration import change_configuration
from csms.commands.get_configuration import get_configuration
from csms.commands.trigger_message import trigger_message
from csms.domain import registration as rules
from csms.domain.errors import CommandFailed
from csms.store import registrations
from csms.store.database import Database
from csms.store.writer import Writer
from ocppj import log

_log = log.get(__name__)
_GRACE_S = 1.0  # the answer to its BootNotification goes first, through a controller too
_TAKEN = ("Accepted", "RebootRequired")


class Registrar:
    def __init__(self, bus: InProcessBus, database: Database, writer: Writer) -> None:
        self._bus, self._database, self._writer = bus, database, writer
        self._caring: dict[str, asyncio.Task[None]] = {}

    def pending(self, identity: str) -> None:
        """It was answered Pending, or what it waits for has changed. Returns at once."""
        if (before := self._caring.get(identity)) is not None:
            before.cancel()
        task = asyncio.create_task(self._care(identity), name=f"registration of {identity}")
        self._caring[identity] = task
        task.add_done_callback(lambda done: self._forget(identity, done))

    async def close(self) -> None:
        tasks = list(self._caring.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _forget(self, identity: str, done: asyncio.Task[None]) -> None:
        if self._caring.get(identity) is done:
            del self._caring[identity]

    async def _care(self, identity: str) -> None:
        try:
            await asyncio.sleep(_GRACE_S)
            async with self._database.read() as db:
                waits = await registrations.find(db, identity)
            if waits.status != "Pending":
                return
            if waits.settings and not waits.taken:
                trouble = await self._settle(identity, waits.settings)
                of = waits.charge_point_id
                if trouble:
                    _log.warning("registration.waits", charge_point=identity, trouble=trouble)
                    await self._writer.write(lambda db: registrations.failed(db, of, trouble))
                    return
                await self._writer.write(lambda db: registrations.took(db, of, waits.fingerprint))
                _log.info("registration.settings_taken", charge_point=identity, keys=len(waits.settings))
            if not waits.held:  # one that cannot be triggered tries again by itself
                await trigger_message(self._bus, identity, "BootNotification")
        except CommandFailed:
            pass  # call() has told the log
        except Exception as error:
            _log.error("registration.failed", charge_point=identity, error=repr(error))

    async def _settle(self, identity: str, settings: Mapping[str, str]) -> str:
        """Why it has not taken them; "" if it has."""
        at_reboot = set()
        for key, value in settings.items():
            try:
                status = await change_configuration(self._bus, identity, key, value)
            except CommandFailed as failure:
                return str(failure)
            if status not in _TAKEN:
                return f"{identity} answered {status} to {key} = {value}"
            if status == "RebootRequired":
                at_reboot.add(key)
        try:
            told = await get_configuration(self._bus, identity, list(settings))
        except CommandFailed as failure:
            return str(failure)
        values = {row.key: row.value for row in told.configuration_key or ()}
        wrong = rules.differing({key: value for key, value in settings.items() if key not in at_reboot}, values)
        return f"{identity} has taken {', '.join(wrong)}, and tells another value" if wrong else ""
