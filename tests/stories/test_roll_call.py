"""Stories of roll calls: after a power cut everybody is asked after, those at the highest risk first (Ashford 2017)."""

import time
from types import SimpleNamespace
from typing import Any

import pytest

from callcenter.rules.areas import WHOLE, Area
from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.rules.rollcall import AT_RISK, HOME, STATION
from callcenter.store import rollcalls as store
from tests.conftest import MAINS_LOST, SERVICE, Rehearsal


def start(rehearsal: Rehearsal, areas: list[Area] | None = None, **more: Any) -> Row:
    areas = areas or [WHOLE]
    who = {name: more.pop(name) for name in ("drill", "carers", "each") if name in more}
    found = rehearsal.parts.rollcalls.look(areas, **who)
    with rehearsal.writing() as w:
        drill = bool(who.get("drill"))
        row: Row = rehearsal.parts.rollcalls.start(w, rehearsal.operator, found, "power", drill=drill, **more)
    return row


def mark(rehearsal: Rehearsal, row: Row, home: int, state: str, user: Any = None, **more: Any) -> Row:
    with rehearsal.writing() as w:
        said: Row = rehearsal.parts.rollcalls.mark(w, row["id"], home, user or rehearsal.operator, state, **more)
    return said


def counts(rehearsal: Rehearsal) -> Row:
    found: Row = rehearsal.parts.rollcalls.overview()[0]["counts"]
    return found


def open_calls(rehearsal: Rehearsal, home: int) -> list[Row]:
    return [call for call in rehearsal.cases.live() if call["home_id"] == home and call["priority"] < 4]


def test_one_click_lists_all_900_by_risk_and_shares_them_out_among_the_carers_of_each_station(
    rehearsal: Rehearsal,
) -> None:
    found = rehearsal.parts.rollcalls.look([WHOLE])
    began = time.perf_counter()
    with rehearsal.writing() as w:
        row = rehearsal.parts.rollcalls.start(w, rehearsal.operator, found, "power")
    held = time.perf_counter() - began
    print(f"the write lock was held for {held * 1000:.0f} ms")
    assert held < 1.0

    assert len(row["homes"]) == 900
    risks = [home[AT_RISK] for home in row["homes"]]
    assert risks == sorted(risks, reverse=True)
    assert 0 < sum(risks) < 900
    carers = {carer["id"]: carer for carer in rehearsal.people.carers(rehearsal.now) if carer["on_shift"]}
    station = {str(home[HOME]): home[STATION] for home in row["homes"]}
    assert row["shares"]
    assert all(carers[carer]["station_id"] == station[home] for home, carer in row["shares"].items())
    most = {}
    for carer in row["shares"].values():
        most[carer] = most.get(carer, 0) + 1
    assert max(most.values()) <= 40
    by_station: dict[int, list[int]] = {}
    for carer, count in most.items():
        by_station.setdefault(carers[carer]["station_id"], []).append(count)
    assert all(max(loads) - min(loads) <= 1 for loads in by_station.values())
    # Everybody at high risk is with a carer, wherever a station has one.
    manned = set(by_station)
    assert all(str(h[HOME]) in row["shares"] for h in row["homes"] if h[AT_RISK] and h[STATION] in manned)
    assert counts(rehearsal)["left"] == 900
    assert rehearsal.verify().faults == []


def test_who_is_safe_is_counted_and_two_who_say_so_at_once_are_both_right(rehearsal: Rehearsal) -> None:
    row = start(rehearsal)
    home = row["homes"][0][HOME]
    assert mark(rehearsal, row, home, "safe", how="seen")["said_by"] == "李敏"
    assert mark(rehearsal, row, home, "safe", rehearsal.other, how="spoke")["said_by"] == "李敏"
    assert (counts(rehearsal)["safe"], counts(rehearsal)["left"]) == (1, 899)
    mark(rehearsal, row, home, "not_reached", rehearsal.other)
    assert counts(rehearsal)["safe"] == 1, "somebody who rang in vain does not make a safe home unknown"

    with rehearsal.writing() as w:
        rehearsal.parts.rollcalls.take_back(w, row["id"], home, rehearsal.operator)
    assert counts(rehearsal)["left"] == 900
    with pytest.raises(NotNow), rehearsal.writing() as w:
        rehearsal.parts.rollcalls.take_back(w, row["id"], home, rehearsal.operator)
    assert rehearsal.verify().faults == []


def test_needs_help_opens_a_case_at_once_and_joins_the_one_that_is_open(rehearsal: Rehearsal) -> None:
    row = start(rehearsal)
    first, second = row["homes"][0][HOME], row["homes"][-1][HOME]
    said = mark(rehearsal, row, first, "help", words="氧气快没了")
    (call,) = open_calls(rehearsal, first)
    assert (call["id"], call["priority"], call["stage"], call["kind"]) == (said["call_id"], 1, "waiting", "needs_help")

    account = rehearsal.people.account_of(second, None)
    assert account
    green = rehearsal.press(account, SERVICE)
    assert green["priority"] == 3
    rehearsal.act("answer", green)
    said = mark(rehearsal, row, second, "help")
    (call,) = open_calls(rehearsal, second)
    assert (call["id"], call["priority"], call["stage"]) == (green["id"], 1, "waiting"), "it rings again, graver"
    mark(rehearsal, row, first, "safe", how="seen")
    assert open_calls(rehearsal, first), "a tick never closes a case"
    assert rehearsal.verify().faults == []


def test_who_is_not_reached_twice_gets_a_visit_and_stays_on_the_list(rehearsal: Rehearsal) -> None:
    row = start(rehearsal)
    home = row["homes"][0][HOME]
    mark(rehearsal, row, home, "not_reached")
    assert open_calls(rehearsal, home) == []
    said = mark(rehearsal, row, home, "not_reached", rehearsal.other)
    (call,) = open_calls(rehearsal, home)
    assert (call["id"], call["kind"], call["priority"]) == (said["call_id"], "welfare", 2)
    assert call["requested_at"] is not None
    mark(rehearsal, row, home, "not_reached")
    assert len(open_calls(rehearsal, home)) == 1
    assert counts(rehearsal)["left"] == 900
    with pytest.raises(NotNow, match="not known yet"), rehearsal.writing() as w:
        rehearsal.parts.rollcalls.end(w, row["id"], rehearsal.operator)
    assert rehearsal.verify().faults == []


def test_a_press_a_spoken_call_and_an_arrived_carer_count_as_known_and_say_how(rehearsal: Rehearsal) -> None:
    row = start(rehearsal)
    rehearsal.wait(1)
    pressed, spoken = rehearsal.press("1500"), rehearsal.press("1600")
    rehearsal.act("answer", spoken)
    visit = rehearsal.send(pressed)
    carer = visit["asked"][0]["carer_id"]
    rehearsal.carer("accept", visit, carer)
    rehearsal.wait(2)
    found = {line["home_id"]: line for line in rehearsal.parts.rollcalls.homes(row["id"])}
    assert (found[pressed["home_id"]]["state"], found[pressed["home_id"]]["how"]) == ("in_case", "pressed")
    assert found[pressed["home_id"]]["call_id"] == pressed["id"]
    assert counts(rehearsal)["left"] == 898

    card = rehearsal.call(spoken)
    rehearsal.act("close", spoken, seen_version=card["version"], outcome="advice", evidence="spoke_clearly", words="好")
    rehearsal.carer("depart", visit, carer)
    rehearsal.carer("arrive", visit, carer)
    rehearsal.wait(1)
    found = {line["home_id"]: line for line in rehearsal.parts.rollcalls.homes(row["id"])}
    assert (found[spoken["home_id"]]["state"], found[spoken["home_id"]]["how"]) == ("safe", "spoke")
    assert found[pressed["home_id"]]["state"] == "in_case"
    assert rehearsal.verify().faults == []


def test_what_stood_on_paper_is_entered_later_with_the_time_it_happened(rehearsal: Rehearsal) -> None:
    row = start(rehearsal)
    home, other = row["homes"][0][HOME], row["homes"][1][HOME]
    then = row["begun_at"]
    rehearsal.wait(3600, step=600)
    said = mark(rehearsal, row, home, "safe", how="seen", at=then, by_hand=True)
    assert (said["at"], said["by_hand"]) == (then, True)
    assert said["said_at"] > then
    with pytest.raises(NotNow, match="cannot be right"):
        mark(rehearsal, row, other, "safe", how="seen", at="2026-11-24T00:00:00.000Z", by_hand=True)
    with rehearsal.writing() as w:
        rehearsal.parts.rollcalls.end(w, row["id"], rehearsal.supervisor, "站长们逐户上门，结果明早补录")
    rehearsal.wait(60, step=60)
    assert mark(rehearsal, row, other, "safe", how="seen", at=then, by_hand=True)["state"] == "safe"
    assert rehearsal.verify().faults == []


def test_the_targets_are_looked_at_when_they_are_due_and_the_supervisor_is_told_who_is_left(
    rehearsal: Rehearsal,
) -> None:
    row = start(rehearsal, [("community", community(rehearsal))])
    at_risk = [home[HOME] for home in row["homes"] if home[AT_RISK]]
    assert row["next_step"] == "high"
    rehearsal.wait(2 * 3600 + 5, step=300)
    with rehearsal.database.read() as conn:
        known = store.one(conn, row["id"])
    assert known
    assert known["looked"]["high"]["left"] == len(at_risk)
    assert known["next_step"] == "all"
    told = [e for e in rehearsal.log.stream(f"rollcall:{row['id']}") if e.kind == "NoticeAsked"]
    assert any("时限" in e.body["words"] for e in told) == bool(at_risk and rehearsal.parts.whom.supervisors())
    for home in row["homes"]:
        mark(rehearsal, row, home[HOME], "safe", how="spoke")
    figures = rehearsal.parts.rollcalls.overview()[0]
    assert figures["counts"]["left"] == 0
    assert figures["reached"]["all"] == pytest.approx(2 * 3600 + 5, abs=301)
    with rehearsal.writing() as w:
        rehearsal.parts.rollcalls.end(w, row["id"], rehearsal.operator)
    assert rehearsal.verify().faults == []


def test_a_second_roll_call_of_the_same_homes_is_refused_and_says_whose_the_first_is(rehearsal: Rehearsal) -> None:
    start(rehearsal)
    with pytest.raises(NotNow, match="started a roll call here already") as refused:
        start(rehearsal, [("community", community(rehearsal))])
    assert refused.value.values["name"] == "李敏"


def test_when_carers_go_home_their_homes_are_dealt_to_those_who_came(rehearsal: Rehearsal) -> None:
    row = start(rehearsal)
    before = dict(row["shares"])
    rehearsal.wait(10 * 3600, step=3600)
    on = {carer["id"] for carer in rehearsal.people.carers(rehearsal.now) if carer["on_shift"]}
    safe = next(home for home, carer in before.items() if carer not in on)
    mark(rehearsal, row, int(safe), "safe", how="spoke")
    with rehearsal.writing() as w:
        row = rehearsal.parts.rollcalls.share(w, row["id"], rehearsal.operator)
    assert all(carer in on for home, carer in row["shares"].items() if home != safe)
    assert row["shares"][safe] == before[safe], "what is known is nobody's errand any more"
    assert all(row["shares"][home] == carer for home, carer in before.items() if carer in on)
    assert rehearsal.verify().faults == []


def test_a_drill_asks_only_those_who_take_part_and_opens_no_case(rehearsal: Rehearsal) -> None:
    carers = [carer for carer in rehearsal.people.carers(rehearsal.now) if carer["on_shift"]][:3]
    row = start(rehearsal, drill=True, carers=[carer["id"] for carer in carers], each=100)
    assert set(row["shares"].values()) <= {carer["id"] for carer in carers}
    home = int(next(iter(row["shares"])))
    for _ in range(3):
        mark(rehearsal, row, home, "not_reached")
    mark(rehearsal, row, home, "help")
    assert open_calls(rehearsal, home) == []
    assert rehearsal.cases.live() == []
    with rehearsal.writing() as w:
        rehearsal.parts.rollcalls.end(w, row["id"], rehearsal.operator)
    start(rehearsal)  # the real one is not kept waiting by a drill
    assert rehearsal.verify().faults == []


def test_a_roll_call_goes_on_while_the_gateway_is_dead_and_incidents_hear_of_it(rehearsal: Rehearsal) -> None:
    rehearsal.beats(120)
    rehearsal.beats(240, gateway=False)
    proposed = rehearsal.parts.mass.proposals()
    assert [(one["areas"], one["cause"]) for one in proposed] == [([["district", ""]], "gateway")]
    row = start(rehearsal)
    home = row["homes"][0][HOME]
    mark(rehearsal, row, home, "safe", how="seen", user=SimpleNamespace(id=9, name="马兰", role="carer"))
    incident = rehearsal.log.stream(f"call:{proposed[0]['incident']}")[-1]
    assert (incident.kind, incident.body["home"]) == ("HomeSafe", home)
    assert rehearsal.verify().faults == []


def test_stations_hear_of_their_own_list_and_grid_leaders_of_addresses_without_names(rehearsal: Rehearsal) -> None:
    row = start(rehearsal)
    told = [e.body for e in rehearsal.log.stream(f"rollcall:{row['id']}") if e.kind == "NoticeAsked"]
    stations = [body for body in told if body["who"] == "station"]
    assert len(stations) == 9
    assert all("高风险" in body["words"] and "/paper?station=" in body["words"] for body in stations)
    leaders = [body for body in told if body["who"] == "responder"]
    assert leaders
    with rehearsal.database.read() as conn:
        people = store.households(conn, [home[HOME] for home in row["homes"] if home[AT_RISK]], rehearsal.now.date())
    names = {person["name"] for home in people.values() for person in home["people"]}
    assert not any(name in body["words"] for body in leaders for name in names)
    rehearsal.tick()
    assert rehearsal.verify().faults == []


def community(rehearsal: Rehearsal) -> str:
    home = rehearsal.press("1700", MAINS_LOST)
    return str(home["community"])
