"""Carers' phones: tags at doors, photos, the lone carer's check-in."""

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
