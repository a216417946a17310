"""Who can be spoken to now: the conversation in which each device was last heard, and the orders it has not answered.

Only devices whose protocol takes orders are listed (see ``Commanding`` in ``devices.signal``), so that the thousands
that take none cost nothing. Everything here happens on the lines' event loop.
"""

from collections.abc import Callable
from typing import Literal, Protocol

from devices.signal import Order

Handed = Literal["sent", "not_connected", "cannot"]
Answered = Callable[[bool], None]
"""Called once when the device answers: does it take the order?"""

UNANSWERED = 8  # orders of one sort to one device whose answers are still waited for


class Talk(Protocol):
    """What a conversation offers here."""

    def order(self, account: str, order: Order) -> bool:
        """Say it to the device; False when it cannot do that."""


class Switchboard:
    def __init__(self) -> None:
        self._talks: dict[str, Talk] = {}  # account, with its line's prefix
        self._accounts: dict[Talk, set[str]] = {}
        self._waiting: dict[tuple[str, str], list[Answered]] = {}

    def met(self, account: str, talk: Talk) -> None:
        """This account has just spoken in this conversation."""
        before = self._talks.get(account)
        if before is talk:
            return
        if before is not None:
            self._accounts[before].discard(account)
        self._talks[account] = talk
        self._accounts.setdefault(talk, set()).add(account)

    def left(self, talk: Talk) -> None:
        """Nothing can be said in this conversation any more."""
        for account in self._accounts.pop(talk, ()):
            del self._talks[account]
            for what in ("locate", "call", "find"):
                self._waiting.pop((account, what), None)

    def order(self, account: str, order: Order, answered: Answered) -> Handed:
        talk = self._talks.get(account)
        if talk is None:
            return "not_connected"
        if not talk.order(account, order):
            return "cannot"
        waiting = self._waiting.setdefault((account, order.what), [])
        waiting.append(answered)
        del waiting[:-UNANSWERED]
        return "sent"

    def answered(self, account: str, what: str, taken: bool) -> None:
        """The device has said something about orders of this sort: it answers all that it has got."""
        for tell in self._waiting.pop((account, what), ()):
            tell(taken)
