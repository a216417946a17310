"""The switchboard: the process that stays on the line with the exchange, for ever, and takes orders from the log.

What is heard is written down in the order it came; while the store is away it waits here. An order is marked as taken
before it is sent: a telephone that rings twice for one click, or long after it, is worse than one that does not ring.
"""

import threading
import time
from collections.abc import Callable

import structlog

from callcenter.reception import Reception
from callcenter.rules.events import Event
from callcenter.rules.telephony import ENDED, OLD_SECONDS, Heard, Order
from callcenter.rules.times import Clock, seconds_between, stamp
from callcenter.settings import Telephony
from callcenter.store.cases import Cases
from callcenter.store.database import StoreUnavailable
from callcenter.store.log import Log
from callcenter.store.talks import Talks
from callcenter.telephony.codecs.session import Dialplan, Session
from callcenter.telephony.line import Line

NAME = "exchange"  # its sign of life
FOLLOWER = "switchboard"
HEAR_SECONDS = 0.1
PING_SECONDS, SILENT_SECONDS = 2.0, 6.0  # a dead exchange is said within ten seconds
SIGN_SECONDS = 2.0
PATIENCE = (0.5, 1.0, 2.0, 3.0)  # between attempts; then the last for ever
log = structlog.get_logger("switchboard")


class Switchboard:
    """``dial`` opens the line: handed in, so that a test can be the exchange."""

    def __init__(
        self, log_: Log, cases: Cases, talks: Talks, reception: Reception, rules: Telephony, clock: Clock,
        dial: Callable[[str, int], Line] = Line,
    ):  # fmt: skip
        self.log, self.cases, self.talks, self.reception = log_, cases, talks, reception
        self.rules, self.clock, self.dial = rules, clock, dial
        self._heard: list[Heard] = []  # not written down yet
        self._state, self._detail = "", ""
        self._signed_at = -SIGN_SECONDS
        self._taken: int | None = None  # the newest order that was looked at

    def run(self, stop: threading.Event) -> None:
        """Until told to stop. Whatever breaks, the next attempt is made."""
        tries = 0
        while not stop.is_set():
            began = time.monotonic()
            try:
                self._stay(stop)
            except OSError as error:
                self._said("down", str(error)[:200])
            except Exception as error:
                log.exception("the conversation with the exchange broke off")
                self._said("down", f"{type(error).__name__}: {error}"[:200])
            tries = 0 if time.monotonic() - began > SILENT_SECONDS else tries + 1
            self._pause(stop, PATIENCE[min(tries, len(PATIENCE)) - 1] if tries else PATIENCE[0])

    def _pause(self, stop: threading.Event, seconds: float) -> None:
        self._chores(None)
        stop.wait(seconds)

    # --- one conversation -----------------------------------------------------------------------------------

    def _stay(self, stop: threading.Event) -> None:
        rules = self.rules
        plan = Dialplan(rules.context, rules.rooms, rules.seat, rules.outside)
        line = self.dial(rules.host, rules.port)
        try:
            session = Session(rules.user, rules.password, rules.incoming, plan, self._known)
            heard_at = pinged_at = time.monotonic()
            while not stop.is_set():
                line.send(session.sending())
                data = line.hear(HEAR_SECONDS)
                now = time.monotonic()
                if data:
                    heard_at = now
                    self._heard += session.feed(data, stamp(self.clock()))
                if session.state == "refused":
                    raise PermissionError(f"the exchange refuses: {session.detail}")
                if now - heard_at > SILENT_SECONDS:
                    raise TimeoutError(f"the exchange has said nothing for {SILENT_SECONDS:.0f} s")
                if session.state == "up" and now - pinged_at > PING_SECONDS:
                    pinged_at = now
                    session.ping()
                self._chores(session)
        finally:
            line.close()

    def _known(self) -> dict[str, str]:
        self._write()  # what was heard before the break comes first
        return self.talks.open()

    def _chores(self, session: Session | None) -> None:
        """Write, take orders, say that we live; none of it ends the conversation."""
        try:
            self._orders(session if session and session.state == "up" else None)
            self._write()
            if session and session.state == "up":
                self._said("up", "")
            self._sign()
        except StoreUnavailable as error:
            log.error("store unavailable, what was heard waits", error=str(error)[:200], waiting=len(self._heard))

    def _write(self) -> None:
        """All in one transaction; if one of them cannot be, each alone: one odd word must not hold up the others."""
        if not self._heard:
            return
        try:
            with self.log.writing() as w:
                for heard in self._heard:
                    self.reception.hear(w, heard)
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("what the exchange said could not be written together; each is tried alone")
            while self._heard:
                self._write_one(self._heard[0])
                self._heard.pop(0)
        self._heard.clear()

    def _write_one(self, heard: Heard) -> None:
        try:
            with self.log.writing() as w:
                self.reception.hear(w, heard)
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("one word of the exchange could not be written", what=heard.what, talk=heard.talk)

    # --- orders ---------------------------------------------------------------------------------------------

    def _orders(self, session: Session | None) -> None:
        if self._taken is None:
            self._taken = self.log.followed_to(FOLLOWER)
        head = self.log.head()
        if head <= self._taken:
            return
        for event in self.talks.asked(self._taken, head):
            self._obey(event, session)
        self._taken = head

    def _obey(self, event: Event, session: Session | None) -> None:
        """Marked first, then sent: at most once, also with a second switchboard beside us."""
        b, at = event.body, stamp(self.clock())
        with self.log.writing() as w:
            if self.log.followed_in(w.conn, FOLLOWER) >= event.seq:
                return
            self.log.note_followed(w.conn, FOLLOWER, event.seq)
            row = w.row("talks", b["talk"])
        order = Order(event.seq, b["what"], b["talk"], b.get("extension", ""), b.get("number", ""))
        if row is None or row["stage"] == ENDED:
            return
        if session is None or seconds_between(event.at, at) > OLD_SECONDS:
            self._heard += _never(order, at)
        else:
            self._heard += session.order(order, at)

    # --- signs ----------------------------------------------------------------------------------------------

    def _said(self, state: str, detail: str) -> None:
        """A change is a fact of the log, so that every screen hears of it at once."""
        if (state, detail) == (self._state, self._detail):
            return
        changed, first = state != self._state, not self._state
        self._state, self._detail = state, detail
        log.info("exchange", state=state, detail=detail)
        self._signed_at = -SIGN_SECONDS
        try:
            self._sign()
            if changed and not (first and state == "up"):
                kind = "LineCameBack" if state == "up" else "LineWentSilent"
                with self.log.writing() as w:
                    w.append(NAME, kind, {"line": NAME, "detail": detail}, NAME)
        except StoreUnavailable as error:
            log.error("store unavailable", error=str(error)[:200])

    def _sign(self) -> None:
        if time.monotonic() - self._signed_at >= SIGN_SECONDS and self._state:
            self._signed_at = time.monotonic()
            self.cases.show_life(NAME, stamp(self.clock()), self._state, self._detail)


def _never(order: Order, at: str) -> list[Heard]:
    refused = Heard("refused", order.talk, at, cause="lost")
    return [refused, Heard("ended", order.talk, at, cause="lost")] if order.what == "dial" else [refused]
