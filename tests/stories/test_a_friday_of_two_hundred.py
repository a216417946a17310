"""红色星期五: two hundred people over eighty, two seats, two days; nobody is rung twice at once, nobody is dropped."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.rules.round_plans import ready
from callcenter.rules.rounds import HELD_SECONDS, order
from callcenter.rules.times import later, stamp
from tests.conftest import Rehearsal

FRIDAY = datetime(2026, 11, 27, 0, 30, tzinfo=UTC)  # half past eight in Xining


def on_friday(rehearsal: Rehearsal) -> Rehearsal:
    rehearsal.now = FRIDAY
    return rehearsal


def laid_down(rehearsal: Rehearsal, **whom: object) -> None:
    """The Friday round by plan; ``whom`` narrows it."""
    plan = ready("friday")
    with rehearsal.writing() as w:
        rehearsal.welfare.rounding.plan(w, rehearsal.supervisor, {**plan, "whom": {**plan["whom"], **whom}})


def next_for(rehearsal: Rehearsal, user: Row) -> Row:
    with rehearsal.writing() as w:
        return rehearsal.welfare.ringing.next(w, user)


def say(rehearsal: Rehearsal, entry: Row, user: Row, result: str, words: str = "", at: str = "") -> Row:
    with rehearsal.writing() as w:
        return rehearsal.welfare.ringing.say(w, entry["id"], user, result, words, at)


def run(rehearsal: Rehearsal, round_id: str = "friday-20261127") -> Row:
    found = rehearsal.welfare.rounds.run(round_id)
    assert found is not None
    return found


def pass_time(rehearsal: Rehearsal, seconds: float) -> None:
    rehearsal.now += timedelta(seconds=seconds)
    rehearsal.welfare.tick(stamp(rehearsal.now))


def entry_of(rehearsal: Rehearsal, wanted: Callable[[Row], bool]) -> Row:
    return next(row for row in rehearsal.welfare.rounds.entries("friday-20261127") if wanted(row))


def test_two_seats_ring_a_friday_list_over_two_days(rehearsal: Rehearsal) -> None:
    laid_down(on_friday(rehearsal))
    assert rehearsal.welfare.rounds.runs() == []
    pass_time(rehearsal, 1801)  # nine o'clock: it begins by itself
    total = run(rehearsal)["total"]
    assert total > 200
    assert (run(rehearsal)["left"], run(rehearsal)["done"]) == ([], 0)

    rung: list[str] = []
    seats = [rehearsal.operator, rehearsal.other]
    for number in range(100):  # the first morning
        seat = seats[number % 2]
        entry = next_for(rehearsal, seat)
        assert next_for(rehearsal, seats[1 - number % 2])["id"] != entry["id"]  # the other seat gets somebody else
        say(rehearsal, entry, seat, "well")
        rung.append(entry["id"])
        pass_time(rehearsal, 60)
    assert len(set(rung)) == 100
    assert run(rehearsal)["done"] == 100
    first = [entry_of(rehearsal, lambda row, one=one: row["id"] == one)["closely"] for one in rung[:20]]  # type: ignore[misc]
    assert all(first)  # the highest risk comes first

    rehearsal.now = FRIDAY + timedelta(days=1, seconds=1800)  # the next morning the list holds who is left
    pass_time(rehearsal, 1)
    left = total - 100
    for number in range(left):
        seat = seats[number % 2]
        entry = next_for(rehearsal, seat)
        assert entry["id"] not in rung
        say(rehearsal, entry, seat, "well")
        rung.append(entry["id"])
    assert (run(rehearsal)["stage"], run(rehearsal)["counts"]) == ("done", {"well": total})
    with pytest.raises(NotNow, match="Nobody is to be rung"):
        next_for(rehearsal, rehearsal.operator)
    rehearsal.now = FRIDAY + timedelta(days=7, seconds=1801)
    pass_time(rehearsal, 1)
    assert run(rehearsal, "friday-20261204")["total"] == total
    assert rehearsal.verify().faults == []


def test_a_seat_that_is_lost_gives_its_person_back_and_the_loser_of_a_claim_is_told(rehearsal: Rehearsal) -> None:
    laid_down(on_friday(rehearsal), min_age=90)
    pass_time(rehearsal, 1801)
    entry = next_for(rehearsal, rehearsal.operator)
    with rehearsal.writing() as w, pytest.raises(NotNow) as lost:
        rehearsal.welfare.ringing.take(w, entry["id"], rehearsal.other)
    assert (lost.value.code, lost.value.values["name"]) == ("taken", "李敏")
    with pytest.raises(NotNow):
        say(rehearsal, entry, rehearsal.other, "well")
    for _ in range(3):  # an open card says again and again that it is being worked on
        pass_time(rehearsal, HELD_SECONDS - 30)
        with rehearsal.writing() as w:
            rehearsal.welfare.ringing.take(w, entry["id"], rehearsal.operator)
    pass_time(rehearsal, HELD_SECONDS + 1)  # then the seat is gone
    assert entry_of(rehearsal, lambda row: row["id"] == entry["id"])["held_since"] is None
    kinds = [e.kind for e in rehearsal.log.stream("round:friday-20261127")]
    assert kinds[-1] == "RoundCallReleased"
    assert next_for(rehearsal, rehearsal.other)["id"] == entry["id"]
    assert rehearsal.verify().faults == []


def test_a_card_left_open_keeps_nobody_from_being_rung(rehearsal: Rehearsal) -> None:
    laid_down(on_friday(rehearsal), min_age=90)
    pass_time(rehearsal, 1801)
    entry = next_for(rehearsal, rehearsal.operator)
    for minute in range(1, 21):  # the page says every minute that its card is open
        pass_time(rehearsal, 60)
        if minute < 20:
            with rehearsal.writing() as w:
                rehearsal.welfare.ringing.take(w, entry["id"], rehearsal.operator)
    assert [e.kind for e in rehearsal.log.stream("round:friday-20261127")][-1] == "RoundCallReleased"
    assert next_for(rehearsal, rehearsal.other)["id"] == entry["id"]


def test_who_is_old_and_alone_and_does_not_answer_is_looked_after(rehearsal: Rehearsal) -> None:
    laid_down(on_friday(rehearsal), alone=True)
    pass_time(rehearsal, 1801)
    entry = next_for(rehearsal, rehearsal.operator)
    assert entry["closely"]
    after = say(rehearsal, entry, rehearsal.operator, "no_answer")
    assert (after["step"], after["holder_id"]) == ("ring", None)
    assert after["from_at"] == later(stamp(rehearsal.now), 3600)
    pass_time(rehearsal, 3700)
    after = say(rehearsal, entry, rehearsal.other, "no_answer")
    assert after["step"] == "contact"  # twice is enough: who may know is rung
    with pytest.raises(NotNow, match="cannot be said"):
        say(rehearsal, entry, rehearsal.other, "no_answer")
    pass_time(rehearsal, 1801)  # and nobody at the desk got round to it
    after = entry_of(rehearsal, lambda row: row["id"] == entry["id"])
    assert (after["stage"], after["result"], after["done_by"]) == ("done", "unreached", "")
    case = rehearsal.cases.call(after["case_id"])
    assert case is not None
    assert (case["kind"], case["priority"], case["source"], case["home_id"]) == (
        "welfare", 2, "round", entry["home_id"])  # fmt: skip
    assert "未接" in case["reason"]
    assert case["requested_at"]  # somebody goes and looks
    assert rehearsal.verify().faults == []


def test_what_people_say_becomes_what_they_need(rehearsal: Rehearsal) -> None:
    laid_down(on_friday(rehearsal), min_age=90)
    pass_time(rehearsal, 1801)
    seat = rehearsal.operator

    needs = next_for(rehearsal, seat)
    with pytest.raises(NotNow, match="needs words"):
        say(rehearsal, needs, seat, "needs")
    case = rehearsal.cases.call(str(say(rehearsal, needs, seat, "needs", "灯泡坏了")["case_id"]))
    assert case
    assert (case["kind"], case["priority"], case["reason"]) == ("service", 3, "灯泡坏了")

    helped = next_for(rehearsal, seat)
    case = rehearsal.cases.call(str(say(rehearsal, helped, seat, "help", "胸闷，说话没力气")["case_id"]))
    assert case
    assert (case["priority"], case["stage"]) == (2, "waiting")  # it rings at every seat

    late = next_for(rehearsal, seat)
    evening = later(stamp(rehearsal.now), 6 * 3600)
    assert say(rehearsal, late, seat, "later", "在打麻将", evening)["from_at"] == evening
    with pytest.raises(NotNow, match="a week"):
        say(rehearsal, late, seat, "later", "", later(stamp(rehearsal.now), 9 * 86400))

    wrong = next_for(rehearsal, seat)
    after = say(rehearsal, wrong, seat, "wrong_number", "是一家饭店")
    assert (after["step"], after["wrong_number"]) == ("contact", True)
    assert [row["id"] for row in rehearsal.welfare.rounds.numbers_in_doubt()] == [wrong["id"]]
    assert next_for(rehearsal, seat)["id"] == wrong["id"]  # the contacts come at once
    assert say(rehearsal, wrong, seat, "contact_well", "女儿昨晚在")["result"] == "contact_well"

    pressed = next_for(rehearsal, seat)
    case_id = rehearsal.press(str(1000 + pressed["home_id"]))["id"]
    with rehearsal.writing() as w:
        rehearsal.welfare.ringing.give_back(w, pressed["id"], seat)
    assert next_for(rehearsal, seat)["home_id"] != pressed["home_id"]  # somebody is talking to them already
    assert rehearsal.cases.call(case_id)
    assert rehearsal.verify().faults == []


def test_nobody_is_rung_at_noon_or_at_night(rehearsal: Rehearsal) -> None:
    laid_down(on_friday(rehearsal))
    pass_time(rehearsal, 1801)
    rehearsal.now = FRIDAY + timedelta(hours=5)  # 13:30: 午休
    with pytest.raises(NotNow, match="Nobody is to be rung"):
        next_for(rehearsal, rehearsal.operator)
    rehearsal.now = FRIDAY + timedelta(hours=6, minutes=30)
    assert next_for(rehearsal, rehearsal.operator)


def test_a_cold_round_is_released_and_not_ended_while_somebody_must_not_be_left(rehearsal: Rehearsal) -> None:
    on_friday(rehearsal)
    with rehearsal.writing() as w:
        began = rehearsal.welfare.rounding.release(w, rehearsal.supervisor, "cold")
    with rehearsal.writing() as w, pytest.raises(NotNow, match="has begun today"):
        rehearsal.welfare.rounding.release(w, rehearsal.supervisor, "cold")
    pass_time(rehearsal, 2)
    assert run(rehearsal, began["id"])["left"] == []
    with rehearsal.writing() as w, pytest.raises(NotNow) as refused:
        rehearsal.welfare.rounding.stop(w, rehearsal.supervisor, began["id"], "天晴了")
    assert refused.value.code == "closely_left"
    pass_time(rehearsal, 2 * 86400)
    assert run(rehearsal, began["id"])["late"]  # said once, shown until it is done
    assert rehearsal.verify().faults == []


ROWS = st.fixed_dictionaries({
    "urgent": st.booleans(), "step": st.sampled_from(["ring", "contact"]), "closely": st.booleans(),
    "tier": st.sampled_from("ABC"), "best_hour": st.none() | st.integers(8, 20), "age": st.none() | st.integers(60, 99),
    "from_at": st.just("2026"), "id": st.uuids().map(str),
})  # fmt: skip


@given(ROWS, ROWS, st.integers(8, 20))
def test_the_more_urgent_never_stands_behind(a: Row, b: Row, hour: int) -> None:
    if (a["urgent"] and not b["urgent"]) or (
        (a["urgent"], a["step"]) == (b["urgent"], b["step"]) and a["closely"] and not b["closely"]
    ):
        assert order(a, hour) < order(b, hour)
