"""What a site's controller says of itself and of the site's meter, on its own connection."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision: str | None = "0025"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("controller", sa.Column("connection", sa.String(length=32)))
    op.add_column("controller", sa.Column("connected_at", sa.DateTime(timezone=True)))
    op.add_column("controller", sa.Column("last_seen_at", sa.DateTime(timezone=True)))
    op.add_column("controller", sa.Column("status", sa.String(length=20)))
    op.add_column("controller", sa.Column("status_at", sa.DateTime(timezone=True)))
    op.create_table(
        "site_meter_value",
        sa.Column("site_id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("register_wh", sa.BigInteger()),
        sa.Column("power_w", sa.BigInteger()),
        sa.Column("l1_ma", sa.BigInteger()),
        sa.Column("l2_ma", sa.BigInteger()),
        sa.Column("l3_ma", sa.BigInteger()),
        sa.Column("charging_w", sa.BigInteger()),
        sa.Column("offered_ma", sa.BigInteger()),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_meter_value_site_id")),
        sa.PrimaryKeyConstraint("site_id", "at", name=op.f("pk_site_meter_value")),
    )


def downgrade() -> None:
    op.drop_table("site_meter_value")
    for column in ("status_at", "status", "last_seen_at", "connected_at", "connection"):
        op.drop_column("controller", column)
