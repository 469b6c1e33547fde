"""How charge points prove who they are, and what they tell of attacks."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, false

from csms.store.tables.base import Id, UtcDateTime, metadata

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
