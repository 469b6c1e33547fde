"""What happens to each message: two tables say which are kept, noted, answered or rewritten here; all others pass.

Payloads pass as they came (`msgspec.Raw`), both ways, unknown actions and fields too; CALLERRORs pass as CALLERRORs.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from msgspec import Raw

from local_controller import away, display_messages, transactions
from local_controller.away import Answer
from local_controller.charge_point import ChargePoint
from local_controller.clock import Clock
from local_controller.notes import Notes
from local_controller.payloads import Wire, try_read, with_profile_transaction_id, with_transaction_id
from local_controller.store import Store
from local_controller.transaction_messages import TransactionMessages
from ocppj import log
from ocppj.errors import CallErrorReceived, CallTimeout, ConnectionLost, GenericError, RpcError
from ocppj.frames import Call

_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Up:
    """A message of a charge point. `keep`: it is committed, confirmed and delivered. Otherwise it passes, is noted when
    it comes (`arrived`) and when it is answered (`answered`), and `away` answers it while the CSMS is away."""

    keep: Callable[[TransactionMessages, ChargePoint, Raw], Awaitable[Raw]] | None = None
    arrived: Callable[[Notes, ChargePoint, Raw], None] | None = None
    answered: Callable[[Notes, ChargePoint, Raw, Raw], None] | None = None
    away: Answer | None = None
    tells_time: bool = False


@dataclass(frozen=True, slots=True)
class Down:
    """A message of the CSMS. `rewrite` puts our transaction ids in place of its own; `answered` notes its answer."""

    rewrite: Callable[["Relay", ChargePoint, Raw], Awaitable[Raw]] | None = None
    answered: Callable[[Notes, ChargePoint, Raw, Raw], None] | None = None


class Refused(Exception):
    """Answered Rejected without asking the charge point."""


class UnknownTransaction(Refused):
    """The CSMS means a transaction by an id that would hit another one here."""


class _TransactionId(Wire):
    transaction_id: int | None = None
    charging_profile_purpose: str | None = None


class _RemoteStart(Wire):
    charging_profile: _TransactionId | None = None


class _SetProfile(Wire):
    cs_charging_profiles: _TransactionId | None = None


class Relay:
    def __init__(
        self,
        store: Store,
        notes: Notes,
        kept: TransactionMessages,
        clock: Clock,
        answer_within_s: float,
        *,
        transparent: bool = False,
        limited: Callable[[], bool] = lambda: False,
    ) -> None:
        self._limited = limited
        self._store, self._notes, self._kept = store, notes, kept
        self._clock, self._answer_within_s = clock, answer_within_s
        self.transparent = transparent

    async def up(self, charge_point: ChargePoint, call: Call) -> Raw:
        """Handle a CALL of the charge point."""
        self._notes.seen(charge_point)
        rule = FROM_CHARGE_POINT.get(call.action, _PASS_UP)
        if rule.keep is not None and self.transparent and not await self._began_here(call.payload):
            rule = _PASS_UP
        if rule.keep is not None:
            return await rule.keep(self._kept, charge_point, call.payload)
        if rule.arrived is not None:
            rule.arrived(self._notes, charge_point, call.payload)
        if call.action == "BootNotification":
            return await self._boot(charge_point, call)
        answer = await self._ask_csms(charge_point, call)
        if answer is None:
            answer = await self._answer_here(rule, charge_point, call)
        elif rule.answered is not None:
            rule.answered(self._notes, charge_point, call.payload, answer)
        return self._clock.tell(charge_point.identity, answer) if rule.tells_time else answer

    async def down(self, charge_point: ChargePoint, call: Call) -> Raw:
        """Handle a CALL of the CSMS."""
        rule = FROM_CSMS.get(call.action, _PASS_DOWN)
        south = charge_point.south
        if south is None:
            raise GenericError("the charge point is not connected")
        payload = call.payload
        if rule.rewrite is not None:
            try:
                payload = await rule.rewrite(self, charge_point, payload)
            except Refused:
                return Raw(b'{"status":"Rejected"}')
        try:
            answer = await south.call_raw(call.action, payload, self._answer_within_s)
        except CallErrorReceived as error:
            raise passed_on(error) from None
        except (CallTimeout, ConnectionLost) as lost:
            raise GenericError(f"the charge point did not answer: {lost}") from None
        if rule.answered is not None:
            rule.answered(self._notes, charge_point, call.payload, answer)
        return answer

    async def _boot(self, charge_point: ChargePoint, call: Call) -> Raw:
        """While it is on its way nobody else introduces the charge point to the CSMS."""
        rule = FROM_CHARGE_POINT[call.action]
        charge_point.booting = True
        try:
            north = await charge_point.csms()
            answer = await self._ask_csms(charge_point, call)
            from_csms = answer is not None
            if answer is None:
                answer = await self._answer_here(rule, charge_point, call)
            self._notes.boot(charge_point, call.payload, answer)
            if from_csms and charge_point.boot and charge_point.boot.accepted and charge_point.north is north:
                charge_point.introduced.set()
            return self._clock.tell(charge_point.identity, answer)
        finally:
            charge_point.booting = False
            charge_point.boot_ended.set()

    async def _ask_csms(self, charge_point: ChargePoint, call: Call) -> Raw | None:
        """None while the CSMS is away or silent."""
        north = charge_point.north or await charge_point.csms()
        if north is None:
            return None
        try:
            return await north.call_raw(call.action, call.payload, self._answer_within_s)
        except CallErrorReceived as error:
            raise passed_on(error) from None
        except (CallTimeout, ConnectionLost):
            return None

    async def _began_here(self, payload: Raw) -> bool:
        """Of a transaction from autonomous mode: the charge point has our id of it, and it ends as it began."""
        named = try_read(_TransactionId, payload)
        return (
            named is not None
            and named.transaction_id is not None
            and await transactions.given_out(self._store, named.transaction_id)
        )

    async def _answer_here(self, rule: Up, charge_point: ChargePoint, call: Call) -> Raw:
        if self.transparent and charge_point.south is not None:
            charge_point.send_away()
        if rule.away is None or self.transparent:
            raise GenericError("the central system is away")
        return rule.away(self._notes.cards, charge_point, call.payload, self._clock())

    async def transaction_of(self, charge_point: ChargePoint, csms_id: int) -> int:
        """Our id for the CSMS's. One that it never got from here passes as it is: the charge point may have it from
        a time before this controller; unless it is also one of ours, which would hit somebody else's transaction."""
        ours = await transactions.ours_of(self._store, charge_point.identity, csms_id)
        if ours is None and await transactions.given_out(self._store, csms_id):
            raise UnknownTransaction(csms_id)
        return csms_id if ours is None else ours

    async def remote_stop(self, charge_point: ChargePoint, payload: Raw) -> Raw:
        asked = try_read(_TransactionId, payload)
        if asked is None or asked.transaction_id is None:
            return payload
        return with_transaction_id(payload, await self.transaction_of(charge_point, asked.transaction_id))

    async def data_transfer(self, charge_point: ChargePoint, payload: Raw) -> Raw:
        return await display_messages.with_our_id(payload, lambda named: self.transaction_of(charge_point, named))

    async def set_profile(self, charge_point: ChargePoint, payload: Raw) -> Raw:
        asked = try_read(_SetProfile, payload)
        profile = asked.cs_charging_profiles if asked else None
        if profile and profile.charging_profile_purpose == "ChargePointMaxProfile" and self._limited():
            _log.warning("profile.refused", charge_point=charge_point.identity, why="its share is the site limit's")
            raise Refused
        return await self._profile(charge_point, payload, "csChargingProfiles", profile)

    async def remote_start(self, charge_point: ChargePoint, payload: Raw) -> Raw:
        asked = try_read(_RemoteStart, payload)
        profile = asked.charging_profile if asked else None
        return await self._profile(charge_point, payload, "chargingProfile", profile)

    async def _profile(self, charge_point: ChargePoint, payload: Raw, key: str, profile: _TransactionId | None) -> Raw:
        if profile is None or profile.transaction_id is None:
            return payload
        return with_profile_transaction_id(
            payload, key, await self.transaction_of(charge_point, profile.transaction_id)
        )


_PASS_UP, _PASS_DOWN = Up(), Down()

FROM_CHARGE_POINT: dict[str, Up] = {
    "BootNotification": Up(away=away.boot, tells_time=True),
    "Heartbeat": Up(away=away.heartbeat, tells_time=True),
    "StatusNotification": Up(arrived=Notes.status, away=away.nothing),
    "Authorize": Up(answered=Notes.authorize, away=away.authorize),
    "StartTransaction": Up(keep=TransactionMessages.start),
    "StopTransaction": Up(keep=TransactionMessages.stop),
    "MeterValues": Up(keep=TransactionMessages.meter_values),
}

FROM_CSMS: dict[str, Down] = {
    "DataTransfer": Down(rewrite=Relay.data_transfer),
    "RemoteStartTransaction": Down(rewrite=Relay.remote_start, answered=Notes.remote_start),
    "RemoteStopTransaction": Down(rewrite=Relay.remote_stop),
    "SetChargingProfile": Down(rewrite=Relay.set_profile),
    "ClearChargingProfile": Down(answered=Notes.cleared),
}


def passed_on(error: CallErrorReceived) -> RpcError:
    """The other side's CALLERROR, to be raised to this one: the code may be one that OCPP 1.6 does not know."""
    kind: type[RpcError] = type("PassedOn", (RpcError,), {"code": error.code})
    return kind(error.description, error.details)
