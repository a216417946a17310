"""The operators' list: whose turn it is, who is ringing whom, what came of it. One person is never rung by two seats.

Whoever takes a person holds them for a few minutes, said again while their card is open; a hold that runs out gives
them back. Nobody who is not reached is dropped: first again, then the contacts, then a case, and for those whose
silence counts somebody goes there.
"""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.desk import Who, actor
from callcenter.opener import Opener
from callcenter.rounding import ACTOR
from callcenter.rules import rounds as life
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.call_hours import CallHours, next_allowed
from callcenter.rules.events import Row
from callcenter.rules.rounds import round_stream
from callcenter.rules.times import later, moment, seconds_between
from callcenter.rules.watch import WELFARE_KIND
from callcenter.store.cases import Cases
from callcenter.store.log import Writing
from callcenter.store.rounds import Rounds
from callcenter.store.watching import Watching

SOURCE = "round"
AGAIN_SECONDS, URGENT_AGAIN_SECONDS = 3600.0, 600.0
URGENT, USUAL = 2, 3  # priorities
IN_VAIN = {life.NO_ANSWER: "未接", life.WRONG_NUMBER: "号码不对"}  # as the case is told
AskVisit = Callable[[Writing, str, str], object]
GoneAway = Callable[[Writing, Who, Row, str, str], object]


class Ringing:
    """``ask_visit`` sends somebody for a case; ``gone_away`` notes that a person is away until a moment."""

    def __init__(
        self, cases: Cases, rounds: Rounds, zone: ZoneInfo, hours: CallHours, ask_visit: AskVisit, gone_away: GoneAway
    ):
        self.cases, self.rounds, self.zone, self.hours = cases, rounds, zone, hours
        self.ask_visit, self.gone_away = ask_visit, gone_away

    # --- whose turn it is -----------------------------------------------------------------------------------------

    def ready(self, rows: list[Row], now: str) -> list[Row]:
        """Who may be rung now, in the order to ring them. Elders rest at noon and at night; what is urgent is not asked
        to wait."""
        local = moment(now).astimezone(self.zone)
        day = self.hours.allowed(local)
        may = [row for row in rows if row["from_at"] <= now and (day or row["urgent"]) and not row["busy"]
               and not _is_away(row, now)]  # fmt: skip
        return sorted(may, key=lambda row: life.order(row, local.hour))

    def next(self, w: Writing, user: Who) -> Row:
        """The next person for this seat: the one it holds already, else the first nobody holds."""
        found = self.ready(self.rounds.open_entries(w.conn), w.at)
        held = [row for row in found if row["holder_id"] == user.id and (row["held_until"] or "") > w.at]
        for row in held or found:
            if life.is_free(row, user.id, w.at):
                return self.take(w, row["id"], user)
        raise NotNow("nobody", "Nobody is to be rung now", "Look at who comes later")

    def take(self, w: Writing, entry_id: str, user: Who) -> Row:
        """Hold this person, or say again that one does. The loser is told who has them."""
        row = self._open(w, entry_id)
        if not life.is_free(row, user.id, w.at):
            raise NotNow("taken", "{name} is ringing this person", "Take the next one", name=row["holder_name"])
        mine = row["holder_id"] == user.id and (row["held_until"] or "") > w.at
        latest = later(row["held_since"] if mine else w.at, life.MOST_HELD_SECONDS)
        if latest <= w.at:
            raise NotNow("held_long", "This person has been held for twenty minutes", "Say what came of it")
        until = min(later(w.at, life.HELD_SECONDS), latest)
        return self._say(w, row, "RoundCallTaken", user, until=until)

    def give_back(self, w: Writing, entry_id: str, user: Who) -> Row:
        row = self._open(w, entry_id)
        if row["holder_id"] != user.id:
            raise NotNow("not_held", "You are not ringing this person", "Nothing to do")
        return self._say(w, row, "RoundCallReleased", user, why="given_back")

    # --- what came of it ------------------------------------------------------------------------------------------

    def say(self, w: Writing, entry_id: str, user: Who, result: str, words: str = "", at: str = "") -> Row:
        """The result of a call. ``at``: when to ring again, or until when somebody is away."""
        row = self._open(w, entry_id)
        if not life.is_free(row, user.id, w.at):
            raise NotNow("taken", "{name} is ringing this person", "Take the next one", name=row["holder_name"])
        if result not in life.SAYS[row["step"]]:
            raise NotNow("not_now", "This cannot be said of this call now", "Look at the list again")
        if result in life.NEEDS_WORDS and not words:
            raise NotNow("words", "This result needs words", "Write what was said, in a few words")
        if result in life.MOVES_ON:
            return self._moved_on(w, row, user, result, words, at)
        if result == life.CONTACT_NONE:
            return self._unreached(w, row, words, user.name, actor(user))
        case = None
        if result == life.NEEDS:
            case = self._case(w, row, "service", USUAL, words, actor(user))
        elif result == life.HELP:
            case = self._case(w, row, WELFARE_KIND, URGENT, words, actor(user))
        elif result == life.AWAY:
            self.gone_away(w, user, row, at, words)
        return self._end(w, row, result, words, user.name, actor(user), case)

    def _moved_on(self, w: Writing, row: Row, user: Who, result: str, words: str, at: str) -> Row:
        """Again later, or on to the contacts when it was in vain often enough or the number is wrong."""
        tries = 1 + sum(one["result"] == life.NO_ANSWER for one in row["tries"])
        most = (w.row("rounds", row["round_id"]) or {}).get("tries", 2)
        vain = result == life.WRONG_NUMBER or (result == life.NO_ANSWER and tries >= most)
        step = life.CONTACT if vain else row["step"]
        again_at, due_at = self._again(w, row, result, at), row["due_at"]
        if step == life.CONTACT and row["step"] == life.RING:
            again_at = w.at
            if row["closely"] or row["urgent"]:  # from here on somebody has to know soon, whoever sits at the desk
                latest = later(w.at, life.CONTACT_SECONDS)
                due_at = min(due_at, latest) if due_at else latest
        elif result == life.LATER and due_at and again_at > due_at:  # they spoke to us, and asked for another hour
            due_at = later(again_at, life.CONTACT_SECONDS)
        return self._say(w, row, "RoundCallTried", user, result=result, words=words, again_at=again_at, step=step,
                         due_at=due_at)  # fmt: skip

    def _again(self, w: Writing, row: Row, result: str, at: str) -> str:
        usual = later(w.at, URGENT_AGAIN_SECONDS if row["urgent"] else AGAIN_SECONDS)
        if result == life.LATER and not at:
            raise NotNow("no_time", "When is this person to be rung?", "Choose a time")
        if at and not 0 < seconds_between(w.at, at) <= life.MOST_LATER_DAYS * 86400:
            raise NotNow("no_time", "A call is put off by a week at most", "Choose a time from now on")
        return (at or usual) if row["urgent"] else next_allowed(at or usual, self.zone, self.hours)

    # --- the clock ------------------------------------------------------------------------------------------------

    def clock(self, w: Writing, row: Row, now: str) -> None:
        """A hold has run out, or nobody has reached somebody who must be reached."""
        if row["next_step"] == life.RELEASE:
            body = {"round": row["round_id"], "entry": row["id"], "why": "expired", "name": ""}
            w.append(round_stream(row["round_id"]), "RoundCallReleased", body, ACTOR)
            row = w.row("round_calls", row["id"]) or row
        if row["due_at"] and row["due_at"] <= now:
            self._unreached(w, row, "", "", ACTOR)

    def _unreached(self, w: Writing, row: Row, words: str, name: str, who: str) -> Row:
        """Nobody knows how this person is: a case, and for those whose silence counts somebody goes and looks."""
        grave = row["closely"] or row["urgent"]
        title = (w.row("rounds", row["round_id"]) or {}).get("name", "")
        said = "；".join(part for part in (title, self._tried(row), words) if part)
        case = self._case(w, row, WELFARE_KIND, URGENT if grave else USUAL, said, who)
        if grave and not Watching.being_visited(w.conn, case):
            self.ask_visit(w, case, ACTOR)
        return self._end(w, row, life.UNREACHED, words, name, who, case)

    def _tried(self, row: Row) -> str:
        tries = ((moment(one["at"]).astimezone(self.zone), IN_VAIN.get(one["result"])) for one in row["tries"])
        return "、".join(f"{at:%H:%M} {words}" for at, words in tries if words)

    # --- common ground --------------------------------------------------------------------------------------------

    def _case(self, w: Writing, row: Row, kind: str, priority: int, words: str, who: str) -> str:
        """A case for this home; one that is open already is told, and never becomes less urgent by it."""
        opener = Opener(w, self.cases, self.zone)
        found = opener.open_at(row["home_id"])
        if found is None:
            place = {name: row[name] for name in ("home_id", "station_id", "resident_id", "tier")}
            return opener.open(kind, priority, SOURCE, words, place, who)
        opener.join(found, kind, priority, words, who)
        return found

    def _end(self, w: Writing, row: Row, result: str, words: str, name: str, who: str, case: str | None) -> Row:
        body = {"round": row["round_id"], "entry": row["id"], "result": result, "words": words, "name": name,
                "case": case}  # fmt: skip
        w.append(round_stream(row["round_id"]), "RoundCallDone", body, who)
        return w.row("round_calls", row["id"]) or {}

    @staticmethod
    def _open(w: Writing, entry_id: str) -> Row:
        row = w.row("round_calls", entry_id)
        if row is None:
            raise NotThere(f"there is no call {entry_id}")
        if row["stage"] != life.OPEN:
            raise NotNow("moved_on", "{name} has done this call", "Take the next one", name=row["done_by"] or "—")
        return row

    @staticmethod
    def _say(w: Writing, row: Row, kind: str, user: Who, **more: Any) -> Row:
        body = {"round": row["round_id"], "entry": row["id"], "user_id": user.id or None, "name": user.name, **more}
        w.append(round_stream(row["round_id"]), kind, body, actor(user))
        return w.row("round_calls", row["id"]) or {}


def _is_away(row: Row, now: str) -> bool:
    """Whether somebody comes back is asked while they are away: of their family."""
    return (row["away_until"] or "") > now and row["kind"] != "absence"
