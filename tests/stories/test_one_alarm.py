"""One alarm the whole way through the services, on both stores, with a moved clock."""

from datetime import timedelta

import pytest

from callcenter.rules.call import NotNow
from tests.conftest import CANCEL, MAINS_BACK, MAINS_LOST, SERVICE, TEST, Rehearsal


def test_a_press_becomes_a_call_is_answered_visited_and_closed(rehearsal: Rehearsal) -> None:
    call = rehearsal.press("1042")
    assert (call["stage"], call["priority"], call["kind"], call["presses"]) == ("waiting", 1, "sos", 1)
    assert call["home_id"] is not None
    rehearsal.wait(8)
    call = rehearsal.act("answer", call)
    assert call["holder_name"] == "李敏"
    visit = rehearsal.send(call)
    assert visit["stage"] == "offered"
    assert visit["carer_name"]
    rehearsal.wait(5)
    visit = rehearsal.carer("accept", visit)
    rehearsal.wait(30)
    rehearsal.carer("depart", visit)
    rehearsal.wait(170)
    rehearsal.carer("arrive", visit)
    rehearsal.wait(600)
    visit = rehearsal.carer("finish", visit, report={"condition": "stable", "done": ["helped_up"], "text": "扶起"})
    assert visit["stage"] == "finished"
    call = rehearsal.call(call)
    call = rehearsal.act(
        "close", call, seen_version=call["version"], outcome="helped", evidence="was_seen", words="已扶起"
    )
    assert (call["stage"], call["outcome"], call["evidence"], call["late"]) == ("closed", "helped", "was_seen", {})
    stamps = (
        "opened_at",
        "answered_at",
        "requested_at",
        "offered_at",
        "accepted_at",
        "departed_at",
        "arrived_at",
        "finished_at",
        "closed_at",
    )
    assert [call[s] for s in stamps] == sorted(call[s] for s in stamps)
    assert not rehearsal.verify().faults


def test_a_repeat_press_joins_the_call_is_counted_and_only_raises_priority(rehearsal: Rehearsal) -> None:
    call = rehearsal.press("1042", SERVICE)
    assert call["priority"] == 3
    rehearsal.wait(3)
    again = rehearsal.press("1042")
    assert again["id"] == call["id"]
    assert (again["presses"], again["priority"], again["kinds"]) == (2, 1, ["service", "sos"])
    assert rehearsal.press("1042", SERVICE)["priority"] == 1


def test_a_retransmission_never_counts_as_a_press(rehearsal: Rehearsal) -> None:
    frame = rehearsal.frame("1042", sequence=7)
    assert [e.kind for e in rehearsal.receive(frame)] == ["CallOpened"]
    rehearsal.wait(5)
    assert rehearsal.receive(frame) == []
    assert rehearsal.receive(rehearsal.frame("1042", sequence=8))[0].kind == "PressRepeated"
    found = rehearsal.verify()
    assert (found.frames, found.faults) == ({"raised": 2, "retransmission": 1}, [])


def test_a_frame_and_its_retransmission_in_one_group_are_one_press(rehearsal: Rehearsal) -> None:
    frame = rehearsal.frame("1042", sequence=7)
    assert [e.kind for e in rehearsal.receive(frame, frame)] == ["CallOpened"]
    assert not rehearsal.verify().faults


def test_an_unknown_account_still_makes_a_call(rehearsal: Rehearsal) -> None:
    call = rehearsal.press("987654")
    assert (call["priority"], call["home_id"], call["account"]) == (1, None, "987654")
    assert rehearsal.press("987654")["id"] == call["id"]


def test_a_restore_or_cancel_never_closes_a_persons_call(rehearsal: Rehearsal) -> None:
    call = rehearsal.press("1042")
    rehearsal.receive(rehearsal.frame("1042", "310101001"))
    rehearsal.receive(rehearsal.frame("1042", CANCEL))
    call = rehearsal.call(call)
    assert (call["stage"], call["restored"]) == ("waiting", True)
    assert rehearsal.kinds(call) == ["CallOpened", "SignalJoined", "SignalJoined"]


def test_technical_signals_make_a_device_item_that_the_device_itself_may_end(rehearsal: Rehearsal) -> None:
    item = rehearsal.press("1042", MAINS_LOST)
    assert (item["priority"], item["kind"]) == (4, "mains_lost")
    pressed = rehearsal.press("1042")
    assert pressed["id"] != item["id"]
    rehearsal.receive(rehearsal.frame("1042", MAINS_BACK))
    assert rehearsal.call(item)["stage"] == "closed"
    assert rehearsal.call(pressed)["stage"] == "waiting"
    assert not rehearsal.verify().faults


def test_a_test_press_only_updates_the_device(rehearsal: Rehearsal) -> None:
    events = rehearsal.receive(rehearsal.frame("1042", TEST))
    assert [e.kind for e in events] == ["DeviceTested"]
    assert rehearsal.cases.live() == []


def test_two_operators_take_one_call_and_the_loser_is_told_who_won(rehearsal: Rehearsal) -> None:
    call = rehearsal.press("1042")
    rehearsal.act("answer", call)
    rehearsal.wait(1)
    with pytest.raises(NotNow) as refusal:
        rehearsal.act("answer", call, rehearsal.other)
    assert refusal.value.code == "taken"
    assert refusal.value.values["name"] == "李敏"


def test_closing_needs_evidence_and_eyes_on_what_is_new(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    seen = call["version"]
    for evidence in ("device_answers", ""):
        with pytest.raises(NotNow, match="evidence"):
            rehearsal.act("close", call, seen_version=seen, outcome="false_alarm", evidence=evidence, words="误按")
    rehearsal.press("1042")
    with pytest.raises(NotNow) as unseen:
        rehearsal.act("close", call, seen_version=seen, outcome="false_alarm", evidence="spoke_clearly", words="误按")
    assert unseen.value.code == "unseen"


def test_a_call_with_a_carer_on_it_cannot_be_closed_but_can_be_cancelled_first(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    visit = rehearsal.send(call)
    with pytest.raises(NotNow) as visiting:
        rehearsal.act(
            "close",
            call,
            seen_version=rehearsal.call(call)["version"],
            outcome="other",
            evidence="spoke_clearly",
            words="没事",
        )
    assert visiting.value.code == "visiting"
    with rehearsal.writing() as w:
        rehearsal.dispatcher.cancel(w, visit["id"], rehearsal.operator, "老人说没事")
    call = rehearsal.act(
        "close",
        call,
        seen_version=rehearsal.call(call)["version"],
        outcome="other",
        evidence="spoke_clearly",
        words="没事",
    )
    assert call["stage"] == "closed"


def test_a_closed_call_can_be_reopened_within_half_an_hour_and_a_new_press_is_linked_and_higher(
    rehearsal: Rehearsal,
) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042", SERVICE))
    call = rehearsal.act(
        "close", call, seen_version=call["version"], outcome="service_done", evidence="spoke_clearly", words="好"
    )
    rehearsal.wait(60, step=60)
    linked = rehearsal.press("1042", SERVICE)
    assert (linked["id"] != call["id"], linked["priority"]) == (True, 2)
    assert rehearsal.log.stream(f"call:{linked['id']}")[0].body["linked"] == call["id"]
    with pytest.raises(NotNow) as other:
        rehearsal.act("reopen", call, reason="又来电")
    assert other.value.values["other"] == linked["id"], "one case for each home"
    linked = rehearsal.act("answer", linked)
    close = {"outcome": "advice", "evidence": "spoke_clearly", "words": "好"}
    rehearsal.act("close", linked, seen_version=linked["version"], **close)
    assert rehearsal.act("reopen", call, reason="又来电")["stage"] == "answered"
    call = rehearsal.call(call)
    rehearsal.act("close", call, seen_version=call["version"], **{**close, "outcome": "other"})
    rehearsal.now = rehearsal.now.replace(hour=rehearsal.now.hour + 1)
    with pytest.raises(NotNow):
        rehearsal.act("reopen", call, reason="太晚")


def test_a_press_that_makes_a_taken_call_more_urgent_rings_again(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042", SERVICE))
    rehearsal.wait(600, step=60)
    again = rehearsal.press("1042")
    assert (again["stage"], again["priority"]) == ("waiting", 1)
    rehearsal.wait(16)
    assert "answer" in rehearsal.call(call)["late"], "the new ring has a clock of its own"
    assert rehearsal.act("answer", again, rehearsal.other)["holder_name"] == "王强"
    assert not rehearsal.verify().faults


def test_a_press_on_a_held_call_takes_it_off_hold(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    rehearsal.act("hold", call, seconds=120)
    assert rehearsal.press("1042")["stage"] == "waiting"


def test_a_second_press_on_a_call_in_hand_does_not_take_it_away(rehearsal: Rehearsal) -> None:
    rehearsal.act("answer", rehearsal.press("1042"))
    again = rehearsal.press("1042")
    assert (again["stage"], again["holder_name"], again["presses"]) == ("answered", "李敏", 2)


def test_a_clock_set_back_swallows_no_press(rehearsal: Rehearsal) -> None:
    frame = rehearsal.frame("1042", sequence=7)
    rehearsal.receive(frame)
    rehearsal.now -= timedelta(minutes=10)
    assert [e.kind for e in rehearsal.receive(frame)] == ["PressRepeated"]


def test_sequence_0000_is_no_number(rehearsal: Rehearsal) -> None:
    frame = rehearsal.frame("1042", sequence=0)
    rehearsal.receive(frame)
    rehearsal.wait(30, step=30)
    assert [e.kind for e in rehearsal.receive(frame)] == ["PressRepeated"]


def test_a_held_call_comes_back_by_itself(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    call = rehearsal.act("hold", call, seconds=60)
    assert call["stage"] == "on_hold"
    rehearsal.wait(61)
    call = rehearsal.call(call)
    assert (call["stage"], call["held_until"], call["late"].get("hold")) == ("on_hold", None, 0)
    assert rehearsal.act("resume", call, rehearsal.other)["holder_name"] == "王强"


def test_two_signals_in_one_frame_are_both_raised(rehearsal: Rehearsal) -> None:
    events = rehearsal.receive(rehearsal.frame("1042", "#1042|Nri1/QA01/YT00", token="SIA-DCS"))
    assert [(e.kind, e.body["kind"]) for e in events] == [("CallOpened", "sos"), ("CallOpened", "low_battery")]
    assert not rehearsal.verify().faults
