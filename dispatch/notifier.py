"""The notifier follows the log and tells people; every attempt and its result is an event itself.

How it works. Each turn takes one transaction: a stretch of the log is claimed and what must be told is written down as
rows (``notices``), notices whose time has come begin their next step, and the attempts of it (``deliveries``) are
claimed with a lease. Only then, outside the transaction, are they handed to the channels; what came back is recorded in
the next one. So of several dispatchers only one tells, nobody's phone rings again because the store failed afterwards,
and an attempt whose process was killed lapses: it is never made again, the next step covers it.

A message never stops at one channel: when one failed, has used up its quota, is too slow, or its message was not
acknowledged in time, the next of its order is used (``dispatch/rules/notices.py``).
"""

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

import structlog

from callcenter.rules.events import Event, Row
from callcenter.rules.times import later, moment, seconds_between, stamp
from callcenter.store.log import Log, Writing
from callcenter.store.notices import DROPPED, SENDING, NoticeBook
from dispatch.attempts import Attempts
from dispatch.channels.channel import Channel, Message, of_kind
from dispatch.posting import Posting, Result
from dispatch.rules import quiet
from dispatch.rules.notices import ON_SCREEN, ORDERS, PERSONAL, READ, SILENT, TELLS, wanted
from dispatch.rules.quotas import exhausted, longest
from dispatch.settings import Notices
from dispatch.telling import Telling
from dispatch.within import INSIDE, Within

FOLLOWER = "notifier"
ACTOR = "notifier"
LOOK, ROUNDS = 200, 20
MOST = 200  # notices and attempts taken up in one transaction
GRACE_SECONDS = 20.0  # a process that has not recorded its attempt so long after the channel's time is taken for dead
FORGET_EVERY_SECONDS = 3600.0
ANSWERED = frozenset({"ResponderAnswered", "ResponderArrived"})  # by their own link: they have read it
HEARD = TELLS.keys() | ANSWERED | {"NoticeRead", "DeviceObeyed", "OrderNotDelivered"}
Job = tuple[Channel, int, Message]
Personal = Callable[[Writing, str, Row], str]  # the transaction, the call, ``{id, name, role}``
log = structlog.get_logger("notifier")


class Notifier:
    """``channels`` in the order they are tried among those of their kind; ``link`` begins the short links.

    ``personal`` makes a link of their own for somebody who has no log-in, fresh with each message; empty for others.
    """

    def __init__(
        self, log_: Log, book: NoticeBook, rules: Notices, zone: ZoneInfo, channels: Sequence[Channel],
        telling: Telling, within: Within, link: str = "", personal: Personal = lambda _w, _call, _to: "",
    ):  # fmt: skip
        self.log, self.book, self.rules, self.zone, self.channels = log_, book, rules, zone, tuple(channels)
        self.telling, self.within, self.link, self.personal = telling, within, link, personal
        self.attempts, self.posting = Attempts(book, self.channels), Posting()
        self.spans, self.by_name = rules.spans(), {channel.name: channel for channel in channels}
        self.seq: int | None = None
        self._unrecorded: list[Result] = []
        self._expired: list[Row] = []
        self._forgot_at = ""

    def tick(self) -> int:
        """Tell everyone the log says must be told since last time. Returns how many events were looked at."""
        self._record()
        if self.seq is None:
            self.seq = self.log.followed_to(FOLLOWER)
        looked = 0
        for _ in range(ROUNDS):
            found = self.log.after(self.seq, LOOK)
            looked += len(found)
            telling = any(e.kind in HEARD for e in found) or bool(found and found[-1].seq - self.seq >= LOOK // 2)
            if telling or self._work_waits():
                self._turn(found if telling else ())
            elif found:
                self.seq = found[-1].seq
            if len(found) < LOOK:
                break
        self._say_expired()
        return looked

    def _work_waits(self) -> bool:
        able = [channel.name for channel in self.channels if self.posting.free(channel) > 0]
        return self.book.work_waits(stamp(self.log.clock()), able)

    def _turn(self, found: Sequence[Event]) -> None:
        jobs: list[Job] = []
        expired: list[Row] = []
        seq = self.seq or 0
        with self.log.writing() as w:
            if found:
                seq = self._gather(w, seq, found, expired)
            self._lapse(w)
            for _ in range(8):  # a step that fails at once makes way for the next in the same breath
                begun = self.book.due(w.conn, w.at, MOST)
                for notice in begun:
                    self._go(w, notice, expired)
                if not self._take(w, jobs) and not begun:
                    break
            self._forget(w)
        self.seq = seq
        self._expired += expired
        for job in jobs:
            self.posting.post(*job)
        self._record()

    # --- what the log says ------------------------------------------------------------------------------------

    def _gather(self, w: Writing, since: int, found: Sequence[Event], expired: list[Row]) -> int:
        """Take the events after ``since`` for ourselves, unless another dispatcher has: then go on behind its own."""
        claimed = self.log.followed_to(FOLLOWER)
        if claimed > since:
            return claimed
        for event in found:
            if event.kind in TELLS:
                if seconds_between(event.at, w.at) > self.rules.stale_seconds:
                    expired.append({"kind": event.kind, "at": event.at})
                else:
                    self.telling.make(w, event)
            elif event.kind in ANSWERED or event.kind == "NoticeRead":
                self._read(w, event)
            elif event.kind in ("DeviceObeyed", "OrderNotDelivered"):
                self.within.answered(w, self.attempts, event)
        self.log.note_followed(w.conn, FOLLOWER, found[-1].seq)
        return found[-1].seq

    def _read(self, w: Writing, event: Event) -> None:
        if event.kind in ANSWERED:
            found = self.book.of_person(w.conn, event.stream, event.body["role"], str(event.body["id"]))
        else:
            found = self.book.of_visit(w.conn, event.body.get("visit") or "", str(event.body.get("carer_id")))
        for notice in found:
            self.book.change(w.conn, notice["id"], level=READ, read_at=event.at, state="over")

    # --- the steps --------------------------------------------------------------------------------------------

    def _go(self, w: Writing, notice: Row, expired: list[Row]) -> None:
        """Begin the next step of a notice that is due; a step in which nobody can be reached is skipped at once."""
        visit = w.row("visits", notice["visit"]) if notice["visit"] else None
        call_id = notice["stream"].removeprefix("call:")
        call = w.row("calls", call_id) if call_id != notice["stream"] else None
        steps = ORDERS[notice["channels"]].steps
        carer = notice["to_id"] if notice["role"] == "carer" else ""
        if not wanted(notice["kind"], carer, visit, call):
            return self.book.change(w.conn, notice["id"], state="moot")
        if w.at > notice["stale_at"]:
            expired.append({"kind": notice["kind"], "at": notice["made_at"]})
            return self.book.change(w.conn, notice["id"], state="expired")
        for step in range(notice["step"], len(steps)):
            ways = [way for kind in steps[step] for way in self._ways(w, notice, kind)[:1]]
            if not ways:
                continue
            kinds = tuple(kind for kind, _ in ways)
            if again := self._too_soon(w, notice, kinds):
                return self.book.change(w.conn, notice["id"], step=step, next_at=again)
            if until := self._quiet_until(w, notice, kinds):
                stale_at = later(until, self.rules.stale_seconds)
                return self.book.change(w.conn, notice["id"], step=step, next_at=until, stale_at=stale_at)
            wait = 0.0 if kinds == ("log",) else self.rules.wait(notice["priority"], kinds)  # nobody reads that
            next_at = later(w.at, wait)
            self.book.change(w.conn, notice["id"], step=step + 1, next_at=next_at)
            for kind, name in ways:
                if kind in INSIDE:
                    self.within.tell(w, self.attempts, notice, kind, step)
                else:
                    self.attempts.due(w, notice, step, kind, name, next_at)
            return None
        self._end(w, notice)
        return None

    def _ways(self, w: Writing, notice: Row, kind: str) -> list[tuple[str, str]]:
        """The channels of a kind by which this person can be reached, as ``(kind, name)``."""
        if kind in INSIDE:
            return [(kind, kind)] if self.within.can(w, notice, kind) else []
        if notice["role"] == "group":
            return [(kind, notice["to_id"])] if notice["to_id"] in self.by_name else []
        if (kind == "screen" and notice["role"] not in ON_SCREEN) or (kind in PERSONAL and not notice["phone"]):
            return []
        if kind == "webpush" and not self.book.subscriptions_in(w.conn, notice["role"], notice["to_id"]):
            return []
        return [(kind, channel.name) for channel in of_kind(self.channels, kind, notice["audience"])]

    def _too_soon(self, w: Writing, notice: Row, kinds: tuple[str, ...]) -> str:
        """When this person may be rung once more, if that was tried a moment ago; empty: now."""
        tried = [one["at"] for one in self.book.attempts(w.conn, notice["id"]) if one["kind"] == "voice" and one["at"]]
        again = later(max(tried), self.rules.voice_seconds) if tried and kinds == ("voice",) else ""
        return again if again > w.at else ""

    def _quiet_until(self, w: Writing, notice: Row, kinds: tuple[str, ...]) -> str:
        if notice["priority"] <= quiet.URGENT or SILENT.issuperset(kinds):
            return ""
        until = quiet.ends(self.spans, moment(w.at), self.zone)
        return stamp(until) if until else ""

    def _end(self, w: Writing, notice: Row) -> None:
        noisy = [one for one in self.book.attempts(w.conn, notice["id"]) if one["kind"] not in SILENT]
        lost = bool(noisy) and all(one["state"] in ("failed", DROPPED) for one in noisy)
        self.book.change(w.conn, notice["id"], state="undelivered" if lost else "unread")

    # --- the attempts -----------------------------------------------------------------------------------------

    def _take(self, w: Writing, jobs: list[Job]) -> int:
        """Claim attempts for channels that have a hand free; refuse those whose number has had its share."""
        looked_at = 0
        for channel in self.channels:
            free = self.posting.free(channel) - sum(job[0] is channel for job in jobs)
            for one in self.book.waiting(w.conn, channel.name, MOST) if free > 0 else ():
                looked_at += 1
                if one["notice_state"] in ("moot", "expired") or (one["notice_read_at"] and one["kind"] not in SILENT):
                    self.book.mark(w.conn, one["id"], DROPPED)
                    continue
                since = later(w.at, -longest(channel.quotas))
                sent = self.book.moments(w.conn, channel.name, one["address"], since) if channel.quotas else []
                if quota := exhausted(channel.quotas, sent, w.at):
                    self.attempts.failed(w, one, "quota", quota.text)
                    continue
                lease = later(w.at, channel.seconds + GRACE_SECONDS)
                self.book.mark(w.conn, one["id"], SENDING, at=w.at, lease_until=lease)
                jobs.append((channel, one["id"], self._message(w, one)))
                free -= 1
                if not free:
                    break
        return looked_at

    def _message(self, w: Writing, one: Row) -> Message:
        to = {"id": one["notice_to_id"], "name": one["notice_to_name"], "role": one["notice_role"],
              "phone": one["notice_phone"]}  # fmt: skip
        known = self.link and one["kind"] != "voice" and one["notice_role"] in ("carer", "supervisor", "group")
        link = f"{self.link}/n/{one['notice_code']}" if known else ""
        if self.link and not link and one["kind"] == "sms":
            link = self.personal(w, one["notice_stream"].removeprefix("call:"), to)
        return Message(to, one["notice_words"], one["reference"], link)

    def _lapse(self, w: Writing) -> None:
        """A channel that had no hand free in time makes way; what a dead process was sending is not sent again."""
        for one in self.book.lapsed(w.conn, w.at):
            busy = one["state"] != SENDING
            self.attempts.failed(w, one, "busy" if busy else "unknown", "")

    def _record(self) -> None:
        """Write down what came back. What cannot be written now is written with the next turn."""
        self._unrecorded += self.posting.results()
        if not self._unrecorded:
            return
        with self.log.writing() as w:
            for delivery_id, reference, error in self._unrecorded:
                if error:
                    self.attempts.refused(w, delivery_id, error)
                else:
                    self.attempts.sent(w, delivery_id, reference)
        self._unrecorded = []

    # --- what is over -----------------------------------------------------------------------------------------

    def _say_expired(self) -> None:
        """After a long outage old messages are not sent but counted, where everybody can see it."""
        if not self._expired:
            return
        kinds: dict[str, int] = {}
        for one in self._expired:
            kinds[one["kind"]] = kinds.get(one["kind"], 0) + 1
        moments = [one["at"] for one in self._expired]
        body = {"count": len(moments), "kinds": kinds, "first_at": min(moments), "last_at": max(moments)}
        with self.log.writing() as w:
            w.append("notices", "NoticesExpired", body, ACTOR)
        self._expired = []

    def _forget(self, w: Writing) -> None:
        if not self._forgot_at or w.at > later(self._forgot_at, FORGET_EVERY_SECONDS):
            self.book.forget(w.conn, w.at)
            self._forgot_at = w.at
