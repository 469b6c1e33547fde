"""Every table, once, for SQLite and PostgreSQL alike. Money and energy are whole numbers; changes: migrations/."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python; SQLite, which knows no zones, keeps it as plain UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone is no time")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        at: datetime = value
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


# SQLite counts rows up only in a column it calls INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

site = Table(
    "site",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("slug", String(100), nullable=False, unique=True),  # charge points of the site are named after it
    Column("time_zone", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("emergency_number", String(30)),  # none: the house's; empty: no number is shown
)

# The local controller of a site. Its key also opens the sockets of the site's charge points.
controller = Table(
    "controller",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", Id, ForeignKey("site.id"), nullable=False, unique=True),
    Column("identity", String(48), nullable=False, unique=True),
    Column("serial", String(100), nullable=False),
    Column("name", String(100), nullable=False),
    Column("key_hash", String(200), nullable=False),
    Column("adopted_at", UtcDateTime, nullable=False),
    Column("connection", String(32)),  # names the socket that is its own now; none: not connected
    Column("connected_at", UtcDateTime),
    Column("last_seen_at", UtcDateTime),
    Column("status", String(20)),  # what it says of the whole site: Available, Unavailable, Faulted
    Column("status_at", UtcDateTime),
)

# What the meter at the grid connection shows, as the site's controller tells it of its connector 0.
site_meter_value = Table(
    "site_meter_value",
    metadata,
    Column("site_id", Id, ForeignKey("site.id"), primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, primary_key=True),
    Column("register_wh", BigInteger),
    Column("power_w", BigInteger),  # below 0: it feeds in
    Column("l1_ma", BigInteger),
    Column("l2_ma", BigInteger),
    Column("l3_ma", BigInteger),
    Column("charging_w", BigInteger),  # what its charge points measured together
    Column("offered_ma", BigInteger),  # per phase, what the charge points may draw together
)

charge_point = Table(
    "charge_point",
    metadata,
    Column("id", Id, primary_key=True),
    Column("identity", String(48), nullable=False, unique=True),
    Column("site_id", Id, ForeignKey("site.id"), nullable=False, index=True),
    Column("name", String(100), nullable=False),
    Column("serial", String(100)),
    Column("key_hash", String(200)),  # none: reachable through its site's controller only
    Column("vendor", String(20)),
    Column("model", String(20)),
    Column("firmware_version", String(50)),
    Column("price_cents_per_kwh", Integer),  # none: the house's default tariff
    Column("status", String(20)),  # what it says of connector 0
    Column("created_at", UtcDateTime, nullable=False),
    Column("booted_at", UtcDateTime),
    Column("last_seen_at", UtcDateTime),
    Column("connected_via", String(10)),  # none: not connected
    Column("connection", String(32)),  # names the socket that is the current one
    Column("last_via", String(10)),  # how it was connected last
    Column("latitude", Float),  # degrees, WGS 84
    Column("longitude", Float),
    Column("description", Text),
    Column("notes", Text),  # for operators only
    Column("dismissed", Boolean, nullable=False, server_default=false()),  # taken away; kept for its history
    CheckConstraint("price_cents_per_kwh >= 0", name="price"),
)

# What a charge point was answered when it booted, and what it must wait for until it is accepted.
registration = Table(
    "registration",
    metadata,
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), primary_key=True, autoincrement=False),
    Column("status", String(10)),  # Accepted, Pending or Rejected; none: it has not booted yet
    Column("answered_at", UtcDateTime),
    Column("held", Boolean, nullable=False),  # an operator keeps it waiting
    Column("settings", Text, nullable=False),  # configuration keys and the values it must have first, as a JSON object
    Column("taken", String(64)),  # names the settings, and the board and firmware, that have been taken
    Column("trouble", String(300)),  # why they have not been
)

evse = Table(
    "evse",
    metadata,
    Column("id", Id, primary_key=True),
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), nullable=False),
    Column("number", Integer, nullable=False),
    UniqueConstraint("charge_point_id", "number"),
)

connector = Table(
    "connector",
    metadata,
    Column("id", Id, primary_key=True),
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), nullable=False),
    Column("evse_id", Id, ForeignKey("evse.id"), nullable=False),
    Column("number", Integer, nullable=False),  # OCPP's connectorId
    Column("code", String(8), nullable=False, unique=True),
    Column("status", String(20)),
    Column("error_code", String(30)),
    Column("info", String(50)),
    Column("status_at", UtcDateTime),
    Column("type", String(20)),  # an id in csms.domain.connector_types
    Column("power_w", Integer),  # the most it gives; none: as its type
    UniqueConstraint("charge_point_id", "number"),
)

# What a charge point's local list holds, as far as it has accepted it.
local_list = Table(
    "local_list",
    metadata,
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("entries", Text, nullable=False),  # idTags and when they expire, as a JSON object
    Column("digest", String(64)),  # of the cards it is in step with; none: it is not
    Column("status", String(20), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# A file that a charge point was asked to send: diagnostics, or a log. The file itself lies in the data folder.
upload = Table(
    "upload",
    metadata,
    Column("id", Id, primary_key=True),
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),  # Diagnostics, DiagnosticsLog or SecurityLog
    Column("token_digest", String(64), nullable=False, unique=True),  # SHA-256: the token itself is nowhere
    Column("requested_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("status", String(30), nullable=False),  # Requested, then what the charge point says
    Column("file_name", String(255)),
    Column("size_bytes", BigInteger),  # none: nothing has come
    Column("received_at", UtcDateTime),
    sqlite_autoincrement=True,  # GetLog's requestId: never given twice
)

# An image that operators can have charge points install. The file itself lies in the data folder.
firmware_image = Table(
    "firmware_image",
    metadata,
    Column("id", Id, primary_key=True),
    Column("file_name", String(100), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("uploaded_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,  # names the file
)

# A charge point was told to fetch and install an image (UpdateFirmware), and what it said of that.
firmware_update = Table(
    "firmware_update",
    metadata,
    Column("id", Id, primary_key=True),
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), nullable=False, index=True),
    Column("image_id", Id, ForeignKey("firmware_image.id", ondelete="SET NULL")),  # none: it lies elsewhere
    Column("source", String(600), nullable=False),  # the image's name, or where it lies, without passwords
    Column("token_digest", String(64), unique=True),  # SHA-256 of what opens the image; none: it lies elsewhere
    Column("requested_at", UtcDateTime, nullable=False),
    Column("retrieve_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),  # of the address
    Column("status", String(30), nullable=False),  # Requested, then what the charge point says
    Column("steps", Text, nullable=False),  # what it said and when, as a JSON list of pairs
    sqlite_autoincrement=True,
)

user = Table(
    "user",
    metadata,
    Column("id", Id, primary_key=True),
    Column("email", String(254), nullable=False, unique=True),  # lower case
    Column("name", String(100), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("role", String(10), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("surname", String(100), nullable=False, server_default=""),
    Column("token_version", Integer, nullable=False, server_default="0"),  # raised: older tokens open nothing
    Column("deleted_at", UtcDateTime),  # the person is gone; the row stays for the ledger
    Column("language", String(2)),  # in which they are told things; none: never chosen
    CheckConstraint("role IN ('driver', 'operator', 'admin')", name="role"),
)

# One device somebody has logged in on. The refresh token changes at each use; an old one that comes again was stolen.
login = Table(
    "login",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user_id", Id, ForeignKey("user.id"), nullable=False, index=True),
    Column("refresh_digest", String(64), nullable=False, unique=True),
    Column("used_digest", String(64), index=True),  # the one before
    Column("expires_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
)

password_reset = Table(
    "password_reset",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256: the token itself is in the mail only
    Column("user_id", Id, ForeignKey("user.id"), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

# Mail on its way out; gone from here once a server has taken it.
mail = Table(
    "mail",
    metadata,
    Column("id", Id, primary_key=True),
    Column("recipient", String(254), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("body", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", UtcDateTime, nullable=False),
    Column("useless_at", UtcDateTime, nullable=False),  # not sent by then: given up
    sqlite_autoincrement=True,
)

# What people were told who were not looking. `key` names the occasion: nobody is told of one twice.
notice = Table(
    "notice",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user_id", Id, ForeignKey("user.id"), nullable=False),
    Column("kind", String(30), nullable=False),  # see csms.domain.notices
    Column("key", String(150), nullable=False),
    Column("title", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("charge_point", String(48)),
    Column("transaction_id", Id),
    Column("at", UtcDateTime, nullable=False),
    Column("in_inbox", Boolean, nullable=False),
    Column("read_at", UtcDateTime),
    UniqueConstraint("user_id", "key"),
    Index("ix_notice_user_id_id", "user_id", "id"),
    Index("ix_notice_at", "at"),
    sqlite_autoincrement=True,
)

# A person's own word on one kind; none: as the house has it.
notice_choice = Table(
    "notice_choice",
    metadata,
    Column("user_id", Id, ForeignKey("user.id"), primary_key=True),
    Column("kind", String(30), primary_key=True),
    Column("inbox", Boolean, nullable=False),
    Column("email", Boolean, nullable=False),
    Column("push", Boolean, nullable=False),
)

notice_threshold = Table(
    "notice_threshold",
    metadata,
    Column("user_id", Id, ForeignKey("user.id"), primary_key=True),
    Column("soc_percent", Integer),  # none: never
    Column("low_balance_cents", Integer),  # none: never
)

# One browser that takes push messages (RFC 8030).
push_subscription = Table(
    "push_subscription",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user_id", Id, ForeignKey("user.id"), nullable=False, index=True),
    Column("endpoint", String(1000), nullable=False, unique=True),
    Column("p256dh", String(100), nullable=False),  # base64url
    Column("auth", String(30), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

# A push message on its way out, in the clear; gone from here once the push service has taken it.
push_message = Table(
    "push_message",
    metadata,
    Column("id", Id, primary_key=True),
    Column("subscription_id", Id, ForeignKey("push_subscription.id"), nullable=False, index=True),
    Column("payload", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", UtcDateTime, nullable=False),
    Column("useless_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

# What people who stand in front of a charge point say is wrong with it.
problem = Table(
    "problem",
    metadata,
    Column("id", Id, primary_key=True),
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), nullable=False, index=True),
    Column("connector_id", Integer),
    Column("kind", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("contact", String(254), nullable=False),
    Column("user_id", Id, ForeignKey("user.id")),  # none: somebody who was not logged in
    Column("reported_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("closed_by", Id, ForeignKey("user.id")),
    Column("note", Text),  # of who closed it
    sqlite_autoincrement=True,
)

# What the car at a connector has said of itself (NotifyEVChargingNeeds). `energy_wh` is what the transaction that ran
# then had taken, so that what came since can be told from it.
ev_needs = Table(
    "ev_needs",
    metadata,
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), primary_key=True),
    Column("connector_id", Integer, primary_key=True, autoincrement=False),
    Column("capacity_wh", Integer),
    Column("max_power_w", Integer),
    Column("soc_percent", Integer),
    Column("transaction_id", Id),
    Column("energy_wh", BigInteger, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# What a driver has said of the car at a connector: where no car speaks for itself, its battery is reckoned from this.
# `energy_wh` as in ev_needs.
car_word = Table(
    "car_word",
    metadata,
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), primary_key=True),
    Column("connector_id", Integer, primary_key=True, autoincrement=False),
    Column("user_id", Id, ForeignKey("user.id"), primary_key=True),
    Column("capacity_wh", Integer),
    Column("soc_percent", Integer),
    Column("target_soc_percent", Integer),
    Column("transaction_id", Id),
    Column("energy_wh", BigInteger, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# How much drivers want of the session they start there next.
limit_wish = Table(
    "limit_wish",
    metadata,
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), primary_key=True),
    Column("connector_id", Integer, primary_key=True, autoincrement=False),
    Column("user_id", Id, ForeignKey("user.id"), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("value", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# Who changed what through the API, of those who look after things.
audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("user_id", Id, ForeignKey("user.id"), nullable=False, index=True),
    Column("method", String(10), nullable=False),
    Column("route", String(200), nullable=False),
    Column("path", String(300), nullable=False),
    Column("status", Integer, nullable=False),
    Column("remote", String(60), nullable=False),
    Column("detail", String(500), nullable=False, server_default=""),
    Column("hash", String(64), nullable=False, server_default=""),  # csms/domain/audit_chain.py
    sqlite_autoincrement=True,
)

# Where the chain of the audit log's hashes begins, after what was forgotten, and where it ends: one row.
audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("last_id", Id, nullable=False),
    Column("last_hash", String(64), nullable=False),
    Column("forgotten_id", Id, nullable=False),
    Column("forgotten_hash", String(64), nullable=False),
    CheckConstraint("id = 1", name="one"),
)

# What administrators have changed of the settings while it runs.
setting = Table(
    "setting",
    metadata,
    Column("key", String(60), primary_key=True),
    Column("value", Text, nullable=False),  # JSON
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", Id, ForeignKey("user.id"), nullable=False),
)

site_operator = Table(
    "site_operator",
    metadata,
    Column("user_id", Id, ForeignKey("user.id"), primary_key=True),
    Column("site_id", Id, ForeignKey("site.id"), primary_key=True),
)

vehicle = Table(
    "vehicle",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user_id", Id, ForeignKey("user.id"), nullable=False, index=True),
    Column("name", String(100), nullable=False),
    Column("battery_wh", Integer),
    Column("connector_type", String(30)),
    Column("plate", String(20)),
    Column("mac", String(17)),
)

card = Table(
    "card",
    metadata,
    Column("id_tag", String(20), primary_key=True),  # upper case: idTags are compared without regard to case
    Column("user_id", Id, ForeignKey("user.id"), nullable=False, index=True),
    Column("blocked", Boolean, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("valid_from", UtcDateTime),
    Column("parent_id_tag", String(20)),  # cards with the same one may stop each other's charging
)

# Cards with which the page of a site's controller starts charges, for the account that pays for these.
on_site_card = Table(
    "on_site_card",
    metadata,
    Column("id_tag", String(20), ForeignKey("card.id_tag"), primary_key=True),
    Column("site_id", Id, ForeignKey("site.id"), nullable=False, index=True),
    Column("replaced_at", UtcDateTime),  # none: it is the site's present one; else blocked for good
)
_present = on_site_card.c.replaced_at.is_(None)
Index(
    "uq_on_site_card_present", on_site_card.c.site_id, unique=True, sqlite_where=_present, postgresql_where=_present
)

card_budget = Table(
    "card_budget",
    metadata,
    Column("id_tag", String(20), ForeignKey("card.id_tag"), primary_key=True),
    Column("period", String(5), primary_key=True),
    Column("most_wh", BigInteger),
    Column("most_cents", BigInteger),
    CheckConstraint("period IN ('day', 'week', 'month')", name="period"),
)

transaction = Table(
    "transaction",
    metadata,
    Column("id", Id, primary_key=True),
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), nullable=False),
    Column("connector_id", Integer, nullable=False),
    Column("id_tag", String(20), nullable=False),
    Column("user_id", Id, ForeignKey("user.id")),
    Column("authorization", String(20), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("meter_start_wh", BigInteger, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("price_cents_per_kwh", Integer, nullable=False),  # as it was at the start
    Column("last_register_wh", BigInteger),
    Column("last_power_w", BigInteger),
    Column("last_sample_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("meter_stop_wh", BigInteger),
    Column("stop_reason", String(20)),
    Column("energy_wh", BigInteger),
    Column("cost_cents", BigInteger),
    Column("flags", Text, nullable=False),  # words, separated by blanks
    Column("tariff", Text),  # as it was at the start (JSON of csms.domain.tariffs.Tariff); none: the price alone
    Column("cost_so_far_cents", BigInteger),  # while it runs, by the tariff
    Column("cost_so_far_at", UtcDateTime),
    Column("held_since", UtcDateTime),  # the site gives no current; none: it does, or the car takes none
    Column("vat_cents", BigInteger),
    Column("budgeted", Boolean, nullable=False, server_default=false()),  # its card has budgets
    Column("rolled_up", Boolean, nullable=False, server_default=false()),  # its series is kept by quarters of an hour
    Column("limit_kind", String(20)),  # of csms.domain.charge_limits.LimitKind; none: as much as the car takes
    Column("limit_value", Integer),
    Column("limit_reached_at", UtcDateTime),
    Column("limit_estimated", Boolean, nullable=False, server_default=false()),  # the battery was reckoned then
    Column("bill", Text),  # its lines (JSON of csms.domain.pricing.Line), by the tariff
    # A clock may restart at boot, the register does not: together they name one start.
    UniqueConstraint("charge_point_id", "connector_id", "id_tag", "started_at", "meter_start_wh", name="uq_start"),
    CheckConstraint("id > 0", name="id"),
    CheckConstraint("energy_wh >= 0", name="energy"),
    CheckConstraint("cost_cents >= 0", name="cost"),
    CheckConstraint("(ended_at IS NULL) = (energy_wh IS NULL)", name="ended"),
    Index("ix_transaction_charge_point_id_ended_at", "charge_point_id", "ended_at"),
    Index("ix_transaction_user_id", "user_id"),
    Index("ix_transaction_id_tag", "id_tag"),
    sqlite_autoincrement=True,  # an id is never given twice
)

meter_value = Table(
    "meter_value",
    metadata,
    Column("id", Id, primary_key=True),
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), nullable=False),
    Column("connector_id", Integer, nullable=False),
    # 0: outside of any transaction. NULL would never equal itself in the key below.
    Column("transaction_id", Id, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("context", String(20), nullable=False),
    Column("register_wh", BigInteger),
    Column("power_w", BigInteger),
    Column("current_ma", BigInteger),
    Column("voltage_dv", BigInteger),
    Column("soc_percent", BigInteger),
    Column("temperature_c", BigInteger),
    Column("signed", Text),  # signed values, byte for byte, as a JSON list
    UniqueConstraint("transaction_id", "at", "context", "charge_point_id", "connector_id", name="uq_sample"),
)

# A quarter of an hour of a series that was kept raw for its time: what is old needs no more.
meter_rollup = Table(
    "meter_rollup",
    metadata,
    Column("transaction_id", Id, primary_key=True, autoincrement=False),  # 0: outside of any transaction
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), primary_key=True, autoincrement=False),
    Column("connector_id", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, primary_key=True),  # of its last sample
    Column("register_wh", BigInteger),  # the last
    Column("power_w", BigInteger),  # the mean, as of voltage; the highest of current and temperature; the last SoC
    Column("current_ma", BigInteger),
    Column("voltage_dv", BigInteger),
    Column("soc_percent", BigInteger),
    Column("temperature_c", BigInteger),
    Column("samples", Integer, nullable=False),
)

# Of one connector and of one person there is one at a time that stands.
reservation = Table(
    "reservation",
    metadata,
    Column("id", Id, primary_key=True),  # OCPP's reservationId
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), nullable=False),
    Column("connector_id", Integer, nullable=False),
    Column("user_id", Id, ForeignKey("user.id"), nullable=False),
    Column("id_tag", String(20), nullable=False),
    Column("state", String(10), nullable=False),  # see csms.domain.reservations
    Column("reserved_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("told", Boolean, nullable=False),
    Column("answer", String(20)),
    Column("transaction_id", Id, ForeignKey("transaction.id"), unique=True),
    Column("target_soc_percent", Integer, nullable=False),
    Column("departure_at", UtcDateTime),
    Column("tariff", Text),  # as it was then (JSON)
    Column("cost_cents", BigInteger),
    CheckConstraint("state IN ('pending', 'confirmed', 'refused', 'used', 'cancelled', 'expired')", name="state"),
    CheckConstraint("(state = 'used') = (transaction_id IS NOT NULL)", name="used"),
    CheckConstraint("expires_at > reserved_at", name="expiry"),
    sqlite_autoincrement=True,  # an id is never given twice
)
_stands = reservation.c.state.in_(("pending", "confirmed"))
Index(
    "ix_reservation_one_a_connector",
    reservation.c.charge_point_id,
    reservation.c.connector_id,
    unique=True,
    sqlite_where=_stands,
    postgresql_where=_stands,
)
Index("ix_reservation_one_a_person", reservation.c.user_id, unique=True, sqlite_where=_stands, postgresql_where=_stands)
Index("ix_reservation_user_id_id", reservation.c.user_id, reservation.c.id)

# A tariff as it was from a moment on: a session that is told of late has the price of its own start.
tariff = Table(
    "tariff",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
)

tariff_version = Table(
    "tariff_version",
    metadata,
    Column("tariff_id", Id, ForeignKey("tariff.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("data", Text, nullable=False),  # JSON of csms.domain.tariffs.Tariff
    Column("from_at", UtcDateTime, nullable=False),
    Column("made_by", Id, ForeignKey("user.id"), nullable=False),
)

# Which tariff holds where, from when on. The newest row counts.
tariff_use = Table(
    "tariff_use",
    metadata,
    Column("id", Id, primary_key=True),
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), nullable=False),
    Column("connector_id", Integer, nullable=False),  # OCPP's; 0 for those without one of their own
    Column("tariff_id", Id, ForeignKey("tariff.id")),  # none: no longer one
    Column("from_at", UtcDateTime, nullable=False),
    Index("ix_tariff_use_charge_point_id_connector_id", "charge_point_id", "connector_id"),
)

account = Table(
    "account",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", String(40), nullable=False, unique=True),  # see csms.domain.ledger
)

booking = Table(
    "booking",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("transaction_id", Id, ForeignKey("transaction.id"), unique=True),  # charged once
    Column("booked_by", Id, ForeignKey("user.id")),
    Column("booked_at", UtcDateTime, nullable=False),
    # Set once its entries are there. SQLite's triggers (revision 0011) let only what balances be sealed, and nothing
    # that is sealed be changed.
    Column("sealed", Boolean, nullable=False, server_default=false()),
)

ledger_entry = Table(
    "ledger_entry",
    metadata,
    Column("id", Id, primary_key=True),
    Column("booking_id", Id, ForeignKey("booking.id"), nullable=False, index=True),
    Column("account_id", Id, ForeignKey("account.id"), nullable=False, index=True),
    Column("amount_cents", BigInteger, nullable=False),
)

# What is set aside for a running transaction. Ended: taken, and the rest given back, by the booking that charged it.
hold = Table(
    "hold",
    metadata,
    Column("transaction_id", Id, ForeignKey("transaction.id"), primary_key=True),
    Column("user_id", Id, ForeignKey("user.id"), nullable=False, index=True),
    Column("amount_cents", BigInteger, nullable=False),
    Column("ended", Boolean, nullable=False),
    CheckConstraint("amount_cents > 0", name="amount"),
)

# What was given back or charged in addition after a bill.
correction = Table(
    "correction",
    metadata,
    Column("booking_id", Id, ForeignKey("booking.id"), primary_key=True),
    Column("transaction_id", Id, ForeignKey("transaction.id"), nullable=False, index=True),
    Column("amount_cents", BigInteger, nullable=False),  # to the driver
)

top_up = Table(
    "top_up",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user_id", Id, ForeignKey("user.id"), nullable=False, index=True),
    Column("amount_cents", BigInteger, nullable=False),
    Column("provider", String(20), nullable=False),
    Column("reference", String(40), nullable=False, unique=True),  # names it to the provider
    Column("state", String(10), nullable=False),
    Column("pay_url", String(500), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    Column("booking_id", Id, ForeignKey("booking.id"), unique=True),
    CheckConstraint("amount_cents > 0", name="amount"),
    CheckConstraint("state IN ('pending', 'paid', 'failed')", name="state"),
    CheckConstraint("(state = 'paid') = (booking_id IS NOT NULL)", name="booked"),
)

# Answers to requests that carry an Idempotency-Key, for a day: the same request again gets the same answer.
idempotency = Table(
    "idempotency",
    metadata,
    Column("user_id", Id, ForeignKey("user.id"), primary_key=True),
    Column("key", String(100), primary_key=True),
    Column("digest", String(64), nullable=False),  # of what was asked
    Column("answer", Text),  # JSON; none while it is being worked on
    Column("asked_at", UtcDateTime, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("type", String(40), nullable=False),
    Column("data", Text, nullable=False),
    Column("user_id", Id),  # the driver it concerns, who may see it too
    sqlite_autoincrement=True,
)

adoption_code = Table(
    "adoption_code",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256: the code itself is nowhere
    Column("site_id", Id, ForeignKey("site.id"), nullable=False),
    Column("created_by", Id, ForeignKey("user.id"), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Id, primary_key=True),
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), nullable=False),
    Column("action", String(40), nullable=False),
    Column("payload", Text, nullable=False),  # as it came
    Column("digest", String(64), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("times", Integer, nullable=False),
    UniqueConstraint("charge_point_id", "action", "digest"),
)

# What is known of how a charge point proves who it is, beside the key that opens its socket now.
charge_point_security = Table(
    "charge_point_security",
    metadata,
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), primary_key=True, autoincrement=False),
    Column("next_key_hash", String(200)),  # of a key it was sent, and may have
    Column("next_key_at", UtcDateTime),
    Column("next_key_at_reboot", Boolean, nullable=False, server_default=false()),  # it said RebootRequired
    Column("key_changed_at", UtcDateTime),
    Column("profile", Integer),  # of its last connection of its own
    Column("least_profile", Integer, nullable=False, server_default="1"),  # it was raised to it: less opens nothing
    Column("asked_profile", Integer),  # it was told to go there, and has not come by it yet
)

# Certificates of charge points that our own authority has issued.
certificate = Table(
    "certificate",
    metadata,
    Column("id", Id, primary_key=True),
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), nullable=False, index=True),
    Column("fingerprint", String(64), nullable=False, unique=True),  # SHA-256 of the DER
    Column("serial_number", String(40), nullable=False),  # hexadecimal
    Column("subject", String(200), nullable=False),
    Column("issued_at", UtcDateTime, nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("not_after", UtcDateTime, nullable=False),
    Column("status", String(20), nullable=False),  # see csms.domain.certificates
    Column("status_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

security_event = Table(
    "security_event",
    metadata,
    Column("id", Id, primary_key=True),
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), nullable=False),
    Column("type", String(50), nullable=False),
    Column("tech_info", String(255), nullable=False),  # empty: it said none
    Column("at", UtcDateTime, nullable=False),  # by its clock
    Column("received_at", UtcDateTime, nullable=False),
    UniqueConstraint("charge_point_id", "at", "type", "tech_info"),  # it may say one twice
    Index("ix_security_event_received_at", "received_at"),
    sqlite_autoincrement=True,
)

# Firmware that a charge point was told to fetch and to check by its signature. Its id is the requestId.
signed_update = Table(
    "signed_update",
    metadata,
    Column("id", Id, primary_key=True),
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), nullable=False, index=True),
    Column("location", String(512), nullable=False),
    Column("signer", String(200), nullable=False),  # the signing certificate's subject
    Column("requested_at", UtcDateTime, nullable=False),
    Column("retrieve_at", UtcDateTime, nullable=False),
    Column("install_at", UtcDateTime),
    Column("status", String(30), nullable=False),  # Requested, its answer, then what it tells
    Column("status_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)
