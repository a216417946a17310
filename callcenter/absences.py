"""Who is away: noted with an end, asked about the day before, ended by itself, and then asked whether they are back.

``residents.away_until`` says it to everybody who reads the register; the row in ``absences`` says why, who told us, and
what is due. When the two differ, because somebody edited or imported the register, the register is followed.
"""

from callcenter.desk import Who, actor
from callcenter.rounding import ACTOR, Rounding
from callcenter.rules import absences as life
from callcenter.rules.absences import away_stream
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.events import Row
from callcenter.rules.times import later
from callcenter.store.away import Away
from callcenter.store.elders import Elders
from callcenter.store.log import Log, Writing
from callcenter.store.watching import Watching

BACK_SECONDS = 4 * 3600.0  # within which somebody knows whether they are back
ADOPT_SECONDS = 60.0  # how often the register is compared


class Absences:
    def __init__(self, log: Log, away: Away, rounding: Rounding):
        self.log, self.away, self.rounding = log, away, rounding
        self._compared = ""

    # --- said by people -------------------------------------------------------------------------------------------

    def begin(
        self, w: Writing, user: Who, resident_id: int, kind: str, until: str, told_by: str, words: str = ""
    ) -> Row:  # fmt: skip
        """Note that somebody is away until then; who is away already has their day moved."""
        person = Elders.people(w.conn, [resident_id]).get(resident_id)
        if person is None:
            raise NotThere(f"there is no resident {resident_id}")
        if refusal := life.why_not(until, w.at):
            raise refusal
        return self._note(w, person, kind, until, told_by, words, user.name, actor(user))

    def gone_away(self, w: Writing, user: Who, entry: Row, until: str, words: str) -> None:
        """Heard while ringing somebody: they are away, or still are."""
        self.begin(w, user, entry["resident_id"], entry["why"].get("kind", "other"), until, "", words)

    def back(self, w: Writing, user: Who, absence_id: str, words: str = "") -> Row:
        """They are at home again: the watch looks at them as at everybody."""
        row = self._on(w, absence_id)
        self._end(w, row, life.BACK, words, user.name, actor(user))
        return w.row("absences", absence_id) or {}

    def _on(self, w: Writing, absence_id: str) -> Row:
        row = w.row("absences", absence_id)
        if row is None:
            raise NotThere(f"there is no absence {absence_id}")
        if row["stage"] != life.ON:
            raise NotNow("moved_on", "This absence has ended", "Look at the list again")
        return row

    # --- keeping it -----------------------------------------------------------------------------------------------

    def _note(
        self, w: Writing, person: Row, kind: str, until: str, told_by: str, words: str, name: str, who: str
    ) -> Row:  # fmt: skip
        stream = away_stream(person["home_id"])
        running = self.away.running(w.conn, person["id"])
        said = {"until_at": until, "told_by": told_by, "words": words, "name": name}
        if running is not None:
            absence = running["id"]
            w.append(stream, "AwayProlonged", {"absence": absence, **said}, who)
        else:
            absence = f"{person['home_id']}.{w.version(stream) + 1}"
            body = {"absence": absence, "home_id": person["home_id"], "resident_id": person["id"], "kind": kind, **said}
            w.append(stream, "AwayBegan", body, who)
        self._register(w, person, until, who)
        return w.row("absences", absence) or {}

    def _end(self, w: Writing, row: Row, why: str, words: str, name: str, who: str) -> None:
        body = {"absence": row["id"], "why": why, "words": words, "name": name}
        w.append(away_stream(row["home_id"]), "AwayEnded", body, who)
        person = Elders.people(w.conn, [row["resident_id"]]).get(row["resident_id"])
        if person is not None and why != life.CHANGED:
            self._register(w, person, None, who)

    @staticmethod
    def _register(w: Writing, person: Row, until: str | None, who: str) -> None:
        """Everybody who remembers the register hears of it, and the watch looks at the home at once."""
        Elders.change(w.conn, person["id"], away_until=until)
        body = {"home": person["home_code"], "changed": [f"{person['code']} away_until"]}
        w.append("people", "PeopleChanged", body, who)
        accounts = [one["account"] for one in Watching.home_devices(w.conn, [person["home_id"]]).get(
            person["home_id"], [])]  # fmt: skip
        Watching.look_soon(w.conn, accounts)

    # --- the clock ------------------------------------------------------------------------------------------------

    def clock(self, w: Writing, row: Row, _now: str) -> None:
        """The day before: does she come back? At the end: is she back? The watch goes on whatever is answered."""
        why = {"absence": row["id"], "kind": row["kind"], "until": row["until_at"]}
        if row["next_step"] == life.REMIND:
            w.append(away_stream(row["home_id"]), "AwayReminded", {"absence": row["id"]}, ACTOR)
            self.rounding.add(w, "absence", row["resident_id"], why=why)
            return
        self._end(w, row, life.DUE, "", "", ACTOR)
        self.rounding.add(w, "absence", row["resident_id"], within=BACK_SECONDS, why=why)

    def adopt(self, now: str) -> int:
        """Follow the register where somebody changed it: no absence there is without an end here, and no end there
        without one here. Returns how many differed."""
        if self._compared and self._compared <= now < later(self._compared, ADOPT_SECONDS):
            return 0
        self._compared = now
        with self.log.database.read() as conn:
            if not self.away.differing(conn, now):
                return 0
        with self.log.writing() as w:
            found = self.away.differing(w.conn, w.at)
            for person in found:
                self._follow(w, person)
        return len(found)

    def _follow(self, w: Writing, person: Row) -> None:
        until, running = person["away_until"], person["absence"]
        if until and until > w.at:
            latest = later(w.at, life.MOST_DAYS * life.DAY_SECONDS)
            self._note(w, person, "other", min(until, latest), "", "", "", "register")
        elif running:
            row = w.row("absences", running)
            if row is not None:
                self._end(w, row, life.CHANGED, "", "", "register")
