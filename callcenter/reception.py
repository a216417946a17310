"""Reception: what the exchange says becomes telephone calls and cases. One case per home; nobody who rings is missed.

Every verb takes the ``Writing`` it happens in. What is heard twice, or too late to be true, changes nothing.
"""

from typing import Any
from zoneinfo import ZoneInfo

from callcenter.desk import Who, actor, known_call
from callcenter.opener import Opener
from callcenter.ring_again import ring_again
from callcenter.rules import call as life
from callcenter.rules.call import REOPEN_SECONDS, NotNow, NotThere
from callcenter.rules.callers import account_of_caller
from callcenter.rules.events import Row, call_stream
from callcenter.rules.in_hand import runs_by_itself
from callcenter.rules.numbers import bare
from callcenter.rules.risk import at_least
from callcenter.rules.telephony import FACTS, IN, OUT, Heard, abandoned, claimed, may, talk_stream
from callcenter.rules.times import later, seconds_between
from callcenter.rules.triage import after_an_end
from callcenter.store.cases import Cases
from callcenter.store.log import Writing
from callcenter.store.talks import Talks
from callcenter.store.whose import case_of_caller

EXCHANGE = "exchange"  # the actor of what the exchange said
STRANGER = 0  # instead of a home: the caller is none of these
SERVICE = 3
NOTED = {"joined", "ended", "held", "resumed", "recorded", "refused"}


class Reception:
    def __init__(self, cases: Cases, talks: Talks, zone: ZoneInfo, missed_seconds: float):
        self.cases, self.talks, self.zone, self.missed_seconds = cases, talks, zone, missed_seconds

    # --- what the exchange says -----------------------------------------------------------------------------

    def hear(self, w: Writing, heard: Heard) -> None:
        row, kind = w.row("talks", heard.talk), FACTS[heard.what]
        if row is None and heard.what == "answered" and not heard.talk.startswith("o-"):
            self._append(w, heard, "TalkRang", number=heard.number, line=heard.line)  # its ring was never heard
            row = w.row("talks", heard.talk)
        if not may(row, kind):
            return
        said = {name: value for name in ("number", "line", "extension", "cause", "reference")
                if (value := getattr(heard, name)) or name == "number"}  # fmt: skip
        seat = self.talks.seat(w.conn, heard.extension) if heard.what == "answered" else None
        if seat:
            said |= {"user_id": seat["id"], "name": seat["name"]}
        self._append(w, heard, kind, **said)
        row = w.row("talks", heard.talk)
        assert row is not None
        if heard.what == "answered":
            self._picked_up(w, row, seat)
        elif heard.what in NOTED:
            self.note(w, row, heard.what, **said)
        if heard.what == "ended" and abandoned(row, self.missed_seconds):
            self._missed(w, row)

    @staticmethod
    def _append(w: Writing, heard: Heard, kind: str, **said: Any) -> None:
        w.append(talk_stream(heard.talk), kind, {"talk": heard.talk, "at": heard.at, **said}, EXCHANGE)

    def _picked_up(self, w: Writing, row: Row, seat: Row | None) -> None:
        """Whoever lifts the handset has the case, if it is plain whose it is; else the strip asks."""
        if row["direction"] == IN and seat and row["call_id"] is None:
            self._case_of(w, row, self._only_home(w, row), seat)
            row = w.row("talks", row["id"]) or row
        self.note(w, row, "answered", seconds=seconds_between(row["rang_at"], row["answered_at"]))
        if row["direction"] == IN and seat and row["call_id"]:
            self._take(w, row["call_id"], seat)

    def _missed(self, w: Writing, row: Row) -> None:
        """Somebody rang and nobody answered: a case says so until they have been rung back."""
        body = {"talk": row["id"], "seconds": seconds_between(row["rang_at"], row["ended_at"]), "number": row["number"]}
        if row["call_id"] is None:
            self._case_of(w, row, self._only_home(w, row) or STRANGER, None, kind="missed_call")
            row = w.row("talks", row["id"]) or row
        w.append(talk_stream(row["id"]), "TalkMissed", {**body, "call": row["call_id"]}, EXCHANGE)
        self.note(w, row, "missed", news=True, **body)
        if call := w.row("calls", row["call_id"]):
            ring_again(w, call, call["priority"], EXCHANGE)

    # --- what people do -------------------------------------------------------------------------------------

    def claim(self, w: Writing, talk_id: str, user: Who, home_id: int | None = None) -> Row:
        """An operator takes who rings: the case of that home is opened or joined. Returns the telephone call."""
        row = self._talk(w, talk_id)
        late = row["stage"] == "ended" and row["user_id"] == user.id and row["call_id"] is None
        if row["stage"] == "ended" and not late:  # whoever spoke may still say whose case it was
            raise NotNow("moved_on", "The caller has hung up", "Ring back; who rang in vain has a case in the queue")
        if row["direction"] != IN:
            raise NotNow("not_incoming", "This is not an incoming telephone call", "Look at the telephone again")
        if row["claimed_id"] not in (None, user.id) and claimed(row, w.at):
            raise NotNow("taken", "{name} takes this telephone call", "Take the next call", name=row["claimed_name"])
        if row["answered_at"] and row["user_id"] not in (None, user.id):
            raise NotNow("taken", "{name} speaks in this telephone call", "Take the next call", name=row["user_name"])
        if not late:
            self._say(w, row, "TalkClaimed", user)
        if row["call_id"] is None:
            chosen = self._only_home(w, row) if home_id is None else home_id
            if chosen is None:
                raise NotNow("which_home", "This number belongs to several homes", "Choose the home in the strip")
            self._case_of(w, row, chosen, {"id": user.id, "name": user.name})
        row = self._talk(w, talk_id)
        self._take(w, row["call_id"], {"id": user.id, "name": user.name})
        return row

    def dial(self, w: Writing, talk_id: str, user: Who, number: str, call_id: str | None, purpose: str) -> Row:
        """Ring a number from this person's telephone; what follows is the exchange's business."""
        extension = self.talks.extension(w.conn, user.id)
        if not extension:
            raise NotNow(
                "no_extension", "Nobody knows which telephone stands at your seat", "Enter its extension first"
            )
        if self.talks.busy(w.conn, user.id):
            raise NotNow("on_the_line", "You are on the telephone already", "Hang up first, or add a third party")
        if call_id:
            known_call(w, call_id)
        body = {"talk": talk_id, "at": w.at, "number": number, "extension": extension, "user_id": user.id,
                "name": user.name, "call": call_id, "purpose": purpose, "what": "dial"}  # fmt: skip
        w.append(talk_stream(talk_id), "TalkDialled", body, actor(user))
        row = self._talk(w, talk_id)
        self.note(w, row, "dialled", name=user.name)
        return row

    def ask(self, w: Writing, talk_id: str, user: Who, what: str, number: str = "") -> Row:
        """Hang up, hold, resume, a third party: only for whoever speaks in it."""
        row = self._talk(w, talk_id)
        stages = {"hang_up": ("ringing", "talking", "held"), "hold": ("talking",), "resume": ("held",),
                  "third": ("talking",), "bring": ("ringing",)}[what]  # fmt: skip
        mine = row["claimed_id"] if row["user_id"] is None else row["user_id"]
        if row["stage"] not in stages or (row["third"] and what in ("hold", "third")):
            raise NotNow("not_now", "Not possible while the telephone call is {stage}", "Look at the telephone again",
                         stage=row["stage"])  # fmt: skip
        if mine not in (None, user.id) or (row["direction"] == IN and row["stage"] == "ringing" and mine is None):
            raise NotNow(
                "not_yours", "{name} speaks in this telephone call", "Ask {name}", name=row["user_name"] or "?"
            )
        extension = row["extension"] or self.talks.extension(w.conn, user.id)
        self._say(w, row, "TalkAsked", user, what=what, number=number, extension=extension)
        return self._talk(w, talk_id)

    def open_recording(self, w: Writing, talk_id: str, user: Who) -> Row:
        """Who listens to what was said is written down, in the call and in the case."""
        row = self._talk(w, talk_id)
        if not row["recording"]:
            raise NotThere(f"there is no recording of {talk_id}")
        self._say(w, row, "RecordingOpened", user, reference=row["recording"])
        self.note(w, row, "recording_opened", name=user.name, reference=row["recording"])
        return row

    def sit_down(self, w: Writing, user: Who, extension: str) -> list[str]:
        """This telephone is this person's now. Returns the names of those whose it was."""
        before = [one["name"] for one in self.talks.sit_down(w.conn, user.id, extension)]
        body = {"user_id": user.id, "name": user.name, "extension": extension, "before": before}
        w.append("users", "SeatTelephoneChanged", body, actor(user))
        return before

    # --- whose case -----------------------------------------------------------------------------------------

    def _only_home(self, w: Writing, row: Row) -> int | None:
        """The one home this number leads to; ``STRANGER`` when it leads to none, None when there are several."""
        homes = {one["home_id"] for one in self.talks.callers(w.conn, row["number"]) if one["home_id"]}
        return next(iter(homes)) if len(homes) == 1 else STRANGER if not homes else None

    def _case_of(self, w: Writing, row: Row, home_id: int | None, seat: Row | None, kind: str = "phone_call") -> None:
        """Open or join a case, and tie the telephone call to it. Nothing while it is open whose it is."""
        if home_id is None:
            return
        callers = self.talks.callers(w.conn, row["number"])
        who = next((one for one in callers if one["home_id"] == home_id or (not home_id and one["carer_id"])), None)
        if home_id and who is None:
            raise NotThere(f"this number does not belong to home {home_id}")
        by = f"user:{seat['id']} {seat['name']}" if seat else EXCHANGE
        call_id = self._joined(w, row, who, home_id) or self._opened(w, row, who, kind, by)
        w.append(talk_stream(row["id"]), "TalkLinked", {"talk": row["id"], "call": call_id}, by)
        linked = {**row, "call_id": call_id}
        call = w.row("calls", call_id) or {}
        others = bool(seat and call.get("holder_id") not in (None, seat["id"]))  # whoever has it must hear of it
        self.note(w, linked, "rang", news=others, rang_at=row["rang_at"], caller=_caller(who))

    def _joined(self, w: Writing, row: Row, who: Row | None, home_id: int) -> str | None:
        if home_id:
            return Opener(w, self.cases, self.zone).open_at(home_id)
        if who and (found := self.talks.case_of_carer(w.conn, who["carer_id"])):
            return found
        found_case = case_of_caller(w, _account(row))
        return found_case["id"] if found_case else None

    def _opened(self, w: Writing, row: Row, who: Row | None, kind: str, by: str) -> str:
        where: Row = {**(who or {}), "account": "" if who and who["home_id"] else _account(row)}
        priority = at_least(SERVICE, where.get("tier") or "")
        number, name = bare(row["number"]) or row["number"], _caller(who)
        more: Row = {}
        if where.get("home_id"):
            parts = (number, name)
            since = later(w.at, -REOPEN_SECONDS)
            if ended := self.talks.ended_since(w.conn, where["home_id"], since):
                priority, more = after_an_end(priority, ended), {"linked": ended}  # as a pager that is pressed again
        else:
            parts = (name, number)
            more = {"caller": {"name": name, "phone": bare(row["number"]), "place": ""}}
        words = " ".join(part for part in parts if part)
        where.pop("carer_id", None)
        return Opener(w, self.cases, self.zone).open(kind, priority, "phone", words, where, by, **more)

    @staticmethod
    def _take(w: Writing, call_id: str, seat: Row) -> None:
        """Who lifts the handset has the case, unless somebody has it already; nobody has a visit that was booked."""
        call = known_call(w, call_id)
        if runs_by_itself(call):
            w.append(call_stream(call_id), "CallRungAgain", {"priority": call["priority"]}, EXCHANGE)
            call = known_call(w, call_id)
        kind = {life.WAITING: "CallAnswered", life.ON_HOLD: "CallResumed"}.get(call["stage"])
        if kind:
            body = {"user_id": seat["id"], "name": seat["name"]}
            w.append(call_stream(call_id), kind, body, f"user:{seat['id']} {seat['name']}")

    # --- common ground --------------------------------------------------------------------------------------

    def note(self, w: Writing, row: Row, what: str, *, news: bool = False, **more: Any) -> None:
        """A line on the timeline of its case, if it has one."""
        if not row["call_id"] or (what == "ended" and row["direction"] == IN and not row["answered_at"]):
            return  # that a caller hung up in vain is said as missed
        body = {"talk": row["id"], "what": what, "direction": row["direction"], "purpose": row["purpose"],
                "name": row["user_name"] or row["claimed_name"], "extension": row["extension"], **more}  # fmt: skip
        body["number"] = more.get("number") or row["number"]
        if what == "ended" and row["answered_at"]:
            body["seconds"] = seconds_between(row["answered_at"], row["ended_at"])
        who = f"user:{row['user_id']} {row['user_name']}" if row["user_id"] and row["direction"] == OUT else EXCHANGE
        w.append(call_stream(row["call_id"]), "TalkNoted", body | ({"news": True} if news else {}), who)

    @staticmethod
    def _say(w: Writing, row: Row, kind: str, user: Who, **more: Any) -> None:
        body = {"talk": row["id"], "user_id": user.id, "name": user.name, **more}
        w.append(talk_stream(row["id"]), kind, body, actor(user))

    @staticmethod
    def _talk(w: Writing, talk_id: str) -> Row:
        row = w.row("talks", talk_id)
        if row is None:
            raise NotThere(f"there is no telephone call {talk_id}")
        return row


def _account(row: Row) -> str:
    """A caller nobody knows is known by the number; one who hides it, by this call alone."""
    return account_of_caller(row["number"], row["id"])


def _caller(who: Row | None) -> str:
    """``孙子 王强（王桂兰）``: in what relation, who, and of whom."""
    if who is None:
        return ""
    said = " ".join(part for part in (who["relation"], who["name"]) if part)
    return f"{said}（{who['of']}）" if who["kind"] == "contact" else said
