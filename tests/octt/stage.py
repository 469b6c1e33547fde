"""Where the cases are played: charge points on the virtual bench that live on from case to case, each behind a tap.

A case on both central systems is played on two charge points at the same time: it mostly waits, for meters and cars.
What a failed case leaves behind is not trusted: its charge point is thrown away.
"""
import asyncio
import base64
import ssl
import time
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Any

from hardware.bench import board as boards
from hardware.bench.charge_point import ChargePoint, Options
from hardware.bench.world import World
from tests.octt.script import Script
from tests.octt.systems import SCRIPTED, NoOcpp, Ours, Scripted
from tests.octt.tap import CENTRAL_SYSTEM, CHARGE_POINT, Exchange, Tap

Play = Callable[[Script], Awaitable[None]]
STALL_S = 0.5   # parts that answer nothing for longer, the charge point holds for broken
# The cases set what they need; by default nothing is said unless something happens.
BASE_KEYS = {"MeterValueSampleInterval": "0"}


class Player:
    """One charge point, its tap and its central system."""

    def __init__(self, charge_point: ChargePoint, tap: Tap, system: Scripted | Ours) -> None:
        self.charge_point, self.tap, self.system = charge_point, tap, system
        self.changed_keys: dict[str, str | None] = {}
        self.link_was_cut = False
        self.tapped_s = 0.0   # when a card was held to the reader last
        self.tidied_s = time.monotonic()
        self._lines = 0
        self._log = charge_point.folder / "console.log"

    def console_since(self) -> list[str]:
        return self.console_ever()[self._lines:]

    def console_ever(self) -> list[str]:
        return self._log.read_text().splitlines() if self._log.exists() else []

    def begin(self) -> Script:
        self._lines = len(self.console_ever())
        if isinstance(self.system, Scripted):
            self.system.answers.clear()
            self.system.parents.clear()
        return Script(self)

    async def ask(self, action: str, payload: dict[str, Any]) -> Exchange | None:
        """What became of this CALL of the central system; None if it never left. NoOcpp if its answer is no answer."""
        before = len(self.tap.record)

        def asked() -> Exchange | None:
            sent = (e for e in self.tap.record[before:] if e.by == CENTRAL_SYSTEM and e.action == action)
            return next(sent, None)

        asking = asyncio.create_task(self.system.ask(self.charge_point.options.identity, action, payload))
        await self.tap.wait_until(lambda: (e := asked()) and e.answer_number, 10)
        sent = asked()
        if sent and sent.answer_number:
            sent.seen = True
            disliked = await asking
            if disliked and not sent.error:
                raise NoOcpp(f"{sent}: {disliked}")
        else:
            asking.cancel()
        return sent

    async def tidy(self, *, whole: bool = False) -> None:
        """As after a first boot: no car, no fault, keys as they were, nothing reserved, listed, cached or installed."""
        charge_point = self.charge_point
        begun = {e.action for e in self.tap.record if e.by == CENTRAL_SYSTEM}
        for connector in charge_point.board.connectors:
            charge_point.clear_all(connector.connector_id)
            if connector.car:
                charge_point.unplug(connector.connector_id)
        for key, value in self.changed_keys.items():
            if value is not None:
                await self.ask("ChangeConfiguration", {"key": key, "value": value})
        self.changed_keys.clear()
        if "ChangeAvailability" in begun:
            await self.ask("ChangeAvailability", {"connectorId": 0, "type": "Operative"})
        if "SendLocalList" in begun:
            version = await self.ask("GetLocalListVersion", {})
            known = (version.answer or {}).get("listVersion", 0) if version else 0
            await self.ask("SendLocalList", {
                "listVersion": max(1, known + 1), "updateType": "Full", "localAuthorizationList": []})
        if "SetChargingProfile" in begun:
            await self.ask("ClearChargingProfile", {})
        for e in [e for e in self.tap.record if e.action == "ReserveNow" and e.answer == {"status": "Accepted"}]:
            await self.ask("CancelReservation", {"reservationId": e.payload["reservationId"]})
        await self.ask("ClearCache", {})
        if self.link_was_cut:   # after several short connections in a row it would wait half a minute with the next one
            self.link_was_cut = False
            await self._comes_to_rest(1)
            self.tap.record.clear()
            await charge_point.power(False)
            await charge_point.power(True)
            await self.tap.wait_until(
                lambda: any(e.action == "BootNotification" and e.answer is not None for e in self.tap.record), 15)
        for connector in charge_point.board.connectors:
            await self._comes_to_rest(connector.connector_id)
        if whole or "ChangeAvailability" in begun:
            await self._comes_to_rest(0)
        await self._says("Heartbeat", lambda payload: True)   # behind all that was still to be delivered
        self.tap.forget()
        self.tidied_s = time.monotonic()

    async def _comes_to_rest(self, connector_id: int) -> None:
        deadline = time.monotonic() + 12

        def at_rest(payload: dict[str, Any]) -> bool:
            return (payload["status"], payload["errorCode"]) == ("Available", "NoError")

        while not await self._says("StatusNotification", at_rest, connector_id):
            if time.monotonic() > deadline:
                raise AssertionError(f"connector {connector_id} does not come to rest")

    async def _says(
        self, message: str, fits: Callable[[dict[str, Any]], bool], connector_id: int | None = None
    ) -> bool:
        """Whether the triggered message says so."""
        before = len(self.tap.record)
        where = {} if connector_id is None else {"connectorId": connector_id}
        await self.ask("TriggerMessage", {"requestedMessage": message, **where})

        def said() -> list[Exchange]:
            return [e for e in self.tap.record[before:] if e.by == CHARGE_POINT and e.action == message
                    and e.answer is not None and connector_id in (None, e.payload.get("connectorId"))]

        return await self.tap.wait_until(said, 5) and fits(said()[-1].payload)


class Stage:
    def __init__(self, folder: Path) -> None:
        self._world = World(folder / "bench")
        self._ours_folder = folder / "csms"
        self._ours: Ours | None = None
        self._players: dict[tuple[str, str], Player] = {}
        self._systems: list[Scripted] = []
        self._taps: list[Tap] = []
        self._numbers = count(1)
        self._playing: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._opening = asyncio.Lock()
        self._looked_s = self._stalled_s = time.monotonic()
        self._looking: asyncio.Task[None] | None = None

    async def outcome(self, name: str, play: Play, system: str, systems: list[str], board: str) -> None:
        """Play it on all of `systems` at once; how it went on `system`."""
        for each in systems:
            if (name, each) not in self._playing:
                self._playing[name, each] = asyncio.create_task(self._play(play, each, board))
        await self._playing[name, system]

    async def _play(self, play: Play, system: str, board: str) -> None:
        """Once; a second time if the world stood still meanwhile: what a charge point says of parts that did not answer
        is right, and no verdict."""
        began_s = time.monotonic()
        try:
            await self._play_once(play, system, board)
        except AssertionError as error:
            if not self._has_stalled_since(began_s):
                raise
            print(f"the bench stood still for more than {STALL_S} s, played again on {system}; it had failed: {error}")
            await self._play_once(play, system, board)

    async def _play_once(self, play: Play, system: str, board: str) -> None:
        player = await self.player(system, board)
        try:
            await play(player.begin())
            await player.tidy()
        except BaseException:
            await self._forget(system, board)
            raise

    async def player(self, system: str, board: str) -> Player:
        """A charge point that is connected, idle, and at its defaults."""
        if (system, board) not in self._players:
            player = await self.new_player(system, board)
            try:
                await player.begin().boots()
                for key, value in BASE_KEYS.items():
                    await player.ask("ChangeConfiguration", {"key": key, "value": value})
                player.tap.forget()
            except BaseException:
                await self.remove(player)
                raise
            self._players[system, board] = player
        player = self._players[system, board]
        if self._has_stalled_since(player.tidied_s):
            await player.tidy(whole=True)
        return player

    def _has_stalled_since(self, moment_s: float) -> bool:
        """Whether the world stood still: it does while tests run that are none of its own, and parts seem broken."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
            self._looked_s = time.monotonic()
        return self._stalled_s > moment_s or time.monotonic() - self._looked_s > STALL_S

    async def _look(self) -> None:
        while True:
            if time.monotonic() - self._looked_s > STALL_S:
                self._stalled_s = time.monotonic()
            self._looked_s = time.monotonic()
            await asyncio.sleep(STALL_S / 5)

    async def new_player(
        self, system: str, board: str, *, key: str | None = None, url: str | None = None, identity: str | None = None,
        tls: ssl.SSLContext | None = None, authority: bytes | None = None, host: str | None = None,
    ) -> Player:
        """One just switched on. `key`: instead of its own; `authority`: its CA, DER; `url`: instead of the tap's."""
        async with self._opening:
            upstream = await self._central_system(system)
            tap = Tap(upstream.url, tls, host)
            await tap.up()
            self._taps.append(tap)
            identity = identity or f"OCTT-{next(self._numbers)}"
            own_key = await upstream.register(identity, len(boards.load(board)["connectors"]))
            charge_point = await self._world.add(Options(
                identity=identity, url=url or tap.url, authorization_key=key or own_key, board=board, stalls=False,
                meter_wh=1000, ca_der_base64=authority and base64.b64encode(authority).decode()))
        return Player(charge_point, tap, upstream)

    async def remove(self, player: Player) -> None:
        await self._world.remove(player.charge_point.options.identity)
        await player.tap.down()

    async def _central_system(self, system: str) -> Scripted | Ours:
        if system == SCRIPTED:   # one a charge point: what it answers is the case's to say
            scripted = Scripted()
            await scripted.open()
            self._systems.append(scripted)
            return scripted
        if self._ours is None:
            ours = Ours(self._ours_folder)
            await ours.open()
            self._ours = ours
        return self._ours

    async def _forget(self, system: str, board: str) -> None:
        player = self._players.pop((system, board), None)
        if player:
            await self.remove(player)

    async def close(self) -> None:
        if self._looking:
            self._looking.cancel()
        for task in self._playing.values():
            task.cancel()
        await asyncio.gather(*self._playing.values(), return_exceptions=True)
        await self._world.close()
        for tap in self._taps:
            await tap.down()
        for system in self._systems:
            await system.close()
        if self._ours:
            await self._ours.close()
