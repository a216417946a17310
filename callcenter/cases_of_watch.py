"""The cases the watch opens by itself: device items, welfare calls, incidents. They follow the rules of every case."""

from typing import Any
from zoneinfo import ZoneInfo

from callcenter.opener import Opener
from callcenter.rules.call import CLOSED, DEVICE_PRIORITY
from callcenter.rules.events import Row, call_stream
from callcenter.store.cases import Cases
from callcenter.store.log import Writing
from callcenter.store.users import Users

ACTOR = "watch"
SOURCE = "watch"


class CasesOfWatch:
    """Within one transaction ``w``."""

    def __init__(self, w: Writing, cases: Cases, zone: ZoneInfo):
        self.w, self.cases, self.opener = w, cases, Opener(w, cases, zone)

    def item(self, device: Row, kind: str, words: str) -> str:
        """A device item for this device, or the one its home already has. Returns the call's id."""
        open_id = self._open_in(device, technical=True)
        if open_id is None:
            return self.open(kind, DEVICE_PRIORITY, words, device)
        self._join(open_id, kind, device)
        return open_id

    def person(self, device: Row, kind: str, priority: int, words: str) -> str:
        """A call about whoever lives with this device. An open call of theirs is told, but no press is counted."""
        open_id = self._open_in(device, technical=False)
        if open_id is None:
            return self.open(kind, priority, words, device)
        self._join(open_id, kind, device)
        return open_id

    def open(self, kind: str, priority: int, words: str, device: Row | None = None, account: str = "") -> str:
        where = {**(device or {}), "account": (device or {}).get("account") or account, "resident_id": None}
        owner = Users.supervisor(self.w.conn) if priority == DEVICE_PRIORITY else None
        owned = {"owner_id": owner["id"], "owner_name": owner["name"]} if owner else {}
        return self.opener.open(kind, priority, SOURCE, words, where, ACTOR, **owned)

    def close(self, call_id: str, outcome: str, visited: bool, **more: Any) -> bool:
        """End a case by itself, unless somebody goes there, or it is set aside. Returns whether it was ended."""
        row = self.w.row("calls", call_id)
        if row is None or visited or row["stage"] not in ("waiting", "answered"):
            return False
        body = {"outcome": outcome, "evidence": "device_answers", **more}
        self.w.append(call_stream(call_id), "CallClosed", body, ACTOR)
        return True

    # --- what is there already --------------------------------------------------------------------------------

    def _open_in(self, device: Row, technical: bool) -> str | None:
        homes = [device["home_id"]] if device["home_id"] is not None else []
        strangers = [] if homes else [device["account"]]
        self.w.know("calls", self.cases.around(self.w.conn, homes, strangers, self.w.at))
        for row in [*self.w.changed("calls"), *self.cases.around(self.w.conn, homes, strangers, self.w.at)]:
            row = self.w.row("calls", row["id"]) or row
            theirs = row["home_id"] in homes if homes else row["home_id"] is None and row["account"] in strangers
            if theirs and row["stage"] != CLOSED and (row["priority"] == DEVICE_PRIORITY) == technical:
                return str(row["id"])
        return None

    def _join(self, call_id: str, kind: str, device: Row) -> None:
        body = {"account": device["account"], "kind": kind, "code": "", "restore": False}
        self.w.append(call_stream(call_id), "SignalJoined", body, ACTOR)
