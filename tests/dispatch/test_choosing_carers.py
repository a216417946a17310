"""Choosing as the centre has it: ties between carers and homes, visits that give way, phones that fall silent."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import insert, update

from callcenter.rules.events import Row
from callcenter.rules.times import later, stamp
from callcenter.store.tables import carers, ties
from dispatch import choosing
from dispatch.asking import asked_in_round
from dispatch.rules.ranking import Candidate
from tests.conftest import Rehearsal

NOBODY: Mapping[int, Row] = {}
MAY_WAIT = {"id": "20261123-0001.1", "stage": "arrived", "priority": 3, "interruptible": True, "home_id": 42}


def ranked(
    rehearsal: Rehearsal, home: int = 42, priority: int = 1, busy: Mapping[int, Row] = NOBODY
) -> list[Candidate]:
    choosing = rehearsal.dispatcher.choosing
    return choosing.rank(home, priority, busy, {}, choosing.look(rehearsal.now))


def of(found: list[Candidate], carer: int) -> Candidate:
    return next(one for one in found if one.carer_id == carer)


def tie(rehearsal: Rehearsal, carer: int, what: str, home: int = 42) -> None:
    with rehearsal.database.write() as conn:
        conn.execute(insert(ties).values(home_id=home, carer_id=carer, tie=what))


def test_whoever_is_barred_from_a_home_goes_to_every_other(rehearsal: Rehearsal) -> None:
    best = ranked(rehearsal)[0].carer_id
    tie(rehearsal, best, "infection")
    found = of(ranked(rehearsal), best)
    assert (found.suitable, found.state) == (False, "barred")
    assert of(ranked(rehearsal, home=41), best).suitable


def test_an_operator_cannot_send_somebody_who_is_barred(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    best = ranked(rehearsal, call["home_id"])[0].carer_id
    tie(rehearsal, best, "conflict", call["home_id"])
    with pytest.raises(Exception, match="may not be sent"), rehearsal.writing() as w:
        rehearsal.dispatcher.request(w, call["id"], "user:1", best)


def test_the_named_carer_is_preferred_for_a_p3_and_only_said_for_a_p1(rehearsal: Rehearsal) -> None:
    best = ranked(rehearsal, priority=3)[0]
    tie(rehearsal, best.carer_id, "A")
    known, urgent = of(ranked(rehearsal, priority=3), best.carer_id), of(ranked(rehearsal), best.carer_id)
    assert known.cost == best.cost - 120
    assert ("knows_home", "") in urgent.reasons


def test_a_carer_in_a_home_is_where_that_home_is_and_may_leave_it_for_an_emergency(rehearsal: Rehearsal) -> None:
    away = ranked(rehearsal)[-1 if ranked(rehearsal)[-1].suitable else 5].carer_id
    found = of(ranked(rehearsal, busy={away: MAY_WAIT}), away)
    assert (found.metres, found.suitable, found.state) == (0, True, "busy")
    assert ("interruptible", MAY_WAIT["id"]) in found.reasons
    assert not of(ranked(rehearsal, busy={away: MAY_WAIT | {"interruptible": False}}), away).suitable
    assert not of(ranked(rehearsal, priority=3, busy={away: MAY_WAIT}), away).suitable


def test_whoever_is_only_being_asked_about_something_is_neither_on_the_road_nor_in_a_home(rehearsal: Rehearsal) -> None:
    one = ranked(rehearsal)[0].carer_id
    assert not of(ranked(rehearsal, busy={one: MAY_WAIT | {"stage": "offered"}}), one).suitable


def test_a_phone_that_fell_silent_is_passed_over_and_one_that_never_spoke_is_not(rehearsal: Rehearsal) -> None:
    best = ranked(rehearsal)[0].carer_id
    for seconds, what in ((-30, None), (-120, "phone_stale"), (-600, "silent")):
        with rehearsal.database.write() as conn:
            seen = {"seen_at": later(stamp(rehearsal.now), seconds)}
            conn.execute(update(carers).where(carers.c.id == best).values(seen))
        found = of(ranked(rehearsal), best)
        assert found.suitable == (what != "silent")
        assert {reason[0] for reason in found.reasons} & {"phone_stale", "silent"} == ({what} if what else set())
    assert ("silent", 10) in found.reasons


class Duty:
    def __init__(self, resting: int, ready: int):
        self.resting, self.ready = resting, ready

    def on_break(self, at: str) -> Mapping[int, Any]:
        return {self.resting: at}

    def stand_by(self, at: str) -> list[Row]:
        return [{"id": self.ready, "ends_at": at}]


def test_breaks_and_stand_by_come_from_the_roster(rehearsal: Rehearsal) -> None:
    plain = ranked(rehearsal)
    off = next(one.carer_id for one in plain if one.state == "off_shift")
    rehearsal.dispatcher.choosing.duty = Duty(plain[0].carer_id, off)
    found = ranked(rehearsal)
    assert ("on_break", "") in of(found, plain[0].carer_id).reasons
    assert ("stand_by", "") in of(found, off).reasons
    assert of(found, off).state == "free", "no longer off shift, but in reserve"


def test_what_the_proposal_lacks_is_part_of_the_answer(rehearsal: Rehearsal) -> None:
    call = rehearsal.press("1042")
    rehearsal.now = rehearsal.now.replace(hour=3)  # an hour later
    found = rehearsal.dispatcher.candidates(call["id"])
    missing = rehearsal.dispatcher.choosing.missing(call, found, 900.0, rehearsal.now)
    assert missing[0][0] == "nobody_in_time"
    assert ("two_needed", ["no_voice"], "") in missing


# --- how often ----------------------------------------------------------------------------------------------------


def test_a_dispatch_looks_at_everybody_once_and_ranks_anew_when_somebody_has_been_asked(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, ranked = [], []
    carers, ranking = rehearsal.people.carers, choosing.rank
    monkeypatch.setattr(rehearsal.people, "carers", lambda now: looked.append(now) or carers(now))
    monkeypatch.setattr(choosing, "rank", lambda *what, **more: ranked.append(what) or ranking(*what, **more))
    visit = rehearsal.send(rehearsal.press("1417"))
    steps = [e.body["who"] for e in rehearsal.log.stream(f"call:{visit['call_id']}") if e.kind == "RungClimbed"]
    assert steps == [["nearest", "post_b"]]  # each chooses, and what is missing higher up was looked for before
    assert len(visit["asked"]) == 2
    assert (len(looked), len(ranked)) == (1, 2)


def test_what_was_looked_at_once_says_the_same_as_a_look_of_its_own(rehearsal: Rehearsal) -> None:
    """Of several homes in one transaction, each chosen for after others have been asked about another."""
    homes = [rehearsal.press(account) for account in ("1417", "1418", "1650", "1417")]
    asking = rehearsal.dispatcher.asking
    with rehearsal.writing() as w:
        for call in homes:
            visit = rehearsal.dispatcher.request(w, call["id"], "clock", 3 if call is homes[-1] else None)
            for anyone in (False, True):
                asked = {} if anyone else asked_in_round(visit)
                look = asking.choosing.look(rehearsal.now)
                alone = asking.choosing.rank(
                    visit["home_id"], visit["priority"], asking.occupied(w, visit), asked, look
                )
                assert asking.ranked(w, visit, anyone) == alone
            assert asked_in_round(visit)
