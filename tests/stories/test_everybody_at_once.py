"""Everybody at once in an emergency: family, station, committee and neighbours in parallel, and nobody twice."""

import pytest

from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.rules.times import seconds_between, stamp
from callcenter.store.tables import responders
from dispatch.responding import EVERYBODY
from tests.conftest import Rehearsal


def ask(rehearsal: Rehearsal, call: Row, whom: str = EVERYBODY) -> Row:
    with rehearsal.writing() as w:
        return rehearsal.parts.responding.ask(w, call["id"], "user:1 李敏", whom)


def asked(rehearsal: Rehearsal, call: Row) -> list[tuple[str, set[str]]]:
    """``(group, people)`` of each asking, in order."""
    story = rehearsal.log.stream(f"call:{call['id']}")
    return [(e.body["who"], {f"{one['role']}:{one['id']}" for one in e.body["to"]}) for e in story
            if e.kind == "HelpAsked"]  # fmt: skip


def test_one_key_asks_family_station_committee_and_neighbours_in_one_moment(rehearsal: Rehearsal) -> None:
    call = ask(rehearsal, rehearsal.act("answer", rehearsal.press("1042")))
    groups = dict(asked(rehearsal, call))
    assert list(groups) == ["contacts", "station_head", "committee", "responders"]
    assert all(groups.values())
    assert set(call["help"]) == set(groups)
    assert {one["at"] for one in call["help"].values()} == {stamp(rehearsal.now)}
    assert call["help"]["committee"]["by"] == "李敏"
    with rehearsal.database.read() as conn:
        office = conn.execute(responders.select().where(responders.c.kind == "committee",
                              responders.c.community == call["community"])).mappings().one()  # fmt: skip
    assert groups["committee"] == {f"responder:{office['id']}"}
    assert call["responders"][f"responder:{office['id']}"]["kind"] == "committee"
    assert not rehearsal.verify().faults


def test_nobody_is_asked_twice_within_ten_minutes_and_who_has_not_answered_is_after_them(rehearsal: Rehearsal) -> None:
    call = ask(rehearsal, rehearsal.act("answer", rehearsal.press("1042")))
    with pytest.raises(NotNow) as lately:
        ask(rehearsal, call)
    assert lately.value.code == "asked_lately"
    first = next(one for one in call["responders"].values() if one["role"] == "contact")
    with rehearsal.writing() as w:
        link = rehearsal.parts.responding.link(w, call["id"], first)
    with rehearsal.writing() as w:
        rehearsal.parts.responding.answer(w, link.rpartition("/")[2], False)
    rehearsal.now = rehearsal.now.replace(minute=rehearsal.now.minute + 11)
    before = len(asked(rehearsal, call))
    call = ask(rehearsal, call)
    again = {one for _, people in asked(rehearsal, call)[before:] for one in people}
    assert again
    assert f"contact:{first['id']}" not in again, "who has answered is left in peace"
    assert call["responders"][f"contact:{first['id']}"]["state"] == "cannot"
    assert not rehearsal.verify().faults


def test_what_the_ladder_has_asked_is_shown_as_done_and_not_done_again(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    rehearsal.send(call)
    rehearsal.wait(125, step=5)
    by_ladder = {one for _, people in asked(rehearsal, call) for one in people}
    assert by_ladder, "the ladder has asked somebody who is no carer"
    before = len(asked(rehearsal, call))
    call = ask(rehearsal, call)
    mine = [one for _, people in asked(rehearsal, call)[before:] for one in people]
    assert "committee" in call["help"]
    assert not by_ladder & set(mine)
    for group, one in call["help"].items():
        assert seconds_between(one["at"], stamp(rehearsal.now)) <= 125, group
    assert not rehearsal.verify().faults


def test_without_a_home_the_supervisor_is_asked_or_it_is_said_that_there_is_nobody(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("9999"))
    assert call["home_id"] is None
    with pytest.raises(NotNow, match="Everybody who could be asked"):
        ask(rehearsal, call)
