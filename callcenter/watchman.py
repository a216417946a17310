"""The watchman: looks at every device when its look is due, says what it finds, and sees to it that somebody acts.

One tick looks (states and protection), then gathers what struck many homes at once (``incidents``), then climbs the
ladder for who is left: device item, welfare call, visit. Everything is read again inside the transaction that writes,
so two dispatchers say nothing twice. A restart loses nothing: when to look next stands in the row.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.cases_of_watch import ACTOR, SOURCE, CasesOfWatch
from callcenter.incidents import Incidents
from callcenter.rules import devices as rules
from callcenter.rules.devices import AMBER, LIVE, SILENT, Judgement
from callcenter.rules.events import Row, device_stream
from callcenter.rules.incidents import Limits
from callcenter.rules.listening import Listening, listening
from callcenter.rules.protection import BEGAN, ENDED, begin, home_stream, same
from callcenter.rules.risk import HIGHEST
from callcenter.rules.times import seconds_between
from callcenter.rules.watch import (
    ITEM,
    ITEM_AGAIN_SECONDS,
    ITEM_KIND,
    SAYS,
    VISIT,
    WELFARE,
    WELFARE_KIND,
    Ladder,
    steps_due,
)  # fmt: skip
from callcenter.settings import Watch
from callcenter.store.cases import Cases
from callcenter.store.log import Log, Writing
from callcenter.store.watching import Watching

AT_ONCE = 200  # devices in one transaction: no press waits behind more
LOOK_BACK = 500  # events followed in one tick

AskVisit = Callable[[Writing, str, str], object]


class Watchman:
    """``ask_visit`` is handed in from above: it sends somebody for a case, in the same transaction.
    Its last argument is in whose name."""

    def __init__(self, log: Log, cases: Cases, settings: Watch, zone: ZoneInfo, ask_visit: AskVisit):
        self.log, self.cases, self.settings, self.zone, self.ask_visit = log, cases, settings, zone, ask_visit
        self.watching = Watching(log.database)
        self.ladder = Ladder(settings.welfare_seconds, settings.visit_seconds)
        limits = Limits(settings.share, settings.homes, settings.window_seconds)
        self.incidents = Incidents(log, cases, self.watching, limits, zone)
        self._began: str | None = None
        self._deaf: tuple[str, ...] | None = None
        self._seq: int | None = None

    def tick(self, now: str) -> int:
        """Returns how many devices were looked at."""
        self._began = self._began or now
        ears = listening(self.cases.signs_of_life(), now, self._began, self.settings.centre_seconds)
        if ears.deaf() != self._deaf:  # everyone's protection has changed, or nobody knows how it stood
            with self.log.database.write() as conn:
                self.watching.look_soon(conn)
            self._deaf = ears.deaf()
        looked = self._look_at(self._heard_of(), ears)
        seen: set[str] = set()
        while accounts := [a for a in self.watching.to_look_at(now, AT_ONCE) if a not in seen]:
            seen.update(accounts)
            looked += self._look_at(accounts, ears)
        self.incidents.tick(ears)
        self._climb(now)
        return looked

    def _heard_of(self) -> list[str]:
        """Registered or not: accounts the log speaks of since the last tick, so that news is acted on at once."""
        if self._seq is None:
            self._seq = self.log.head()
        found = self.log.after(self._seq, LOOK_BACK)
        if found:
            self._seq = found[-1].seq
        told = [e.body["account"] for e in found if e.body.get("account") and e.actor != ACTOR]
        return list(dict.fromkeys(told))

    # --- looking ----------------------------------------------------------------------------------------------

    def _look_at(self, accounts: Sequence[str], ears: Listening) -> int:
        for start in range(0, len(accounts), AT_ONCE):
            with self.log.writing() as w:
                homes = self.watching.homes_of(w.conn, accounts[start : start + AT_ONCE], ears.now)
                running = self.watching.open_periods(w.conn, [home["home_id"] for home in homes if home["home_id"]])
                w.know("protection", running.values())
                w.load("watches", [row["account"] for home in homes for row in home["devices"]])
                looks: list[tuple[str, str]] = []
                for home in homes:
                    judged = self._judge(w, home["devices"], ears)
                    looks += [(row["account"], found.next_look_at) for row, found in judged]
                    if home["home_id"] is not None:
                        self._protect(w, home, judged, running.get(home["home_id"]))
                self.watching.looked(w.conn, looks)
        return len(accounts)

    def _judge(self, w: Writing, rows: Iterable[Row], ears: Listening) -> list[tuple[Row, Judgement]]:
        judged = []
        for row in rows:
            hears, since = ears.on(row["line"])
            found = rules.judge(row, ears.now, since, hears)
            judged.append((row, found))
            again = found.state in (AMBER, SILENT) and found.silent_since != row["silent_since"]
            if again or found.state != (row["state"] or LIVE):
                self._say(w, row, found)
        return judged

    def _say(self, w: Writing, row: Row, found: Judgement) -> None:
        body = {"account": row["account"], "misses": found.misses, "silent_since": found.silent_since}
        w.append(device_stream(row["account"]), SAYS[found.state], body, ACTOR)
        if found.state == LIVE and row["item_id"]:
            self._answers(w, row)

    def _answers(self, w: Writing, row: Row) -> None:
        """A live press came: the item that was only about the silence is done."""
        call = w.row("calls", row["item_id"])
        if call and call["kinds"] == [ITEM_KIND] and call["source"] == SOURCE:
            visited = self.watching.being_visited(w.conn, row["item_id"])
            CasesOfWatch(w, self.cases, self.zone).close(row["item_id"], "restored", visited)

    # --- protection -------------------------------------------------------------------------------------------

    def _protect(self, w: Writing, home: Row, judged: Sequence[tuple[Row, Judgement]], running: Row | None) -> None:
        by_account = {row["account"]: (row, found) for row, found in judged if not row["loan_account"]}
        decides = rules.worst((account, found) for account, (_, found) in by_account.items())
        stream = home_stream(home["home_id"])
        if decides is None or decides[1].status == rules.PROTECTED:
            if running:
                w.append(stream, ENDED, {"period": running["id"], "until": w.at}, ACTOR)
            return
        account, found = decides
        if same(running, found.status, found.reasons[0], account):
            return
        floor = running["since"] if running else self.watching.last_until(w.conn, home["home_id"])
        since = begin({"since": found.since}, floor, w.at)
        if running:
            w.append(stream, ENDED, {"period": running["id"], "until": since}, ACTOR)
        w.append(stream, BEGAN, self._period(w, home, by_account[account][0], found, since), ACTOR)

    @staticmethod
    def _period(w: Writing, home: Row, row: Row, found: Judgement, since: str) -> Row:
        stream = home_stream(home["home_id"])
        return {
            "period": f"{home['home_id']}.{w.version(stream) + 1}", "home_id": home["home_id"],
            "station_id": row["station_id"], "model": row["model"], "account": row["account"],
            "persons": home["persons"], "status": found.status, "reason": found.reasons[0],
            "reasons": list(found.reasons), "since": since,
        }  # fmt: skip

    # --- the ladder -------------------------------------------------------------------------------------------

    def _climb(self, now: str) -> None:
        """Item, welfare call and visit for silent devices, save where an incident holds them or everyone is away."""
        with self.log.database.read() as conn:
            if not self._undone(conn, now):
                return
        with self.log.writing() as w:
            opening = CasesOfWatch(w, self.cases, self.zone)
            for home, row, step in self._undone(w.conn, now):
                self._take_step(w, opening, home, row, step)

    def _undone(self, conn: Any, now: str) -> list[tuple[Row, Row, str]]:
        """``(home, device, step)``: what is due for silent devices and has not been done."""
        homes = [home for home in self.watching.silent_homes(conn, now) if not home["away_until"]]
        calls = self.watching.calls(conn, [row["item_id"] for home in homes for row in home["devices"]])
        found = []
        for home in homes:
            held = self.incidents.holds(home["home_id"], home["tier"], now)
            for row in home["devices"]:
                if row["loan_account"] or row["accepted_at"] is None:
                    continue
                due = steps_due(self.ladder, home["tier"], row["state"], row["silent_since"], now)
                wanted = [step for step in due if held is None or step in held]
                item = calls.get(row["item_id"])
                found += [(home, row, step) for step in wanted if not _taken(row, item, step, now)]
        return found

    def _take_step(self, w: Writing, opening: CasesOfWatch, home: Row, row: Row, step: str) -> None:
        account = row["account"]
        if step == VISIT:
            self.ask_visit(w, row["item_id"], ACTOR)
            return
        if step == ITEM:
            call = opening.item(row, ITEM_KIND, "")
        else:
            call = opening.person(row, WELFARE_KIND, 2 if home["tier"] == HIGHEST else 3, "")
        w.append(device_stream(account), "WatchRaised", {"account": account, "what": step, "call": call}, ACTOR)


def _taken(row: Row, item: Row | None, step: str, now: str) -> bool:
    """A step once taken stays taken, but an item closed while its device is still silent comes back."""
    if step == WELFARE:
        return row["welfare_id"] is not None
    closed = item is not None and item["stage"] == "closed"
    if step == VISIT:
        return item is None or closed or item["requested_at"] is not None
    return item is not None and not (closed and seconds_between(item["closed_at"], now) >= ITEM_AGAIN_SECONDS)
