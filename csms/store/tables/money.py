"""Tariffs, and the ledger with what stands around it."""

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
    false,
)

from csms.store.tables.base import Id, UtcDateTime, metadata

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
