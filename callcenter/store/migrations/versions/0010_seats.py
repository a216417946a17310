"""Seats: who sits where, who looks at which call, calls given back."""

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
