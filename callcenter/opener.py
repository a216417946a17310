"""The one place where a case is opened, or told of something, that no wire has sent: of a round, a booked visit."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.ring_again import ring_again
from callcenter.rules.call import CLOSED, DEVICE_PRIORITY
from callcenter.rules.events import call_stream
from callcenter.rules.times import moment
from callcenter.store.cases import Cases
from callcenter.store.log import Writing


class Opener:
    """Within one transaction ``w``: the numbers of a day go on from the last one."""

    def __init__(self, w: Writing, cases: Cases, zone: ZoneInfo):
        self.w, self.cases = w, cases
        self.day = moment(w.at).astimezone(zone).strftime("%Y%m%d")
        self._number: int | None = None

    def open(
        self, kind: str, priority: int, source: str, words: str, where: Mapping[str, Any], actor: str, **more: Any
    ) -> str:
        """``where``: account (``{call}`` in it becomes the case's id), community, home_id, station_id, resident_id."""
        if self._number is None:
            made = [row["number"] for row in self.w.changed("calls") if row["day"] == self.day]
            self._number = max([self.cases.last_number(self.w.conn, self.day), *made])
        self._number += 1
        call_id = f"{self.day}-{self._number:04d}"
        body = {
            "account": (where.get("account") or "").format(call=call_id), "kind": kind, "code": "", "restore": False,
            "call": call_id, "day": self.day, "number": self._number, "priority": priority, "source": source,
            "reason": words, "community": where.get("community") or "",
            "tier": where.get("tier") or "",
            **{column: where.get(column) for column in ("home_id", "station_id", "resident_id")}, **more,
        }  # fmt: skip
        self.w.append(call_stream(call_id), "CallOpened", body, actor)
        return call_id

    def join(self, call_id: str, kind: str, priority: int, words: str, actor: str) -> None:
        """An open case is told of something more: it can only become more urgent, and rings if it has to."""
        call, stream = self.w.row("calls", call_id) or {}, call_stream(call_id)
        said = {"account": call["account"], "kind": kind, "code": "", "restore": False}
        self.w.append(stream, "SignalJoined", said, actor)
        if words:
            self.w.append(stream, "NoteAdded", {"text": words}, actor)
        if priority < call["priority"]:
            self.w.append(stream, "CallRaised", {"priority": priority}, actor)
        ring_again(self.w, call, priority, actor)

    def open_at(self, home_id: int) -> str | None:
        """The open case of a person in this home, if there is one: there is never a second."""
        changed = {row["id"]: row for row in self.w.changed("calls")}
        for row in changed.values():
            if row["home_id"] == home_id and row["stage"] != CLOSED and row["priority"] < DEVICE_PRIORITY:
                return str(row["id"])
        found = self.cases.ringing_in(self.w.conn, home_id)
        return found if found not in changed else None
