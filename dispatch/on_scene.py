"""On the scene: a carer alone in a home. Help for them, the clock that asks after them, and what they take back.

Every verb takes the ``Writing`` it happens in, like the dispatcher's own.
"""

from collections.abc import Mapping

from callcenter.desk import known_call
from callcenter.ring_again import ring_again
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.events import Body, Row, call_stream
from callcenter.rules.times import moment, seconds_between
from callcenter.store import alone
from callcenter.store.log import Writing
from dispatch.asking import CLOCK
from dispatch.dispatcher import Dispatcher
from dispatch.rules import stay
from dispatch.rules import visit as life
from dispatch.rules.ladder import Step
from dispatch.rules.proof import stronger

SOS_KIND, SOURCE = "carer_sos", "carer"
UNDO_SECONDS = 60.0  # the phone offers ten; a tap that waited for a network is not refused for that
HEADS = 2  # of the carer's station, told when a carer is silent
# Why a second carer is wanted: the urgency it gives the call.
HELP = {"heavy": 2, "worse": 1, "locked_out": 2, "threatened": 1}
# The step that a carer takes back: from which stage, the fact, and the moment that is no longer true.
UNDONE = {
    "depart": (life.ON_THE_WAY, "DepartureUndone", "departed_at"),
    "arrive": (life.ARRIVED, "ArrivalUndone", "arrived_at"),
}
LOUD = frozenset({"second_carer", "stale"})  # steps of a carer who is not heard of
SILENT = "护理员在现场没有回应：{name}"
TOLD = {
    "ring": "任务 {call}：您还好吗？请打开手机页面按“我没事”",
    "station_head": "任务 {call}：护理员在现场没有回应，请马上联系",
}


class OnScene:
    def __init__(self, dispatcher: Dispatcher):
        self.dispatcher, self.cases, self.people = dispatcher, dispatcher.cases, dispatcher.people

    # --- what the carer says ----------------------------------------------------------------------------------

    def undo(self, w: Writing, visit_id: str, carer_id: int, who: str, step: str, phone_at: str = "") -> Row:
        """The last touch was a mistake. Both stay in the log: what was said, and that it was taken back.

        Accepting is not taken back: others were told at once that somebody goes. Whoever cannot go rings the centre.
        """
        stage, kind, column = UNDONE[step]
        visit = self.theirs(w, visit_id, carer_id)
        if visit["stage"] != stage:
            raise NotNow("not_now", "The visit is already {stage}", "Look at the job again", visit=visit,
                         stage=visit["stage"])  # fmt: skip
        said_at = min(phone_at, w.at) if phone_at else w.at
        if seconds_between(visit[column], said_at) > UNDO_SECONDS:
            raise NotNow("too_late", "This step can no longer be taken back", "Ring the centre", visit=visit)
        others = [v[column] for v in self.dispatcher.visits(w, visit["call_id"]) if v["id"] != visit_id and v[column]]
        more: Body = {"was_at": visit[column], "first_at": min(others, default=None)}
        if step == "arrive":
            more["taught"] = w.row("journeys", visit_id) is not None
        return self.dispatcher.told(w, visit, carer_id, kind, who, phone_at, **more)

    def need_help(
        self, w: Writing, visit_id: str, carer_id: int, who: str, reason: str, words: str, phone_at: str = ""
    ) -> Row:
        """A second carer is wanted here. ``reason`` is one of ``HELP``, ``words`` what the second one reads."""
        visit = self.theirs(w, visit_id, carer_id)
        if visit["stage"] not in life.GOING:
            raise NotNow("not_now", "The visit is already {stage}", "Look at the job again", visit=visit,
                         stage=visit["stage"])  # fmt: skip
        call = known_call(w, visit["call_id"])
        more = {"reason": reason, "words": words, "priority": HELP[reason]}
        visit = self.dispatcher.told(w, visit, carer_id, "HelpNeeded", who, phone_at, **more)
        self._second(w, visit, who, words)
        ring_again(w, call, HELP[reason], who)  # the desk hears what has become graver: there they decide about 120
        return visit

    def check_in(self, w: Writing, visit_id: str, carer_id: int, who: str, phone_at: str = "") -> Row:
        """I am fine: the stay timer begins anew."""
        visit = self.theirs(w, visit_id, carer_id)
        if visit["stage"] != life.ARRIVED or not visit["stay_seconds"]:
            raise NotNow("not_now", "The visit is already {stage}", "Look at the job again", visit=visit,
                         stage=visit["stage"])  # fmt: skip
        more = stay.at_rung(0, w.at, visit["stay_seconds"])
        return self.dispatcher.told(w, visit, carer_id, "CarerCheckedIn", who, phone_at, **more)

    def sos(
        self, w: Writing, carer_id: int, who: str, phone_at: str = "", position: Mapping[str, float] | None = None
    ) -> Row:
        """A carer is in danger: a call of the highest urgency about them, and the nearest others are asked at once.

        It is no call of the home they are in: whoever lives there may press their own pager meanwhile. Returns the
        call; a second SOS while it is open rings again.
        """
        carer = next((row for row in self.people.carers(moment(w.at)) if row["id"] == carer_id), None)
        if carer is None:
            raise NotThere(f"there is no carer {carer_id}")
        place = [position["latitude"], position["longitude"]] if position else None
        said: Body = {
            "account": f"carer-{carer['code']}"[:32], "kind": SOS_KIND, "code": "", "restore": False, "priority": 1,
            **({"position": place} if place else {}), **({"phone_at": phone_at} if phone_at else {}),
        }  # fmt: skip
        open_id = alone.call_for_help(w.conn, carer_id)
        if open_id is None:
            return self._open_sos(w, carer, said, who)
        call = w.row("calls", open_id)
        assert call is not None
        w.append(call_stream(open_id), "PressRepeated", said, who)
        ring_again(w, call, 1, who)
        return w.row("calls", open_id) or call

    def _open_sos(self, w: Writing, carer: Row, said: Body, who: str) -> Row:
        going = self.cases.busy(w.conn).get(carer["id"])
        inside = going if going and going["stage"] == life.ARRIVED else None
        home = self.people.need(inside["home_id"]) if inside and inside["home_id"] else {}
        if home.get("latitude") is not None and "position" not in said:
            said = {**said, "position": [home["latitude"], home["longitude"]]}
        day = moment(w.at).astimezone(self.dispatcher.zone).strftime("%Y%m%d")
        number = self.cases.last_number(w.conn, day) + 1
        call_id = f"{day}-{number:04d}"
        body = {
            **said, "call": call_id, "day": day, "number": number, "source": SOURCE,
            "reason": " ".join(filter(None, (carer["name"], carer["phone"]))), "community": "", "home_id": None,
            "resident_id": None, "station_id": carer["station_id"], "carer_id": carer["id"],
            "at_home_id": inside["home_id"] if inside else None, "on_visit": going["id"] if going else None,
        }  # fmt: skip
        w.append(call_stream(call_id), "CallOpened", body, who)
        self.dispatcher.request(w, call_id, who)
        call = w.row("calls", call_id)
        assert call is not None
        return call

    def prove_by_tag(self, w: Writing, visit: Row, carer_id: int, who: str, tag: int, phone_at: str = "") -> Row:
        """The carer's phone has read the tag of the visit's home: they are there, if they had not said so yet."""
        if visit["stage"] in life.UNDERWAY:
            return self.dispatcher.arrive(w, visit["id"], carer_id, who, phone_at, tag=tag)
        if visit["stage"] == life.ARRIVED and stronger("tag", visit["proof"]):
            return self.dispatcher.told(w, visit, carer_id, "ArrivalProved", who, phone_at, proof="tag", tag=tag)
        return visit

    # --- what the clock says ----------------------------------------------------------------------------------

    def overdue(self, w: Writing, visit: Row, stale: bool = False) -> Row:
        """The carer in the home has not been heard of: the next rung of ``rules/stay.py``.

        ``stale``: our own clock was away for hours; nobody is sent for that, people are told to ask.
        """
        step = "stale" if stale else visit["stay_step"]
        then = stay.NOTHING if stale else stay.after(step, visit["stay_due_at"], visit["stay_seconds"])
        body = {"visit": visit["id"], "carer_id": visit["carer_id"], "carer_name": visit["carer_name"], "step": step,
                **then}  # fmt: skip
        to = self._to_be_told(w, visit, step)
        visit = self.dispatcher.append(w, visit, "CarerOverdue", {**body, "to": to if step != "ring" else []}, CLOCK)
        if to:
            words = TOLD[step].format(name=visit["carer_name"], call=visit["call_id"])
            asked = {"visit": visit["id"], "who": to[0]["role"], "to": to, "words": words, "priority": 1}
            self.dispatcher.append(w, visit, "NoticeAsked", asked, CLOCK)
        if step in LOUD:
            call = known_call(w, visit["call_id"])
            ring_again(w, call, call["priority"], CLOCK)
        if step == "second_carer":
            self._second(w, visit, CLOCK, SILENT.format(name=visit["carer_name"]))
        return visit

    def _to_be_told(self, w: Writing, visit: Row, step: str) -> list[Row]:
        """The carer themself when they are to be rung; the heads of the station after that."""
        if step == "station_head":
            return self.dispatcher.asking.people_of(w, visit, Step(after=0, who="station_head", at_once=HEADS))
        if step != "ring":
            return []
        carer = next((row for row in self.people.carers(moment(w.at)) if row["id"] == visit["carer_id"]), None)
        return [{"role": "carer", **{name: carer[name] for name in ("id", "name", "phone")}}] if carer else []

    # --- common ground ----------------------------------------------------------------------------------------

    def _second(self, w: Writing, visit: Row, who: str, why: str) -> None:
        """One more carer for this call, unless one is asked or on the way already."""
        others = [v for v in self.dispatcher.visits(w, visit["call_id"]) if v["id"] != visit["id"]]
        if any(v["stage"] in life.ACTIVE for v in others):
            return
        call = w.row("calls", visit["call_id"])
        assert call is not None
        self.dispatcher.open(w, call, who, why=why)

    def theirs(self, w: Writing, visit_id: str, carer_id: int) -> Row:
        visit = w.row("visits", visit_id)
        if visit is None:
            raise NotThere(f"there is no visit {visit_id}")
        if visit["stage"] == life.CANCELLED:
            raise NotNow("cancelled", "This visit was cancelled", "Nothing more to do here", visit=visit)
        if visit["carer_id"] != carer_id:
            raise NotNow("not_yours", "{name} has this visit now", "Nothing more to do here", visit=visit,
                         name=visit["carer_name"] or "—")  # fmt: skip
        return visit
