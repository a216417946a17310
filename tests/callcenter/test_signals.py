"""Signals by webhook: kept before they are answered, raised once, and nobody's press is swallowed."""

import json
from typing import Any

import pytest

from callcenter.store.database import StoreUnavailable
from callcenter.store.verify import verify
from devices.signal import Kind
from tests.callcenter.whole_site import WholeSite

SIGNALS = "/api/v1/signals"
PRESS = {"account": "1042", "kind": "sos", "key": "press-0001"}


def journal(site: WholeSite) -> list[dict[str, Any]]:
    return site.house.cases.frames_after(0, 100)


def test_a_press_is_in_the_journal_and_on_the_desk_before_it_is_answered(either_site: WholeSite) -> None:
    site = either_site
    body = {**PRESS, "zone": "3", "at": "2026-11-23T10:00:00+08:00", "text": "卫生间拉绳"}
    answer = site.say("device", SIGNALS, body | {"position": {"latitude": 36.65, "longitude": 101.76}})
    assert answer.status_code == 202
    call = site.house.cases.call(answer.json["call"])  # type: ignore[index]
    assert call
    assert (call["source"], call["priority"], call["account"], call["stage"]) == ("webhook", 1, "1042", "waiting")
    assert call["home_id"] is not None
    [frame] = journal(site)
    assert (frame["line"], frame["outcome"], frame["signals"]) == ("webhook:a device", "raised", 1)
    assert json.loads(frame["raw"])["text"] == "卫生间拉绳"
    said = site.house.log.stream(f"call:{call['id']}")[0].body
    assert (said["zone"], said["device_at"], said["position"]) == ("3", "2026-11-23T02:00:00.000Z", [36.65, 101.76])
    assert not verify(site.house.database, site.house.log.pictures).faults


def test_the_same_key_again_brings_the_first_answer_and_counts_once(either_site: WholeSite) -> None:
    site = either_site
    first, again = (site.say("device", SIGNALS, PRESS) for _ in range(2))
    assert (first.status_code, again.status_code, again.json) == (202, 202, first.json)
    assert site.house.cases.live()[0]["presses"] == 1
    assert site.say("device", SIGNALS, {**PRESS, "key": "press-0002"}).json["call"] == first.json["call"]  # type: ignore[index]
    assert site.house.cases.live()[0]["presses"] == 2


def test_a_used_key_with_another_press_is_refused_and_not_swallowed(site: WholeSite) -> None:
    site.say("device", SIGNALS, PRESS)
    answer = site.say("device", SIGNALS, {**PRESS, "account": "1043"})
    assert (answer.status_code, answer.json["error"]) == (409, "key_used")  # type: ignore[index]


def test_two_sources_may_count_alike(site: WholeSite) -> None:
    other = {"Authorization": f"Bearer {site.house.accounts.add_token('other pagers', 'device')}"}
    first = site.say("device", SIGNALS, PRESS)
    second = site.stranger().post(SIGNALS, json={**PRESS, "account": "1043"}, headers=other)
    assert second.status_code == 202
    assert second.json["call"] != first.json["call"]  # type: ignore[index]


def test_an_account_nobody_registered_makes_a_call(site: WholeSite) -> None:
    answer = site.say("device", SIGNALS, {**PRESS, "account": "新手环-77"})
    call = site.house.cases.call(answer.json["call"])  # type: ignore[index]
    assert call
    assert (call["account"], call["home_id"]) == ("新手环-77", None)


def test_a_test_is_noted_and_belongs_to_no_call(site: WholeSite) -> None:
    answer = site.say("device", SIGNALS, {**PRESS, "kind": "test"})
    assert (answer.status_code, answer.json["call"]) == (202, None)  # type: ignore[index]


def test_a_restore_ends_a_device_item_and_never_a_press(site: WholeSite) -> None:
    lost = site.say("device", SIGNALS, {**PRESS, "kind": "mains_lost", "key": "mains-lost"}).json["call"]  # type: ignore[index]
    pressed = site.say("device", SIGNALS, PRESS).json["call"]  # type: ignore[index]
    site.say("device", SIGNALS, {**PRESS, "kind": "mains_lost", "restore": True, "key": "mains-back"})
    site.say("device", SIGNALS, {**PRESS, "kind": "cancel", "key": "cancelled"})
    stages = {c["id"]: c["stage"] for c in site.house.cases.calls_by_id([lost, pressed])}
    assert stages == {lost: "closed", pressed: "waiting"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"kind": "shout"}, "kind"), ({"account": ""}, "account"), ({"account": 7}, "account"), ({"key": "short"}, "key"),
     ({"at": "yesterday"}, "at"), ({"position": {"latitude": 200, "longitude": 1}}, "position.latitude"),
     ({"surprise": 1}, "surprise"), ({"text": "x" * 501}, "text")],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_by_name_and_kept_all_the_same(
    site: WholeSite, wrong: dict[str, Any], field: str
) -> None:
    answer = site.say("device", SIGNALS, {**PRESS, **wrong})
    assert (answer.status_code, answer.json["field"]) == (422, field)  # type: ignore[index]
    assert answer.json["fix"]  # type: ignore[index]
    [frame] = journal(site)
    assert frame["outcome"] == "garbled"
    assert json.loads(frame["raw"]) == {**PRESS, **wrong}


def test_a_wrong_kind_is_told_every_kind_there_is(site: WholeSite) -> None:
    said = site.say("device", SIGNALS, {**PRESS, "kind": "shout"}).json
    assert all(kind in said["fix"] for kind in Kind)  # type: ignore[index]


def test_a_failing_store_is_no_acknowledgement(site: WholeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise StoreUnavailable("disk full")

    monkeypatch.setattr(site.house.intake.cases, "keep_frames", full)
    answer = site.say("device", SIGNALS, PRESS)
    assert (answer.status_code, answer.json["error"]) == (503, "store_unavailable")  # type: ignore[index]
    monkeypatch.undo()
    assert site.say("device", SIGNALS, PRESS).status_code == 202
    assert site.house.cases.live()[0]["presses"] == 1
