"""Turns a fact of the log into notices: who has to hear of it, in which words, how urgently."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from callcenter.rules.events import Event, Row, call_of
from callcenter.rules.times import later
from callcenter.store import reach
from callcenter.store.log import Writing
from callcenter.store.notices import NoticeBook
from dispatch.channels.channel import Channel
from dispatch.rules.notices import (
    AGAIN_AFTER,
    FIRST_CONTACTS,
    GROUPS,
    OWN_PRIORITY,
    PLUMBING,
    REASONS,
    TELLS,
    Tell,
    coming,
    order_for,
)
from dispatch.settings import Notices

Supervisors = Callable[[], Sequence[Row]]


class _Case:
    """What is known of the case an event belongs to, as this transaction has it."""

    def __init__(self, w: Writing, event: Event):
        self.id = call_of(event) or ""
        self.call = w.row("calls", self.id) if self.id else None
        visit = event.body.get("visit")
        self.visit = w.row("visits", visit) if visit and self.id else None
        row = self.visit or self.call
        self.priority = int(row["priority"]) if row else PLUMBING
        self.home_id = (self.call or {}).get("home_id")


class Telling:
    """``supervisors`` says who they are now; ``channels`` which groups there are to be told."""

    def __init__(self, book: NoticeBook, rules: Notices, supervisors: Supervisors, channels: Sequence[Channel]):
        self.book, self.rules, self.supervisors = book, rules, supervisors
        self.groups = [channel for channel in channels if channel.kind in GROUPS]
        self._audiences: Mapping[str, Callable[[Writing, Event, _Case], list[Row]]] = {
            "carer": self._carer, "to": self._named, "supervisor": self._supervisors, "resident": self._resident,
            "family": self._family,
        }  # fmt: skip

    def make(self, w: Writing, event: Event) -> int:
        """Write down whom this event makes us tell. Returns how many are new."""
        case = _Case(w, event)
        own = event.body.get("priority") if event.kind == "NoticeAsked" else OWN_PRIORITY.get(event.kind)
        priority = int(own or case.priority)
        made = 0
        for tell in TELLS[event.kind]:
            words = self._words(event, case, tell)
            for to in self._audiences[tell.audience](w, event, case):
                said = " ".join(part for part in (to.get("words") or words, to.get("link", "")) if part)
                order = order_for(tell.order, priority, to.get("channel") or event.body.get("channel") or "")
                made += self._add(w, event, tell, to, said, order, priority)
            for group in self.groups if tell.group else ():
                if group.serves(self._audience(event, tell)):
                    to = {"id": group.name, "name": group.name, "role": "group"}
                    made += self._add(w, event, tell, to, self._district(w, case, words), group.kind, priority)
        return made

    def _add(self, w: Writing, event: Event, tell: Tell, to: Row, words: str, order: str, priority: int) -> bool:
        role, to_id = str(to["role"])[:20], str(to["id"])[:60]
        again = AGAIN_AFTER.get(event.kind)
        if again and self.book.known(w.conn, event.kind, event.stream, (role, to_id), later(w.at, -again)):
            return False
        return self.book.add(w.conn, {
            "about": event.seq, "stream": event.stream, "kind": event.kind, "visit": event.body.get("visit") or "",
            "priority": priority, "audience": self._audience(event, tell), "role": role, "to_id": to_id,
            "to_name": str(to["name"])[:60], "phone": str(to.get("phone") or "")[:30], "words": words,
            "channels": order, "made_at": w.at, "stale_at": later(w.at, self.rules.stale_seconds),
        })  # fmt: skip

    @staticmethod
    def _audience(event: Event, tell: Tell) -> str:
        return str(event.body.get("who") or "to")[:20] if tell.audience == "to" else tell.audience

    # --- in which words ---------------------------------------------------------------------------------------

    def _words(self, event: Event, case: _Case, tell: Tell) -> str:
        reason = str(event.body.get("reason") or event.body.get("doubt") or "")
        said: dict[str, Any] = {
            "reason": REASONS.get(reason, REASONS[""]),
            "call": case.id, "line": event.body.get("line", ""), "words": event.body.get("words", ""),
            "minutes": event.body.get("minutes", ""), "coming": coming((case.visit or {}).get("eta_seconds")),
        }  # fmt: skip
        return tell.words.format(**said)

    @staticmethod
    def _district(w: Writing, case: _Case, words: str) -> str:
        district = reach.home(w.conn, case.home_id)["district"] if case.home_id else ""
        return f"{words}（{district}）" if district else words

    # --- who --------------------------------------------------------------------------------------------------

    @staticmethod
    def _carer(w: Writing, event: Event, _case: _Case) -> list[Row]:
        carer_id = event.body.get("carer_id")
        if not carer_id or event.body.get("whom") == "resident":  # the resident is told by telephone, from a list
            return []
        known = reach.carer(w.conn, carer_id)
        name = event.body.get("carer_name") or known.get("name", "")
        return [{"role": "carer", "id": carer_id, "name": name, "phone": known.get("phone", "")}]

    @staticmethod
    def _named(_w: Writing, event: Event, _case: _Case) -> list[Row]:
        return [{"role": event.body.get("who") or "to", **to} for to in event.body.get("to") or ()]

    def _supervisors(self, _w: Writing, _event: Event, _case: _Case) -> list[Row]:
        return [dict(one) for one in self.supervisors()]

    def _resident(self, w: Writing, event: Event, case: _Case) -> list[Row]:
        if not case.home_id:
            return []
        home = reach.home(w.conn, case.home_id)
        texts = self.rules.departed if event.kind == "CarerDeparted" else self.rules.accepted
        language = next((one for one in home["languages"] if one in texts), "zh")
        words = texts[language].format(coming=coming((case.visit or {}).get("eta_seconds")))
        return [{"role": "resident", "id": case.home_id, "name": "老人", "phone": home["phone"], "words": words}]

    @staticmethod
    def _family(w: Writing, event: Event, case: _Case) -> list[Row]:
        if not case.home_id or (event.kind == "CallClosed" and not (case.call or {}).get("accepted_at")):
            return []
        return [{"role": "family", **one} for one in reach.family(w.conn, case.home_id, FIRST_CONTACTS)]
