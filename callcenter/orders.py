"""Orders: what an operator asks of a device (where are you, ring this number, make yourself heard) and what came of it.

The web process writes the order into the log and answers; the gateway that has the device on a line follows the log
and tells it (see ``courier.py``). So an order is kept before anything is done.
"""

from collections.abc import Mapping

from callcenter.desk import Who, actor
from callcenter.rules.events import Event, Row, device_stream
from callcenter.store.log import Writing
from callcenter.store.orders import FAILED, GIVEN, OBEYED, TOLD, OrderBook

WHAT = ("locate", "call", "find")
STATES = {GIVEN: "asked", TOLD: "told", OBEYED: "obeyed"}  # what failed says its reason
SHOWN = 3  # orders on a card
LOOKED_AT = 24  # events about orders, of which those are made


class Orders:
    """``can``: name of a line -> what devices on it may be asked. ``number`` is what a device is to ring at first."""

    def __init__(self, book: OrderBook, can: Mapping[str, frozenset[str]], number: str):
        self.book, self.can, self.number = book, can, number

    @staticmethod
    def ask(w: Writing, account: str, what: str, number: str, call_id: str, user: Who) -> int:
        """Write the order down; returns its seq. ``call_id`` is the call it belongs to, or empty."""
        body = {"account": account, "what": what, "number": number, "call": call_id}
        return w.append(device_stream(account), GIVEN, body, actor(user)).seq

    @staticmethod
    def tell(w: Writing, account: str, text: str, call_id: str, who: str) -> int:
        """Have a device show or speak ``text`` to whoever wears it; returns the order's seq."""
        body = {"account": account, "what": "tell", "number": "", "call": call_id, "text": text}
        return w.append(device_stream(account), GIVEN, body, who).seq

    def on_card(self, account: str, line: str) -> Row:
        """``{"can", "number", "recent"}`` for the device of a call, last heard on ``line``; the newest order last."""
        can = self.can.get(line, frozenset())
        recent = _told(self.book.recent(account, LOOKED_AT))[-SHOWN:] if account else []
        return {"can": [what for what in WHAT if what in can], "number": self.number, "recent": recent}


def _told(story: list[Event]) -> list[Row]:
    """Each order with the newest that is known of it."""
    orders: dict[int, Row] = {}
    for event in story:
        if event.kind == GIVEN:
            who = event.actor.partition(" ")[2] or event.actor
            orders[event.seq] = {"seq": event.seq, "at": event.at, "what": event.body["what"], "who": who,
                                 "number": event.body["number"], "state": "asked", "state_at": event.at}  # fmt: skip
        elif order := orders.get(event.body["order"]):
            order["state"] = event.body["reason"] if event.kind == FAILED else STATES[event.kind]
            order["state_at"] = event.at
    return list(orders.values())
