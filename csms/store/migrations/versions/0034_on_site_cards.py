"""Which cards start charges at the pages of controllers, and which of them is the present one of its site."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision: str | None = "0033"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PRESENT = sa.text("replaced_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "on_site_card",
        sa.Column("id_tag", sa.String(20), nullable=False),
        sa.Column("site_id", ID, nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["id_tag"], ["card.id_tag"], name=op.f("fk_on_site_card_id_tag")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_on_site_card_site_id")),
        sa.PrimaryKeyConstraint("id_tag", name=op.f("pk_on_site_card")),
    )
    op.create_index(op.f("ix_on_site_card_site_id"), "on_site_card", ["site_id"], unique=False)
    op.create_index(
        "uq_on_site_card_present",
        "on_site_card",
        ["site_id"],
        unique=True,
        sqlite_where=PRESENT,
        postgresql_where=PRESENT,
    )


def downgrade() -> None:
    """The cards themselves stay; to the older program they are cards like others."""
    op.drop_table("on_site_card")
