"""Whom to call at a site, and what drivers say of their cars before and while they charge."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision: str | None = "0025"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("site", sa.Column("emergency_number", sa.String(30), nullable=True))
    op.create_table(
        "car_word",
        sa.Column("charge_point_id", ID, autoincrement=False, nullable=False),
        sa.Column("connector_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", ID, autoincrement=False, nullable=False),
        sa.Column("capacity_wh", sa.Integer(), nullable=True),
        sa.Column("soc_percent", sa.Integer(), nullable=True),
        sa.Column("target_soc_percent", sa.Integer(), nullable=True),
        sa.Column("transaction_id", ID, nullable=True),
        sa.Column("energy_wh", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["charge_point_id"], ["charge_point.id"], name=op.f("fk_car_word_charge_point_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_car_word_user_id")),
        sa.PrimaryKeyConstraint("charge_point_id", "connector_id", "user_id", name=op.f("pk_car_word")),
    )


def downgrade() -> None:
    op.drop_table("car_word")
    op.drop_column("site", "emergency_number")
