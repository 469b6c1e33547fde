"""Logins that can be ended, password resets, mail on its way out, operators' sites, card budgets, vehicles."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision: str | None = "0011"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("user", sa.Column("surname", sa.String(length=100), server_default="", nullable=False))
    op.add_column("user", sa.Column("token_version", sa.Integer(), server_default="0", nullable=False))
    op.add_column("user", sa.Column("deleted_at", TIME, nullable=True))
    op.add_column("card", sa.Column("valid_from", TIME, nullable=True))
    op.add_column("card", sa.Column("parent_id_tag", sa.String(length=20), nullable=True))
    op.add_column("transaction", sa.Column("budgeted", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_transaction_id_tag", "transaction", ["id_tag"], unique=False)
    op.create_table(
        "login",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("refresh_digest", sa.String(length=64), nullable=False),
        sa.Column("used_digest", sa.String(length=64), nullable=True),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_login_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login")),
        sa.UniqueConstraint("refresh_digest", name=op.f("uq_login_refresh_digest")),
    )
    op.create_index(op.f("ix_login_user_id"), "login", ["user_id"], unique=False)
    op.create_index(op.f("ix_login_used_digest"), "login", ["used_digest"], unique=False)
    op.create_table(
        "password_reset",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_password_reset_user_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_password_reset")),
    )
    op.create_table(
        "mail",
        sa.Column("id", ID, nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", TIME, nullable=False),
        sa.Column("useless_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "site_operator",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("site_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_operator_site_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_site_operator_user_id")),
        sa.PrimaryKeyConstraint("user_id", "site_id", name=op.f("pk_site_operator")),
    )
    # Until now an operator had every site; so it stays for those there are.
    op.execute(
        sa.text(
            "INSERT INTO site_operator (user_id, site_id) "
            "SELECT u.id, s.id FROM \"user\" u, site s WHERE u.role = 'operator'"
        )
    )
    op.create_table(
        "card_budget",
        sa.Column("id_tag", sa.String(length=20), nullable=False),
        sa.Column("period", sa.String(length=5), nullable=False),
        sa.Column("most_wh", sa.BigInteger(), nullable=True),
        sa.Column("most_cents", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("period IN ('day', 'week', 'month')", name=op.f("ck_card_budget_period")),
        sa.ForeignKeyConstraint(["id_tag"], ["card.id_tag"], name=op.f("fk_card_budget_id_tag")),
        sa.PrimaryKeyConstraint("id_tag", "period", name=op.f("pk_card_budget")),
    )
    op.create_table(
        "vehicle",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("battery_wh", sa.Integer(), nullable=True),
        sa.Column("connector_type", sa.String(length=30), nullable=True),
        sa.Column("plate", sa.String(length=20), nullable=True),
        sa.Column("mac", sa.String(length=17), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_vehicle_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle")),
    )
    op.create_index(op.f("ix_vehicle_user_id"), "vehicle", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_vehicle_user_id"), table_name="vehicle")
    for table in ("vehicle", "card_budget", "site_operator", "mail", "password_reset"):
        op.drop_table(table)
    op.drop_index(op.f("ix_login_used_digest"), table_name="login")
    op.drop_index(op.f("ix_login_user_id"), table_name="login")
    op.drop_table("login")
    op.drop_index("ix_transaction_id_tag", table_name="transaction")
    op.drop_column("transaction", "budgeted")
    op.drop_column("card", "parent_id_tag")
    op.drop_column("card", "valid_from")
    op.drop_column("user", "deleted_at")
    op.drop_column("user", "token_version")
    op.drop_column("user", "surname")
