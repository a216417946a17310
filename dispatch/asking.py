"""Asking: climbs a visit's ladder, offers it to carers, takes offers back. Nobody is assumed.

Every verb takes the ``Writing`` it happens in. Carers are chosen when a rung is reached, not when the ladder was
written: whoever has come on duty, moved or fallen silent meanwhile counts as they are now.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.events import Body, Row, call_stream
from callcenter.rules.promises import Book
from callcenter.rules.times import later, moment
from callcenter.store.cases import Cases
from callcenter.store.log import Writing
from callcenter.store.people import People
from dispatch.choosing import Choosing, Look
from dispatch.rules import ladder
from dispatch.rules import visit as life
from dispatch.rules.ladder import CARERS, Step
from dispatch.rules.ranking import Candidate

CLOCK = "clock"
OFFER_SECONDS = {1: 30.0, 2: 60.0, 3: 300.0, 4: 1800.0}
NEIGHBOURS = 2  # stations nearest to the home's own
URGENT = frozenset({1, 2})
FIRST = ("nearest", "station")  # the step that a carer named by the operator takes the place of


class Named(NamedTuple):
    """A carer the operator has chosen, and why not the one proposed."""

    carer_id: int
    why: str = ""


# Who else can be asked for help about a visit: rows of ``{role, id, name, phone}``.
Patience = Callable[[Row, str], tuple[str, str] | None]  # visit, now -> until when, and why
Resolver = Callable[[Writing, Row], list[Row]]


class Asking:
    """``resolvers`` say who the people of a rung are who are not carers; a rung nobody resolves is empty.

    ``patience`` says until when a visit should wait that can.
    """

    def __init__(
        self, cases: Cases, people: People, choosing: Choosing, ladders: Sequence[ladder.Ladder], targets: Book,
        zone: ZoneInfo, resolvers: Mapping[str, Resolver], patience: Patience,
    ):  # fmt: skip
        self.cases, self.people, self.choosing, self.ladders = cases, people, choosing, tuple(ladders)
        self.targets, self.zone, self.resolvers, self.patience = targets, zone, resolvers, patience
        self.matched: dict[str, int] = {}  # visit -> carer, while several visits wait together
        self._looks: WeakKeyDictionary[Writing, Look] = WeakKeyDictionary()

    # --- who ----------------------------------------------------------------------------------------------------

    def steps_for(self, priority: int, at: str) -> tuple[Step, ...]:
        return ladder.ladder_for(self.ladders, priority, moment(at).astimezone(self.zone).hour)

    def ranked(self, w: Writing, visit: Row, anyone: bool = False) -> list[Candidate]:
        """Everyone for this visit as the transaction sees them; ``anyone`` forgets who was asked in this round."""
        asked = {} if anyone else asked_in_round(visit)
        call, busy = w.row("calls", visit["call_id"]), self.occupied(w, visit)
        return self.choosing.rank(visit["home_id"], visit["priority"], busy, asked, self._look(w), call)

    def _look(self, w: Writing) -> Look:
        """What every choice of this transaction looks at: a dispatch ranks once for each step, and reads once."""
        if w not in self._looks:
            self._looks[w] = self.choosing.look(moment(w.at))
        return self._looks[w]

    def occupied(self, w: Writing, visit: Row) -> dict[int, Row]:
        """Carer to the visit that keeps them: one they are on, or one they are being asked about.

        Whoever is only being asked about something that can wait may be asked about an emergency instead.
        """
        changed = w.changed("visits")
        seen = {row["id"] for row in changed}
        rows = [row for row in self.cases.visits_going(w.conn) if row["id"] not in seen] + changed
        found: dict[int, Row] = {}
        for row in rows:
            if row["id"] == visit["id"]:
                continue
            if row["stage"] == life.OFFERED and not (outranks(visit, row) and row["priority"] not in URGENT):
                found |= {one["carer_id"]: row for one in life.open_offers(row)}
        call = w.row("calls", visit.get("call_id", ""))
        if call and call["carer_id"]:  # nobody is sent to help themselves
            found[call["carer_id"]] = visit
        return found | {row["carer_id"]: row for row in rows if row["stage"] in life.GOING}

    def carers_of(self, w: Writing, visit: Row, step: Step, ranked: Sequence[Candidate]) -> list[Candidate]:
        """The carers whom a step asks, the best first."""
        suitable = self._unmatched(visit, [one for one in ranked if one.suitable])
        if step.who in ("post_b", "station", "neighbours"):
            wanted = self._placed(w, visit, step.who)
            suitable = [one for one in suitable if one.carer_id in wanted]
        return suitable[: step.at_once]

    def match(self, w: Writing, waiting: Sequence[Row]) -> None:
        """Who should be asked first about each of several visits that wait together: the best whole."""
        busy = {row["id"]: self.occupied(w, row) for row in waiting}
        matched = self.choosing.match(waiting, busy, self._look(w))
        self.matched = {visit: one.carer_id for visit, one in matched.items()}

    def _unmatched(self, visit: Row, suitable: list[Candidate]) -> list[Candidate]:
        """The carer matched to this visit first, and those meant for other homes last."""
        meant = {carer: other for other, carer in self.matched.items()}
        place = {None: 1, visit["id"]: 0}
        return sorted(suitable, key=lambda one: place.get(meant.get(one.carer_id), 2))

    def _placed(self, w: Writing, visit: Row, who: str) -> set[int]:
        """Ids of the carers on the posts of a step: the home's own station, its B post, the stations next to it."""
        look = self._look(w)
        home = look.need(visit["home_id"]) if visit["home_id"] else {}
        own = home.get("station_id")
        stations = set(self.people.stations.near(own, NEIGHBOURS)) if who == "neighbours" and own else {own}
        return {
            row["id"]
            for row in look.rows
            if row["station_id"] in stations and row["on_shift"] and (who != "post_b" or row["post"] == "B")
        }

    def people_of(self, w: Writing, visit: Row, step: Step) -> list[Row]:
        resolve = self.resolvers.get(step.who)
        return resolve(w, visit)[: step.at_once] if resolve else []

    # --- climbing -----------------------------------------------------------------------------------------------

    def gaps(self, w: Writing, visit: Row) -> list[str]:
        """Steps of the ladder that have nobody as things stand: somebody may mend it before they are reached."""
        ranked = self.ranked(w, visit, anyone=True)
        found: list[str] = []
        for step in ladder.read(visit["ladder"]):
            there = self.carers_of(w, visit, step, ranked) if step.who in CARERS else self.people_of(w, visit, step)
            if not there and step.who not in found:
                found.append(step.who)
        return found

    def climb(self, w: Writing, visit: Row, who: str = CLOCK, first: Named | None = None) -> Row:
        """Take the next rung that has anybody. ``first``: a carer named by the operator, asked on the first rung.

        At the top the visit stays unaccepted, red and audible, and everyone on duty is asked again in a minute.
        """
        postponed = None if first or visit["rung"] >= 0 else self.patience(visit, w.at)
        if postponed and visit["stage"] == life.REQUESTED:
            body: Body = {"visit": visit["id"], "until": postponed[0], "why": postponed[1]}
            return self._append(w, visit, "VisitPostponed", body, who)
        rungs = ladder.rungs(self._steps(visit))
        skipped: list[str] = []
        for number in range(visit["rung"] + 1, len(rungs)):
            steps = rungs[number].steps
            taken = [step.who for step in steps if self._take(w, visit, step, number, who, first)]
            skipped += [step.who for step in steps if step.who not in taken]
            visit = self._row(w, visit)
            if taken:
                wait = rungs[number].seconds or max(ladder.AGAIN_SECONDS, self.offer_seconds(visit))
                body = {"visit": visit["id"], "rung": number, "who": taken, "skipped": skipped,
                              "next_at": later(w.at, wait)}  # fmt: skip
                return self._nobody(w, self._append(w, visit, "RungClimbed", body, who), who)
        return self._top(w, visit, who)

    def _steps(self, visit: Row) -> tuple[Step, ...]:
        again = visit["round"] > 1 and visit["priority"] in URGENT and not visit["backs_up"]
        return ladder.AGAIN if again else ladder.read(visit["ladder"]) or ladder.DEFAULT[visit["priority"]]

    def _take(self, w: Writing, visit: Row, step: Step, number: int, who: str, first: Named | None) -> bool:
        """Ask everyone of one step. False: there is nobody."""
        visit = self._row(w, visit)
        if step.who not in CARERS:
            to = self.people_of(w, visit, step)
            if to:
                body = {"visit": visit["id"], "rung": number, "who": step.who, "channel": step.channel, "to": to}
                self._append(w, visit, "HelpAsked", body, who)
            return bool(to)
        ranked = self.ranked(w, visit)
        if first is not None and number == 0 and step.who in FIRST:
            chosen = [self.named(w, visit, first.carer_id)]
        else:
            chosen = self.carers_of(w, visit, step, ranked)
        for one in chosen:
            visit = self.offer(w, visit, one, number, who, first.why if first else "")
        return bool(chosen)

    def _nobody(self, w: Writing, visit: Row, who: str) -> Row:
        """The rung asked people who are not carers, and no carer is left below the top: that is said at once."""
        call = w.row("calls", visit["call_id"])
        if visit["stage"] == life.OFFERED or (call and call["nobody_left"]):
            return visit
        if any(one.suitable for one in self.ranked(w, visit)):
            return visit
        body = {"visit": visit["id"], "asked": len(visit["asked"]), "retry_at": visit["rung_due_at"], "top": False}
        return self._append(w, visit, "NobodyLeft", body, who)

    def _top(self, w: Writing, visit: Row, who: str) -> Row:
        """Whoever has been asked and has not answered yet is heard out; then the round is over."""
        if visit["stage"] == life.OFFERED:
            body: Body = {"visit": visit["id"], "rung": visit["rung"], "who": [], "skipped": [],
                          "next_at": later(visit["offer_due_at"], 0.001)}  # fmt: skip
            return self._append(w, visit, "RungClimbed", body, who)
        body = {"visit": visit["id"], "asked": len(visit["asked"]), "top": True,
                "retry_at": later(w.at, ladder.AGAIN_SECONDS)}  # fmt: skip
        return self._append(w, visit, "NobodyLeft", body, who)

    # --- offers -------------------------------------------------------------------------------------------------

    def named(self, w: Writing, visit: Row, carer_id: int) -> Candidate:
        """The carer an operator has chosen, whatever the ranking thinks. Raises ``NotNow`` when they are busy."""
        ranked = self.ranked(w, visit, anyone=True)
        chosen = next((one for one in ranked if one.carer_id == carer_id), None)
        if chosen is None:
            raise NotThere(f"there is no carer {carer_id}")
        if chosen.state == "barred":
            raise NotNow("barred", "{name} may not be sent to this home", "Choose another carer", name=chosen.name)
        if chosen.state == "busy" and not chosen.suitable:
            raise NotNow(
                "busy", "{name} is on another visit", "Choose another carer, or end that visit first", name=chosen.name
            )
        return chosen

    def offer(self, w: Writing, visit: Row, one: Candidate, rung: int, who: str, override_reason: str = "") -> Row:
        self._leave_other_offers(w, visit, one.carer_id, "more_urgent", who)
        body = {
            "visit": visit["id"], "carer_id": one.carer_id, "carer_name": one.name, "eta_seconds": one.eta_seconds,
            "metres": one.metres, "round": visit["round"], "rung": rung, "reasons": [list(r) for r in one.reasons],
            "due_at": later(w.at, self.offer_seconds(visit)), "override_reason": override_reason,
            "eta_source": one.eta_source, "way": one.way,
        }  # fmt: skip
        return self._append(w, visit, "VisitOffered", body, who)

    def withdraw(self, w: Writing, visit: Row, because: str, who: str, but: int | None = None) -> Row:
        """Nobody but ``but`` is asked any more; each is told why at once."""
        for one in life.open_offers(visit):
            if one["carer_id"] != but:
                visit = self._withdraw(w, visit, one, because, who)
        return visit

    def _leave_other_offers(self, w: Writing, visit: Row, carer_id: int, because: str, who: str) -> None:
        """A carer is asked about one thing at a time, and who has taken a job is asked about none."""
        for other in self._offering(w):
            one = life.offer_of(other, carer_id) if other["id"] != visit["id"] else None
            if one:
                left = self._withdraw(w, other, one, because, who)
                self.climb_if_idle(w, left)

    def climb_if_idle(self, w: Writing, visit: Row) -> Row:
        """A visit with no open offer and no helper's rung running goes on at once."""
        return self.climb(w, visit) if visit["stage"] == life.REQUESTED else visit

    def _withdraw(self, w: Writing, visit: Row, one: Row, because: str, who: str) -> Row:
        body = {"visit": visit["id"], "carer_id": one["carer_id"], "carer_name": one["name"], "reason": because}
        return self._append(w, visit, "OfferWithdrawn", body, who)

    def leave_other_offers(self, w: Writing, visit: Row, carer_id: int, who: str) -> None:
        self._leave_other_offers(w, visit, carer_id, "taken", who)

    def _offering(self, w: Writing) -> list[Row]:
        changed = w.changed("visits")
        seen = {row["id"] for row in changed}
        rows = [row for row in self.cases.visits_going(w.conn) if row["id"] not in seen] + changed
        return [row for row in rows if row["stage"] == life.OFFERED]

    def offer_seconds(self, visit: Row) -> float:
        return float(self.targets.of(visit).get("offer", OFFER_SECONDS[visit["priority"]]))

    # --- common ground --------------------------------------------------------------------------------------------

    def _append(self, w: Writing, visit: Row, kind: str, body: Body, who: str) -> Row:
        w.append(call_stream(visit["call_id"]), kind, body, who)
        return self._row(w, visit)

    @staticmethod
    def _row(w: Writing, visit: Row) -> Row:
        found = w.row("visits", visit["id"])
        assert found is not None
        return found


def outranks(visit: Row, other: Row) -> bool:
    """May this visit take a carer away from that one? Only an emergency may, and only from what is less urgent."""
    return visit["priority"] in URGENT and visit["priority"] < other["priority"]


def asked_in_round(visit: Row | None) -> dict[int, Any]:
    """What the carers asked in the round that is running have said."""
    if visit is None:
        return {}
    return {one["carer_id"]: one["result"] for one in visit["asked"] if one["round"] == visit["round"]}
