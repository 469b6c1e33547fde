"""What the running hashes of controllers' books are at."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision: str | None = "0036"


def upgrade() -> None:
    op.create_table(
        "site_head",
        sa.Column(
            "charge_point_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed", sa.String(80), nullable=False),
        sa.Column("delivered", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(["charge_point_id"], ["charge_point.id"], name=op.f("fk_site_head_charge_point_id")),
        sa.PrimaryKeyConstraint("charge_point_id", name=op.f("pk_site_head")),
    )


def downgrade() -> None:
    op.drop_table("site_head")
