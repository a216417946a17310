"""Offers move on by themselves, deadlines are rows, and a restart loses none: on both stores."""

import pytest

from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.rules.promises import Rule, Version
from tests.conftest import SERVICE, Rehearsal


def everyone_declines(rehearsal: Rehearsal, visit: Row) -> Row:
    """Each carer who is asked says no at once, until nobody is left to ask."""
    while not rehearsal.call({"id": visit["call_id"]})["nobody_left"]:
        visit = rehearsal.visit(visit)
        if visit["stage"] == "offered":
            rehearsal.carer("decline", visit, reason="忙")
        else:
            rehearsal.wait(1)
    return rehearsal.visit(visit)


def test_silence_moves_the_offer_to_the_next_carer(rehearsal: Rehearsal) -> None:
    visit = rehearsal.send(rehearsal.act("answer", rehearsal.press("1042")))
    first = visit["carer_id"]
    rehearsal.wait(31)
    visit = rehearsal.visit(visit)
    assert visit["stage"] == "offered"
    assert visit["carer_id"] != first
    assert [a["result"] for a in visit["asked"]] == ["expired"] * 2 + ["offered"] * 2, "A and B post, then the next two"


def test_a_decline_moves_it_at_once_with_its_reason(rehearsal: Rehearsal) -> None:
    visit = rehearsal.send(rehearsal.act("answer", rehearsal.press("1042")))
    moved = rehearsal.carer("decline", visit, reason="电动车没电")
    assert moved["carer_id"] != visit["carer_id"]
    assert moved["asked"][0] | {"at": ""} == moved["asked"][0] | {
        "result": "declined",
        "reason": "电动车没电",
        "at": "",
    }


def test_when_nobody_is_left_the_supervisor_is_told_and_everyone_is_asked_again(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    visit = rehearsal.send(call)
    everyone_declines(rehearsal, visit)
    assert rehearsal.call(call)["nobody_left"]
    rehearsal.tick()
    told = [e.body for e in rehearsal.log.stream(f"call:{call['id']}") if e.kind == "NoticeSent"]
    assert "陈主任" in {b["to"] for b in told}
    rehearsal.wait(61)
    visit = rehearsal.visit(visit)
    assert visit["stage"] == "offered"
    rehearsal.carer("accept", visit)
    assert not rehearsal.call(call)["nobody_left"]
    assert not rehearsal.verify().faults


def test_an_urgent_call_nobody_decides_about_gets_a_carer_all_the_same(rehearsal: Rehearsal) -> None:
    call = rehearsal.press("1042")
    rehearsal.wait(91)
    call = rehearsal.call(call)
    assert call["late"].keys() == {"answer", "decide"}
    assert rehearsal.cases.visits_of([call["id"]])[0]["stage"] == "offered"
    assert call["stage"] == "waiting", "a machine may send, but it never answers for a person"


def test_every_missed_deadline_is_recorded_once(rehearsal: Rehearsal) -> None:
    call = rehearsal.press("1042")
    rehearsal.wait(40)
    for _ in range(5):
        rehearsal.tick()
    missed = [e.body["step"] for e in rehearsal.log.stream(f"call:{call['id']}") if e.kind == "DeadlineMissed"]
    assert missed == ["answer"]


def test_a_late_yes_is_taken_while_nobody_else_has_the_visit(rehearsal: Rehearsal) -> None:
    visit = rehearsal.send(rehearsal.act("answer", rehearsal.press("1042")))
    first = visit["carer_id"]
    visit = everyone_declines(rehearsal, visit)
    assert rehearsal.carer("accept", visit, first)["stage"] == "accepted"


def test_a_late_yes_is_refused_and_explained_once_somebody_else_has_it(rehearsal: Rehearsal) -> None:
    visit = rehearsal.send(rehearsal.act("answer", rehearsal.press("1042")))
    rehearsal.wait(31)
    taken = rehearsal.carer("accept", rehearsal.visit(visit))
    with pytest.raises(NotNow) as refusal:
        rehearsal.carer("accept", visit, visit["carer_id"])
    assert (refusal.value.code, refusal.value.values["name"]) == ("not_yours", taken["carer_name"])


def test_an_arrival_after_a_cancel_is_refused_and_explained(rehearsal: Rehearsal) -> None:
    visit = rehearsal.carer("accept", rehearsal.send(rehearsal.act("answer", rehearsal.press("1042"))))
    with rehearsal.writing() as w:
        rehearsal.dispatcher.cancel(w, visit["id"], rehearsal.operator, "已送医")
    with pytest.raises(NotNow) as refusal:
        rehearsal.carer("arrive", visit)
    assert refusal.value.code == "cancelled"


def test_one_carer_never_has_two_active_visits(rehearsal: Rehearsal) -> None:
    asked = set()
    for account in ("1042", "1043", "1044", "1045"):
        asked.add(rehearsal.send(rehearsal.act("answer", rehearsal.press(account)))["carer_id"])
    assert len(asked) == 4
    call = rehearsal.act("answer", rehearsal.press("1050"))
    with pytest.raises(NotNow) as busy:
        rehearsal.send(call, carer_id=next(iter(asked)))
    assert busy.value.code == "busy"


def test_a_restart_loses_no_deadline(rehearsal: Rehearsal) -> None:
    call = rehearsal.press("1042")
    woken = Rehearsal(rehearsal.database, rehearsal.now.replace(minute=rehearsal.now.minute + 5))
    woken.tick()
    assert set(woken.call(call)["late"]) >= {"answer"}
    woken.wait(2)
    assert set(woken.call(call)["late"]) >= {"answer", "decide"}


def test_arrival_inside_the_fence_is_proved_and_outside_is_marked(rehearsal: Rehearsal) -> None:
    for account, off, proof in (("1042", 0.0002, "gps"), ("1043", 0.02, "manual")):
        call = rehearsal.act("answer", rehearsal.press(account))
        home = rehearsal.people.need(call["home_id"])
        visit = rehearsal.carer("accept", rehearsal.send(call))
        here = {"latitude": home["latitude"] + off, "longitude": home["longitude"]}
        assert rehearsal.carer("arrive", visit, position=here)["proof"] == proof


def test_a_visit_follows_its_call_upwards(rehearsal: Rehearsal) -> None:
    visit = rehearsal.send(rehearsal.act("answer", rehearsal.press("1042", SERVICE)))
    first = visit["carer_id"]
    assert visit["priority"] == 3
    rehearsal.wait(10)
    rehearsal.press("1042")
    rehearsal.wait(32)
    visit = rehearsal.visit(visit)
    assert visit["priority"] == 1
    assert visit["carer_id"] != first, "thirty seconds after the SOS, not five minutes after the service key"
    assert not rehearsal.verify().faults


@pytest.mark.parametrize("ending", ["cancel", "absent"])
def test_when_nobody_goes_any_more_the_call_has_a_clock_again(rehearsal: Rehearsal, ending: str) -> None:
    call = rehearsal.act("heard", rehearsal.act("answer", rehearsal.press("1042")), anybody=True)
    visit = rehearsal.carer("accept", rehearsal.send(call))
    if ending == "cancel":
        with rehearsal.writing() as w:
            rehearsal.dispatcher.cancel(w, visit["id"], rehearsal.operator, "电动车坏了")
    else:
        rehearsal.carer("arrive", visit)
        rehearsal.carer("finish", visit, report={"condition": "absent", "done": [], "text": "没人开门"})
    assert rehearsal.call(call)["next_step"] == "conclude"
    rehearsal.wait(91)
    assert "conclude" in rehearsal.call(call)["late"]


def test_a_report_after_a_cancel_is_kept_as_a_note(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    visit = rehearsal.carer("arrive", rehearsal.carer("accept", rehearsal.send(call)))
    with rehearsal.writing() as w:
        rehearsal.dispatcher.cancel(w, visit["id"], rehearsal.operator, "派错人")
    rehearsal.carer("finish", visit, report={"condition": "hurt", "done": ["rang_120"], "text": "已叫120"})
    notes = [e.body["text"] for e in rehearsal.log.stream(f"call:{call['id']}") if e.kind == "NoteAdded"]
    assert any("已叫120" in text for text in notes)
    assert rehearsal.visit(visit)["stage"] == "cancelled"


def test_a_cancel_meant_for_one_carer_does_not_hit_another(rehearsal: Rehearsal) -> None:
    visit = rehearsal.send(rehearsal.act("answer", rehearsal.press("1042")))
    rehearsal.wait(31)
    with rehearsal.writing() as w, pytest.raises(NotNow) as refusal:
        rehearsal.dispatcher.cancel(w, visit["id"], rehearsal.operator, "换人", visit["carer_id"])
    assert refusal.value.code == "not_yours"


def test_a_promise_taken_away_stops_no_visit(rehearsal: Rehearsal) -> None:
    visit = rehearsal.carer("accept", rehearsal.send(rehearsal.act("answer", rehearsal.press("1042"))))
    rehearsal.targets.add(Version(0, "", (Rule(1, {"answer": 15, "decide": 90, "offer": 30, "arrive": 900}),)))
    rehearsal.wait(1000, step=50)
    assert "arrive" in rehearsal.visit(visit)["late"]
