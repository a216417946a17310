"""Services: the catalogue, booked visits, ratings."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# What happened before there were call-backs is not rung about years later.
FROM_NOW_ON = """INSERT INTO followers (name, seq) SELECT 'services', COALESCE(MAX(seq), 0) FROM events"""


def upgrade() -> None:
    op.create_table(
        "bookings",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("series", sa.String(length=24), nullable=True),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("home_id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=True),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("from_at", sa.String(length=24), nullable=False),
        sa.Column("until_at", sa.String(length=24), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("from_call", sa.String(length=20), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("owner_name", sa.String(length=60), nullable=False),
        sa.Column("made_at", sa.String(length=24), nullable=False),
        sa.Column("plan_at", sa.String(length=24), nullable=True),
        sa.Column("remind_at", sa.String(length=24), nullable=True),
        sa.Column("reminded_at", sa.String(length=24), nullable=True),
        sa.Column("carer_told_at", sa.String(length=24), nullable=True),
        sa.Column("carer_id", sa.Integer(), nullable=True),
        sa.Column("carer_name", sa.String(length=60), nullable=True),
        sa.Column("planned_at", sa.String(length=24), nullable=True),
        sa.Column("travel_seconds", sa.Integer(), nullable=True),
        sa.Column("unplanned", sa.String(length=20), nullable=False),
        sa.Column("put_off_until", sa.String(length=24), nullable=True),
        sa.Column("call_id", sa.String(length=20), nullable=True),
        sa.Column("late_at", sa.String(length=24), nullable=True),
        sa.Column("started_at", sa.String(length=24), nullable=True),
        sa.Column("ended_at", sa.String(length=24), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("next_due_at", sa.String(length=24), nullable=True),
        sa.Column("next_step", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
    )
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bookings_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bookings_day_station_id"), ["day", "station_id"], unique=False)
        batch_op.create_index(
            "ix_bookings_due",
            ["next_due_at"],
            unique=False,
            sqlite_where=sa.text("next_due_at IS NOT NULL"),
            postgresql_where=sa.text("next_due_at IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_bookings_home_id_day"), ["home_id", "day"], unique=False)
        batch_op.create_index(batch_op.f("ix_bookings_series"), ["series"], unique=False)

    op.create_table(
        "callbacks",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("stage", sa.String(length=8), nullable=False),
        sa.Column("call_id", sa.String(length=20), nullable=True),
        sa.Column("booking_id", sa.String(length=24), nullable=True),
        sa.Column("visit_id", sa.String(length=24), nullable=True),
        sa.Column("home_id", sa.Integer(), nullable=True),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("carer_id", sa.Integer(), nullable=True),
        sa.Column("carer_name", sa.String(length=60), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("owner_name", sa.String(length=60), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.String(length=24), nullable=False),
        sa.Column("from_at", sa.String(length=24), nullable=False),
        sa.Column("due_at", sa.String(length=24), nullable=False),
        sa.Column("tries", sa.JSON(), nullable=False),
        sa.Column("result", sa.String(length=10), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("done_at", sa.String(length=24), nullable=True),
        sa.Column("done_by", sa.String(length=60), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("complaint", sa.String(length=20), nullable=True),
        sa.Column("next_due_at", sa.String(length=24), nullable=True),
        sa.Column("next_step", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callbacks")),
    )
    with op.batch_alter_table("callbacks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_callbacks_booking_id"), ["booking_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_callbacks_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_callbacks_done_at"), ["done_at"], unique=False)
        batch_op.create_index(
            "ix_callbacks_due",
            ["next_due_at"],
            unique=False,
            sqlite_where=sa.text("next_due_at IS NOT NULL"),
            postgresql_where=sa.text("next_due_at IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_callbacks_stage_due_at"), ["stage", "due_at"], unique=False)

    op.create_table(
        "services",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=60), server_default="", nullable=False),
        sa.Column("minutes", sa.Integer(), server_default=sa.text("60"), nullable=False),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("carers", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("interruptible", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("price", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("subsidy", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("within_hours", sa.Integer(), server_default=sa.text("48"), nullable=False),
        sa.Column("outcomes", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
        sa.UniqueConstraint("code", name=op.f("uq_services_code")),
    )
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("service", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("rated", sa.String(length=10), server_default="", nullable=False))
        batch_op.add_column(sa.Column("rating", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("complaint", sa.Boolean(), server_default=sa.text("false"), nullable=False))

    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.add_column(sa.Column("slot_at", sa.String(length=24), nullable=True))

    op.execute(FROM_NOW_ON)
