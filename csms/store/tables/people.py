"""People, their logins, cards and vehicles."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table

from csms.store.tables.base import Id, UtcDateTime, metadata

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
Index("uq_on_site_card_present", on_site_card.c.site_id, unique=True, sqlite_where=_present, postgresql_where=_present)

card_budget = Table(
    "card_budget",
    metadata,
    Column("id_tag", String(20), ForeignKey("card.id_tag"), primary_key=True),
    Column("period", String(5), primary_key=True),
    Column("most_wh", BigInteger),
    Column("most_cents", BigInteger),
    CheckConstraint("period IN ('day', 'week', 'month')", name="period"),
)
