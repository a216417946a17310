"""Carers' phones: tags at doors, photos, the lone carer's check-in."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("carer_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("at_home_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("position", sa.JSON(), nullable=True))
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stay_seconds", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("stay_due_at", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("stay_step", sa.String(length=16), nullable=True))
    op.create_table(
        "door_tags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("home_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.String(length=24), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("revoked_at", sa.String(length=24), nullable=True),
        sa.Column("revoked_by", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["home_id"], ["homes.id"], name=op.f("fk_door_tags_home_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_tags")),
        sa.UniqueConstraint("digest", name=op.f("uq_door_tags_digest")),
    )
    op.create_index("ix_door_tags_home_id", "door_tags", ["home_id"])
    op.create_table(
        "photos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(length=20), nullable=False),
        sa.Column("visit_id", sa.String(length=24), nullable=False),
        sa.Column("carer_id", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=40), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.String(length=24), nullable=False),
        sa.Column("deleted_at", sa.String(length=24), nullable=True),
        sa.Column("deleted_by", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photos")),
    )
    op.create_index("ix_photos_call_id", "photos", ["call_id"])
