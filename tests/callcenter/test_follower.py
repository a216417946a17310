"""The live push outlives whatever happens to it, and one bad key keeps no gateway from starting."""

from typing import Any, cast

import pytest
from sqlalchemy import update

from callcenter.keyring import Keyring
from callcenter.live import Live
from callcenter.rules.events import Event
from callcenter.store.database import StoreUnavailable
from callcenter.store.log import Log
from callcenter.store.tables import devices
from callcenter.wall import Wall
from tests.conftest import MORNING, Rehearsal


class Over(BaseException):
    """Ends the follower, which nothing else may."""


class StumblingLog:
    """A log whose store goes away at the worst moment: while the follower gets up from another fault."""

    def __init__(self) -> None:
        self.heads: list[Any] = [3, StoreUnavailable("away"), 7]
        self.looks: list[Any] = [ValueError("an event nobody can show"), Over()]

    def bell(self, _name: str) -> "StumblingLog":
        return self

    def wait(self, _seconds: float) -> None: ...

    def head(self) -> int:
        return int(_told(self.heads.pop(0)))

    def after(self, _seq: int, _limit: int) -> list[Event]:
        return cast("list[Event]", _told(self.looks.pop(0)))


def _told(found: Any) -> Any:
    if isinstance(found, BaseException):
        raise found
    return found


def test_a_store_that_goes_away_while_the_follower_recovers_does_not_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callcenter.live.time.sleep", lambda _seconds: None)
    live = Live(cast("Log", StumblingLog()), cast("Wall", None), lambda: MORNING, lambda _event: "")
    with pytest.raises(Over):
        live._follow()
    assert live.seq == 7


def test_one_bad_key_keeps_nobody_else_from_being_heard(rehearsal: Rehearsal) -> None:
    with rehearsal.database.write() as conn:
        conn.execute(update(devices).where(devices.c.account == "1001").values(key_hex="not hex"))
        conn.execute(update(devices).where(devices.c.account == "1002").values(key_hex="00" * 16))
    keyring = Keyring(rehearsal.cases)
    keyring.refresh()
    assert (keyring("1001"), keyring("1002")) == (None, bytes(16))
