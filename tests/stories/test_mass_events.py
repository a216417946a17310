"""Stories of mass events: a power cut, a cable fault, a flood of tests; the signals fold, the presses never do."""

import time
from typing import Any

import pytest

from callcenter.rules.areas import WHOLE, Area
from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.store import mass as store
from tests.conftest import FALL, MAINS_BACK, MAINS_LOST, SERVICE, SOS, TEST, Rehearsal


def declare(rehearsal: Rehearsal, areas: list[Area] | None = None, **more: Any) -> Row:
    said: Row = {"level": "warning", "cause": "power", "minutes": 120, **more}
    with rehearsal.writing() as w:
        row: Row = rehearsal.parts.mass.declare(w, rehearsal.operator, areas=areas or [WHOLE], **said)
    return row


def story(rehearsal: Rehearsal, row: Row) -> list[str]:
    return [e.kind for e in rehearsal.log.stream(f"mass:{row['id']}") if e.kind != "NoticeAsked"]


def test_900_homes_lose_their_mains_in_a_second_and_are_one_counted_row_within_two(rehearsal: Rehearsal) -> None:
    """Ashford: 2,000 homes without power. The presses among them stay one by one."""
    row = declare(rehearsal)
    presses = {"1100": SOS, "1200": FALL, "1300": SERVICE}
    frames = [rehearsal.frame(str(a), presses.get(str(a), MAINS_LOST)) for a in range(1001, 1901)]
    for at in range(0, 900, 50):
        rehearsal.receive(*frames[at : at + 50])
    began = time.perf_counter()
    told = rehearsal.cases.technical()
    took = time.perf_counter() - began
    print(f"counted in {took * 1000:.0f} ms")
    assert took < 1.0
    (held,) = told["mass"]
    assert (held["id"], held["count"], held["open"], held["kinds"]) == (row["id"], 897, 897, {"mains_lost": 897})
    assert (told["count"], told["kinds"]) == (0, {}), "nothing is counted twice"

    human = [call for call in rehearsal.cases.live() if call["priority"] < 4]
    assert sorted(call["account"] for call in human) == ["1100", "1200", "1300"]
    assert all(call["stage"] == "waiting" for call in human)
    assert rehearsal.verify().faults == []


def test_only_the_area_folds_and_only_the_kinds_that_were_said(rehearsal: Rehearsal) -> None:
    inside, outside = rehearsal.press("1001", MAINS_LOST), rehearsal.press("1899", MAINS_LOST)
    assert inside["community"] != outside["community"]
    row = declare(rehearsal, [("community", inside["community"])], kinds=["mains_lost"])
    with rehearsal.database.read() as conn:
        mine = store.homes_in(conn, row["areas"])
    assert 0 < len(mine) < 900
    rehearsal.wait(1)
    accounts = [str(a) for a in range(1001, 1899, 10)]
    made = rehearsal.receive(*[rehearsal.frame(account, MAINS_LOST) for account in accounts[1:]])
    struck = [e for e in made if e.kind == "CallOpened" and e.body["home_id"] in mine]
    assert 1 < len(struck) < len(accounts) - 1
    low = struck[0].body["account"]
    rehearsal.receive(rehearsal.frame(low, "130200000"))  # its battery is low as well: that was not said to fold
    told = rehearsal.cases.technical()
    assert told["mass"][0]["count"] == len(struck)  # with the one that was there before
    assert told["count"] + told["mass"][0]["open"] == len(accounts) + 1
    assert rehearsal.verify().faults == []


def test_nothing_a_person_presses_can_be_folded(rehearsal: Rehearsal) -> None:
    for kind in ("sos", "fall", "service", "smoke", "unknown"):
        with pytest.raises(NotNow, match="never a person's"):
            declare(rehearsal, kinds=["mains_lost", kind])
    with pytest.raises(NotNow, match="no home in this area"):
        declare(rehearsal, [("community", "没有这个社区")])


def test_a_warning_reminds_before_it_ends_and_never_ends_in_silence(rehearsal: Rehearsal) -> None:
    row = declare(rehearsal, minutes=60)
    rehearsal.receive(*[rehearsal.frame(str(a), MAINS_LOST) for a in range(1001, 1021)])
    rehearsal.wait(46 * 60, step=60)
    assert story(rehearsal, row) == ["MassEventDeclared", "MassEventReminded"]
    with rehearsal.writing() as w:
        row = rehearsal.parts.mass.change(w, row["id"], rehearsal.supervisor, minutes=60)
    assert row["reminded_at"] is None
    rehearsal.wait(61 * 60, step=60)
    assert story(rehearsal, row)[-3:] == ["MassEventChanged", "MassEventReminded", "MassEventEnded"]
    ended = [e for e in rehearsal.log.stream(f"mass:{row['id']}") if e.kind == "MassEventEnded"][-1]
    assert ended.body["why"] == "expired"
    assert ended.body["folded"]["count"] == 20
    assert len(ended.body["folded"]["items"]) == 20
    told = [e.body["words"] for e in rehearsal.log.stream(f"mass:{row['id']}") if e.kind == "NoticeAsked"]
    assert any("本站" in words and "高风险" in words for words in told), "each station hears of its own"
    assert rehearsal.verify().faults == []


def test_what_was_folded_is_there_again_one_by_one_when_it_ends(rehearsal: Rehearsal) -> None:
    row = declare(rehearsal)
    rehearsal.receive(*[rehearsal.frame(str(a), MAINS_LOST) for a in range(1001, 1011)])
    rehearsal.receive(rehearsal.frame("1001", MAINS_BACK))
    with rehearsal.writing() as w:
        ended = rehearsal.parts.mass.end(w, row["id"], rehearsal.operator)
    assert ended["folded"]["count"] == 10
    told = rehearsal.cases.technical()
    assert told["mass"] == []
    assert told["count"] == 9 or told["count"] == 10  # a device ends its own item, if nobody was sent
    with pytest.raises(NotNow, match="ended already"), rehearsal.writing() as w:
        rehearsal.parts.mass.end(w, row["id"], rehearsal.operator)
    assert rehearsal.verify().faults == []


def test_a_building_that_goes_dark_is_proposed_and_no_more_once_somebody_has_declared_it(rehearsal: Rehearsal) -> None:
    """Tendring: a cable fault takes 450 homes at once."""
    rehearsal.receive(*[rehearsal.frame(str(a), MAINS_LOST) for a in range(1001, 1401)])
    rehearsal.beats(10, step=2)
    (proposed,) = rehearsal.parts.mass.proposals()
    assert (proposed["cause"], proposed["homes"]) == ("power", 400)
    row = declare(rehearsal, [tuple(area) for area in proposed["areas"]], incident=proposed["incident"])
    assert rehearsal.parts.mass.proposals() == []
    with pytest.raises(NotNow, match="has declared this already"):
        declare(rehearsal, [tuple(area) for area in row["areas"]])
    assert rehearsal.verify().faults == []


def test_a_flood_of_tests_keeps_no_press_waiting(rehearsal: Rehearsal) -> None:
    """Sweden 2020: test alarms jammed the queue while a woman of 101 pressed every ten minutes."""
    tests = [rehearsal.frame(str(a), TEST) for a in range(1001, 1901)]
    for at in range(0, 900, 50):
        rehearsal.receive(*tests[at : at + 50])
    press = rehearsal.press("1500")
    assert [call["id"] for call in rehearsal.cases.live()] == [press["id"]]
    rehearsal.wait(600, step=60)
    assert rehearsal.press("1500")["presses"] == 2
    assert len([call for call in rehearsal.cases.live() if call["home_id"] == press["home_id"]]) == 1
