"""Channels inside the house: the resident's own unit, told by an order over its line, and the operator at the desk."""

from collections.abc import Collection

from callcenter.orders import Orders
from callcenter.rules.events import Event, Row
from callcenter.store import reach
from callcenter.store.log import Writing
from callcenter.store.notices import NoticeBook
from dispatch.attempts import Attempts
from dispatch.rules.notices import DELIVERED

INSIDE = frozenset({"unit", "operator"})
ACTOR = "notifier"


class Within:
    """``speaking``: the lines whose devices can show or speak a text (``tell`` among their orders)."""

    def __init__(self, book: NoticeBook, speaking: Collection[str]):
        self.book, self.speaking = book, frozenset(speaking)

    def can(self, w: Writing, notice: Row, kind: str) -> bool:
        return kind == "operator" or bool(self._unit(w, notice))

    def _unit(self, w: Writing, notice: Row) -> str:
        if notice["role"] != "resident" or not self.speaking:
            return ""
        call = w.row("calls", notice["stream"].removeprefix("call:")) or {}
        return reach.unit(w.conn, int(notice["to_id"]), call.get("account") or "", self.speaking)

    def tell(self, w: Writing, attempts: Attempts, notice: Row, kind: str, step: int) -> None:
        """In the transaction itself: an order in the log is followed by the gateway, a wish by the desk."""
        call_id = notice["stream"].removeprefix("call:")
        if kind == "operator":
            body = {"words": notice["words"]} | ({"visit": notice["visit"]} if notice["visit"] else {})
            w.append(notice["stream"], "OperatorAskedToTell", body, ACTOR)
            reference = ""
        else:
            reference = f"order:{Orders.tell(w, self._unit(w, notice), notice['words'], call_id, ACTOR)}"
        made = attempts.due(w, notice, step, kind, kind, w.at)
        self.book.mark(w.conn, made, "sending", at=w.at, **({"reference": reference} if reference else {}))
        attempts.sent(w, made, reference)

    def answered(self, w: Writing, attempts: Attempts, event: Event) -> None:
        """The device has shown it, or the gateway says why not: then the next step begins."""
        one = self.book.by_reference(w.conn, "unit", f"order:{event.body.get('order')}")
        if one is None:
            return
        if event.kind == "DeviceObeyed":
            attempts.arrived(w, one, DELIVERED)
        else:
            attempts.failed(w, one, "refused", str(event.body.get("reason", "")))
