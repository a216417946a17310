"""Surge: notices when many call at once, says so in the log, and says when it is over."""

from callcenter.rules.events import Row
from callcenter.rules.times import later, seconds_between
from callcenter.store.lately import Lately
from callcenter.store.log import Log
from dispatch.rules import surge as rules

STREAM, BEGAN, ENDED = "surge", "SurgeBegan", "SurgeEnded"
LOOK_SECONDS = 2.0


class Surge:
    """``since`` is empty while nothing unusual happens."""

    def __init__(self, log: Log, lately: Lately):
        self.log, self.lately = log, lately
        self.since, self.looked_at, self.homes = "", "", 0

    def tick(self, now: str) -> None:
        if self.looked_at and 0 <= seconds_between(self.looked_at, now) < LOOK_SECONDS:
            return
        self.looked_at = now
        standing = self._standing()
        self.since = standing["at"] if standing else ""
        presses = self.lately.presses_since(later(now, -rules.OVER_SECONDS))
        self.homes = self.homes or self.lately.homes()
        why = rules.began(presses, self.homes, now) if not self.since else None
        if why:
            self._say(BEGAN, {"why": why, "presses": len(presses)})
        elif (
            self.since
            and seconds_between(self.since, now) >= rules.OVER_SECONDS
            and rules.over(presses, self.homes, now)
        ):
            self._say(ENDED, {"began_at": self.since})

    def _standing(self) -> Row | None:
        """The surge that has begun and not ended, as the log has it: other dispatchers may have said so."""
        with self.log.database.read() as conn:
            last = self.log.newest(conn, STREAM, (BEGAN, ENDED))
        return {"at": last.at} if last and last.kind == BEGAN else None

    def _say(self, kind: str, body: Row) -> None:
        with self.log.writing() as w:
            last = self.log.newest(w.conn, STREAM, (BEGAN, ENDED))
            if (last is not None and last.kind == kind) or (last is None and kind == ENDED):
                return
            w.append(STREAM, kind, body, "clock")
            self.since = w.at if kind == BEGAN else ""
