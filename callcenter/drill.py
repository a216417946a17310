"""The daily drill: a press of a reserved account that travels the true path. The one who watches is watched too.

It is announced in the log first; intake takes the next press of that account for the drill's and writes it down as
heard, never as a call. Any other press of that account, at any other time, rings like a stranger's.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from callcenter.cases_of_watch import ACTOR, CasesOfWatch
from callcenter.configuration import BadSettings
from callcenter.rules.drill import AGAIN_SECONDS, CALL_KIND, FAILED, HEARD, KINDS, PASSED, STARTED, STREAM, is_due
from callcenter.rules.events import Event
from callcenter.rules.times import Clock, moment, seconds_between, stamp
from callcenter.settings import Watch
from callcenter.store.cases import Cases
from callcenter.store.log import Log
from devices.drill import drill_line, press
from devices.settings import LineSettings

LOOK_SECONDS = 0.2
log = structlog.get_logger("drill")


class Drilled:
    """The line a drill goes over, and the account it presses with there. A centre that only receivers dial has none.

    Raises ``BadSettings`` when the settings name a line that cannot be drilled.
    """

    def __init__(self, lines: Sequence[LineSettings], settings: Watch):
        self.settings, self.line = settings, drill_line(lines, settings.drill_line)
        if settings.drill_line and self.line is None:
            raise BadSettings(f"watch.drill_line: no line {settings.drill_line!r} speaks dc09 over tcp or udp")
        self.name = self.line.name if self.line else ""
        self.account = self.line.prefix + settings.drill_account if self.line else ""

    def press(self, sequence: int) -> float | None:
        """Seconds until the press was acknowledged, or None when it was not."""
        if self.line is None:
            return None
        return press(self.line, self.settings.drill_account, sequence, self.settings.drill_seconds)


class Drill:
    def __init__(self, log_: Log, cases: Cases, settings: Watch, zone: ZoneInfo, clock: Clock, wire: Drilled,
                 nap: Callable[[float], None] = time.sleep):  # fmt: skip
        self.log, self.cases, self.settings, self.zone = log_, cases, settings, zone
        self.clock, self.wire, self.nap = clock, wire, nap
        self._began: str | None = None

    def tick(self) -> bool:
        """Drill when it is time. Returns whether it did."""
        now = self.clock()
        if self.wire.line is None:
            return False
        self._began = self._began or stamp(now)
        with self.log.database.read() as conn:
            if not self._due(self.log.newest(conn, STREAM, KINDS), now):
                return False
        with self.log.writing() as w:
            if not self._due(self.log.newest(w.conn, STREAM, KINDS), now):
                return False  # another dispatcher was first
            started = w.append(STREAM, STARTED, {"line": self.wire.name}, ACTOR)
        self._run(started)
        return True

    def _due(self, newest: Event | None, now: datetime) -> bool:
        if newest is not None and newest.kind in (STARTED, HEARD):  # one runs, or whoever ran it has died
            return seconds_between(newest.at, stamp(now)) > AGAIN_SECONDS
        since = newest.at if newest else self._began or stamp(now)
        return is_due(self.settings.drill_at, since, newest is not None and newest.kind == FAILED, now, self.zone)

    def _run(self, started: Event) -> None:
        began, seconds, why = time.monotonic(), None, ""
        try:
            seconds = self.wire.press(started.seq % 9999 + 1)
        except Exception as error:
            why = f"{type(error).__name__}: {error}"[:200]
        heard = None
        while heard is None and not why and time.monotonic() - began < self.settings.drill_seconds:
            heard = next((e for e in self.log.stream(STREAM)[started.version :] if e.kind == HEARD), None)
            if heard is None:
                self.nap(LOOK_SECONDS)
        if seconds is None or heard is None:
            self._failed(why or ("not acknowledged" if seconds is None else "not in the log"))
        else:
            self._passed(seconds, started, heard)

    def _passed(self, seconds: float, started: Event, heard: Event) -> None:
        body = {"line": self.wire.name, "acknowledged_after": round(seconds, 3),
                "heard_after": round((moment(heard.at) - moment(started.at)).total_seconds(), 3)}  # fmt: skip
        with self.log.writing() as w:
            w.append(STREAM, PASSED, body, ACTOR)
            opening = CasesOfWatch(w, self.cases, self.zone)
            for call in self.cases.open_of_kind(w.conn, CALL_KIND):
                opening.close(call, "restored", False)
        self.cases.show_life("drill", stamp(self.clock()), "up")
        log.info("drill passed", **body)

    def _failed(self, why: str) -> None:
        """Loud: presses may not arrive either. A call in the queue, a notice to the supervisors, and /readyz."""
        with self.log.writing() as w:
            w.append(STREAM, FAILED, {"line": self.wire.name, "why": why}, ACTOR)
            if not self.cases.open_of_kind(w.conn, CALL_KIND):
                CasesOfWatch(w, self.cases, self.zone).open(CALL_KIND, 1, self.wire.name, account="drill/{call}")
        self.cases.show_life("drill", stamp(self.clock()), "failed", why)
        log.error("drill failed: presses may not arrive", line=self.wire.name, why=why)


def next_drill(at: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When the next regular drill comes, for those who read."""
    if not at:
        return None
    hour, minute = map(int, at.split(":"))
    today = now.astimezone(zone).replace(hour=hour, minute=minute, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)
