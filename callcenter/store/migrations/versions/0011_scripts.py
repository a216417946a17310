"""Scripts: the steps of a case, by version; tasks after a case."""

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
