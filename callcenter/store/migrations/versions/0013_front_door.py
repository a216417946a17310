"""One front door: reports of every kind; each try to reach a contact."""

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
