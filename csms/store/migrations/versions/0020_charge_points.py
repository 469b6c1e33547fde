"""Where charge points stand, what their connectors are, their local lists, and the files they were asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision: str | None = "0013"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("charge_point", sa.Column("latitude", sa.Float()))
    op.add_column("charge_point", sa.Column("longitude", sa.Float()))
    op.add_column("charge_point", sa.Column("description", sa.Text()))
    op.add_column("charge_point", sa.Column("notes", sa.Text()))
    op.add_column("charge_point", sa.Column("dismissed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("charge_point", sa.Column("last_via", sa.String(length=10)))
    op.add_column("connector", sa.Column("type", sa.String(length=20)))
    op.add_column("connector", sa.Column("power_w", sa.Integer()))
    op.create_table(
        "local_list",
        sa.Column("charge_point_id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64)),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["charge_point_id"], ["charge_point.id"], name=op.f("fk_local_list_charge_point_id")),
        sa.PrimaryKeyConstraint("charge_point_id", name=op.f("pk_local_list")),
    )
    op.create_table(
        "upload",
        sa.Column("id", ID, nullable=False),
        sa.Column("charge_point_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("requested_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("status", sa.String(length=30), nullable=False),
        sa.Column("file_name", sa.String(length=255)),
        sa.Column("size_bytes", sa.BigInteger()),
        sa.Column("received_at", TIME),
        sa.ForeignKeyConstraint(["charge_point_id"], ["charge_point.id"], name=op.f("fk_upload_charge_point_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_upload_token_digest")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_upload_charge_point_id"), "upload", ["charge_point_id"])


def downgrade() -> None:
    op.drop_table("upload")
    op.drop_table("local_list")
    for name in ("type", "power_w"):
        op.drop_column("connector", name)
    for name in ("latitude", "longitude", "description", "notes", "dismissed", "last_via"):
        op.drop_column("charge_point", name)
