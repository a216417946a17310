"""Promises by version, and what arrivals teach of travelling."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "promises",
        sa.Column("id", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.Column("from_at", sa.String(length=24), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
        sa.UniqueConstraint("number", name=op.f("uq_promises_number")),
    )
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("promise", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("tier", sa.String(length=1), server_default="", nullable=False))
        batch_op.add_column(sa.Column("pauses", sa.JSON(), server_default="[]", nullable=False))
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.add_column(sa.Column("promise", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("pauses", sa.JSON(), server_default="[]", nullable=False))
    op.create_table(
        "journeys",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("call_id", sa.String(length=20), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("means", sa.String(length=10), nullable=False),
        sa.Column("by", sa.String(length=10), nullable=False),
        sa.Column("road", sa.Float(), nullable=False),
        sa.Column("turnout_expected", sa.Float(), nullable=False),
        sa.Column("turnout_seconds", sa.Float(), nullable=True),
        sa.Column("travel_seconds", sa.Float(), nullable=True),
        sa.Column("skew", sa.Float(), nullable=False),
        sa.Column("proof", sa.String(length=20), nullable=False),
        sa.Column("odd", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journeys")),
    )
    with op.batch_alter_table("journeys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journeys_seq"), ["seq"], unique=False)
