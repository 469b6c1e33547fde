"""Holds, payments, corrections; a booking is sealed once it balances, and then nothing changes it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision: str | None = "0010"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)

TRIGGERS = {
    "booking_is_sealed_later": """BEFORE INSERT ON booking WHEN NEW.sealed
        BEGIN SELECT RAISE(ABORT, 'a booking is sealed once its entries are there'); END""",
    "booking_balances": """BEFORE UPDATE OF sealed ON booking WHEN NEW.sealed AND NOT OLD.sealed AND (
            SELECT count(*) < 2 OR sum(amount_cents) <> 0 FROM ledger_entry WHERE booking_id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'a booking that does not balance cannot be sealed'); END""",
    "booking_is_final": """BEFORE UPDATE ON booking WHEN OLD.sealed
        BEGIN SELECT RAISE(ABORT, 'a sealed booking is final: book a correction'); END""",
    "booking_stays": """BEFORE DELETE ON booking
        BEGIN SELECT RAISE(ABORT, 'bookings are never deleted: book a correction'); END""",
    "entry_is_in_time": """BEFORE INSERT ON ledger_entry WHEN (SELECT sealed FROM booking WHERE id = NEW.booking_id)
        BEGIN SELECT RAISE(ABORT, 'a sealed booking takes no more entries'); END""",
    "entry_is_final": """BEFORE UPDATE ON ledger_entry
        BEGIN SELECT RAISE(ABORT, 'entries are final: book a correction'); END""",
    "entry_stays": """BEFORE DELETE ON ledger_entry
        BEGIN SELECT RAISE(ABORT, 'entries are never deleted: book a correction'); END""",
}


def upgrade() -> None:
    op.add_column("booking", sa.Column("sealed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(sa.text("UPDATE booking SET sealed = true"))
    op.create_table(
        "hold",
        sa.Column("transaction_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_hold_amount")),
        sa.ForeignKeyConstraint(["transaction_id"], ["transaction.id"], name=op.f("fk_hold_transaction_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_hold_user_id")),
        sa.PrimaryKeyConstraint("transaction_id", name=op.f("pk_hold")),
    )
    op.create_index(op.f("ix_hold_user_id"), "hold", ["user_id"], unique=False)
    op.create_table(
        "correction",
        sa.Column("booking_id", ID, nullable=False),
        sa.Column("transaction_id", ID, nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_correction_booking_id")),
        sa.ForeignKeyConstraint(["transaction_id"], ["transaction.id"], name=op.f("fk_correction_transaction_id")),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_transaction_id"), "correction", ["transaction_id"], unique=False)
    op.create_table(
        "top_up",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("pay_url", sa.String(length=500), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("settled_at", TIME, nullable=True),
        sa.Column("booking_id", ID, nullable=True),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_top_up_amount")),
        sa.CheckConstraint("state IN ('pending', 'paid', 'failed')", name=op.f("ck_top_up_state")),
        sa.CheckConstraint("(state = 'paid') = (booking_id IS NOT NULL)", name=op.f("ck_top_up_booked")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_top_up_booking_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_top_up_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_top_up")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_top_up_booking_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_top_up_reference")),
    )
    op.create_index(op.f("ix_top_up_user_id"), "top_up", ["user_id"], unique=False)
    op.create_table(
        "idempotency",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("asked_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_idempotency_user_id")),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_idempotency")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for name, rule in TRIGGERS.items():
            op.execute(sa.text(f"CREATE TRIGGER {name} {rule}"))


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in TRIGGERS:
            op.execute(sa.text(f"DROP TRIGGER {name}"))
    op.drop_table("idempotency")
    op.drop_index(op.f("ix_top_up_user_id"), table_name="top_up")
    op.drop_table("top_up")
    op.drop_index(op.f("ix_correction_transaction_id"), table_name="correction")
    op.drop_table("correction")
    op.drop_index(op.f("ix_hold_user_id"), table_name="hold")
    op.drop_table("hold")
    op.drop_column("booking", "sealed")
