"""Keys that change, certificates of charge points, what they say of their security, signed firmware."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision: str | None = "0032"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)


def _of_charge_point(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_charge_point_id")
    return sa.ForeignKeyConstraint(["charge_point_id"], ["charge_point.id"], name=name)


def upgrade() -> None:
    op.create_table(
        "charge_point_security",
        sa.Column("charge_point_id", ID, autoincrement=False, nullable=False),
        sa.Column("next_key_hash", sa.String(200), nullable=True),
        sa.Column("next_key_at", AT, nullable=True),
        sa.Column("next_key_at_reboot", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("key_changed_at", AT, nullable=True),
        sa.Column("profile", sa.Integer(), nullable=True),
        sa.Column("least_profile", sa.Integer(), server_default="1", nullable=False),
        sa.Column("asked_profile", sa.Integer(), nullable=True),
        _of_charge_point("charge_point_security"),
        sa.PrimaryKeyConstraint("charge_point_id", name=op.f("pk_charge_point_security")),
    )
    op.create_table(
        "certificate",
        sa.Column("id", ID, nullable=False),
        sa.Column("charge_point_id", ID, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("serial_number", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("issued_at", AT, nullable=False),
        sa.Column("not_before", AT, nullable=False),
        sa.Column("not_after", AT, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("status_at", AT, nullable=False),
        _of_charge_point("certificate"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_certificate_fingerprint")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_certificate_charge_point_id", "certificate", ["charge_point_id"])
    op.create_table(
        "security_event",
        sa.Column("id", ID, nullable=False),
        sa.Column("charge_point_id", ID, nullable=False),
        sa.Column("type", sa.String(50), nullable=False),
        sa.Column("tech_info", sa.String(255), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("received_at", AT, nullable=False),
        _of_charge_point("security_event"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_event")),
        sa.UniqueConstraint(
            "charge_point_id",
            "at",
            "type",
            "tech_info",
            name=op.f("uq_security_event_charge_point_id_at_type_tech_info"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_security_event_received_at", "security_event", ["received_at"])
    op.create_table(
        "signed_update",
        sa.Column("id", ID, nullable=False),
        sa.Column("charge_point_id", ID, nullable=False),
        sa.Column("location", sa.String(512), nullable=False),
        sa.Column("signer", sa.String(200), nullable=False),
        sa.Column("requested_at", AT, nullable=False),
        sa.Column("retrieve_at", AT, nullable=False),
        sa.Column("install_at", AT, nullable=True),
        sa.Column("status", sa.String(30), nullable=False),
        sa.Column("status_at", AT, nullable=False),
        _of_charge_point("signed_update"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_update")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_signed_update_charge_point_id", "signed_update", ["charge_point_id"])


def downgrade() -> None:
    for table in ("signed_update", "security_event", "certificate", "charge_point_security"):
        op.drop_table(table)
