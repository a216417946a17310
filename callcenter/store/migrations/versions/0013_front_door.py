"""One front door: reports of every kind; each try to reach a contact."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("callers", sa.JSON(), server_default=sa.text("'[]'"), nullable=False))
        batch_op.add_column(sa.Column("rung", sa.JSON(), server_default=sa.text("'{}'"), nullable=False))
        batch_op.add_column(sa.Column("expected_at", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("help", sa.JSON(), server_default=sa.text("'{}'"), nullable=False))
    with op.batch_alter_table("health_notes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=10), server_default="", nullable=False))
    op.create_table(
        "contact_numbers",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.String(length=24), nullable=True),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("reached_at", sa.String(length=24), nullable=True),
        sa.Column("doubtful_at", sa.String(length=24), nullable=True),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("confirmed_at", sa.String(length=24), nullable=True),
        sa.Column("confirmed_by", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_numbers")),
    )
    op.create_table(
        "personal_links",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("person", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("home_id", sa.Integer(), nullable=True),
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.String(length=24), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("expires_at", sa.String(length=24), nullable=False),
        sa.Column("revoked_at", sa.String(length=24), nullable=True),
        sa.Column("used_at", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(["home_id"], ["homes.id"], name=op.f("fk_personal_links_home_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_personal_links")),
    )
    op.create_index(op.f("ix_personal_links_made_at"), "personal_links", ["made_at"])
