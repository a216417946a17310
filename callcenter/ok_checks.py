"""平安打卡: at the end of each window somebody looks who has given no sign today; only they are rung, and soon."""

from typing import Any
from zoneinfo import ZoneInfo

from callcenter.desk import Who, actor
from callcenter.rounding import ACTOR, Rounding
from callcenter.rules import ok_checks as life
from callcenter.rules import rounds
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.events import Row
from callcenter.rules.ok_checks import ok_stream
from callcenter.rules.rounds import round_stream
from callcenter.store.elders import Elders
from callcenter.store.log import Log, Writing
from callcenter.store.rounds import Rounds

SILENT_SECONDS = 1800.0  # within which a silent person is reached, or has a case
LEAST_MINUTES = 30


class OkChecks:
    def __init__(self, log: Log, rounds_: Rounds, rounding: Rounding, zone: ZoneInfo):
        self.log, self.rounds, self.rounding, self.zone = log, rounds_, rounding, zone

    # --- said by people -------------------------------------------------------------------------------------------

    def enrol(self, w: Writing, user: Who, resident_id: int, from_minute: int, until_minute: int) -> Row:
        """From the next window on this person's silence is noticed."""
        person = Elders.people(w.conn, [resident_id]).get(resident_id)
        if person is None:
            raise NotThere(f"there is no resident {resident_id}")
        if not life.DAY_BEGINS <= from_minute <= until_minute - LEAST_MINUTES <= 24 * 60 - 1 - LEAST_MINUTES:
            raise NotNow(
                "window", "The window begins after 03:00 and lasts half an hour at least", "Choose other times"
            )
        window = {"from_minute": from_minute, "until_minute": until_minute}
        body = {"resident_id": resident_id, "home_id": person["home_id"], **window, "name": user.name,
                "next_at": life.next_end(window, w.at, self.zone)}  # fmt: skip
        w.append(ok_stream(resident_id), "OkEnrolled", body, actor(user))
        return w.row("ok_checks", str(resident_id)) or {}

    def end(self, w: Writing, user: Who, resident_id: int) -> Row:
        row = w.row("ok_checks", str(resident_id))
        if row is None or not row["active"]:
            raise NotThere(f"resident {resident_id} is not enrolled")
        w.append(ok_stream(resident_id), "OkEnded", {"resident_id": resident_id, "name": user.name}, actor(user))
        return w.row("ok_checks", str(resident_id)) or {}

    # --- the clock ------------------------------------------------------------------------------------------------

    def clock(self, w: Writing, row: Row, _now: str) -> None:
        """The window has ended: was there a sign? Away is no silence; who is not registered any more is let go."""
        who, end = int(row["id"]), str(row["next_due_at"])
        person = Elders.people(w.conn, [who]).get(who)
        body: Row = {"resident_id": who, "next_at": life.next_end(row, w.at, self.zone)}
        if person is None:
            w.append(ok_stream(who), "OkEnded", {"resident_id": who, "name": ""}, ACTOR)
            return
        sign = Elders.sign(w.conn, who, person["home_id"], life.day_began(end, self.zone))
        if sign is not None:
            w.append(ok_stream(who), "OkHeard", {**body, "heard_at": sign[0], "how": sign[1]}, ACTOR)
        elif (person["away_until"] or "") > w.at:
            w.append(ok_stream(who), "OkPassed", {**body, "why": "away"}, ACTOR)
        else:
            entry = self.rounding.add(w, "ok", who, within=SILENT_SECONDS, why={"since": w.at})
            w.append(ok_stream(who), "OkSilent", {**body, "entry": entry}, ACTOR)

    def listen(self, now: str) -> int:
        """Who is on today's list and has given a sign meanwhile need not be rung any more. Who is being rung is."""
        with self.log.database.read() as conn:
            if not self._answered(conn, now):
                return 0
        with self.log.writing() as w:
            found = self._answered(w.conn, w.at)
            for row, (at, how) in found:
                body = {"round": row["round_id"], "entry": row["id"], "result": rounds.SIGN, "words": f"{how} {at}",
                        "name": "", "case": None}  # fmt: skip
                w.append(round_stream(row["round_id"]), "RoundCallDone", body, ACTOR)
        return len(found)

    def _answered(self, conn: Any, now: str) -> list[tuple[Row, tuple[str, str]]]:
        waiting = self.rounds.silent(conn, now)
        signs = ((row, Elders.sign(conn, row["resident_id"], row["home_id"], row["why"]["since"])) for row in waiting)
        return [(row, sign) for row, sign in signs if sign]
