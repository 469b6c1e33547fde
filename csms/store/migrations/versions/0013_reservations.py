"""Reservations of connectors, and the transaction that used each."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision: str | None = "0012"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
ACTIVE = sa.text("state IN ('pending', 'confirmed')")


def upgrade() -> None:
    op.create_table(
        "reservation",
        sa.Column("id", ID, nullable=False),
        sa.Column("charge_point_id", ID, nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("id_tag", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reserved_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=True),
        sa.Column("transaction_id", ID, nullable=True),
        sa.Column("target_soc_percent", sa.Integer(), nullable=False),
        sa.Column("departure_at", TIME, nullable=True),
        sa.Column("tariff", sa.Text(), nullable=True),
        sa.Column("cost_cents", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'confirmed', 'refused', 'used', 'cancelled', 'expired')",
            name=op.f("ck_reservation_state"),
        ),
        sa.CheckConstraint("(state = 'used') = (transaction_id IS NOT NULL)", name=op.f("ck_reservation_used")),
        sa.CheckConstraint("expires_at > reserved_at", name=op.f("ck_reservation_expiry")),
        sa.ForeignKeyConstraint(["charge_point_id"], ["charge_point.id"], name=op.f("fk_reservation_charge_point_id")),
        sa.ForeignKeyConstraint(["transaction_id"], ["transaction.id"], name=op.f("fk_reservation_transaction_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_reservation_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_reservation_transaction_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_reservation_one_a_connector",
        "reservation",
        ["charge_point_id", "connector_id"],
        unique=True,
        sqlite_where=ACTIVE,
        postgresql_where=ACTIVE,
    )
    op.create_index(
        "ix_reservation_one_a_person",
        "reservation",
        ["user_id"],
        unique=True,
        sqlite_where=ACTIVE,
        postgresql_where=ACTIVE,
    )
    op.create_index("ix_reservation_user_id_id", "reservation", ["user_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("reservation")
