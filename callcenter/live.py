"""Live push: this process follows the log and tells its own screens. Nothing is received here: commands go by HTTP.

Each message says which ``seq`` came before it for the same screens, so a screen sees a gap by itself and fetches a
snapshot. Device items are folded into one message for each look at the log: a storm must not drown the presses.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import structlog
from babel import Locale
from flask import Flask, request, session
from flask_babel import force_locale
from flask_login import current_user
from flask_socketio import SocketIO, join_room

from callcenter.pages.login import LANGUAGES
from callcenter.rules import access
from callcenter.rules.call import DEVICE_PRIORITY
from callcenter.rules.events import Event, Row, call_of
from callcenter.rules.protection import BEGAN, ENDED
from callcenter.rules.times import Clock, stamp
from callcenter.rules.watch import AFTER as WATCH
from callcenter.store.database import StoreUnavailable
from callcenter.store.log import Log
from callcenter.wall import Wall

TICK_SECONDS = 2.0
POLL_SECONDS = 0.25
FRESH_SECONDS = 1.0  # a tick says that the log was seen so lately; without it screens call themselves stale
LOOK = 200  # events in one look at the log
# A gateway that comes back tells of 900 homes: screens are told once, and ask when somebody looks.
QUIET = frozenset({*WATCH, BEGAN, ENDED, "RoundCallDue"})
MOST_WAITING = 2000  # messages a screen may lag behind before it is dropped; it comes back and fetches a snapshot
LOCALES = {language: Locale.parse(language) for language in LANGUAGES}  # to read one's name costs 0.3 ms each time
log = structlog.get_logger("live")


class Live:
    """``text`` puts an event into the reader's words."""

    def __init__(self, log_: Log, wall: Wall, clock: Clock, text: Callable[[Event], str]):
        self.log, self.wall, self.clock, self.text = log_, wall, clock, text
        self._epoch = ""
        self.seq = 0
        self.looked_at = 0.0  # when the log was last seen as it is
        self.health: Row = {}  # of every part of the house, as it was a second ago at most
        self._felt = float("-inf")
        self.seats: dict[str, str] = {}  # socket id -> language
        self.lag_seconds = 0.0
        # What else this process pushes that is no fact of the log: each is told how to say it, and how to wait.
        self.beside: list[Callable[[Callable[[str, Row], None], Callable[[float], object]], None]] = []

    @property
    def epoch(self) -> str:
        """Of the log, not of this process: a screen may get its snapshot from one process and its news from another."""
        if self._epoch in ("", "empty"):
            self._epoch = self.log.identity()
        return self._epoch

    def attach(self, app: Flask, async_mode: str) -> SocketIO:
        """The Socket.IO server of this process; websocket only, so no sticky sessions are needed."""
        self.app = app
        options: dict[str, Any] = {"transports": ["websocket"], "ping_interval": 5, "ping_timeout": 5}
        self.io: Any = SocketIO(app, async_mode=async_mode, **options)  # type: ignore[arg-type]

        @self.io.on("connect")
        def connect(_auth: Any = None) -> bool:
            if not current_user.is_authenticated or not access.may(current_user.role, access.CONSOLE):
                return False
            language = session.get("lang", "zh_CN")
            language = language if language in LANGUAGES else LANGUAGES[0]
            join_room(language)
            self.seats[_sid()] = language
            return True

        @self.io.on("disconnect")
        def disconnect(*_reason: Any) -> None:
            self.seats.pop(_sid(), None)

        return self.io

    def start(self) -> None:
        self.log.database.watch()
        self.io.start_background_task(self._follow)
        self.io.start_background_task(self._beat)
        for follow in self.beside:
            self.io.start_background_task(follow, self.io.emit, self.io.sleep)

    # --- following --------------------------------------------------------------------------------------------

    def _follow(self) -> None:
        bell = self.log.bell("live")
        started = False
        while True:
            try:
                if not started:
                    self.seq, started = self.log.head(), True
                while self._look():
                    pass
            except StoreUnavailable as error:
                log.error("store unavailable", error=str(error)[:200])
                time.sleep(1)
            except Exception:
                # The follower must outlive any single event; screens see the gap and fetch a snapshot.
                log.exception("an event could not be shown")
                started = False  # begins at the head again, once the store tells where that is
            bell.wait(POLL_SECONDS)

    def _look(self) -> bool:
        found = self.log.after(self.seq, LOOK)
        self.looked_at = time.monotonic()
        if found:
            self._show(found)
        if self.looked_at - self._felt >= FRESH_SECONDS:  # here, because a beat may not wait for the store
            self._felt, self.health = self.looked_at, self.wall.health()
        return len(found) == LOOK

    def _show(self, found: Sequence[Event]) -> None:
        spoken = {language: self._calls(found, language) for language in set(self.seats.values()) | {LANGUAGES[0]}}
        calls = spoken[LANGUAGES[0]]
        folded = 0
        for event in found:
            call = calls.get(call_of(event) or "")
            if event.kind in QUIET or (call and call["priority"] == DEVICE_PRIORITY and not _worked_on(call)):
                folded = event.seq
                continue
            if folded:
                self._fold(folded)
                folded = 0
            if event.kind == "UserChanged":
                self._let_all_knock_again()
            for language, rows in spoken.items():
                self.io.emit("event", self._message(event, rows, language), to=language)
            self.seq = event.seq
        if folded:
            self._fold(folded)

    def _fold(self, seq: int) -> None:
        self.io.emit("technical", {"after": self.seq, "seq": seq, "epoch": self.epoch, **self.wall.cases.technical()})
        self.seq = seq

    def _calls(self, found: Sequence[Event], language: str) -> dict[str, Row]:
        ids = list(dict.fromkeys(c for e in found if (c := call_of(e))))
        with self.app.app_context(), force_locale(LOCALES[language]):
            return {row["id"]: row for row in self.wall.rows(self.wall.cases.calls_by_id(ids))} if ids else {}

    def _message(self, event: Event, calls: dict[str, Row], language: str) -> Row:
        with self.app.app_context(), force_locale(LOCALES[language]):
            text = self.text(event)
        shown = asdict(event)
        shown.pop("hash")
        return {**shown, "after": self.seq, "epoch": self.epoch, "text": text, "call": calls.get(call_of(event) or "")}

    def _let_all_knock_again(self) -> None:
        """Somebody lost a right or got a new password: every seat is closed, and who may still come in comes back."""
        for connection in list(self.io.server.eio.sockets):
            self.io.server.eio.disconnect(connection)  # the line, not the seat: a screen dials again by itself

    # --- beating ----------------------------------------------------------------------------------------------

    def _tick(self) -> Row:
        known = {"health": self.health} if self.health else {}
        return {"seq": self.seq, "epoch": self.epoch, "server_time": stamp(self.clock()), **known}

    def _beat(self) -> None:
        while True:
            before = time.monotonic()
            if before - self.looked_at < FRESH_SECONDS:  # to be awake is not to be up to date
                self.io.emit("tick", self._tick())
            self._drop_laggards()
            self.io.sleep(TICK_SECONDS)
            self.lag_seconds = max(0.0, time.monotonic() - before - TICK_SECONDS)

    def _drop_laggards(self) -> None:
        """A stalled screen would fill our memory: its queue has no bound of its own."""
        engine = self.io.server.eio
        for sid, connection in list(engine.sockets.items()):
            if connection.queue.qsize() > MOST_WAITING:
                log.warning("screen lags too far behind, dropped", waiting=connection.queue.qsize())
                engine.disconnect(sid)


def _worked_on(call: Row) -> bool:
    return call["holder_id"] is not None or call["visit"] is not None


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]
