"""A caller nobody knows: by whatever door they come they are one case, and it can be found whose home it is."""

from typing import Any

import pytest

from callcenter.desk import Desk as Seat
from callcenter.found_home import FoundHome
from callcenter.intake import Intake
from callcenter.memory import Memory
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.callers import account_of_caller
from callcenter.rules.events import Row
from callcenter.store.diary import Diary
from callcenter.store.tables import calls, residents
from tests.callcenter.test_memory import _received
from tests.conftest import MAINS_LOST, ZONE, Rehearsal
from tests.stories.test_one_front_door import find, home_without_device, tell
from tests.stories.test_the_telephone import Desk

NUMBER = "13972000001"
CALLER = {"name": "路人", "phone": NUMBER, "place": "小桥 3号楼"}


def found(rehearsal: Rehearsal, call: Row, *, user: Any = None, seen: int | None = None, **whose: Any) -> Row:
    service = FoundHome(Seat(rehearsal.cases), rehearsal.people, ZONE)
    with rehearsal.writing() as w:
        seen = rehearsal.call(call)["version"] if seen is None else seen
        return service.found(w, call["id"], user or rehearsal.operator, seen, **whose)


def home_of(rehearsal: Rehearsal, account: str) -> int:
    return int(find(rehearsal, account)["people"][0]["home_id"])


def test_who_rings_and_is_typed_is_one_case_whichever_comes_first(rehearsal: Rehearsal) -> None:
    desk = Desk(rehearsal)
    talk = desk.rings("+86 139-7200-0001")
    desk.do("claim", talk, rehearsal.operator)
    case = desk.case(talk)
    assert (case["account"], case["caller"]) == (f"caller:{NUMBER}",) * 2
    assert [(one["source"], one["phone"]) for one in case["callers"]] == [("phone", NUMBER)]
    typed = tell(rehearsal, caller={"name": "路人", "phone": "139 7200 0001", "place": ""}, take=True)
    assert (typed["id"], typed["joined"], typed["priority"]) == (case["id"], True, 1)
    first = tell(rehearsal, caller={"name": "", "phone": "139 7200 0002", "place": ""})
    other = desk.rings("13972000002")
    desk.do("claim", other, rehearsal.operator)
    assert desk.talk(other)["call_id"] == first["id"]
    assert rehearsal.verify().faults == []


def test_two_rings_written_down_together_are_one_case_and_a_fault_they_told_is_none_of_a_person(
    rehearsal: Rehearsal,
) -> None:
    desk = Desk(rehearsal)
    fault = tell(rehearsal, kind="fault", caller=CALLER)
    assert fault["priority"] == 4
    first, second = desk.rings(NUMBER), desk.rings(NUMBER)
    with rehearsal.writing() as w:
        for talk in (first, second):
            desk.reception.claim(w, talk, rehearsal.operator)
    assert desk.talk(first)["call_id"] == desk.talk(second)["call_id"] != fault["id"]


def test_two_who_hide_their_number_stay_two_however_long_the_names_of_their_calls() -> None:
    names = [f"a-long-name-of-an-exchange-1795334327.{n}" for n in (1, 2)]
    accounts = {account_of_caller("anonymous", name) for name in names}
    assert len(accounts) == 2
    assert all(len(account) <= 32 for account in accounts)


def test_the_case_is_the_homes_from_then_on_and_its_priority_never_falls(rehearsal: Rehearsal) -> None:
    call = tell(rehearsal, kind="service", caller=CALLER, take=True)
    assert call["priority"] == 3
    at = home_of(rehearsal, "1042")
    with rehearsal.database.write() as conn:
        conn.execute(residents.update().where(residents.c.home_id == at).values(tier="A"))
    row = found(rehearsal, call, home_id=at)
    assert (row["home_id"], row["account"], row["caller"]) == (at, "1042", f"caller:{NUMBER}")
    assert (row["tier"], row["priority"], row["station_id"]) == ("A", 2, rehearsal.people.need(at)["station_id"])
    card = rehearsal.people.card(row, rehearsal.now, ZONE)
    assert card["home"]["id"] == at
    assert card["residents"][0]["contacts"]
    assert card["device"]["account"] == "1042"
    visit = rehearsal.send(row)
    assert visit["home_id"] == at, "whoever is sent gets the address"
    assert rehearsal.press("1042")["id"] == call["id"], "the pager of that home joins it"
    again = tell(rehearsal, caller={"name": "", "phone": NUMBER, "place": ""}, words="还没有来人")
    assert (again["id"], again["joined"], again["priority"]) == (call["id"], True, 1)
    desk = Desk(rehearsal)
    talk = desk.rings(NUMBER)
    desk.do("claim", talk, rehearsal.operator)
    assert desk.talk(talk)["call_id"] == call["id"], "and so does the telephone they called from"
    assert find(rehearsal, NUMBER)["caller_call"]["id"] == call["id"]
    assert rehearsal.verify().faults == []


def test_a_gateway_that_knew_the_home_without_a_case_is_not_misled(rehearsal: Rehearsal) -> None:
    """It remembers which homes have none; the case came to this one without being opened there."""
    intake = Intake(rehearsal.log, rehearsal.cases, rehearsal.people, ZONE)
    memory = Memory(rehearsal.cases, rehearsal.people)
    call = tell(rehearsal, caller=CALLER, take=True)
    intake.receive(_received(rehearsal.frame("1042", MAINS_LOST), rehearsal.now), memory)
    found(rehearsal, call, home_id=home_of(rehearsal, "1042"))
    rehearsal.wait(1)
    intake.receive(_received(rehearsal.frame("1042"), rehearsal.now), memory)
    assert rehearsal.call(call)["presses"] == 2
    with rehearsal.database.read() as conn:
        assert len(conn.execute(calls.select().where(calls.c.priority < 4)).all()) == 1


def test_whoever_was_sent_to_words_is_sent_to_the_address_and_told(rehearsal: Rehearsal) -> None:
    call = tell(rehearsal, caller=CALLER, take=True)
    visit = rehearsal.send(call)
    assert visit["home_id"] is None
    rehearsal.carer("accept", rehearsal.visit(visit))
    at = home_of(rehearsal, "1042")
    found(rehearsal, call, home_id=at)
    rehearsal.wait(2)
    assert rehearsal.visit(visit)["home_id"] == at
    assert "VisitRedirected" in rehearsal.kinds(call)
    assert rehearsal.verify().faults == []


def test_what_was_mistaken_is_put_right_with_a_reason_and_only_then(rehearsal: Rehearsal) -> None:
    call = tell(rehearsal, caller=CALLER, take=True)
    first, second = home_of(rehearsal, "1042"), home_of(rehearsal, "1043")
    row = found(rehearsal, call, home_id=first)
    for wrong, code in (({"home_id": second}, "reason"), ({"home_id": first, "reason": "x"}, "same_home")):
        with pytest.raises(NotNow) as refused:
            found(rehearsal, call, **wrong)
        assert refused.value.code == code
    row = found(rehearsal, call, home_id=second, reason="同名，是隔壁楼的")
    assert (row["home_id"], row["priority"]) == (second, 1)
    assert rehearsal.press("1042")["id"] != call["id"], "the first home has nothing to do with it any more"
    row = found(rehearsal, call, reason="都不是")
    assert (row["home_id"], row["account"], row["tier"]) == (None, f"caller:{NUMBER}", "")
    assert tell(rehearsal, caller=CALLER)["id"] == call["id"]
    assert rehearsal.press("1043")["id"] != call["id"]
    assert rehearsal.verify().faults == []


def test_a_home_with_an_open_case_names_it_and_nothing_is_lost(rehearsal: Rehearsal) -> None:
    call = tell(rehearsal, caller=CALLER, take=True)
    open_ = rehearsal.press("1042")
    with pytest.raises(NotNow) as refused:
        found(rehearsal, call, home_id=open_["home_id"])
    assert (refused.value.code, refused.value.values["other"]) == ("another", open_["id"])
    assert "F3" in refused.value.fix
    assert rehearsal.call(call)["home_id"] is None


def test_who_may_not_and_what_cannot_be(rehearsal: Rehearsal) -> None:
    call = tell(rehearsal, caller=CALLER, take=True)
    home = home_without_device(rehearsal)
    with pytest.raises(NotNow, match="has this call"):
        found(rehearsal, call, user=rehearsal.other, home_id=home)
    with pytest.raises(NotThere):
        found(rehearsal, call, home_id=99999)
    with pytest.raises(NotNow) as stale:
        found(rehearsal, call, seen=0, home_id=home)
    assert stale.value.code == "unseen"
    pager = rehearsal.act("answer", rehearsal.press("1043"))
    with pytest.raises(NotNow) as of_a_home:
        found(rehearsal, pager, home_id=home, reason="x")
    assert of_a_home.value.code == "no_caller"
    row = found(rehearsal, call, home_id=home)
    assert row["account"] == f"home:{home}", "a home without a device, too"


def test_a_case_closed_a_moment_ago_makes_the_found_one_graver(rehearsal: Rehearsal) -> None:
    pressed = rehearsal.act("answer", rehearsal.press("1042"))
    rehearsal.act("close", pressed, seen_version=pressed["version"], outcome="advice", evidence="spoke_clearly",
                  words="说清楚了")  # fmt: skip
    call = tell(rehearsal, kind="service", caller=CALLER, take=True)
    row = found(rehearsal, call, home_id=pressed["home_id"])
    assert row["priority"] == 2


def test_a_complaint_told_by_any_door_is_counted_where_complaints_are(rehearsal: Rehearsal) -> None:
    home = home_without_device(rehearsal)
    call = tell(rehearsal, home_id=home, kind="complaint", words="昨天没有来送餐", take=True)
    assert (call["complaint"], call["holder_name"]) == (True, "李敏")
    again = tell(rehearsal, home_id=home, kind="complaint", words="今天也没有来", source="walk_in")
    assert again["id"] == call["id"]
    told = Diary(rehearsal.database).complaints_told("2000", "2100")
    assert [(one["call"], one["home_id"], one["words"]) for one in told] == [
        (call["id"], home, "昨天没有来送餐"), (call["id"], home, "今天也没有来")
    ]  # fmt: skip
    assert not tell(rehearsal, home_id=418, kind="advice")["complaint"]
    assert rehearsal.verify().faults == []


def test_one_event_that_cannot_be_acted_on_holds_up_no_other(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = tell(rehearsal, caller=CALLER, take=True)
    visit = rehearsal.send(call)
    rehearsal.carer("accept", rehearsal.visit(visit))
    rehearsal.wait(1)
    listening = rehearsal.parts.listening
    ready = listening.acts["CallOpened"]

    def breaks(w: Any, event: Any, row: Row) -> None:
        ready(w, event, row)
        raise ValueError("an odd row")

    monkeypatch.setattr(listening, "acts", {**listening.acts, "CallOpened": breaks})
    rehearsal.press("1500")
    at = home_of(rehearsal, "1042")
    found(rehearsal, call, home_id=at)
    rehearsal.wait(2)
    assert rehearsal.visit(visit)["home_id"] == at
