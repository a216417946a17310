"""What follows when somebody was asked after: a case for whoever needs help, a visit to whoever was not reached."""

from collections.abc import Callable
from contextlib import suppress
from zoneinfo import ZoneInfo

from callcenter.opener import Opener
from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.rules.watch import WELFARE_KIND
from callcenter.store.cases import Cases
from callcenter.store.log import Writing
from callcenter.store.people import People

SOURCE = "rollcall"
HELP_KIND = "needs_help"  # of a case that no key has opened
UNREACHED = 2  # the priority of a home that was not reached twice
Send = Callable[..., Row]


class AskedAfter:
    """``send`` asks for a visit."""

    def __init__(self, cases: Cases, people: People, zone: ZoneInfo, send: Send):
        self.cases, self.people, self.zone, self.send = cases, people, zone, send

    def help(self, w: Writing, home_id: int, words: str, priority: int, who: str) -> str:
        """A case at once; the open one of the home is told, and can only become more urgent. Returns its id."""
        return self._case(w, home_id, HELP_KIND, priority, words, who)

    def look(self, w: Writing, home_id: int, who: str) -> str:
        """Nobody has been reached: somebody goes there. Returns the case's id."""
        call = self._case(w, home_id, WELFARE_KIND, UNREACHED, "", who)
        with suppress(NotNow):  # somebody has been sent already
            self.send(w, call, who, why=WELFARE_KIND)
        return call

    def _case(self, w: Writing, home_id: int, kind: str, priority: int, words: str, who: str) -> str:
        opening = Opener(w, self.cases, self.zone)
        found = opening.open_at(home_id)
        if found is None:
            return self._open(opening, home_id, kind, priority, words, who)
        opening.join(found, kind, priority, words, who)
        return found

    def _open(self, opening: Opener, home_id: int, kind: str, priority: int, words: str, who: str) -> str:
        home = self.people.need(home_id)
        where = {
            "account": self.people.account_of(home_id, None) or "", "home_id": home_id,
            "station_id": home.get("station_id"), "community": home.get("community") or "",
            "tier": min(home["tiers"], default=""),
        }  # fmt: skip
        return opening.open(kind, priority, SOURCE, words, where, who)
