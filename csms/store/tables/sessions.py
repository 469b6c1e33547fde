"""Transactions with their meter series, reservations, and what is known of the car."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from csms.store.tables.base import Id, UtcDateTime, metadata

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
