"""The page that takes orders for devices: who may ask, what is refused, and what a call's card shows of it."""

import pytest

from tests.callcenter.whole_site import WholeSite

PATH = "/api/v1/devices/8800000015/orders"


@pytest.mark.parametrize(
    ("body", "field"),
    [({"what": "explode"}, "what"), ({"what": "call"}, "number"), ({"what": "call", "number": "12;reboot"}, "number")],
)
def test_what_cannot_be_asked_is_refused_in_words(either_site: WholeSite, body: dict[str, str], field: str) -> None:
    answer = either_site.say("operator", PATH, body)
    assert (answer.status_code, answer.json["field"]) == (422, field)


def test_an_operator_asks_and_a_carer_may_not(site: WholeSite) -> None:
    before = site.head()
    assert site.say("carer", PATH, {"what": "locate"}).status_code == 403
    assert site.head() == before
    done = site.say("operator", PATH, {"what": "locate", "key": "key-of-this-press"})
    assert (done.status_code, done.json) == (202, {"order": before + 1, "seq": before + 1})
    again = site.say("operator", PATH, {"what": "locate", "key": "key-of-this-press"})
    assert again.json == done.json
    other = site.say("operator", PATH, {"what": "find", "key": "key-of-this-press"})
    assert other.status_code == 409
    assert site.head() == before + 1


def test_the_card_of_a_call_says_where_the_device_was_and_how_far_from_home(site: WholeSite) -> None:
    home = site.house.people.need(1)
    account = site.house.people.account_of(1, None)
    assert account
    beat = {"position_latitude": home["latitude"] + 0.009, "position_longitude": home["longitude"],
            "position_at": "2026-11-23T01:59:00.000Z", "battery_percent": 40, "line": "watches"}  # fmt: skip
    site.house.cases.note_beats({account: beat})
    call = site.call(1)
    shown = site.ask("operator", f"/api/v1/calls/{call['id']}").json
    assert shown
    assert 990 < shown["where"]["metres"] < 1010
    assert (shown["device"]["battery_percent"], shown["device"]["line"]) == (40, "watches")
    assert shown["orders"] == {"can": [], "number": "", "recent": []}  # no such line in these settings
