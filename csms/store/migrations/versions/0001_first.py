"""Sites, charge points, people, transactions, ledger, outbox: the first tables.

A revision says what a database looked like then, so it repeats tables.py instead of importing it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("code", name=op.f("uq_account_code")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "site",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("slug", name=op.f("uq_site_slug")),
    )
    op.create_table(
        "user",
        sa.Column("id", ID, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.CheckConstraint("role IN ('driver', 'operator', 'admin')", name=op.f("ck_user_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
    )
    op.create_table(
        "adoption_code",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("site_id", ID, nullable=False),
        sa.Column("created_by", ID, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_adoption_code_created_by")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_adoption_code_site_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_adoption_code")),
    )
    op.create_table(
        "card",
        sa.Column("id_tag", sa.String(length=20), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_card_user_id")),
        sa.PrimaryKeyConstraint("id_tag", name=op.f("pk_card")),
    )
    op.create_index(op.f("ix_card_user_id"), "card", ["user_id"], unique=False)
    op.create_table(
        "charge_point",
        sa.Column("id", ID, nullable=False),
        sa.Column("identity", sa.String(length=48), nullable=False),
        sa.Column("site_id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("serial", sa.String(length=100), nullable=True),
        sa.Column("key_hash", sa.String(length=200), nullable=True),
        sa.Column("vendor", sa.String(length=20), nullable=True),
        sa.Column("model", sa.String(length=20), nullable=True),
        sa.Column("firmware_version", sa.String(length=50), nullable=True),
        sa.Column("price_cents_per_kwh", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("booted_at", TIME, nullable=True),
        sa.Column("last_seen_at", TIME, nullable=True),
        sa.Column("connected_via", sa.String(length=10), nullable=True),
        sa.Column("connection", sa.String(length=32), nullable=True),
        sa.CheckConstraint("price_cents_per_kwh >= 0", name=op.f("ck_charge_point_price")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_charge_point_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge_point")),
        sa.UniqueConstraint("identity", name=op.f("uq_charge_point_identity")),
    )
    op.create_index(op.f("ix_charge_point_site_id"), "charge_point", ["site_id"], unique=False)
    op.create_table(
        "controller",
        sa.Column("id", ID, nullable=False),
        sa.Column("site_id", ID, nullable=False),
        sa.Column("identity", sa.String(length=48), nullable=False),
        sa.Column("serial", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("key_hash", sa.String(length=200), nullable=False),
        sa.Column("adopted_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_controller_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_controller")),
        sa.UniqueConstraint("identity", name=op.f("uq_controller_identity")),
        sa.UniqueConstraint("site_id", name=op.f("uq_controller_site_id")),
    )
    op.create_table(
        "evse",
        sa.Column("id", ID, nullable=False),
        sa.Column("charge_point_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["charge_point_id"], ["charge_point.id"], name=op.f("fk_evse_charge_point_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evse")),
        sa.UniqueConstraint("charge_point_id", "number", name=op.f("uq_evse_charge_point_id_number")),
    )
    op.create_table(
        "meter_value",
        sa.Column("id", ID, nullable=False),
        sa.Column("charge_point_id", ID, nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("transaction_id", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("context", sa.String(length=20), nullable=False),
        sa.Column("register_wh", sa.BigInteger(), nullable=True),
        sa.Column("power_w", sa.BigInteger(), nullable=True),
        sa.Column("current_ma", sa.BigInteger(), nullable=True),
        sa.Column("voltage_dv", sa.BigInteger(), nullable=True),
        sa.Column("soc_percent", sa.BigInteger(), nullable=True),
        sa.Column("temperature_c", sa.BigInteger(), nullable=True),
        sa.Column("signed", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["charge_point_id"], ["charge_point.id"], name=op.f("fk_meter_value_charge_point_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meter_value")),
        sa.UniqueConstraint("transaction_id", "at", "context", "charge_point_id", "connector_id", name="uq_sample"),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", ID, nullable=False),
        sa.Column("charge_point_id", ID, nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["charge_point_id"], ["charge_point.id"], name=op.f("fk_quarantine_charge_point_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
        sa.UniqueConstraint(
            "charge_point_id", "action", "digest", name=op.f("uq_quarantine_charge_point_id_action_digest")
        ),
    )
    op.create_table(
        "transaction",
        sa.Column("id", ID, nullable=False),
        sa.Column("charge_point_id", ID, nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("id_tag", sa.String(length=20), nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("authorization", sa.String(length=20), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("meter_start_wh", sa.BigInteger(), nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("price_cents_per_kwh", sa.Integer(), nullable=False),
        sa.Column("last_register_wh", sa.BigInteger(), nullable=True),
        sa.Column("last_power_w", sa.BigInteger(), nullable=True),
        sa.Column("last_sample_at", TIME, nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("meter_stop_wh", sa.BigInteger(), nullable=True),
        sa.Column("stop_reason", sa.String(length=20), nullable=True),
        sa.Column("energy_wh", sa.BigInteger(), nullable=True),
        sa.Column("cost_cents", sa.BigInteger(), nullable=True),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.CheckConstraint("(ended_at IS NULL) = (energy_wh IS NULL)", name=op.f("ck_transaction_ended")),
        sa.CheckConstraint("cost_cents >= 0", name=op.f("ck_transaction_cost")),
        sa.CheckConstraint("energy_wh >= 0", name=op.f("ck_transaction_energy")),
        sa.CheckConstraint("id > 0", name=op.f("ck_transaction_id")),
        sa.ForeignKeyConstraint(["charge_point_id"], ["charge_point.id"], name=op.f("fk_transaction_charge_point_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_transaction_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transaction")),
        sa.UniqueConstraint(
            "charge_point_id", "connector_id", "id_tag", "started_at", "meter_start_wh", name="uq_start"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_transaction_charge_point_id_ended_at", "transaction", ["charge_point_id", "ended_at"], unique=False
    )
    op.create_index("ix_transaction_user_id", "transaction", ["user_id"], unique=False)
    op.create_table(
        "booking",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("transaction_id", ID, nullable=True),
        sa.Column("booked_by", ID, nullable=True),
        sa.Column("booked_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["booked_by"], ["user.id"], name=op.f("fk_booking_booked_by")),
        sa.ForeignKeyConstraint(["transaction_id"], ["transaction.id"], name=op.f("fk_booking_transaction_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_booking_transaction_id")),
    )
    op.create_table(
        "connector",
        sa.Column("id", ID, nullable=False),
        sa.Column("charge_point_id", ID, nullable=False),
        sa.Column("evse_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=True),
        sa.Column("error_code", sa.String(length=30), nullable=True),
        sa.Column("info", sa.String(length=50), nullable=True),
        sa.Column("status_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["charge_point_id"], ["charge_point.id"], name=op.f("fk_connector_charge_point_id")),
        sa.ForeignKeyConstraint(["evse_id"], ["evse.id"], name=op.f("fk_connector_evse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connector")),
        sa.UniqueConstraint("charge_point_id", "number", name=op.f("uq_connector_charge_point_id_number")),
        sa.UniqueConstraint("code", name=op.f("uq_connector_code")),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("id", ID, nullable=False),
        sa.Column("booking_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_ledger_entry_account_id")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_ledger_entry_booking_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
    )
    op.create_index(op.f("ix_ledger_entry_account_id"), "ledger_entry", ["account_id"], unique=False)
    op.create_index(op.f("ix_ledger_entry_booking_id"), "ledger_entry", ["booking_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_ledger_entry_booking_id"), table_name="ledger_entry")
    op.drop_index(op.f("ix_ledger_entry_account_id"), table_name="ledger_entry")
    op.drop_table("ledger_entry")
    op.drop_table("connector")
    op.drop_table("booking")
    op.drop_index("ix_transaction_user_id", table_name="transaction")
    op.drop_index("ix_transaction_charge_point_id_ended_at", table_name="transaction")
    op.drop_table("transaction")
    op.drop_table("quarantine")
    op.drop_table("meter_value")
    op.drop_table("evse")
    op.drop_table("controller")
    op.drop_index(op.f("ix_charge_point_site_id"), table_name="charge_point")
    op.drop_table("charge_point")
    op.drop_index(op.f("ix_card_user_id"), table_name="card")
    op.drop_table("card")
    op.drop_table("adoption_code")
    op.drop_table("user")
    op.drop_table("site")
    op.drop_table("outbox")
    op.drop_table("account")
