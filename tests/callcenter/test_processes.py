"""When is a process frozen, and when can it only not write?"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callcenter.processes import Turns, _lives
from callcenter.rules.times import stamp
from callcenter.store.cases import Cases
from callcenter.store.database import Database, StoreUnavailable
from callcenter.store.upgrade import upgrade


@pytest.fixture
def cases(tmp_path: Path) -> Cases:
    database = Database(f"sqlite:///{tmp_path / 'anxin.db'}", patience_seconds=0.2)
    upgrade(database)
    return Cases(database)


def ago(seconds: float) -> str:
    return stamp(datetime.now(UTC) - timedelta(seconds=seconds))


def test_a_process_that_spoke_lately_lives_and_a_silent_one_is_frozen(cases: Cases) -> None:
    cases.show_life("gateway", ago(3))
    cases.show_life("dispatcher", ago(60))
    assert _lives("gateway", cases)
    assert not _lives("dispatcher", cases)
    assert _lives("web:1", cases), "one that has not spoken yet is still starting"


def test_when_nobody_can_write_because_the_disk_is_full_nobody_is_killed(
    cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases.show_life("gateway", ago(60))

    def full(*_words: str) -> None:
        raise StoreUnavailable("database or disk is full")

    monkeypatch.setattr(cases, "show_life", full)
    assert _lives("gateway", cases)


def test_a_lock_that_nobody_gives_back_is_held_by_somebody_frozen(cases: Cases) -> None:
    cases.show_life("gateway", ago(60))
    other = Database(str(cases.database.url))
    with other.write():
        assert not _lives("gateway", cases)


def test_a_clock_whose_every_turn_fails_is_not_up() -> None:
    def fails() -> None:
        raise ValueError("a poisoned row")

    went: list[int] = []
    turns = Turns(fails, lambda: went.append(1))
    turns.went_at -= 60
    turns()
    assert (turns.state, went) == ("down", [1]), "each part has its turn all the same"
    good = Turns(lambda: None)
    good.went_at -= 60
    good()
    assert good.state == "up"
