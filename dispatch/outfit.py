"""Puts the notifier together: what it follows, what it may use, whom it knows."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from callcenter.store.log import Log
from callcenter.store.notices import NoticeBook
from dispatch.channels import journal, screen
from dispatch.channels.channel import Channel
from dispatch.notifier import Notifier
from dispatch.settings import Notices
from dispatch.telling import Supervisors, Telling
from dispatch.within import Within

ALWAYS = (screen.CHANNEL, journal.CHANNEL)


def notifier(
    log: Log, book: NoticeBook, rules: Notices, zone: ZoneInfo, supervisors: Supervisors,
    lines: Mapping[str, frozenset[str]] | None = None, channels: Sequence[Channel] = (), link: str = "",
    always: Sequence[Channel] = ALWAYS,
) -> Notifier:  # fmt: skip
    """``lines``: name of a line to what its devices can be asked; ``channels`` beside those that are always there."""
    every = (*always, *channels)
    speaking = [name for name, orders in (lines or {}).items() if "tell" in orders]
    telling = Telling(book, rules, supervisors, every)
    return Notifier(log, book, rules, zone, every, telling, Within(book, speaking), link.rstrip("/"))
