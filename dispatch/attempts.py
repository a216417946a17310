"""What becomes of an attempt to tell somebody: sent, received, read, or failed and another made; each an event."""

from collections.abc import Sequence

from callcenter.rules.events import Body, Row
from callcenter.store.log import Writing
from callcenter.store.notices import FAILED, OPEN, SENDING, SENT, NoticeBook
from dispatch.channels.channel import Channel, of_kind
from dispatch.rules.notices import DELIVERED, ORDERS, READ, SILENT
from dispatch.rules.notices import SENT as GONE

ACTOR = "notifier"
STATES = {GONE: SENT, DELIVERED: "delivered", READ: "read"}


class Attempts:
    """Every method works inside the caller's transaction. ``channels`` are those a failed one may be replaced by."""

    def __init__(self, book: NoticeBook, channels: Sequence[Channel] = ()):
        self.book, self.channels = book, channels

    def due(self, w: Writing, notice: Row, step: int, kind: str, channel: str, until: str) -> int:
        """To be made now. ``until`` is when the next step begins: by then it has had its turn or makes way."""
        address = notice["phone"] if kind in ("sms", "voice") else ""
        return self.book.attempt(w.conn, {
            "notice_id": notice["id"], "step": step, "kind": kind, "channel": channel, "address": address,
            "due_at": w.at, "lease_until": until,
        })  # fmt: skip

    def sent(self, w: Writing, delivery_id: int, reference: str) -> None:
        """The channel took it, even if it was long given up: what is true is written down."""
        one = self.book.one(w.conn, delivery_id)
        if not self.book.mark(w.conn, delivery_id, SENT, (SENDING, FAILED), done_at=w.at, reason="", error=""):
            return
        notice = self.book.notice(w.conn, one["notice_id"])
        self._append(w, notice, "NoticeSent", {"channel": one["channel"], "reference": reference})
        if one["kind"] not in SILENT and one["kind"] != "unit":
            self._come(w, notice, GONE)

    def arrived(self, w: Writing, one: Row, level: int) -> bool:
        """It was received, or read. False when that was known already."""
        notice = self.book.notice(w.conn, one["notice_id"])
        state = STATES[level]
        before = (SENT, SENDING, FAILED) if level == DELIVERED else (SENT, SENDING, FAILED, "delivered")
        if not self.book.mark(w.conn, one["id"], state, before, done_at=w.at):
            return False
        kind = "NoticeRead" if level == READ else "NoticeDelivered"
        self._append(w, notice, kind, {"channel": one["channel"], "reference": one["reference"]})
        self._come(w, notice, level)
        return True

    def read(self, w: Writing, notice: Row, channel: str, who: str) -> None:
        """Somebody has opened the message itself."""
        if notice["read_at"] is None:
            self._append(w, notice, "NoticeRead", {"channel": channel}, who)
            self._come(w, notice, READ)

    def refused(self, w: Writing, delivery_id: int, error: str) -> None:
        self.failed(w, self.book.one(w.conn, delivery_id), "refused", error, (SENDING,))

    def failed(self, w: Writing, one: Row, reason: str, error: str, only: Sequence[str] = ()) -> bool:
        """It did not go out: another channel of its kind is tried, or the next step begins at once."""
        values = {"done_at": w.at, "reason": reason, "error": error}
        if not self.book.mark(w.conn, one["id"], FAILED, only, **values):
            return False
        notice = self.book.notice(w.conn, one["notice_id"])
        self._append(w, notice, "NoticeFailed", {"channel": one["channel"], "reason": reason, "error": error})
        if notice["state"] == "over" and notice["level"] <= GONE:  # it counted as told because it had gone out
            self.book.change(w.conn, notice["id"], state=OPEN, level=0, next_at=w.at)
        if notice["state"] != OPEN or one["step"] != notice["step"] - 1:
            return True
        now = [other for other in self.book.attempts(w.conn, notice["id"]) if other["step"] == one["step"]]
        if other := self._another(notice, one["kind"], {tried["channel"] for tried in now}):
            self.due(w, notice, one["step"], one["kind"], other.name, notice["next_at"])
        elif all(tried["state"] == FAILED for tried in now if tried["kind"] not in SILENT):
            self.book.change(w.conn, notice["id"], next_at=w.at)
        return True

    def _another(self, notice: Row, kind: str, tried: set[str]) -> Channel | None:
        if notice["role"] == "group":
            return None
        alike = of_kind(self.channels, kind, notice["audience"])
        return next((channel for channel in alike if channel.name not in tried), None)

    def _come(self, w: Writing, notice: Row, level: int) -> None:
        """A message that has come far enough needs no further step."""
        values: Row = {"level": max(level, notice["level"])} | ({"read_at": w.at} if level == READ else {})
        enough = notice["state"] == OPEN and level >= ORDERS[notice["channels"]].enough
        if enough or notice["state"] == "undelivered":
            values["state"] = "over"
        self.book.change(w.conn, notice["id"], **values)

    def _append(self, w: Writing, notice: Row, kind: str, more: Body, who: str = ACTOR) -> None:
        body = {
            "about": notice["about"],
            "to": notice["to_name"],
            "to_id": known(notice["to_id"]),
            "role": notice["role"],
        }
        if notice["visit"] and notice["stream"].startswith("call:"):
            body["visit"] = notice["visit"]
        w.append(notice["stream"], kind, {**body, **{k: v for k, v in more.items() if v != ""}}, who)


def known(to_id: str) -> int | str:
    """Ids of people and homes are numbers wherever else they stand in the log."""
    return int(to_id) if to_id.isdigit() else to_id
