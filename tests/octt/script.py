"""The language of the cases: what people and cars do at the charge point, what the central system asks, what is seen.

    await script.plug()
    await script.shows("Preparing")
    assert await script.asks("RemoteStartTransaction", connector_id=1, id_tag=CARD) == "Accepted"
    await script.sees("StartTransaction", connector_id=1, id_tag=CARD)
    await script.ends(status="Charging")

Every CALL of the charge point must be named by a sees() in its turn: another one in between fails the case, as does one
that is left over at the end, that came since the case before, or that the central system answers with a CALLERROR. So
does a CALL of the central system that the case has not asked for. Fields are written in snake_case and compared with
the wire's camelCase; a dict needs only the keys that matter, a function decides for itself. What OCPP leaves free is
said with sees_in_any_order() and leaves_free().
"""
import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hardware.bench.charge_point import Plug
from tests.octt.systems import CARD, NoOcpp
from tests.octt.tap import CENTRAL_SYSTEM, CHARGE_POINT, Exchange

if TYPE_CHECKING:
    from tests.octt.stage import Player

WITHIN_S = 12.0
SILENT_S = 0.3   # the firmware looks at its connectors, and at what it has to tell, every 50 ms
CARD_HELD_S = 0.35
LOCALLY = lambda reason: reason in (None, "Local")   # noqa: E731  (left out means Local, OCPP 1.6 §4.10)


def either(*values: Any) -> Callable[[Any], bool]:
    return lambda value: value in values


def moment(seconds_from_now: float) -> str:
    at = datetime.now(UTC) + timedelta(seconds=seconds_from_now)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Expected:
    action: str
    fields: dict[str, Any]

    def fits(self, seen: Exchange) -> bool:
        fields = dict(self.fields)
        verdict = fields.pop("verdict", None)   # idTagInfo.status of the answer
        if verdict and ((seen.answer or {}).get("idTagInfo") or {}).get("status") != verdict:
            return False
        return seen.action == self.action and _fits(fields, seen.payload)

    def __str__(self) -> str:
        return f"{self.action} {self.fields}"


def says(action: str, **fields: Any) -> Expected:
    """A CALL of the charge point, for sees_in_any_order()."""
    return Expected(action, fields)


def status(status: Any, connector_id: int = 1, error_code: Any = "NoError", **fields: Any) -> Expected:
    """A StatusNotification, for sees_in_any_order()."""
    return Expected("StatusNotification", {
        "connector_id": connector_id, "status": status, "error_code": error_code, **fields})


class Answer(str):
    """What the charge point answered: compares as its `status`, or the code of its CALLERROR; `payload` is all."""
    payload: dict[str, Any]


class Script:
    def __init__(self, player: "Player") -> None:
        self.player = player
        self.system = player.system
        self.charge_point = player.charge_point
        self.transaction_id: Any = None     # of the StartTransaction seen last
        self.meter_start: int = 0
        self._at = 0                        # the last frame that is accounted for
        self._free: set[str] = set()
        self._shared: dict[int, int] = {}   # connector -> how often connector 1, of the same EVSE, is used
        self._shown: dict[int, str] = {}    # connector -> status told last

    # What the charge point says

    async def sees(self, action: str, *, within_s: float = WITHIN_S, **fields: Any) -> Exchange:
        """The charge point's next CALL is this one, and it has been answered."""
        return (await self.sees_in_any_order(Expected(action, fields), within_s=within_s))[0]

    async def shows(
        self, status_: Any, connector_id: int = 1, *, within_s: float = WITHIN_S, **fields: Any
    ) -> Exchange:
        """The charge point's next CALL is a StatusNotification of this."""
        return (await self.sees_in_any_order(status(status_, connector_id, **fields), within_s=within_s))[0]

    async def sees_in_any_order(self, *expected: Expected, within_s: float = WITHIN_S) -> list[Exchange]:
        """The charge point's next CALLs are these, each once; which comes first OCPP leaves open."""
        missing, found = list(expected), {}
        deadline = time.monotonic() + within_s
        while missing:
            wanted = " or ".join(map(str, missing))
            if not await self.player.tap.wait_until(self._next, max(0.0, deadline - time.monotonic())):
                raise self._wrong(f"not within {within_s:g} s: {wanted}")
            seen = self._next()
            assert seen
            match = next((e for e in missing if e.fits(seen)), None)
            if match is None:
                raise self._wrong(f"wanted: {wanted}\nbut came: {seen}")
            if seen.number < self._at:
                raise self._wrong(f"too early, before frame {self._at}: {seen}")
            missing.remove(match)
            found[id(match)] = seen
            seen.seen = True
            self._take(seen)
        self._at = max(self._at, *(seen.number for seen in found.values()))
        return [found[id(e)] for e in expected]

    def leaves_free(self, *actions: str) -> None:
        """These may come at any time and any number from here on."""
        self._free.update(actions)

    def shares_its_evse(self, connector_id: int, uses: int = 1) -> None:
        """This one is Unavailable each time connector 1 is used, then Available again, and says nothing else; in which
        order with what connector 1 says, OCPP leaves open."""
        self._shared[connector_id] = uses

    def all(self, action: str) -> list[Exchange]:
        """All CALLs of the charge point of this action in this case, those left free included."""
        return [e for e in self._record() if e.by == CHARGE_POINT and e.action == action]

    async def has_seen(self, action: str, count: int, within_s: float = WITHIN_S) -> list[Exchange]:
        """So many of an action that leaves_free() names."""
        if not await self.player.tap.wait_until(lambda: len(self.all(action)) >= count, within_s):
            raise self._wrong(f"not within {within_s:g} s: {count} x {action}")
        return self.all(action)

    def _take(self, seen: Exchange) -> None:
        if seen.action == "StatusNotification":
            self._shown[seen.payload["connectorId"]] = seen.payload["status"]
        elif seen.action == "StartTransaction":
            self.transaction_id = (seen.answer or {}).get("transactionId")
            self.meter_start = seen.payload["meterStart"]

    def _record(self) -> list[Exchange]:
        return self.player.tap.record

    def _unseen(self) -> list[Exchange]:
        return [
            e for e in self._record()
            if e.by == CHARGE_POINT and not e.seen and e.action not in self._free
            and not (e.action == "StatusNotification" and e.payload["connectorId"] in self._shared)
        ]

    def _next(self) -> Exchange | None:
        """The oldest CALL that is not accounted for, once it has its answer."""
        unseen = self._unseen()
        return unseen[0] if unseen and (unseen[0].answer is not None or unseen[0].error) else None

    def _wrong(self, what: str) -> AssertionError:
        frames = "\n".join(map(str, self._record()))
        console = "\n".join(list(self.charge_point.console)[-15:])
        return AssertionError(f"{what}\nframes of this case:\n{frames}\nconsole:\n{console}")

    # What the central system asks

    async def asks(self, action: str, *, answer_first: bool = True, **fields: Any) -> Answer:
        """Send this CALL; what the charge point answered. All it says later must come after the answer, unless
        `answer_first` is False: it may do something before it answers."""
        try:
            asked = await self.player.ask(action, {_camel(name): value for name, value in fields.items()})
        except NoOcpp as error:
            raise self._wrong(str(error)) from None
        if asked is None or asked.answer_number is None:
            raise self._wrong(f"no answer to {action}")
        early = [e for e in self._unseen() if e.number < asked.number]
        if early:
            raise self._wrong(f"unexpected before {action}: {early[0]}")
        self._at = asked.answer_number if answer_first else asked.number
        payload = asked.answer or {}
        answer = Answer(asked.error or payload.get("status", ""))
        answer.payload = payload
        return answer

    async def configures(self, **keys: Any) -> None:
        """Set configuration keys for this case; they are put back after it."""
        for key, value in keys.items():
            if key not in self.player.changed_keys:
                self.player.changed_keys[key] = await self.reads(key)
            text = str(value).lower() if isinstance(value, bool) else str(value)
            answer = await self.asks("ChangeConfiguration", key=key, value=text)
            if answer != "Accepted":
                raise self._wrong(f"{key}={text}: {answer}")

    async def reads(self, key: str) -> str | None:
        """The value of a configuration key, None when it is unknown."""
        rows = (await self.asks("GetConfiguration", key=[key])).payload.get("configurationKey") or [{}]
        value: str | None = rows[0].get("value")
        return value

    def answers(self, action: str, answer: Any) -> None:
        """What the scripted central system answers from here on: a wire payload or a function of the call's payload."""
        self.system.answers[action] = answer

    # What people, cars and the world do

    async def plug(self, connector_id: int = 1, **car: Any) -> None:
        self.charge_point.plug(connector_id, Plug(**car))

    async def unplug(self, connector_id: int = 1) -> None:
        self.charge_point.unplug(connector_id)

    async def tap(self, card: str = CARD) -> None:
        """Hold a card to the reader for a moment."""
        reader = self.charge_point.board.reader
        assert reader
        await self.until("the reader is free", lambda: reader.card is None)
        if time.monotonic() - self.player.tapped_s < 2:   # a look without the card tells this tap from the one before
            looks = reader.vain_looks
            await self.until("a look without a card", lambda: reader.vain_looks >= looks + 2)
        self.charge_point.board.tap(card, time.monotonic(), CARD_HELD_S)
        self.charge_point._settle()
        self.player.tapped_s = time.monotonic()

    def fault(self, kind: str, on: bool = True, connector_id: int = 1) -> None:
        self.charge_point.set_fault(connector_id, kind, on)

    async def power(self, on: bool) -> None:
        await self.charge_point.power(on)

    async def power_cycle(self) -> None:
        await self.power(False)
        await self.power(True)

    async def link(self, up: bool) -> None:
        """The charge point's WiFi; back when it is down or connected again, as the charge point itself knows it."""
        count, connections = self.told("link.down"), self.player.tap.connections
        self.charge_point.set_link(up)
        self.player.link_was_cut = True
        if up:
            await self.until("connected", lambda: self.player.tap.connections > connections, 20)
        else:
            await self.until("link down", lambda: self.told("link.down") > count)

    async def until(self, what: str, true: Callable[[], Any], within_s: float = WITHIN_S) -> None:
        try:
            async with asyncio.timeout(within_s):
                while not true():   # noqa: ASYNC110  (the bench's state is not ours to signal)
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise self._wrong(f"not within {within_s:g} s: {what}") from None

    async def console_says(self, text: str, within_s: float = WITHIN_S) -> None:
        """A fact that no frame tells, such as a card that was refused without asking; since the case began."""
        await self.until(f"console: {text}", lambda: self.told(text), within_s)

    def told(self, text: str) -> int:
        """How many lines of the console since the case began hold `text`."""
        return sum(text in line for line in self.player.console_since())

    def energy_flows(self, connector_id: int = 1) -> bool:
        return bool(self.charge_point.board.connector(connector_id).contactor.closed)

    def cable_is_locked(self, connector_id: int = 1) -> bool:
        return bool(self.charge_point.board.connector(connector_id).lock.locked)   # type: ignore[attr-defined]

    def offered_a(self, connector_id: int = 1) -> float:
        """What the control pilot tells the car."""
        offered: float = self.charge_point.board.connector(connector_id).as_json()["pilot"]["offered_a"]
        return offered

    def register_wh(self, connector_id: int = 1) -> int:
        """The simulated meter's own word."""
        return self.charge_point.meter_log(connector_id)[-1].register_wh

    # Scenes that many cases share

    async def starts_charging(self, card: str = CARD, connector_id: int = 1) -> Any:
        """Plug, card, energy; the transaction's id."""
        await self.plug(connector_id)
        await self.shows("Preparing", connector_id)
        await self.tap(card)
        await self.sees("Authorize", id_tag=card, verdict="Accepted")
        await self.charging_begins(card, connector_id)
        return self.transaction_id

    async def charging_begins(self, card: str = CARD, connector_id: int = 1, **fields: Any) -> Exchange:
        start, _ = await self.sees_in_any_order(
            says("StartTransaction", connector_id=connector_id, id_tag=card, **fields),
            status("Charging", connector_id))
        assert self.energy_flows(connector_id)
        return start

    async def charging_ends(
        self, reason: Any, connector_id: int = 1, *, unplugged: bool = False, **fields: Any
    ) -> Exchange:
        """Finishing (and Available, the car being gone) and StopTransaction, with the reading that the meter has."""
        statuses = ["Finishing", "Available"] if unplugged else ["Finishing"]
        stop, *told = await self.sees_in_any_order(
            says("StopTransaction", reason=reason, transaction_id=self.transaction_id, **fields),
            *(status(each, connector_id) for each in statuses))
        assert [e.payload["status"] for e in sorted(told, key=lambda e: e.number)] == statuses
        assert not self.energy_flows(connector_id)
        assert stop.payload["meterStop"] == self.register_wh(connector_id)
        return stop

    async def stops_charging(self, card: str = CARD, connector_id: int = 1) -> Exchange:
        await self.tap(card)
        return await self.charging_ends(LOCALLY, connector_id)

    async def boots(self, states: dict[int, Any] | None = None, **fields: Any) -> Exchange:
        """BootNotification, accepted, then the status of each connector in any order."""
        boot = await self.sees("BootNotification", within_s=15, **fields)
        states = states or dict.fromkeys(range(len(self.charge_point.board.connectors) + 1), "Available")
        await self.sees_in_any_order(*(status(state, number) for number, state in states.items()))
        return boot

    # The end

    async def ends(self, status: Any = None, connector_id: int = 1) -> None:
        """The final status is this, as told last and as told when asked; and nothing else was said or is on its way.

        Nothing is on its way: it stays silent for six of its looks, and the Heartbeat that it is then asked for, which
        waits behind every other CALL that it has begun, is the next it says.
        """
        if await self.player.tap.wait_until(self._unseen, SILENT_S):
            raise self._wrong(f"left over: {self._unseen()[0]}")
        if status is not None:
            if self._shown.get(connector_id) is not None and not _value_fits(status, self._shown[connector_id]):
                raise self._wrong(f"status told last was {self._shown[connector_id]}, not {status}")
            assert await self.asks("TriggerMessage", requested_message="StatusNotification",
                                   connector_id=connector_id) == "Accepted"
            await self.shows(status, connector_id, error_code=lambda code: True)
            charging = self._shown[connector_id] == "Charging"
            if connector_id and self.energy_flows(connector_id) != charging:
                raise self._wrong(f"energy flows is {not charging} though the status is {status}")
        assert await self.asks("TriggerMessage", requested_message="Heartbeat") == "Accepted"
        self._free.discard("Heartbeat")
        await self.sees("Heartbeat")
        if self._unseen():
            raise self._wrong(f"left over: {self._unseen()[0]}")
        for number, uses in self._shared.items():
            self._check_shared(number, uses)
        if self.player.tap.strays:
            raise self._wrong(f"no frames of OCPP: {self.player.tap.strays}")
        unasked = [e for e in self._record() if e.by == CENTRAL_SYSTEM and not e.seen]
        if unasked:
            raise self._wrong(f"the central system asks of its own accord: {unasked[0]}")
        refused = [e for e in self._record() if e.by == CHARGE_POINT and e.error]
        if refused:
            raise self._wrong(f"the central system cannot take {refused[0]}")

    def _check_shared(self, number: int, uses: int) -> None:
        told = [e.payload["status"] for e in self.all("StatusNotification") if e.payload["connectorId"] == number]
        wanted = ["Unavailable", "Available"] * uses
        if uses and self.charge_point.board.connector(1).car:
            wanted.pop()
        if told != wanted:
            raise self._wrong(f"connector {number}, of the EVSE of connector 1, should say {wanted}, not {told}")

    def asked(self, action: str) -> bool:
        return any(e.by == CENTRAL_SYSTEM and e.action == action for e in self._record())


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)


def _fits(fields: dict[str, Any], payload: dict[str, Any]) -> bool:
    return all(_value_fits(wanted, payload.get(name, payload.get(_camel(name)))) for name, wanted in fields.items())


def _value_fits(wanted: Any, value: Any) -> bool:
    if callable(wanted):
        return bool(wanted(value))
    if isinstance(wanted, dict):
        return isinstance(value, dict) and _fits(wanted, value)
    return bool(wanted == value)
