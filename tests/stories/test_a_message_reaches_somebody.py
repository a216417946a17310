"""Nobody assumes that a message arrived: channels fall over, quotas and quiet hours are kept, reading ends the asking.

The phones are real servers on loopback behind apprise addresses; only the clock is moved.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from callcenter.rules.events import Row
from callcenter.store.tables import carers, contacts, devices
from dispatch.channels.opening import open_channels
from dispatch.notifier import Notifier
from dispatch.settings import ChannelSettings, Notices
from tests.conftest import SERVICE, Rehearsal
from tests.dispatch.fake_phones import (
    FakeProvider,
    everyone_has_a_phone,
    number,
    provider,
    settled,
)

PHONE = "13900000099"


@pytest.fixture
def sms() -> Iterator[FakeProvider]:
    with provider() as made:
        yield made


@pytest.fixture
def voice() -> Iterator[FakeProvider]:
    with provider() as made:
        yield made


def telling(rehearsal: Rehearsal, *channels: tuple[str, str, FakeProvider], **more: object) -> Notifier:
    """``channels`` as ``(name, kind, provider)``."""
    settings = []
    for name, kind, server in channels:
        url = server.url if kind in ("sms", "voice") else server.group_url
        settings.append(ChannelSettings(name=name, kind=kind, url=url))  # type: ignore[arg-type]
    rehearsal.notifier = rehearsal.notifying(*open_channels(settings), **more)  # type: ignore[arg-type]
    everyone_has_a_phone(rehearsal.database)
    rehearsal.notifier.tick()
    return rehearsal.notifier


def phone(visit: Row) -> str:
    """The number of the carer asked first."""
    return number(visit["carer_id"])


def offered(rehearsal: Rehearsal, code: str | None = None) -> Row:
    call = rehearsal.press("1042", *([code] if code else []))
    return rehearsal.send(rehearsal.act("answer", call))


def notes(rehearsal: Rehearsal, visit: Row) -> list[tuple[str, str, str]]:
    """What the timeline says of messages to the carer: kind, channel, reason."""
    found = rehearsal.log.stream(f"call:{visit['call_id']}")
    who = visit["carer_id"]
    mine = [e for e in found if e.kind.startswith("Notice") and who in (e.body.get("to_id"), e.body.get("carer_id"))]
    return [(e.kind, e.body["channel"], e.body.get("reason", "")) for e in mine]


def later(rehearsal: Rehearsal, seconds: float) -> None:
    """Time passes for messages alone: the clock of the visits stands still."""
    rehearsal.now += timedelta(seconds=seconds)
    settled(rehearsal.notifier)


def test_an_urgent_offer_goes_out_by_page_and_text_at_once_then_by_telephone_until_it_is_read(
    rehearsal: Rehearsal, sms: FakeProvider, voice: FakeProvider
) -> None:
    telling(rehearsal, ("texts", "sms", sms), ("calls", "voice", voice), link="https://anxin.example.cn")
    visit = offered(rehearsal)
    settled(rehearsal.notifier)
    text = sms.expect(phone(visit), visit["call_id"])
    assert "https://anxin.example.cn/n/" in text["message"]
    voice.expect_nothing(phone(visit))
    later(rehearsal, 16)
    assert "/n/" not in voice.expect(phone(visit), visit["call_id"])["message"], "a voice cannot say a link"
    later(rehearsal, 61)
    voice.expect(phone(visit), visit["call_id"])
    with rehearsal.writing() as w:
        rehearsal.dispatcher.shown(w, visit["id"], visit["carer_id"])
    later(rehearsal, 300)
    voice.expect_nothing(phone(visit))
    told = [("NoticeSent", "screen"), ("NoticeSent", "texts"), ("NoticeSent", "calls"), ("NoticeSent", "calls")]
    assert [one[:2] for one in notes(rehearsal, visit)] == [*told, ("NoticeRead", "screen")]
    assert not rehearsal.verify().faults


def test_an_offer_that_is_read_rings_nobody_out_of_bed(
    rehearsal: Rehearsal, sms: FakeProvider, voice: FakeProvider
) -> None:
    telling(rehearsal, ("texts", "sms", sms), ("calls", "voice", voice))
    visit = offered(rehearsal)
    settled(rehearsal.notifier)
    sms.expect(phone(visit), visit["call_id"])
    with rehearsal.writing() as w:
        rehearsal.dispatcher.shown(w, visit["id"], visit["carer_id"])
    later(rehearsal, 16)
    voice.expect_nothing(phone(visit))


def test_a_channel_that_fails_makes_way_at_once_for_another_of_its_kind_and_then_for_the_next(
    rehearsal: Rehearsal, sms: FakeProvider, voice: FakeProvider
) -> None:
    with provider() as second:
        telling(rehearsal, ("texts", "sms", sms), ("more-texts", "sms", second), ("calls", "voice", voice))
        sms.status = second.status = 502
        visit = offered(rehearsal)
        settled(rehearsal.notifier)
        settled(rehearsal.notifier)
        settled(rehearsal.notifier)
        voice.expect(phone(visit), visit["call_id"])
    said = notes(rehearsal, visit)
    assert [one for one in said if one[1] != "screen"] == [
        ("NoticeFailed", "texts", "refused"), ("NoticeFailed", "more-texts", "refused"), ("NoticeSent", "calls", ""),
    ]  # fmt: skip
    failed = [e.body for e in rehearsal.log.stream(f"call:{visit['call_id']}") if e.kind == "NoticeFailed"]
    assert "502" in failed[0]["error"]
    assert phone(visit) not in failed[0]["error"]


def test_a_telephone_that_was_engaged_is_rung_again_after_a_minute_and_not_at_once(
    rehearsal: Rehearsal, voice: FakeProvider
) -> None:
    telling(rehearsal, ("calls", "voice", voice))
    voice.status = 486
    visit = offered(rehearsal)
    settled(rehearsal.notifier)
    for _ in range(3):
        later(rehearsal, 10)
    assert ("NoticeFailed", "calls", "refused") in notes(rehearsal, visit)
    voice.status = 200
    voice.expect_nothing(phone(visit))
    later(rehearsal, 61)
    voice.expect(phone(visit), visit["call_id"])


def test_an_offer_somebody_else_has_by_now_wakes_nobody(
    rehearsal: Rehearsal, sms: FakeProvider, voice: FakeProvider
) -> None:
    telling(rehearsal, ("calls", "voice", voice))
    visit = offered(rehearsal)
    settled(rehearsal.notifier)
    rehearsal.carer("decline", visit, reason="忙")
    later(rehearsal, 100)
    voice.expect_nothing(phone(visit))


def test_a_number_that_has_had_its_share_is_passed_over_and_it_is_said(
    rehearsal: Rehearsal, sms: FakeProvider, voice: FakeProvider
) -> None:
    channels = open_channels([
        ChannelSettings(name="texts", kind="sms", url=sms.url, quota=("2/day",)),
        ChannelSettings(name="calls", kind="voice", url=voice.url, quota=()),
    ])  # fmt: skip
    rehearsal.notifier = rehearsal.notifying(*channels)
    with rehearsal.database.write() as conn:
        conn.execute(update(carers).values(phone=PHONE))
    rehearsal.notifier.tick()
    visits = []
    for account in ("1042", "1043"):  # the nearest and the B post of each share this number
        visits.append(rehearsal.send(rehearsal.act("answer", rehearsal.press(account))))
        settled(rehearsal.notifier)
    assert [one["phone"] for one in sms.got] == [PHONE, PHONE]
    voice.expect(PHONE, visits[1]["call_id"])
    assert ("NoticeFailed", "texts", "quota") in notes(rehearsal, visits[1])
    later(rehearsal, 86400)
    fourth = rehearsal.send(rehearsal.act("answer", rehearsal.press("1050")))
    settled(Rehearsal.notifying(rehearsal, *channels))
    sms.expect(PHONE, fourth["call_id"])


def test_what_can_wait_waits_until_the_quiet_hours_are_over_and_what_cannot_does_not(
    rehearsal: Rehearsal, sms: FakeProvider
) -> None:
    telling(rehearsal, ("texts", "sms", sms), rules=Notices(wait_p3=1))
    rehearsal.now = rehearsal.now.replace(hour=15)  # eleven at night in Xining
    calm = offered(rehearsal, SERVICE)
    with rehearsal.writing() as w:
        w.append(f"call:{calm['call_id']}", "NoticeAsked", asked("问卷", 3), "survey")
        w.append(f"call:{calm['call_id']}", "NoticeAsked", asked("请报平安", 2), "safety")
    for _ in range(3):
        later(rehearsal, 60)
    assert sms.expect(PHONE, "请报平安")
    sms.expect_nothing()
    woken = Rehearsal(rehearsal.database, rehearsal.now + timedelta(hours=7, minutes=30))
    woken.notifier = woken.notifying(*rehearsal.notifier.channels[1:], rules=Notices(wait_p3=1))
    woken.now = woken.now.replace(hour=22, minute=59, second=0)
    settled(woken.notifier)
    sms.expect_nothing()
    later(woken, 61)
    assert sms.expect(PHONE, "问卷"), "seven in the morning"


def asked(words: str, priority: int) -> Row:
    to = {"role": "carer", "id": 1, "name": "某人", "phone": PHONE, "channel": ""}
    return {"words": words, "priority": priority, "to": [to], "who": "carer"}


def test_the_family_that_wishes_to_hear_hears_and_nobody_is_told_why(rehearsal: Rehearsal, sms: FakeProvider) -> None:
    telling(rehearsal, ("texts", "sms", sms))
    call = rehearsal.act("answer", rehearsal.press("1042"))
    card = rehearsal.people.card(call, rehearsal.now, rehearsal.log.clock().tzinfo)  # type: ignore[arg-type]
    first = card["residents"][0]["contacts"][0]["phone"]
    with rehearsal.database.write() as conn:
        conn.execute(update(contacts).where(contacts.c.phone == first).values(wants_notices=True))
    visit = rehearsal.carer("accept", rehearsal.send(call))
    settled(rehearsal.notifier)
    assert "分钟到" in sms.expect(first, "护理员已接单")["message"]
    rehearsal.carer("arrive", visit)
    settled(rehearsal.notifier)
    said = sms.expect(first, "已到达")["message"]
    assert not any(note["text"] in said for one in card["residents"] for note in one["health"])
    assert card["residents"][0]["name"] not in said
    rehearsal.carer("finish", rehearsal.visit(visit), report={"condition": "well", "done": [], "text": "心脏不适"})
    seen = rehearsal.call(call)["version"]
    rehearsal.act("close", call, outcome="helped", evidence="was_seen", words="好", seen_version=seen)
    settled(rehearsal.notifier)
    sms.expect(first, "已处理完毕")
    others = {one["phone"] for one in sms.got if not one["phone"].startswith("139000")}
    assert not others, "nobody else of the family"


def test_the_resident_is_told_by_the_unit_at_home_and_if_it_cannot_the_desk_is_asked(rehearsal: Rehearsal) -> None:
    telling(rehearsal, lines={"watches": frozenset({"tell"})})
    with rehearsal.database.write() as conn:
        worn = devices.c.account == "1042"
        conn.execute(update(devices).where(worn).values(line="watches", last_heard_at="2026-11-23T01:00:00.000Z"))
    speaking, silent = rehearsal.press("1042"), rehearsal.press("1043")
    for call in (speaking, silent):
        rehearsal.carer("accept", rehearsal.send(rehearsal.act("answer", call)))
    settled(rehearsal.notifier)
    orders = [e for e in rehearsal.log.stream("device:1042") if e.kind == "DeviceOrdered"]
    assert [(e.body["what"], e.body["text"][:6]) for e in orders] == [("tell", "护理员已接单")]
    assert "OperatorAskedToTell" not in rehearsal.kinds(speaking)
    assert "OperatorAskedToTell" in rehearsal.kinds(silent)
    with rehearsal.writing() as w:
        w.append(
            "device:1042", "OrderNotDelivered", {**orders[0].body, "order": orders[0].seq, "reason": "x"}, "gateway"
        )
    settled(rehearsal.notifier)
    assert "OperatorAskedToTell" in rehearsal.kinds(speaking), "the watch was not there"
    assert not rehearsal.verify().faults


def test_what_the_unit_has_shown_needs_no_desk(rehearsal: Rehearsal) -> None:
    telling(rehearsal, lines={"watches": frozenset({"tell"})})
    with rehearsal.database.write() as conn:
        worn = devices.c.account == "1042"
        conn.execute(update(devices).where(worn).values(line="watches", last_heard_at="2026-11-23T01:00:00.000Z"))
    visit = rehearsal.carer("accept", offered(rehearsal))
    settled(rehearsal.notifier)
    (order,) = [e for e in rehearsal.log.stream("device:1042") if e.kind == "DeviceOrdered"]
    with rehearsal.writing() as w:
        w.append("device:1042", "DeviceObeyed", {**order.body, "order": order.seq}, "gateway")
    later(rehearsal, 120)
    kinds = rehearsal.kinds({"id": visit["call_id"]})
    assert "NoticeDelivered" in kinds
    assert "OperatorAskedToTell" not in kinds


def test_a_group_hears_only_number_and_district(rehearsal: Rehearsal) -> None:
    with provider() as robot:
        telling(rehearsal, ("wecom", "robot", robot), link="https://anxin.example.cn")
        call = rehearsal.act("answer", rehearsal.press("1042"))
        rehearsal.send(call)
        settled(rehearsal.notifier)
        said = robot.expect("", "新任务")["message"]
    card = rehearsal.people.card(call, rehearsal.now, rehearsal.log.clock().tzinfo)  # type: ignore[arg-type]
    assert call["id"] in said
    assert "城北区" in said
    assert "https://anxin.example.cn/n/" in said
    for person in card["residents"]:
        assert person["name"] not in said
        assert not any(note["text"] in said for note in person["health"])
