"""Mass events: warnings by area, roll calls."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mass_events",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("cause", sa.String(length=12), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("until", sa.String(length=24), nullable=False),
        sa.Column("incident_id", sa.String(length=20), nullable=False),
        sa.Column("begun_at", sa.String(length=24), nullable=False),
        sa.Column("begun_by", sa.String(length=60), nullable=False),
        sa.Column("reminded_at", sa.String(length=24), nullable=True),
        sa.Column("ended_at", sa.String(length=24), nullable=True),
        sa.Column("ended_by", sa.String(length=60), nullable=False),
        sa.Column("ended_why", sa.String(length=8), nullable=False),
        sa.Column("folded", sa.JSON(), nullable=False),
        sa.Column("next_due_at", sa.String(length=24), nullable=True),
        sa.Column("next_step", sa.String(length=8), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mass_events")),
    )
    op.create_table(
        "rollcalls",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("cause", sa.String(length=12), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("homes", sa.JSON(), nullable=False),
        sa.Column("shares", sa.JSON(), nullable=False),
        sa.Column("mass_id", sa.String(length=20), nullable=False),
        sa.Column("begun_at", sa.String(length=24), nullable=False),
        sa.Column("begun_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("begun_by", sa.String(length=60), nullable=False),
        sa.Column("looked", sa.JSON(), nullable=False),
        sa.Column("ended_at", sa.String(length=24), nullable=True),
        sa.Column("ended_by", sa.String(length=60), nullable=False),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.Column("next_due_at", sa.String(length=24), nullable=True),
        sa.Column("next_step", sa.String(length=8), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollcalls")),
    )
    op.create_table(
        "rollcall_marks",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("rollcall_id", sa.String(length=20), nullable=False),
        sa.Column("home_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=True),
        sa.Column("said_at", sa.String(length=24), nullable=True),
        sa.Column("said_by", sa.String(length=60), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(length=20), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollcall_marks")),
    )
    op.create_index(op.f("ix_rollcall_marks_rollcall_id"), "rollcall_marks", ["rollcall_id"])
    for name, table in (("ix_mass_events_standing", "mass_events"), ("ix_rollcalls_running", "rollcalls")):
        alone = sa.text("ended_at IS NULL")
        op.create_index(name, table, ["begun_at"], sqlite_where=alone, postgresql_where=alone)
