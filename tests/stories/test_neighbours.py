"""Neighbours by a link of their own: who is asked, what each may know and when, and that a case ends without them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.store.tables import homes, residents, responder_links, responders
from dispatch.channels.opening import open_channels
from dispatch.responding import Responding
from dispatch.settings import ChannelSettings
from tests.callcenter.whole_site import WholeSite
from tests.conftest import MORNING, ZONE, Rehearsal
from tests.dispatch.fake_phones import provider, settled


@pytest.fixture
def responding(rehearsal: Rehearsal) -> Responding:
    return rehearsal.parts.responding


def ask(rehearsal: Rehearsal, responding: Responding, call: Row, whom: str = "responders") -> list[Row]:
    """Ask them; returns whom the event names."""
    with rehearsal.writing() as w:
        responding.ask(w, call["id"], "user:1 李敏", whom)
    to: list[Row] = [e for e in rehearsal.log.stream(f"call:{call['id']}") if e.kind == "HelpAsked"][-1].body["to"]
    return to


def link_for(rehearsal: Rehearsal, responding: Responding, call: Row, to: Row) -> str:
    with rehearsal.writing() as w:
        return responding.link(w, call["id"], to)


def say(rehearsal: Rehearsal, responding: Responding, link: str, verb: str, **more: Any) -> Row:
    with rehearsal.writing() as w:
        row: Row = getattr(responding, verb)(w, link.rpartition("/")[2], **more)
    return row


def shown(responding: Responding, link: str) -> Row:
    page = responding.page(link.rpartition("/")[2])
    assert page is not None
    return page


def home_of(rehearsal: Rehearsal, call: Row) -> Row:
    with rehearsal.database.read() as conn:
        home = dict(conn.execute(homes.select().where(homes.c.id == call["home_id"])).mappings().one())
        person = residents.select().where(residents.c.home_id == call["home_id"])
        return home | {"names": [row["name"] for row in conn.execute(person).mappings()]}


def test_the_leader_of_the_grid_is_first_the_nearest_follow_and_at_most_five_who_agreed(
    rehearsal: Rehearsal, responding: Responding
) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    home = home_of(rehearsal, call)
    to = ask(rehearsal, responding, call)
    assert 1 <= len(to) <= 5
    with rehearsal.database.read() as conn:
        rows = {row["id"]: row for row in conn.execute(responders.select()).mappings()}
    leader = rows[to[0]["id"]]
    assert (leader["kind"], leader["community"], leader["grid"]) == ("grid_leader", home["community"], home["grid"])
    assert all(rows[one["id"]]["consent"] and rows[one["id"]]["active"] for one in to)
    again = ask(rehearsal, responding, call)
    assert not {one["id"] for one in to} & {one["id"] for one in again}, "nobody is asked twice in one case"


def test_who_has_not_agreed_or_sleeps_is_not_asked(rehearsal: Rehearsal, responding: Responding) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    with rehearsal.database.write() as conn:
        conn.execute(responders.update().values(consent=False))
    with pytest.raises(NotNow, match="Nobody near"):
        ask(rehearsal, responding, call)
    with rehearsal.database.write() as conn:
        conn.execute(responders.update().values(consent=True, reachable="20:00-22:00"))
    with pytest.raises(NotNow, match="Nobody near"):
        ask(rehearsal, responding, call)


def test_family_that_can_be_reached_now_is_rung_first(rehearsal: Rehearsal, responding: Responding) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    with rehearsal.writing() as w:
        found = responding.contacts(w, {"home_id": call["home_id"], "call_id": call["id"]})
    card = rehearsal.people.card(call, rehearsal.now, ZONE)
    now = {c["phone"]: c["reachable_now"] for person in card["residents"] for c in person["contacts"]}
    order = [now.get(one["phone"], True) for one in found]
    assert order == sorted(order, reverse=True)
    assert {one["channel"] for one in found} == {"voice"}


def test_the_building_before_yes_the_door_after_it_and_never_an_illness(
    rehearsal: Rehearsal, responding: Responding
) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    home = home_of(rehearsal, call)
    with rehearsal.database.write() as conn:
        conn.execute(homes.update().where(homes.c.id == home["id"]).values(door_code="4502#", door="1903"))
    link = link_for(rehearsal, responding, call, ask(rehearsal, responding, call)[0])
    assert link.startswith("https://anxin.example.cn/r/")

    before = str(shown(responding, link))
    assert home["building"] in before
    for hidden in ("1903", "4502#", *home["names"], home["phone"]):
        assert hidden not in before, hidden

    say(rehearsal, responding, link, "answer", going=True)
    after = shown(responding, link)
    assert (after["home"]["door"], after["state"]) == ("1903", "going")
    assert after["who"][0] == home["names"][0][0]
    card = rehearsal.people.card(call, rehearsal.now, ZONE)
    notes = [note["text"] for person in card["residents"] for note in person["health"]]
    for hidden in ("4502#", *home["names"], *notes):
        assert hidden not in str(after), hidden
    assert rehearsal.call(call)["responders"]["responder:" + str(_only_id(rehearsal, call))]["state"] == "going"


def _only_id(rehearsal: Rehearsal, call: Row) -> int:
    going = [one["id"] for one in rehearsal.call(call)["responders"].values() if one["state"] == "going"]
    return int(going[0])


def test_only_the_registered_key_holder_is_told_the_door_code(rehearsal: Rehearsal, responding: Responding) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    with rehearsal.database.write() as conn:
        conn.execute(homes.update().where(homes.c.id == call["home_id"]).values(door_code="4502#"))
        first = conn.execute(responders.select().where(responders.c.consent)).mappings().first()
        assert first
        conn.execute(responders.update().where(responders.c.id == first["id"]).values(
            kind="key_holder", home_id=call["home_id"], reachable=""))  # fmt: skip
    to = ask(rehearsal, responding, call, "contacts")
    holder = next(one for one in to if one["kind"] == "key_holder")
    link = link_for(rehearsal, responding, call, holder)
    assert "4502#" not in str(shown(responding, link))
    say(rehearsal, responding, link, "answer", going=True)
    assert shown(responding, link)["home"]["door_code"] == "4502#"


def test_what_a_neighbour_has_seen_is_a_note_and_closes_nothing(rehearsal: Rehearsal, responding: Responding) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    seen_before = rehearsal.call(call)["version"]
    link = link_for(rehearsal, responding, call, ask(rehearsal, responding, call)[0])
    say(rehearsal, responding, link, "answer", going=True)
    say(rehearsal, responding, link, "arrive")
    say(rehearsal, responding, link, "report", seen="talks", words="坐在床边")
    ending = {"outcome": "helped", "evidence": "was_seen", "words": "邻居看到了"}
    with pytest.raises(NotNow) as unread:
        rehearsal.act("close", call, seen_version=seen_before, **ending)
    assert unread.value.code == "unseen", "a report has to be read before anything is closed"
    with pytest.raises(NotNow) as refused:
        rehearsal.act("close", call, seen_version=rehearsal.call(call)["version"], **ending)
    assert refused.value.code == "not_seen"
    assert rehearsal.kinds(call)[-3:] == ["ResponderAnswered", "ResponderArrived", "ResponderReported"]
    assert not rehearsal.verify().faults


def test_a_second_tap_says_nothing_new_and_a_no_can_become_a_yes(rehearsal: Rehearsal, responding: Responding) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    link = link_for(rehearsal, responding, call, ask(rehearsal, responding, call)[0])
    for going in (False, False, True, True):
        say(rehearsal, responding, link, "answer", going=going)
    assert rehearsal.kinds(call).count("ResponderAnswered") == 2


def test_after_the_close_the_link_says_thank_you_and_nothing_else(rehearsal: Rehearsal, responding: Responding) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    link = link_for(rehearsal, responding, call, ask(rehearsal, responding, call)[0])
    say(rehearsal, responding, link, "answer", going=True)
    version = rehearsal.call(call)["version"]
    rehearsal.act("close", call, seen_version=version, outcome="advice", evidence="spoke_clearly", words="没事")
    assert shown(responding, link) == {"over": True}
    with pytest.raises(NotNow):
        say(rehearsal, responding, link, "report", seen="hurt", words="")


def test_a_link_can_be_revoked_and_the_database_does_not_know_the_token(
    rehearsal: Rehearsal, responding: Responding
) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    one = ask(rehearsal, responding, call)[0]
    link, token = (made := link_for(rehearsal, responding, call, one)), made.rpartition("/")[2]
    assert len(token) >= 22
    with rehearsal.database.read() as conn:
        assert token not in str(conn.execute(responder_links.select()).all())
    assert token not in str(rehearsal.log.stream(f"call:{call['id']}"))
    responding.neighbours.revoke(call["id"], one["role"], one["id"], "2026-11-23T02:00:00.000Z")
    assert responding.page(link.rpartition("/")[2]) is None
    assert link_for(rehearsal, responding, call, {"role": "supervisor", "id": 3, "name": "陈主任"}) == ""


def test_the_ladder_asks_the_neighbourhood_and_each_gets_a_text_with_a_link_that_opens(rehearsal: Rehearsal) -> None:
    with provider() as sms:
        settings = [ChannelSettings(name="texts", kind="sms", url=sms.url)]
        rehearsal.notifier = rehearsal.notifying(*open_channels(settings), link="https://anxin.example.cn")
        rehearsal.notifier.tick()
        call = rehearsal.act("answer", rehearsal.press("1042"))
        rehearsal.send(call)
        rehearsal.wait(125, step=5)
        settled(rehearsal.notifier)
        asked = rehearsal.call(call)["responders"].values()
        first = next(one for one in asked if one["role"] == "responder")
        text = sms.expect(first["phone"], call["id"])["message"]
    token = text.partition("/r/")[2].split()[0]
    page = rehearsal.parts.responding.page(token)
    assert page is not None
    assert (page["state"], page["name"]) == ("asked", first["name"])
    assert {one["role"] for one in asked} == {"responder", "contact"}, "neighbours and family in parallel"
    assert token not in str(rehearsal.log.stream(f"call:{call['id']}"))
    assert not rehearsal.verify().faults


# --- the page over HTTP -------------------------------------------------------------------------------------------


@pytest.fixture
def site(district: str, tmp_path: Path) -> Any:
    made = WholeSite(district, tmp_path, lambda: MORNING + timedelta(0))
    yield made
    made.close()


def test_the_page_works_without_log_in_cookie_or_script_and_is_kept_from_search_engines(site: WholeSite) -> None:
    call = site.call()
    asked = site.say("operator", f"/api/v1/calls/{call['id']}/help", {"whom": "responders"})
    assert asked.status_code == 200, asked.text
    one = next(iter(asked.json["call"]["responders"].values()))  # type: ignore[index]
    with site.house.log.writing() as w:
        address = site.house.parts.responding.link(w, call["id"], one).partition("/r/")[2]
    visitor: FlaskClient = site.stranger()
    page = visitor.get(f"/r/{address}")
    assert (page.status_code, page.headers["X-Robots-Tag"][:7]) == (200, "noindex")
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in page.headers
    assert "<script" not in page.text
    for step, words in (("go", {}), ("arrived", {}), ("seen", {"seen": "hurt", "words": "头破了"})):
        tapped = visitor.post(f"/r/{address}/{step}", data={"key": f"tap-{step}-1", **words})
        assert (tapped.status_code, tapped.headers["Location"]) == (303, f"/r/{address}")
    card = site.ask("operator", f"/api/v1/calls/{call['id']}").json
    assert card
    assert [e["text"] for e in card["timeline"] if "头破了" in e["text"]]


def test_guessing_links_is_slowed_down(site: WholeSite) -> None:
    answers = [site.stranger().get(f"/r/guess-{n}").status_code for n in range(25)]
    assert answers[:20] == [404] * 20
    assert set(answers[20:]) == {429}
