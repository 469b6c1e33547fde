"""What people who stand in front of a charge point say is wrong with it."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision: str | None = "0021"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "problem",
        sa.Column("id", ID, nullable=False),
        sa.Column("charge_point_id", ID, nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=254), nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("reported_at", TIME, nullable=False),
        sa.Column("closed_at", TIME, nullable=True),
        sa.Column("closed_by", ID, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["charge_point_id"], ["charge_point.id"], name=op.f("fk_problem_charge_point_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_problem_user_id")),
        sa.ForeignKeyConstraint(["closed_by"], ["user.id"], name=op.f("fk_problem_closed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_problem_charge_point_id", "problem", ["charge_point_id"])


def downgrade() -> None:
    op.drop_table("problem")
