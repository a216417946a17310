"""A land line with its area code and without: one caller, one home, one contact; and no other area's."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from callcenter.front_door import FrontDoor, Told
from callcenter.reception import STRANGER, Reception
from callcenter.ring_round import RingRound
from callcenter.rules.asked_for import pieces
from callcenter.rules.callers import account_of_caller
from callcenter.rules.numbers import bare, read_here, same, whole, within
from callcenter.rules.telephony import Heard
from callcenter.rules.times import stamp
from callcenter.settings import Centre
from callcenter.store.contacts import numbers, to_ring
from callcenter.store.data_quality import DataQuality
from callcenter.store.tables import contacts, residents
from callcenter.store.talks import Talks
from tests.conftest import ZONE, Rehearsal

SPELLINGS = (
    "5550123",
    "555 0123",
    "0971-5550123",
    "(0971) 555-0123",
    "+86 971 5550123",
    "9715550123",
    "０９７１５５５０１２３",
)
ELSEWHERE = ("010-5550123", "0972 5550123", "021-55501230")


@pytest.fixture(autouse=True)
def xining() -> Iterator[None]:
    Centre(area_code="0971").here()
    yield
    read_here("")


def test_every_spelling_of_a_land_line_is_one_number_and_those_of_other_areas_are_others() -> None:
    assert {whole(one) for one in SPELLINGS} == {"09715550123"}
    assert {within(one) for one in SPELLINGS} == {"5550123"}
    assert {account_of_caller(one, "form") for one in SPELLINGS} == {"caller:09715550123"}
    assert all(same(one, other) for one in SPELLINGS for other in SPELLINGS)
    assert not any(same(one, other) for one in SPELLINGS for other in ELSEWHERE)
    assert len({account_of_caller(one, "form") for one in ELSEWHERE}) == len(ELSEWHERE)


@pytest.mark.parametrize("other", ["13900001111", "400-8120971", "95598", "120", "1055501234"])
def test_what_is_no_land_line_of_ours_stays_what_it_is(other: str) -> None:
    assert whole(other) == within(other) == bare(other)


def test_without_an_area_code_of_ours_two_areas_are_two_and_a_local_number_may_be_either() -> None:
    read_here("")
    assert whole("5550123") == "5550123"
    assert same("5550123", "0971-5550123")
    assert not same("0971-5550123", "010-5550123")
    assert not same("0971-5550123", "0971-55501230")


@given(st.from_regex(r"[2-8][0-9]{6,7}", fullmatch=True), st.sampled_from(("010", "0971", "021", "0755")))
def test_a_local_number_is_joined_with_its_own_area_only(local: str, area: str) -> None:
    assert same(local, area + local) is (area == "0971")
    assert (whole(local) == whole(area + local)) is (area == "0971")
    assert whole(whole(local)) == whole(local)


def test_an_area_code_that_is_none_is_refused() -> None:
    for wrong in ("971", "09711", "O971", "0", "00"):
        with pytest.raises(ValueError, match="area_code"):
            Centre(area_code=wrong)


def test_whoever_rings_and_is_then_typed_in_the_other_spelling_has_one_case(rehearsal: Rehearsal) -> None:
    reception, desk = Reception(rehearsal.cases, Talks(rehearsal.database), ZONE, 3.0), rehearsal.desk
    heard = Heard("ringing", "1795334327.1", stamp(rehearsal.now), number="09715550123", line="5550000")
    with rehearsal.log.writing() as w:
        reception.hear(w, heard)
        reception.claim(w, heard.talk, rehearsal.operator, STRANGER)
    rung = (Talks(rehearsal.database).one(heard.talk) or {})["call_id"]
    assert rung

    def typed(number: str, form: str) -> str:
        told = Told("phone", "advice", "又打来", form, caller={"name": "路人", "phone": number, "place": ""})
        with rehearsal.log.writing() as w:
            return str(FrontDoor(rehearsal.intake, desk).report(w, told, "user:1 李敏", None)["call"])

    assert typed("5550123", "form-1") == rung
    assert typed("010-5550123", "form-2") != rung


def test_a_contact_is_known_and_found_by_both_spellings(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    with rehearsal.database.write() as conn:
        one, other = (
            conn.execute(select(contacts.c.id).join(residents).where(residents.c.home_id == 42)).scalars().all()[:2]
        )
        conn.execute(update(contacts).where(contacts.c.id == one).values(phone="5550123"))
        conn.execute(update(contacts).where(contacts.c.id == other).values(phone="0971-5550123"))
    with rehearsal.database.read() as conn:
        rung = [row for row in to_ring(conn, 42) if same(row["phone"], "5550123")]
        assert len(rung) == 1, "one telephone is rung once"
        assert Talks.callers(conn, "09715550123") == Talks.callers(conn, "5550123") != []
        assert Talks.callers(conn, "0105550123") == []
    with rehearsal.log.writing() as w:
        RingRound().tried(
            w, call["id"], rehearsal.operator, contact=rung[0]["id"], role="contact", result="wrong_number"
        )
    with rehearsal.database.read() as conn:
        assert list(numbers(conn, ["09715550123"])) == ["09715550123"]
    doubtful = DataQuality(rehearsal.database).contacts("doubtful", "", 1).rows
    assert sorted(row["phone"] for row in doubtful) == ["0971-5550123", "5550123"]
    for spelling in SPELLINGS:
        assert [piece.text for piece in pieces(spelling)] == ["5550123"], spelling
