"""Telephony: telephone calls as the exchange told them, and whose telephone an extension is."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "talks",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("line", sa.String(length=30), nullable=False),
        sa.Column("extension", sa.String(length=10), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("user_name", sa.String(length=60), nullable=False),
        sa.Column("call_id", sa.String(length=20), nullable=True),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("rang_at", sa.String(length=24), nullable=False),
        sa.Column("answered_at", sa.String(length=24), nullable=True),
        sa.Column("ended_at", sa.String(length=24), nullable=True),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("missed", sa.Boolean(), nullable=False),
        sa.Column("claimed_id", sa.Integer(), nullable=True),
        sa.Column("claimed_name", sa.String(length=60), nullable=False),
        sa.Column("claimed_at", sa.String(length=24), nullable=True),
        sa.Column("third", sa.String(length=40), nullable=False),
        sa.Column("recording", sa.String(length=120), nullable=False),
        sa.Column("refused", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talks")),
    )
    op.create_index("ix_talks_call_id", "talks", ["call_id"])
    op.create_index("ix_talks_rang_at", "talks", ["rang_at"])
    op.create_index("ix_talks_stage", "talks", ["stage"])
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("extension", sa.String(length=10), nullable=False, server_default=""))
