"""Welfare rounds, absences, the daily sign that all is well."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def _due(table: str) -> None:
    where = sa.text("next_due_at IS NOT NULL")
    op.create_index(f"ix_{table}_due", table, ["next_due_at"], sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    op.create_table(
        "round_plans",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("whom", sa.JSON(), nullable=False),
        sa.Column("every", sa.String(length=10), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("script", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("changed_at", sa.String(length=24), nullable=False),
        sa.Column("next_due_at", sa.String(length=24), nullable=True),
        sa.Column("next_step", sa.String(length=12), nullable=True),
        sa.Column("armed_at", sa.String(length=24), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_plans")),
    )
    _due("round_plans")
    op.create_table(
        "rounds",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("plan_id", sa.String(length=24), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("script", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=8), nullable=False),
        sa.Column("began_at", sa.String(length=24), nullable=False),
        sa.Column("began_by", sa.String(length=60), nullable=False),
        sa.Column("ends_at", sa.String(length=24), nullable=False),
        sa.Column("left", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.String(length=24), nullable=True),
        sa.Column("next_due_at", sa.String(length=24), nullable=True),
        sa.Column("next_step", sa.String(length=12), nullable=True),
        sa.Column("armed_at", sa.String(length=24), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
    )
    op.create_index("ix_rounds_stage", "rounds", ["stage"])
    _due("rounds")
    op.create_table(
        "round_calls",
        sa.Column("id", sa.String(length=48), nullable=False),
        sa.Column("round_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("home_id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("tier", sa.String(length=1), nullable=False),
        sa.Column("age", sa.Integer(), nullable=True),
        sa.Column("closely", sa.Boolean(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("best_hour", sa.Integer(), nullable=True),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("stage", sa.String(length=8), nullable=False),
        sa.Column("step", sa.String(length=8), nullable=False),
        sa.Column("from_at", sa.String(length=24), nullable=False),
        sa.Column("due_at", sa.String(length=24), nullable=True),
        sa.Column("tries", sa.JSON(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("holder_name", sa.String(length=60), nullable=True),
        sa.Column("held_since", sa.String(length=24), nullable=True),
        sa.Column("held_until", sa.String(length=24), nullable=True),
        sa.Column("result", sa.String(length=12), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("done_at", sa.String(length=24), nullable=True),
        sa.Column("done_by", sa.String(length=60), nullable=True),
        sa.Column("case_id", sa.String(length=20), nullable=True),
        sa.Column("wrong_number", sa.Boolean(), nullable=False),
        sa.Column("next_due_at", sa.String(length=24), nullable=True),
        sa.Column("next_step", sa.String(length=12), nullable=True),
        sa.Column("armed_at", sa.String(length=24), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_calls")),
    )
    op.create_index("ix_round_calls_round_id_stage", "round_calls", ["round_id", "stage"])
    op.create_index("ix_round_calls_resident_id_stage", "round_calls", ["resident_id", "stage"])
    op.create_index("ix_round_calls_stage_from_at", "round_calls", ["stage", "from_at"])
    _due("round_calls")
    op.create_table(
        "absences",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("home_id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("told_by", sa.String(length=60), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("stage", sa.String(length=8), nullable=False),
        sa.Column("from_at", sa.String(length=24), nullable=False),
        sa.Column("until_at", sa.String(length=24), nullable=False),
        sa.Column("set_by", sa.String(length=60), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("reminded_at", sa.String(length=24), nullable=True),
        sa.Column("ended_at", sa.String(length=24), nullable=True),
        sa.Column("ended_by", sa.String(length=60), nullable=True),
        sa.Column("ended_why", sa.String(length=12), nullable=False),
        sa.Column("next_due_at", sa.String(length=24), nullable=True),
        sa.Column("next_step", sa.String(length=12), nullable=True),
        sa.Column("armed_at", sa.String(length=24), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index("ix_absences_resident_id_stage", "absences", ["resident_id", "stage"])
    op.create_index("ix_absences_stage_until_at", "absences", ["stage", "until_at"])
    _due("absences")
    op.create_table(
        "ok_checks",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("home_id", sa.Integer(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("until_minute", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("since", sa.String(length=24), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("heard_at", sa.String(length=24), nullable=True),
        sa.Column("heard_how", sa.String(length=12), nullable=False),
        sa.Column("silent_at", sa.String(length=24), nullable=True),
        sa.Column("next_due_at", sa.String(length=24), nullable=True),
        sa.Column("next_step", sa.String(length=12), nullable=True),
        sa.Column("armed_at", sa.String(length=24), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ok_checks")),
    )
    _due("ok_checks")
    op.create_table(
        "reminders",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("home_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("minutes", sa.JSON(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("told_at", sa.String(length=24), nullable=True),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.String(length=24), nullable=True),
        sa.Column("next_due_at", sa.String(length=24), nullable=True),
        sa.Column("next_step", sa.String(length=12), nullable=True),
        sa.Column("armed_at", sa.String(length=24), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
    )
    op.create_index("ix_reminders_resident_id", "reminders", ["resident_id"])
    _due("reminders")
    op.create_table(
        "tier_decisions",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.Column("decided_by", sa.String(length=60), nullable=False),
        sa.Column("before", sa.String(length=1), nullable=False),
        sa.Column("after", sa.String(length=1), nullable=False),
        sa.Column("proposed", sa.String(length=1), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_decisions")),
    )
    op.create_index("ix_tier_decisions_resident_id_at", "tier_decisions", ["resident_id", "at"])
