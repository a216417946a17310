"""The ring-round: who is rung next, what each try says of the number, and that whoever says "I come" has to come."""

from typing import Any

import pytest

from callcenter.ring_round import RingRound
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.events import Row
from callcenter.rules.times import later, stamp
from callcenter.store.tables import contact_numbers, contacts, residents
from callcenter.wall import Wall
from tests.conftest import ZONE, Rehearsal

DAUGHTER, SON, NEPHEW = 9001, 9002, 9003


@pytest.fixture
def call(rehearsal: Rehearsal) -> Row:
    """An emergency, answered; three contacts: a daughter near, a son far with a key, a nephew who sleeps now."""
    found = rehearsal.act("answer", rehearsal.press("1042"))
    with rehearsal.database.write() as conn:
        theirs = residents.select().where(residents.c.home_id == found["home_id"]).order_by(residents.c.id)
        of = [row.id for row in conn.execute(theirs)]
        conn.execute(contacts.delete().where(contacts.c.resident_id.in_(of)))
        for number, rank, name, minutes, key, hours in (
            (NEPHEW, 1, "侄子", 3, False, "20:00-21:00"),
            (SON, 2, "儿子", 40, True, ""),
            (DAUGHTER, 3, "女儿", 8, False, ""),
        ):
            known = {"id": number, "resident_id": of[0], "rank": rank, "name": name, "relation": name}
            how = {"reachable": hours, "minutes_away": minutes, "has_key": key}
            conn.execute(contacts.insert().values(**known, **how, phone=f"+86 139-7200-{number}"))
    return found


def ring_round(rehearsal: Rehearsal, call: Row) -> Row:
    wall = Wall(rehearsal.log, rehearsal.cases, rehearsal.people, rehearsal.targets, ZONE, lambda: rehearsal.now, list)
    shown: Row = wall.card(rehearsal.call(call))["ring_round"]
    shown["people"] = [one for one in shown["people"] if one["role"] == "contact"]
    return shown


def order(rehearsal: Rehearsal, call: Row) -> list[int]:
    return [one["id"] for one in ring_round(rehearsal, call)["people"]]


def ring(rehearsal: Rehearsal, call: Row, contact: int, result: str, verb: str = "tried", **more: Any) -> Row:
    with rehearsal.writing() as w:
        if verb == "tried":
            more["result"] = result
        row: Row = getattr(RingRound(), verb)(w, call["id"], rehearsal.operator, contact, **more)
    return row


def number(rehearsal: Rehearsal, contact: int) -> Row:
    with rehearsal.database.read() as conn:
        mine = contact_numbers.select().where(contact_numbers.c.id == f"1397200{contact}")
        return dict(conn.execute(mine).mappings().one())


def test_who_can_be_reached_now_and_is_near_is_rung_first_and_everybody_once_before_anybody_twice(
    rehearsal: Rehearsal, call: Row
) -> None:
    assert order(rehearsal, call) == [DAUGHTER, SON, NEPHEW]
    ring(rehearsal, call, DAUGHTER, "no_answer")
    assert order(rehearsal, call) == [SON, NEPHEW, DAUGHTER]
    ring(rehearsal, call, SON, "busy")
    first = ring_round(rehearsal, call)
    assert (first["round"], [one["next"] for one in first["people"]]) == (1, [True, False, False])
    ring(rehearsal, call, NEPHEW, "no_answer")
    second = ring_round(rehearsal, call)
    assert (second["round"], second["people"][0]["id"]) == (2, SON), "a busy line is not a number nobody answers"
    for one in (SON, DAUGHTER, NEPHEW):
        ring(rehearsal, call, one, "no_answer")
    over = ring_round(rehearsal, call)
    assert (over["round"], any(one["next"] for one in over["people"])) == (3, False)
    tried = {one["id"]: (one["try"]["count"], one["try"]["result"], one["try"]["by"]) for one in over["people"]}
    assert set(tried.values()) == {(2, "no_answer", "李敏")}
    assert not rehearsal.verify().faults


def test_who_comes_is_expected_and_rung_again_when_they_are_not_there_by_then(rehearsal: Rehearsal, call: Row) -> None:
    call = ring(rehearsal, call, DAUGHTER, "comes", minutes=10, words="打车来")
    coming = call["responders"][f"contact:{DAUGHTER}"]
    assert (coming["state"], coming["expected_at"]) == ("going", later(stamp(rehearsal.now), 600))
    assert order(rehearsal, call) == [SON, NEPHEW, DAUGHTER]
    rehearsal.wait(590, step=5)
    assert "contact" not in rehearsal.call(call)["late"]
    rehearsal.wait(15, step=5)
    late = rehearsal.call(call)
    assert ("contact" in late["late"], late["responders"][f"contact:{DAUGHTER}"]["late"]) == (True, True)
    assert order(rehearsal, call)[0] == DAUGHTER, "whoever is late is rung first"
    again = ring(rehearsal, call, DAUGHTER, "comes", minutes=5)
    assert "contact" not in again["late"]
    there = ring(rehearsal, call, DAUGHTER, "", verb="there")
    assert (there["responders"][f"contact:{DAUGHTER}"]["state"], there["expected_at"]) == ("there", None)
    rehearsal.wait(400, step=10)
    assert "contact" not in rehearsal.call(call)["late"]
    assert not rehearsal.verify().faults


def test_without_minutes_what_is_on_file_counts_and_two_who_come_are_both_waited_for(
    rehearsal: Rehearsal, call: Row
) -> None:
    call = ring(rehearsal, call, SON, "comes")
    assert call["expected_at"] == later(stamp(rehearsal.now), 40 * 60)
    call = ring(rehearsal, call, DAUGHTER, "comes", minutes=1)
    assert call["expected_at"] == later(stamp(rehearsal.now), 60)
    rehearsal.wait(62)
    assert rehearsal.call(call)["expected_at"] == call["responders"][f"contact:{SON}"]["expected_at"]
    call = ring(rehearsal, call, DAUGHTER, "cannot")
    assert "contact" not in call["late"], "nobody who is late is waited for any more"
    assert not rehearsal.verify().faults


def test_a_wrong_number_is_doubted_in_every_later_case_until_somebody_answers(rehearsal: Rehearsal, call: Row) -> None:
    ring(rehearsal, call, DAUGHTER, "wrong_number", words="打到了饭馆")
    assert order(rehearsal, call)[-1] == DAUGHTER
    assert (number(rehearsal, DAUGHTER)["why"], number(rehearsal, DAUGHTER)["tries"]) == ("wrong_number", 1)
    version = rehearsal.call(call)["version"]
    rehearsal.act("close", call, seen_version=version, outcome="advice", evidence="spoke_clearly", words="没事")
    rehearsal.wait(3600, step=600)
    later_on = rehearsal.act("answer", rehearsal.press("1042"))
    shown = ring_round(rehearsal, later_on)["people"]
    assert (shown[-1]["id"], shown[-1]["doubt"], shown[-1]["try"]) == (DAUGHTER, "wrong_number", None)
    ring(rehearsal, later_on, DAUGHTER, "spoke")
    assert number(rehearsal, DAUGHTER)["doubtful_at"] is None
    assert not rehearsal.verify().faults


def test_a_number_nobody_answers_again_and_again_is_doubted_and_one_rung_to_check_is_not(
    rehearsal: Rehearsal, call: Row
) -> None:
    for _ in range(4):
        ring(rehearsal, call, SON, "no_answer")
    assert number(rehearsal, SON)["why"] == "unreached"
    with rehearsal.writing() as w:
        RingRound.confirmed(w, rehearsal.operator, f"0086 139 7200 {SON}", True)
    known = number(rehearsal, SON)
    assert (known["doubtful_at"], known["failures"], known["confirmed_by"]) == (None, 0, "李敏")
    with rehearsal.writing() as w:
        RingRound.confirmed(w, rehearsal.operator, f"139 7200 {SON}", False)
    assert number(rehearsal, SON)["why"] == "wrong_number"
    assert not rehearsal.verify().faults


def test_that_a_contact_was_spoken_to_or_is_there_ends_nothing(rehearsal: Rehearsal, call: Row) -> None:
    ring(rehearsal, call, DAUGHTER, "spoke", words="说老人没事")
    ring(rehearsal, call, SON, "comes")
    ring(rehearsal, call, SON, "", verb="there")
    ending = {"outcome": "helped", "evidence": "was_seen", "words": "家属说没事"}
    with pytest.raises(NotNow) as refused:
        rehearsal.act("close", call, seen_version=rehearsal.call(call)["version"], **ending)
    assert refused.value.code == "not_seen"
    assert not rehearsal.call(call)["emergency"].get("spoke")


def test_nobody_of_another_home_is_rung_and_nobody_for_a_closed_case(rehearsal: Rehearsal, call: Row) -> None:
    other = rehearsal.act("answer", rehearsal.press("1043"))
    with pytest.raises(NotThere):
        ring(rehearsal, other, DAUGHTER, "spoke")
    with pytest.raises(NotNow, match="Nobody has said"):
        ring(rehearsal, call, DAUGHTER, "", verb="there")
    version = rehearsal.call(call)["version"]
    rehearsal.act("close", call, seen_version=version, outcome="advice", evidence="spoke_clearly", words="没事")
    with pytest.raises(NotNow, match="closed"):
        ring(rehearsal, call, DAUGHTER, "spoke")
