"""Seats: who sits where, who looks at which call, calls given back."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("taken_at", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("taken_version", sa.Integer(), server_default=sa.text("0"), nullable=False))
        batch_op.add_column(sa.Column("held_since", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("worked_at", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("idle", sa.Integer(), server_default=sa.text("0"), nullable=False))
        batch_op.add_column(sa.Column("idled_at", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("going", sa.Boolean(), server_default=sa.text("false"), nullable=False))
        batch_op.add_column(sa.Column("transfer", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("joined", sa.JSON(), server_default=sa.text("'{}'"), nullable=False))
        batch_op.add_column(sa.Column("loss", sa.JSON(), nullable=True))
    op.create_table(
        "seats",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("stage", sa.String(length=8), nullable=False),
        sa.Column("since", sa.String(length=24), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("back_by", sa.String(length=24), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("flood_since", sa.String(length=24), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seats")),
    )
    op.create_table(
        "takes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("call_id", sa.String(length=20), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.Column("waited", sa.Float(), nullable=False),
        sa.Column("how", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takes")),
    )
    op.create_index("ix_takes_at", "takes", ["at"])
    op.create_table(
        "seat_tabs",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("web", sa.String(length=60), nullable=False),
        sa.Column("sound", sa.String(length=12), nullable=False),
        sa.Column("looking", sa.String(length=20), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_tabs")),
    )
