"""How much a driver wants of a charge, and the language in which people are told things."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision: str | None = "0035"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("user", sa.Column("language", sa.String(2), nullable=True))
    op.add_column("transaction", sa.Column("limit_kind", sa.String(20), nullable=True))
    op.add_column("transaction", sa.Column("limit_value", sa.Integer(), nullable=True))
    op.add_column("transaction", sa.Column("limit_reached_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("transaction", sa.Column("limit_estimated", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "limit_wish",
        sa.Column("charge_point_id", ID, autoincrement=False, nullable=False),
        sa.Column("connector_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["charge_point_id"], ["charge_point.id"], name=op.f("fk_limit_wish_charge_point_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_limit_wish_user_id")),
        sa.PrimaryKeyConstraint("charge_point_id", "connector_id", "user_id", name=op.f("pk_limit_wish")),
    )


def downgrade() -> None:
    op.drop_table("limit_wish")
    for column in ("limit_estimated", "limit_reached_at", "limit_value", "limit_kind"):
        op.drop_column("transaction", column)
    op.drop_column("user", "language")
