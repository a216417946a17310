"""A signal without a voice is an alarm: two silences, and somebody goes to look. On both stores."""

from datetime import timedelta

from sqlalchemy import update

from callcenter.rules.events import Row
from callcenter.store.tables import residents
from tests.conftest import SERVICE, Rehearsal


def answered(rehearsal: Rehearsal, tier: str) -> Row:
    with rehearsal.database.write() as conn:
        conn.execute(update(residents).values(tier=tier))
    return rehearsal.act("answer", rehearsal.press("1042", SERVICE))


def test_two_silences_send_somebody_and_make_a_service_urgent(rehearsal: Rehearsal) -> None:
    call = answered(rehearsal, "C")
    rehearsal.act("heard", call, anybody=False)
    rehearsal.tick()
    assert not rehearsal.cases.visits_of([call["id"]]), "one silence is tried again"
    rehearsal.act("heard", call, anybody=False)
    rehearsal.tick()
    (visit,) = rehearsal.cases.visits_of([call["id"]])
    assert (visit["priority"], visit["why"], visit["stage"]) == (2, "nobody_heard", "offered")
    assert rehearsal.call(call)["priority"] == 2
    assert not rehearsal.verify().faults


def test_in_a_home_of_the_highest_risk_it_is_an_emergency(rehearsal: Rehearsal) -> None:
    call = answered(rehearsal, "A")
    for _ in range(2):
        rehearsal.act("heard", call, anybody=False)
    rehearsal.tick()
    assert rehearsal.call(call)["priority"] == 1


def test_a_silence_nobody_follows_up_is_the_second_one_after_a_minute(rehearsal: Rehearsal) -> None:
    call = answered(rehearsal, "C")
    rehearsal.act("heard", call, anybody=False)
    rehearsal.wait(62)
    assert rehearsal.cases.visits_of([call["id"]])[0]["why"] == "nobody_heard"
    assert "unheard" in rehearsal.call(call)["late"]


def test_a_voice_after_all_ends_it(rehearsal: Rehearsal) -> None:
    call = answered(rehearsal, "C")
    rehearsal.act("heard", call, anybody=False)
    rehearsal.act("heard", call, anybody=True)
    rehearsal.wait(62)
    assert rehearsal.call(call)["unheard"] == 0
    assert not rehearsal.cases.visits_of([call["id"]])


def test_the_second_silence_is_kept_in_the_row_while_the_dispatcher_is_away(rehearsal: Rehearsal) -> None:
    call = answered(rehearsal, "C")
    for _ in range(2):
        rehearsal.act("heard", call, anybody=False)
    assert rehearsal.call(call)["next_step"] == "unheard"
    rehearsal.now += timedelta(minutes=5)
    rehearsal.tick()
    (visit,) = rehearsal.cases.visits_of([call["id"]])
    assert visit["why"] == "nobody_heard"
    row = rehearsal.call(call)
    assert (row["unheard_at"], "unheard" in row["late"]) == (None, False), "no step of ours was late"
    asked = [e for e in rehearsal.log.stream(f"call:{call['id']}") if e.kind == "HelpAsked"]
    assert [e.body["who"] for e in asked].count("contacts") <= 1
    assert not rehearsal.verify().faults


def test_a_silence_before_the_carer_stood_in_the_door_sends_nobody_else(rehearsal: Rehearsal) -> None:
    call = answered(rehearsal, "C")
    visit = rehearsal.carer("accept", rehearsal.send(call))
    rehearsal.act("heard", call, anybody=False)
    rehearsal.carer("arrive", visit)
    rehearsal.wait(62)
    assert (rehearsal.call(call)["priority"], rehearsal.kinds(call).count("DeadlineMissed")) == (3, 0)
