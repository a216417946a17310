"""Scripts: the steps of a case, by version; tasks after a case."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _text(name: str, length: int, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def upgrade() -> None:
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("script", sa.JSON(), server_default=sa.text("'{}'"), nullable=False))
        batch_op.add_column(_text("speech_due_at", 24, True))
        batch_op.add_column(sa.Column("said", sa.Text(), server_default="", nullable=False))
    _scripts()
    _tasks()


def _scripts() -> None:
    op.create_table(
        "scripts",
        _text("id", 10),
        sa.Column("number", sa.Integer(), nullable=False),
        _text("script", 20),
        sa.Column("steps", sa.JSON(), nullable=False),
        _text("at", 24),
        _text("by", 60),
        _text("approved_by", 60),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scripts")),
        sa.UniqueConstraint("number", name=op.f("uq_scripts_number")),
    )
    op.create_table(
        "script_proposals",
        _text("id", 10),
        sa.Column("number", sa.Integer(), nullable=False),
        _text("stage", 10),
        _text("script", 20),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        _text("at", 24),
        _text("by", 60),
        sa.Column("by_id", sa.Integer(), nullable=False),
        _text("decided_at", 24, True),
        _text("decided_by", 60, True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_script_proposals")),
        sa.UniqueConstraint("number", name=op.f("uq_script_proposals_number")),
    )
    op.create_index("ix_script_proposals_stage", "script_proposals", ["stage"])
    op.create_table(
        "own_steps",
        _text("id", 12),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("home_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        _text("at", 24),
        _text("by", 60),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_steps")),
    )


def _tasks() -> None:
    op.create_table(
        "tasks",
        _text("id", 20),
        _text("day", 8),
        sa.Column("number", sa.Integer(), nullable=False),
        _text("stage", 8),
        _text("kind", 16),
        sa.Column("words", sa.Text(), nullable=False),
        _text("call_id", 20, True),
        sa.Column("home_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        _text("owner_name", 60),
        _text("role", 16),
        _text("made_at", 24),
        _text("made_by", 60),
        _text("due_at", 24),
        sa.Column("alarmed", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        _text("done_at", 24, True),
        _text("done_by", 60, True),
        _text("next_due_at", 24, True),
        _text("next_step", 20, True),
        _text("armed_at", 24),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("day", "number", name=op.f("uq_tasks_day_number")),
    )
    op.create_index("ix_tasks_stage_due_at", "tasks", ["stage", "due_at"])
    op.create_index("ix_tasks_call_id", "tasks", ["call_id"])
    due = sa.text("next_due_at IS NOT NULL")
    op.create_index("ix_tasks_due", "tasks", ["next_due_at"], sqlite_where=due, postgresql_where=due)
