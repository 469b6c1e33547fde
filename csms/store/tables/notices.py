"""What people are told, and the ways it goes out."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from csms.store.tables.base import Id, UtcDateTime, metadata

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
