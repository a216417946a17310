"""The promises as they stand: the book of versions, read anew from the store every two seconds by whoever asks.

So a version made on a page holds in every process within seconds, and nobody is restarted for it.
"""

import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

import structlog

from callcenter.rules.call import NotNow
from callcenter.rules.events import Body, Row, call_stream
from callcenter.rules.pauses import ended
from callcenter.rules.promised import CHANGED, STREAM
from callcenter.rules.promises import Book, Rule, Targets, Version, version, why_not
from callcenter.rules.times import moment
from callcenter.store.database import Database, StoreUnavailable
from callcenter.store.log import Writing
from callcenter.store.promises import Versions

FRESH_SECONDS = 2.0
log = structlog.get_logger("promises")


class Standing(Book):
    """``targets`` are those of config.toml; ``seconds`` runs like ``time.monotonic``."""

    def __init__(
        self, database: Database, targets: Targets, zone: ZoneInfo, seconds: Callable[[], float] = time.monotonic
    ):
        super().__init__(targets)
        self.store, self.zone, self.seconds = Versions(database), zone, seconds
        self._looked_at = float("-inf")
        # Of the transaction at work: its moment and the versions known, the version that holds then, the local hour.
        self._now = (("", 0), 0, 0)
        self.fills = {"CallOpened": self.on_opening, "VisitRequested": self.on_request}

    # --- as the rules ask -----------------------------------------------------------------------------------------

    def current(self, at: str) -> Version:
        if self.seconds() - self._looked_at >= FRESH_SECONDS:
            self.look()
        return super().current(at)

    def version(self, number: int) -> Version:
        if number not in self.versions:  # made by another process a moment ago
            self.look()
        return super().version(number)

    def look(self) -> None:
        """A store that cannot be read now changes nothing: a press is not lost for want of a newer promise."""
        try:
            for row in self.store.after(max(self.versions)):
                self.add(version(row))
        except StoreUnavailable as error:
            log.warning("the promises could not be read anew", error=str(error)[:200])
            return
        self._looked_at = self.seconds()

    # --- what every call and visit carries ------------------------------------------------------------------------

    def on_opening(self, w: Writing, _stream: str, body: Body) -> Body:
        """A call keeps from its first moment what it is owed. Worked out once for all calls of a transaction."""
        if self._now[0] != (w.at, len(self.versions)):
            number = self.current(w.at).number  # may have found a newer one
            self._now = ((w.at, len(self.versions)), number, moment(w.at).astimezone(self.zone).hour)
        _, number, hour = self._now
        return {**body, "promise": self.kept(number, body.get("tier", ""), body.get("station_id"), hour)}

    def on_request(self, w: Writing, stream: str, body: Body) -> Body:
        """A visit is owed what its call is, and has waited where its call has."""
        call = w.row("calls", stream.removeprefix(call_stream("")))
        if call is None:
            return body
        return body | {"promise": call["promise"], "pauses": ended(call["pauses"], w.at)}

    # --- changing them --------------------------------------------------------------------------------------------

    def change(self, w: Writing, rules: list[Rule], from_at: str, why: str, name: str, actor: str) -> Row:
        """Make the next version. Raises ``NotNow`` when a call could be left without what protects it."""
        refusal = why_not(rules)
        if refusal:
            code, message, fix, values = refusal
            raise NotNow(code, message, fix, **values)
        if from_at < w.at:
            from_at = w.at  # nobody is promised anything for yesterday
        number = w.version(STREAM) + 1
        written = [one.written() for one in rules]
        body = {"version": number, "rules": written, "from_at": from_at, "why": why, "name": name}
        w.append(STREAM, CHANGED, body, actor)
        return w.row("promises", str(number)) or {}
