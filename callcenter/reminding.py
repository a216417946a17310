"""Reminders: a watch that can speak says it, else an operator does; a press afterwards confirms. A medicine that was
not confirmed twice becomes somebody's task."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from callcenter.desk import Who, actor
from callcenter.orders import Orders
from callcenter.rounding import ACTOR, Rounding
from callcenter.rules import reminders as life
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.events import Row
from callcenter.rules.reminders import reminder_stream
from callcenter.rules.times import later
from callcenter.store.elders import Elders
from callcenter.store.log import Writing

LONGEST = 60  # characters a watch shows or speaks
CALL_SECONDS = 3600.0  # within which an operator has told it
CanTell = Callable[[str], bool]


class Reminding:
    """``can_tell``: may devices on this line be made to show or speak words?"""

    def __init__(self, rounding: Rounding, zone: ZoneInfo, can_tell: CanTell):
        self.rounding, self.zone, self.can_tell = rounding, zone, can_tell

    def set(
        self, w: Writing, user: Who, resident_id: int, kind: str, words: str, minutes: list[int], day: str = ""
    ) -> Row:  # fmt: skip
        person = Elders.people(w.conn, [resident_id]).get(resident_id)
        if person is None:
            raise NotThere(f"there is no resident {resident_id}")
        if len(words) > LONGEST:
            raise NotNow("too_long", "A reminder has 60 characters at most", "Shorten it")
        said: Row = {"minutes": sorted(set(minutes)), "day": day}
        next_at = life.next_tell(said, w.at, self.zone)
        if next_at is None:
            raise NotNow("past", "This moment is over", "Choose a day to come")
        stream = reminder_stream(resident_id)
        reminder_id = f"{resident_id}.{w.version(stream) + 1}"
        body = {"reminder": reminder_id, "resident_id": resident_id, "home_id": person["home_id"], "kind": kind,
                "words": words, **said, "name": user.name, "next_at": next_at}  # fmt: skip
        w.append(stream, "ReminderSet", body, actor(user))
        return w.row("reminders", reminder_id) or {}

    def stop(self, w: Writing, user: Who, reminder_id: str) -> Row:
        row = w.row("reminders", reminder_id)
        if row is None or not row["active"]:
            raise NotThere(f"there is no reminder {reminder_id}")
        self._say(w, row, "ReminderStopped", actor(user), name=user.name)
        return w.row("reminders", reminder_id) or {}

    # --- the clock ------------------------------------------------------------------------------------------------

    def clock(self, w: Writing, row: Row, _now: str) -> None:
        person = Elders.people(w.conn, [row["resident_id"]]).get(row["resident_id"])
        if person is None:
            self._say(w, row, "ReminderStopped", ACTOR, name="")
        elif row["next_step"] == life.CONFIRM:
            self._look(w, row)
        elif (person["away_until"] or "") > w.at:
            self._say(w, row, "ReminderMissed", ACTOR, misses=row["misses"], why="away", next_at=self._next(w, row))
        else:
            self._tell(w, row)

    def _tell(self, w: Writing, row: Row) -> None:
        device = Elders.device_of(w.conn, row["home_id"])
        if device and self.can_tell(device["line"]):
            Orders.tell(w, device["account"], row["words"], "", ACTOR)
            self._say(w, row, "ReminderTold", ACTOR, how="device", next_at=later(w.at, life.CONFIRM_SECONDS))
            return
        self._task(w, row)
        self._say(w, row, "ReminderMissed", ACTOR, misses=0, why="by_telephone", next_at=self._next(w, row))

    def _look(self, w: Writing, row: Row) -> None:
        """Half an hour later: did anybody press?"""
        sign = Elders.sign(w.conn, row["resident_id"], row["home_id"], row["told_at"])
        if sign is not None:
            self._say(w, row, "ReminderConfirmed", ACTOR, confirmed_at=sign[0], how=sign[1], next_at=self._next(w, row))
            return
        misses = row["misses"] + 1
        if row["kind"] == life.MEDICINE and misses >= life.MOST_MISSES:
            self._task(w, row)
            misses = 0
        self._say(w, row, "ReminderMissed", ACTOR, misses=misses, why="silent", next_at=self._next(w, row))

    def _task(self, w: Writing, row: Row) -> None:
        why = {"reminder": row["id"], "kind": row["kind"], "words": row["words"]}
        self.rounding.add(w, "reminder", row["resident_id"], within=CALL_SECONDS, why=why)

    def _next(self, w: Writing, row: Row) -> str | None:
        return life.next_tell(row, w.at, self.zone)

    @staticmethod
    def _say(w: Writing, row: Row, kind: str, who: str, **more: object) -> None:
        body = {"reminder": row["id"], "resident_id": row["resident_id"], **more}
        w.append(reminder_stream(row["resident_id"]), kind, body, who)
