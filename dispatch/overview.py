"""What supervisors see of the channels: how each does, what its quotas leave, who was not reached."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from callcenter.rules.events import Row
from callcenter.rules.times import Clock, later, stamp
from callcenter.store.notices import NoticeBook
from dispatch.rules import health
from dispatch.rules.quotas import longest
from dispatch.settings import ChannelSettings

DAY_SECONDS = 86400
SHOWN = 100
ALWAYS = (("screen", "screen"), ("log", "log"), ("webpush", "webpush"), ("unit", "unit"), ("operator", "operator"))


class Overview:
    """``push``: is web push turned on?"""

    def __init__(self, book: NoticeBook, channels: Sequence[ChannelSettings], push: bool, zone: ZoneInfo, clock: Clock):
        self.book, self.channels, self.push, self.zone, self.clock = book, channels, push, zone, clock

    def now(self) -> Row:
        """``{channels, undelivered, waiting}``; "today" begins at midnight of the centre's zone."""
        moment = self.clock()
        at, midnight = stamp(moment), stamp(_midnight(moment, self.zone))
        rows = self.book.attempts_since(midnight)
        configured = [self._channel(one.name, one.kind, rows, at, one) for one in self.channels]
        always = [self._channel(name, kind, rows, at) for name, kind in ALWAYS if kind != "webpush" or self.push]
        return {
            "channels": configured + always,
            "undelivered": self.book.ended(("undelivered",), later(at, -DAY_SECONDS), SHOWN),
            "waiting": self.book.open_count(),
        }

    def _channel(
        self, name: str, kind: str, rows: Sequence[Row], at: str, settings: ChannelSettings | None = None
    ) -> Row:
        success = self.book.newest(name, health.PASSED)
        failure = self.book.newest(name, ("failed",), health.PASSED_OVER)
        limits = settings.quotas() if settings else ()
        tried = self.book.tried(name, later(at, -longest(limits))) if limits else {}
        return {
            "name": name, "kind": kind, "roles": list(settings.roles) if settings else [],
            "state": health.state(_at(success), _at(failure)), "succeeded_at": _at(success) or None,
            "failed_at": _at(failure) or None, "reason": failure["reason"] if failure else "",
            "error": failure["error"] if failure else "", **health.counted(rows, name),
            "quotas": health.quotas(limits, tried, at),
        }  # fmt: skip


def _at(attempt: Row | None) -> str:
    return str(attempt["done_at"]) if attempt else ""


def _midnight(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
