"""The telephone: who rings is met by name, whoever lifts has the case, nobody who rang in vain is forgotten."""

from types import SimpleNamespace
from typing import Any

import pytest

from callcenter.reception import STRANGER, Reception
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.events import Row
from callcenter.rules.telephony import Heard
from callcenter.rules.times import stamp
from callcenter.store.tables import contacts, residents, users
from callcenter.store.talks import Talks
from tests.conftest import ZONE, Rehearsal

STRANGE = "13911112222"


class Desk:
    """A rehearsal with telephones: 801 stands before the operator, 802 before the other."""

    def __init__(self, rehearsal: Rehearsal):
        self.r = rehearsal
        self.talks = Talks(rehearsal.database)
        self.reception = Reception(rehearsal.cases, self.talks, ZONE, 3.0)
        with rehearsal.database.write() as conn:
            for who, extension in ((rehearsal.operator, "801"), (rehearsal.other, "802")):
                row = {"login": f"seat{extension}", "name": who.name, "role": who.role, "password_hash": "x"}
                conn.execute(users.insert().values(id=who.id, extension=extension, **row))
        self.count = 0

    def hear(self, what: str, talk: str, **more: Any) -> None:
        with self.r.writing() as w:
            self.reception.hear(w, Heard(what, talk, stamp(self.r.now), **more))

    def rings(self, number: str) -> str:
        self.count += 1
        talk = f"1795334327.{self.count}"
        self.hear("ringing", talk, number=number, line="5550000")
        return talk

    def do(self, verb: str, *values: Any) -> Any:
        with self.r.writing() as w:
            return getattr(self.reception, verb)(w, *values)

    def talk(self, talk: str) -> Row:
        found = self.talks.one(talk)
        assert found is not None
        return found

    def case(self, talk: str) -> Row:
        found = self.r.cases.call(self.talk(talk)["call_id"])
        assert found is not None
        return found


@pytest.fixture
def desk(rehearsal: Rehearsal) -> Desk:
    return Desk(rehearsal)


def home_of(desk: Desk, account: str) -> Row:
    with desk.r.database.read() as conn:
        device = desk.r.people.devices_by_account(conn, [account])[account]
    card: Row = desk.r.people.card({"home_id": device["home_id"], "account": account}, desk.r.now, ZONE)
    return card


def grandson(desk: Desk, account: str = "1417") -> str:
    """A number of a contact that leads to this home and to no other."""
    home = home_of(desk, account)
    numbers = [contact["phone"] for one in home["residents"] for contact in one["contacts"]]
    with desk.r.database.read() as conn:
        for number in numbers:
            if {who["home_id"] for who in desk.talks.callers(conn, number)} == {home["home"]["id"]}:
                return str(number)
    raise AssertionError(f"no contact of {account} has a number of their own")


def test_a_grandson_rings_and_one_key_opens_his_grandmothers_case(desk: Desk) -> None:
    talk = desk.rings(grandson(desk))
    assert desk.talk(talk)["stage"] == "ringing"
    assert desk.r.cases.live() == [], "a telephone that rings is no case yet"
    desk.r.wait(4)
    desk.do("claim", talk, desk.r.operator)
    case = desk.case(talk)
    assert (case["kind"], case["source"], case["stage"]) == ("phone_call", "phone", "answered")
    assert case["home_id"] == home_of(desk, "1417")["home"]["id"]
    assert case["holder_name"] == "李敏"
    desk.hear("answered", talk, extension="801")
    desk.r.wait(60)
    desk.hear("ended", talk, cause="answered")
    notes = [e.body for e in desk.r.log.stream(f"call:{case['id']}") if e.kind == "TalkNoted"]
    assert [n["what"] for n in notes] == ["rang", "answered", "ended"]
    assert notes[-1]["seconds"] == 60
    assert desk.r.verify().faults == []


def test_the_handset_alone_is_enough(desk: Desk) -> None:
    talk = desk.rings(grandson(desk))
    desk.hear("answered", talk, extension="802")
    assert desk.case(talk)["holder_name"] == "王强"


def test_one_case_per_home_also_for_who_telephones(desk: Desk) -> None:
    pressed = desk.r.press("1417")
    talk = desk.rings(grandson(desk))
    desk.do("claim", talk, desk.r.operator)
    assert desk.talk(talk)["call_id"] == pressed["id"]
    assert desk.case(talk)["priority"] == 1, "a telephone call takes nothing from a press"
    again = desk.rings(grandson(desk))
    desk.do("claim", again, desk.r.other)
    assert desk.case(again)["holder_name"] == "李敏", "whoever has the case keeps it"
    assert desk.case(again)["seen_version"] > 1, "and has to see that somebody rang"
    assert desk.r.verify().faults == []


def test_two_operators_press_at_once_and_the_loser_is_told_who_won(desk: Desk) -> None:
    talk = desk.rings(grandson(desk))
    desk.do("claim", talk, desk.r.operator)
    with pytest.raises(NotNow) as lost:
        desk.do("claim", talk, desk.r.other)
    assert lost.value.values["name"] == "李敏"
    desk.r.wait(21)
    desk.do("claim", talk, desk.r.other)  # the first one never lifted the handset
    assert desk.talk(talk)["claimed_name"] == "王强"


def test_a_stranger_gets_a_case_and_the_same_number_joins_it(desk: Desk) -> None:
    talk = desk.rings(STRANGE)
    desk.do("claim", talk, desk.r.operator)
    case = desk.case(talk)
    assert (case["home_id"], case["account"], case["priority"]) == (None, f"caller:{STRANGE}", 3)
    again = desk.rings("+86 139-1111-2222")
    desk.do("claim", again, desk.r.operator)
    assert desk.talk(again)["call_id"] == case["id"]
    hidden, other = desk.rings("anonymous"), desk.rings("anonymous")
    for one in (hidden, other):
        desk.do("claim", one, desk.r.operator)
    assert desk.talk(hidden)["call_id"] != desk.talk(other)["call_id"], "nobody knows that these two are one"


def test_a_number_of_two_homes_asks_which(desk: Desk) -> None:
    first, second = home_of(desk, "1417"), home_of(desk, "1500")
    number = grandson(desk)
    contact = second["residents"][0]["contacts"][0]
    with desk.r.database.write() as conn:
        conn.execute(contacts.update().where(contacts.c.phone == contact["phone"]).values(phone=number))
    talk = desk.rings(number)
    with pytest.raises(NotNow, match="several homes"):
        desk.do("claim", talk, desk.r.operator)
    desk.hear("answered", talk, extension="801")
    assert desk.talk(talk)["call_id"] is None, "nobody guesses"
    with pytest.raises(NotThere):
        desk.do("claim", talk, desk.r.operator, 1 if first["home"]["id"] != 1 else 2)
    desk.do("claim", talk, desk.r.operator, second["home"]["id"])
    assert desk.case(talk)["home_id"] == second["home"]["id"]
    other = desk.rings(number)
    desk.do("claim", other, desk.r.operator, STRANGER)
    assert desk.case(other)["home_id"] is None
    over = desk.rings(number)
    desk.hear("answered", over, extension="801")
    desk.hear("ended", over, cause="answered")
    with pytest.raises(NotNow, match="hung up"):
        desk.do("claim", over, desk.r.other, first["home"]["id"])
    desk.do("claim", over, desk.r.operator, first["home"]["id"])  # who spoke may say so afterwards
    assert desk.case(over)["home_id"] == first["home"]["id"]


def test_who_rang_in_vain_is_a_case_that_is_rung_back(desk: Desk) -> None:
    """Wuzhou 2014, East Sussex 2022: the line that rang unanswered."""
    talk = desk.rings(grandson(desk))
    desk.r.wait(20)
    desk.hear("ended", talk, cause="cancelled")
    case = desk.case(talk)
    assert (case["kind"], case["stage"]) == ("missed_call", "waiting")
    assert case["next_due_at"], "with a deadline of its own"
    assert desk.talk(talk)["missed"]
    desk.r.act("answer", case)
    back = desk.do("dial", "o-1", desk.r.operator, "13900000001", case["id"], "")
    desk.hear("answered", back["id"], extension="801")
    desk.r.wait(30)
    desk.hear("ended", back["id"], cause="answered")
    whats = [e.body["what"] for e in desk.r.log.stream(f"call:{case['id']}") if e.kind == "TalkNoted"]
    assert whats == ["rang", "missed", "dialled", "answered", "ended"]
    assert desk.r.verify().faults == []


def test_a_missed_resident_of_the_highest_risk_is_more_urgent_and_a_slip_of_the_finger_is_nothing(desk: Desk) -> None:
    with desk.r.database.write() as conn:
        conn.execute(residents.update().values(tier="A"))
    talk = desk.rings(grandson(desk))
    desk.r.wait(2)
    desk.hear("ended", talk, cause="cancelled")
    assert desk.talk(talk)["call_id"] is None
    talk = desk.rings(grandson(desk))
    desk.r.wait(4)
    desk.hear("ended", talk, cause="cancelled")
    assert desk.case(talk)["priority"] == 2


def test_a_missed_call_of_a_home_whose_case_is_on_hold_rings_again(desk: Desk) -> None:
    case = desk.r.act("answer", desk.r.press("1417"))
    desk.r.act("hold", case, seconds=120)
    talk = desk.rings(grandson(desk))
    desk.r.wait(10)
    desk.hear("ended", talk, cause="cancelled")
    assert desk.talk(talk)["call_id"] == case["id"]
    assert desk.r.call(case)["stage"] == "waiting"


def test_what_is_said_twice_late_or_out_of_order_changes_nothing(desk: Desk) -> None:
    number = grandson(desk)
    talk = desk.rings(number)
    for _ in range(2):
        desk.hear("ringing", talk, number=number)
        desk.hear("answered", talk, extension="801")
        desk.hear("held", talk)
        desk.hear("resumed", talk)
        desk.hear("ended", talk, cause="answered")
    assert len(desk.r.cases.live()) == 1
    assert not desk.talk(talk)["missed"]
    desk.hear("held", "nobody-ever-heard-of-it")
    early = desk.rings(number)
    desk.r.wait(5)
    desk.hear("ended", early, cause="cancelled")
    assert desk.talk(early)["missed"]
    desk.hear("answered", early, extension="801")  # it overtook its own end
    assert not desk.talk(early)["missed"]
    assert desk.talk(early)["stage"] == "ended"
    desk.hear("answered", "1795334999.1", extension="801")  # its ring was lost with the line
    assert desk.case("1795334999.1")["holder_name"] == "李敏"
    assert desk.r.verify().faults == []


def test_a_seat_dials_speaks_to_one_at_a_time_and_only_its_own_call(desk: Desk) -> None:
    case = desk.r.act("answer", desk.r.press("1417"))
    desk.do("dial", "o-1", desk.r.operator, "13900000001", case["id"], "unit")
    with pytest.raises(NotNow, match="already"):
        desk.do("dial", "o-2", desk.r.operator, "13900000002", case["id"], "")
    with pytest.raises(NotNow, match="speaks"):
        desk.do("ask", "o-1", desk.r.other, "hang_up")
    desk.hear("refused", "o-1", cause="busy")
    desk.hear("ended", "o-1", cause="busy")
    assert desk.talk("o-1")["cause"] == "busy"
    note = [e.body for e in desk.r.log.stream(f"call:{case['id']}") if e.kind == "TalkNoted"][-1]
    assert (note["what"], note["cause"], note["purpose"]) == ("ended", "busy", "unit"), "off the hook: failure 25"
    with pytest.raises(NotNow, match="Nobody knows which"):
        desk.do("dial", "o-3", SimpleNamespace(id=99, name="新人", role="operator"), "13900000001", None, "")


def test_a_telephone_belongs_to_whoever_sits_before_it_now(desk: Desk) -> None:
    with desk.r.writing() as w:
        assert desk.reception.sit_down(w, desk.r.other, "801") == ["李敏"]
    with desk.r.database.read() as conn:
        assert desk.talks.seat(conn, "801")["id"] == desk.r.other.id  # type: ignore[index]
        assert desk.talks.extension(conn, desk.r.operator.id) == ""


def test_who_listens_to_a_recording_is_written_down(desk: Desk) -> None:
    talk = desk.rings(grandson(desk))
    desk.do("claim", talk, desk.r.operator)
    with pytest.raises(NotThere):
        desk.do("open_recording", talk, desk.r.supervisor)
    desk.hear("recorded", talk, reference="1795334327.0.wav")
    desk.do("open_recording", talk, desk.r.supervisor)
    said = [e.body["what"] for e in desk.r.log.stream(f"call:{desk.case(talk)['id']}") if e.kind == "TalkNoted"]
    assert said[-2:] == ["recorded", "recording_opened"]
