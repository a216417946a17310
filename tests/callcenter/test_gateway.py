"""The gateway's one writer: done means on disk, urgent first, and neither an odd frame nor a sick store stops it."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import pytest

from callcenter import gateway as module
from callcenter.gateway import Done, Gateway
from callcenter.intake import Intake
from callcenter.journal import Received
from callcenter.keyring import Keyring
from callcenter.memory import Memory
from callcenter.rules.events import Event, Row
from callcenter.rules.times import stamp
from callcenter.store.database import StoreUnavailable
from devices.codecs.dc09 import Dc09, write
from devices.signal import Garbled, Message, Setup
from dispatch.channels import channel as channels
from tests.conftest import MAINS_LOST, MORNING, SOS, Rehearsal
from tests.house import until as wait_until

DONE_SECONDS = 5.0  # a ring that woke the wrong thread is never heard by the right one


class Sick(Intake):
    """An intake whose store can be taken away, and that stumbles over what it is told to stumble over."""

    away = False
    groups: list[list[bytes]]
    odd: dict[bytes, int]  # raw bytes -> in how many forms they cannot be taken in

    def receive(self, group: Sequence[Received], memory: Memory | None = None) -> list[Event]:
        self.groups.append([r.heard.raw for r in group])
        if self.away:
            raise StoreUnavailable("disk full")
        for received in group:
            if received.heard.raw in self.odd and _form(received.heard) < self.odd[received.heard.raw]:
                raise ValueError("an odd frame")
        return super().receive(group, memory)


def _form(heard: Message | Garbled) -> int:
    """0 as it came, 1 with nothing in it but whose it is, 2 as mere bytes."""
    if isinstance(heard, Garbled):
        return 2
    return int(heard.signals[0].code == "unreadable content")


class Door:
    """A gateway that runs, and who was told what."""

    def __init__(self, rehearsal: Rehearsal):
        self.rehearsal = rehearsal
        self.intake = Sick(rehearsal.log, rehearsal.cases, rehearsal.people, rehearsal.intake.zone)
        self.intake.groups, self.intake.odd = [], {}
        self.gateway = Gateway(self.intake, rehearsal.cases, Keyring(rehearsal.cases), lambda: rehearsal.now)
        self.told: dict[bytes, bool] = {}
        self.order: list[bytes] = []
        self.news = threading.Condition()

    def hand(self, *frames: bytes) -> list[bool]:
        now, heard = self.rehearsal.now, self.gateway.heard
        return [heard("panels", "dc09", "127.0.0.1:1", _heard(f, now), self._done(f)) for f in frames]

    def _done(self, frame: bytes) -> Done:
        def done(kept: bool) -> None:
            with self.news:
                self.told[frame] = kept
                self.order.append(frame)
                self.news.notify_all()

        return done

    def wait_for(self, *frames: bytes, seconds: float = 20.0) -> None:
        with self.news:
            assert self.news.wait_for(lambda: all(f in self.told for f in frames), seconds), "never done"


def _heard(frame: bytes, now: datetime) -> Message | Garbled:
    (heard,) = Dc09(Setup()).feed(frame, now)
    assert isinstance(heard, Message | Garbled)
    return heard


def frame(account: str, code: str = SOS, sequence: int = 1) -> bytes:
    return write("ADM-CID", sequence, account, f"{code[:4]} {code[4:6]} {code[6:]}")


@pytest.fixture
def door(rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.02)
    monkeypatch.setattr(module, "BEATS_SECONDS", 0.05)
    made = Door(rehearsal)
    yield made
    made.gateway.stop()


def test_single_frames_with_pauses_between_them_are_each_done_at_once(door: Door) -> None:
    """The writer and the thread that notes heartbeats must not wake in each other's place."""
    door.gateway.start()
    for number in range(8):
        time.sleep((0.01, 0.11)[number % 2])  # the other thread has waited longer than the writer, or has come round
        pressed = frame(str(1001 + number))
        before = time.monotonic()
        door.hand(pressed)
        door.wait_for(pressed)
        assert time.monotonic() - before < DONE_SECONDS
    assert set(door.told.values()) == {True}


def test_done_is_said_only_once_the_frame_can_be_read_back(door: Door) -> None:
    kept_then: list[int] = []

    def deliver(calls: Sequence[Callable[[], None]]) -> None:
        kept_then.append(len(door.rehearsal.cases.frames_after(0, 10)))
        for call in calls:
            call()

    door.gateway.deliver = deliver
    door.gateway.start()
    door.hand(frame("1001"))
    door.wait_for(frame("1001"))
    assert kept_then == [1]


def test_urgent_frames_go_first_and_the_others_in_their_order(door: Door) -> None:
    ordinary = [frame(str(1001 + n), MAINS_LOST) for n in range(60)]
    pressed = frame("1100")
    door.hand(*ordinary, pressed)
    door.gateway.start()
    door.wait_for(*ordinary, pressed)
    assert door.order == [pressed, *ordinary]
    assert [len(g) for g in door.intake.groups] == [9, 50, 2], "a press shares its commit with few others"


def test_while_the_store_is_away_nothing_is_done_and_then_everything_once(door: Door) -> None:
    door.intake.away = True
    door.gateway.start()
    frames = [frame(str(1001 + n)) for n in range(5)]
    door.hand(*frames)
    wait_until(lambda: door.gateway.tally.failures > 1)
    assert door.told == {}
    door.intake.away = False
    door.wait_for(*frames)
    assert set(door.told.values()) == {True}
    assert len(door.rehearsal.cases.live()) == 5
    assert not door.rehearsal.verify().faults


@pytest.mark.parametrize(("forms", "outcomes", "calls"), [(1, {"raised"}, 5), (2, {"raised", "garbled"}, 4)])
def test_an_odd_frame_holds_up_no_other_and_is_kept_for_a_person_to_look_at(
    door: Door, forms: int, outcomes: set[str], calls: int
) -> None:
    frames = [frame(str(1001 + n)) for n in range(5)]
    door.intake.odd = {frames[2]: forms}
    door.hand(*frames)
    door.gateway.start()
    door.wait_for(*frames)
    assert set(door.told.values()) == {True}
    kept = door.rehearsal.cases.frames_after(0, 10)
    assert sorted(k["raw"] for k in kept) == sorted(frames)
    assert {k["outcome"] for k in kept} == outcomes
    assert [c["priority"] for c in door.rehearsal.cases.live()] == [1] * calls
    assert not door.rehearsal.verify().faults


def test_a_frame_that_cannot_be_kept_in_any_form_is_not_acknowledged(door: Door) -> None:
    frames = [frame(str(1001 + n)) for n in range(3)]
    door.intake.odd = {frames[1]: 3}
    door.hand(*frames)
    door.gateway.start()
    door.wait_for(*frames)
    assert [door.told[f] for f in frames] == [True, False, True]


def test_when_too_much_waits_a_frame_is_refused_and_taken_later(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CAPACITY", 3)
    frames = [frame(str(1001 + n)) for n in range(4)]
    assert door.hand(*frames) == [True, True, True, False]
    door.gateway.start()
    door.wait_for(*frames[:3])
    assert door.hand(frames[3]) == [True]
    door.wait_for(frames[3])


def test_stopping_keeps_what_has_arrived_and_takes_no_more(door: Door) -> None:
    frames = [frame(str(1001 + n)) for n in range(120)]
    door.hand(*frames)
    door.gateway.start()
    door.gateway.stop(60)
    assert [door.told.get(f) for f in frames] == [True] * len(frames)
    assert door.hand(frame("1200")) == [False]


def test_stopping_while_the_store_is_away_ends_and_acknowledges_nothing(door: Door) -> None:
    door.intake.away = True
    door.hand(frame("1001"))
    door.gateway.start()
    time.sleep(0.1)
    before = time.monotonic()
    door.gateway.stop()
    assert time.monotonic() - before < 4, "it waited until its patience of five seconds was over"
    assert not any(door.told.values())


def test_heartbeats_are_noted_and_those_of_a_store_that_was_away_are_not_forgotten(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    note, refused = door.rehearsal.cases.note_beats, threading.Event()

    def away(_beats: dict[str, str]) -> None:
        refused.set()
        raise StoreUnavailable("disk full")

    monkeypatch.setattr(door.rehearsal.cases, "note_beats", away)
    door.gateway.start()
    door.gateway.alive("panels", "1001")
    assert refused.wait(20)
    monkeypatch.setattr(door.rehearsal.cases, "note_beats", note)
    door.gateway.stop()
    with door.rehearsal.database.read() as conn:
        heard = conn.exec_driver_sql("SELECT last_heard_at FROM devices WHERE account = '1001'").scalar()
    assert heard == stamp(MORNING)


def test_a_beat_the_store_cannot_take_keeps_no_other_from_being_noted(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = door.rehearsal.cases.note_beats

    def picky(beats: dict[str, Row]) -> None:
        if "1002" in beats:
            raise ValueError("no such thing can be written")
        note(beats)

    monkeypatch.setattr(door.rehearsal.cases, "note_beats", picky)
    door.gateway.start()
    for account in ("1001", "1002", "1003"):
        door.gateway.alive("panels", account)
    door.gateway.stop()
    with door.rehearsal.database.read() as conn:
        found = conn.exec_driver_sql("SELECT account FROM devices WHERE last_heard_at IS NOT NULL AND line = 'panels'")
        assert sorted(row[0] for row in found) == ["1001", "1003"]


def test_a_line_that_falls_silent_is_a_fact_of_the_log_seen_on_every_wall_and_told_to_supervisors(door: Door) -> None:
    rehearsal = door.rehearsal
    told: list[tuple[str, str]] = []

    def send(message: channels.Message) -> str:
        told.append((message.to["name"], message.words))
        return "1"

    rehearsal.supervisor.phone = "000-1"
    notifier = rehearsal.notifying(channels.Channel("sms", "sms", send, quick=True))
    notifier.tick()
    door.gateway.start()
    for state, detail in (("up", "reading"), ("silent", "no good frame for 55 s"), ("up", "heard again")):
        door.gateway.state("receiver", state, detail)
        wait_until(lambda: _line(rehearsal) == (state, detail))  # noqa: B023
        notifier.tick()
    kinds = [e.kind for e in rehearsal.log.after(0, 100) if e.stream == "line:receiver"]
    assert kinds == ["LineWentSilent", "NoticeSent", "NoticeSent", "LineCameBack"]
    assert told == [("陈主任", "设备线路 receiver 无信号，请检查接收机和线缆")]
    assert not rehearsal.verify().faults


def _line(rehearsal: Rehearsal) -> tuple[str, str]:
    """As the signs of life have it, from which walls and consoles are made."""
    row = next((r for r in rehearsal.cases.signs_of_life() if r["name"] == "line:receiver"), None)
    return (row["state"], row["detail"]) if row else ("", "")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_gateway_whose_writer_has_ended_gives_no_sign_of_life(door: Door) -> None:
    def broken(_calls: Sequence[Callable[[], None]]) -> None:
        raise SystemExit

    door.gateway.deliver = broken
    door.rehearsal.cases.show_life("gateway", "before")
    door.hand(frame("1001"))
    writer, noter = door.gateway._threads
    writer.start()
    writer.join(30)
    noter.start()
    time.sleep(0.3)
    assert [row["at"] for row in door.rehearsal.cases.signs_of_life() if row["name"] == "gateway"] == ["before"]
