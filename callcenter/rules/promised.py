"""How the table ``promises`` follows the log: every version once, none ever changed."""

from dataclasses import dataclass

from callcenter.rules.call import NotNow
from callcenter.rules.events import Event, Row

STREAM = "promises"
CHANGED = "PromisesChanged"


@dataclass(frozen=True, slots=True)
class PromisePicture:
    """How the table ``promises`` follows the log. A version is written once."""

    table: str = "promises"

    def key(self, event: Event) -> str | None:
        return str(event.body["version"]) if event.kind == CHANGED else None

    def after(self, row: Row | None, event: Event) -> Row:
        b = event.body
        if row is not None or b["version"] != event.version:
            raise NotNow("not_now", "A version of the promises is never changed", "Make a new one")
        return {
            "id": str(b["version"]), "number": b["version"], "at": event.at, "from_at": b["from_at"],
            "by": b["name"], "why": b["why"], "rules": b["rules"],
        }  # fmt: skip
