"""Taking over, transferring, three on the line, and a hand that does nothing: nobody loses a call silently."""

from datetime import timedelta
from itertools import pairwise

import pytest

from callcenter.rules.call import NotNow
from callcenter.rules.events import Event
from callcenter.rules.in_hand import GOING_SECONDS
from callcenter.rules.times import seconds_between
from tests.conftest import SERVICE, Rehearsal
from tests.desks import Desks

SUPERVISOR = {"role": "supervisor", "id": 3, "name": "陈主任", "phone": ""}


def answered(rehearsal: Rehearsal, account: str = "1417", code: str = "110101001"):  # type: ignore[no-untyped-def]
    return rehearsal.act("answer", rehearsal.press(account, code))


def spoken(rehearsal: Rehearsal, account: str = "1417", code: str = "110101001"):  # type: ignore[no-untyped-def]
    """Answered, and the person spoke: nobody is sent by the script for her silence."""
    return rehearsal.act("heard", answered(rehearsal, account, code), anybody=True)


def test_within_twenty_seconds_two_hands_have_only_met_and_no_reason_is_asked_for(rehearsal: Rehearsal) -> None:
    desks, call = Desks(rehearsal), answered(rehearsal)
    rehearsal.wait(15)
    row = desks.hand("take_over", call, rehearsal.other, seen=rehearsal.call(call)["version"])
    assert (row["holder_name"], row["loss"]["how"], row["loss"]["from_name"], row["loss"]["why"]) == (
        "王强", "taken_over", "李敏", "swap")  # fmt: skip
    assert row["owner_name"] == "李敏"  # who answers for the case is another matter


def test_later_a_reason_is_needed_and_the_one_who_loses_it_is_told(rehearsal: Rehearsal) -> None:
    desks, call = Desks(rehearsal), answered(rehearsal)
    rehearsal.wait(21)
    seen = rehearsal.call(call)["version"]
    with pytest.raises(NotNow, match="needs a reason"):
        desks.hand("take_over", call, rehearsal.other, seen=seen)
    with pytest.raises(NotNow, match="needs a reason"):
        desks.hand("take_over", call, rehearsal.other, seen=seen, why="other")
    row = desks.hand("take_over", call, rehearsal.other, seen=seen, why="language", words="说藏语")
    assert (row["loss"]["by_name"], row["loss"]["words"], row["loss"]["seen"]) == ("王强", "说藏语", False)
    with pytest.raises(NotNow, match="has this call"):
        rehearsal.act("close", row, outcome="helped", evidence="spoke_clearly", words="好", seen_version=seen,
                      user=rehearsal.operator)  # fmt: skip
    assert not rehearsal.verify().faults


def test_of_two_takers_one_wins_and_the_other_is_told_who(rehearsal: Rehearsal) -> None:
    desks, call = Desks(rehearsal), answered(rehearsal)
    seen = rehearsal.call(call)["version"]
    desks.hand("take_over", call, rehearsal.other, seen=seen)
    with pytest.raises(NotNow) as refused:
        desks.hand("take_over", call, rehearsal.supervisor, seen=seen)
    assert (refused.value.code, refused.value.values["name"]) == ("taken", "王强")


def test_a_holder_on_a_break_or_silent_may_be_relieved_without_a_reason(rehearsal: Rehearsal) -> None:
    desks = Desks(rehearsal)
    desks.sit(rehearsal.operator)
    desks.sit(rehearsal.other)
    desks.wait(40)
    call = answered(rehearsal)
    desks.close("tab-of-1")
    desks.wait(25)  # silent, not lost yet
    row = desks.hand("take_over", call, rehearsal.other, seen=rehearsal.call(call)["version"])
    assert row["loss"]["why"] == "relieved"


def test_whoever_takes_up_a_held_call_of_another_is_told_to_that_other(rehearsal: Rehearsal) -> None:
    call = answered(rehearsal)
    rehearsal.act("hold", call, seconds=60)
    row = rehearsal.act("resume", call, rehearsal.other)
    assert (row["loss"]["how"], row["loss"]["from_id"], row["loss"]["by_name"]) == ("resumed", 1, "王强")


def test_a_transfer_stays_with_the_sender_until_it_is_accepted(rehearsal: Rehearsal) -> None:
    desks = Desks(rehearsal)
    desks.sit(rehearsal.operator)
    desks.sit(rehearsal.other)
    call = answered(rehearsal)
    row = desks.hand("offer", call, rehearsal.operator, to=2, skill="", words="请用方言")
    assert (row["holder_id"], row["transfer"]["to_name"]) == (1, "王强")
    with pytest.raises(NotNow, match="not offered to you"):
        desks.hand("accept", call, rehearsal.supervisor)
    row = desks.hand("accept", call, rehearsal.other)
    assert (row["holder_id"], row["transfer"], row["loss"]) == (2, None, None)
    assert not rehearsal.verify().faults


def test_an_untaken_transfer_rings_once_more_and_comes_back_by_itself(rehearsal: Rehearsal) -> None:
    desks = Desks(rehearsal)
    desks.sit(rehearsal.other)
    call = spoken(rehearsal)
    desks.hand("offer", call, rehearsal.operator, to=2, skill="", words="")
    rehearsal.wait(31)
    assert rehearsal.kinds(call)[-1] == "TransferRungAgain"
    rehearsal.wait(30)
    row = rehearsal.call(call)
    assert rehearsal.kinds(call)[-1] == "TransferEnded"
    assert (row["holder_id"], row["transfer"]["state"], row["transfer"]["why"]) == (1, "ended", "untaken")
    with pytest.raises(NotNow, match="not offered to you"):
        desks.hand("accept", call, rehearsal.other)
    rehearsal.act("note", call, text="自己继续")
    assert rehearsal.call(call)["transfer"] is None


def test_a_transfer_to_a_language_goes_to_whoever_speaks_it_and_ends_when_all_decline(rehearsal: Rehearsal) -> None:
    desks = Desks(rehearsal)
    call = answered(rehearsal)
    desks.sit(rehearsal.other)
    with pytest.raises(NotNow, match="Nobody on duty fits"):
        desks.hand("offer", call, rehearsal.operator, to=None, skill="bo", words="")
    desks.do("speaks", rehearsal.other, ["zh", "bo"])
    desks.sit(rehearsal.supervisor)
    desks.do("speaks", rehearsal.supervisor, ["bo"])
    desks.hand("offer", call, rehearsal.operator, to=None, skill="bo", words="")
    row = desks.hand("decline", call, rehearsal.other)
    assert row["transfer"]["state"] == "offered"
    row = desks.hand("decline", call, rehearsal.supervisor)
    assert (row["transfer"]["state"], row["transfer"]["why"], row["holder_id"]) == ("ended", "declined", 1)


def test_three_on_the_line_are_written_down_with_who_why_and_how_long(rehearsal: Rehearsal) -> None:
    desks, call = Desks(rehearsal), answered(rehearsal)
    about = {"name": "", "phone": "", "why": "老人听不清"}
    row = desks.hand("join", call, rehearsal.supervisor, kind="operator", **about)
    assert row["joined"]["user:3"]["kind"] == "supervisor"
    row = desks.hand("join", call, rehearsal.operator, kind="outside", name="女儿", phone="13900000000", why="安慰")
    outside = next(key for key in row["joined"] if key.startswith("out:"))
    with pytest.raises(NotNow):
        desks.hand("leave", call, rehearsal.other, key=outside)
    rehearsal.wait(30)
    desks.hand("leave", call, rehearsal.operator, key=outside)
    left = rehearsal.log.stream(f"call:{call['id']}")[-1]
    assert (left.kind, left.body["name"], left.body["seconds"]) == ("CallLeft", "女儿", 30)
    row = rehearsal.call(call)
    assert list(row["joined"]) == ["user:3"]
    assert row["holder_id"] == 1
    assert not rehearsal.verify().faults


def idle(rehearsal: Rehearsal, call) -> list[Event]:  # type: ignore[no-untyped-def]
    return [e for e in rehearsal.log.stream(f"call:{call['id']}") if e.kind == "CallIdle"]


def test_an_idle_hand_rings_at_its_seat_then_everywhere_then_the_supervisor_is_told(rehearsal: Rehearsal) -> None:
    call = spoken(rehearsal)
    said = lambda: [e.body["who"] for e in idle(rehearsal, call)]  # noqa: E731
    rehearsal.wait(60)
    rehearsal.act("note", call, text="在说话")
    rehearsal.wait(89)
    assert said() == []
    rehearsal.wait(2)
    assert said() == ["holder"]
    rehearsal.wait(30)
    assert said() == ["holder", "seats"]
    rehearsal.wait(30)
    assert said() == ["holder", "seats", "supervisor"]
    desks = Desks(rehearsal)
    desks.hand("attend", call, rehearsal.operator)
    assert rehearsal.call(call)["idle"] == 0
    rehearsal.wait(91)
    assert said()[3:] == ["holder"]
    assert not rehearsal.verify().faults


def test_an_idle_hand_is_told_to_the_supervisor_again_and_again_for_as_long_as_nobody_touches_it(
    rehearsal: Rehearsal,
) -> None:
    rehearsal.parts.in_hand.supervisors = lambda: [SUPERVISOR]
    call = spoken(rehearsal)
    rehearsal.wait(180, 10)
    rehearsal.wait(5 * 3600, 60)
    told = idle(rehearsal, call)[2:]
    apart = [seconds_between(a.at, b.at) // 60 for a, b in pairwise(told)]
    assert apart == [5, 10, 20, 40, 60, 60, 60]  # no flood, and no end
    assert [e.body["minutes"] for e in told[:3]] == [2, 8, 18]
    assert all(e.body["to"] == [SUPERVISOR] for e in told)
    assert rehearsal.call(call)["idle"] > 1  # every seat goes on ringing
    rehearsal.act("note", call, text="在说话")
    rehearsal.wait(91, 1)
    assert idle(rehearsal, call)[-1].body["who"] == "holder"  # from the beginning
    assert not rehearsal.verify().faults


def test_a_carer_who_has_accepted_and_is_never_heard_of_again_does_not_leave_the_case_to_nobody(
    rehearsal: Rehearsal,
) -> None:
    call = answered(rehearsal, "1417", SERVICE)
    visit = rehearsal.send(call)
    rehearsal.carer("accept", visit)
    rehearsal.wait(GOING_SECONDS[3] - 60, 60)
    assert idle(rehearsal, call) == []
    rehearsal.wait(70, 10)
    assert rehearsal.visit(visit)["next_due_at"] is None  # its promises are broken, and it has no more
    assert idle(rehearsal, call)[0].body["who"] == "holder"
    rehearsal.carer("depart", visit)
    assert rehearsal.call(call)["idle"] == 0
    rehearsal.wait(3600, 60)
    assert rehearsal.call(call)["idle"] == 0, "a carer who says something is no silence"


def test_a_hold_that_ran_out_and_that_nobody_takes_up_is_told_to_the_supervisor_too(rehearsal: Rehearsal) -> None:
    rehearsal.parts.in_hand.supervisors = lambda: [SUPERVISOR]
    call = spoken(rehearsal)
    rehearsal.act("hold", call, seconds=120)
    rehearsal.wait(119)
    assert idle(rehearsal, call) == []
    rehearsal.wait(63)
    assert rehearsal.call(call)["stage"] == "on_hold"
    assert [e.body["who"] for e in idle(rehearsal, call)] == ["holder", "seats", "supervisor"]
    rehearsal.wait(301, 10)
    assert idle(rehearsal, call)[-1].body["to"] == [SUPERVISOR]
    assert rehearsal.call(call)["next_due_at"]
    rehearsal.act("resume", call)
    assert rehearsal.call(call)["idle"] == 0


def test_after_an_outage_of_a_night_a_hand_that_did_nothing_is_told_and_no_flood_comes(rehearsal: Rehearsal) -> None:
    rehearsal.parts.in_hand.supervisors = lambda: [SUPERVISOR]
    call = spoken(rehearsal)
    rehearsal.now += timedelta(hours=9)
    rehearsal.wait(10, 1)
    assert len(idle(rehearsal, call)) == 1
    rehearsal.wait(300, 1)
    assert len(idle(rehearsal, call)) == 2
    assert idle(rehearsal, call)[-1].body["to"] == [SUPERVISOR]


def test_no_hand_is_idle_while_a_visit_runs_or_120_is_on_the_way_or_somebody_asked_to_wait(
    rehearsal: Rehearsal,
) -> None:
    visited, called, paused = (spoken(rehearsal, account) for account in ("1417", "1418", "1419"))
    asked = answered(rehearsal, "1420", SERVICE)
    rehearsal.send(visited)
    rehearsal.hand_over("call", called, service="120", criteria=["chest_pain"])
    rehearsal.act("pause", asked, reason="asked", minutes=30)
    rehearsal.wait(400, 5)
    assert "CallIdle" not in rehearsal.kinds(visited)
    assert "CallIdle" not in rehearsal.kinds(called)
    assert "CallIdle" in rehearsal.kinds(paused)  # an emergency in nobody's mind
    rehearsal.wait(1300, 10)
    assert "CallIdle" not in rehearsal.kinds(asked)
    rehearsal.wait(1200, 10)
    assert "CallIdle" in rehearsal.kinds(asked)


def test_nobody_listens_is_said_within_seconds_and_when_it_is_over(rehearsal: Rehearsal) -> None:
    desks = Desks(rehearsal)
    desks.sit(rehearsal.operator)
    desks.sit(rehearsal.other, sound="blocked")
    desks.wait(10)
    assert "NobodyListens" not in desks.said("seats")
    desks.says("tab-of-1", sound="silenced")
    desks.wait(8)
    told = next(event for event in rehearsal.log.stream("seats") if event.kind == "NobodyListens")
    assert told.body["why"] == {"silenced": 1, "blocked": 1}
    desks.says("tab-of-2", sound="on")
    desks.wait(3)
    turns = lambda: [kind for kind in desks.said("seats") if kind.endswith("Listens")]  # noqa: E731
    assert turns() == ["SomebodyListens", "NobodyListens", "SomebodyListens"]
    desks.close("tab-of-2")
    desks.wait(20)
    assert turns()[-1] == "NobodyListens"


def test_ten_calls_in_ten_minutes_are_a_flood_until_fewer_than_five(rehearsal: Rehearsal) -> None:
    desks = Desks(rehearsal)
    desks.sit(rehearsal.operator)
    for number in range(9):
        answered(rehearsal, str(1420 + number), SERVICE)
    desks.wait(6)
    assert desks.seat(rehearsal.operator)["flood_since"] is None
    rehearsal.press("1450", SERVICE)  # rings: one more on this plate
    desks.wait(6)
    began = next(event for event in rehearsal.log.stream("seat:1") if event.kind == "FloodBegan")
    assert began.body["load"] == 10
    rehearsal.wait(580, 20)
    desks.sit(rehearsal.operator, sign_on=False)
    desks.wait(10)
    assert desks.said("seat:1")[-1] == "FloodEnded"
