"""The courier: follows the log for orders to devices, hands each to the lines, and writes down what became of it.

One thread in each gateway. An order is handed on at once if its device is on a line of this gateway. If it is not, the
courier waits a moment, because devices come back, and then reports that it is not connected, unless another gateway has
told the device meanwhile. What is older than ``OLD_SECONDS`` is never sent: after a restart an old order may do harm, a
watch that rings its siren an hour later at night. What has been sent is not sent again, even if the store is away just
then; only the report waits.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from callcenter.rules.events import Event
from callcenter.rules.times import Clock, seconds_between, stamp
from callcenter.store.database import StoreUnavailable
from callcenter.store.log import Log
from callcenter.store.orders import FAILED, OBEYED, TOLD, OrderBook
from devices.signal import Order

OLD_SECONDS = 60.0
COMING_SECONDS = 3.0  # so long a device that is not there may still come
ANSWER_SECONDS = 20.0
POLL_SECONDS, BUSY_SECONDS = 1.0, 0.2  # behind the bell; while orders are open
REST_SECONDS = 0.1  # at least between two looks: presses ring the bell too, and the writer needs the interpreter
FOLLOWER = "courier"

Hand = Callable[[str, Order, Callable[[bool], None]], str]
"""``Lines.order``: ``sent``, ``not_connected`` or ``cannot``; the callback comes from the lines' event loop."""
log = structlog.get_logger("courier")


@dataclass(slots=True)
class _Errand:
    given: Event
    since: float  # monotonic
    sent_at: float | None = None
    taken: bool | None = None
    reports: list[tuple[str, str]] = field(default_factory=list)  # kind and reason, not in the log yet
    over: bool = False


class Courier:
    def __init__(self, log_: Log, book: OrderBook, hand: Hand, clock: Clock):
        self.log, self.book, self.hand, self.clock = log_, book, hand, clock
        self._errands: dict[int, _Errand] = {}
        self._seen: int | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, seconds: float = 5.0) -> None:
        self._stopped.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        bell = self.log.bell("courier")
        while not self._stopped.is_set():
            try:
                self.look()
            except StoreUnavailable as error:
                log.error("store unavailable, orders wait", error=str(error)[:200])
                self._stopped.wait(1)
            except Exception:
                log.exception("an order could not be handled")
            self._stopped.wait(REST_SECONDS)
            bell.wait(BUSY_SECONDS if self._errands else POLL_SECONDS)
        bell.close()

    def look(self) -> None:
        """Take up what is new, go on with what is open."""
        if self._seen is None:
            self._seen = self.log.followed_to(FOLLOWER)
        head = self.log.head()
        for given in self.book.given(self._seen, head) if head > self._seen else ():
            with self.log.database.read() as conn:
                settled = self.book.settled(conn, given)  # by this gateway before it was restarted, or by another
            if not settled and given.seq not in self._errands:
                self._errands[given.seq] = _Errand(given, time.monotonic())
        self._seen = head
        for errand in list(self._errands.values()):
            try:
                self._go(errand, time.monotonic())
            except Exception:  # a fault of ours with one order must not hold up the others
                log.exception("an order could not be handed on", order=errand.given.seq)
                self._end(errand, FAILED, "cannot")
            self._report(errand)

    def _go(self, errand: _Errand, now: float) -> None:
        if errand.over:
            return
        if errand.sent_at is None:
            self._send(errand, now)
        elif errand.taken is not None:
            self._end(errand, OBEYED if errand.taken else FAILED, "" if errand.taken else "refused")
        elif now - errand.sent_at > ANSWER_SECONDS:
            self._end(errand, FAILED, "no_answer")

    def _send(self, errand: _Errand, now: float) -> None:
        body = errand.given.body
        if seconds_between(errand.given.at, stamp(self.clock())) > OLD_SECONDS:
            self._end(errand, FAILED, "too_late")
            return

        def answered(taken: bool) -> None:
            errand.taken = taken

        handed = self.hand(body["account"], Order(body["what"], body["number"], body.get("text", "")), answered)
        if handed == "sent":
            errand.sent_at = now
            errand.reports.append((TOLD, ""))
        elif handed == "cannot" or now - errand.since > COMING_SECONDS:
            self._end(errand, FAILED, handed)

    def _end(self, errand: _Errand, kind: str, reason: str) -> None:
        errand.over = True
        errand.reports.append((kind, reason))

    def _report(self, errand: _Errand) -> None:
        """Write down what is not written yet. What cannot be written now is written with the next look."""
        given = errand.given
        if not errand.reports:
            return
        with self.log.writing() as w:
            mine = errand.sent_at is not None
            for kind, reason in errand.reports:
                if mine or not self.book.settled(w.conn, given):  # another gateway may have the device
                    body = {name: given.body[name] for name in ("account", "what", "number", "call")}
                    body |= {"order": given.seq} | ({"reason": reason} if reason else {})
                    w.append(given.stream, kind, body, "gateway")
            if errand.over:
                open_ones = [seq for seq in self._errands if seq != given.seq]
                self.log.note_followed(w.conn, FOLLOWER, min(open_ones) - 1 if open_ones else self._seen or 0)
        errand.reports.clear()
        if errand.over:
            del self._errands[given.seq]
