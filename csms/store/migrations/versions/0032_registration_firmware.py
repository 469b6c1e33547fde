"""What charge points wait for until they are accepted, and the firmware they are told to install."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision: str | None = "0031"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "registration",
        sa.Column("charge_point_id", ID, autoincrement=False, nullable=False),
        sa.Column("status", sa.String(10), nullable=True),
        sa.Column("answered_at", AT, nullable=True),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("taken", sa.String(64), nullable=True),
        sa.Column("trouble", sa.String(300), nullable=True),
        sa.ForeignKeyConstraint(["charge_point_id"], ["charge_point.id"], name=op.f("fk_registration_charge_point_id")),
        sa.PrimaryKeyConstraint("charge_point_id", name=op.f("pk_registration")),
    )
    op.create_table(
        "firmware_image",
        sa.Column("id", ID, nullable=False),
        sa.Column("file_name", sa.String(100), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("uploaded_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firmware_image")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "firmware_update",
        sa.Column("id", ID, nullable=False),
        sa.Column("charge_point_id", ID, nullable=False),
        sa.Column("image_id", ID, nullable=True),
        sa.Column("source", sa.String(600), nullable=False),
        sa.Column("token_digest", sa.String(64), nullable=True),
        sa.Column("requested_at", AT, nullable=False),
        sa.Column("retrieve_at", AT, nullable=False),
        sa.Column("expires_at", AT, nullable=False),
        sa.Column("status", sa.String(30), nullable=False),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["charge_point_id"], ["charge_point.id"], name=op.f("fk_firmware_update_charge_point_id")
        ),
        sa.ForeignKeyConstraint(
            ["image_id"], ["firmware_image.id"], name=op.f("fk_firmware_update_image_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firmware_update")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_firmware_update_token_digest")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_firmware_update_charge_point_id"), "firmware_update", ["charge_point_id"])


def downgrade() -> None:
    op.drop_table("firmware_update")
    op.drop_table("firmware_image")
    op.drop_table("registration")
