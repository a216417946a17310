"""Incidents as they come and go: one case in the queue for a place that was struck, with everybody it struck on a list.

Each tick first plans from what can be read, and only when there is something to do plans again inside a transaction
and does it. The items of the homes it holds are folded into it; who is left when it is over goes their own way again.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.cases_of_watch import ACTOR, CasesOfWatch
from callcenter.rules.call import FOLDED as FOLDED_OUTCOME
from callcenter.rules.events import Row, call_stream
from callcenter.rules.incidents import (
    CENTRE,
    GATEWAY,
    KIND,
    LINE,
    MAINS,
    OPEN,
    OVER,
    PRIORITY,
    SCOPES,
    SILENT_CAUSE,
    Cluster,
    Limits,
    Struck,
    clusters,
    covers,
    is_over,
    places_of,
    waiting,
)  # fmt: skip
from callcenter.rules.listening import GATEWAY as THE_GATEWAY
from callcenter.rules.listening import Listening
from callcenter.rules.risk import HIGHEST
from callcenter.rules.times import seconds_between
from callcenter.rules.watch import ITEM_KIND, WELFARE
from callcenter.store.cases import Cases
from callcenter.store.log import Log, Writing
from callcenter.store.watching import Watching

FOLDED = {MAINS: {"mains_lost"}, SILENT_CAUSE: {ITEM_KIND, "link_fault"}, CENTRE: {ITEM_KIND, "link_fault"}}
FOLDED_AT_ONCE = 200  # in one tick: no press waits behind more
TOTALS_SECONDS = 60.0  # homes do not move house every two seconds
ROLL_CALL_SECONDS = 2 * 3600.0  # the highest risk, not confirmed safe by then, gets a welfare call of its own
SELDOM_SECONDS = 3600  # who speaks more seldom than this cannot show at once that we hear them again

Act = Callable[[Writing], object]


class Incidents:
    def __init__(self, log: Log, cases: Cases, watching: Watching, limits: Limits, zone: ZoneInfo):
        self.log, self.cases, self.watching, self.limits, self.zone = log, cases, watching, limits, zone
        self._homes: Sequence[Row] = ()
        self._counted_at: str | None = None
        self._held: dict[int, tuple[str, bool]] = {}

    def tick(self, ears: Listening) -> None:
        with self.log.database.read() as conn:
            acts = self._plan(conn, ears)
        if acts:
            with self.log.writing() as w:
                for act in self._plan(w.conn, ears):
                    act(w)
        with self.log.database.read() as conn:
            self._held = dict(_held(self.watching.standing(conn)))

    def holds(self, home_id: int | None, tier: str, now: str) -> frozenset[str] | None:
        """What may still be done for one home alone while an incident holds it; None when none does."""
        if home_id not in self._held:
            return None
        began_at, safe = self._held[home_id]
        alone = tier == HIGHEST and not safe and seconds_between(began_at, now) >= ROLL_CALL_SECONDS
        return frozenset({WELFARE}) if alone else frozenset()

    # --- what is to be done -----------------------------------------------------------------------------------

    def _plan(self, conn: Any, ears: Listening) -> list[Act]:
        standing, struck = self.watching.standing(conn), self.watching.struck(conn)
        deaf = ears.deaf()
        if not standing and not deaf and len(struck) < self.limits.homes:
            return []
        self._count(conn, ears.now)
        return [
            *self._of_ours(standing, deaf),
            *self._of_places(standing, struck, ears),
            *(act for row in standing for act in self._goes_on(conn, row, struck, ears)),
        ]

    def _count(self, conn: Any, now: str) -> None:
        if self._counted_at is None or seconds_between(self._counted_at, now) >= TOTALS_SECONDS:
            self._homes, self._counted_at = self.watching.watched_homes(conn), now

    def _totals(self) -> Mapping[tuple[str, str], int]:
        once = {row["home_id"]: row for row in self._homes}
        return Counter(place for row in once.values() for place in places_of(row).items())

    def _of_ours(self, standing: Sequence[Row], deaf: Sequence[str]) -> Iterator[Act]:
        """Our own gateway, or a line of it, hears nobody: that is everybody who speaks over it."""
        for name in deaf:
            scope, place = (GATEWAY, "") if name == THE_GATEWAY else (LINE, name)
            cluster = Cluster(scope, place, CENTRE, tuple(self._on(name)))
            if cluster.homes and not any(row["stage"] == OPEN and covers(row, cluster) for row in standing):
                yield partial(self._open, cluster, [])

    def _on(self, name: str) -> Iterator[Struck]:
        once = {row["home_id"]: row for row in self._homes if name == THE_GATEWAY or row["line"] == name}
        for home_id, row in once.items():
            if not row["line"].startswith("webhook:"):
                yield Struck(home_id, CENTRE, "", {})

    def _of_places(self, standing: Sequence[Row], struck: Iterable[Row], ears: Listening) -> Iterator[Act]:
        homes = {(row["home_id"], row["cause"]): row for row in struck}  # the newest device of a home speaks for it
        found = [Struck(row["home_id"], row["cause"], row["since"], places_of(row)) for row in homes.values()]
        for cluster in clusters(found, self._totals(), self.limits, ears.now):
            same = next((row for row in standing if covers(row, cluster)), None) or _wider(standing, cluster)
            if same is None:
                yield partial(self._open, cluster, _narrower(standing, cluster))
            elif new := [home for home in cluster.homes if str(home.home_id) not in waiting(same)]:
                yield partial(self._grow, same["id"], new)

    def _goes_on(self, conn: Any, row: Row, struck: Iterable[Row], ears: Listening) -> Iterator[Act]:
        left = waiting(row)
        back = self._returned(conn, row, left, struck, ears)
        if back:
            yield partial(self._say, row["id"], "HomesReturned", {"homes": back})
            return
        deaf = row["cause"] == CENTRE and (row["place"] or THE_GATEWAY) in ears.deaf()
        if row["stage"] == OPEN and not deaf and is_over(row, self.limits):
            yield partial(self._over, row, left)
        elif row["stage"] == OVER and not left:
            yield partial(self._end, row)
        elif row["stage"] == OPEN and (items := self._items(conn, row, left)):
            yield partial(self._fold, row["id"], items)

    def _returned(self, conn: Any, row: Row, left: Sequence[str], struck: Iterable[Row], ears: Listening) -> list[int]:
        if row["cause"] != CENTRE:
            still = {home["home_id"] for home in struck if home["cause"] == row["cause"]}
            return [int(home) for home in left if int(home) not in still]
        if (row["place"] or THE_GATEWAY) in ears.deaf() or ears.deaf() == (THE_GATEWAY,):
            return []
        devices = self.watching.home_devices(conn, [int(home) for home in left])
        return [home for home, own in devices.items() if all(_heard(one, row["began_at"]) for one in own)]

    def _items(self, conn: Any, row: Row, left: Sequence[str]) -> list[str]:
        alike = FOLDED[row["cause"]]
        found = self.watching.items_in(conn, [int(home) for home in left])
        return [item["id"] for item in found if set(item["kinds"]) <= alike][:FOLDED_AT_ONCE]

    # --- doing it ---------------------------------------------------------------------------------------------

    def _open(self, cluster: Cluster, narrower: Sequence[Row], w: Writing) -> None:
        opening = CasesOfWatch(w, self.cases, self.zone)
        call = opening.open(KIND, PRIORITY, cluster.place, account="incident/{call}")
        body = {"scope": cluster.scope, "place": cluster.place, "cause": cluster.cause,
                "homes": [[home.home_id, home.since or w.at] for home in cluster.homes]}  # fmt: skip
        w.append(call_stream(call), "IncidentBegan", body, ACTOR)
        for row in narrower:
            self._end(row, w, into=call)

    def _grow(self, incident: str, homes: Sequence[Struck], w: Writing) -> None:
        self._say(incident, "IncidentGrew", {"homes": [[home.home_id, home.since] for home in homes]}, w)

    def _say(self, incident: str, kind: str, body: Row, w: Writing) -> None:
        w.append(call_stream(incident), kind, body, ACTOR)

    def _fold(self, incident: str, items: Sequence[str], w: Writing) -> None:
        """A device item that says what the incident says is part of it: one row in the queue, not hundreds."""
        w.load("calls", items)
        w.heads(call_stream(item) for item in items)
        closing = CasesOfWatch(w, self.cases, self.zone)
        for item in items:
            closing.close(item, FOLDED_OUTCOME, False, incident=incident)

    def _over(self, row: Row, left: Sequence[str], w: Writing) -> None:
        self._say(row["id"], "IncidentOver", {"left": [int(home) for home in left]}, w)
        if row["cause"] == MAINS:  # their items were folded; the silent ones are taken up by the watch again
            opening = CasesOfWatch(w, self.cases, self.zone)
            for own in self.watching.home_devices(w.conn, [int(home) for home in left]).values():
                dark = next((device for device in own if device["mains_lost"]), None)
                if dark:
                    opening.item(dark, "mains_lost", "")

    def _end(self, row: Row, w: Writing, into: str = "") -> None:
        self._say(row["id"], "IncidentEnded", {"into": into} if into else {}, w)
        CasesOfWatch(w, self.cases, self.zone).close(row["id"], FOLDED_OUTCOME if into else "restored", False)


def _held(standing: Iterable[Row]) -> Iterator[tuple[int, tuple[str, bool]]]:
    for row in standing:
        if row["stage"] == OPEN:
            for home in waiting(row):
                yield int(home), (row["began_at"], row["homes"][home]["safe_at"] is not None)


def _overlap(row: Row, cluster: Cluster) -> bool:
    mine = set(waiting(row))
    return row["cause"] == cluster.cause and any(str(home.home_id) in mine for home in cluster.homes)


def _wider(standing: Iterable[Row], cluster: Cluster) -> Row | None:
    """An open incident of a wider place that has homes of this cluster: it is the same matter."""
    place = SCOPES.index(cluster.scope)
    found = (row for row in standing if row["stage"] == OPEN and SCOPES.index(row["scope"]) < place)
    return next((row for row in found if _overlap(row, cluster)), None)


def _narrower(standing: Iterable[Row], cluster: Cluster) -> list[Row]:
    place = SCOPES.index(cluster.scope)
    return [row for row in standing if SCOPES.index(row["scope"]) > place and _overlap(row, cluster)]


def _heard(device: Row, since: str) -> bool:
    seldom = not 0 < device["heartbeat_seconds"] <= SELDOM_SECONDS
    return seldom or (device["last_heard_at"] or "") > since or device["last_heard_at"] is None
