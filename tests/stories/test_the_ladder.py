"""The ladder of an emergency: A and B post together, then more and others, and never the end of it. On both stores."""

from itertools import permutations

import pytest
from sqlalchemy import delete, update

from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.store.tables import carers, shifts, stand_bys
from callcenter.store.users import Users
from tests.conftest import SERVICE, Rehearsal


def answered(rehearsal: Rehearsal, account: str = "1042", code: str = "110101001") -> Row:
    return rehearsal.act("answer", rehearsal.press(account, code))


def asked(visit: Row, result: str = "offered") -> list[int]:
    return [one["carer_id"] for one in visit["asked"] if one["result"] == result]


def supervisor(rehearsal: Rehearsal) -> None:
    row = {"login": "chen", "name": "陈主任", "role": "supervisor", "password_hash": "", "phone": "000-110"}
    with rehearsal.database.write() as conn:
        Users.add(conn, row)


def nobody_on_duty(rehearsal: Rehearsal) -> None:
    with rehearsal.database.write() as conn:
        conn.execute(delete(shifts))
        conn.execute(delete(stand_bys))


def test_ab_posts_are_asked_together_the_first_yes_wins_and_the_other_is_told(rehearsal: Rehearsal) -> None:
    visit = rehearsal.send(answered(rehearsal))
    first, second = asked(visit)
    on = {row["id"]: row for row in rehearsal.people.carers(rehearsal.now)}
    home = rehearsal.people.need(visit["home_id"])
    assert on[second]["post"] == "B"
    assert on[second]["station_id"] == home["station_id"]
    taken = rehearsal.carer("accept", visit, second)
    assert (taken["carer_id"], taken["stage"]) == (second, "accepted")
    withdrawn = [e.body for e in rehearsal.log.stream(f"call:{visit['call_id']}") if e.kind == "OfferWithdrawn"]
    assert [(b["carer_id"], b["reason"]) for b in withdrawn] == [(first, "accepted")]
    with pytest.raises(NotNow) as refusal:
        rehearsal.carer("accept", visit, first)
    assert refusal.value.code == "not_yours"
    assert not rehearsal.verify().faults


def test_each_rung_comes_in_its_time_and_reaches_further(rehearsal: Rehearsal) -> None:
    call = answered(rehearsal)
    supervisor(rehearsal)
    visit = rehearsal.send(call)
    rehearsal.wait(31)
    assert len(asked(rehearsal.visit(visit))) == 2, "the next two"
    rehearsal.wait(61)
    everyone = {row["id"] for row in rehearsal.people.carers(rehearsal.now) if row["on_shift"]}
    own = rehearsal.people.need(visit["home_id"])["station_id"]
    near = set(rehearsal.people.stations.near(own, 2))
    reached = {one["carer_id"] for one in rehearsal.visit(visit)["asked"]}
    on = rehearsal.people.carers(rehearsal.now)
    neighbours = {row["id"] for row in on if row["on_shift"] and row["station_id"] in near}
    assert neighbours <= reached, "all of the two stations next to it"
    rehearsal.wait(95)
    assert {one["carer_id"] for one in rehearsal.visit(visit)["asked"]} == everyone, "those at home are only telephoned"
    helped = [e.body["who"] for e in rehearsal.log.stream(f"call:{call['id']}") if e.kind == "HelpAsked"]
    assert helped.index("station_head") < helped.index("supervisor")
    rungs = [e.body["rung"] for e in rehearsal.log.stream(f"call:{call['id']}") if e.kind == "RungClimbed"]
    assert rungs == sorted(rungs), "it only climbs"
    assert not rehearsal.verify().faults


def test_nobody_accepts_and_it_never_ends_by_itself(rehearsal: Rehearsal) -> None:
    call = answered(rehearsal)
    visit = rehearsal.send(call)
    rehearsal.wait(900, step=3)
    rounds = [e.body for e in rehearsal.log.stream(f"call:{call['id']}") if e.kind == "NobodyLeft"]
    assert len(rounds) >= 5, "everyone is asked again and again"
    call = rehearsal.call(call)
    assert call["nobody_left"]
    assert call["stage"] == "answered"
    visit = rehearsal.visit(visit)
    assert visit["ended_at"] is None
    assert visit["next_due_at"] is not None, "a clock is running"
    assert rehearsal.carer("accept", visit, visit["asked"][0]["carer_id"])["stage"] == "accepted"


def test_a_roster_with_nobody_is_said_at_once_and_people_are_rung(rehearsal: Rehearsal) -> None:
    nobody_on_duty(rehearsal)
    call = answered(rehearsal)
    visit = rehearsal.send(call)
    assert rehearsal.call(call)["nobody_left"], "not after minutes"
    kinds = rehearsal.kinds(call)
    assert "HelpAsked" in kinds, "empty rungs were skipped at once"
    gaps = next(e.body["empty"] for e in rehearsal.log.stream(f"call:{call['id']}") if e.kind == "LadderHasGaps")
    assert {"nearest", "post_b", "next", "neighbours", "everyone"} <= set(gaps)
    assert set(rehearsal.visit(visit)["gaps"]) == set(gaps)
    rehearsal.wait(400, step=2)
    assert rehearsal.visit(visit)["next_due_at"], "and it goes on for ever"
    assert not rehearsal.verify().faults


def test_steps_without_anybody_are_shown_when_the_ladder_is_armed(rehearsal: Rehearsal) -> None:
    call = answered(rehearsal)
    visit = rehearsal.send(call)
    gaps = [e.body["empty"] for e in rehearsal.log.stream(f"call:{call['id']}") if e.kind == "LadderHasGaps"]
    assert gaps, "nobody is named as duty officer or responder in this district"
    assert "station_head" not in gaps[0], "the station's telephone stands for its head"
    assert rehearsal.visit(visit)["gaps"] == gaps[0]


def test_an_emergency_takes_the_carer_who_is_asked_about_something_that_can_wait(rehearsal: Rehearsal) -> None:
    service = rehearsal.send(answered(rehearsal, "1042", SERVICE))
    only = asked(service)[0]
    with rehearsal.database.write() as conn:
        conn.execute(update(carers).where(carers.c.id != only).values(active=False))
    urgent = rehearsal.send(answered(rehearsal, "1043"))
    assert asked(urgent) == [only]
    assert asked(rehearsal.visit(service), "withdrawn") == [only]
    rehearsal.carer("accept", urgent, only)
    assert not rehearsal.verify().faults


def test_homes_that_wait_together_get_the_best_whole(rehearsal: Rehearsal) -> None:
    homes = ("1042", "1142", "1242", "1342")
    calls = [rehearsal.press(account) for account in homes]
    on = [row["id"] for row in rehearsal.people.carers(rehearsal.now) if row["on_shift"]]
    with rehearsal.database.write() as conn:  # as many as there are homes, so that one's gain is another's loss
        conn.execute(update(carers).where(carers.c.id.not_in(on[:: len(on) // 4][:4])).values(active=False))
    etas = [{one.carer_id: one.eta_seconds or 0 for one in rehearsal.dispatcher.candidates(c["id"])} for c in calls]
    best = min(
        sum(etas[place][carer] for place, carer in enumerate(whole)) for whole in permutations(etas[0], len(calls))
    )
    rehearsal.wait(92, step=46)
    visits = rehearsal.cases.visits_of([call["id"] for call in calls])
    firsts = [visit["asked"][0]["carer_id"] for visit in visits]
    assert len(set(firsts)) == len(homes)
    assert sum(etas[place][carer] for place, carer in enumerate(firsts)) <= best * 1.1, "penalties count beside the way"


def test_an_operator_may_overrule_with_a_reason(rehearsal: Rehearsal) -> None:
    call = answered(rehearsal)
    best, *_, last = [one for one in rehearsal.dispatcher.candidates(call["id"]) if one.suitable]
    visit = rehearsal.send(call, carer_id=last.carer_id, override_reason="老人点名要她")
    offers = [e.body for e in rehearsal.log.stream(f"call:{call['id']}") if e.kind == "VisitOffered"]
    assert offers[0]["carer_id"] == last.carer_id
    assert offers[0]["override_reason"] == "老人点名要她"
    assert best.carer_id not in asked(visit) or on_post_b(rehearsal, best.carer_id)


def on_post_b(rehearsal: Rehearsal, carer_id: int) -> bool:
    return any(row["id"] == carer_id and row["post"] == "B" for row in rehearsal.people.carers(rehearsal.now))


def test_a_service_asks_one_at_a_time_from_its_own_station(rehearsal: Rehearsal) -> None:
    visit = rehearsal.send(answered(rehearsal, "1042", SERVICE))
    assert len(asked(visit)) == 1
    own = rehearsal.people.need(visit["home_id"])["station_id"]
    on = {row["id"]: row["station_id"] for row in rehearsal.people.carers(rehearsal.now)}
    assert on[asked(visit)[0]] == own


def test_two_accepts_in_the_same_millisecond_have_one_winner(rehearsal: Rehearsal) -> None:
    visit = rehearsal.send(answered(rehearsal))
    first, second = asked(visit)
    rehearsal.carer("accept", visit, first)
    with pytest.raises(NotNow):
        rehearsal.carer("accept", visit, second)
    kinds = rehearsal.kinds({"id": visit["call_id"]})
    assert kinds.count("VisitAccepted") == 1


def test_an_acceptance_races_the_tick_that_would_have_moved_on(rehearsal: Rehearsal) -> None:
    visit = rehearsal.send(answered(rehearsal))
    rehearsal.wait(29)
    taken = rehearsal.carer("accept", visit, asked(visit)[0])
    rehearsal.wait(5)
    assert rehearsal.visit(taken)["stage"] == "accepted"
    assert "OfferExpired" not in rehearsal.kinds({"id": visit["call_id"]})
