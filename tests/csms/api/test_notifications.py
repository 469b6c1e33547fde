"""What reaches people who are not looking: in the inbox, live, by mail and by push; once; and as they chose."""

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from csms.config import MailServer, Settings
from csms.domain.events import Alert
from csms.notify.notifier import Notifier
from csms.service import Service
from csms.store import outbox
from csms.store.database import Database
from csms.store.writer import Writer
from ocppj.v16 import MeterValue, MeterValues, SampledValue
from tests.csms.notify.test_web_push import Browser, push_service
from tests.csms.notify.test_web_push import Service as PushService
from tests.csms.running import CARD, PASSWORD, PEOPLE, Csms, settings_in, until
from tests.csms.smtp_server import SmtpServer, body, listening, subject
from tests.csms.station import START, Station
from tests.csms.tells import tells

ENDED = "Charging at CP1, connector 1, has ended: 2.00 kWh, 0.90 EUR."


@dataclass
class World:
    csms: Csms
    settings: Settings
    smtp: SmtpServer
    push: PushService
    dora: httpx.AsyncClient

    async def inbox(self, client: httpx.AsyncClient, *kinds: str) -> list[dict[str, Any]]:
        """All notices, newest first, once those of these kinds are there."""

        async def there() -> list[dict[str, Any]]:
            got: list[dict[str, Any]] = (await client.get("/api/notifications")).json()
            return got if {each["kind"] for each in got} >= set(kinds) else []

        found: list[dict[str, Any]] = await until(there)
        return found

    async def choose(self, client: httpx.AsyncClient, **settings: Any) -> dict[str, Any]:
        answer = await client.put("/api/notifications/settings", json=settings)
        assert answer.status_code == 200, answer.text
        chosen: dict[str, Any] = answer.json()
        return chosen


@pytest.fixture
async def world(fresh: Path, tmp_path: Path) -> AsyncIterator[World]:
    shutil.copytree(fresh, tmp_path / "data")
    async with listening() as smtp, push_service() as push:
        mail = MailServer(host="127.0.0.1", port=smtp.port, tls="none", sender="us@x.example")
        wanted = {"mail": mail, "push_hosts": ["127.0.0.1"], "public_url": "https://charge.example"}
        settings = settings_in(tmp_path / "data").model_copy(update=wanted)
        async with Service(settings) as service:
            csms = Csms(service, settings.data_dir)
            await csms.driver()
            dora = csms.logged_in(2)
            yield World(csms, settings, smtp, push, dora)
            await dora.aclose()
            await csms.admin.aclose()


@asynccontextmanager
async def station(csms: Csms) -> AsyncIterator[Station]:
    async with csms.station("CP1", await csms.charge_point("CP1")) as there:
        await there.boot()
        yield there


async def soc(there: Station, transaction_id: int, percent: int, minutes: int) -> None:
    values = [SampledValue(str(percent), measurand="SoC", unit="Percent", location="EV")]
    at = START + timedelta(minutes=minutes)
    await there.peer.call(MeterValues(1, [MeterValue(at, values)], transaction_id))


@asynccontextmanager
async def second_notifier(settings: Settings, later: timedelta) -> AsyncIterator[Notifier]:
    """Looks at the same database as the running one, so much later."""
    database = Database(settings.sqlalchemy_url)
    writer = Writer(database.writing)
    writer.start()
    times = iter([datetime.now(UTC)])
    notifier = Notifier(
        database, writer, "EUR", "", None, None, lambda: 300, clock=lambda: next(times, datetime.now(UTC) + later)
    )
    yield notifier
    await writer.close()
    await database.close()


@tells("GET /api/notifications", "GET /api/push-key", "POST /api/push-subscriptions")
async def test_a_session_is_told_of_in_the_inbox_live_by_mail_and_by_push(world: World) -> None:
    browser = Browser()
    keys = {"p256dh": browser.p256dh_text, "auth": browser.auth_text}
    form = {"endpoint": world.push.url, "expirationTime": None, "keys": keys}
    made = await world.dora.post("/api/push-subscriptions", json=form)
    assert made.status_code == 201, made.text
    ways = {"session_ended": {"inbox": True, "email": True, "push": True}}
    await world.choose(world.dora, ways=ways)
    async with station(world.csms) as there, world.csms.events(world.dora) as live:
        started = await there.start(CARD)
        heard = await live.next("Notified")
        assert (heard["kind"], heard["transaction_id"]) == ("session_started", started.transaction_id)
        await there.stop(started.transaction_id, 3000)
        await live.next("Notified", title="Charging has ended", text=ENDED)
    found = await world.inbox(world.dora, "session_started", "session_ended")
    assert [each["kind"] for each in found if each["kind"].startswith("session")] == [
        "session_ended",
        "session_started",
    ]

    async def arrived() -> bool:
        pushed = [json.loads(browser.read(body))["kind"] for _, body in world.push.got]
        mailed = [message["Subject"] for to, message in world.smtp.mail if to == PEOPLE[1]]
        return pushed[-1:] == ["session_ended"] and "Charging has ended" in mailed

    await until(arrived)
    key = (await world.csms.get("/api/push-key"))["public_key"]
    assert world.push.claims(key)["sub"] == "https://charge.example"


async def test_each_person_is_told_in_their_own_language(world: World) -> None:
    assert (await world.dora.patch("/api/user", json={"language": "it"})).json()["language"] == "it"
    assert (await world.dora.patch("/api/user", json={"language": "xx"})).status_code == 422
    await world.csms.admin.patch("/api/user", json={"language": "sv"})
    await world.choose(world.dora, ways={"session_ended": {"inbox": True, "email": True, "push": False}})
    async with station(world.csms) as there:
        await world.csms.admin.patch("/api/charge-points/CP1", json={"name": "Piazza"})
        started = await there.start(CARD)
        await there.stop(started.transaction_id, 3000)
        await there.status(1, "Faulted", "GroundFailure")
        ended = next(n for n in await world.inbox(world.dora, "session_ended") if n["kind"] == "session_ended")
        fault = (await world.inbox(world.csms.admin, "charge_point_faulted"))[0]
    assert ended["text"] == "La ricarica a Piazza, connettore 1, è finita: 2,00 kWh, 0,90 EUR."
    assert fault["text"] == "CP1, kontakt 1, rapporterar GroundFailure."

    async def mailed() -> bool:
        subjects = {subject(message) for _, message in world.smtp.mail}
        return subjects >= {"La ricarica è finita", "CP1 har ett fel"}

    await until(mailed)
    mail = next(message for _, message in world.smtp.mail if subject(message) == "La ricarica è finita")
    assert "lo scegli nel tuo account" in body(mail)


async def test_a_stop_that_comes_again_tells_nobody_twice_nor_does_a_restart(world: World, fresh: Path) -> None:
    async with station(world.csms) as there:
        started = await there.start(CARD)
        for _ in range(2):
            await there.stop(started.transaction_id, 3000)
        await world.inbox(world.dora, "session_ended")
    await world.csms.admin.aclose()
    async with Service(world.settings) as again:  # the outbox still holds what was told, and tells it again
        csms = Csms(again, world.settings.data_dir)
        await csms.charge_point("CP2")
        dora = csms.logged_in(2)
        got = (await dora.get("/api/notifications")).json()
        assert sorted(each["kind"] for each in got) == ["low_balance", "session_ended", "session_started"]
        await dora.aclose()
        await csms.admin.aclose()


@tells("GET /api/notifications/settings", "PUT /api/notifications/settings")
async def test_the_driver_chooses_at_what_charge_to_be_told(world: World) -> None:
    assert (await world.choose(world.dora, soc_percent=60))["soc_percent"] == 60
    assert (await world.dora.get("/api/notifications/settings")).json()["soc_percent"] == 60
    async with station(world.csms) as there:
        started = await there.start(CARD)
        for minute, percent in enumerate((58, 59, 60, 61, 62), 1):
            await soc(there, started.transaction_id, percent, minute)
        await there.stop(started.transaction_id, 1000, minutes=30)
        found = await world.inbox(world.dora, "session_ended")
    assert [each["title"] for each in found if each["kind"] == "soc_reached"] == ["The battery is at 60 %"]


async def test_who_wants_no_word_of_the_battery_gets_none(world: World) -> None:
    await world.choose(world.dora, soc_percent=None, low_balance_cents=None)
    async with station(world.csms) as there:
        started = await there.start(CARD)
        await soc(there, started.transaction_id, 100, 1)
        await there.stop(started.transaction_id, 1000, minutes=30)
        found = await world.inbox(world.dora, "session_ended")
    assert sorted(each["kind"] for each in found) == ["session_ended", "session_started"]


async def test_low_credit_is_told_of_when_the_bill_takes_it_below_what_the_driver_chose(world: World) -> None:
    await world.csms.new("/api/users/2/credits", amount_cents=1000, reason="welcome")
    await world.choose(world.dora, low_balance_cents=950)
    async with station(world.csms) as there:
        for turn, register in enumerate((1000, 2000, 3000)):  # 45 cents each: 1000, 955, 910, 865
            at = START + timedelta(hours=turn)
            started = await there.start(CARD, register, at=at)
            await there.stop(started.transaction_id, register + 1000, minutes=60 * turn + 30)
            noticed = 2 * (turn + 1)

            async def all_noted(sessions: int = noticed) -> bool:
                got = (await world.dora.get("/api/notifications")).json()
                return sum(each["kind"].startswith("session") for each in got) == sessions

            await until(all_noted)
        found = await world.inbox(world.dora, "low_balance")
    told = [each["text"] for each in found if each["kind"] == "low_balance"]
    assert told[-1] == "9.10 EUR of credit are left."  # when it fell below
    assert len(told) == 2  # and once more at the start of the next


async def test_a_charge_that_nobody_ended_was_interrupted(world: World) -> None:
    async with station(world.csms) as there:
        started = await there.start(CARD)
        await there.stop(started.transaction_id, 1500, reason="EmergencyStop")
        found = await world.inbox(world.dora, "session_interrupted")
    text = next(each["text"] for each in found if each["kind"] == "session_interrupted")
    assert "the emergency stop was pressed" in text

    async def mailed() -> bool:
        return any(message["Subject"] == "Charging was interrupted" for _, message in world.smtp.mail)

    await until(mailed)


async def test_faults_reach_the_operators_of_the_site_and_no_driver(world: World) -> None:
    csms = world.csms
    clients = {}
    for name in ("here", "elsewhere"):
        body = {"email": f"{name}@x.example", "name": name, "password": PASSWORD, "role": "operator"}
        clients[name] = csms.logged_in((await csms.new("/api/users", **body))["id"])
    async with station(csms) as there:
        site_id = (await csms.get("/api/sites"))[0]["id"]
        await csms.admin.put("/api/users/4/sites", json={"site_ids": [site_id]})
        for _ in range(2):
            await there.status(1, "Faulted", "GroundFailure")
            await there.status(1, "Available")
        for who in (csms.admin, clients["here"]):
            told = [each for each in await world.inbox(who, "charge_point_faulted") if each["charge_point"] == "CP1"]
            assert [each["text"] for each in told] == ["CP1, connector 1, reports GroundFailure."]
    for who in (world.dora, clients["elsewhere"]):
        assert (await who.get("/api/notifications")).json() == []
    for client in clients.values():
        await client.aclose()


async def test_a_charge_point_that_stays_away_is_told_of_once(world: World) -> None:
    async with station(world.csms):
        pass

    async def away() -> bool:
        return not (await world.csms.get("/api/charge-points/CP1"))["online"]

    await until(away)
    for later, told in ((4, 0), (6, 1), (60, 1)):
        async with second_notifier(world.settings, timedelta(minutes=later)) as notifier:
            await notifier.look()
        got = await world.csms.get("/api/notifications")
        assert [each["kind"] for each in got] == ["charge_point_offline"] * told


async def test_a_reservation_about_to_end_is_told_of_once(world: World) -> None:
    async def accepts(_: Any) -> Any:
        return {"status": "Accepted"}

    key = await world.csms.charge_point("CP1")
    async with world.csms.station("CP1", key, ReserveNow=accepts) as there:
        await there.boot()
        assert (await world.dora.post("/api/station/CP1/reserve", json={"minutes": 15})).status_code == 201
        for later, told in ((9, 0), (11, 1), (14, 1)):
            async with second_notifier(world.settings, timedelta(minutes=later)) as notifier:
                await notifier.look()
            got = (await world.dora.get("/api/notifications")).json()
            assert [each["kind"] for each in got] == ["reservation_expiring"] * told


async def test_a_battery_that_by_its_drivers_word_is_full_enough_is_told_of_once(world: World) -> None:
    await world.dora.post("/api/vehicles", json={"name": "Panda", "battery_wh": 40_000})
    async with station(world.csms) as there:
        begun = (await there.start(CARD)).transaction_id
        assert begun is not None
        car = {"soc_percent": 70}
        assert (await world.dora.put(f"/api/user/charging/{begun}/car", json=car)).json()["soc_percent"] == 70
        for register, told in ((3000, 0), (6000, 1), (7000, 1)):  # 75 %, 82 %, 84 %; 80 % is what a driver waits for
            await there.meter(begun, register, 7000, minutes=register / 100)
            async with second_notifier(world.settings, timedelta(0)) as notifier:
                await notifier.look()
            got = (await world.dora.get("/api/notifications")).json()
            titles = [each["title"] for each in got if each["kind"] == "soc_reached"]
            assert titles == ["The battery is at about 82 %"] * told


@tells("POST /api/notifications/read", "POST /api/notifications/{notification_id}/read")
async def test_nobody_sees_or_marks_the_notices_of_others(world: World) -> None:
    eve = world.csms.logged_in(3)
    async with station(world.csms) as there, world.csms.events() as of_admin:
        await there.start(CARD)
        first = (await world.inbox(world.dora, "session_started"))[0]["notification_id"]
        for other in (eve, world.csms.admin):
            assert (await other.post(f"/api/notifications/{first}/read")).status_code == 404
            assert (await other.get("/api/notifications")).json() == []
        assert (await world.dora.post(f"/api/notifications/{first}/read")).json()["read_at"]
        unread = (await world.dora.get("/api/notifications", params={"unread": True})).json()
        assert first not in [each["notification_id"] for each in unread]
        await there.status(1, "Faulted", "GroundFailure")
        heard = await of_admin.next("Notified")  # the first that an administrator hears is their own
        assert heard["kind"] == "charge_point_faulted"
        assert (await world.dora.post("/api/notifications/read")).json() == {"read": len(unread)}
        assert (await world.dora.get("/api/notifications", params={"unread": True})).json() == []
    await eve.aclose()


@tells("DELETE /api/push-subscriptions/{subscription_id}", "GET /api/push-subscriptions")
async def test_a_browser_is_one_persons_and_push_goes_to_push_services_only(world: World) -> None:
    browser = Browser()
    keys = {"p256dh": browser.p256dh_text, "auth": browser.auth_text}
    eve = world.csms.logged_in(3)
    form = {"endpoint": world.push.url, "keys": keys}
    mine = (await world.dora.post("/api/push-subscriptions", json=form)).json()
    assert (await world.dora.post("/api/push-subscriptions", json=form)).json() == mine
    assert (await world.dora.get("/api/push-subscriptions")).json() == [mine]
    assert (await eve.post("/api/push-subscriptions", json=form)).status_code == 409
    assert (await eve.delete(f"/api/push-subscriptions/{mine['subscription_id']}")).status_code == 404
    wrong = {"endpoint": "https://10.0.0.1/x", "keys": keys}
    assert (await eve.post("/api/push-subscriptions", json=wrong)).status_code == 422
    no_key = {"endpoint": world.push.url, "keys": {**keys, "p256dh": "A" * 87}}
    assert (await eve.post("/api/push-subscriptions", json=no_key)).status_code == 422
    assert (await world.dora.delete(f"/api/push-subscriptions/{mine['subscription_id']}")).status_code == 204
    assert (await world.dora.get("/api/push-subscriptions")).json() == []
    await eve.aclose()


async def test_one_event_that_cannot_be_understood_holds_up_no_other(database: Database, writer: Writer) -> None:
    notifier = Notifier(database, writer, "EUR", "", None, None, lambda: 0)

    async def rows(db: Any) -> None:
        await outbox.add(db, Alert("CP1", None, "test", "first", START))
        await outbox.add(db, Alert("CP1", None, "test", "second", START))

    await writer.write(rows)
    async with database.read() as db:
        bad, good = await outbox.after(db, 0, 10)
    broken = type(bad)(bad.id, bad.type, "{}", None)
    notifier.take([broken, good])
    assert notifier.noted_id == bad.id - 1
    notifier.start()

    async def noted() -> bool:
        return notifier.noted_id == good.id

    await until(noted)
    await notifier.close()
