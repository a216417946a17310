"""What the gateway remembers between two transactions is never believed once somebody else has written."""

import contextlib
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from callcenter import memory
from callcenter.intake import Intake
from callcenter.journal import Received
from callcenter.memory import Memory
from callcenter.rules.call import NotNow
from callcenter.rules.events import Event
from callcenter.rules.times import stamp
from callcenter.store.database import Database, StoreUnavailable
from callcenter.store.tables import devices
from devices.codecs.dc09 import Dc09
from devices.signal import Message, Setup
from tests.conftest import FALL, MAINS_BACK, MAINS_LOST, SOS, ZONE, Rehearsal

CODES = (SOS, SOS, FALL, MAINS_LOST, MAINS_BACK)


class Gateway:
    """One gateway of several over one database: its own intake and its own memory, or none."""

    def __init__(self, rehearsal: Rehearsal, remembers: bool = True):
        self.rehearsal = rehearsal
        self.intake = Intake(rehearsal.log, rehearsal.cases, rehearsal.people, ZONE)
        self.memory = Memory(rehearsal.cases, rehearsal.people) if remembers else None

    def receive(self, *frames: bytes) -> list[Event]:
        return self.intake.receive(_received(b"".join(frames), self.rehearsal.now), self.memory)


def _received(frames: bytes, now: datetime) -> list[Received]:
    heard = Dc09(Setup()).feed(frames, now)
    return [Received("panels", "dc09", "127.0.0.1:1", now, one) for one in heard if isinstance(one, Message)]


def test_a_call_answered_closed_and_rung_again_by_others_is_never_remembered_as_it_was(rehearsal: Rehearsal) -> None:
    call = rehearsal.press("1042")
    rehearsal.act("answer", call)
    held = rehearsal.act("hold", call, seconds=120)
    assert rehearsal.press("1042")["stage"] == "waiting", "a press on a held call rings again: the hold was seen"
    answered = rehearsal.act("answer", held)
    rehearsal.act("close", answered, seen_version=answered["version"], outcome="advice", evidence="spoke_clearly",
                  words="说清楚了")  # fmt: skip
    again = rehearsal.press("1042")
    assert again["id"] != call["id"], "the closing was seen"
    assert rehearsal.verify().faults == []


def test_a_pager_moved_to_another_home_rings_there(rehearsal: Rehearsal) -> None:
    first = rehearsal.press("1042")
    other = rehearsal.press("1043")
    with rehearsal.log.writing() as w:
        w.conn.execute(update(devices).where(devices.c.account == "1042").values(home_id=other["home_id"]))
        w.append("people", "PeopleChanged", {"what": "1042"}, "user:1")
    moved = rehearsal.press("1042")
    assert moved["id"] == other["id"] != first["id"]


def test_what_a_second_gateway_has_kept_is_a_retransmission_for_the_first(rehearsal: Rehearsal) -> None:
    one, two = Gateway(rehearsal), Gateway(rehearsal)
    one.receive(rehearsal.frame("1001"))
    two.receive(rehearsal.frame("1002"))
    frame = rehearsal.frame("1042", sequence=77)
    assert [event.kind for event in one.receive(frame)] == ["CallOpened"]
    assert two.receive(frame) == []
    assert one.receive(frame) == []
    rehearsal.now += timedelta(seconds=61)
    assert [event.kind for event in two.receive(frame)] == ["PressRepeated"]
    assert one.receive(frame) == []


def test_a_failed_transaction_is_not_learnt(rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway, frame = Gateway(rehearsal), rehearsal.frame("1042", sequence=9)
    gateway.receive(rehearsal.frame("1001"))

    def full(*_: Any) -> None:
        raise StoreUnavailable("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(gateway.intake.cases, "keep_frames", full)
        with pytest.raises(StoreUnavailable):
            gateway.receive(frame)
    assert [event.kind for event in gateway.receive(frame)] == ["CallOpened"]
    assert rehearsal.verify().faults == []


def test_a_log_that_went_back_is_a_new_log(rehearsal: Rehearsal, sqlite_district: Path, tmp_path: Path) -> None:
    """Restored from a backup behind a running gateway: nothing of the old log is believed."""
    gateway = Gateway(rehearsal)
    gateway.receive(rehearsal.frame("1042"))
    (tmp_path / "restored.db").write_bytes(sqlite_district.read_bytes())
    database = Database(f"sqlite:///{tmp_path / 'restored.db'}")
    restored = Gateway(Rehearsal(database))
    restored.memory = gateway.memory
    assert [event.kind for event in restored.receive(rehearsal.frame("1042"))] == ["CallOpened"]
    database.close()


@pytest.mark.parametrize("seed", range(3))
def test_with_and_without_memory_the_same_happens(sqlite_district: Path, tmp_path: Path, seed: int) -> None:
    """Two gateways that remember, operators between them, against one that asks the store everything."""
    told = []
    for remembers in (True, False):
        path = tmp_path / f"{remembers}.db"
        path.write_bytes(sqlite_district.read_bytes())
        database = Database(f"sqlite:///{path}")
        told.append(_story(Rehearsal(database), remembers, random.Random(seed)))
        database.close()
    assert told[0] == told[1]
    assert len(told[0]) > 100


def _story(rehearsal: Rehearsal, remembers: bool, dice: random.Random) -> list[Any]:
    gateways = [Gateway(rehearsal, remembers) for _ in range(2)]
    frames: list[bytes] = []
    for _ in range(120):
        rehearsal.now += timedelta(seconds=dice.choice((0, 1, 5, 30, 70)))
        for _ in range(dice.randint(1, 4)):
            account = str(dice.choice((1001, 1002, 1003, 7777)))
            frames.append(rehearsal.frame(account, dice.choice(CODES), dice.randint(1, 30)))
        group = [dice.choice(frames[-9:]) for _ in range(dice.randint(1, 4))]
        dice.choice(gateways).receive(*group)
        _operate(rehearsal, dice)
    assert rehearsal.verify().faults == []
    return [(e.stream, e.kind, {**e.body, "frame": None}) for e in rehearsal.log.after(0, 5000)]


def _operate(rehearsal: Rehearsal, dice: random.Random) -> None:
    calls = rehearsal.cases.live()
    if calls and dice.random() < 0.4:
        call = dice.choice(sorted(calls, key=lambda row: row["id"]))
        verb = {"waiting": "answer", "answered": dice.choice(("hold", "close")), "on_hold": "resume"}[call["stage"]]
        more: dict[str, Any] = {"hold": {"seconds": 60}, "close": {"seen_version": call["version"],
                "outcome": "advice", "evidence": "spoke_clearly", "words": "好"}}.get(verb, {})  # fmt: skip
        with contextlib.suppress(NotNow):  # a rule says so: it must say so both times
            rehearsal.act(verb, call, **more)


def repeats(rehearsal: Rehearsal, gateway: Gateway, frame: bytes) -> bool:
    """Is this frame known for a retransmission?"""
    before = rehearsal.log.head()
    gateway.receive(frame)
    return rehearsal.log.head() == before


def test_more_frames_than_are_remembered_are_still_known_when_repeated(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "MOST_FRAMES", 10)
    gateway, first = Gateway(rehearsal), rehearsal.frame("1001")
    rehearsal.now += timedelta(minutes=5)
    gateway.receive(rehearsal.frame("1900"))
    rehearsal.now += timedelta(seconds=90)
    gateway.receive(first)
    for number in range(20):
        rehearsal.now += timedelta(milliseconds=50)
        gateway.receive(rehearsal.frame(str(1002 + number)))
    assert repeats(rehearsal, gateway, first)


def test_a_repeat_that_waited_while_newer_frames_were_kept_is_still_known(rehearsal: Rehearsal) -> None:
    """Urgent frames overtake: what was received later may be kept earlier, and must not make us forget too soon."""
    gateway, first = Gateway(rehearsal), rehearsal.frame("1001", MAINS_LOST)
    rehearsal.now += timedelta(minutes=5)
    gateway.receive(rehearsal.frame("1900"))
    rehearsal.now += timedelta(seconds=90)
    gateway.receive(first)
    rehearsal.now += timedelta(seconds=55)
    waited = rehearsal.now
    rehearsal.now += timedelta(seconds=50)
    gateway.receive(rehearsal.frame("1002"))
    rehearsal.now = waited
    assert repeats(rehearsal, gateway, first)


def test_a_clock_that_jumps_ahead_and_back_makes_no_second_press_of_a_repeat(rehearsal: Rehearsal) -> None:
    gateway, first = Gateway(rehearsal), rehearsal.frame("1001")
    gateway.receive(rehearsal.frame("1900"))
    rehearsal.now += timedelta(minutes=5)
    gateway.receive(first)
    rehearsal.now += timedelta(hours=1)
    gateway.receive(rehearsal.frame("1002"))
    rehearsal.now -= timedelta(hours=1)
    rehearsal.now += timedelta(seconds=5)
    assert repeats(rehearsal, gateway, first)
    assert rehearsal.verify().faults == []


@pytest.mark.parametrize("numbered", [True, False])
def test_copies_that_came_while_the_store_was_away_are_one_press_however_long_that_was(
    rehearsal: Rehearsal, numbered: bool
) -> None:
    gateway, frame = Gateway(rehearsal), rehearsal.frame("1042", sequence=7 if numbered else 0)
    copies = []
    for _ in range(30):  # five minutes, a copy every ten seconds; the writer takes them in groups
        copies += _received(frame, rehearsal.now)
        rehearsal.now += timedelta(seconds=10)
    for some in (copies[:10], copies[10:]):
        gateway.intake.receive(some, gateway.memory)
        rehearsal.now += timedelta(milliseconds=20)
    rehearsal.now += timedelta(seconds=15)
    assert repeats(rehearsal, gateway, frame) == numbered, "its acknowledgement was lost"
    rehearsal.now += timedelta(seconds=61)
    assert not repeats(rehearsal, gateway, frame)
    (call,) = rehearsal.cases.live()
    assert call["presses"] == (2 if numbered else 3)


def test_a_press_is_noted_though_the_device_said_something_else_before_it_was_written_down(
    rehearsal: Rehearsal,
) -> None:
    gateway = Gateway(rehearsal)
    gateway.receive(rehearsal.frame("1042"))
    rehearsal.now += timedelta(seconds=1)
    gateway.receive(rehearsal.frame("1042", MAINS_LOST))
    assert gateway.memory
    noted = gateway.memory.moments["1042"]
    assert noted["last_press_at"] == stamp(rehearsal.now - timedelta(seconds=1))
    assert (noted["last_heard_at"], noted["mains_lost"]) == (stamp(rehearsal.now), True)
