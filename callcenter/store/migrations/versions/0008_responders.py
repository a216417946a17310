"""Responders, and cases handed over to 120, 119 and 110."""

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
