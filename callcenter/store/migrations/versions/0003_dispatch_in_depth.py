"""Dispatch in depth: offers to several carers, the ladder, interrupted visits."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# A carer who is only being asked is not on a job yet: several may be asked about one visit.
ACTIVE = "stage IN ('accepted','on_the_way','arrived')"


def upgrade() -> None:
    op.drop_index("uq_visits_active_carer", table_name="visits")
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.add_column(sa.Column("armed_at", sa.String(length=24), server_default="", nullable=False))
        batch_op.add_column(sa.Column("interruptible", sa.Boolean(), server_default=sa.text("false"), nullable=False))
        batch_op.add_column(sa.Column("backs_up", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("ladder", sa.JSON(), server_default=sa.text("'[]'"), nullable=False))
        batch_op.add_column(sa.Column("round", sa.Integer(), server_default=sa.text("1"), nullable=False))
        batch_op.add_column(sa.Column("rung", sa.Integer(), server_default=sa.text("-1"), nullable=False))
        batch_op.add_column(sa.Column("rung_due_at", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("gaps", sa.JSON(), server_default=sa.text("'[]'"), nullable=False))
        batch_op.add_column(sa.Column("doubts", sa.JSON(), server_default=sa.text("'{}'"), nullable=False))
        batch_op.add_column(sa.Column("doubt_due_at", sa.String(length=24), nullable=True))
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("armed_at", sa.String(length=24), server_default="", nullable=False))
        batch_op.add_column(sa.Column("overflow", sa.Integer(), server_default=sa.text("0"), nullable=False))
        batch_op.add_column(sa.Column("unheard", sa.Integer(), server_default=sa.text("0"), nullable=False))
        batch_op.add_column(sa.Column("unheard_at", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("prealerted_id", sa.Integer(), nullable=True))
    op.create_index(
        "uq_visits_active_carer",
        "visits",
        ["carer_id"],
        unique=True,
        sqlite_where=sa.text(ACTIVE),
        postgresql_where=sa.text(ACTIVE),
    )
    op.create_index("ix_visits_home_id_stage", "visits", ["home_id", "stage"])
    op.create_index("ix_visits_carer_id_finished_at", "visits", ["carer_id", "finished_at"])
    op.create_table(
        "ties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("home_id", sa.Integer(), nullable=False),
        sa.Column("carer_id", sa.Integer(), nullable=False),
        sa.Column("tie", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=200), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["carer_id"], ["carers.id"], name=op.f("fk_ties_carer_id")),
        sa.ForeignKeyConstraint(["home_id"], ["homes.id"], name=op.f("fk_ties_home_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ties")),
        sa.UniqueConstraint("home_id", "carer_id", name=op.f("uq_ties_home_id_carer_id")),
    )
    op.create_index("ix_ties_carer_id", "ties", ["carer_id"])
