"""Quarters of an hour of old meter series. On the way down they become samples again: what was raw is gone for good."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision: str | None = "0024"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
VALUES = ("register_wh", "power_w", "current_ma", "voltage_dv", "soc_percent", "temperature_c")


def upgrade() -> None:
    op.create_table(
        "meter_rollup",
        sa.Column("transaction_id", ID, autoincrement=False, nullable=False),
        sa.Column("charge_point_id", ID, autoincrement=False, nullable=False),
        sa.Column("connector_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in VALUES),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["charge_point_id"], ["charge_point.id"], name=op.f("fk_meter_rollup_charge_point_id")),
        sa.PrimaryKeyConstraint(
            "transaction_id", "charge_point_id", "connector_id", "at", name=op.f("pk_meter_rollup")
        ),
    )
    op.add_column("transaction", sa.Column("rolled_up", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    columns = ", ".join(("charge_point_id", "connector_id", "transaction_id", "at", *VALUES))
    op.execute(
        f"INSERT INTO meter_value ({columns}, context) SELECT {columns}, 'Rollup' FROM meter_rollup"
    )
    op.drop_column("transaction", "rolled_up")
    op.drop_table("meter_rollup")
