"""What the centre keeps of itself: who changed what, settings, events on their way, answers given."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table, Text

from csms.store.tables.base import Id, UtcDateTime, metadata

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
