"""Settings that are changed while it runs; a chain of hashes through the audit log, and where it begins and ends."""

import sqlalchemy as sa
from alembic import op

from csms.domain.audit_chain import BEGINNING

revision = "0035"
down_revision: str | None = "0034"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", ID, nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["user.id"], name=op.f("fk_setting_changed_by")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.add_column("audit", sa.Column("detail", sa.String(length=500), nullable=False, server_default=""))
    op.add_column("audit", sa.Column("hash", sa.String(length=64), nullable=False, server_default=""))
    made = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("last_id", ID, nullable=False),
        sa.Column("last_hash", sa.String(length=64), nullable=False),
        sa.Column("forgotten_id", ID, nullable=False),
        sa.Column("forgotten_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    # Rows from before have no hash: the chain begins behind them, and vouches for what is written from now on.
    newest = op.get_bind().execute(sa.text("SELECT coalesce(max(id), 0) FROM audit")).scalar_one()
    begins = {"last_id": newest, "last_hash": BEGINNING, "forgotten_id": newest, "forgotten_hash": BEGINNING}
    op.execute(made.insert().values(id=1, **begins))


def downgrade() -> None:
    op.drop_table("audit_head")
    op.drop_column("audit", "hash")
    op.drop_column("audit", "detail")
    op.drop_table("setting")
