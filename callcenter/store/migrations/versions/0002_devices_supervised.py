"""Devices supervised: what the watch has said of them, how protected each home was, incidents, recalls, their trend."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Devices that already worked are taken as installed: nobody must press 900 pagers because the program is new.
ACCEPT = """UPDATE devices SET accepted_at = COALESCE(installed_at, last_heard_at), accepted_by = 'upgrade'
WHERE installed_at IS NOT NULL OR last_heard_at IS NOT NULL"""


def upgrade() -> None:
    op.create_table(
        "device_days",
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("battery_percent", sa.Integer(), nullable=True),
        sa.Column("frames", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("retransmissions", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("gaps", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("account", "day", name=op.f("pk_device_days")),
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("scope", sa.String(length=12), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("cause", sa.String(length=12), nullable=False),
        sa.Column("stage", sa.String(length=8), nullable=False),
        sa.Column("began_at", sa.String(length=24), nullable=False),
        sa.Column("over_at", sa.String(length=24), nullable=True),
        sa.Column("ended_at", sa.String(length=24), nullable=True),
        sa.Column("homes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.create_index(
            "ix_incidents_standing",
            ["stage"],
            unique=False,
            sqlite_where=sa.text("stage <> 'ended'"),
            postgresql_where=sa.text("stage <> 'ended'"),
        )

    op.create_table(
        "protection",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("home_id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("model", sa.String(length=60), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("since", sa.String(length=24), nullable=False),
        sa.Column("until", sa.String(length=24), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection")),
    )
    with op.batch_alter_table("protection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_protection_home_id_since"), ["home_id", "since"], unique=False)
        batch_op.create_index(batch_op.f("ix_protection_until"), ["until"], unique=False)
        batch_op.create_index(
            "ix_protection_running",
            ["home_id"],
            unique=False,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.create_table(
        "recalls",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("model", sa.String(length=60), nullable=False),
        sa.Column("firmware", sa.String(length=40), nullable=False),
        sa.Column("batch", sa.String(length=40), nullable=False),
        sa.Column("opened_at", sa.String(length=24), nullable=False),
        sa.Column("opened_by", sa.String(length=60), nullable=False),
        sa.Column("closed_at", sa.String(length=24), nullable=True),
        sa.Column("devices", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recalls")),
    )
    op.create_table(
        "watches",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("silent_since", sa.String(length=24), nullable=False),
        sa.Column("amber_at", sa.String(length=24), nullable=True),
        sa.Column("silent_at", sa.String(length=24), nullable=True),
        sa.Column("returned_at", sa.String(length=24), nullable=True),
        sa.Column("item_id", sa.String(length=20), nullable=True),
        sa.Column("welfare_id", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watches")),
    )
    with op.batch_alter_table("watches", schema=None) as batch_op:
        batch_op.create_index(
            "ix_watches_troubled",
            ["state"],
            unique=False,
            sqlite_where=sa.text("state <> 'live'"),
            postgresql_where=sa.text("state <> 'live'"),
        )

    with op.batch_alter_table("device_models", schema=None) as batch_op:
        batch_op.add_column(sa.Column("grace_seconds", sa.Integer(), server_default=sa.text("60"), nullable=False))
        batch_op.add_column(sa.Column("battery_hours", sa.Integer(), server_default=sa.text("24"), nullable=False))
        batch_op.add_column(sa.Column("test_days", sa.Integer(), server_default=sa.text("30"), nullable=False))

    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mains_lost_at", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("battery_percent", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("position_latitude", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("position_longitude", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("position_at", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("fault", sa.String(length=20), server_default="", nullable=False))
        batch_op.add_column(sa.Column("pager_lost", sa.Boolean(), server_default=sa.text("false"), nullable=False))
        batch_op.add_column(
            sa.Column("pager_battery_low", sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )
        batch_op.add_column(sa.Column("pager_heard_at", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("last_full_test_at", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("line", sa.String(length=40), server_default="", nullable=False))
        batch_op.add_column(sa.Column("serial_number", sa.String(length=60), server_default="", nullable=False))
        batch_op.add_column(sa.Column("firmware", sa.String(length=40), server_default="", nullable=False))
        batch_op.add_column(sa.Column("batch", sa.String(length=40), server_default="", nullable=False))
        batch_op.add_column(sa.Column("sip_password", sa.String(length=120), server_default="", nullable=False))
        batch_op.add_column(sa.Column("accepted_at", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("accepted_by", sa.String(length=60), server_default="", nullable=False))
        batch_op.add_column(sa.Column("loan_account", sa.String(length=32), server_default="", nullable=False))
        batch_op.add_column(sa.Column("frames", sa.Integer(), server_default=sa.text("0"), nullable=False))
        batch_op.add_column(sa.Column("retransmissions", sa.Integer(), server_default=sa.text("0"), nullable=False))
        batch_op.add_column(sa.Column("gaps", sa.Integer(), server_default=sa.text("0"), nullable=False))
        batch_op.add_column(sa.Column("last_sequence", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("next_look_at", sa.String(length=24), server_default="", nullable=False))
        batch_op.create_index(batch_op.f("ix_devices_next_look_at"), ["next_look_at"], unique=False)
        batch_op.create_index(
            "ix_devices_without_mains",
            ["mains_lost"],
            unique=False,
            sqlite_where=sa.text("mains_lost"),
            postgresql_where=sa.text("mains_lost"),
        )

    with op.batch_alter_table("signs_of_life", schema=None) as batch_op:
        batch_op.add_column(sa.Column("since", sa.String(length=24), server_default="", nullable=False))
    op.execute(ACCEPT)
    op.execute("UPDATE devices SET last_full_test_at = last_press_at")
    op.execute("UPDATE devices SET mains_lost_at = last_heard_at WHERE mains_lost")
    op.execute("UPDATE signs_of_life SET since = at")
