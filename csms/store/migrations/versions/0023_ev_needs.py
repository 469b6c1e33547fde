"""What the car at a connector has said of itself."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision: str | None = "0022"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "ev_needs",
        sa.Column("charge_point_id", ID, nullable=False),
        sa.Column("connector_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("capacity_wh", sa.Integer(), nullable=True),
        sa.Column("max_power_w", sa.Integer(), nullable=True),
        sa.Column("soc_percent", sa.Integer(), nullable=True),
        sa.Column("transaction_id", ID, nullable=True),
        sa.Column("energy_wh", sa.BigInteger(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["charge_point_id"], ["charge_point.id"], name=op.f("fk_ev_needs_charge_point_id")),
        sa.PrimaryKeyConstraint("charge_point_id", "connector_id", name=op.f("pk_ev_needs")),
    )


def downgrade() -> None:
    op.drop_table("ev_needs")
