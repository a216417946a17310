"""The road engine over HTTP: one question for all carers of one choice, answered in time or not at all.

Every means of travel among the carers is one request, all of them at once, and all under one time limit that holds
whatever the other side does: a server that accepts and says nothing, or one byte a second, is left behind. An engine
that failed is not asked again for ``REST_SECONDS``, so it costs at most one limit in that time. Nobody waits for it
otherwise, and the estimate by distance is always there.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import SHUT_RDWR
from urllib.parse import urlsplit

import structlog

from dispatch.rules.eta import NOTHING, Destination, Known, Origin, Position
from dispatch.rules.roads import ENGINES, FARTHEST_METRES, Asked, BadAnswer, Engine, NoMap, ways
from dispatch.settings import Routing

REST_SECONDS = 30.0
SAME_SECONDS = 5.0  # one choice looks at the same carers several times: that is one question
MOST_BYTES = 2_000_000
log = structlog.get_logger("routing")


@dataclass
class Tally:
    """What became of the questions of this process, for the supervisor's page and the metrics."""

    asked: int = 0
    answered: int = 0
    failed: int = 0
    rested: int = 0  # not asked, because it had failed a moment ago
    last_error: str = ""
    slowest_seconds: float = 0.0


@dataclass
class _Question:
    """One request under way; ``answer`` or ``error`` once it has ended."""

    means: str
    origins: Sequence[Position]
    connection: HTTPConnection
    base: str
    asked: Asked
    answer: bytes | None = None
    error: str = ""
    no_map: bool = False  # refused as beyond its map: the engine itself is well
    thread: threading.Thread | None = field(default=None, repr=False)

    def run(self) -> None:
        try:
            headers = {"Content-Type": "application/json"} if self.asked.body else {}
            self.connection.request(self.asked.method, self.base + self.asked.path, self.asked.body or None, headers)
            reply = self.connection.getresponse()
            said = reply.read(MOST_BYTES + 1)
            if reply.status == 400:
                self.no_map = True
            if reply.status != 200:
                raise BadAnswer(f"HTTP {reply.status}: {said[:120].decode('utf-8', 'replace')}")
            if len(said) > MOST_BYTES:
                raise BadAnswer(f"more than {MOST_BYTES} bytes")
            self.answer = said
        except (OSError, HTTPException, ValueError, BadAnswer) as error:
            self.error = f"{type(error).__name__}: {error}"[:200]
        finally:
            self.connection.close()

    def abandon(self) -> None:
        """Let the thread go: whatever it waits for, its socket has ended."""
        with suppress(OSError, AttributeError):
            self.connection.sock.shutdown(SHUT_RDWR)


class Roads:
    """``seconds`` runs like ``time.monotonic``. May be used by many threads."""

    def __init__(self, settings: Routing, seconds: Callable[[], float] = time.monotonic):
        self.settings, self.seconds, self.tally = settings, seconds, Tally()
        self.engine = ENGINES.get(settings.engine)
        self._rests_until = float("-inf")
        self._last: tuple[float, Position, frozenset[Origin], Known] | None = None
        self._lock = threading.Lock()

    def known(self, origins: Sequence[Origin], destination: Position) -> Known:
        """The ways of these origins; empty without an engine, and with ``missed`` when it did not answer in time."""
        if self.engine is None:
            return NOTHING
        asked, last = frozenset(origins), self._last
        if last and last[1:3] == (destination, asked) and self.seconds() - last[0] < SAME_SECONDS:
            return last[3]
        by_means = self._by_means(origins, destination)
        if not by_means:
            return NOTHING
        with self._lock:
            if self.seconds() < self._rests_until:
                self.tally.rested += 1
                return Known(missed=self.engine.name)
            self.tally.asked += 1
        began = self.seconds()
        try:
            found = self._ask(self.engine, by_means, destination)
        except BadAnswer as error:
            self._failed(str(error), rests=not isinstance(error, NoMap))
            return Known(missed=self.engine.name)
        with self._lock:
            self.tally.answered += 1
            self.tally.slowest_seconds = max(self.tally.slowest_seconds, self.seconds() - began)
        known = Known(engine=self.engine.name, roads=found)
        self._last = (self.seconds(), destination, asked, known)
        return known

    def _failed(self, why: str, rests: bool) -> None:
        with self._lock:
            self.tally.failed += 1
            self.tally.last_error = why
            if rests:
                self._rests_until = self.seconds() + REST_SECONDS
        log.warning("the road engine gave no way", why=why, rests_for=REST_SECONDS if rests else 0)

    def _ask(
        self, engine: Engine, by_means: Mapping[str, list[Position]], destination: Position
    ) -> dict[Origin, float]:
        """Raises ``BadAnswer``, at the latest when the limit is over."""
        ends = time.monotonic() + self.settings.timeout_ms / 1000
        questions = [self._question(engine, *one, destination) for one in by_means.items()]
        for question in questions:
            question.thread = threading.Thread(target=question.run, name="road engine", daemon=True)
            question.thread.start()
        for question in questions:
            assert question.thread is not None
            question.thread.join(max(0.0, ends - time.monotonic()))
        late = [question for question in questions if question.answer is None and not question.error]
        for question in late:
            question.abandon()
        if late:
            raise BadAnswer(f"no whole answer within {self.settings.timeout_ms} ms")
        found: dict[Origin, float] = {}
        for question in questions:
            if question.answer is None:
                raise (NoMap if question.no_map else BadAnswer)(question.error)
            told = ways(engine, question.means, question.origins, destination, question.answer)
            found |= {(place.latitude, place.longitude, question.means): seconds for place, seconds in told.items()}
        return found

    def _by_means(self, origins: Sequence[Origin], destination: Position) -> Mapping[str, list[Position]]:
        """Each place once, the nearest first, and of each means no more than the engine takes in one question."""
        home, most = Destination(destination), self.engine.most if self.engine else 0
        by_means: dict[str, dict[Position, float]] = {}
        for latitude, longitude, means in origins:
            place = Position(latitude, longitude)
            if (metres := home.metres_from(place)) <= FARTHEST_METRES:
                by_means.setdefault(means, {})[place] = metres
        return {m: sorted(places, key=places.__getitem__)[:most] for m, places in by_means.items()}

    def _question(self, engine: Engine, means: str, origins: Sequence[Position], destination: Position) -> _Question:
        profile = getattr(self.settings, f"profile_{means}") or engine.profiles[means]
        url = urlsplit(self.settings.url.replace("{profile}", profile))
        opened = HTTPSConnection if url.scheme == "https" else HTTPConnection
        connection = opened(url.hostname or "", url.port, timeout=self.settings.timeout_ms / 1000)
        asked = engine.ask(profile, origins, destination)
        return _Question(means, origins, connection, url.path.rstrip("/"), asked)
