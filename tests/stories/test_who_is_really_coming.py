"""Nobody is assumed after the yes either: silent, still, late carers; the key in the home; calls no seat answers."""

from datetime import timedelta

from sqlalchemy import update

from callcenter.rules.events import Row
from callcenter.rules.times import stamp
from callcenter.store.tables import carers, residents
from callcenter.store.users import Users
from callcenter.wall import Wall
from tests.conftest import SERVICE, ZONE, Rehearsal


def going(rehearsal: Rehearsal, account: str = "1042") -> Row:
    """A carer has said yes and is on the way; the phone is alive and tells where it is."""
    call = rehearsal.act("answer", rehearsal.press(account))
    visit = rehearsal.send(call)
    here(rehearsal, visit["carer_id"], metres_north=0.0)
    return rehearsal.carer("depart", rehearsal.carer("accept", visit))


def here(rehearsal: Rehearsal, carer_id: int, metres_north: float) -> None:
    """The phone speaks to us from so far north of its station."""
    row = next(r for r in rehearsal.people.carers(rehearsal.now) if r["id"] == carer_id)
    place = {"latitude": row["station_latitude"] + metres_north / 111_195, "longitude": row["station_longitude"]}
    with rehearsal.database.write() as conn:
        at = stamp(rehearsal.now)
        conn.execute(update(carers).where(carers.c.id == carer_id).values(seen_at=at, position_at=at, **place))


def doubts(rehearsal: Rehearsal, visit: Row) -> list[str]:
    events = rehearsal.log.stream(f"call:{visit['call_id']}")
    return [e.body["doubt"] for e in events if e.kind == "CarerInDoubt"]


def others(rehearsal: Rehearsal, visit: Row) -> list[Row]:
    return [v for v in rehearsal.cases.visits_of([visit["call_id"]]) if v["id"] != visit["id"]]


def test_a_carer_who_falls_silent_keeps_the_visit_and_a_second_is_sent(rehearsal: Rehearsal) -> None:
    visit = going(rehearsal)
    rehearsal.wait(185, step=5)
    assert doubts(rehearsal, visit) == ["silent"]
    assert not others(rehearsal, visit), "rung first, and given a minute"
    rehearsal.wait(65, step=5)
    (second,) = others(rehearsal, visit)
    assert second["backs_up"] == visit["id"]
    assert rehearsal.visit(visit)["stage"] == "on_the_way", "the first is not called back for being silent"
    assert visit["carer_id"] not in [one["carer_id"] for one in second["asked"]]
    assert not rehearsal.verify().faults


def test_the_row_shows_the_carer_who_is_coming_and_not_the_second_who_is_looked_for(rehearsal: Rehearsal) -> None:
    visit = going(rehearsal)
    rehearsal.wait(250, step=5)
    (second,) = others(rehearsal, visit)
    assert second["stage"] == "offered"
    assert shown(rehearsal, visit) == (visit["id"], "on_the_way")
    (beside,) = on_the_wall(rehearsal, visit)["beside"]
    asked = [one["carer_id"] for one in second["asked"] if one["result"] == "offered"]
    assert (beside["stage"], beside["asked"]) == ("offered", asked), "who is asked too is not shown as free"
    here(rehearsal, visit["carer_id"], 0.0)
    rehearsal.carer("arrive", visit)
    rehearsal.wait(1)
    assert rehearsal.visit(second)["stage"] == "cancelled"
    assert shown(rehearsal, visit) == (visit["id"], "arrived"), "not the one that was called off"


def shown(rehearsal: Rehearsal, visit: Row) -> tuple[str, str]:
    told = on_the_wall(rehearsal, visit)["visit"]
    return told["id"], told["stage"]


def on_the_wall(rehearsal: Rehearsal, visit: Row) -> Row:
    wall = Wall(rehearsal.log, rehearsal.cases, rehearsal.people, rehearsal.targets, ZONE, lambda: rehearsal.now, list)
    return wall.row(rehearsal.call({"id": visit["call_id"]}))


def test_the_first_is_called_back_only_when_the_second_has_said_yes_and_is_earlier(rehearsal: Rehearsal) -> None:
    visit = going(rehearsal)
    for _ in range(30):
        rehearsal.wait(30, step=5)
        here(rehearsal, visit["carer_id"], 0.0)
    (second,) = others(rehearsal, visit)
    taken = rehearsal.carer("accept", second, second["asked"][-1]["carer_id"])
    assert rehearsal.visit(visit)["stage"] == "cancelled", "long overdue: whoever is coming now is earlier"
    assert taken["stage"] == "accepted"
    assert rehearsal.call({"id": visit["call_id"]})["idle_since"] is None, "somebody is on the way"
    assert not rehearsal.verify().faults


def test_a_silent_carer_is_not_called_back_for_they_may_need_help_themselves(rehearsal: Rehearsal) -> None:
    visit = going(rehearsal)
    rehearsal.wait(900, step=5)
    (second,) = others(rehearsal, visit)
    rehearsal.carer("accept", second, second["asked"][-1]["carer_id"])
    assert rehearsal.visit(visit)["stage"] == "on_the_way"


def test_a_carer_who_does_not_move_is_doubted_after_two_minutes(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    best = rehearsal.dispatcher.candidates(call["id"])[0]
    here(rehearsal, best.carer_id, metres_north=1500.0)
    visit = rehearsal.send(call, carer_id=best.carer_id)
    visit = rehearsal.carer("accept", visit, best.carer_id)
    rehearsal.carer("depart", visit)
    for _ in range(16):
        rehearsal.wait(10, step=5)
        here(rehearsal, best.carer_id, metres_north=1500.0)
    assert doubts(rehearsal, visit)[:1] == ["not_moving"]


def test_a_carer_who_moves_is_not_doubted(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    home, best = rehearsal.people.need(call["home_id"]), rehearsal.dispatcher.candidates(call["id"])[0]
    north = (home["latitude"] - home["station_latitude"]) * 111_195
    here(rehearsal, best.carer_id, metres_north=north + 800)
    visit = rehearsal.carer("accept", rehearsal.send(call, carer_id=best.carer_id), best.carer_id)
    rehearsal.carer("depart", visit)
    for step in range(18):
        rehearsal.wait(10, step=5)
        here(rehearsal, best.carer_id, metres_north=north + 800 - step * 40)
    assert doubts(rehearsal, visit) == []


def test_no_movement_at_all_on_accept_is_a_doubt_too(rehearsal: Rehearsal) -> None:
    visit = rehearsal.send(rehearsal.act("answer", rehearsal.press("1042")))
    here(rehearsal, visit["carer_id"], 0.0)
    visit = rehearsal.carer("accept", visit)
    for _ in range(13):
        rehearsal.wait(10, step=5)
        here(rehearsal, visit["carer_id"], 0.0)
    assert "not_left" in doubts(rehearsal, visit)


def test_the_residents_own_pager_proves_the_arrival(rehearsal: Rehearsal) -> None:
    visit = rehearsal.carer("arrive", going(rehearsal))
    assert visit["proof"] == "manual"
    rehearsal.wait(20)
    rehearsal.press("1042")
    rehearsal.tick()
    assert rehearsal.visit(visit)["proof"] == "pager"
    assert not others(rehearsal, visit), "the carer's own press is no cry for help"
    assert not rehearsal.verify().faults


def test_a_press_while_the_carer_is_in_the_home_calls_for_more_hands(rehearsal: Rehearsal) -> None:
    visit = rehearsal.carer("arrive", going(rehearsal))
    rehearsal.wait(300, step=5)
    rehearsal.press("1042")
    rehearsal.tick()
    (second,) = others(rehearsal, visit)
    assert (second["priority"], second["why"], second["stage"]) == (1, "help_needed_here", "offered")
    rehearsal.press("1042")
    rehearsal.tick()
    assert len(others(rehearsal, visit)) == 1, "one second carer, however often the key is pressed"


def test_in_a_home_of_the_highest_risk_the_likely_carer_gets_ready_at_the_ring(rehearsal: Rehearsal) -> None:
    with rehearsal.database.write() as conn:
        conn.execute(update(residents).values(tier="C"))
    calm = rehearsal.press("1050")
    rehearsal.tick()
    with rehearsal.database.write() as conn:
        conn.execute(update(residents).values(tier="A"))
    call = rehearsal.press("1042")
    rehearsal.tick()
    assert rehearsal.call(call)["prealerted_id"] == rehearsal.dispatcher.candidates(call["id"])[0].carer_id
    assert rehearsal.call(calm)["prealerted_id"] is None
    for _ in range(3):
        rehearsal.tick()
    assert rehearsal.kinds(call).count("CarerPrealerted") == 1


def test_a_press_no_seat_answers_goes_to_the_supervisor_and_beyond(rehearsal: Rehearsal) -> None:
    with rehearsal.database.write() as conn:
        Users.add(conn, {"login": "chen", "name": "陈主任", "role": "supervisor", "password_hash": ""})
    call = rehearsal.press("1042", SERVICE)
    rehearsal.wait(65)
    told = [(e.body["who"], bool(e.body["to"])) for e in rehearsal.log.stream(f"call:{call['id']}")
            if e.kind == "CallOverflowed"]  # fmt: skip
    assert told[:2] == [("supervisor", True), ("station_phone", True)]
    assert rehearsal.call(call)["priority"] == 2, "one step graver than its key said"
    rehearsal.wait(120)
    assert rehearsal.call(call)["stage"] == "waiting", "and it rings on"
    assert not rehearsal.verify().faults


def test_a_press_nobody_ever_answers_is_told_again_and_again_ever_more_seldom(rehearsal: Rehearsal) -> None:
    """Found by the model check: a service nobody answered had no deadline left after three minutes."""
    with rehearsal.database.write() as conn:
        Users.add(conn, {"login": "chen", "name": "陈主任", "role": "supervisor", "password_hash": ""})
    call = rehearsal.press("1107", SERVICE)
    rehearsal.wait(3 * 3600, step=20)
    again = [e for e in rehearsal.log.stream(f"call:{call['id']}")
             if e.kind == "CallOverflowed" and e.body["who"] == "everybody"]  # fmt: skip
    assert 4 <= len(again) <= 7
    assert all({one["role"] for one in e.body["to"]} >= {"supervisor", "station"} for e in again)
    assert rehearsal.call(call)["next_due_at"], "and the next time is known"


def test_a_step_of_the_overflow_without_anybody_is_skipped_at_once(rehearsal: Rehearsal) -> None:
    call = rehearsal.press("1042")
    rehearsal.wait(41)
    told = [e.body["who"] for e in rehearsal.log.stream(f"call:{call['id']}") if e.kind == "CallOverflowed"]
    assert told == ["supervisor", "station_phone"], "nobody is supervisor here, so the station rings now"


def test_doubts_of_an_old_day_are_not_raised_by_a_listener_that_was_away(rehearsal: Rehearsal) -> None:
    rehearsal.press("1042")
    rehearsal.now += timedelta(days=1)
    woken = Rehearsal(rehearsal.database, rehearsal.now)
    woken.parts.listening.seq = 0
    woken.parts.listening.tick()
    assert all(e.kind != "CarerPrealerted" for e in woken.log.after(0, 1000))
