"""Rounds as they are laid down, begun, filled and ended: who is put on the operators' list, and until when.

A round is filled in portions, each its own transaction: no press waits behind nine hundred names.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.desk import Who, actor
from callcenter.rules import rounds as life
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.call_hours import CallHours, next_allowed
from callcenter.rules.events import Row
from callcenter.rules.people import age as age_of
from callcenter.rules.risk import watched_closely
from callcenter.rules.round_plans import DAY_SECONDS, PLAN, READY, next_run, plan_stream, ready, run_after, wanted
from callcenter.rules.rounds import best_hour, round_stream
from callcenter.rules.times import later, moment
from callcenter.store.elders import Elders
from callcenter.store.log import Log, Writing
from callcenter.store.rounds import Rounds

ACTOR = "rounds"
AT_ONCE = 100  # people put on the list in one transaction
OUTAGE_SECONDS = DAY_SECONDS  # an incident that ended so long ago is still asked about
OF_THE_DAY: Mapping[str, str] = {  # lists that the clock keeps by itself, one a day
    "ok": "平安打卡：今天没有消息",
    "absence": "外出住院：回来没有",
    "reminder": "提醒：没有确认",
}


class Rounding:
    def __init__(self, log: Log, rounds: Rounds, zone: ZoneInfo, hours: CallHours):
        self.log, self.rounds, self.zone, self.hours = log, rounds, zone, hours

    # --- plans --------------------------------------------------------------------------------------------------

    def plan(self, w: Writing, user: Who, values: Row, plan_id: str = "") -> Row:
        """Lay a plan down, or change one. It runs by itself from now on, or when it is released."""
        plan_id = plan_id or self._new_id(w, values["kind"])
        values = {name: values[name] for name in PLAN}
        body = {**values, "plan": plan_id, "title": values["name"], "name": user.name,
                "next_at": next_run(values, w.at, self.zone)}  # fmt: skip
        w.append(plan_stream(plan_id), "RoundPlanned", body, actor(user))
        return self._plan(w, plan_id)

    def _new_id(self, w: Writing, kind: str) -> str:
        taken = self.rounds.plan_ids(w.conn) | {row["id"] for row in w.changed("round_plans")}
        if kind in READY and kind not in taken:
            return kind
        return f"plan-{len(taken) + 1}"

    def release(self, w: Writing, user: Who, plan_id: str) -> Row:
        """Begin now. A ready-made plan nobody has touched yet is laid down first."""
        if w.row("round_plans", plan_id) is None and plan_id in READY:
            self.plan(w, user, ready(plan_id), plan_id)
        return self._run(w, self._plan(w, plan_id), user.name, actor(user))

    def _plan(self, w: Writing, plan_id: str) -> Row:
        row = w.row("round_plans", plan_id)
        if row is None:
            raise NotThere(f"there is no plan {plan_id}")
        return row

    # --- a run --------------------------------------------------------------------------------------------------

    def planned(self, w: Writing, plan: Row, _now: str) -> None:
        """The hour of a plan has come."""
        self._run(w, plan, "", ACTOR)

    def _run(self, w: Writing, plan: Row, by: str, who: str) -> Row:
        round_id = f"{plan['id']}-{self._day(w):%Y%m%d}"
        began = w.row("rounds", round_id)
        body = {"plan": plan["id"], "round": round_id, "next_at": run_after(plan, w.at, self.zone)}
        w.append(plan_stream(plan["id"]), "RoundPlanRan", body, who)
        if began is not None:
            if by:
                raise NotNow("began", "This round has begun today", "Look at its list")
            return began
        elders = Elders.all(w.conn, self._day(w), later(w.at, -OUTAGE_SECONDS))
        people = [e.resident_id for e in elders if wanted(plan["whom"], plan["every"], e, self._day(w), w.at)]
        if by and not people:
            raise NotNow("nobody", "Nobody is of this round today", "Change whom it asks for")
        if not people:
            return {}
        self._begin(w, round_id, plan, people, by, who, later(w.at, plan["days"] * DAY_SECONDS))
        return w.row("rounds", round_id) or {}

    @staticmethod
    def _begin(
        w: Writing, round_id: str, plan: Mapping[str, Any], people: list[int], by: str, who: str, ends_at: str
    ) -> None:
        body = {"round": round_id, "plan": plan.get("id"), "kind": plan["kind"], "name": plan["name"],
                "script": plan["script"], "tries": plan["tries"], "people": people, "by": by,
                "ends_at": ends_at}  # fmt: skip
        w.append(round_stream(round_id), "RoundBegan", body, who)

    def _day(self, w: Writing) -> date:
        return moment(w.at).astimezone(self.zone).date()

    # --- who is on its list ---------------------------------------------------------------------------------------

    def clock(self, w: Writing, row: Row, _now: str) -> None:
        """A round has people left to put on its list, or its time is over and not everybody was reached."""
        if row["left"]:
            self._enrol(w, row)
        else:
            left = row["total"] - row["done"]
            w.append(round_stream(row["id"]), "RoundLate", {"round": row["id"], "left": left}, ACTOR)

    def _enrol(self, w: Writing, row: Row) -> None:
        some = row["left"][:AT_ONCE]
        people = Elders.people(w.conn, some)
        before = {one["resident_id"]: one for one in self.rounds.of_people(w.conn, some)
                  if row["plan_id"] and one["round_id"].startswith(f"{row['plan_id']}-")}  # fmt: skip
        reached = self.rounds.reached_at(w.conn, some)
        for who in some:
            person = people.get(who)
            if person is None or (person["away_until"] or "") > w.at:
                why = life.GONE if person is None else life.AWAY
                body = {"round": row["id"], "resident_id": who, "why": why}
                w.append(round_stream(row["id"]), "RoundCallSkipped", body, ACTOR)
                continue
            if (old := before.get(who)) is not None:  # last week's, still undone: this week's takes its place
                body = {"round": old["round_id"], "entry": old["id"], "result": "moved", "words": row["id"],
                        "name": "", "case": None}  # fmt: skip
                w.append(round_stream(old["round_id"]), "RoundCallDone", body, ACTOR)
            self._due(w, row, person, self._hour(reached.get(who, [])))

    def _hour(self, stamps: list[str]) -> int | None:
        return best_hour(moment(at).astimezone(self.zone).hour for at in stamps)

    def _due(
        self, w: Writing, row: Row, person: Row, hour: int | None, urgent: bool = False, due_at: str | None = None,
        why: Row | None = None, number: int = 0,
    ) -> str:  # fmt: skip
        years = age_of(person["born"], self._day(w))
        entry = f"{row['id']}.{person['id']}" + (f".{number}" if number else "")
        body = {
            "round": row["id"], "entry": entry, "kind": row["kind"], "resident_id": person["id"],
            "home_id": person["home_id"], "station_id": person["station_id"], "tier": person["tier"], "age": years,
            "closely": watched_closely(person["tier"], years, person["lives_alone"]), "urgent": urgent,
            "best_hour": hour, "why": why or {}, "due_at": due_at,
            "from_at": w.at if urgent else next_allowed(w.at, self.zone, self.hours),
        }  # fmt: skip
        w.append(round_stream(row["id"]), "RoundCallDue", body, ACTOR)
        return entry

    def add(
        self, w: Writing, kind: str, resident_id: int, *, within: float | None = None, why: Row | None = None,
        tries: int = 2,
    ) -> str | None:  # fmt: skip
        """Put one person on the clock's own list of today (``OF_THE_DAY``). ``within`` seconds makes it urgent: then
        it becomes a case by itself. Somebody who is on that list already stays as they are. Returns the entry's id."""
        person = Elders.people(w.conn, [resident_id]).get(resident_id)
        if person is None:
            return None
        round_id = f"{kind}-{self._day(w):%Y%m%d}"
        if w.row("rounds", round_id) is None:
            plan = {"id": None, "kind": kind, "name": OF_THE_DAY[kind], "script": "", "tries": tries}
            self._begin(w, round_id, plan, [], "", ACTOR, later(w.at, DAY_SECONDS))
        row = w.row("rounds", round_id) or {}
        number, entry = 0, f"{round_id}.{resident_id}"
        while (old := w.row("round_calls", entry)) is not None:
            if old["stage"] == life.OPEN:
                return entry
            number += 1
            entry = f"{round_id}.{resident_id}.{number}"
        due_at = later(w.at, within) if within else None
        return self._due(w, row, person, None, bool(within), due_at, why, number)

    # --- giving up ------------------------------------------------------------------------------------------------

    def stop(self, w: Writing, user: Who, round_id: str, reason: str) -> Row:
        """End a round with people left. Not while somebody is left whose silence sends somebody."""
        row = w.row("rounds", round_id)
        if row is None:
            raise NotThere(f"there is no round {round_id}")
        if row["stage"] != life.OPEN:
            raise NotNow("moved_on", "This round has ended", "Look at the list again")
        closely = self.rounds.closely_left(w.conn, round_id)
        if closely or row["left"]:
            raise NotNow("closely_left", "{n} people who must not be left have not been reached", "Ring them first",
                         n=closely + len(row["left"]))  # fmt: skip
        for entry in self.rounds.open_entries(w.conn, round_id):
            body = {"round": round_id, "entry": entry["id"], "result": "stopped", "words": reason, "name": user.name,
                    "case": None}  # fmt: skip
            w.append(round_stream(round_id), "RoundCallDone", body, actor(user))
        body = {"round": round_id, "reason": reason, "name": user.name}
        w.append(round_stream(round_id), "RoundStopped", body, actor(user))
        return w.row("rounds", round_id) or {}
