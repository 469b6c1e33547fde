"""What the controller remembers of messages that only pass: boots, statuses, and verdicts on cards."""

from collections.abc import Callable
from datetime import datetime
from sqlite3 import Connection

from msgspec import Raw

from local_controller.authorization import Authorization
from local_controller.charge_point import Boot, ChargePoint
from local_controller.payloads import AuthorizeRequest, IdTagAnswer, IdTagInfo, Status, Wire, try_read
from local_controller.site_state import MAX_CONNECTORS, SiteState
from local_controller.store import Store
from local_controller.tables import to_ms


class _Accepted(Wire):
    status: str


class Notes:
    def __init__(
        self, store: Store, state: SiteState, authorization: Authorization, clock: Callable[[], datetime]
    ) -> None:
        self._store, self._state, self.cards, self._clock = store, state, authorization, clock

        self.profiles_cleared: Callable[[str], None] = lambda identity: None

    def seen(self, charge_point: ChargePoint) -> None:
        self._state.views[charge_point.identity].last_seen_at = self._clock()

    def boot(self, charge_point: ChargePoint, request: Raw, answer: Raw) -> None:
        boot = Boot(bytes(request), bytes(answer))
        charge_point.boot = boot

        def save(db: Connection) -> None:
            db.execute(
                "UPDATE charge_points SET boot = ?, boot_answer = ? WHERE identity = ?",
                (boot.payload, boot.answer, charge_point.identity),
            )

        self._store.write_soon(save)

    def status(self, charge_point: ChargePoint, request: Raw) -> None:
        status, payload, now = try_read(Status, request), bytes(request), self._clock()
        if status is None:
            return
        charge_point.statuses[status.connector_id] = payload
        grown = min(status.connector_id, MAX_CONNECTORS) > charge_point.connectors
        charge_point.connectors = max(charge_point.connectors, min(status.connector_id, MAX_CONNECTORS))
        connectors = charge_point.connectors
        self._state.status(charge_point.identity, status, now)

        def save(db: Connection) -> None:
            db.execute(
                "INSERT INTO connectors (charge_point, connector_id, payload, received_at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (charge_point, connector_id)"
                " DO UPDATE SET payload = excluded.payload, received_at = excluded.received_at",
                (charge_point.identity, status.connector_id, payload, to_ms(now)),
            )
            if grown:  # the CSMS is told with the next announcement
                db.execute(
                    "UPDATE charge_points SET connectors = ? WHERE identity = ?", (connectors, charge_point.identity)
                )

        self._store.write_soon(save)

    def authorize(self, charge_point: ChargePoint, request: Raw, answer: Raw) -> None:
        asked = try_read(AuthorizeRequest, request)
        if asked is not None:
            self.verdict(asked.id_tag, answer)

    def verdict(self, id_tag: str, answer: Raw) -> None:
        """What the CSMS says of a card, in whichever answer."""
        told = try_read(IdTagAnswer, answer)
        if told is not None and told.id_tag_info is not None:
            self.cards.remember(id_tag, told.id_tag_info, self._clock())

    def cleared(self, charge_point: ChargePoint, request: Raw, answer: Raw) -> None:
        self.profiles_cleared(charge_point.identity)

    def remote_start(self, charge_point: ChargePoint, request: Raw, answer: Raw) -> None:
        """Whom the CSMS lets charge from afar it has authorized."""
        asked, told = try_read(AuthorizeRequest, request), try_read(_Accepted, answer)
        if asked is not None and told is not None and told.status == "Accepted":
            self.cards.remember(asked.id_tag, IdTagInfo("Accepted"), self._clock())
