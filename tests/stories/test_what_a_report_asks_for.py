"""A carer's report has consequences: the way in is known to work or not, a second refusal is not left alone."""

from sqlalchemy import select

from callcenter.rules.events import Row
from callcenter.store.tables import homes
from callcenter.store.users import Users
from tests.conftest import Rehearsal


def visited(rehearsal: Rehearsal, **report: str) -> Row:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    visit = rehearsal.carer("arrive", rehearsal.carer("accept", rehearsal.send(call)))
    visit = rehearsal.carer("finish", visit, report={"condition": "well", "done": [], "text": "", **report})
    rehearsal.tick()
    rehearsal.act(
        "close", call, seen_version=rehearsal.call(call)["version"], outcome="refused", evidence="was_seen", words="x"
    )
    rehearsal.wait(2000, step=500)
    return visit


def asked(rehearsal: Rehearsal) -> list[str]:
    return [e.body["words"] for e in rehearsal.log.after(0, 10_000) if e.kind == "NoticeAsked"]


def test_a_door_code_that_was_tried_is_noted_at_the_home(rehearsal: Rehearsal) -> None:
    visit = visited(rehearsal, door_code="wrong")
    with rehearsal.database.read() as conn:
        row = conn.execute(select(homes).where(homes.c.id == visit["home_id"])).mappings().one()
    assert row["access_checked_by"] == visit["carer_name"]
    assert row["access_fault"]
    visited(rehearsal, door_code="right")
    with rehearsal.database.read() as conn:
        row = conn.execute(select(homes).where(homes.c.id == visit["home_id"])).mappings().one()
    assert not row["access_fault"]


def test_a_second_refusal_within_a_week_is_told_to_the_supervisor(rehearsal: Rehearsal) -> None:
    with rehearsal.database.write() as conn:
        Users.add(conn, {"login": "chen", "name": "陈主任", "role": "supervisor", "password_hash": ""})
    visited(rehearsal, condition="refused")
    assert not [words for words in asked(rehearsal) if "拒绝上门" in words], "once is somebody's right"
    visited(rehearsal, condition="refused")
    assert [words for words in asked(rehearsal) if "2 次拒绝上门" in words]
    assert not rehearsal.verify().faults
