"""Tariffs, where they hold, and the copy that each transaction was started with."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
OF_TRANSACTION = (
    ("tariff", sa.Text()),
    ("cost_so_far_cents", sa.BigInteger()),
    ("cost_so_far_at", TIME),
    ("held_since", TIME),
    ("vat_cents", sa.BigInteger()),
    ("bill", sa.Text()),
)


def upgrade() -> None:
    op.create_table(
        "tariff",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariff")),
        sa.UniqueConstraint("name", name=op.f("uq_tariff_name")),
    )
    op.create_table(
        "tariff_version",
        sa.Column("tariff_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("from_at", TIME, nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_tariff_version_made_by")),
        sa.ForeignKeyConstraint(["tariff_id"], ["tariff.id"], name=op.f("fk_tariff_version_tariff_id")),
        sa.PrimaryKeyConstraint("tariff_id", "number", name=op.f("pk_tariff_version")),
    )
    op.create_table(
        "tariff_use",
        sa.Column("id", ID, nullable=False),
        sa.Column("charge_point_id", ID, nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("tariff_id", ID, nullable=True),
        sa.Column("from_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["charge_point_id"], ["charge_point.id"], name=op.f("fk_tariff_use_charge_point_id")),
        sa.ForeignKeyConstraint(["tariff_id"], ["tariff.id"], name=op.f("fk_tariff_use_tariff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariff_use")),
    )
    op.create_index(
        "ix_tariff_use_charge_point_id_connector_id", "tariff_use", ["charge_point_id", "connector_id"], unique=False
    )
    for name, kind in OF_TRANSACTION:
        op.add_column("transaction", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for name, _ in reversed(OF_TRANSACTION):
        op.drop_column("transaction", name)
    op.drop_index("ix_tariff_use_charge_point_id_connector_id", table_name="tariff_use")
    op.drop_table("tariff_use")
    op.drop_table("tariff_version")
    op.drop_table("tariff")
