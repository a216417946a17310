"""Roll calls: started with one click, shared out, marked by whoever knows, ended; in a drill nobody is sent.

To start one is one event with the whole list: everything it follows from is read before the transaction begins.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from callcenter import asked_after
from callcenter.desk import Who, actor
from callcenter.mass import Announce, known
from callcenter.rules import rollcall as rules
from callcenter.rules.areas import Area
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.events import Body, Row, call_stream
from callcenter.rules.times import Clock, later, moment, stamp
from callcenter.store import rollcalls as store
from callcenter.store.cases import Cases
from callcenter.store.log import Log, Writing
from callcenter.store.people import People

Send = Callable[..., Row]
Only = Callable[[Row], bool]
EACH = 40  # homes on one carer's phone
AHEAD_SECONDS, BEFORE_SECONDS = 60.0, 86400.0  # a phone's clock may be ahead; paper may be older than the roll call


@dataclass(frozen=True, slots=True)
class Listed:
    """Whom a roll call will ask after, in the order of risk, and the carers who take part."""

    areas: list[Area]
    homes: list[Row]
    shares: dict[str, int]


class RollCalls:
    """``send`` asks for a visit; ``announce`` tells stations, grid leaders and supervisors."""

    def __init__(
        self, log: Log, cases: Cases, people: People, zone: ZoneInfo, clock: Clock, send: Send, announce: Announce
    ):  # fmt: skip
        self.log, self.people, self.zone, self.clock, self.announce = log, people, zone, clock, announce
        self.asking = asked_after.AskedAfter(cases, people, zone, send)

    # --- beginning --------------------------------------------------------------------------------------------

    def look(
        self, areas: Sequence[Area], drill: bool = False, carers: Iterable[int] | None = None, each: int = EACH
    ) -> Listed:  # fmt: skip
        """Read before the transaction, which it would hold up. ``carers`` who take part, else everybody on duty; in a
        drill nobody who was not named."""
        with self.log.database.read() as conn:
            wanted = known(conn, areas)
            homes = rules.by_risk(store.everybody(conn, wanted, stamp(self.clock())))
        duty = self._on_duty(carers if carers is not None else ([] if drill else None))
        return Listed(wanted, homes, rules.shared(homes, duty, each))

    def start(
        self, w: Writing, user: Who, found: Listed, cause: str, words: str = "", drill: bool = False,
        mass_id: str = "",
    ) -> Row:  # fmt: skip
        listed = {home["home_id"] for home in found.homes}
        for other in store.running(w.conn):
            if other["drill"] == drill and any(home[rules.HOME] in listed for home in other["homes"]):
                raise NotNow("rollcall_runs", "{name} has started a roll call here already",
                             "Go on with that one, or end it first", name=other["begun_by"])  # fmt: skip
        rollcall_id = f"{'d' if drill else 'r'}{w.at[:10].replace('-', '')}-{store.made(w.conn) + 1}"
        body = {
            "rollcall": rollcall_id, "drill": drill, "cause": cause, "words": words, "mass": mass_id,
            "areas": [list(area) for area in found.areas], "shares": found.shares, "name": user.name,
            "homes": [[h["home_id"], h["station_id"], h["tier"], int(rules.high_risk(h))] for h in found.homes],
        }  # fmt: skip
        row = self._say(w, rollcall_id, "RollCallStarted", body, user)
        self.announce(w, "RollCallStarted", row)
        return row

    def share(self, w: Writing, rollcall_id: str, user: Who, each: int = EACH) -> Row:
        """What is left of carers who have gone home, and of nobody, to those on duty now; who has a share keeps it.
        In a drill only to those who take part in it: nobody else's phone rings."""
        row = self._running(w, rollcall_id)
        known_ = _known(w, rollcall_id)
        takers = set(row["shares"].values())
        duty = [carer for carer in self._on_duty(None) if not row["drill"] or carer["id"] in takers]
        here = {carer["id"] for carer in duty}
        kept = {home: carer for home, carer in row["shares"].items() if carer in here or int(home) in known_}
        load = Counter(carer for home, carer in kept.items() if int(home) not in known_)
        left = {home[rules.HOME] for home in row["homes"]} - known_ - {int(home) for home in kept}
        homes = rules.by_risk(h for h in store.everybody(w.conn, row["areas"], w.at) if h["home_id"] in left)
        more = rules.shared(homes, [{**carer, "has": load[carer["id"]]} for carer in duty], each)
        if not more:
            raise NotNow("nobody_free", "Nobody on duty can take more homes",
                         "Telephone those who are left, or print the list")  # fmt: skip
        body = {"rollcall": rollcall_id, "shares": {**kept, **more}, "more": len(more), "name": user.name}
        return self._say(w, rollcall_id, "RollCallShared", body, user)

    def _on_duty(self, wanted: Iterable[int] | None) -> list[Row]:
        now: datetime = self.clock()
        chosen = None if wanted is None else set(wanted)
        return [
            {"id": carer["id"], "station_id": carer["station_id"], "has": 0}
            for carer in self.people.carers(now)
            if (carer["on_shift"] if chosen is None else carer["id"] in chosen)
        ]

    # --- what is found out ------------------------------------------------------------------------------------

    def mark(
        self, w: Writing, rollcall_id: str, home_id: int, user: Who, state: str, how: str = "", words: str = "",
        at: str | None = None, by_hand: bool = False, priority: int = 1,
    ) -> Row:  # fmt: skip
        """Somebody says how a home is. ``at``: when that was, if not now; ``by_hand``: it stood on paper."""
        row = self._asked(w, rollcall_id, home_id)
        at = _when(row, at, w.at)
        call = None if row["drill"] else self._follows(w, rollcall_id, home_id, user, state, words, priority)
        body = {"rollcall": rollcall_id, "home": home_id, "state": state, "how": how, "words": words, "at": at,
                "by_hand": by_hand, "call": call, "name": user.name}  # fmt: skip
        self._say(w, rollcall_id, "RollCallMarked", body, user)
        if state == rules.SAFE and not row["drill"]:
            self._tell_incidents(w, home_id, user)
        return w.row("rollcall_marks", rules.mark_id(rollcall_id, home_id)) or {}

    def take_back(self, w: Writing, rollcall_id: str, home_id: int, user: Who) -> Row:
        """A tick too many: the home is asked after again. A case that was opened stays until somebody closes it."""
        self._asked(w, rollcall_id, home_id)
        before = w.row("rollcall_marks", rules.mark_id(rollcall_id, home_id))
        if before is None or before["state"] == rules.LEFT:
            raise NotNow("nothing_said", "Nothing has been said of this home", "Look at the list again")
        body = {"rollcall": rollcall_id, "home": home_id, "was": before["state"], "name": user.name}
        self._say(w, rollcall_id, "RollCallTakenBack", body, user)
        return w.row("rollcall_marks", before["id"]) or {}

    def _follows(
        self, w: Writing, rollcall_id: str, home_id: int, user: Who, state: str, words: str, priority: int
    ) -> str | None:  # fmt: skip
        """The case that follows from what is said: help at once, a visit for whoever was not reached twice."""
        before = w.row("rollcall_marks", rules.mark_id(rollcall_id, home_id))
        if state == rules.HELP:
            return self.asking.help(w, home_id, words, priority, actor(user))
        tries = (before["tries"] if before else 0) + 1
        unknown = before is None or before["state"] not in rules.KNOWN
        if state == rules.NOT_REACHED and tries == rules.TRIES and unknown:
            return self.asking.look(w, home_id, actor(user))
        return None

    @staticmethod
    def _tell_incidents(w: Writing, home_id: int, user: Who) -> None:
        for incident in store.incidents_of(w.conn, home_id):
            how = "visit" if user.role == "carer" else "telephone"
            w.append(call_stream(incident), "HomeSafe", {"home": home_id, "how": how, "name": user.name}, actor(user))

    # --- the end ----------------------------------------------------------------------------------------------

    def end(self, w: Writing, rollcall_id: str, user: Who, why: str = "") -> Row:
        """With homes still unknown it ends only with words: who looks after those."""
        row = self._running(w, rollcall_id)
        left = rules.counts(row["homes"], store.marks(w.conn, rollcall_id))["left"]
        if left and not row["drill"] and not why.strip():
            raise NotNow(
                "some_left", "{n} homes are not known yet", "Say in words who goes on asking after them", n=left
            )
        body = {"rollcall": rollcall_id, "why": why, "left": left, "name": user.name}
        return self._say(w, rollcall_id, "RollCallEnded", body, user)

    def printed(self, w: Writing, rollcall_id: str, user: Who, station_id: int | None, codes: bool) -> None:
        body = {"rollcall": rollcall_id, "station": station_id, "codes": codes, "name": user.name}
        w.append(rules.rollcall_stream(rollcall_id), "RollCallPrinted", body, actor(user))

    # --- rows -------------------------------------------------------------------------------------------------

    def _running(self, w: Writing, rollcall_id: str) -> Row:
        row = w.row("rollcalls", rollcall_id)
        if row is None:
            raise NotThere(f"there is no roll call {rollcall_id}")
        if row["ended_at"]:
            raise NotNow(
                "rollcall_over", "This roll call has ended", "Start another if people must be asked after again"
            )
        return row

    @staticmethod
    def _asked(w: Writing, rollcall_id: str, home_id: int) -> Row:
        row = w.row("rollcalls", rollcall_id)
        if row is None or all(home[rules.HOME] != home_id for home in row["homes"]):
            raise NotThere(f"there is no home {home_id} in roll call {rollcall_id}")
        if row["ended_at"] and w.at > later(row["ended_at"], rules.LONGEST_AFTER):
            raise NotNow(
                "rollcall_over", "This roll call has ended", "Start another if people must be asked after again"
            )
        return row

    @staticmethod
    def _say(w: Writing, rollcall_id: str, kind: str, body: Body, user: Who) -> Row:
        w.append(rules.rollcall_stream(rollcall_id), kind, body, actor(user))
        return w.row("rollcalls", rollcall_id) or {}

    # --- looking ----------------------------------------------------------------------------------------------

    def overview(self) -> list[Row]:
        """Roll calls that run, with their counts, by station too."""
        with self.log.database.read() as conn:
            return [self.figures(row, store.marks(conn, row["id"])) for row in store.running(conn)]

    @staticmethod
    def figures(row: Row, marks: dict[int, Row]) -> Row:
        by_station: dict[str, list[Any]] = {}
        for home in row["homes"]:
            by_station.setdefault(str(home[rules.STATION] or ""), []).append(home)
        shown = {name: value for name, value in row.items() if name not in ("homes", "shares", "begun_seq")}
        return {
            **shown, "counts": rules.counts(row["homes"], marks), "reached": rules.reached(row, marks),
            "stations": {station: rules.counts(homes, marks) for station, homes in by_station.items()},
            "targets": {step: later(row["begun_at"], seconds) for step, seconds in rules.TARGETS.items()},
        }  # fmt: skip

    def homes(self, rollcall_id: str, codes: bool = False, only: Only = bool, most: int | None = None) -> list[Row]:
        """The list in the order of risk: who lives there, whose it is, what has been said. ``only`` keeps some."""
        with self.log.database.read() as conn:
            found = [line for line in self._lines(conn, rollcall_id) if only(line)][:most]
            local = moment(stamp(self.clock())).astimezone(self.zone).date()
            people = store.households(conn, [line["home_id"] for line in found], local, codes)
        return [{**people.get(line["home_id"], {}), **line} for line in found]

    def count(self, rollcall_id: str, only: Only) -> int:
        with self.log.database.read() as conn:
            return sum(only(line) for line in self._lines(conn, rollcall_id))

    def _lines(self, conn: Any, rollcall_id: str) -> Iterator[Row]:
        row = store.one(conn, rollcall_id)
        if row is None:
            raise NotThere(f"there is no roll call {rollcall_id}")
        said = store.marks(conn, rollcall_id)
        names = store.carers_named(conn)
        for number, (home, station, tier, risk) in enumerate(row["homes"], start=1):
            carer, mark = row["shares"].get(str(home)), said.get(home) or rules.blank(rollcall_id, home)
            yield {**mark, "number": number, "station_id": station, "tier": tier, "at_risk": bool(risk),
                   "carer_id": carer, "carer_name": names.get(carer, "")}  # fmt: skip


def _known(w: Writing, rollcall_id: str) -> set[int]:
    return {home for home, mark in store.marks(w.conn, rollcall_id).items() if mark["state"] in rules.KNOWN}


def _when(row: Row, at: str | None, now: str) -> str:
    if at is None or now < at <= later(now, AHEAD_SECONDS):
        return now
    if at > now or at < later(row["begun_at"], -BEFORE_SECONDS):
        raise NotNow(
            "no_such_time", "This time cannot be right", "Enter the time at which it happened, not one to come"
        )
    return at
