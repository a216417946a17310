"""The drill: a press a day over the true path, heard and never a call; when it fails everybody hears of it."""

from datetime import UTC, datetime, timedelta

import pytest

from callcenter.drill import Drill, Drilled
from callcenter.intake import Intake
from callcenter.rules.drill import is_due
from callcenter.rules.times import stamp
from callcenter.settings import Watch
from devices.settings import LineSettings
from tests.conftest import SOS, ZONE, Rehearsal

LINE = LineSettings(name="panels", protocol="dc09", port=9000)
NIGHT = datetime(2026, 11, 23, 20, 10, 5, tzinfo=UTC)  # ten past four in Xining, and a little


class Wire(Drilled):
    """A line on which the gateway hears, or does not."""

    def __init__(self, rehearsal: Rehearsal, intake: Intake | None):
        super().__init__([LINE], Watch())
        self.rehearsal, self.intake = rehearsal, intake

    def press(self, sequence: int) -> float | None:
        if self.intake is None:
            return None
        self.rehearsal.intake = self.intake
        self.rehearsal.receive(self.rehearsal.frame(self.account, SOS, sequence))
        return 0.01


def drill(rehearsal: Rehearsal, works: bool = True) -> Drill:
    log, cases = rehearsal.log, rehearsal.cases
    intake = Intake(log, cases, rehearsal.people, ZONE, drill_account="0DD1") if works else None
    wire = Wire(rehearsal, intake)
    settings = Watch(drill_seconds=1)
    made = Drill(log, cases, settings, ZONE, lambda: rehearsal.now, wire, nap=lambda _s: None)
    made.tick()  # it begins to watch
    rehearsal.now = NIGHT
    return made


def kinds(rehearsal: Rehearsal) -> list[str]:
    return [event.kind for event in rehearsal.log.stream("drill")]


def sign(rehearsal: Rehearsal) -> str:
    return {row["name"]: row["state"] for row in rehearsal.cases.signs_of_life()}["drill"]


def test_a_drill_that_passes_is_in_the_log_and_no_call(rehearsal: Rehearsal) -> None:
    assert drill(rehearsal).tick()
    assert kinds(rehearsal) == ["DrillStarted", "DrillHeard", "DrillPassed"]
    assert (rehearsal.cases.live(), sign(rehearsal)) == ([], "up")
    assert rehearsal.verify().faults == []


def test_it_is_done_once_a_day_whoever_asks(rehearsal: Rehearsal) -> None:
    one, other = drill(rehearsal), drill(rehearsal)
    assert [one.tick(), other.tick(), one.tick()] == [True, False, False]
    rehearsal.now += timedelta(days=1)
    assert other.tick()


def test_a_drill_that_fails_rings_and_is_tried_again_until_it_passes(rehearsal: Rehearsal) -> None:
    failing = drill(rehearsal, works=False)
    assert failing.tick()
    [call] = rehearsal.cases.live()
    assert (call["kind"], call["priority"], sign(rehearsal)) == ("drill_failed", 1, "failed")
    rehearsal.wait(5)
    told = [event for event in rehearsal.log.stream("drill") if event.kind == "NoticeSent"]
    assert told
    assert not failing.tick()
    rehearsal.now += timedelta(minutes=11)
    assert failing.tick()
    assert len(rehearsal.cases.live()) == 1
    rehearsal.now += timedelta(minutes=11)
    drill(rehearsal)  # ten minutes after a failure its first look is a drill
    assert (rehearsal.cases.live(), sign(rehearsal)) == ([], "up")
    assert rehearsal.verify().faults == []


def test_a_press_of_that_account_at_any_other_time_rings(rehearsal: Rehearsal) -> None:
    made = drill(rehearsal)
    wire = made.wire
    assert isinstance(wire, Wire)
    wire.press(7)
    [call] = rehearsal.cases.live()
    assert (call["kind"], call["account"]) == ("sos", "0DD1")
    assert made.tick()  # announced now: the next press is the drill's, a second one is not
    wire.press(8)
    assert len(rehearsal.cases.live()) == 1
    assert rehearsal.cases.live()[0]["presses"] == 2


def test_an_acknowledged_press_that_is_not_in_the_log_is_a_failure(rehearsal: Rehearsal) -> None:
    made = drill(rehearsal)
    made.wire.press = lambda sequence: 0.01  # type: ignore[method-assign]
    made.tick()
    assert rehearsal.log.stream("drill")[-1].body["why"] == "not in the log"


@pytest.mark.parametrize(
    ("since", "now", "due"),
    [("2026-11-23T00:00", "2026-11-23T20:09", False), ("2026-11-23T00:00", "2026-11-23T20:11", True),
     ("2026-11-23T20:11", "2026-11-24T10:00", False), ("2026-11-20T20:11", "2026-11-23T10:00", True)],
)  # fmt: skip
def test_when_it_is_due(since: str, now: str, due: bool) -> None:
    moments = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (since, now)]
    assert is_due("04:10", stamp(moments[0]), False, moments[1], ZONE) is due
    assert not is_due("", stamp(moments[0]), False, moments[1], ZONE)
