"""Responders, and cases handed over to 120, 119 and 110; the owner of each case."""

import json
import re

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

FIRST = """SELECT stream, kind, actor, body FROM events
WHERE kind = 'CallAnswered' OR (kind = 'CallOpened' AND actor LIKE 'user:%') ORDER BY seq"""
OWNED = sa.text("UPDATE calls SET owner_id = :owner_id, owner_name = :owner_name WHERE id = :id")


def upgrade() -> None:
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("owner_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("owner_name", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("owner_offer", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("emergency", sa.JSON(), server_default=sa.text("'{}'"), nullable=False))
        batch_op.add_column(sa.Column("emergency_due_at", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("responders", sa.JSON(), server_default=sa.text("'{}'"), nullable=False))
    with op.batch_alter_table("homes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("access_checked_at", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("access_checked_by", sa.String(length=60), server_default="", nullable=False))
        batch_op.add_column(sa.Column("access_fault", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "responders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("community", sa.String(length=40), server_default="", nullable=False),
        sa.Column("grid", sa.String(length=40), server_default="", nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("home_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("reachable", sa.String(length=60), server_default="", nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("consent", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(["home_id"], ["homes.id"], name=op.f("fk_responders_home_id")),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_responders_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responders")),
        sa.UniqueConstraint("code", name=op.f("uq_responders_code")),
    )
    op.create_index(op.f("ix_responders_community_grid"), "responders", ["community", "grid"])
    op.create_index(op.f("ix_responders_home_id"), "responders", ["home_id"])
    op.create_table(
        "responder_links",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("call_id", sa.String(length=20), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.String(length=24), nullable=False),
        sa.Column("revoked_at", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_responder_links_call_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_responder_links")),
    )
    op.create_index(op.f("ix_responder_links_call_id"), "responder_links", ["call_id"])
    _name_owners()


def _name_owners() -> None:
    """Whoever opened a case by hand, else whoever answered it first: what the log says the rows must say."""
    found: dict[str, dict[str, object]] = {}
    for stream, kind, actor, body in op.get_bind().execute(sa.text(FIRST)):
        said, person = json.loads(body), re.fullmatch(r"user:(\d+) (.+)", actor)
        owner = (int(person[1]), person[2]) if kind == "CallOpened" and person else (said["user_id"], said["name"])
        call = stream.removeprefix("call:")
        found.setdefault(call, {"id": call, "owner_id": owner[0], "owner_name": owner[1][:60]})
    if found:
        op.get_bind().execute(OWNED, list(found.values()))
