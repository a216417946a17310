"""Tags at doors over both stores: proof for the carer of the visit, a record of all others, nothing for strangers."""

from types import SimpleNamespace
from typing import Any

import pytest

from callcenter.rules.call import NotThere
from callcenter.rules.events import Row
from callcenter.store.door_tags import DoorTagRows
from dispatch.door_tags import DoorTags, Scanned
from dispatch.on_scene import OnScene
from tests.conftest import Rehearsal

HEAD: Any = SimpleNamespace(id=9, name="站长", role="head")


@pytest.fixture
def tags(rehearsal: Rehearsal) -> DoorTags:
    return DoorTags(rehearsal.log, DoorTagRows(rehearsal.database), OnScene(rehearsal.dispatcher))


def on_the_way(rehearsal: Rehearsal) -> Row:
    return rehearsal.carer("accept", rehearsal.send(rehearsal.act("answer", rehearsal.press("1042"))))


def read(tags: DoorTags, token: str, carer_id: int) -> Scanned:
    found = tags.scan(token, carer_id, f"carer:{carer_id}")
    assert found is not None
    return found


def test_the_tag_of_the_home_is_the_arrival(rehearsal: Rehearsal, tags: DoorTags) -> None:
    visit = on_the_way(rehearsal)
    tag, token = tags.make(visit["home_id"], HEAD)
    assert read(tags, token, visit["carer_id"]).result == "proved"
    visit = rehearsal.visit(visit)
    assert (visit["stage"], visit["proof"]) == ("arrived", "tag")
    read(tags, token, visit["carer_id"])
    kinds = [e.kind for e in rehearsal.log.stream(f"call:{visit['call_id']}")]
    assert kinds.count("CarerArrived") == 1
    assert "ArrivalProved" not in kinds, "it is proved already"
    assert [e.kind for e in rehearsal.log.stream(f"tag:{tag}")] == ["TagMade", "TagScanned", "TagScanned"]
    assert not rehearsal.verify().faults


def test_a_word_becomes_a_proof_when_the_tag_is_read_after_it(rehearsal: Rehearsal, tags: DoorTags) -> None:
    visit = rehearsal.carer("arrive", on_the_way(rehearsal))
    assert visit["proof"] == "manual"
    rows = DoorTagRows(rehearsal.database)
    assert [row["id"] for row in rows.unproved("")] == [visit["id"]]
    read(tags, tags.make(visit["home_id"], HEAD)[1], visit["carer_id"])
    assert rehearsal.visit(visit)["proof"] == "tag"
    assert rows.unproved("") == []


def test_a_tag_elsewhere_proves_nothing_and_is_written_down(rehearsal: Rehearsal, tags: DoorTags) -> None:
    visit = on_the_way(rehearsal)
    tag, token = tags.make(visit["home_id"] + 1, HEAD)
    assert read(tags, token, visit["carer_id"]).result == "no_visit"
    assert rehearsal.visit(visit)["stage"] == "accepted"
    said = rehearsal.log.stream(f"tag:{tag}")[-1].body
    assert (said["carer_id"], said["result"]) == (visit["carer_id"], "no_visit")


def test_a_revoked_tag_counts_no_more_and_a_guess_is_no_tag(rehearsal: Rehearsal, tags: DoorTags) -> None:
    visit = on_the_way(rehearsal)
    tag, token = tags.make(visit["home_id"], HEAD)
    tags.revoke(tag, HEAD)
    assert read(tags, token, visit["carer_id"]).result == "revoked"
    assert rehearsal.visit(visit)["stage"] == "accepted"
    assert tags.scan("x" * 22, visit["carer_id"], "carer:1") is None
    with pytest.raises(NotThere):
        tags.revoke(tag, HEAD)


def test_the_token_is_nowhere_in_the_store(rehearsal: Rehearsal, tags: DoorTags) -> None:
    _, token = tags.make(1, HEAD)
    (row,) = DoorTagRows(rehearsal.database).standing()
    assert token not in str(row)
    assert token not in str([e.body for e in rehearsal.log.after(0)])
    assert len(token) >= 22
