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
        batch_op.add_column(sa.Column("prealerted_id", sa.Integer(), nullable=True))
    op.create_index(
        "uq_visits_active_carer",
        "visits",
        ["carer_id"],
        unique=True,
        sqlite_where=sa.text(ACTIVE),
        postgresql_where=sa.text(ACTIVE),
    )
