"""The account an unknown caller is met by again, also when it has been found whose home it is."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("caller", sa.String(length=32), server_default="", nullable=False))
        batch_op.create_index(batch_op.f("ix_calls_caller"), ["caller"], unique=False)
