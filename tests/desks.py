"""People at their consoles for a rehearsal: web processes that hear their tabs while time passes, and may die."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from callcenter.beats import Consoles
from callcenter.rules.events import Row
from callcenter.rules.times import stamp
from tests.conftest import Rehearsal


class Desks:
    """``sit`` opens a console; ``wait`` lets time pass with everyone's beats; ``close`` and ``kill`` end them."""

    def __init__(self, rehearsal: Rehearsal, webs: int = 1):
        self.rehearsal = rehearsal
        names = [f"web:{n}" for n in range(1, webs + 1)]
        self.webs = {name: Consoles(rehearsal.book, lambda: rehearsal.now, name) for name in names}
        self.tabs: dict[str, Row] = {}
        self.store_away = False

    def sit(self, user: Any, tab: str = "", sound: str = "on", web: str = "web:1", sign_on: bool = True) -> Row:
        tab = tab or f"tab-of-{user.id}"
        self.tabs[tab] = {"user": user, "sound": sound, "looking": "", "web": web}
        self._beat(tab)
        if sign_on:
            with self.rehearsal.writing() as w:
                return self.rehearsal.places.sign_on(w, user)
        return {}

    def says(self, tab: str, **changed: str) -> None:
        self.tabs[tab] |= changed
        self._beat(tab)

    def close(self, *tabs: str) -> None:
        """The browser is gone; it says nothing any more."""
        for tab in tabs:
            del self.tabs[tab]

    def kill(self, web: str, to: str = "") -> None:
        """``kill -9``; its tabs dial again and reach another, if there is one."""
        del self.webs[web]
        for tab in self.tabs.values():
            tab["web"] = to if tab["web"] == web else tab["web"]

    def start(self, web: str) -> None:
        self.webs[web] = Consoles(self.rehearsal.book, lambda: self.rehearsal.now, web)
        for tab in self.tabs.values():
            tab["web"] = tab["web"] or web

    def wait(self, seconds: int) -> None:
        for second in range(seconds):
            self.rehearsal.now += timedelta(seconds=1)
            if self.store_away:
                continue
            for number, tab in enumerate(list(self.tabs)):
                if (second + number) % 5 == 0:
                    self._beat(tab)
            for web in self.webs.values():
                web.write()
            self.rehearsal.tick()

    def _beat(self, tab: str) -> None:
        said = self.tabs[tab]
        if web := self.webs.get(said["web"]):
            web.hear(tab, said["user"].id, said["sound"], said["looking"])

    # --- what people do -------------------------------------------------------------------------------------------

    def do(self, verb: str, *words: Any, **more: Any) -> Row:
        """A verb of the seats (``sign_off``, ``take_break``)."""
        with self.rehearsal.writing() as w:
            row: Row = getattr(self.rehearsal.places, verb)(w, *words, **more)
        return row

    def hand(self, verb: str, call: Row, user: Any, **more: Any) -> Row:
        """A verb on a call in hand (``take_over``, ``offer``, ``accept``, ``join`` …)."""
        with self.rehearsal.writing() as w:
            row: Row = getattr(self.rehearsal.in_hand, verb)(w, call["id"], user, **more)
        return row

    def seat(self, user: Any) -> Row:
        return next(seat for seat in self.rehearsal.book.all() if seat["user_id"] == user.id)

    def said(self, stream: str) -> list[str]:
        return [event.kind for event in self.rehearsal.log.stream(stream)]


def somebody(number: int, name: str, role: str = "operator") -> Any:
    return SimpleNamespace(id=number, name=name, role=role)


def at(rehearsal: Rehearsal) -> str:
    return stamp(rehearsal.now)
