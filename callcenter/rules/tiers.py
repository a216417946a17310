"""What a person decided about somebody's risk tier: one row each, never changed; the newest holds."""

from dataclasses import dataclass

from callcenter.rules.events import Event, Row

KEEP_DAYS = 90  # a proposal that was refused comes back after so long, or when other reasons speak
COLUMNS = ("resident_id", "before", "after", "proposed", "reasons", "words")


def tier_stream(resident_id: int) -> str:
    return f"tier:{resident_id}"


@dataclass(frozen=True, slots=True)
class TierPicture:
    """How the table ``tier_decisions`` follows the log."""

    table: str = "tier_decisions"

    def key(self, event: Event) -> str | None:
        return event.body["decision"] if event.kind == "TierDecided" else None

    def after(self, _row: Row | None, event: Event) -> Row:
        b = event.body
        return {"id": b["decision"], **{name: b[name] for name in COLUMNS}, "at": event.at, "decided_by": b["name"]}
