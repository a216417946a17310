"""A recall: a fault known of a whole model, firmware or batch opens a list, each device checked until mended."""

from collections.abc import Callable
from dataclasses import dataclass

from callcenter.rules.events import Event, Row

HOW = ("telephone", "visit", "neighbour")  # what stands in for the device while it cannot be trusted
PARTS = ("model", "firmware", "batch")


def recall_stream(recall_id: str) -> str:
    return f"recall:{recall_id}"


def _opened(event: Event) -> Row:
    b = event.body
    devices = {account: {"home_id": home, "checks": [], "mended_at": None} for account, home in b["devices"]}
    return {"id": b["recall"], "reason": b["reason"], **{part: b[part] for part in PARTS}, "opened_at": event.at,
            "opened_by": b["name"], "closed_at": None, "devices": devices}  # fmt: skip


def _device(row: Row, account: str, **more: object) -> Row:
    return {**row, "devices": row["devices"] | {account: {**row["devices"][account], **more}}}


def _checked(row: Row, e: Event) -> Row:
    b = e.body
    check = {"at": e.at, "by": b["name"], "how": b["how"], "words": b["words"]}
    return _device(row, b["account"], checks=[*row["devices"][b["account"]]["checks"], check])


AFTER: dict[str, Callable[[Row, Event], Row]] = {
    "RecallChecked": _checked,
    "RecallMended": lambda row, e: _device(row, e.body["account"], mended_at=e.at),
    "RecallClosed": lambda row, e: {**row, "closed_at": e.at},
}


@dataclass(frozen=True, slots=True)
class RecallPicture:
    """How the table ``recalls`` follows the log."""

    table: str = "recalls"

    def key(self, event: Event) -> str | None:
        return event.body["recall"] if event.kind in AFTER or event.kind == "RecallOpened" else None

    def after(self, row: Row | None, event: Event) -> Row:
        return _opened(event) if row is None else AFTER[event.kind](row, event)


def open_devices(recall: Row) -> list[str]:
    """Accounts that are not mended yet; none once the recall is closed."""
    if recall["closed_at"]:
        return []
    return [account for account, said in recall["devices"].items() if said["mended_at"] is None]
